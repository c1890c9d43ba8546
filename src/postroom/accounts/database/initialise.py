"""Making the databases: tables, indexes, triggers and first rows that are missing. What exists is never altered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Index, Table, insert, select
from sqlalchemy.schema import CreateIndex, CreateTable

from postroom.accounts.database.present import Present
from postroom.accounts.database.tables import amavisd, iredadmin, iredapd, vmail
from postroom.accounts.database.tables.columns import Flag
from postroom.accounts.database.triggers import EXISTING, TRIGGERS, Trigger

if TYPE_CHECKING:
    from postroom.accounts.database.connect import Databases

METADATA: Final = {
    "vmail": vmail.METADATA,
    "iredapd": iredapd.METADATA,
    "amavisd": amavisd.METADATA,
    "iredadmin": iredadmin.METADATA,
}

RAW: Final = {"no_parameters": True}
"""Execution option of statements in which a percent sign is only that."""

EVERYBODY: Final = "@."
EVERYBODY_GREYLISTED: Final = {
    "account": EVERYBODY,
    "priority": 0,
    "sender": EVERYBODY,
    "sender_priority": 0,
    "active": 1,
}
POLICY_OF_EVERYBODY: Final = {
    "policy_name": EVERYBODY,
    "virus_lover": "N",
    "spam_lover": "Y",
    "banned_files_lover": "N",
    "bad_header_lover": "Y",
    "bypass_virus_checks": "N",
    "bypass_spam_checks": "N",
    "bypass_banned_checks": "N",
    "bypass_header_checks": "N",
    "virus_quarantine_to": "virus-quarantine",
    "spam_quarantine_to": "",
    "banned_quarantine_to": "banned-quarantine",
    "bad_header_quarantine_to": "",
}


def create(databases: Databases) -> list[str]:
    """Make what is missing in every database that is configured; tells what was made, as `table vmail.domain`.

    Safe to repeat. The databases themselves must be there, and on PostgreSQL and MariaDB our user must own them.
    """
    made: list[str] = []
    with databases.write() as unit:
        for name, database in databases.configured.items():
            connection: Connection = getattr(unit, name)
            tables = wanted(name, databases.backend)
            present = Present.read(connection, tables)
            fresh = [table for table in tables if not present.has(table)]
            _make_tables(connection, fresh)
            made += [f"table {name}.{table.name}" for table in fresh]
            made += [f"index {name}.{index}" for index in _make_indexes(connection, tables, present)]
            made += [f"trigger {name}.{trigger}" for trigger in _make_triggers(connection, database.kind, tables)]
            insert_first_rows(connection, fresh)
    return made


def is_complete(databases: Databases) -> bool:
    """Whether a file of SQLite has everything already: one query, where `create` looks at every table."""
    expected = {trigger.name for trigger in TRIGGERS["sqlite"]}
    for name in databases.configured:
        for table in wanted(name, databases.backend):
            expected |= {table.name, *map(_name, wanted_indexes(table, "sqlite"))}
    with databases.read() as unit:
        return expected <= {*unit.vmail.exec_driver_sql("SELECT name FROM sqlite_master").scalars()}


def wanted(name: str, backend: str) -> list[Table]:
    """The tables of a database, those first that others refer to."""
    tables = METADATA[name].sorted_tables
    # Where there is no `vmail`.
    return [*tables, *iredadmin.LDAP_ONLY.sorted_tables] if (name, backend) == ("iredadmin", "ldap") else tables


def wanted_indexes(table: Table, dialect: str) -> list[Index]:
    """The indexes of a table, by name; on SQLite without those of switches.

    SQLite keeps no statistics here: it takes `active = 1` for as good an index as an address, and for each question of
    Postfix or of ours reads all rows that are switched on. The others see how few values there are.
    """
    indexes = sorted(table.indexes, key=_name)
    return [index for index in indexes if not _of_switch(index)] if dialect == "sqlite" else indexes


def _of_switch(index: Index) -> bool:
    return all(isinstance(column.type, Flag) or column.name in vmail.SERVICE_LETTERS for column in index.columns)


def _make_tables(connection: Connection, fresh: list[Table]) -> None:
    for table in fresh:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in wanted_indexes(table, connection.dialect.name):
            connection.execute(CreateIndex(index))


def _make_indexes(connection: Connection, tables: list[Table], present: Present) -> Iterator[str]:
    """Of tables that were there, where nothing begins with the columns of an index."""
    for table in filter(present.has, tables):
        for index in wanted_indexes(table, connection.dialect.name):
            if not present.has_index(table, tuple(index.columns.keys())):
                connection.execute(CreateIndex(index))
                yield _name(index)


def _name(index: Index) -> str:
    return str(index.name)


def triggers_missing(connection: Connection, kind: str, tables: list[Table]) -> list[Trigger]:
    """Triggers whose table has none."""
    names = {table.name for table in tables}
    found = connection.exec_driver_sql(EXISTING[kind], execution_options=RAW).all()
    guarded = {str(table) for _, table in found}
    return [trigger for trigger in TRIGGERS[kind] if trigger.table in names - guarded]


def _make_triggers(connection: Connection, kind: str, tables: list[Table]) -> Iterator[str]:
    for trigger in triggers_missing(connection, kind, tables):
        for statement in trigger.statements:
            connection.exec_driver_sql(statement, execution_options=RAW)
        yield trigger.name


def insert_first_rows(connection: Connection, fresh: list[Table]) -> None:
    """What a fresh installation begins with; an administrator who deleted a row later does not get it again."""
    if iredapd.greylisting in fresh:
        connection.execute(insert(iredapd.greylisting).values(EVERYBODY_GREYLISTED))
    if amavisd.policy in fresh and amavisd.users in fresh:
        connection.execute(insert(amavisd.policy).values(POLICY_OF_EVERYBODY))
        policy = select(amavisd.policy.c.id).where(amavisd.policy.c.policy_name == EVERYBODY)
        row = {"email": EVERYBODY, "priority": 0, "policy_id": connection.execute(policy).scalar_one()}
        connection.execute(insert(amavisd.users).values(row))
