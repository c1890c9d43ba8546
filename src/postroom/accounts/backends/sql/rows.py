"""What the modules beside this one share: columns from changes, checks of what fits, one row, many keys."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, Column, Connection, Integer, Select, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from postroom.accounts.addresses import domain_of
from postroom.accounts.database.errors import Taken
from postroom.accounts.database.prepared import Prepared, Row
from postroom.accounts.model import Change, Unset
from postroom.errors import AlreadyExists, Invalid, NotFound

T = TypeVar("T")

CHUNK: Final = 500
"""Keys in one statement; SQLite and PostgreSQL take some 32,000 parameters."""
MAX_TEXT_BYTES: Final = 65_535
"""MariaDB's TEXT."""


def one(connection: Connection, statement: Prepared, kind: str, name: str) -> Row:
    """The row of the account called `name`, which the statement knows as `name`. Raises NotFound."""
    row = statement.first(connection, {"name": name})
    if row is None:
        raise NotFound(kind, name)
    return row


def texts(connection: Connection, statement: Select[*tuple[Any, ...]], **values: object) -> tuple[str, ...]:
    """The first column of all rows, each value once, sorted in the same order on all engines."""
    return tuple(sorted({row[0] for row in connection.execute(statement, values)}))


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


@contextmanager
def taken_means(kind: str, name: str) -> Iterator[None]:
    """A key that somebody else wrote a moment before is told as an account that exists."""
    try:
        yield
    except Taken as error:
        raise AlreadyExists(kind, name) from error


def changed_columns(change: Change, columns: Mapping[str, Column[Any]]) -> dict[str, Any]:
    """What a change writes into `columns`, by the names of its fields. Raises Invalid naming the field."""
    found = ((field, column, getattr(change, field)) for field, column in columns.items())
    return {
        column.name: fitting(column, value, field) for field, column, value in found if not isinstance(value, Unset)
    }


def fitting(column: Column[Any], value: T, field: str) -> T:
    """The value, checked that every engine can keep it. Raises Invalid naming the field."""
    if isinstance(value, str):
        # Nearly all are short and ASCII; no other check is needed then.
        if not value.isascii() or "\0" in value or len(value) > _ascii_chars(column):
            _check_text(_plain(column.type), value, field)
    elif isinstance(value, int) and isinstance(kind := _plain(column.type), Integer):
        bits = 63 if isinstance(kind, BigInteger) else 31
        if not -(1 << bits) <= value < 1 << bits:
            raise Invalid(field, f"a number below {1 << bits}")
    return value


def fitting_addresses(addresses: Sequence[str], column: Column[Any], field: str) -> tuple[str, ...]:
    """Each of them checked as `fitting`."""
    return tuple(fitting(column, address, field) for address in addresses)


def literal(text: str, *, before: str = "%", behind: str = "%") -> str:
    """A pattern of LIKE with `/` as escape that finds the text itself."""
    for mark in "/%_":
        text = text.replace(mark, f"/{mark}")
    return f"{before}{text}{behind}"


def with_domain(address: str, key: str, domain: str) -> dict[str, str]:
    """The address as column `key`, its domain as column `domain`."""
    return {key: address, domain: domain_of(address)}


@cache
def _ascii_chars(column: Column[Any]) -> int:
    """How long a text in ASCII may be."""
    kind = _plain(column.type)
    if isinstance(kind, Text):
        return MAX_TEXT_BYTES
    return kind.length or sys.maxsize if isinstance(kind, String) else sys.maxsize


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _check_text(kind: TypeEngine[Any], value: str, field: str) -> None:
    if "\0" in value:
        raise Invalid(field, "a text without NUL characters")
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise Invalid(field, "a text in Unicode") from error
    if isinstance(kind, Text):
        if size > MAX_TEXT_BYTES:
            raise Invalid(field, f"at most {MAX_TEXT_BYTES} bytes")
    elif isinstance(kind, String) and kind.length and len(value) > kind.length:
        raise Invalid(field, f"at most {kind.length} characters")
