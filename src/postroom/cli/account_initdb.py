"""`postroom account init-db`: make the tables, or the entries of LDAP, that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.shell import Shell, command
from postroom.errors import WrongState
from postroom.home import Home
from postroom.settings import Accounts

if TYPE_CHECKING:
    from postroom.accounts.database.connect import Databases

SchemaOption = Annotated[
    bool, typer.Option("--schema", help="Print the LDAP schema as LDIF for OpenLDAP, and make nothing.")
]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    command(group, "init-db")(init_db)


def init_db(shell: Shell, schema: SchemaOption = False) -> None:
    """Make the tables that are missing in the databases of the settings; what is there is never altered.

    Indexes and triggers come with them; with LDAP the entries above domains and admins are made too.
    """
    if schema:
        from postroom.accounts.backends.ldap.schema import schema_ldif

        ldif = schema_ldif()
        shell.show({"ldif": ldif}, ldif.rstrip("\n"))
        return
    shell.home.require()
    accounts = shell.settings().accounts
    made = [*_tables(accounts, shell.home), *(_entries(accounts) if accounts.backend == "ldap" else ())]
    shell.show(made, *(made or ["Nothing is missing."]))


def _tables(accounts: Accounts, home: Home) -> list[str]:
    from postroom.accounts.database import initialise
    from postroom.accounts.database.connect import Databases

    if accounts.backend != "sqlite" or sqlite_file(accounts, home).exists():
        with bare(accounts, home) as databases:
            if not databases.configured and accounts.backend != "ldap":
                raise WrongState("No database is configured: set `accounts.vmail_url` and `accounts.iredadmin_url`.")
            return [f"Made the {thing}." for thing in initialise.create(databases)]
    Databases.open(accounts, home.path).close()
    return [f"Made {sqlite_file(accounts, home)} with all tables."]


def _entries(accounts: Accounts) -> Iterator[str]:
    from postroom.accounts.backends.ldap.initialise import access_rules, initialise

    made = initialise(accounts)
    yield from made
    if made:
        yield "Let these be values of olcAccess of the directory's database:"
        yield from access_rules(accounts.ldap_suffix)


def sqlite_file(accounts: Accounts, home: Home) -> Path:
    return accounts.sqlite_file or home.path / "accounts.db"


@contextmanager
def bare(accounts: Accounts, home: Home) -> Iterator[Databases]:
    """The databases as they are: also in SQLite's file, which must be there, nothing is made by opening it."""
    from postroom.accounts.database.connect import COMMIT_ORDER, Database, Databases
    from postroom.accounts.database.engine import sqlite_url

    if accounts.backend == "sqlite":
        database = Database(sqlite_url(sqlite_file(accounts, home).absolute()), COMMIT_ORDER, accounts)
        databases = Databases("sqlite", dict.fromkeys(COMMIT_ORDER, database))
    else:
        databases = Databases.open(accounts, home.path)
    try:
        yield databases
    finally:
        databases.close()
