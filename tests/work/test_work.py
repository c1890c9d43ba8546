from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postroom.errors import Invalid, NotFound, Unavailable
from postroom.settings import Work as Settings
from postroom.work import Failure, Process, Work

LONG_S = 60.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "work.db"


@pytest.fixture
def work(file: Path) -> Iterator[Work]:
    work = Work(file)
    yield work
    assert work.close(LONG_S) == []


class Gate:
    """A function that logs, then waits until it is let through."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, process: Process) -> str:
        process.log("Started...")
        self.entered.set()
        assert self.open.wait(LONG_S)
        process.check_cancelled()
        return "done"


def ended(work: Work, process: Process) -> Process:
    while not process.state.ended:
        process.wait(process.state.version, LONG_S)
    return process


def test_a_call_that_says_nothing_ends_at_version_2(work: Work) -> None:
    process = ended(work, work.start("Quick", "admin", lambda process: {"n": 1}))
    assert process.state.version == 2
    assert process.state.status == "succeeded"
    assert process.state.result == {"n": 1}


def test_a_token_is_32_lower_case_hex_digits(work: Work) -> None:
    token = ended(work, work.start("Quick", "admin", lambda process: None)).token
    assert len(token) == 32
    assert set(token) <= set("0123456789abcdef")


def test_each_line_and_each_new_percentage_is_a_version() -> None:
    process = Process("VerifyStore", "admin")
    process.log("Verifying file group #1...")
    process.log("Creating a list of messages to be verified...")
    assert process.state.version == 3
    assert process.state.percent == 0
    for done in range(1000):
        process.progress(done, 100_000)
    assert process.state.version == 3
    process.progress(1000, 100_000)
    assert (process.state.version, process.state.percent) == (4, 1)


@pytest.mark.parametrize(("done", "total", "percent"), [(5, 0, None), (-1, 10, 0), (11, 10, 100), (1, 3, 33)])
def test_progress_is_between_0_and_100_or_unknown(done: int, total: int, percent: int | None) -> None:
    process = Process("Any", "admin")
    process.progress(done, total)
    assert process.state.percent == percent


def test_log_carries_only_what_is_newer_than_the_known_version() -> None:
    process = Process("Any", "admin")
    for line in ("one", "two", "three"):
        process.log(line)
    assert process.log_since(-1) == ["one", "two", "three"]
    assert process.log_since(3) == ["three"]
    assert process.log_since(4) == []
    assert process.log_since(0, until=3) == ["one", "two"]


def test_an_error_of_ours_is_told_as_it_is(work: Work) -> None:
    def function(process: Process) -> None:
        process.log("Looking...")
        raise Invalid("id", "a store id")

    process = ended(work, work.start("Fails", "admin", function))
    assert process.state.status == "failed"
    assert process.state.failure == Failure("id: expected a store id.", "Invalid")
    assert process.log_since(0) == ["Looking..."]


def test_a_bug_shows_its_class_only(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    def function(process: Process) -> None:
        raise KeyError("secret detail")

    failure = ended(work, work.start("Breaks", "admin", function)).state.failure
    assert failure is not None
    assert failure.kind == "KeyError"
    assert "secret" not in failure.message
    assert "secret detail" in caplog.text


def test_what_is_no_json_fails_instead_of_hanging(work: Work) -> None:
    process = ended(work, work.start("Breaks", "admin", lambda process: object()))
    assert process.state.status == "failed"


def test_cancelling_is_a_request_that_keeps_the_log(work: Work) -> None:
    gate = Gate()
    process = work.start("Slow", "admin", gate)
    assert gate.entered.wait(LONG_S)
    work.cancel(process.token, "admin")
    assert process.state.status == "running"
    gate.open.set()
    assert ended(work, process).state.status == "cancelled"
    assert process.log_since(0) == ["Started..."]


def test_a_call_that_waits_for_its_turn_can_be_cancelled(file: Path) -> None:
    work, gate = Work(file, Settings(threads=1)), Gate()
    work.start("First", "admin", gate)
    second = work.start("Second", "admin", lambda process: "ran")
    work.cancel(second.token, "admin")
    assert ended(work, second).state.status == "cancelled"
    gate.open.set()
    assert work.close(LONG_S) == []


def test_only_as_many_run_as_the_settings_say(file: Path) -> None:
    work, first, second = Work(file, Settings(threads=1)), Gate(), Gate()
    work.start("First", "admin", first)
    assert first.entered.wait(LONG_S)
    work.start("Second", "admin", second)
    assert not second.entered.is_set()
    first.open.set()
    assert second.entered.wait(LONG_S)
    second.open.set()
    assert work.close(LONG_S) == []


def test_whoever_asked_is_told_the_end_whatever_it_was(file: Path) -> None:
    work, gate, told = Work(file, Settings(threads=1)), Gate(), list[str]()

    def fail(process: Process) -> None:
        raise Invalid("x", "y")

    work.start("First", "admin", gate, lambda process: told.append(process.state.status))
    assert gate.entered.wait(LONG_S)
    never = work.start("Second", "admin", gate, lambda process: told.append(f"second {process.state.status}"))
    never.cancel()
    ended(work, never)
    gate.open.set()
    ended(work, work.start("Third", "admin", fail, lambda process: told.append(process.state.status)))
    assert work.close(LONG_S) == []
    assert sorted(told) == ["failed", "second cancelled", "succeeded"]


def test_nobody_else_reads_or_cancels_a_process(work: Work) -> None:
    process = work.start("Quick", "anna", lambda process: None)
    for attempt in (work.get, work.cancel):
        with pytest.raises(NotFound):
            attempt(process.token, "bob")
    ended(work, process)
    with pytest.raises(NotFound):
        work.get(process.token, "bob")


def test_wait_returns_at_once_when_there_is_news_and_the_same_when_there_is_none(work: Work) -> None:
    gate = Gate()
    process = work.start("Slow", "admin", gate)
    assert gate.entered.wait(LONG_S)
    assert work.wait(process.token, 1, LONG_S, "admin").state.version == 2
    assert not process.wait(2, 0.01)
    assert work.wait(process.token, 2, 0.01, "admin").state.version == 2
    gate.open.set()
    assert work.wait(process.token, 2, LONG_S, "admin").state.ended


def test_waiting_for_what_ended_returns_at_once(work: Work) -> None:
    process = ended(work, work.start("Quick", "admin", lambda process: None))
    assert not work.wait(process.token, 99, LONG_S, "admin").wait(99, LONG_S)


def test_hundreds_of_async_waiters_need_no_thread_each(work: Work) -> None:
    gate = Gate()
    process = work.start("Slow", "admin", gate)
    assert gate.entered.wait(LONG_S)

    async def all_wait() -> list[bool]:
        waiters = [asyncio.create_task(process.wait_async(2, LONG_S)) for _ in range(300)]
        before = threading.active_count()
        await asyncio.sleep(0)
        assert threading.active_count() == before
        gate.open.set()
        return await asyncio.gather(*waiters)

    assert asyncio.run(all_wait()) == [True] * 300


def test_an_async_waiter_gives_up_in_time_and_can_be_cancelled(work: Work) -> None:
    process = Process("Any", "admin")

    async def wait() -> bool:
        task = asyncio.create_task(process.wait_async(1, LONG_S))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await process.wait_async(1, 0.01)

    assert not asyncio.run(wait())
    process.log("nobody listens any more")


def test_a_stopping_server_lets_waiters_go_and_takes_no_calls(work: Work) -> None:
    gate = Gate()
    process = work.start("Slow", "admin", gate)
    assert gate.entered.wait(LONG_S)
    with ThreadPoolExecutor() as pool:
        waiter = pool.submit(process.wait, 2, LONG_S)
        work.release()
        assert waiter.result(LONG_S) is False
    with pytest.raises(Unavailable):
        work.start("Late", "admin", gate)
    gate.open.set()


def test_close_tells_what_did_not_stop(file: Path) -> None:
    work, gate = Work(file), Gate()
    process = work.start("Stubborn", "admin", gate)
    assert gate.entered.wait(LONG_S)
    assert work.close(0.01) == [process]
    gate.open.set()
    assert ended(work, process).state.status == "cancelled"
    assert work.close(LONG_S) == []


def test_an_end_is_readable_after_a_restart(file: Path) -> None:
    first = Work(file)
    process = first.start("Slow", "admin", lambda process: process.log("a line") or {"n": 1})  # type: ignore[func-returns-value]
    first.close(LONG_S)
    second = Work(file)
    again = second.get(process.token, "admin")
    assert again.state == process.state
    assert again.log_since(0) == ["a line"]
    second.close(LONG_S)


def test_what_ran_when_the_server_went_is_failed_after_it(file: Path, tmp_path: Path) -> None:
    first, gate = Work(file), Gate()
    process = first.start("Slow", "admin", gate)
    assert gate.entered.wait(LONG_S)
    second = Work(file)
    state = second.get(process.token, "admin").state
    assert state.status == "failed"
    assert state.failure == Failure("The server was restarted while this ran. Start it again.", "Unavailable")
    second.close(LONG_S)
    gate.open.set()
    first.close(LONG_S)


@pytest.mark.parametrize(("read", "age_s", "kept"), [(True, 599, True), (True, 601, False), (False, 86_399, True)])
def test_an_end_is_kept_a_day_or_ten_minutes_after_it_was_read(file: Path, read: bool, age_s: int, kept: bool) -> None:
    now = _Clock()
    work = Work(file, clock=now)
    process = work.start("Quick", "admin", lambda process: None)
    ended(work, process)
    _settle(work, lambda: not work._running)
    if read:
        work.delivered(process)
    now.s += age_s
    if kept:
        assert work.get(process.token, "admin").state.ended
    else:
        with pytest.raises(NotFound):
            work.get(process.token, "admin")
    work.close(LONG_S)


def test_a_full_disk_does_not_end_a_call(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    def fail(process: Process) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    work._records.save = fail  # type: ignore[method-assign]
    process = ended(work, work.start("Quick", "admin", lambda process: 1))
    assert process.state.status == "succeeded"
    assert work.get(process.token, "admin").state.result == 1
    assert "could not be written down" in caplog.text


def test_lines_cost_little(work: Work) -> None:
    saves = 0
    save = work._records.save

    def counted(process: Process) -> None:
        nonlocal saves
        saves += 1
        save(process)

    work._records.save = counted  # type: ignore[method-assign]

    def function(process: Process) -> None:
        for number in range(5000):
            process.log(f"  {number} messages verified...")

    ended(work, work.start("Verify", "admin", function))
    assert saves <= 4


class _Clock:
    def __init__(self) -> None:
        self.s = time.time()

    def __call__(self) -> float:
        return self.s


def _settle(work: Work, true: Callable[[], bool]) -> None:
    for thread in list(work._threads.values()):
        thread.join(LONG_S)
    assert true()
