"""Statements of SQLAlchemy, compiled once for each engine and then given straight to the driver.

A policy service asks ten small questions for a message, a new user takes six statements. Executed by SQLAlchemy each of
them takes longer than SQLite needs for its answer. Values are converted by the types of their columns, defaults of
Python are filled in and errors come in our words, as SQLAlchemy has it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Insert
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from postroom.accounts.database.errors import TRANSLATOR, Translator

Row = Any
"""A named tuple."""
_Convert = Callable[[Any], Any]


class Prepared:
    """One statement without lists that expand."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        # Without it the driver would be asked for the key of the new row.
        self._statement: SelectBase | UpdateBase = statement.inline() if isinstance(statement, Insert) else statement
        self._table = str(getattr(getattr(statement, "table", None), "name", ""))
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, given: Mapping[str, object]) -> list[Row]:
        """What a SELECT finds."""
        compiled = self._of(connection.dialect)
        with _Cursor(connection, self._table) as cursor:
            cursor.execute(compiled.text, compiled.parameters(given))
            return [compiled.row(found) for found in cursor.fetchall()]

    def first(self, connection: Connection, given: Mapping[str, object]) -> Row | None:
        """The first row of them; None when there is none."""
        rows = self.rows(connection, given)
        return rows[0] if rows else None

    def run(self, connection: Connection, given: Mapping[str, object]) -> int:
        """Change something; how many rows that were."""
        compiled = self._of(connection.dialect)
        with _Cursor(connection, self._table) as cursor:
            cursor.execute(compiled.text, compiled.parameters(given))
            return int(cursor.rowcount)

    def each(self, connection: Connection, given: Iterable[Mapping[str, object]]) -> None:
        """Change something for each of `given`."""
        compiled = self._of(connection.dialect)
        with _Cursor(connection, self._table) as cursor:
            cursor.executemany(compiled.text, [compiled.parameters(one) for one in given])

    def _of(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return self._compiled[dialect.name]


class _Compiled:
    """The text for one engine; parameters as the driver wants them, rows as the types of the columns have them."""

    def __init__(self, statement: SelectBase | UpdateBase, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: Final[str] = compiled.string
        self._order: list[str] | None = compiled.positiontup
        binds = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        self._to = [(name, to) for name, kind in binds.items() if (to := kind.bind_processor(dialect))]
        defaults = {column.key: column.default for column in (compiled.insert_prefetch or ())}
        self._made = {key: default.arg for key, default in defaults.items() if default.is_callable}
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._fixed |= {key: default.arg for key, default in defaults.items() if not default.is_callable}
        columns = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
        self._row = _named(statement.selected_columns.keys() if isinstance(statement, SelectBase) else [])
        kinds = [column.type.dialect_impl(dialect) for column in columns]
        self._from: list[_Convert | None] = [kind.result_processor(dialect, None) for kind in kinds]
        self._converts = any(self._from)

    def parameters(self, given: Mapping[str, object]) -> Sequence[object] | Mapping[str, object]:
        values = {**self._fixed, **given}
        for name, make in self._made.items():
            values[name] = make(None)
        for name, convert in self._to:
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def row(self, found: Sequence[Any]) -> Row:
        if self._converts:
            found = [
                value if convert is None else convert(value) for convert, value in zip(self._from, found, strict=True)
            ]
        return self._row(found)


def _named(names: Sequence[str]) -> Callable[[Iterable[Any]], Row]:
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Row] = kind._make
    return make


class _Cursor:
    """A cursor of the driver, whose errors are translated."""

    __slots__ = ("_connection", "_cursor", "_table")

    def __init__(self, connection: Connection, table: str) -> None:
        self._connection, self._table = connection, table
        self._cursor: Any = connection.connection.cursor()

    def __enter__(self) -> Any:
        return self._cursor

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._cursor.close()
        elif isinstance(error, Exception):
            # The cursor is left alone: closing one of a lost connection would raise another error.
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        connection, dialect = self._connection, self._connection.dialect
        translator: Translator = connection.get_execution_options()[TRANSLATOR]
        lost = isinstance(error, dialect.loaded_dbapi.Error) and dialect.is_disconnect(
            error, connection.connection.dbapi_connection, self._cursor
        )
        if lost:
            connection.invalidate(error)
        translated = translator.told(error, self._table)
        if translated is not None:
            raise translated from error
