"""Jobs on a clock that the test sets: when they run, as whom, and what is kept of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from postroom.archive.automation.calendar import from_ms, schedule_of, to_ms
from postroom.archive.automation.results import MOST_OUTPUT, Run
from postroom.archive.automation.scheduler import Action, Scheduler
from postroom.archive.instance.audit import SYSTEM, Actor, Filter
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import Account
from postroom.errors import Damaged, Invalid, NotFound, WrongState
from postroom.settings import Passwords as Costs
from postroom.settings import Work as WorkSettings
from postroom.work import Process, Work

BOB = Actor("bob", "api", "192.0.2.1")
WAIT_S = 20.0
KEPT_DAYS = 30


@dataclass
class Functions:
    """What actions call here: `say <text>`, `fail`, `break`, `wait` (until `gate`), `many`."""

    gate: threading.Event = field(default_factory=threading.Event)
    called: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def prepare(self, text: str, owner: Account) -> Action:
        name, _, rest = text.partition(" ")
        found: dict[str, Callable[[Process], object]] = {
            "say": lambda process: process.log(rest),
            "fail": self.fail,
            "break": self.broken,
            "wait": self.wait,
            "many": lambda process: "x" * 3 * MOST_OUTPUT,
        }
        if name not in found:
            raise Invalid("action", f"a function, not {name}")

        def call(process: Process) -> object:
            self.called.append(owner.name)
            found[name](process)
            return {"user": process.user} if name == "say" else found[name](process) if name == "many" else None

        return Action(name, call)

    def fail(self, process: Process) -> None:
        process.log("Looking...")
        raise Damaged("The record 7 is damaged.")

    def broken(self, process: Process) -> None:
        raise KeyError("secret detail")

    def wait(self, process: Process) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        process.log("Waiting...")
        try:
            while not self.gate.wait(0.005):
                process.check_cancelled()
        finally:
            self.at_once -= 1


@dataclass
class House:
    """An instance with its scheduler, and a clock to set."""

    instance: Instance
    scheduler: Scheduler
    functions: Functions
    now: list[datetime]

    def at(self, text: str) -> None:
        self.now[0] = datetime.fromisoformat(text).replace(tzinfo=UTC)
        self.scheduler.wake()

    def job(self, action: str, owner: str = "admin", zone: str = "UTC", **schedule: object) -> int:
        made = schedule_of(ZoneInfo(zone), **(schedule or {"time": "03:00"}))  # type: ignore[arg-type]
        return self.scheduler.create(f"job {action}", action, owner, zone, made, BOB)

    def due(self, job: int) -> str | None:
        found = next(one for one in self.scheduler.jobs() if one.id == job)
        return None if found.due_ms is None else from_ms(found.due_ms).strftime("%Y-%m-%dT%H:%M")

    def runs(self, job: int | None = None) -> list[Run]:
        return self.scheduler.results(0, to_ms(datetime(3000, 1, 1, tzinfo=UTC)), job)

    def ended(self, count: int) -> list[Run]:
        """All runs, once so many have ended."""
        until(lambda: len([run for run in self.runs() if run.ended_ms is not None]) >= count)
        return self.runs()

    def events(self, name: str) -> list[tuple[str, bool, str | None]]:
        entries = self.instance.audit.entries(Filter(events=(name,)))
        return [(entry.user, entry.ok, entry.target) for entry in reversed(entries)]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        threading.Event().wait(0.005)


@contextmanager
def opened(directory: Path, now: str = "2026-06-01T12:00", threads: int = 4) -> Iterator[House]:
    """As a server has it, from its start to its orderly end."""
    clock, functions = [datetime.fromisoformat(now).replace(tzinfo=UTC)], Functions()
    with Instance(directory / "instance.db", Passwords(Costs(time_cost=1, memory_kib=8))) as instance:
        scheduler = Scheduler(instance, KEPT_DAYS, lambda: to_ms(clock[0]))
        work = Work(directory / "work.db", WorkSettings(threads=threads))
        scheduler.attach(work, functions.prepare)
        scheduler.start()
        try:
            yield House(instance, scheduler, functions, clock)
        finally:
            scheduler.stop()
            work.close(WAIT_S)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as house:
        yield house


# When


def test_a_job_runs_when_it_is_due_and_then_at_the_next_moment(house: House) -> None:
    job = house.job("say good morning", time="03:00")
    assert house.due(job) == "2026-06-02T03:00"
    house.at("2026-06-02T02:59:59")
    assert house.runs() == []
    house.at("2026-06-02T03:00")
    run = house.ended(1)[0]
    assert (run.job, run.name, run.result) == (job, "job say good morning", "succeeded")
    assert run.output == 'good morning\r\n{"user":"admin"}\r\n'
    assert house.due(job) == "2026-06-03T03:00"


def test_a_job_waits_for_no_look_at_the_clock(tmp_path: Path) -> None:
    with Instance(tmp_path / "instance.db", Passwords(Costs(time_cost=1, memory_kib=8))) as instance:
        functions, work = Functions(), Work(tmp_path / "work.db")
        scheduler = Scheduler(instance, KEPT_DAYS)
        scheduler.attach(work, functions.prepare)
        scheduler.start()
        soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="seconds")
        scheduler.create("soon", "say x", "admin", "UTC", schedule_of(UTC, date=soon), BOB)
        until(lambda: functions.called)
        scheduler.stop()
        work.close(WAIT_S)


def test_a_job_of_a_date_runs_once(house: House) -> None:
    job = house.job("say x", zone="Europe/Berlin", date="2026-06-02T03:00:00")
    house.at("2026-06-02T01:00")
    house.ended(1)
    assert house.due(job) is None
    house.at("2027-06-02T01:00")
    assert len(house.ended(1)) == 1


def test_a_date_that_is_over_makes_no_job(house: House) -> None:
    with pytest.raises(Invalid, match="date: expected a time that is still to come"):
        house.job("say x", date="2026-06-01T12:00:00")
    assert house.scheduler.jobs() == []


def test_what_was_due_while_no_server_ran_runs_once(tmp_path: Path) -> None:
    with opened(tmp_path) as house:
        job = house.job("say x", interval=5)
    with opened(tmp_path, "2026-06-05T12:02") as house:
        house.ended(1)
        assert house.due(job) == "2026-06-05T12:05"
        house.at("2026-06-05T12:04")
        assert [from_ms(run.started_ms) for run in house.runs()] == [datetime(2026, 6, 5, 12, 2, tzinfo=UTC)]


def test_a_clock_that_is_set_back_neither_repeats_nor_stops_a_job(house: House) -> None:
    job = house.job("say x", time="03:00")
    house.at("2026-06-02T03:00")
    house.ended(1)
    house.at("2026-06-02T02:30")
    house.at("2026-06-02T03:00")
    assert house.due(job) == "2026-06-03T03:00"
    house.at("2028-01-01T00:00")
    house.ended(2)
    house.at("2026-06-03T00:00")
    until(lambda: house.due(job) == "2026-06-03T03:00")
    house.at("2026-06-03T03:00")
    assert len(house.ended(3)) == 3


def test_runs_of_one_job_do_not_overlap_and_a_moment_that_comes_meanwhile_is_made_up_once(house: House) -> None:
    job = house.job("wait", interval=5)
    house.at("2026-06-01T12:05")
    until(lambda: house.functions.at_once == 1)
    for minute in (10, 15, 20):
        house.at(f"2026-06-01T12:{minute}")
    with pytest.raises(WrongState, match="runs already"):
        house.scheduler.run_now(job, BOB)
    assert [run.result for run in house.runs()] == ["running"]
    house.functions.gate.set()
    assert [run.result for run in house.ended(2)] == ["succeeded", "succeeded"]
    assert house.functions.most_at_once == 1
    assert house.due(job) == "2026-06-01T12:25"


def test_jobs_run_beside_each_other(house: House) -> None:
    for _ in range(3):
        house.job("wait", interval=5)
    house.at("2026-06-01T12:05")
    until(lambda: house.functions.at_once == 3)


def test_a_job_that_is_switched_off_is_not_due_and_makes_nothing_up(house: House) -> None:
    job = house.job("say x", interval=5)
    house.scheduler.set_enabled(job, False, BOB)
    assert house.due(job) is None
    house.scheduler.set_schedule(job, "UTC", schedule_of(UTC, interval=10), BOB)
    assert house.due(job) is None
    house.at("2026-06-02T12:00")
    house.scheduler.set_enabled(job, True, BOB)
    assert house.due(job) == "2026-06-02T12:10"
    assert house.runs() == []
    house.scheduler.run_now(job, BOB)
    assert len(house.ended(1)) == 1
    assert house.due(job) == "2026-06-02T12:10"


# As whom


def test_a_job_belongs_to_an_administrator(house: House) -> None:
    house.instance.users.create("anna", ["login"], SYSTEM)
    for owner in ("anna", "nobody", ""):
        with pytest.raises(Invalid, match="owner: expected the name of an administrator"):
            house.job("say x", owner=owner)
    job = house.job("say x", owner="ADMIN")
    assert [(one.id, one.owner) for one in house.scheduler.jobs()] == [(job, "admin")]


def test_a_job_whose_owner_is_no_administrator_any_more_fails_and_says_so(house: House) -> None:
    house.instance.users.create("anna", ["admin"], SYSTEM)
    job = house.job("say x", owner="anna")
    house.instance.users.set_privileges("anna", ["login"], SYSTEM)
    house.at("2026-06-02T03:00")
    run = house.ended(1)[0]
    assert (run.result, run.output) == ("failed", "The owner of the job, 'anna', is no administrator any more.\r\n")
    assert house.due(job) == "2026-06-03T03:00"
    assert house.functions.called == []


def test_a_renamed_owner_is_followed_and_a_new_user_of_the_name_is_another(house: House) -> None:
    house.instance.users.create("anna", ["admin"], SYSTEM)
    job = house.job("say x", owner="anna")
    house.instance.users.rename("anna", "anne", SYSTEM)
    assert house.scheduler.jobs()[0].owner == "anne"
    house.scheduler.run_now(job, BOB)
    house.ended(1)
    assert house.functions.called == ["anne"]
    house.instance.users.delete("anne", SYSTEM)
    house.instance.users.create("anna", ["admin"], SYSTEM)
    house.at("2026-06-02T03:00")
    assert house.ended(2)[1].output == "The owner of the job, 'anna', is no user any more.\r\n"
    assert house.functions.called == ["anne"]


# What is kept


@pytest.mark.parametrize(
    ("action", "result", "output"),
    [
        ("fail", "completedWithErrors", "Looking...\r\nThe record 7 is damaged.\r\n"),
        ("break", "completedWithErrors", "An internal error occurred."),
        ("say x", "succeeded", "x\r\n"),
    ],
)
def test_a_result_tells_how_it_ended(house: House, action: str, result: str, output: str) -> None:
    house.scheduler.run_now(house.job(action), BOB)
    run = house.ended(1)[0]
    assert run.result == result
    assert run.output.startswith(output)
    assert "secret detail" not in run.output


def test_a_run_that_goes_on_shows_what_it_printed_and_can_be_cancelled(house: House) -> None:
    job = house.job("wait")
    house.scheduler.cancel(job, BOB)
    house.scheduler.run_now(job, BOB)
    until(lambda: house.runs()[0].output == "Waiting...\r\n")
    assert (house.runs()[0].result, house.runs()[0].ended_ms) == ("running", None)
    house.scheduler.cancel(job, BOB)
    assert [(run.result, run.output) for run in house.ended(1)] == [("cancelled", "Waiting...\r\n")]
    assert house.events("JobCancel") == [("bob", True, "job wait")]


def test_a_run_that_waits_for_its_turn_can_be_cancelled(tmp_path: Path) -> None:
    with opened(tmp_path, threads=1) as house:
        first, second = house.job("wait"), house.job("wait")
        house.scheduler.run_now(first, BOB)
        until(lambda: house.functions.at_once)
        house.scheduler.run_now(second, BOB)
        house.scheduler.cancel(second, BOB)
        assert [run.result for run in house.ended(1)] == ["running", "cancelled"]
        assert house.functions.called == ["admin"]


def test_much_output_is_shortened_in_the_middle(house: House) -> None:
    house.scheduler.run_now(house.job("many"), BOB)
    output = house.ended(1)[0].output
    assert MOST_OUTPUT < len(output) < MOST_OUTPUT + 200
    assert f"{2 * MOST_OUTPUT + 4} characters of this output were not kept" in output


def test_results_are_found_by_when_they_began_and_forgotten_after_their_time(house: House) -> None:
    first, second = house.job("say x", interval=720), house.job("say x", date="2026-06-03T00:00:00")
    house.at("2026-06-02T00:00")
    house.ended(1)
    house.at("2026-06-03T00:00")
    assert [run.job for run in house.ended(3)] == [first, first, second]
    day = to_ms(datetime(2026, 6, 3, tzinfo=UTC))
    assert len(house.scheduler.results(0, day)) == 1
    assert [run.job for run in house.scheduler.results(day, day + 1, second)] == [second]
    house.at("2026-07-02T12:00")
    house.ended(4)
    house.scheduler.expire()
    assert [from_ms(run.started_ms).day for run in house.runs()] == [3, 3, 2]


def test_a_deleted_job_leaves_its_results_and_stops(house: House) -> None:
    job = house.job("wait")
    house.scheduler.run_now(job, BOB)
    until(lambda: house.functions.at_once)
    house.scheduler.delete(job, BOB)
    assert [(run.job, run.result) for run in house.ended(1)] == [(job, "cancelled")]
    assert house.scheduler.jobs() == []
    for call in (house.scheduler.run_now, house.scheduler.cancel, house.scheduler.delete):
        with pytest.raises(NotFound, match="no job"):
            call(job, BOB)


def test_a_server_that_stops_cancels_runs_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as house:
        house.scheduler.run_now(house.job("wait"), BOB)
        until(lambda: house.functions.at_once)
    with opened(tmp_path) as house:
        run = house.runs()[0]
        assert run.result == "cancelled"
        assert run.output == "Waiting...\r\nInterrupted: the server ended while this ran.\r\n"


def test_an_action_that_cannot_be_called_any_more_fails_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as house:
        job = house.job("say x")
        with house.instance.database.write() as connection:
            connection.execute("UPDATE job SET action = 'gone' WHERE id = ?", (job,))
        with pytest.raises(Invalid, match="a function, not gone"):
            house.scheduler.run_now(job, BOB)
        house.at("2026-06-02T03:00")
        assert [(run.result, run.output) for run in house.ended(1)] == [
            ("failed", "action: expected a function, not gone.\r\n")
        ]


def test_changes_and_runs_are_in_the_audit_log(house: House) -> None:
    job = house.job("say x")
    house.scheduler.rename(job, "greeting", BOB)
    house.scheduler.set_enabled(job, True, BOB)
    house.scheduler.set_enabled(job, False, BOB)
    house.scheduler.set_schedule(job, "UTC", schedule_of(UTC, interval=5), BOB)
    house.scheduler.run_now(job, BOB)
    house.ended(1)
    house.scheduler.delete(job, BOB)
    assert house.events("JobCreate") == [("bob", True, "job say x")]
    assert house.events("JobUpdate") == [("bob", True, "job say x"), *[("bob", True, "greeting")] * 2]
    until(lambda: house.events("JobRun") == [("admin", True, "greeting")])
    assert house.events("JobDelete") == [("bob", True, "greeting")]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "n" * 300])
def test_a_name_is_one_line(house: House, name: str) -> None:
    job = house.job("say x")
    with pytest.raises(Invalid, match="name"):
        house.scheduler.rename(job, name, BOB)


def test_without_a_server_no_job_is_made_or_run(tmp_path: Path) -> None:
    with Instance(tmp_path / "instance.db", Passwords(Costs(time_cost=1, memory_kib=8))) as instance:
        scheduler = Scheduler(instance, KEPT_DAYS)
        with pytest.raises(WrongState, match="none runs here"):
            scheduler.create("x", "say x", "admin", "UTC", schedule_of(UTC, interval=5), BOB)
