"""Going on after a row: which rows come after it in an order, as conditions that an index can answer.

What follows a row are up to two ranges for each column of the order and one for the number, one after the other.
As one condition with ORs SQLite would read the index from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postroom.workspace.store.kinds import Stored
from postroom.workspace.store.translate import Clause


@dataclass(frozen=True, slots=True)
class Key:
    """An expression that rows are sorted by. Null comes first, or last when descending."""

    sql: str
    descending: bool = False
    nullable: bool = True

    @property
    def order(self) -> str:
        return f"{self.sql} DESC" if self.descending else self.sql


def after(keys: Sequence[Key], values: Sequence[Stored]) -> Iterator[list[Clause]]:
    """The ranges that follow the row with these values, in order. The last key tells all rows apart."""
    for number in reversed(range(len(keys))):
        same = [Clause(f"{key.sql} IS ?", (value,)) for key, value in zip(keys[:number], values, strict=False)]
        for clause in _beyond(keys[number], values[number]):
            yield [*same, clause]


def _beyond(key: Key, value: Stored) -> Iterator[Clause]:
    if value is None:
        if not key.descending:
            yield Clause(f"{key.sql} IS NOT NULL")
        return
    yield Clause(f"{key.sql} {'<' if key.descending else '>'} ?", (value,))
    if key.descending and key.nullable:
        yield Clause(f"{key.sql} IS NULL")
