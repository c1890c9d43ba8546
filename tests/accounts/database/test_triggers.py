"""What the databases do when Dovecot and amavisd write rows."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert, select, text
from tests.accounts.services.process import wait_until

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd, vmail

INSERT = text("INSERT INTO used_quota (username, bytes, messages) VALUES (:username, :bytes, :messages)")


def _quota(databases: Databases) -> list[tuple[str, int, int, str]]:
    with databases.read() as unit:
        return [tuple(row) for row in unit.vmail.execute(select(vmail.used_quota))]


def test_a_new_quota_gets_the_domain_of_its_user(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(INSERT, {"username": "a@example.com", "bytes": 10, "messages": 1})
    assert _quota(databases) == [("a@example.com", 10, 1, "example.com")]


def test_a_quota_without_an_address_has_no_domain(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(INSERT, {"username": "shared", "bytes": 10, "messages": 1})
    assert _quota(databases) == [("shared", 10, 1, "")]


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_postgresql_adds_what_is_inserted_again(databases: Databases) -> None:
    for size, messages in ((10, 1), (20, 2), (-5, -1)):
        with databases.write() as unit:
            unit.vmail.execute(INSERT, {"username": "a@example.com", "bytes": size, "messages": messages})
    assert _quota(databases) == [("a@example.com", 25, 2, "example.com")]


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_a_quota_does_not_fall_below_nothing_in_postgresql(databases: Databases) -> None:
    for size in (-10, 5, -30):
        with databases.write() as unit:
            unit.vmail.execute(INSERT, {"username": "a@example.com", "bytes": size, "messages": size})
    assert _quota(databases) == [("a@example.com", 0, 0, "example.com")]


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_of_two_first_inserts_at_once_none_is_lost_in_postgresql(databases: Databases) -> None:

    def second() -> None:
        with databases.write() as unit:
            unit.vmail.execute(INSERT, {"username": "a@example.com", "bytes": 7, "messages": 1})

    other = threading.Thread(target=second)
    waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with databases.write() as unit:
        unit.vmail.execute(INSERT, {"username": "a@example.com", "bytes": 10, "messages": 1})
        other.start()
        wait_until(lambda: unit.vmail.execute(waits).scalar_one() == 1, "the second insert waits for the first")
    other.join()
    assert _quota(databases) == [("a@example.com", 17, 2, "example.com")]


@pytest.mark.parametrize(
    ("address", "raw"),
    [
        ("a+news@example.com", "a@example.com"),
        ("a@example.com", "a@example.com"),
        ("+a@example.com", "+a@example.com"),
        ("a@x+y", "a@x+y"),
    ],
)
def test_an_address_that_amavisd_writes_is_kept_without_its_extension_too(
    databases: Databases, address: str, raw: str
) -> None:
    with databases.write() as unit:
        unit.amavisd.execute(insert(amavisd.maddr).values(email=address, domain="com.example"))
        assert unit.amavisd.execute(select(amavisd.maddr.c.email_raw)).scalar_one() == raw
