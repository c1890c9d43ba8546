"""Kinds of items: which of their properties are columns of a table, so that SQL can find and sort by them.

A column holds what comparing needs, not what is shown; the document keeps that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from postroom.errors import Invalid
from postroom.workspace.query.functions import fold
from postroom.workspace.query.literals import instant

ColumnType = Literal["instant", "text", "flag", "number"]
Stored = int | float | str | None
Document = Mapping[str, Any]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EXPECTED: Final = {"instant": "a date and time", "text": "text", "flag": "true or false", "number": "a number"}


def to_us(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def is_storable(value: str | int | float) -> bool:
    """Whether SQLite takes it: text that is UTF-8, numbers of 64 bits."""
    if isinstance(value, str):
        return value.isascii() or not _SURROGATE.search(value)
    return isinstance(value, float) or -(2**63) <= value < 2**63


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is where the value stands in a document, `from/emailAddress/address`.

    Stored are microseconds since 1970 for an instant, text without case, 0 or 1 for a flag.
    """

    name: str
    path: str
    type: ColumnType

    def of(self, document: Document) -> Stored:
        """What is stored for a document, None when it has no such value. Raises Invalid when it has a wrong one."""
        value: object = document
        for name in self.path.split("/"):
            value = value.get(name) if isinstance(value, Mapping) else None
        return self.stored(value)

    def stored(self, value: object) -> Stored:
        """What is stored for a value of a document. Raises Invalid."""
        if value is None:
            return None
        match self.type, value:
            case "instant", str() if (moment := instant(value)) is not None:
                return to_us(moment)
            case "text", str() if is_storable(value):
                return fold(value)
            case "flag", bool():
                return int(value)
            case "number", int() | float() if is_storable(value) and not isinstance(value, bool):
                return value
        raise Invalid(self.path, _EXPECTED[self.type])


@dataclass(frozen=True, slots=True)
class Kind:
    """`type` is the Graph type without its namespace. A table has the columns `item`, `mailbox` and `parent` besides.

    Kinds that share a table share its columns. With `text` its items can be found by `$search`.
    """

    type: str
    table: str | None = None
    columns: tuple[Column, ...] = ()
    text: bool = False


class Kinds:
    """The kinds of a store, by type."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._by_type = {kind.type: kind for kind in kinds}

    def __getitem__(self, kind_type: str) -> Kind:
        return self._by_type[kind_type]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_type.values())

    def of_table(self, table: str) -> frozenset[str]:
        """The types of the kinds that share a table."""
        return frozenset(kind.type for kind in self._by_type.values() if kind.table == table)

    def shared(self, types: Sequence[str]) -> Kind | None:
        """One kind that stands for all of these, None when they do not share one table."""
        kinds = [self._by_type[kind_type] for kind_type in types]
        first = kinds[0]
        return first if first.table and all(kind.table == first.table for kind in kinds) else None
