from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workspace.mail import house as houses


@pytest.fixture
def house(tmp_path: Path) -> Iterator[houses.House]:
    made = houses.house(tmp_path / "workspace")
    with made.store:
        yield made
