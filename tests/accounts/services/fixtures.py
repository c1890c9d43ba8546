"""Fixtures of the databases, for all tests: private servers, started when first asked for, and fresh tables in them.

`database_settings` gives a test one of the three engines with empty tables; the test runs once on each.
`own_database_settings` does the same for a test that alters the tables themselves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete
from tests.accounts.services import mariadb, postgresql
from tests.accounts.services.mariadb import MariaDB
from tests.accounts.services.postgresql import NAMES, PostgreSQL

from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.settings import Accounts

ENGINES = ("sqlite", "postgresql", "mariadb")
NOWHERE = Path("/nonexistent")
"""The home, which only SQLite uses."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    with postgresql.server() as running:
        yield running


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    with mariadb.server() as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_templates(postgresql_server: PostgreSQL) -> Iterator[list[str]]:
    """Databases with all tables; nobody connects to them."""
    with postgresql_server.databases(*["template1"] * len(NAMES)) as names:
        _create(postgresql_server.accounts(**dict(zip(NAMES, names, strict=True))))
        yield names


@pytest.fixture(scope="session")
def postgresql_shared(postgresql_server: PostgreSQL, postgresql_templates: list[str]) -> Iterator[list[str]]:
    """Databases with all tables, emptied for each test: copying the templates takes longer."""
    with postgresql_server.databases(*postgresql_templates) as names:
        yield names


@pytest.fixture(scope="session")
def mariadb_shared(mariadb_server: MariaDB) -> Iterator[list[str]]:
    """Databases with all tables, emptied for each test: making them takes a second."""
    with mariadb_server.databases(len(NAMES)) as names:
        _create(mariadb_server.accounts(**dict(zip(NAMES, names, strict=True))))
        yield names


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to be copied: making it takes 0.2 s."""
    file = tmp_path_factory.mktemp("template") / "accounts.db"
    _create(Accounts(sqlite_file=file))
    return file


@pytest.fixture(params=ENGINES)
def database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Accounts:
    """Settings of fresh databases: all tables, and in them the first rows of a fresh installation."""
    return fresh(request.param, request, tmp_path)


def fresh(engine: str, request: pytest.FixtureRequest, folder: Path) -> Accounts:
    """The same for one engine, for fixtures that have further back ends or need several engines at once."""
    if engine == "sqlite":
        return _copied(request, folder)
    server: PostgreSQL | MariaDB = request.getfixturevalue(f"{engine}_server")
    names = request.getfixturevalue(f"{engine}_shared")
    accounts = server.accounts(**dict(zip(NAMES, names, strict=True)))
    _empty(accounts)
    return accounts


@pytest.fixture(params=ENGINES)
def own_database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Accounts]:
    """As `database_settings`; no other test sees these tables again."""
    with _own(request, tmp_path) as accounts:
        yield accounts


@pytest.fixture
def databases(database_settings: Accounts, tmp_path: Path) -> Iterator[Databases]:
    """Fresh databases of each engine."""
    opened = Databases.open(database_settings, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def own_databases(own_database_settings: Accounts, tmp_path: Path) -> Iterator[Databases]:
    """Fresh databases of each engine whose tables the test may alter."""
    opened = Databases.open(own_database_settings, tmp_path)
    yield opened
    opened.close()


@contextmanager
def _own(request: pytest.FixtureRequest, folder: Path) -> Iterator[Accounts]:
    if request.param == "sqlite":
        yield _copied(request, folder)
    elif request.param == "postgresql":
        postgres: PostgreSQL = request.getfixturevalue("postgresql_server")
        with postgres.databases(*request.getfixturevalue("postgresql_templates")) as names:
            yield postgres.accounts(**dict(zip(NAMES, names, strict=True)))
    else:
        maria: MariaDB = request.getfixturevalue("mariadb_server")
        with maria.databases(len(NAMES)) as names:
            accounts = maria.accounts(**dict(zip(NAMES, names, strict=True)))
            _create(accounts)
            yield accounts


def _copied(request: pytest.FixtureRequest, folder: Path) -> Accounts:
    file = folder / "accounts.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return Accounts(sqlite_file=file)


def _create(accounts: Accounts) -> None:
    opened = Databases.open(accounts, NOWHERE)
    try:
        initialise.create(opened)
    finally:
        opened.close()


def _empty(accounts: Accounts) -> None:
    """Without rows but the first ones; deleting nothing is much faster than TRUNCATE."""
    opened = Databases.open(accounts, NOWHERE)
    try:
        with opened.write() as unit:
            for name in NAMES:
                tables = initialise.wanted(name, accounts.backend)
                connection: Connection = getattr(unit, name)
                for table in reversed(tables):  # those first that refer to others
                    connection.execute(delete(table))
                initialise.insert_first_rows(connection, tables)
    finally:
        opened.close()
