from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workspace.subscriptions.receiver import Receiver, receiving
from tests.workspace.subscriptions.watching import Watching, watching


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Watching]:
    with watching(tmp_path / "workspace") as found:
        yield found
