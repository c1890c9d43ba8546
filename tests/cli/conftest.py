"""The command line as a user types it, a server on its home, and some mail."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_port

from postroom import configuration
from postroom.app import Engines, build, engines
from postroom.archive.archive import Archive
from postroom.cli import main
from postroom.home import Home


@dataclass(frozen=True)
class Ended:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Commands send the logging of their process, which here is that of all tests, to a stream that ends with them."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in [name for name in os.environ if name.startswith("POSTROOM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POSTROOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["postroom", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return call


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Home:
    assert run("init").code == 0
    return Home(tmp_path / "home")


MESSAGE = """From: Bob Hill <bob@example.org>\r
To: anna@example.com\r
Subject: {subject}\r
Date: Sun, 1 Mar 2026 10:00:00 +0000\r
Message-ID: <{number}@example.org>\r
\r
The roof will cost {number} euro.\r
"""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A folder with three messages."""
    folder = tmp_path / "mail"
    folder.mkdir()
    for number, subject in enumerate(("Offer for the roof", "Lunch", "Lunch again"), 1):
        text = MESSAGE.format(subject=subject, number=number)
        (folder / f"{number}.eml").write_bytes(text.encode())
    return folder


@contextmanager
def serving(home: Home) -> Iterator[int]:
    """A server on this home, on a free port that its settings name."""
    configuration.change(home.settings_file, "mailstore.enabled", "true")
    configuration.change(home.settings_file, "mailstore.port", str(free_port()))
    settings = configuration.load(home.settings_file)
    with (
        home.lock(),
        Archive(home.archive, settings) as archive,
        build(home, settings, Engines(archive)).background() as server,
    ):
        yield server.ports["mailstore"]


@contextmanager
def serving_accounts(home: Home, **settings: str) -> Iterator[int]:
    """The same for the iRedAdmin API; `settings` are of its section."""
    for name, value in {"enabled": "true", "port": str(free_port()), **settings}.items():
        configuration.change(home.settings_file, f"iredadmin.{name}", value)
    loaded = configuration.load(home.settings_file)
    with home.lock(), engines(home, loaded) as opened, build(home, loaded, opened).background() as server:
        yield server.ports["iredadmin"]
