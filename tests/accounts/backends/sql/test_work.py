"""How much SQLite, which has no statistics, does to find one account among many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.accounts.services.fixtures import fresh
from tests.suites.accounts.world import KEPT, World, add

from postroom.accounts.backends.sql.backend import SqlBackend
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables.vmail import forwardings, mailbox
from postroom.accounts.directory import Directory
from postroom.accounts.model import UserChange

ANNA = "anna@example.com"
OTHERS = 3_000

QUESTIONS: dict[str, Callable[[Directory], object]] = {
    "standing": lambda directory: directory.standing(ANNA),
    "taken": lambda directory: directory.taken("free@example.com"),
    "profile": lambda directory: directory.user(ANNA),
    "forwarding": lambda directory: directory.user_forwarding(ANNA),
    "aliases": lambda directory: directory.user_aliases(ANNA),
    "disable": lambda directory: directory.update_user(ANNA, UserChange(active=False)),
    "enable": lambda directory: directory.update_user(ANNA, UserChange(active=True)),
    "forward": lambda directory: directory.update_user(ANNA, UserChange(forwarding=add("x@x.test"))),
    "rename": lambda directory: directory.rename_user(ANNA, "anne@example.com"),
    "delete": lambda directory: directory.delete_user("anne@example.com", KEPT),
}
MOST_STEPS = OTHERS
"""Of SQLite's machine; reading every user takes several for each."""


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """On SQLite, many users and anna."""
    databases = Databases.open(fresh("sqlite", request, tmp_path), tmp_path)
    world = World(SqlBackend(databases), databases)
    world.domain()
    names = [f"u{number}@example.com" for number in range(OTHERS)]
    own = {"domain": "example.com", "dest_domain": "example.com", "is_forwarding": 1}
    with world.unit() as unit:
        unit.vmail.execute(insert(mailbox), [{"username": name, "domain": "example.com"} for name in names])
        unit.vmail.execute(insert(forwardings), [{"address": name, "forwarding": name, **own} for name in names])
    world.user(ANNA)
    yield world
    databases.close()


def test_one_account_is_found_without_reading_all(world: World) -> None:
    for question, ask in QUESTIONS.items():
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 100

        with world.unit() as unit:
            connection = unit.vmail.connection.dbapi_connection
            assert connection is not None
            connection.set_progress_handler(count, 100)
            try:
                ask(world.backend.directory(unit))
            finally:
                connection.set_progress_handler(None, 0)
        assert steps < MOST_STEPS, question
