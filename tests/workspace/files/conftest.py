"""One workspace for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faults.files_load import opened

from postroom.workspace.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with opened(tmp_path_factory.mktemp("files")) as found:
        yield found
