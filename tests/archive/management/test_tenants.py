"""Instances that run are opened when they are used and closed when they are not."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.archive.management.conftest import HOST, Open, make

from postroom.archive.automation.calendar import Schedule
from postroom.archive.automation.scheduler import Action
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.due import next_due_ms
from postroom.archive.management.management import Management
from postroom.errors import Cancelled, NotFound, PostroomError, Unavailable, WrongState
from postroom.work import Process, Work

LONG_S = 30.0
DAY_MS = 86_400_000


def process() -> Process:
    return Process("test", "admin")


def opened_names(management: Management) -> list[str]:
    return [tenant.row.name for tenant in management.tenants.open_ones()]


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + LONG_S
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_instance_that_runs_is_not_open_until_it_is_used(opened: Open) -> None:
    with opened() as management:
        make(management, "elm", "oak")
    with opened() as management:
        assert [tenant.state for tenant in management.tenants.all()] == ["running", "running"]
        assert opened_names(management) == []
        with management.tenants.use("ELM") as archive:
            assert archive.instance.users.all()
            assert opened_names(management) == ["elm"]


def test_what_is_idle_is_closed_and_opens_again(opened: Open) -> None:
    with opened(idle_s=0.1) as management:
        make(management, "elm")
        management.tenants.start()
        with management.tenants.use("elm"):
            time.sleep(0.3)  # longer than idle_s: in use it stays open
            assert opened_names(management) == ["elm"]
        until(lambda: not opened_names(management))
        with management.tenants.use("elm") as archive:
            assert archive.instance.users.all()


def test_at_most_so_many_are_open_and_the_one_unused_longest_goes(opened: Open) -> None:
    with opened(open=2) as management:
        make(management, "ash", "elm", "oak")
        for name in ("ash", "elm", "ash", "oak"):
            with management.tenants.use(name):
                pass
        assert opened_names(management) == ["ash", "oak"]
        with (
            management.tenants.use("ash"),
            management.tenants.use("oak"),
            pytest.raises(Unavailable, match=r"spe\.open"),
            management.tenants.use("elm"),
        ):
            raise AssertionError
        with management.tenants.use("elm"):
            assert len(opened_names(management)) == 2


def test_many_threads_use_more_instances_than_may_be_open(opened: Open) -> None:
    names = [f"i{number}" for number in range(6)]
    with opened(open=3) as management:
        make(management, *names)
        failures: list[BaseException] = []

        def work(seed: int) -> None:
            try:
                for step in range(25):
                    name = names[(seed * 7 + step * 5) % len(names)]
                    try:
                        with management.tenants.use(name) as archive:
                            assert archive.directory.name == name
                            archive.instance.users.all()
                    except Unavailable:
                        continue  # all three are in use, which is told
            except BaseException as error:  # noqa: BLE001 - told in the main thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(opened_names(management)) <= 3
        for name in names:
            with management.tenants.use(name) as archive:
                assert len(archive.instance.users.all()) == 1


def test_a_stop_waits_for_uses_refuses_new_ones_and_can_be_given_up(management: Management) -> None:
    make(management, "elm")
    tenant = management.tenants.get("elm")
    stop = process()
    ended: list[str] = []

    def stopping() -> None:
        try:
            tenant.stop(stop)
            ended.append("stopped")
        except Cancelled:
            ended.append("cancelled")

    with management.tenants.use("elm"):
        thread = threading.Thread(target=stopping)
        thread.start()
        until(lambda: tenant.state == "stopping")
        with pytest.raises(WrongState, match="does not run"), management.tenants.use("elm"):
            raise AssertionError
        stop.cancel()
        thread.join(LONG_S)
        assert ended == ["cancelled"]
        with management.tenants.use("elm"):
            assert tenant.uses == 2
    tenant.stop(process())
    assert (tenant.state, tenant.is_open) == ("stopped", False)


def test_freezing_what_does_not_run_and_thawing_what_is_not_frozen_is_refused(management: Management) -> None:
    make(management, "elm")
    with pytest.raises(WrongState):
        management.thaw("elm", SYSTEM, process())
    management.freeze("elm", SYSTEM, process())
    management.freeze("elm", SYSTEM, process())
    with pytest.raises(WrongState):
        management.start("elm", SYSTEM, process())
    management.stop("elm", SYSTEM, process())
    with pytest.raises(WrongState):
        management.freeze("elm", SYSTEM, process())


def test_after_a_restart_automatic_ones_run_and_manual_ones_do_not(opened: Open) -> None:
    with opened() as management:
        make(management, "elm", "oak")
        make(management, "ash", start_mode="manual")
        management.start("ash", SYSTEM, process())
        management.stop("oak", SYSTEM, process())
    with opened() as management:
        assert [(t.row.name, t.state) for t in management.tenants.all()] == [
            ("ash", "stopped"),
            ("elm", "running"),
            ("oak", "running"),
        ]


def test_a_failing_one_fails_alone_and_tells_why(opened: Open, tmp_path: Path) -> None:
    with opened() as management:
        make(management, "elm", "oak")
    (tmp_path / "archive" / "elm" / "instance.db").write_bytes(b"x" * 8192)
    with opened() as management:
        with pytest.raises(Exception, match="damaged"), management.tenants.use("elm"):
            raise AssertionError
        tenant = management.tenants.get("elm")
        assert tenant.state == "failed"
        assert tenant.error is not None
        with pytest.raises(WrongState, match="failed"), management.tenants.use("elm"):
            raise AssertionError
        with management.tenants.use("oak"):
            pass


def test_one_that_was_deleted_is_none(management: Management) -> None:
    make(management, "elm", start_mode="manual")
    management.delete("elm", SYSTEM, process())
    with pytest.raises(NotFound):
        management.tenants.get("elm")
    assert management.instances.all() == []


def test_a_filter_goes_on_after_a_failure_and_names_it(management: Management) -> None:
    make(management, "ash", "elm", "oak", start_mode="manual")
    management.start("elm", SYSTEM, process())
    told = process()
    with pytest.raises(WrongState, match="1 of 3 instances were not deleted: elm"):
        management.delete("*", SYSTEM, told)
    assert [row.name for row in management.instances.all()] == ["elm"]
    assert told.log_since(0)[0] == "ash: deleted."


class Clock:
    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


def test_a_job_that_is_due_opens_its_instance(opened: Open, tmp_path: Path) -> None:
    clock, ran = Clock(), threading.Event()
    work = Work(tmp_path / "work.db")

    def serve(management: Management) -> None:
        def call(_: Process) -> None:
            with management.tenants.use("elm"):
                ran.set()

        def attach(_row: object, archive: object) -> None:
            archive.scheduler.attach(work, lambda _text, _owner: Action("Test", call))  # type: ignore[attr-defined]
            archive.scheduler.start()  # type: ignore[attr-defined]

        management.tenants.on_open = attach

    with opened(clock=clock, idle_s=0.1) as management:
        serve(management)
        make(management, "elm", "oak")
        with management.tenants.use("elm") as archive:
            archive.scheduler.create("daily", "Test", "admin", "UTC", Schedule(time="02:30"), SYSTEM)
        management.tenants.start()
        until(lambda: not opened_names(management))
        due = management.tenants.get("elm").due_ms
        assert due is not None
        assert clock.ms < due <= clock.ms + DAY_MS
        assert next_due_ms(tmp_path / "archive" / "elm") == due
        assert next_due_ms(tmp_path / "archive" / "oak") is None
    assert not ran.is_set()
    clock.ms = due + 1
    # A server that starts later makes it up, though nobody opens the instance.
    with opened(clock=clock, idle_s=0.1) as management:
        serve(management)
        management.tenants.start()
        assert ran.wait(LONG_S)
        until(lambda: not opened_names(management))
        with management.tenants.use("elm") as archive:
            assert [run.result for run in archive.scheduler.results(0, 1 << 60)] == ["succeeded"]
    work.close(LONG_S)


def test_an_instance_made_while_another_of_its_name_or_folder_is_there_is_refused(management: Management) -> None:
    make(management, "elm")
    with pytest.raises(Exception, match="exists already"):
        make(management, "Elm")
    with pytest.raises(Exception, match="apart from"):
        management.create_instance("oak", {"host": HOST, "directory": "elm"}, SYSTEM)


def test_at_the_end_nobody_is_waited_for(opened: Open) -> None:
    with opened() as management:
        make(management, "elm")
        lent = management.tenants.use("elm")
        archive = lent.__enter__()
    with pytest.raises(Unavailable):
        archive.instance.users.all()
    lent.__exit__(None, None, None)


def test_a_folder_that_cannot_be_made_is_a_reason_and_no_crash(management: Management, tmp_path: Path) -> None:
    make(management, "elm", start_mode="manual")
    (tmp_path / "archive" / "elm").write_text("in the way")
    with pytest.raises(WrongState, match="not started: elm"):
        management.start("elm", SYSTEM, process())
    tenant = management.tenants.get("elm")
    assert (tenant.state, "cannot be used" in (tenant.error or "")) == ("failed", True)
    (tmp_path / "archive" / "elm").unlink()
    management.start("elm", SYSTEM, process())
    assert tenant.state == "running"


def test_whatever_many_do_at_once_ends_and_leaves_everything_usable(opened: Open) -> None:
    """With less room than there are instances."""
    names = ("ash", "elm", "oak")
    with opened(open=2, idle_s=0.1) as management:
        make(management, *names)
        management.tenants.start()
        failures: list[BaseException] = []

        def use(name: str) -> None:
            with management.tenants.use(name) as archive:
                archive.instance.users.all()

        def again(name: str) -> None:
            management.stop(name, SYSTEM, process())
            management.delete(name, SYSTEM, process())
            make(management, name)

        acts: list[Callable[[str], object]] = [
            use, use, use, again,
            lambda name: management.stop(name, SYSTEM, process()),
            lambda name: management.start(name, SYSTEM, process()),
            lambda name: management.restart(name, SYSTEM, process()),
            lambda name: management.freeze(name, SYSTEM, process()),
            lambda name: management.thaw(name, SYSTEM, process()),
            lambda name: management.update_instance(name, {"most_messages": 10}, SYSTEM),
            lambda name: list(management.tenants.get(name).remarks()),
        ]  # fmt: skip

        def work(seed: int) -> None:
            chance = random.Random(seed)
            try:
                for _ in range(40):
                    try:
                        chance.choice(acts)(chance.choice(names))
                    except PostroomError:
                        continue  # refused in words, because of what another does
            except BaseException as error:  # noqa: BLE001 - told in the main thread
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,), daemon=True) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in threads)
        assert failures == []
        remembered = {row.name for row in management.instances.all()}
        assert remembered == {tenant.row.name for tenant in management.tenants.all()}
        for name in remembered:
            management.stop(name, SYSTEM, process())
            management.start(name, SYSTEM, process())
            use(name)
        assert all(tenant.uses == 0 for tenant in management.tenants.all())
