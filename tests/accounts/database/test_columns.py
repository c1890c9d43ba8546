"""The types of columns: the same values in and out on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text, update

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd, vmail
from postroom.accounts.database.tables.columns import NEVER, now

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@pytest.mark.parametrize(
    "moment", ["2026-02-28 23:59:59", "1970-01-01 01:01:01", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]
)
def test_a_moment_is_read_as_it_was_written(databases: Databases, moment: str) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com", created=moment))
    with databases.read() as unit:
        assert unit.vmail.execute(select(vmail.domain.c.created)).scalar_one() == moment


def test_a_datetime_is_written_in_utc_without_its_fraction(databases: Databases) -> None:
    moment = datetime(2026, 1, 1, 0, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com", created=moment))
    with databases.read() as unit:
        found = select(vmail.domain.c.created).where(vmail.domain.c.created < "2025-12-31 22:30:01")
        assert unit.vmail.execute(found).scalar_one() == "2025-12-31 22:30:00"


def test_moments_that_nobody_gave_are_this_one_and_expiry_is_never(databases: Databases) -> None:
    before = now()
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        row = unit.vmail.execute(select(vmail.domain)).one()
    assert before <= row.created <= now()
    assert before <= row.modified <= now()
    assert row.expired == NEVER


def test_a_row_written_by_another_program_gets_moments_of_the_same_form(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(text("INSERT INTO domain (domain) VALUES ('example.com')"))
        row = unit.vmail.execute(select(vmail.domain)).one()
    assert MOMENT.fullmatch(row.created)
    assert row.expired[:10] == "9999-12-31"
    assert (row.settings, row.transport, row.active, row.backupmx, row.mailboxes) == ("", "dovecot", 1, 0, 0)


def test_the_databases_write_this_moment_in_utc_by_themselves(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(text("INSERT INTO deleted_mailboxes (username) VALUES ('a@example.com')"))
        found = unit.vmail.execute(select(vmail.deleted_mailboxes.c.timestamp)).scalar_one()
    written = datetime.strptime(found, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=5)


def test_a_day_is_text_or_none(databases: Databases) -> None:
    table = vmail.deleted_mailboxes
    with databases.write() as unit:
        unit.vmail.execute(insert(table), [{"username": "a", "delete_date": None}])
        unit.vmail.execute(insert(table), [{"username": "b", "delete_date": "2026-02-28"}])
        rows = unit.vmail.execute(select(table.c.delete_date).order_by(table.c.id)).scalars().all()
        due = unit.vmail.execute(select(table.c.username).where(table.c.delete_date <= "2026-02-28")).scalars().all()
    assert rows == [None, "2026-02-28"]
    assert due == ["b"]


def test_a_switch_is_a_number(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox).values({"username": "a@example.com", "enablelib-storage": False}))
        row = unit.vmail.execute(select(vmail.mailbox)).mappings().one()
        counted = unit.vmail.execute(select(vmail.mailbox.c.username).where(vmail.mailbox.c.active == 1)).all()
    assert (row["enablelib-storage"], row["enableimap"], row["enablesogowebmail"]) == (0, 1, "y")
    assert all(type(row[name]) is int for name in vmail.SERVICE_FLAGS)
    assert len(counted) == 1


def test_all_of_a_mailbox_reads_the_same_on_each_engine(databases: Databases) -> None:
    given = {
        "username": "zoë@example.com", "name": "Zoë 🦊 O'Neil \\ %_", "rank": "normal", "quota": 2**40,
        "created": "2026-01-02 03:04:05", "modified": "2026-01-02 03:04:05",
        "passwordlastchange": "2026-01-02 03:04:05",
    }  # fmt: skip
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox).values(given))
        row = dict(unit.vmail.execute(select(vmail.mailbox)).mappings().one())
    assert row == {
        **dict.fromkeys((column.name for column in vmail.mailbox.c), ""),
        **dict.fromkeys(("isadmin", "isglobaladmin"), 0), **dict.fromkeys(vmail.SERVICE_FLAGS, 1),
        **dict.fromkeys(vmail.SERVICE_LETTERS, "y"),
        "birthday": "0001-01-01", "mailboxformat": "maildir", "mailboxfolder": "Maildir", "allow_nets": None,
        "expired": NEVER, "active": 1, **given,
    }  # fmt: skip


def test_a_long_text_that_another_program_left_null_is_empty(own_databases: Databases) -> None:
    change = {
        "sqlite": "UPDATE domain SET settings = ''",  # its table takes no NULL
        "postgresql": "ALTER TABLE domain ALTER settings DROP NOT NULL",
        "mariadb": "ALTER TABLE domain MODIFY settings TEXT",
    }[own_databases.backend]
    with own_databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        unit.vmail.execute(text(change))
        if own_databases.backend != "sqlite":
            unit.vmail.execute(text("UPDATE domain SET settings = NULL"))
        assert unit.vmail.execute(select(vmail.domain.c.settings)).scalar_one() == ""


def test_addresses_of_amavisd_are_text_here_and_bytes_there(databases: Databases) -> None:
    users = amavisd.users
    with databases.write() as unit:
        unit.amavisd.execute(insert(users), [{"email": "zoë@example.com"}, {"email": "@example.com"}])
        chosen = select(users.c.email).where(users.c.email.in_(["zoë@example.com", "nobody"]))
        assert unit.amavisd.execute(chosen).scalars().all() == ["zoë@example.com"]
        unit.amavisd.execute(update(users).where(users.c.email == "@example.com").values(email="@example.org"))
        found = unit.amavisd.execute(select(users.c.email).where(users.c.email.like("@example.%"))).scalars().all()
        assert found == ["@example.org"]
        bare = (
            unit.amavisd.execute(text("SELECT email FROM users WHERE fullname = '' AND priority = 7")).scalars().all()
        )
    kind = str if databases.backend == "sqlite" else bytes
    assert all(isinstance(bytes(value) if isinstance(value, memoryview) else value, kind) for value in bare)


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_a_moment_without_end_in_postgresql_is_the_last_one_we_know(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(text("INSERT INTO domain (domain, expired) VALUES ('example.com', 'infinity')"))
        assert unit.vmail.execute(select(vmail.domain.c.expired)).scalar_one() == NEVER


@pytest.mark.parametrize("own_database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_zone_in_an_existing_column_does_not_change_the_moment(own_databases: Databases) -> None:
    change = {
        "postgresql": "ALTER TABLE domain ALTER created TYPE timestamptz",
        "mariadb": "ALTER TABLE domain MODIFY created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    }[own_databases.backend]
    with own_databases.write() as unit:
        unit.vmail.execute(text(change))
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com", created="2026-07-01 12:00:00"))
        assert unit.vmail.execute(select(vmail.domain.c.created)).scalar_one() == "2026-07-01 12:00:00"
