"""The audit log tells what happened, and shows when somebody changed it."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom import migrations
from postroom.archive.instance import events
from postroom.archive.instance.audit import SYSTEM, Actor, Audit, Filter, Head
from postroom.errors import Damaged, Invalid, NoSpace, Unavailable
from postroom.sqlite import Database

ANNA = Actor("anna", "web", "192.0.2.1")


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "instance.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audit(path: Path, clock: Clock) -> Iterator[Audit]:
    database = Database(path, migrations.load("postroom.archive", "instance"))
    audit = Audit(database, clock)
    yield audit
    audit.close()
    database.close()


def tamper(path: Path, *statements: str) -> None:
    """What an intruder with the file can do: first drop the triggers."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.execute(statement).rowcount
    connection.commit()
    connection.close()


def fill(audit: Audit, batches: int = 5) -> Head:
    for number in range(batches):
        # Its thread writes what is queued as soon as it runs: both must be in one batch.
        with audit._flushing:
            audit.record(events.USER_LOGIN, ANNA)
            audit.record(events.USER_LOGIN, ANNA, ok=False)
        audit.flush()
        audit.record(events.MESSAGE_DELETE, ANNA, target=f"1:{number}", reason="spam")
    return audit.head()


def test_an_entry_comes_back_as_it_was_recorded(audit: Audit, clock: Clock) -> None:
    audit.record(events.MESSAGE_DELETE, ANNA, target="1:7", reason="Grüße \u2028 'quoted'", size=12, hold=None)
    (entry,) = audit.entries()
    assert (entry.number, entry.time_ms, entry.event, entry.ok) == (1, clock.now, "MessageDelete", True)
    assert (entry.user, entry.client, entry.address, entry.target) == ("anna", "web", "192.0.2.1", "1:7")
    assert entry.details == {"reason": "Grüße \u2028 'quoted'", "size": 12, "hold": None}


def test_successes_are_logged_by_selection_failures_and_what_matters_always(audit: Audit) -> None:
    audit.selection = lambda: ["MessageView"]
    audit.record(events.USER_LOGIN, ANNA)
    audit.record(events.USER_LOGIN, ANNA, ok=False)
    audit.record(events.MESSAGE_VIEW, ANNA, target="1:1")
    audit.record(events.MESSAGE_EXPORT, ANNA)
    logged = {(entry.event, entry.ok) for entry in audit.entries()}
    assert logged == {("UserLogin", False), ("MessageView", True), ("MessageExport", True)}


@pytest.mark.parametrize(
    "secret",
    [{"password": "x1y"}, {"config": {"Passphrase": "x1y"}}, {"list": [{"apiToken": "x1y"}]}, {"encryptionKey": "x1y"}],
)
def test_secrets_do_not_enter_the_log(audit: Audit, path: Path, secret: dict[str, object]) -> None:
    audit.record(events.API_CALL, ANNA, ok=False, arguments=secret)
    assert "x1y" not in str(audit.entries())
    assert "***" in str(audit.entries())


def test_entries_are_found_by_kind_user_outcome_and_time(audit: Audit, clock: Clock) -> None:
    fill(audit)
    clock.now += 10
    audit.record(events.USER_LOGIN, SYSTEM)
    assert len(audit.entries()) == 16
    assert len(audit.entries(Filter(events=["UserLogin", "UserCreate"]))) == 11
    assert len(audit.entries(Filter(user="anna", ok=False))) == 5
    assert [e.user for e in audit.entries(Filter(since_ms=clock.now))] == ["$system"]
    assert len(audit.entries(Filter(until_ms=clock.now))) == 15
    with pytest.raises(Invalid, match="Nonsense"):
        audit.entries(Filter(events=["Nonsense"]))
    for limit in (0, 1001):
        with pytest.raises(Invalid):
            audit.entries(limit=limit)


@given(st.integers(1, 20))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_hold_every_entry_once(audit: Audit, size: int) -> None:
    if audit.head().events == 0:
        fill(audit)
    seen: list[int] = []
    while page := audit.entries(before=seen[-1] if seen else None, limit=size):
        seen += [entry.number for entry in page]
    assert seen == list(range(15, 0, -1))


def test_a_sound_log_verifies_to_its_head(audit: Audit) -> None:
    assert audit.verify() == Head(0, 0, bytes(32))
    noted = fill(audit)
    assert audit.verify(noted) == noted
    later = fill(audit)
    assert audit.verify(noted) == later
    assert (later.events, later.batches) == (30, 20)


def test_the_clock_may_be_set_back(audit: Audit, clock: Clock) -> None:
    fill(audit)
    clock.now -= 5000
    fill(audit)
    assert audit.verify().events == 30


def test_the_log_cannot_be_changed_by_mistake(audit: Audit, path: Path) -> None:
    fill(audit)
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM audit_event", "UPDATE audit_event SET data = '{}'", "DELETE FROM audit_batch",
                      "UPDATE audit_batch SET leaves = 0"):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE audit_event SET data = replace(data, 'spam', 'ham') WHERE number = 6", "entry 6 was changed"),
        ("UPDATE audit_event SET data = data || ' ' WHERE number = 4", "entry 4 was changed"),
        ("UPDATE audit_event SET leaf = zeroblob(32) WHERE number = 5", "entry 5 was changed"),
        ("DELETE FROM audit_event WHERE number = 4", "entry 4 is missing"),
        ("DELETE FROM audit_event WHERE number = 3", r"batch 2 is missing, or its events are \(from entry 3\)"),
        ("UPDATE audit_event SET batch = 4 WHERE number = 3", "batch 2 is missing"),
        ("DELETE FROM audit_batch WHERE number = 2", r"batch 2 is missing.*entry 3"),
        ("DELETE FROM audit_batch WHERE number = 10", "entry 15 belongs to batch 10"),
        ("UPDATE audit_batch SET time_ms = time_ms - 1 WHERE number = 3", r"batch 3 \(from entry 4\)"),
        ("UPDATE audit_batch SET chain = zeroblob(32) WHERE number = 3", r"batch 3 \(from entry 4\)"),
        ("UPDATE audit_batch SET first = 5 WHERE number = 3", r"batch 3 \(from entry 4\)"),
    ],
)
def test_each_change_is_found_and_the_first_broken_entry_named(
    audit: Audit, path: Path, statement: str, named: str
) -> None:
    fill(audit)
    tamper(path, statement)
    with pytest.raises(Damaged, match=named):
        audit.verify()


def test_a_cut_or_rewritten_end_is_found_with_a_head_noted_before(audit: Audit, path: Path) -> None:
    noted = fill(audit)
    tamper(path, "DELETE FROM audit_event WHERE number = 15", "DELETE FROM audit_batch WHERE number = 10")
    audit.verify()
    with pytest.raises(Damaged, match="cut or rewritten"):
        audit.verify(noted)
    fill(audit)
    with pytest.raises(Damaged, match="cut or rewritten"):
        audit.verify(noted)


def test_a_change_that_fails_is_not_logged(audit: Audit) -> None:
    def change() -> None:
        with audit._database.write() as connection:
            audit.record_in(connection, events.USER_CREATE, SYSTEM, target="anna")
            raise Unavailable("stop")

    with pytest.raises(Unavailable, match="stop"):
        change()
    assert audit.head().events == 0


def test_threads_record_at_once_and_nothing_is_lost(audit: Audit) -> None:
    def work() -> None:
        for _ in range(50):
            audit.record(events.USER_LOGIN, ANNA)
            audit.record(events.MESSAGE_DELETE, ANNA)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify().events == 600


def limit_pages(audit: Audit, pages: int) -> None:
    """A full disk, as SQLite sees it."""
    with audit._database._lock:
        audit._database._writer.execute(f"PRAGMA max_page_count = {pages}")


def test_sign_ins_wait_for_a_full_disk_to_have_room(audit: Audit) -> None:
    limit_pages(audit, 1)  # SQLite takes the present size when that is more
    for _ in range(100):
        audit.record(events.USER_LOGIN, Actor("x" * 1000), ok=False)
    with pytest.raises(NoSpace):
        audit.flush()
    with pytest.raises(NoSpace):
        audit.record(events.MESSAGE_DELETE, ANNA, reason="x" * 1000, more=["x" * 1000] * 100)
    assert audit.head().events < 100
    limit_pages(audit, 1_000_000)
    audit.flush()
    assert audit.verify().events == 100


def test_every_kind_says_what_it_is() -> None:
    assert all(kind.help.endswith(".") and name == kind.name for name, kind in events.EVENTS.items())
    assert len({kind.help for kind in events.EVENTS.values()}) == len(events.EVENTS) >= 28
