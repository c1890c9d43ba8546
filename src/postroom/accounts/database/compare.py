"""What an existing database lacks or has otherwise than the tables here say, for `postroom doctor`. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table, UniqueConstraint, types
from sqlalchemy.engine.interfaces import ReflectedColumn

from postroom.accounts.database import pitfalls
from postroom.accounts.database.connect import COMMIT_ORDER, Databases, Unit
from postroom.accounts.database.initialise import triggers_missing, wanted
from postroom.accounts.database.present import Present
from postroom.errors import PostroomError


@dataclass(frozen=True, slots=True)
class Difference:
    """`serious`: calls that meet it fail, or mail goes astray; else it is worth knowing."""

    database: str
    table: str
    """Empty when the database as a whole is meant."""
    text: str
    serious: bool = True

    def __str__(self) -> str:
        return f"{'.'.join(filter(None, (self.database, self.table)))}: {self.text}"


# Where iRedMail has no key for us to rely on, we do not.
_NOT_UNIQUE: Final = {("postgresql", "throttle", ("account", "kind"))}


def differences(databases: Databases) -> list[Difference]:
    """All that is missing or differs; a database that does not answer is one difference."""
    found = []
    for name in reversed(COMMIT_ORDER):
        if name in databases.configured:
            found += _of_database(databases, name)
        elif name == "iredadmin" or (name == "vmail" and databases.backend != "ldap"):
            found.append(Difference(name, "", f"is not configured: set `accounts.{name}_url`."))
    return found


def _of_database(databases: Databases, name: str) -> list[Difference]:
    try:
        with databases.read() as unit:
            return list(_compared(databases, unit, name))
    except PostroomError as error:
        return [Difference(name, "", str(error))]


def _compared(databases: Databases, unit: Unit, name: str) -> Iterator[Difference]:
    connection: Connection = getattr(unit, name)
    kind = databases.configured[name].kind
    tables = wanted(name, databases.backend)
    present = Present.read(connection, tables)
    if not any(present.has(table) for table in tables):
        yield Difference(name, "", f"It has none of the {len(tables)} tables; `postroom account init-db` makes them.")
        return
    whole = []
    for table in tables:
        if not present.has(table):
            yield Difference(name, table.name, "The table is missing; `postroom account init-db` makes it.")
            continue
        faults = [*_columns(name, table, present, connection.dialect), *_keys(name, table, present, kind)]
        yield from faults
        if not any(fault.serious for fault in faults):
            whole.append(table)
    for trigger in triggers_missing(connection, kind, whole):
        text = f"There is no trigger that completes new rows; `postroom account init-db` makes `{trigger.name}`."
        yield Difference(name, trigger.table, text, serious=False)
    for table_name, text in pitfalls.found(connection, {table.name for table in whole}):
        yield Difference(name, table_name, text, serious=False)


def _columns(name: str, table: Table, present: Present, dialect: Dialect) -> Iterator[Difference]:
    columns = {column["name"]: column for column in present.columns[table.name]}
    for column in table.columns:
        there = columns.pop(column.name, None)
        if there is None:
            yield Difference(name, table.name, f"The column `{column.name}` is missing.")
            continue
        ours, theirs = _kind(_plain(column.type, dialect), dialect), _kind(there["type"], dialect)
        if ours != theirs:
            yield Difference(name, table.name, f"The column `{column.name}` holds {theirs}, expected {ours}.")
    for there in columns.values():
        if _must_be_given(there):
            text = f"The column `{there['name']}` is unknown to us and has no default: no row can be written."
            yield Difference(name, table.name, text)


def _must_be_given(column: ReflectedColumn) -> bool:
    given = (
        column["nullable"] or column.get("autoincrement") is True or column.get("computed") or column.get("identity")
    )
    return not given and column["default"] is None


def _plain(kind: types.TypeEngine[Any], dialect: Dialect) -> types.TypeEngine[Any]:
    """The engine's own type."""
    if isinstance(kind, types.TypeDecorator):
        return kind.load_dialect_impl(dialect)
    return kind.dialect_impl(dialect)


def _kind(kind: types.TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(kind, types.DateTime | types.Date) and dialect.name != "sqlite":
        return "days" if isinstance(kind, types.Date) else "moments"
    kinds = (
        (types.Boolean, "truth values"),
        (types.Integer, "whole numbers"),
        (types.Numeric, "fractions"),
        (types.Float, "fractions"),
        (types._Binary, "bytes"),  # the parent of all binary types has no public name
        (types.String, "text"),
    )
    for parent, word in kinds:
        if isinstance(kind, parent):
            return word
    # SQLite keeps times as text, whatever the table calls them.
    return "text" if isinstance(kind, types.DateTime | types.Date) else f"`{kind}`"


def _keys(name: str, table: Table, present: Present, kind: str) -> Iterator[Difference]:
    primary = tuple(column.name for column in table.primary_key)
    uniques = [
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    for columns in [primary, *sorted(uniques)]:
        if not present.has_unique(table, columns):
            serious = (kind, table.name, columns) not in _NOT_UNIQUE
            yield Difference(name, table.name, f"There is no unique key of ({', '.join(columns)}).", serious)
