"""Columns that the tables share: types that read the same from SQLite, PostgreSQL and MariaDB, and their defaults.

Defaults that Python fills in (`created`, `expired`) win over those of the database, which differ by engine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import LargeBinary, TypeEngine

NEVER: Final = "9999-12-31 00:00:00"
LONG_AGO: Final = "1970-01-01 01:01:01"
NO_BIRTHDAY: Final = "0001-01-01"

NAMES: Final = {
    "ix": "idx_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}
"""Names of indexes and unique keys: with SQLite all tables share one file."""

MARIADB: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_general_ci",
}
"""Options of each table. The collation compares without case and accents, so that keys must be lower case."""


def now() -> str:
    """This moment as the tables hold it: UTC, `YYYY-MM-DD HH:MM:SS`."""
    return datetime.now(UTC).isoformat(" ", "seconds")[:19]


class ByEngine(ColumnElement[Any]):
    """A default that is written differently for each engine; each text is SQL."""

    inherit_cache = False

    def __init__(self, *, sqlite: str, postgresql: str, mariadb: str) -> None:
        self.texts = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mariadb}


@compiles(ByEngine)
def _by_engine(element: ByEngine, compiler: SQLCompiler, **_options: Any) -> str:
    return element.texts[compiler.dialect.name]


CURRENT: Final = ByEngine(
    sqlite="CURRENT_TIMESTAMP", postgresql="(now() AT TIME ZONE 'UTC')", mariadb="CURRENT_TIMESTAMP"
)
CREATED: Final = ByEngine(sqlite="CURRENT_TIMESTAMP", postgresql="(now() AT TIME ZONE 'UTC')", mariadb=f"'{LONG_AGO}'")
EXPIRES: Final = ByEngine(sqlite=f"'{NEVER}'", postgresql="'9999-12-31 01:01:01'", mariadb=f"'{NEVER}'")
EMPTY: Final = text("('')")
"""In brackets, because MySQL takes only an expression as default of a TEXT."""


class Moment(TypeDecorator[str]):
    """A time in UTC, read and written as `YYYY-MM-DD HH:MM:SS` whatever the engine keeps; a fraction is cut off."""

    impl = String(19)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kinds: dict[str, TypeEngine[Any]] = {"postgresql": postgresql.TIMESTAMP(), "mysql": mysql.DATETIME()}
        return dialect.type_descriptor(kinds.get(dialect.name, String(19)))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _as_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _as_text(value)


class Day(TypeDecorator[str]):
    """A date, read and written as `YYYY-MM-DD`."""

    impl = String(10)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kinds: dict[str, TypeEngine[Any]] = {"postgresql": postgresql.DATE(), "mysql": mysql.DATE()}
        return dialect.type_descriptor(kinds.get(dialect.name, String(10)))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.isoformat()[:10] if isinstance(value, date) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value.isoformat()[:10] if isinstance(value, date) else value


class Flag(TypeDecorator[int]):
    """A switch: the number 0 or 1."""

    impl = SmallInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kinds: dict[str, TypeEngine[Any]] = {"postgresql": SmallInteger(), "mysql": mysql.TINYINT(display_width=1)}
        return dialect.type_descriptor(kinds.get(dialect.name, Integer()))

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(bool(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(bool(value))


class Words(TypeDecorator[str]):
    """A long text that is never None here, though MariaDB's tables of iRedMail allow NULL in it."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return value or ""


class Octets(TypeDecorator[str]):
    """Text in UTF-8 that PostgreSQL and MariaDB keep as bytes, as amavisd does with addresses and mail ids."""

    impl = String
    cache_ok = True

    def __init__(self, length: int = 255) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kinds: dict[str, TypeEngine[Any]] = {"postgresql": postgresql.BYTEA(), "mysql": mysql.VARBINARY(self.length)}
        return dialect.type_descriptor(kinds.get(dialect.name, String(self.length)))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "sqlite" else value.encode()

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return bytes(value).decode("utf-8", "backslashreplace") if isinstance(value, bytes | memoryview) else value


def _as_text(value: Any) -> str | None:
    if isinstance(value, datetime):
        aware = value.astimezone(UTC) if value.tzinfo else value
        return aware.replace(tzinfo=None).isoformat(" ", "seconds")
    if value is None:
        return None
    return NEVER if value == "infinity" else str(value)[:19]


def table(metadata: MetaData, name: str, *items: Column[Any] | UniqueConstraint | Index) -> Table:
    """A table; SQLite, which keeps anything in any column, gets the limits of the others as checks."""
    checks = [check for item in items if isinstance(item, Column) if (check := _limit(item)) is not None]
    return Table(name, metadata, *items, *checks, **MARIADB)


def indexes(table_name: str, *columns: str) -> tuple[Index, ...]:
    """An index for each column."""
    return tuple(Index(f"idx_{table_name}_{column.replace('-', '_')}", column) for column in columns)


def _limit(column: Column[Any]) -> CheckConstraint | None:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, String) and kind.length:
        text_of = f'length("{column.name}") <= {kind.length}'
    elif type(kind) is Integer:
        text_of = f'"{column.name}" BETWEEN -2147483648 AND 2147483647'
    else:
        return None
    return CheckConstraint(text_of).ddl_if(dialect="sqlite")


BIG: Final = BigInteger()
SERIAL: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up by itself only in a column whose type is INTEGER."""
BLOB: Final = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql")


def serial(name: str = "id") -> Column[int]:
    return Column(name, SERIAL, primary_key=True, autoincrement=True)


def line(name: str, length: int = 255, default: str = "", *, key: bool = False) -> Column[str]:
    """A short text, '' when nothing is given."""
    standard = text("'" + default + "'")
    return Column(name, String(length), primary_key=key, nullable=False, server_default=standard, quote=_quote(name))


def optional_line(name: str, length: int = 255) -> Column[str]:
    return Column(name, String(length), nullable=True)


def words(name: str) -> Column[str]:
    return Column(name, Words(), nullable=False, server_default=EMPTY)


def optional_words(name: str) -> Column[str]:
    return Column(name, Text(), nullable=True)


def flag(name: str, default: int = 0, *, index: bool = False) -> Column[int]:
    return Column(name, Flag(), nullable=False, server_default=text(str(default)), index=index)


def number(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer(), nullable=False, server_default=text(str(default)))


def big(name: str, default: int = 0) -> Column[int]:
    """A number of bytes, of messages or of seconds since 1970."""
    return Column(name, BIG, nullable=False, server_default=text(str(default)))


def optional_big(name: str) -> Column[int]:
    return Column(name, BIG, nullable=True)


def optional_float(name: str) -> Column[float]:
    return Column(name, Float(), nullable=True)


def octets(name: str, length: int = 255, *, key: bool = False) -> Column[str]:
    return Column(name, Octets(length), primary_key=key, nullable=False, server_default=text("''"))


def moment(name: str, default: ColumnElement[Any] = CREATED, *, index: bool = False) -> Column[str]:
    """A time, the present one when nothing is given."""
    return Column(name, Moment(), nullable=False, default=now, server_default=default, index=index)


def optional_moment(name: str) -> Column[str]:
    return Column(name, Moment(), nullable=True)


def expired() -> Column[str]:
    return Column("expired", Moment(), nullable=False, default=NEVER, server_default=EXPIRES, index=True)


def bookkeeping() -> tuple[Column[Any], ...]:
    """What most tables of `vmail` end with. Neither Postfix nor Dovecot looks at `expired`."""
    return moment("created"), moment("modified"), expired(), flag("active", 1, index=True)


def _quote(name: str) -> bool | None:
    # MariaDB reserves it since 10.2, SQLAlchemy's list of its words does not say so for each version.
    return True if name == "rank" else None
