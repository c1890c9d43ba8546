"""What is installed on demand says so when it is missing."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from postroom import extras
from postroom.errors import WrongState

ROOT = Path(__file__).parent.parent


def missing(name: str) -> str:
    raise PackageNotFoundError(name)


def test_our_o365_is_asked_for_by_the_name_of_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    extras.require_o365()
    monkeypatch.setattr(extras, "version", missing)
    with pytest.raises(WrongState, match=r"pip install 'postroom\[o365\]'"):
        extras.require_o365()


def test_the_server_alone_leaves_room_for_the_original_o365() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "postroom-o365" not in project["dependencies"]
    assert project["optional-dependencies"] == {"o365": ["postroom-o365"]}
