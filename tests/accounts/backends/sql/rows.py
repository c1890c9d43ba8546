"""Reading and writing rows past the directory, as Postfix, Dovecot and other programs do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, insert, select, update
from tests.suites.accounts.world import World


def rows(world: World, table: Table, **where: object) -> list[dict[str, Any]]:
    """The rows with these values, by all columns."""
    with world.databases.read() as unit:
        statement = select(table).filter_by(**where)
        found = [dict(row._mapping) for row in unit.vmail.execute(statement)]
    return sorted(found, key=lambda row: [str(value) for name, value in row.items() if name != "id"])


def row(world: World, table: Table, **where: object) -> dict[str, Any]:
    (found,) = rows(world, table, **where)
    return found


def put(world: World, table: Table, **values: object) -> None:
    """One more row."""
    with world.unit() as unit:
        unit.vmail.execute(insert(table), values)


def alter(world: World, table: Table, where: dict[str, object], **values: object) -> None:
    with world.unit() as unit:
        unit.vmail.execute(update(table).filter_by(**where).values(**values))
