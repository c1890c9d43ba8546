"""Statements that each engine spells differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, TypeVarTuple

from sqlalchemy import BindParameter, Connection, Row, Select, String, Table, and_, bindparam, insert, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from postroom.accounts.database.prepared import Prepared
from postroom.errors import Invalid

Columns = TypeVarTuple("Columns")

CHUNK: Final = 1000
"""Rows fetched at once by `streamed`."""


def for_update(select: Select[*Columns]) -> Select[*Columns]:
    """Holds the rows until the transaction ends, so that nobody changes them between reading and writing.

    SQLite leaves it out: there a writer is alone.
    """
    return select.with_for_update()


def insert_row(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """A new row."""
    _insert(table, tuple(row)).run(connection, row)


def insert_or_update(connection: Connection, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> None:
    """A new row, or all other columns of `values` in the row that has this key.

    `key` must be a primary or unique key in the database. Not for `used_quota`: on PostgreSQL its trigger adds.
    """
    _upsert(connection.dialect.name, table, tuple(values), tuple(key), update=True).run(connection, values)


def insert_or_ignore(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """New rows; one whose key is there already stays as it is. All rows have the same columns."""
    listed = list(rows)
    if listed:
        statement = _upsert(connection.dialect.name, table, tuple(listed[0]), tuple(key), update=False)
        statement.each(connection, listed)


def update_or_insert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """As `insert_or_update`, for a key that need not be unique in the database (`throttle` of iRedMail's PostgreSQL).

    Two at once may both insert: then the second raises Taken where the key is unique.
    """
    condition = and_(*(table.c[name] == value for name, value in key.items()))
    if not connection.execute(update(table).where(condition).values(**values)).rowcount:
        connection.execute(insert(table).values(**key, **values))


def streamed(connection: Connection, select: Select[*Columns]) -> Iterator[Row[*Columns]]:
    """The rows, without holding all of them in memory."""
    return iter(connection.execute(select, execution_options={"yield_per": CHUNK}))


def check_fits(table: Table, values: Mapping[str, Any]) -> None:
    """Raises Invalid naming the column whose text is longer than the column is."""
    for name, value in values.items():
        length = _length(table, name)
        if length is not None and isinstance(value, str) and len(value) > length:
            raise Invalid(name, f"at most {length} characters")


class in_order(FunctionElement[str]):  # noqa: N801  # used like a function
    """A text to sort by, in the same order everywhere: that of its bytes, whatever the collation of the database."""

    type = String()
    name = "in_order"
    inherit_cache = True


@compiles(in_order)
def _in_order(element: in_order, compiler: SQLCompiler, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(in_order, "postgresql")
def _in_order_postgresql(element: in_order, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)} COLLATE "C")'


@compiles(in_order, "mysql")
def _in_order_mariadb(element: in_order, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BINARY)"


def _parameters(table: Table, columns: Iterable[str]) -> dict[str, BindParameter[Any]]:
    return {name: bindparam(name, type_=table.c[name].type) for name in columns}


@lru_cache(maxsize=256)
def _insert(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values(_parameters(table, columns)))


@lru_cache(maxsize=256)
def _upsert(dialect: str, table: Table, columns: tuple[str, ...], key: tuple[str, ...], *, update: bool) -> Prepared:
    values = _parameters(table, columns)
    changed = [name for name in columns if name not in key] if update else []
    if dialect == "mysql":
        statement = mysql.insert(table).values(values)
        # Nothing to change is written as a change to the same; INSERT IGNORE would hide other errors.
        again = {name: statement.inserted[name] for name in changed or key[:1]}
        return Prepared(statement.on_duplicate_key_update(again))
    fresh = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table).values(values)
    if not changed:
        return Prepared(fresh.on_conflict_do_nothing(index_elements=list(key)))
    again = {name: fresh.excluded[name] for name in changed}
    return Prepared(fresh.on_conflict_do_update(index_elements=list(key), set_=again))


@cache
def _length(table: Table, name: str) -> int | None:
    kind = table.c[name].type
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return plain.length if isinstance(plain, String) else None
