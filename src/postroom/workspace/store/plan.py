"""From a listing to one statement of SQL, and what is left to look for in documents."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from postroom.workspace.query.options import Order
from postroom.workspace.query.tree import Node
from postroom.workspace.store.keyset import Key
from postroom.workspace.store.kinds import Kinds, Stored
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import Any_
from postroom.workspace.store.searching import Searcher
from postroom.workspace.store.translate import Clause, Fields, conjoined, field_at, fields_of, split

BELOW: Final = """WITH RECURSIVE below (number) AS (
  SELECT ? UNION ALL SELECT item.number FROM item JOIN below ON item.parent = below.number) SELECT number FROM below"""
_MAILBOX: Final = "(SELECT number FROM mailbox WHERE uuid = ?)"


@dataclass(frozen=True, slots=True)
class Plan:
    """`keys` sort, the number last. Without `sorts` documents must be sorted, and rows come by number.

    `residual` is what SQL did not decide.
    """

    table: str | None
    clauses: tuple[Clause, ...]
    keys: tuple[Key, ...]
    sorts: bool
    residual: Node | None

    def narrowed(self, *clauses: Clause) -> Plan:
        """With more conditions."""
        return replace(self, clauses=(*self.clauses, *clauses))

    def rows(
        self, connection: sqlite3.Connection, *, limit: int = -1, skip: int = 0
    ) -> Iterator[tuple[int, list[Stored]]]:
        """Numbers in order, each with the values of `keys`."""
        wanted = ", ".join(key.sql for key in self.keys)
        order = ", ".join(key.order for key in self.keys)
        sql = f"SELECT {wanted} {self._from_where} ORDER BY {order} LIMIT ? OFFSET ?"
        for row in connection.execute(sql, (*self._values, limit, skip)):
            values = list(row)
            yield values[-1], values

    def count(self, connection: sqlite3.Connection) -> int:
        """How many rows meet the conditions."""
        return int(connection.execute(f"SELECT count(*) {self._from_where}", self._values).fetchone()[0])

    @property
    def _from_where(self) -> str:
        tables = f"{self.table} AS base" if self.table else "item"
        if self.table and any(clause.of_item for clause in self.clauses) | any("item." in key.sql for key in self.keys):
            tables += " JOIN item ON item.number = base.item"
        return f"FROM {tables} WHERE {' AND '.join(clause.sql for clause in self.clauses)}"

    @property
    def _values(self) -> tuple[Any, ...]:
        return tuple(value for clause in self.clauses for value in clause.values)


def plan(listing: Listing, kinds: Kinds, searcher: Searcher) -> Plan:
    """How SQL answers this listing."""
    kind = kinds.shared(listing.kinds)
    fields, alias = fields_of(kind), "base" if kind else "item"
    filters, residual = split(listing.options.filter, fields, listing.zone)
    keys = _keys(listing.order, fields)
    number = Key("base.item" if kind else "item.number", bool(keys and keys[-1].descending), nullable=False)
    sought = searcher.sought(listing, fields, number.sql)
    rest = (*([residual] if residual else []), *sought.residual)
    whole = bool(kind and kind.table and kinds.of_table(kind.table) <= set(listing.kinds))
    # The plus keeps SQLite from the indexes of places.
    place = _place(listing, f"+{alias}" if sought.few else alias)
    clauses = [*place, *([] if whole else [_kinds(listing.kinds)]), *filters, *sought.clauses]
    return Plan(
        kind.table if kind else None, tuple(clauses), (*(keys or ()), number), keys is not None, conjoined(rest)
    )


def _keys(order: Sequence[Order], fields: Fields) -> tuple[Key, ...] | None:
    """None when one of them is no column."""
    found = [(field_at(fields, one.path), one.descending) for one in order]
    keys = [Key(field.sql, descending) for field, descending in found if field]
    return tuple(keys) if len(keys) == len(found) else None


def _place(listing: Listing, alias: str) -> Iterator[Clause]:
    if isinstance(listing.parent, Any_):
        yield Clause(f"{alias}.mailbox = {_MAILBOX}", (listing.mailbox,))
    elif listing.parent is None:
        yield Clause(f"{alias}.mailbox = {_MAILBOX}", (listing.mailbox,))
        yield Clause(f"{alias}.parent IS NULL")
    else:
        # Asked once of the folder, and not of each row: so an index of the folder has all that counting needs.
        yield Clause(
            f"(SELECT mailbox FROM item WHERE number = ?) = {_MAILBOX}", (listing.parent.number, listing.mailbox)
        )
        yield Clause(f"{alias}.parent = ?", (listing.parent.number,))
    if listing.below is not None:
        yield Clause(f"+{alias.lstrip('+')}.parent IN ({BELOW})", (listing.below.number,))


def _kinds(kinds: Sequence[str]) -> Clause:
    return Clause(f"item.kind IN ({', '.join('?' * len(kinds))})", tuple(kinds), of_item=True)
