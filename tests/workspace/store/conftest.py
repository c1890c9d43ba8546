from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workspace.store.mailboxes import KINDS, SetClock

from postroom.workspace.store.store import Store


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Iterator[Store]:
    with Store(tmp_path / "workspace", KINDS, clock) as opened:
        yield opened
