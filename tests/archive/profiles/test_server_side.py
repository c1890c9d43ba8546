"""The server runs profiles by itself, on a clock that the test sets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.scripted import Mailbox, Scripted, given, log, registered

from postroom.archive.archive import Archive
from postroom.archive.automation.calendar import to_ms
from postroom.archive.automation.zones import LOCAL, zone_of
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.details import Details
from postroom.archive.profiles.profiles import Execution, Profile
from postroom.archive.profiles.results import Run
from postroom.errors import Invalid, NoSpace, Unavailable
from postroom.settings import Work as WorkSettings
from postroom.work import Work

WAIT_S = 30.0
MONDAY_NOON = to_ms(datetime(2026, 3, 2, 12, tzinfo=zone_of(LOCAL)))
MINUTE_MS = 60_000


@dataclass
class House:
    """An archive with a server around it; `stop` ends the server in order, as a signal does."""

    directory: Path
    now: int = MONDAY_NOON
    archive: Archive = field(init=False)

    def pass_(self, **time_: float) -> None:
        """The clock goes on."""
        self.now += round(timedelta(**time_).total_seconds() * 1000)
        self.archive.profiles.server_side.wake()

    @contextmanager
    def serving(self) -> Iterator[None]:
        with Archive(self.directory / "home", settings(), clock=lambda: self.now) as self.archive:
            work, side = Work(self.directory / "work.db", WorkSettings()), self.archive.profiles.server_side
            side.attach(work)
            side.start()
            try:
                yield
            finally:
                side.stop()
                work.close(WAIT_S)

    def automatic(self, profile: int, pause_s: int = 600, windows: str | None = None) -> None:
        self.archive.profiles.set_execution(profile, Execution(True, pause_s, windows), SYSTEM)

    def runs(self) -> list[Run]:
        return list(self.archive.profiles.runs(0, 1 << 60))

    def until_runs(self, count: int) -> list[Run]:
        until(lambda: len(self.runs()) >= count and not self.running())
        return self.runs()

    def running(self) -> bool:
        return bool(self.archive.profiles._running.now())

    def overdue(self) -> list[str]:
        return [one.name for one in self.archive.profiles.server_side.overdue()]


def until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT_S
    while not (value := found()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return value


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with house.serving():
        yield house


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    return registered(monkeypatch, targets=[Target("anna", Mailbox(items=["1", "2"]))])


def waiting(scripted: Scripted) -> list[bool]:
    """The next runs go on until they are stopped, or the test puts something into what it is given."""
    go: list[bool] = []

    def opening(_details: Details, context: Context) -> None:
        while not go:
            context.stop()
            time.sleep(0.01)

    scripted.opening = opening
    return go


def test_a_profile_runs_when_it_is_switched_on_and_a_pause_after_each_end(house: House, scripted: Scripted) -> None:
    profile = house.archive.profiles.create(given(), SYSTEM)
    house.automatic(profile, pause_s=600)
    assert [run.result for run in house.until_runs(1)] == ["succeeded"]
    house.pass_(seconds=599)
    assert house.archive.profiles.get(profile).due_ms == house.now + 1000
    house.pass_(seconds=1)
    first, second = house.until_runs(2)
    assert second.started_ms - first.started_ms == 600_000
    house.archive.profiles.set_execution(profile, Execution(), SYSTEM)
    assert house.archive.profiles.get(profile).due_ms is None
    entry = house.archive.instance.audit.entries(Filter(events=("ProfileRun",)))[0]
    assert (entry.user, entry.client, entry.ok) == ("admin", "profile", True)


def test_a_run_that_failed_is_followed_by_the_next_after_the_same_pause(house: House, scripted: Scripted) -> None:
    def opening(_details: Details, _context: Context) -> None:
        raise Unavailable("No answer.")

    scripted.opening = opening
    house.automatic(house.archive.profiles.create(given(), SYSTEM))
    house.until_runs(1)
    scripted.opening = lambda _details, _context: None
    house.pass_(minutes=10)
    assert [run.result for run in house.until_runs(2)] == ["failed", "succeeded"]


def test_a_run_that_cannot_be_noted_down_is_not_tried_again_at_once(
    house: House, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def full(_profile: Profile, now_ms: int) -> int:
        tries.append(now_ms)
        raise NoSpace("the instance database")

    monkeypatch.setattr(house.archive.profiles._running.results, "begin", full)
    house.automatic(house.archive.profiles.create(given(), SYSTEM))
    until(lambda: tries and not house.running())
    house.pass_(seconds=29)
    house.pass_(seconds=1)
    until(lambda: len(tries) == 2)
    assert tries == [MONDAY_NOON, MONDAY_NOON + 30_000]
    monkeypatch.undo()
    registered(monkeypatch, targets=scripted.targets)
    house.pass_(seconds=30)
    assert [run.result for run in house.until_runs(1)] == ["succeeded"]


def test_no_run_begins_in_a_maintenance_window_and_what_was_due_runs_after_it(house: House, scripted: Scripted) -> None:
    profile = house.archive.profiles.create(given(), SYSTEM)
    house.automatic(profile, windows="Mon-Fri 08:00-18:00")
    house.pass_(hours=5, minutes=59)
    house.pass_(minutes=1)
    (run,) = house.until_runs(1)
    assert run.started_ms == MONDAY_NOON + 360 * MINUTE_MS


def test_a_run_is_stopped_when_a_window_begins_and_goes_on_after_it(house: House, scripted: Scripted) -> None:
    go = waiting(scripted)
    house.automatic(house.archive.profiles.create(given(), SYSTEM), windows="13:00-14:00")
    until(house.running)
    house.pass_(hours=1)
    (run,) = house.until_runs(1)
    assert run.result == "cancelled"
    go.append(True)
    house.pass_(minutes=59)
    assert len(house.runs()) == 1
    house.pass_(minutes=1)
    assert [run.result for run in house.until_runs(2)] == ["cancelled", "succeeded"]


def test_a_run_that_a_stopping_server_ends_is_interrupted_and_begins_again_with_the_next(
    tmp_path: Path, scripted: Scripted
) -> None:
    house, go = House(tmp_path), waiting(scripted)
    with house.serving():
        house.automatic(house.archive.profiles.create(given(), SYSTEM), pause_s=86_400)
        until(house.running)
    go.append(True)
    with house.serving():
        runs = house.until_runs(2)
        assert [run.result for run in runs] == ["interrupted", "succeeded"]
        assert log(house.archive, runs[0]) == "Cancelled. The next run goes on.\r\n"


def test_what_was_due_while_no_server_ran_runs_once_with_the_next(tmp_path: Path, scripted: Scripted) -> None:
    house = House(tmp_path)
    with house.serving():
        house.automatic(house.archive.profiles.create(given(), SYSTEM))
        house.until_runs(1)
    house.now += 7 * 86_400_000
    with house.serving():
        assert len(house.until_runs(2)) == 2


def test_a_profile_that_somebody_runs_is_not_begun_beside_it(house: House, scripted: Scripted) -> None:
    profile = house.archive.profiles.create(given(), SYSTEM)
    go = waiting(scripted)
    house.automatic(profile)
    until(house.running)
    house.pass_(hours=1)
    house.pass_(hours=1)
    go.append(True)
    assert len(house.until_runs(1)) == 1


def test_a_profile_is_overdue_when_the_server_should_have_run_it_to_an_end(house: House, scripted: Scripted) -> None:
    def opening(_details: Details, _context: Context) -> None:
        raise Unavailable("No answer.")

    profile = house.archive.profiles.create(given(), SYSTEM)
    house.automatic(profile)
    house.until_runs(1)
    scripted.opening = opening
    for passed in range(1, 8):
        assert house.overdue() == []
        house.pass_(minutes=10)
        house.until_runs(1 + passed)
    house.pass_(seconds=1)
    assert house.overdue() == ["scripted"]
    house.archive.profiles.set_execution(profile, Execution(), SYSTEM)
    assert house.overdue() == []


def test_a_window_puts_the_alarm_off(house: House, scripted: Scripted) -> None:
    house.automatic(house.archive.profiles.create(given(), SYSTEM), windows="12:05-23:00")
    house.until_runs(1)
    waiting(scripted)
    house.pass_(hours=10)
    assert house.overdue() == []
    # It is at it since 23:00; a run that goes on is not overdue.
    house.pass_(hours=2)
    until(house.running)
    assert house.overdue() == []


def test_an_owner_who_is_gone_makes_each_run_fail_and_then_the_alarm(house: House, scripted: Scripted) -> None:
    house.archive.instance.users.create("bob", ["archive"], SYSTEM)
    described = given()
    profile = house.archive.profiles.create(
        type(described)("scripted", "bob", "I", "Scripted", described.details), SYSTEM
    )
    house.archive.instance.users.delete("bob", SYSTEM)
    house.automatic(profile)
    (run,) = house.until_runs(1)
    assert (run.result, run.owner) == ("failed", "bob")
    assert "no user any more" in log(house.archive, run)


def test_results_are_kept_for_as_long_as_the_settings_say(house: House, scripted: Scripted) -> None:
    house.automatic(house.archive.profiles.create(given(), SYSTEM), pause_s=86_400)
    house.until_runs(1)
    house.archive.profiles.set_execution(1, Execution(), SYSTEM)
    house.pass_(days=365)
    house.archive.profiles.server_side.expire()
    assert len(house.runs()) == 1
    house.pass_(seconds=1)
    house.archive.profiles.server_side.expire()
    assert house.runs() == []


@pytest.mark.parametrize("execution", [Execution(True), Execution(True, 0), Execution(True, -5),
                                       Execution(True, 1 << 40), Execution(True, 60, "noon")])  # fmt: skip
def test_an_execution_that_cannot_be_is_refused(house: House, scripted: Scripted, execution: Execution) -> None:
    profile = house.archive.profiles.create(given(), SYSTEM)
    with pytest.raises(Invalid):
        house.archive.profiles.set_execution(profile, execution, SYSTEM)
    assert house.archive.profiles.get(profile).execution == Execution()
