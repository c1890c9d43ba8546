"""What the databases of an instance say when the system refuses."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from postroom.archive.instance.instance import Instance
from postroom.errors import NoSpace, Unavailable


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A path where SQLite cannot open a file."""
    (tmp_path / "instance.db").mkdir()
    return tmp_path / "instance.db"


def test_what_cannot_be_opened_is_named_with_the_reason(blocked: Path) -> None:
    with pytest.raises(Unavailable, match=r"instance\.db cannot .* \(unable to open database file\)"):
        Instance(blocked)


def test_on_a_full_disk_the_disk_is_the_reason(blocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(NoSpace, match="No space is left"):
        Instance(blocked)
