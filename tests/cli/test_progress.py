"""What long work says of itself where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from postroom.cli import progress
from postroom.cli.progress import Display
from postroom.home import Home


class Clock:
    """Stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_off_a_terminal_a_line_says_how_far_it_is_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Display(clock=clock) as display:
        for second, count, percent in ((1, 10, 5.0), (6, 60, 30.4), (7, 70, 35.0), (10, 100, 50.0), (12, 120, None)):
            clock.now = 100.0 + second
            display.at(f"{count} messages read", percent)
    assert capsys.readouterr() == ("", "60 messages read, 30 %\n120 messages read\n")


def test_a_line_of_a_log_counts_as_said(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Display(clock=clock) as display:
        clock.now = 104.0
        display.lines(["Store #1: reading"])
        clock.now = 106.0
        display.at("reading", 10)
        clock.now = 109.0
        display.at("reading", 20)
    assert capsys.readouterr().err.splitlines() == ["Store #1: reading", "reading, 20 %"]


def test_nothing_is_said_when_the_result_is_wanted_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Display(quiet=True, clock=clock) as display:
        clock.now = 1_000.0
        display.at("reading", 10)
    assert capsys.readouterr() == ("", "")


def test_import_says_how_far_it_is(run: Run, home: Home, mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SILENT_S", 0.0)
    ended = run("archive", "import", str(mail), "--archive", "anna")
    assert any(line.startswith("3 messages read") for line in ended.err.splitlines())
    assert "3 new messages" in ended.out
