"""What goes wrong in a database becomes an error in our words, with nothing secret in it."""

from __future__ import annotations

import os
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Update, delete, insert, select, text, update
from tests.accounts.services.mariadb import MariaDB
from tests.accounts.services.postgresql import PASSWORD, PASSWORD_IN_URL, PostgreSQL
from tests.ports import free_port

from postroom.accounts.database import engine
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.errors import Taken
from postroom.accounts.database.tables import iredapd, vmail
from postroom.errors import AlreadyExists, Damaged, Invalid, NoSpace, PostroomError, Unavailable, WrongState
from postroom.settings import Accounts

SECRET = "{SSHA512}secret"
SERVERS = pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
SQLITE = pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)


def _domains(databases: Databases) -> list[str]:
    with databases.read() as unit:
        return [*unit.vmail.execute(select(vmail.domain.c.domain)).scalars()]


def _server(request: pytest.FixtureRequest, databases: Databases) -> PostgreSQL | MariaDB:
    server: PostgreSQL | MariaDB = request.getfixturevalue(f"{databases.backend}_server")
    return server


@contextmanager
def _opened(accounts: Accounts) -> Iterator[Databases]:
    opened = Databases.open(accounts, Path("/nonexistent"))
    try:
        yield opened
    finally:
        opened.close()


def _without_secrets(error: BaseException) -> None:
    """Neither what a user sees nor what the log keeps has the password of the database or a row."""
    shown = str(error) + "".join(traceback.format_exception(error))
    for secret in (PASSWORD, PASSWORD_IN_URL, SECRET, "secret"):
        assert secret not in shown


def test_a_second_row_with_one_key_is_taken(databases: Databases) -> None:
    row = {"username": "a@example.com", "password": SECRET}
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox), row)
    with pytest.raises(Taken) as caught, databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox), row)
    assert isinstance(caught.value, AlreadyExists)
    assert caught.value.table == "mailbox"
    _without_secrets(caught.value)


def test_a_caller_may_go_on_after_a_taken_key_with_a_savepoint(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
    with databases.write() as unit:
        with pytest.raises(Taken), unit.vmail.begin_nested():
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        unit.vmail.execute(insert(vmail.domain).values(domain="example.org"))
    assert sorted(_domains(databases)) == ["example.com", "example.org"]


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_postgresql_does_not_lose_a_unit_in_silence_whose_failure_was_caught(databases: Databases) -> None:
    def change() -> None:
        with databases.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
            with suppress(Taken):
                unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))

    with pytest.raises(RuntimeError, match="begin_nested"):
        change()
    assert _domains(databases) == []


@pytest.mark.parametrize(
    "values",
    [
        {"username": "x" * 256},
        {"language": "german"},
        {"quota": 2**63},
        {"name": "half a character: \ud800"},
        {"password": None},
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(
    databases: Databases, values: dict[str, object]
) -> None:
    row = {"username": "a@example.com", "password": SECRET, **values}
    with pytest.raises(Invalid) as caught, databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox), row)
    _without_secrets(caught.value)
    with databases.read() as unit:
        assert unit.vmail.execute(select(vmail.mailbox)).all() == []


def test_a_number_too_large_for_its_column_is_refused(databases: Databases) -> None:
    with pytest.raises(Invalid), databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com", aliases=2**31))


@SERVERS
def test_a_nul_is_refused_or_kept_but_does_no_harm(databases: Databases) -> None:
    try:
        with databases.write() as unit:
            unit.vmail.execute(insert(vmail.mailbox).values(username="a", name="x\0y"))
    except Invalid:
        assert databases.backend == "postgresql"
    else:
        with databases.read() as unit:
            assert unit.vmail.execute(select(vmail.mailbox.c.name)).scalar_one() == "x\0y"


def test_a_row_that_others_need_is_not_deleted(databases: Databases) -> None:
    with databases.write() as unit:
        unit.iredapd.execute(insert(iredapd.throttle).values(account="@."))
        tid = unit.iredapd.execute(select(iredapd.throttle.c.id)).scalar_one()
        unit.iredapd.execute(insert(iredapd.throttle_tracking).values(tid=tid, account="a"))
    with pytest.raises(WrongState, match="depends on"), databases.write() as unit:
        unit.iredapd.execute(delete(iredapd.throttle))


@pytest.mark.parametrize("damage", ["DROP TABLE mailbox", "ALTER TABLE mailbox DROP COLUMN disclaimer"])
def test_a_missing_table_or_column_points_to_the_doctor(own_databases: Databases, damage: str) -> None:
    with own_databases.write() as unit:
        unit.vmail.execute(text(damage))
    with pytest.raises(WrongState, match=r"postroom doctor.*account init-db"), own_databases.read() as unit:
        unit.vmail.execute(select(vmail.mailbox))


@SERVERS
def test_a_database_that_stops_and_starts_again_is_used_again(
    databases: Databases, request: pytest.FixtureRequest
) -> None:
    server = _server(request, databases)
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
    server.service.stop()
    try:
        for _ in range(2):
            with pytest.raises(Unavailable, match="does not answer") as caught:
                _domains(databases)
            _without_secrets(caught.value)
    finally:
        server.service.start()
    assert _domains(databases) == ["example.com"]


@SERVERS
def test_a_database_that_dies_within_a_unit_leaves_nothing_of_it(
    databases: Databases, request: pytest.FixtureRequest
) -> None:
    server = _server(request, databases)

    def die() -> None:
        with databases.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
            server.service.stop()

    try:
        with pytest.raises(Unavailable, match="does not answer"):
            die()
    finally:
        server.service.start()
    assert _domains(databases) == []


@SERVERS
def test_a_session_that_an_administrator_ends_fails_one_call_only(
    databases: Databases, request: pytest.FixtureRequest
) -> None:
    server = _server(request, databases)
    who = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}[databases.backend]
    end = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}[databases.backend]

    def change(*caught: type[PostroomError]) -> None:
        with databases.write() as unit:
            session = unit.vmail.execute(text(who)).scalar_one()
            server.execute(end.format(session))
            with suppress(*caught):
                unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))

    with pytest.raises(Unavailable):
        change()
    with pytest.raises(Unavailable):  # the change is lost, also when a caller thinks nothing of the failure
        change(Unavailable)
    assert _domains(databases) == []


@SERVERS
def test_a_port_where_nobody_listens_is_unavailable(database_settings: Accounts) -> None:
    scheme = database_settings.vmail_url.partition(":")[0]
    gone = replace(database_settings, vmail_url=f"{scheme}://someone:secret@127.0.0.1:{free_port()}/vmail")
    with _opened(gone) as databases, pytest.raises(Unavailable, match=r"does not answer .*refused") as caught:
        _domains(databases)
    _without_secrets(caught.value)


@SERVERS
@pytest.mark.parametrize("wrong", ["user", "password", "database"])
def test_a_refusal_is_unavailable(database_settings: Accounts, wrong: str) -> None:
    url = database_settings.vmail_url
    changed = {
        "user": url.replace("vmailadmin", "nobody"),
        "password": url.replace(PASSWORD_IN_URL, "secret"),
        "database": url.rpartition("/")[0] + "/nothing",
    }[wrong]
    refused = replace(database_settings, vmail_url=changed)
    with _opened(refused) as databases, pytest.raises(Unavailable, match="refuses us: ") as caught:
        _domains(databases)
    assert {"user": "nobody", "password": "vmailadmin", "database": "nothing"}[wrong] in str(caught.value)
    _without_secrets(caught.value)


def test_a_row_held_too_long_by_somebody_else_is_unavailable(
    database_settings: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOCK_S", 1)
    monkeypatch.setattr(engine, "BUSY_S", 0.2)
    change = update(vmail.domain).values(mailboxes=1)
    with _opened(database_settings) as holder, _opened(database_settings) as other:
        with holder.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        with holder.write() as unit:
            unit.vmail.execute(change)
            with pytest.raises(Unavailable, match="Try again"), other.write() as late:
                late.vmail.execute(change)
        assert _domains(other) == ["example.com"]


@SERVERS
def test_a_deadlock_fails_one_of_both_and_the_other_goes_on(databases: Databases) -> None:
    names = ["a.example", "b.example"]
    both = threading.Barrier(2)
    failed: list[PostroomError] = []

    def change(first: str, second: str) -> None:
        try:
            with databases.write() as unit:
                unit.vmail.execute(_raised(first))
                both.wait(30)
                unit.vmail.execute(_raised(second))
        except PostroomError as error:
            failed.append(error)

    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain), [{"domain": name} for name in names])
    threads = [threading.Thread(target=change, args=pair) for pair in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in failed] == [Unavailable]
    with databases.read() as unit:
        assert unit.vmail.execute(select(vmail.domain.c.mailboxes)).scalars().all() == [1, 1]


def _raised(domain: str) -> Update:
    table = vmail.domain
    return update(table).where(table.c.domain == domain).values(mailboxes=table.c.mailboxes + 1)


@SERVERS
def test_a_user_without_rights_is_told_so(databases: Databases, request: pytest.FixtureRequest) -> None:
    server = _server(request, databases)
    databases.close()
    database = str(databases.configured["vmail"].engine.url.database)
    reader, url = "reader", server.url(database).replace("vmailadmin", "reader")
    if isinstance(server, PostgreSQL):
        server.execute(f"CREATE ROLE {reader} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT SELECT ON domain TO {reader}", database)
        end = [f"DROP OWNED BY {reader}", f"DROP ROLE {reader}"]
    else:
        server.execute(f"CREATE USER {reader}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        server.execute(f"GRANT SELECT ON {database}.* TO {reader}@'127.0.0.1'")
        end = [f"DROP USER {reader}@'127.0.0.1'"]
    accounts = Accounts(backend=databases.backend, vmail_url=url)
    try:
        with _opened(accounts) as poor:
            assert _domains(poor) == []
            with pytest.raises(WrongState, match="does not allow"), poor.write() as unit:
                unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
    finally:
        for statement in end:
            server.execute(statement, database=database)


@SQLITE
def test_a_full_disk_is_told_and_nothing_half_written_remains(databases: Databases) -> None:
    with databases.write() as unit:
        pages = unit.vmail.exec_driver_sql("PRAGMA page_count").scalar_one()
        unit.vmail.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    rows = [{"username": str(number), "maildir": "x" * 255} for number in range(2000)]
    with pytest.raises(NoSpace), databases.write() as unit:
        unit.vmail.execute(insert(vmail.deleted_mailboxes), rows)
    with databases.read() as unit:
        assert unit.vmail.execute(select(vmail.deleted_mailboxes)).all() == []


@SQLITE
def test_a_damaged_file_is_told(database_settings: Accounts) -> None:
    file = database_settings.sqlite_file
    assert file is not None
    file.write_bytes(b"SQLite format 3\0" + os.urandom(8192))
    with pytest.raises(Damaged, match="accounts"):
        Databases.open(database_settings, file.parent)


@SQLITE
def test_a_file_that_is_no_database_is_told(database_settings: Accounts) -> None:
    file = database_settings.sqlite_file
    assert file is not None
    file.write_text("no database\n" * 1000)
    with pytest.raises(Damaged, match="accounts"):
        Databases.open(database_settings, file.parent)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be made"):
        Databases.open(Accounts(sqlite_file=tmp_path / "file" / "accounts.db"), tmp_path)


@SQLITE
def test_another_program_that_holds_the_file_is_told(
    database_settings: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_S", 0.1)
    with _opened(database_settings) as databases:
        holder = sqlite3.connect(str(database_settings.sqlite_file), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(Unavailable, match="Try again"), databases.write() as unit:
                unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
            assert _domains(databases) == []
        finally:
            holder.close()
        with databases.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        assert _domains(databases) == ["example.com"]
