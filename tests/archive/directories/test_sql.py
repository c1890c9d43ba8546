"""Users of a database of one's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.archive.directories.room import Room
from tests.ports import free_port

from postroom.archive.directories.sql import checked_url
from postroom.errors import Invalid, Unavailable

SELECT = "SELECT login AS userName, mails AS emailAddresses, name AS fullName, number AS userKey FROM people"
SLOW = {"postgresql": "SELECT pg_sleep(60)::text AS userName", "mariadb": "SELECT SLEEP(60) AS userName"}


@pytest.fixture(params=["postgresql", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with two people."""
    server: Any = request.getfixturevalue(f"{kind}_server")
    asked = server.databases("template1") if kind == "postgresql" else server.databases(1)
    with asked as (name,):
        own = server.url(name)
        run(
            own,
            "CREATE TABLE people (login VARCHAR(99), mails TEXT, name TEXT, number INTEGER)",
            "INSERT INTO people VALUES ('anna', 'anna@example.com, a.hill@example.com', 'Anna: Hill', 1)",
            "INSERT INTO people VALUES ('printer', NULL, NULL, 2)",
        )
        yield own


def run(url: str, *statements: str) -> None:
    engine = create_engine(checked_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def count(url: str) -> int:
    engine = create_engine(checked_url(url))
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM people")).scalar_one()
    engine.dispose()
    return int(found)


def test_rows_become_users(room: Room, url: str) -> None:
    room.configure(type="applicationIntegration", connectionString=url, selectStatement=SELECT)
    assert room.sync().created == ("anna",)
    anna = room.users["anna"]
    assert (anna.full_name, anna.addresses) == ("Anna: Hill", ("anna@example.com", "a.hill@example.com"))
    run(url, "UPDATE people SET login = 'anna.low' WHERE number = 1")
    assert [change.person.name for change in room.sync().changed] == ["anna.low"]
    room.configure(selectStatement=f"{SELECT} WHERE name LIKE '%: Hill'")
    assert room.sync().created == ()


def test_nothing_is_written_there(room: Room, url: str, kind: str) -> None:
    if kind == "mariadb":
        run(url, "CREATE FUNCTION bad() RETURNS INTEGER MODIFIES SQL DATA BEGIN DELETE FROM people; RETURN 1; END")
    else:
        run(url, "CREATE FUNCTION bad() RETURNS TEXT LANGUAGE SQL AS 'DELETE FROM people RETURNING login'")
    room.configure(type="applicationIntegration", connectionString=url, selectStatement="SELECT bad() AS userName")
    with pytest.raises(Unavailable, match=r"(?i)read.only"):
        room.sync()
    assert count(url) == 2


def test_a_statement_that_does_not_end_is_ended(url: str, kind: str, tmp_path: Path) -> None:
    with Room(tmp_path / "hurried.db", directory_timeout_s=1.0) as room:
        room.configure(type="applicationIntegration", connectionString=url, selectStatement=SLOW[kind])
        began = time.monotonic()
        with pytest.raises(Unavailable, match="does not give its list"):
            room.sync()
        assert time.monotonic() - began < 20


def test_what_is_wrong_is_told_without_the_password(room: Room, url: str) -> None:
    room.configure(type="applicationIntegration", connectionString=url, selectStatement="SELECT 1 AS x")
    with pytest.raises(Invalid, match="selectStatement: expected a column userName"):
        room.sync()
    room.configure(selectStatement="SELECT nothing FROM nowhere")
    with pytest.raises(Unavailable, match="nowhere"):
        room.sync()
    password = checked_url(url).password
    wrong = checked_url(url).set(port=free_port()).render_as_string(hide_password=False)
    room.configure(connectionString=wrong.replace("+psycopg", "").replace("+pymysql", ""))
    with pytest.raises(Unavailable) as raised:
        room.sync()
    assert password
    assert password not in str(raised.value) + repr(room.instance.audit.entries(limit=1000)) + "".join(room.log)


def test_it_checks_no_passwords(room: Room, url: str) -> None:
    room.configure(type="applicationIntegration", connectionString=url, selectStatement=SELECT)
    room.sync()
    assert not room.signs_in("anna", "anything")
