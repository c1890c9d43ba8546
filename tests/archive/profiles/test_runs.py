"""Runs of profiles: everything once, nothing lost silently, one mailbox after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.scripted import (
    AskedMailbox,
    Mailbox,
    Scripted,
    given,
    log,
    mail,
    process,
    ran,
    registered,
    totals,
)

from postroom.archive.archive import Archive
from postroom.archive.automation.results import INTERRUPTED, MOST_OUTPUT
from postroom.archive.instance.audit import SYSTEM, Filter
from postroom.archive.profiles.connector import Context, Target
from postroom.archive.profiles.details import Details
from postroom.archive.profiles.results import Counts
from postroom.errors import Cancelled, Damaged, Denied, Invalid, NotFound, Unavailable, WrongState
from postroom.settings import Work as WorkSettings
from postroom.work import Work


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home", settings(commit_messages=2)) as archive:
        yield archive


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    return registered(monkeypatch)


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def test_a_message_for_several_archives_is_in_each_once_over_repeated_runs(
    archive: Archive, scripted: Scripted
) -> None:
    box = Mailbox(items=numbers(3), archives=lambda item: ("bob", "anna") if item != "2" else ("anna",))
    scripted.targets = [Target("", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    assert (ran(archive, profile).archived, totals(archive)) == (5, {"anna": 3, "bob": 2})
    assert archive.stores.current().store.catalogue.one("SELECT count(*) FROM content") == (3,)
    box.items, box.archives = numbers(4), lambda _item: ("anna", "bob")
    # A cursor that was lost: the source gives everything again.
    scripted.targets = [Target("", Mailbox(items=[], name="other")), Target("", box)]
    for _ in range(2):
        run = ran(archive, profile)
        assert (run.result, totals(archive)) == ("succeeded", {"anna": 4, "bob": 3})
    known = box.name, "1"
    assert archive.stores.knows(*known)


def test_an_arrival_without_an_archive_is_a_problem(archive: Archive, scripted: Scripted) -> None:
    scripted.targets = [Target("", Mailbox(items=["1"]))]
    profile = archive.profiles.create(given(), SYSTEM)
    run = ran(archive, profile)
    assert (run.result, run.failed, totals(archive)) == ("completedWithErrors", 1, {})
    assert "archive: expected" in log(archive, run)


def test_the_same_source_read_into_another_archive_is_new_there(archive: Archive, scripted: Scripted) -> None:
    for name in ("anna", "bob"):
        scripted.targets = [Target(name, Mailbox(items=numbers(3)))]
        assert archive.profiles.run_once(given(), SYSTEM, process()).archived == 3
    assert totals(archive) == {"anna": 3, "bob": 3}


def test_what_failed_is_asked_for_by_its_id_until_it_arrives(archive: Archive, scripted: Scripted) -> None:
    box = AskedMailbox(items=numbers(6), bad={"2": "too odd", "5": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    first = ran(archive, profile)
    assert (first.result, first.archived, first.failed) == ("completedWithErrors", 4, 2)
    assert "anna/Inbox 2: too odd" in log(archive, first)
    assert [(owed.native_id, owed.times) for owed in archive.profiles.owed(profile)] == [("2", 1), ("5", 1)]
    del box.bad["5"]
    second = ran(archive, profile)
    assert (second.result, second.archived, second.failed, second.skipped) == ("completedWithErrors", 1, 1, 0)
    assert [(owed.native_id, owed.times) for owed in archive.profiles.owed(profile)] == [("2", 2)]
    del box.bad["2"]
    assert (ran(archive, profile).result, totals(archive)) == ("succeeded", {"anna": 6})
    assert archive.profiles.owed(profile) == []
    assert box.asked == [["2", "5"], ["2"]]
    assert box.cursors == [None, "6", "6"]


def test_what_failed_and_is_gone_from_the_source_is_owed_no_more(archive: Archive, scripted: Scripted) -> None:
    box = AskedMailbox(items=numbers(3), bad={"2": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    box.items[1] = "0"  # its place is another's; the cursor is behind it
    run = ran(archive, profile)
    assert (run.result, archive.profiles.owed(profile)) == ("succeeded", [])
    assert "2 is not in the source any more" in log(archive, run)


def test_a_source_that_cannot_be_asked_is_read_from_its_beginning_while_it_owes(
    archive: Archive, scripted: Scripted
) -> None:
    box = Mailbox(items=numbers(4), bad={"1": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    box.bad.clear()
    run = ran(archive, profile)
    assert (run.result, run.archived, run.skipped) == ("succeeded", 1, 3)
    # From now on by its cursor again, which may stand where that reading met something new.
    assert ran(archive, profile).result == "succeeded"
    assert box.cursors[:2] == [None, None]
    assert box.cursors[2] is not None


@pytest.mark.parametrize("kind", [Mailbox, AskedMailbox])
def test_a_message_that_is_too_large_is_owed_until_it_may_be_archived(
    archive: Archive, scripted: Scripted, kind: type[Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = kind(items=numbers(3))
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    monkeypatch.setattr(archive, "settings", settings(max_message_bytes=len(mail(1)) - 1))
    for attempt in (1, 2):
        run = ran(archive, profile)
        assert (run.result, run.failed) == ("completedWithErrors", 3)
        assert [owed.times for owed in archive.profiles.owed(profile)] == [attempt] * 3
    monkeypatch.undo()
    scripted = registered(monkeypatch, targets=[Target("anna", box)])
    assert (ran(archive, profile).result, totals(archive)) == ("succeeded", {"anna": 3})
    assert archive.profiles.owed(profile) == []


def test_a_problem_is_kept_before_the_cursor_goes_past_it(archive: Archive, scripted: Scripted) -> None:
    box = AskedMailbox(items=numbers(6), bad={"1": "too odd"})

    def broken(item: str) -> None:
        if item == "6":
            raise KeyError(item)

    box.step = broken
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    assert ran(archive, profile).result == "failed"
    name = archive.profiles.owed(profile)[0].source
    assert archive.stores.cursor(name) is not None
    box.step = lambda _item: None
    box.bad.clear()
    run = ran(archive, profile)
    assert (run.result, totals(archive)) == ("succeeded", {"anna": 6})


def test_what_a_deleted_profile_owes_is_asked_for_by_one_with_the_same_source(
    archive: Archive, scripted: Scripted
) -> None:
    box = AskedMailbox(items=numbers(3), bad={"1": "too odd"})
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    ran(archive, profile)
    archive.profiles.delete(profile, SYSTEM)
    box.bad.clear()
    profile = archive.profiles.create(given(), SYSTEM)
    assert (ran(archive, profile).archived, totals(archive)) == (1, {"anna": 3})


@pytest.mark.parametrize("error", [Unavailable("No answer."), KeyError("a fault of ours")])
def test_a_mailbox_that_fails_does_not_end_the_others(archive: Archive, scripted: Scripted, error: Exception) -> None:
    def fails(item: str) -> None:
        if item == "3":
            raise error

    scripted.targets = [
        Target("anna", Mailbox("a", numbers(2))), Target("bob", Mailbox("b", numbers(5), step=fails)),
        Target("eve", Mailbox("c", numbers(2))),
    ]  # fmt: skip
    profile = archive.profiles.create(given(), SYSTEM)
    run = ran(archive, profile)
    assert (run.result, totals(archive)) == ("completedWithErrors", {"anna": 2, "bob": 2, "eve": 2})
    assert "bob: " in log(archive, run)
    scripted.targets = [Target("bob", Mailbox("b", numbers(5), step=fails))]
    assert ran(archive, profile).result == "failed"
    scripted.targets = [Target("bob", Mailbox("b", numbers(5)))]
    assert (ran(archive, profile).result, totals(archive)["bob"]) == ("succeeded", 5)


@pytest.mark.parametrize("error", [Unavailable("No answer."), Denied("Wrong password.")])
def test_a_connector_that_cannot_open_ends_the_run_as_failed_and_says_why(
    archive: Archive, scripted: Scripted, error: Exception
) -> None:
    def opening(_details: Details, _context: Context) -> None:
        raise error

    scripted.opening = opening
    profile = archive.profiles.create(given(), SYSTEM)
    with pytest.raises(type(error)):
        ran(archive, profile)
    (run,) = archive.profiles.runs(0, 1 << 60)
    assert (run.result, log(archive, run)) == ("failed", f"{error}\r\n")
    entry = archive.instance.audit.entries(Filter(events=("ProfileRun",)))[0]
    assert (entry.ok, entry.target) == (False, "scripted")


def test_a_cancelled_run_keeps_what_was_committed_and_the_next_goes_on(archive: Archive, scripted: Scripted) -> None:
    one = process()
    box = Mailbox(items=numbers(9), step=lambda item: one.cancel() if item == "5" else None)
    scripted.targets = [Target("anna", box)]
    profile = archive.profiles.create(given(), SYSTEM)
    with pytest.raises(Cancelled):
        archive.profiles.run(profile, SYSTEM, one)
    (run,) = archive.profiles.runs(0, 1 << 60)
    assert (run.result, run.archived, totals(archive)) == ("cancelled", 4, {"anna": 4})
    assert (ran(archive, profile).result, totals(archive)) == ("succeeded", {"anna": 9})


def test_a_profile_runs_once_at_a_time_and_is_not_deleted_meanwhile(archive: Archive, scripted: Scripted) -> None:
    entered, go = threading.Event(), threading.Event()

    def step(_item: str) -> None:
        entered.set()
        assert go.wait(30)

    scripted.targets = [Target("anna", Mailbox(items=["1"], step=step))]
    profile = archive.profiles.create(given(), SYSTEM)
    thread = threading.Thread(target=ran, args=(archive, profile))
    thread.start()
    try:
        assert entered.wait(30)
        with pytest.raises(WrongState, match="runs already"):
            ran(archive, profile)
        with pytest.raises(WrongState, match="runs"):
            archive.profiles.delete(profile, SYSTEM)
    finally:
        go.set()
        thread.join()
    assert [run.result for run in archive.profiles.runs(0, 1 << 60)] == ["succeeded"]


def test_a_run_that_a_kill_ended_is_interrupted(archive: Archive, scripted: Scripted, tmp_path: Path) -> None:
    profile = archive.profiles.create(given(), SYSTEM)
    # What a killed server leaves behind.
    results = archive.profiles._running.results
    results.count(results.begin(archive.profiles.get(profile), 5), Counts(archived=3))
    assert list(archive.profiles.runs(0, 1 << 60)) == []
    work = Work(tmp_path / "work.db", WorkSettings())
    archive.profiles.server_side.attach(work)
    work.close(0)
    (run,) = archive.profiles.runs(0, 1 << 60)
    assert (run.result, run.archived, log(archive, run)) == ("interrupted", 3, INTERRUPTED)


def test_secrets_are_sealed_where_they_are_kept_and_never_shown(
    archive: Archive, scripted: Scripted, tmp_path: Path
) -> None:
    seen: list[str] = []
    scripted.opening = lambda details, _context: seen.append(details.text("password"))
    profile = archive.profiles.create(given(password="hush-hush-1"), SYSTEM)
    ran(archive, profile)
    archive.profiles.change(profile, {"details": {"password": None, "deleteInMailbox": "immediately"}}, None, SYSTEM)
    ran(archive, profile)
    archive.profiles.change(profile, {"details": {"password": "hush-hush-2"}}, None, SYSTEM)
    ran(archive, profile)
    assert seen == ["hush-hush-1", "hush-hush-1", "hush-hush-2"]
    assert [dict(one.details) for one in (archive.profiles.get(profile), *archive.profiles.all())] == [
        {"host": "mail.example.org", "password": None, "deleteInMailbox": "immediately"}
    ] * 2
    assert "hush" not in repr(archive.instance.audit.entries())
    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").glob("instance.db*"))
    assert b"hush-hush" not in kept
    (tmp_path / "home" / "secrets.key").write_bytes(bytes(32))
    with pytest.raises(Damaged, match="password"):
        ran(archive, profile)
    archive.profiles.change(profile, {"details": {"password": "hush-hush-3"}}, None, SYSTEM)
    ran(archive, profile)
    assert seen[-1] == "hush-hush-3"


def test_a_secret_may_be_taken_away_by_an_empty_text(archive: Archive, scripted: Scripted) -> None:
    seen: list[str] = []
    scripted.opening = lambda details, _context: seen.append(details.text("password"))
    profile = archive.profiles.create(given(password="hush-hush-1"), SYSTEM)
    archive.profiles.change(profile, {"details": {"password": ""}}, None, SYSTEM)
    ran(archive, profile)
    assert seen == [""]


def test_a_change_that_cannot_be_leaves_everything_as_it_was(archive: Archive, scripted: Scripted) -> None:
    profile = archive.profiles.create(given(), SYSTEM)
    before = archive.profiles.get(profile)
    for changes in ({"details": {"host": None}}, {"details": {"hst": "x"}}, {"details": 5}, {"name": 5},
                    {"name": ""}, {"owner": "nobody"}, {"connector": "EML"}, {"details": {"deleteInMailbox": "soon"}},
                    {"name": "x", "owner": "nobody"}):  # fmt: skip
        with pytest.raises(Invalid):
            archive.profiles.change(profile, changes, None, SYSTEM)
    assert repr(archive.profiles.get(profile)) == repr(before)


def test_a_log_is_kept_in_limits(archive: Archive, scripted: Scripted) -> None:
    def opening(_details: Details, context: Context) -> None:
        for number in range(3_000):
            context.note(f"line {number}\r\n" + "x" * 1_000)

    scripted.opening = opening
    profile = archive.profiles.create(given(), SYSTEM)
    text = log(archive, ran(archive, profile))
    assert MOST_OUTPUT // 2 < len(text) <= MOST_OUTPUT
    assert text.startswith("line 0 x")
    assert "line 2999 x" in text
    assert "lines were not kept)" in text


def test_problems_beyond_the_first_thousand_are_counted_in_the_log(archive: Archive, scripted: Scripted) -> None:
    items = numbers(1_203)
    scripted.targets = [Target("anna", Mailbox(items=items, bad=dict.fromkeys(items, "odd")))]
    profile = archive.profiles.create(given(), SYSTEM)
    run = ran(archive, profile)
    text = log(archive, run)
    assert (run.failed, text.count(": odd\r\n")) == (1_203, 1_000)
    assert "(203 more problems have no line here)" in text
    assert len(archive.profiles.owed(profile)) == 1_203


def test_what_a_profile_is_not_there_for_is_not_found(archive: Archive) -> None:
    profiles = archive.profiles
    for call in (lambda: profiles.get(7), lambda: profiles.delete(7, SYSTEM), lambda: ran(archive, 7),
                 lambda: profiles.change(7, {}, None, SYSTEM), lambda: profiles.report(7),
                 lambda: profiles.owed(7)):  # fmt: skip
        with pytest.raises(NotFound):
            call()
