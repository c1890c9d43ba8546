"""Users of a database of one's own, read by one SELECT."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from postroom.archive.directories.checks import needed
from postroom.archive.directories.model import Lent, Login, Person, Told
from postroom.archive.profiles.details import Details
from postroom.errors import Invalid, Unavailable, WrongState

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

DRIVERS: Final = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}
COLUMNS: Final = ("userName", "emailAddresses", "fullName", "userKey")
PAGE: Final = 1000
_SELECT: Final = re.compile(r"(select|with)\b[^;]*;?\s*", re.IGNORECASE)


def check(values: Details, secrets: Collection[str], given: Mapping[str, str]) -> None:
    """Raises Invalid."""
    needed("connectionString", "connectionString" in secrets, "the database, as postgresql://user:password@host/name")
    if "connectionString" in given:
        checked_url(given["connectionString"])
    checked_select(values.text("selectStatement"))


def checked_url(text: str) -> URL:
    """Raises Invalid, without the text: a password is in it."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise Invalid("connectionString", "postgresql://user:password@host/name, or mysql://…") from error
    kind = url.drivername.partition("+")[0]
    if kind not in DRIVERS or not url.database or url.query:
        raise Invalid("connectionString", "postgresql://user:password@host/name, or mysql://…, without further options")
    return url.set(drivername=DRIVERS[kind])


def checked_select(text: str) -> str:
    """One statement that reads; the database is told to let it write nothing, too."""
    if not _SELECT.fullmatch(text.strip()):
        raise Invalid("selectStatement", f"one SELECT without semicolons, with the columns {', '.join(COLUMNS)}")
    return text.strip().rstrip(";")


class SqlDirectory:
    """Has a list of users, and checks no passwords."""

    def __init__(self, details: Details, lent: Lent) -> None:
        self._details, self._timeout_s = details, lent.timeout_s

    def people(self, told: Told) -> Iterator[Person]:
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        statement = checked_select(self._details.text("selectStatement"))
        try:
            with _reading(self._engine(), self._timeout_s) as connection:
                # A colon in it is one of the statement, not a parameter of ours.
                rows = connection.execution_options(stream_results=True).execute(text(statement.replace(":", "\\:")))
                for part in rows.mappings().partitions(PAGE):
                    told.stop()
                    yield from (_person({str(name).lower(): value for name, value in row.items()}) for row in part)
        except SQLAlchemyError as error:
            raise Unavailable(f"The database of users does not give its list: {_reason(error)}") from error

    def authenticate(self, login: Login, password: str) -> bool:  # noqa: ARG002  nobody's
        raise WrongState("A database of users checks no passwords: such users need the authentication integrated.")

    def _engine(self) -> Engine:
        from sqlalchemy import NullPool, create_engine

        url = checked_url(self._details.text("connectionString"))
        seconds = max(1, int(self._timeout_s))
        limits = {"connect_timeout": seconds}
        if url.get_backend_name() == "mysql":  # whose two kinds limit a statement in different ways
            limits |= {"read_timeout": seconds, "write_timeout": seconds}
        return create_engine(url, poolclass=NullPool, connect_args=limits)


@contextmanager
def _reading(engine: Engine, timeout_s: float) -> Iterator[Connection]:
    """A connection whose transaction reads only, and whose statements end in time."""
    milliseconds = int(timeout_s * 1000)
    if engine.dialect.name == "postgresql":
        first = ["SET TRANSACTION READ ONLY", f"SET LOCAL statement_timeout = {milliseconds}"]
    else:
        first = ["START TRANSACTION READ ONLY"]
    with engine.connect() as connection:
        for statement in first:
            connection.exec_driver_sql(statement)
        yield connection
        connection.rollback()


def _person(row: Mapping[str, Any]) -> Person:
    if "username" not in row:
        raise Invalid("selectStatement", "a column userName; `AS userName` names one so")
    name = _text(row["username"])
    addresses = tuple(part.strip() for part in re.split(r"[,;\s]+", _text(row.get("emailaddresses"))) if part.strip())
    return Person(_text(row.get("userkey")) or name, name, _text(row.get("fullname")) or None, addresses)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else "" if value is None else str(value)


def _reason(error: Exception) -> str:
    """What the database said in its first line; never the address with its password."""
    line = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
    return f"{line[:200].rstrip('.')}."
