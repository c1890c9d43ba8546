"""A change of several databases that was cut between two commits, and is made again, ends as one that was not cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Integer, Table, select
from tests.accounts.services.fixtures import fresh

from postroom.accounts.accounts import Accounts
from postroom.accounts.backends import open_backend
from postroom.accounts.database.connect import COMMIT_ORDER, Database, Databases
from postroom.accounts.database.tables import amavisd, iredadmin, iredapd, vmail
from postroom.accounts.database.tables.columns import Moment
from postroom.accounts.identities import Identities
from postroom.accounts.model import AdminChange, DomainChange, ListChange, UserChange
from postroom.accounts.policies.spampolicy import SpamPolicy
from postroom.accounts.policies.throttle import Limits
from postroom.accounts.services.access import LOCAL
from postroom.accounts.services.core import Core
from postroom.accounts.tokens import Tokens
from postroom.errors import AlreadyExists, NotFound
from postroom.settings import Settings

NOW = datetime(2026, 1, 31, 12, 0, 5, tzinfo=UTC)
ANNA, EVA, OTTO = "anna@one.test", "eva@one.test", "otto@two.test"
TABLES = {"vmail": vmail, "iredapd": iredapd, "amavisd": amavisd, "iredadmin": iredadmin}
HASH = "{PLAIN}Secret-1234"
NAMES_ROWS = ("id", "rid", "sid", "tid", "policy_id")
"""Columns with numbers that the database chose."""

Act = Callable[[Accounts], None]
Rows = list[tuple[Any, ...]]

ACTS: dict[str, Act] = {
    "delete a user": lambda accounts: accounts.users.delete(LOCAL, ANNA, 7),
    "delete a domain": lambda accounts: accounts.domains.delete(LOCAL, "one.test", 7),
    "rename a user": lambda accounts: accounts.users.rename(LOCAL, ANNA, EVA),
    "change a throttle": lambda accounts: accounts.policies.set_throttle(
        LOCAL, ANNA, "outbound", Limits(period=9, max_msgs=5)
    ),
    "change a spam policy": lambda accounts: accounts.policies.set_spam_policy(LOCAL, ANNA, SpamPolicy(spam_score=3)),
    "change a list": lambda accounts: accounts.policies.add_to_wblist(LOCAL, ANNA, "inbound", "blacklist", (OTTO,)),
    "create a user": lambda accounts: accounts.users.create(LOCAL, EVA, UserChange(password_hash=HASH)),
}


SAYS_DONE = {"create a user": "AlreadyExists", "rename a user": "NotFound"}
"""What a repeat says when the accounts themselves have the change already."""


class Crash(BaseException):
    """The process ends here: what is not committed is undone by the server."""


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return Settings(accounts=fresh("postgresql", request, tmp_path))


@contextmanager
def opened(settings: Settings, home: Path) -> Iterator[Accounts]:
    """As a process that starts anew."""
    databases = Databases.open(settings.accounts, home)
    backend = open_backend(settings.accounts, databases)
    core = Core(
        databases, backend, settings, Tokens(home / "tokens.db"), Identities(home / "identities.db"), clock=lambda: NOW
    )
    with Accounts(settings, home, core) as accounts:
        yield accounts


def prepare(accounts: Accounts) -> None:
    """Anna has something in every database, and others name her."""
    for domain in ("one.test", "two.test"):
        accounts.domains.create(LOCAL, domain, DomainChange(name=domain))
    for user in (ANNA, OTTO):
        accounts.users.create(LOCAL, user, UserChange(password_hash=HASH))
    accounts.users.update(LOCAL, OTTO, UserChange(forwarding=ListChange(reset=(ANNA,)), sender_bcc=ANNA))
    accounts.domains.change_admins(LOCAL, "one.test", ListChange(add=(ANNA,)))
    accounts.admins.create(LOCAL, "root@postroom.test", AdminChange(password_hash=HASH, global_admin=True))
    for account in (ANNA, "one.test"):
        accounts.policies.set_throttle(LOCAL, account, "outbound", Limits(period=60, max_msgs=3))
        accounts.policies.set_greylisting(LOCAL, account, on=True)
        accounts.policies.add_to_wblist(LOCAL, account, "inbound", "whitelist", ("friend@far.test",))
        accounts.policies.set_spam_policy(LOCAL, account, SpamPolicy(spam_score=7.5))
    for admin in (ANNA, "root@postroom.test"):
        accounts.sessions.create(admin, "192.0.2.1")
        accounts.core.tokens.create(admin, "script")


def snapshot(accounts: Accounts) -> dict[str, Rows]:
    """All rows of all databases, without numbers and moments that differ from run to run."""
    with accounts.core.databases.read() as unit:
        found = {
            f"{name}.{table.name}": rows(getattr(unit, name), table)
            for name, module in TABLES.items()
            for table in module.METADATA.sorted_tables
        }
    return found | {"tokens": [(token.admin, token.name) for token in accounts.core.tokens.list()]}


def rows(connection: Connection, table: Table) -> Rows:
    columns = [column for column in table.columns if not is_chosen(column)]
    found: Iterable[Iterable[Any]] = connection.execute(select(*columns)).all() if columns else []
    if table is iredadmin.sessions:  # found by random bits, and they tell when they began
        found = [(json.loads(data)["address"],) for data in connection.execute(select(table.c.data)).scalars()]
    return sorted((tuple(row) for row in found), key=repr)


def is_chosen(column: Any) -> bool:
    return (column.name in NAMES_ROWS and isinstance(column.type, Integer)) or isinstance(column.type, Moment)


def crash_before_commit(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """The process ends before its commit of this number; the answer has the databases that were committed."""
    commit = Database._commit
    done: list[str] = []

    def count(self: Database, connection: Connection) -> None:
        if len(done) == number:
            raise Crash
        commit(self, connection)
        done.extend(self.names)

    patch.setattr(Database, "_commit", count)
    return done


def run(settings: Settings, home: Path, act: Act, cut: int | None) -> tuple[list[str], dict[str, Rows], str]:
    """The databases that were committed before the cut, all rows in the end, and what the repeat said."""
    home.mkdir()
    said = ""
    with opened(settings, home) as accounts:
        prepare(accounts)
        with pytest.MonkeyPatch.context() as patch:
            done = crash_before_commit(patch, 99 if cut is None else cut)
            with suppress(Crash):
                act(accounts)
    if cut is not None:
        with opened(settings, home) as accounts:
            try:
                act(accounts)
            except (NotFound, AlreadyExists) as error:
                said = type(error).__name__
    with opened(settings, home) as accounts:
        return done, snapshot(accounts), said


@pytest.mark.parametrize("name", ACTS)
def test_a_change_cut_between_two_databases_is_completed_by_a_repeat(
    name: str, settings: Settings, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    order, expected, _ = run(settings, tmp_path / "whole", ACTS[name], None)
    assert order == sorted(order, key=COMMIT_ORDER.index)
    assert len(order) >= 2
    for cut in range(len(order)):
        fresh("postgresql", request, tmp_path)  # the same databases, emptied
        done, found, said = run(settings, tmp_path / str(cut), ACTS[name], cut)
        assert done == order[:cut]
        different = {table for table in expected if found[table] != expected[table]}
        if said:
            # All of it was done but the last database, which has the log, and sessions that are nobody's.
            assert (done, said) == (order[:-1], SAYS_DONE[name])
            different -= {"iredadmin.log", "iredadmin.sessions"}
        assert different == set(), f"cut after {done}"
