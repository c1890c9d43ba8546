"""How settings and counters are read and kept; what a server's database says when something is missing."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.accounts.enforce.conftest import Clock, Server

from postroom.accounts.database.connect import Databases
from postroom.accounts.enforce.enforcement import enforcement
from postroom.accounts.enforce.request import END_OF_MESSAGE, Request
from postroom.errors import WrongState
from postroom.settings import Accounts, Policy

ANNA = "anna@example.com"


def made(databases: Databases) -> Server:
    clock = Clock()
    return Server(databases, clock, enforcement(Policy(), Accounts(), databases, clock=clock))


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_sqlite_finds_settings_and_counters_by_their_keys(server: Server) -> None:
    server.throttle(ANNA, max_msgs=9)
    asked: list[str] = []
    # Whoever writes has always the same connection.
    with server.databases.write() as unit:
        driver: Any = unit.iredapd.connection.dbapi_connection
    driver.set_trace_callback(asked.append)
    assert server.send() == "DUNNO"
    driver.set_trace_callback(None)
    selects = [statement for statement in asked if statement.startswith("SELECT") and "throttle" in statement]
    assert len(selects) >= 2
    with server.databases.read() as unit:
        for statement in selects:
            plan = [row[3] for row in unit.iredapd.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
            assert all(step.startswith(("SEARCH", "USE TEMP")) for step in plan), plan


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_tending_puts_the_log_of_sqlite_into_its_file(server: Server, tmp_path: Path) -> None:
    server.throttle(ANNA, max_msgs=9)
    assert server.send() == "DUNNO"
    server.checks.tend()
    alone = tmp_path / "alone.db"
    shutil.copy(server.databases.configured["iredapd"].engine.url.database or "", alone)
    connection = sqlite3.connect(alone)
    assert connection.execute("SELECT cur_msgs FROM throttle_tracking").fetchall() == [(1,)]
    connection.close()


def test_a_table_that_is_missing_is_told_in_words(own_databases: Databases) -> None:
    server = made(own_databases)
    server.throttle(ANNA, max_msgs=9)
    with own_databases.write() as unit:
        unit.iredapd.execute(text("DROP TABLE throttle_tracking"))
    end = {"protocol_state": END_OF_MESSAGE, "sasl_username": ANNA, "recipient_count": "1"}
    (answer,) = server.checks.answer([Request.of(end)])
    assert isinstance(answer, WrongState)


def test_a_setting_that_goes_takes_its_limit_with_it(server: Server) -> None:
    tid = server.throttle(ANNA, max_msgs=1)
    assert [server.send() for _ in range(2)] == ["DUNNO", "REJECT Throttling quota exceeded"]
    with server.databases.write() as unit:
        unit.iredapd.execute(text("DELETE FROM throttle_tracking"))
        unit.iredapd.execute(text("DELETE FROM throttle"))
    assert server.send() == "DUNNO"
    assert server.counted(tid, ANNA) is None


def test_counters_of_windows_that_have_ended_are_forgotten(server: Server) -> None:
    """Whoever may choose the recipient of a domain that takes all mail makes a counter with each message."""
    tid = server.throttle("@example.com", "inbound", max_msgs=9)
    for number in range(5):
        assert server.send("eva@far.example", f"{number}@example.com", login=False) == "DUNNO"
    server.clock.now += 50
    assert server.send("eva@far.example", "5@example.com", login=False) == "DUNNO"
    server.checks.forget()
    assert [server.counted(tid, f"{number}@example.com") is None for number in range(6)] == [False] * 6
    server.clock.now += 20
    server.checks.forget()
    assert [server.counted(tid, f"{number}@example.com") is None for number in range(6)] == [True] * 5 + [False]
    assert server.send("eva@far.example", "1@example.com", login=False) == "DUNNO"
    assert server.counted(tid, "1@example.com") == (1, 1000, int(server.clock.now))
