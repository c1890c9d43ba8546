"""Statements given straight to the driver do what SQLAlchemy would: values, defaults, rows and errors."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Table, bindparam, insert, literal, select, text, update
from tests.accounts.services.mariadb import MariaDB
from tests.accounts.services.postgresql import PostgreSQL

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.errors import Taken
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.statements import insert_row
from postroom.accounts.database.tables import amavisd, iredadmin, vmail
from postroom.errors import Invalid, Unavailable, WrongState

SECRET = "{SSHA512}secret"
BY_NAME = Prepared(select(vmail.mailbox).where(vmail.mailbox.c.username == bindparam("name")))
RENAME = Prepared(
    update(vmail.mailbox).where(vmail.mailbox.c.username == bindparam("user")).values(name=bindparam("to"))
)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

ROWS: tuple[tuple[Table, dict[str, object]], ...] = (
    (vmail.domain, {"domain": "example.com", "backupmx": True, "settings": "a:b;"}),
    (vmail.mailbox, {"username": "a@example.com", "enablelib-storage": False, "created": NOON, "modified": NOON}),
    (vmail.deleted_mailboxes, {"username": "é%s%(a)s?:x", "delete_date": NOON.date(), "timestamp": NOON}),
    (vmail.deleted_mailboxes, {"username": "b", "delete_date": None, "timestamp": NOON}),
    (amavisd.mailaddr, {"email": "ä@example.com", "priority": 7}),
)


def _database(databases: Databases, table: Table) -> str:
    return next(name for name, module in (("amavisd", amavisd), ("vmail", vmail)) if table.metadata is module.METADATA)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=lambda value: getattr(value, "name", None))
def test_a_row_is_written_and_read_as_by_sqlalchemy(databases: Databases, table: Table, row: dict[str, object]) -> None:
    name = _database(databases, table)
    # What the clock or a serial number fills in differs from one row to the next.
    columns = [column for column in table.columns if column.name in row or column.default is None]
    columns = [column for column in columns if column.autoincrement is not True]
    query = select(*columns)
    with databases.write() as unit:
        connection: Connection = getattr(unit, name)
        connection.execute(insert(table), row)
        expected = connection.execute(query).one()
        connection.execute(table.delete())
        insert_row(connection, table, row)
        assert connection.execute(query).one() == expected
        (found,) = Prepared(query).rows(connection, {})
    assert tuple(found) == tuple(expected)
    assert [type(value) for value in found] == [type(value) for value in expected]


def test_defaults_of_columns_are_those_of_sqlalchemy(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox).values(username="a@example.com"))
        insert_row(unit.vmail, vmail.mailbox, {"username": "b@example.com"})
        first, second = (dict(row) for row in unit.vmail.execute(select(vmail.mailbox)).mappings())
    moments = ("created", "modified", "passwordlastchange")
    assert all(first[name] <= second[name] for name in moments)
    assert {**first, **{name: second[name] for name in (*moments, "username")}} == second


def test_rows_have_the_names_of_their_columns(databases: Databases) -> None:
    with databases.write() as unit:
        insert_row(unit.vmail, vmail.mailbox, {"username": "a@example.com", "active": 0, "quota": 5})
        row = BY_NAME.first(unit.vmail, {"name": "a@example.com"})
        assert row is not None
        assert (row.username, row.active, row.quota, row.isadmin) == ("a@example.com", 0, 5, 0)
        assert BY_NAME.first(unit.vmail, {"name": "b@example.com"}) is None


def test_an_expression_without_a_name_is_read_by_its_place(databases: Databases) -> None:
    statement = Prepared(select(vmail.domain.c.active == 1, literal("x")).where(vmail.domain.c.domain == "a"))
    with databases.write() as unit:
        insert_row(unit.vmail, vmail.domain, {"domain": "a"})
        (row,) = statement.rows(unit.vmail, {})
    assert tuple(row) == (True, "x")


def test_a_change_tells_how_many_rows_it_changed(databases: Databases) -> None:
    with databases.write() as unit:
        insert_row(unit.vmail, vmail.mailbox, {"username": "a@example.com"})
        assert RENAME.run(unit.vmail, {"user": "a@example.com", "to": "Anna"}) == 1
        assert RENAME.run(unit.vmail, {"user": "b@example.com", "to": "Bert"}) == 0
        row = BY_NAME.first(unit.vmail, {"name": "a@example.com"})
    assert row is not None
    assert row.name == "Anna"


def test_a_unit_that_fails_undoes_it(databases: Databases) -> None:
    def twice() -> None:
        with databases.write() as unit:
            for _ in range(2):
                insert_row(unit.vmail, vmail.mailbox, {"username": "a@example.com", "password": SECRET})

    with pytest.raises(Taken) as caught:
        twice()
    assert caught.value.table == "mailbox"
    assert not [told for told in _told(caught.value) if "secret" in told]
    with databases.read() as unit:
        assert BY_NAME.rows(unit.vmail, {"name": "a@example.com"}) == []


def test_a_taken_key_is_told_within_the_unit(databases: Databases) -> None:
    with databases.write() as unit:
        insert_row(unit.vmail, vmail.domain, {"domain": "a"})
        with pytest.raises(Taken), unit.vmail.begin_nested():
            insert_row(unit.vmail, vmail.domain, {"domain": "a"})
        insert_row(unit.vmail, vmail.domain, {"domain": "b"})


@pytest.mark.parametrize(
    "values", [{"username": "x" * 256}, {"quota": 2**63}, {"name": "half: \ud800"}, {"password": None}]
)
def test_what_does_not_fit_is_refused(databases: Databases, values: dict[str, object]) -> None:
    row = {"username": "a@example.com", "password": SECRET, **values}
    with pytest.raises(Invalid) as caught, databases.write() as unit:
        insert_row(unit.vmail, vmail.mailbox, row)
    assert not [told for told in _told(caught.value) if "secret" in told]


def test_a_reading_unit_writes_nothing(databases: Databases) -> None:
    with pytest.raises(WrongState, match="only be read"), databases.read() as unit:
        insert_row(unit.vmail, vmail.domain, {"domain": "a"})


def test_a_missing_table_points_to_the_doctor(own_databases: Databases) -> None:
    with own_databases.write() as unit:
        unit.iredadmin.execute(text("DROP TABLE log"))
    with pytest.raises(WrongState, match="postroom doctor"), own_databases.write() as unit:
        insert_row(unit.iredadmin, iredadmin.log, {"msg": "x"})


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_session_that_ends_within_a_unit_fails_that_unit_only(
    databases: Databases, request: pytest.FixtureRequest
) -> None:
    server: PostgreSQL | MariaDB = request.getfixturevalue(f"{databases.backend}_server")
    who = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}[databases.backend]
    end = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}[databases.backend]

    def change() -> None:
        with databases.write() as unit:
            insert_row(unit.vmail, vmail.domain, {"domain": "a"})
            server.execute(end.format(unit.vmail.execute(text(who)).scalar_one()))
            insert_row(unit.vmail, vmail.domain, {"domain": "b"})

    with pytest.raises(Unavailable, match="does not answer"):
        change()
    with databases.write() as unit:
        assert unit.vmail.execute(select(vmail.domain.c.domain)).all() == []
        insert_row(unit.vmail, vmail.domain, {"domain": "b"})


def _told(error: BaseException) -> Iterator[str]:
    yield str(error)
    yield from traceback.format_exception(error)
