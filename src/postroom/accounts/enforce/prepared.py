"""Statements of SQLAlchemy, compiled once for each engine and then given straight to the driver.

The policy service asks ten small questions for a message, a thousand times a second. Executed by SQLAlchemy each of
them takes longer than SQLite needs for its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement

Row = tuple[Any, ...]


class Prepared:
    """One statement without lists that expand and without types that convert: numbers and texts only."""

    def __init__(self, statement: ClauseElement) -> None:
        assert isinstance(statement, Executable)
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, given: Mapping[str, object]) -> Sequence[Row]:
        """What a SELECT finds."""
        compiled = self._of(connection.dialect)
        with _Cursor(connection) as cursor:
            cursor.execute(compiled.text, compiled.parameters(given))
            rows: Sequence[Row] = cursor.fetchall()
            return rows

    def each(self, connection: Connection, given: Iterable[Mapping[str, object]]) -> None:
        """Change something for each of `given`."""
        compiled = self._of(connection.dialect)
        with _Cursor(connection) as cursor:
            cursor.executemany(compiled.text, [compiled.parameters(one) for one in given])

    def _of(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return self._compiled[dialect.name]


class _Compiled:
    """The text for one engine, and its parameters as the driver wants them."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text: Final[str] = compiled.string
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._order: list[str] | None = compiled.positiontup

    def parameters(self, given: Mapping[str, object]) -> Sequence[object] | Mapping[str, object]:
        values = {**self._fixed, **given}
        return values if self._order is None else [values[name] for name in self._order]


class _Cursor:
    """A cursor of the driver; its errors become those of SQLAlchemy, as everybody above expects them."""

    def __init__(self, connection: Connection) -> None:
        self._dialect = connection.dialect
        self._cursor: Any = connection.connection.cursor()

    def __enter__(self) -> Any:
        return self._cursor

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._cursor.close()
        driver: Any = self._dialect.loaded_dbapi
        if isinstance(error, driver.Error):
            raise DBAPIError.instance(
                None, None, error, driver.Error, hide_parameters=True, dialect=self._dialect
            ) from error
