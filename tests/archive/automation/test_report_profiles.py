"""The status report tells what profiles did, and warns of those that did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.archive.instances import WAIT_S, settings
from tests.archive.profiles.scripted import Mailbox, Scripted, given, process, ran, registered

from postroom.archive.archive import Archive
from postroom.archive.automation.calendar import to_ms
from postroom.archive.automation.report import Report, gathered, letter_of
from postroom.archive.automation.spans import span_of
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.profiles.connector import Target
from postroom.archive.profiles.profiles import Execution

UTC = ZoneInfo("UTC")


@dataclass
class Clock:
    now: int = to_ms(datetime(2026, 11, 26, 12, tzinfo=UTC))

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(), clock=clock) as archive:
        yield archive


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    return registered(monkeypatch, targets=[Target("anna", Mailbox(items=["1", "2"]))])


def report(archive: Archive, clock: Clock) -> Report:
    clock.now += 1
    return gathered(archive, span_of("today", UTC, clock.now), "Postroom", "testhost")


def test_runs_of_profiles_are_counted_with_those_of_gone_ones(
    archive: Archive, clock: Clock, scripted: Scripted
) -> None:
    good, gone = (archive.profiles.create(given(), SYSTEM) for _ in range(2))
    ran(archive, good)
    ran(archive, gone)
    archive.profiles.delete(gone, SYSTEM)
    archive.profiles.run_once(given(), SYSTEM, process())
    scripted.targets = [Target("anna", Mailbox("other", ["3"], bad={"3": "too odd"}))]
    ran(archive, good)
    assert archive.wait_indexed(WAIT_S)
    told = report(archive, clock)
    assert [(row.name, row.succeeded, row.others) for row in told.profiles] == [
        ("scripted", 1, 1), ("(run once)", 1, 0), ("scripted (deleted)", 1, 0),
    ]  # fmt: skip
    assert told.profiles[0].last_result in ("succeeded", "completedWithErrors")
    assert told.warnings == ("The profile 'scripted' had 1 runs that did not succeed.",)
    letter = letter_of(told)
    assert "- scripted: succeeded 1, not 1, running 0" in letter.text
    assert "scripted (deleted)" in (letter.html or "")


def test_a_profile_that_is_overdue_or_has_no_owner_is_warned_of(
    archive: Archive, clock: Clock, scripted: Scripted
) -> None:
    archive.instance.users.create("bob", ["archive"], SYSTEM)
    profile = archive.profiles.create(given(), SYSTEM)
    archive.profiles.set_execution(profile, Execution(True, 600), SYSTEM)
    assert report(archive, clock).warnings == ()
    clock.now += 4_200_000
    archive.profiles.change(profile, {"owner": "bob"}, None, SYSTEM)
    archive.instance.users.delete("bob", SYSTEM)
    assert report(archive, clock).warnings == (
        "The profile 'scripted' should have completed a run at 2026-11-26T12:10:00.",
        "The profile 'scripted' cannot run: there is no user 'bob' any more.",
    )
    assert "There are no profiles." not in letter_of(report(archive, clock)).text
