"""What drivers say, in the words of the engine: the one table from error codes to classes of `postroom.errors`.

Sentences name the database, its host and what to do, never a password, a statement or a row: those stay out of the
causes as well, because causes are logged.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from sqlalchemy import URL, exc
from sqlalchemy.engine import ExceptionContext

from postroom.errors import AlreadyExists, Damaged, Invalid, NoSpace, PostroomError, Unavailable, WrongState

if TYPE_CHECKING:
    import psycopg
    import pymysql

TRANSLATOR: Final = "postroom_translator"
"""Execution option: the `Translator` of a connection's database."""


class Taken(AlreadyExists):
    """A row with this key is there already; `table` names the table. Who writes it knows a better sentence."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__("row of the table", table)


def _down(where: str, why: str = "") -> PostroomError:
    return Unavailable(f"The database {where} does not answer or refuses us{why and f': {why}'}.")


def _busy(where: str) -> PostroomError:
    return Unavailable(f"Somebody else is changing the same in the database {where}. Try again.")


def _schema(where: str) -> PostroomError:
    return WrongState(
        f"The database {where} lacks a table, a column or a key. `postroom doctor` says which; "
        "`postroom account init-db` makes missing tables."
    )


def _forbidden(where: str) -> PostroomError:
    return WrongState(f"The database {where} does not allow its user to do this, or can only be read.")


def _value(where: str) -> PostroomError:  # noqa: ARG001  # as the others
    return Invalid("value", "a text or number that fits its column of the database")


def _referred(where: str) -> PostroomError:
    return WrongState(f"A row of the database {where} depends on another one that is missing or still in use.")


def _damaged(where: str) -> PostroomError:
    return Damaged(f"The database {where} is damaged.")


Make = Callable[[str], PostroomError]

_SQLITE: Final[dict[int, Make]] = {
    sqlite3.SQLITE_FULL: NoSpace,
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_NOTADB: _damaged,
    # Our statements have no mistakes in them: what SQLite calls an error in SQL is a table or column that is missing.
    sqlite3.SQLITE_ERROR: _schema,
    sqlite3.SQLITE_SCHEMA: _schema,
    sqlite3.SQLITE_TOOBIG: _value,
    sqlite3.SQLITE_MISMATCH: _value,
    sqlite3.SQLITE_CONSTRAINT: _referred,
}
_SQLITE_FILE: Final = {
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH,
}  # fmt: skip
_SQLITE_TAKEN: Final = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}

_SQLSTATES: Final[dict[str, Make]] = {
    "08": _down, "57": _down, "53": _down, "58": _down,  # connection, intervention, resources, system
    "40": _busy,  # serialisation failure, deadlock
    "55P03": _busy,  # lock_timeout
    "57014": _busy,  # statement_timeout
    "0A000": _busy,  # a cached plan outlived its table; the next try makes a new one
    "53100": NoSpace,
    "22": _value,
    "23502": _value, "23514": _value,  # NOT NULL, CHECK
    "23": _referred,
    "42P01": _schema, "42703": _schema, "42P10": _schema, "3F000": _schema, "42883": _schema,
    "42501": _forbidden,
    "25006": _forbidden,  # a server that takes no writes
    "XX001": _damaged, "XX002": _damaged,
}  # fmt: skip
"""PostgreSQL: a code of five characters, or the first two of a class."""

_MARIADB: Final[dict[int, Make]] = {
    **dict.fromkeys((1021, 1114), NoSpace),
    **dict.fromkeys((1205, 1213, 1020, 1317, 1969), _busy),
    **dict.fromkeys((1054, 1146, 1305, 1364), _schema),
    **dict.fromkeys((1142, 1143, 1227, 1290, 1370, 1792), _forbidden),
    **dict.fromkeys((1264, 1265, 1292, 1366, 1406, 1048, 1118), _value),
    **dict.fromkeys((1451, 1452, 1216, 1217), _referred),
    **dict.fromkeys((126, 127, 144, 145, 1034, 1194, 1195, 1712, 1932), _damaged),
    **dict.fromkeys(
        (0, 1040, 1042, 1043, 1044, 1045, 1049, 1053, 1077, 1129, 1130, 1152, 1158, 1159, 1160, 1161), _down
    ),
    **dict.fromkeys((1203, 1226, 1030, 1698, 1927, 2002, 2003, 2006, 2013, 2014, 2026, 2055, 4031), _down),
}
_MARIADB_TAKEN: Final = {1062, 1586}

_LOST: Final = OSError, exc.DisconnectionError, exc.PendingRollbackError
"""Without a code: the last is what SQLAlchemy says to whoever uses a lost connection once more."""


class Translator:
    """Makes errors of one database; `place` is what sentences call it: its name, and host or file."""

    def __init__(self, name: str, url: URL) -> None:
        self.url = url
        self.place = f"{name} ({url.database if url.drivername == 'sqlite' else _host(url)})"

    def on_error(self, context: ExceptionContext) -> BaseException | None:
        """For SQLAlchemy's `handle_error`: what to raise instead of a driver's error."""
        if context.is_pre_ping:  # the pool makes a new connection, for which it must see what the driver said
            return None
        return self.told(context.original_exception, _table(context))

    def told(self, error: BaseException, table: str) -> PostroomError | None:
        """What to raise instead of an error of a statement that writes `table`; the error may be its cause."""
        translated = self.translated(error, table)
        if _is_postgresql(error):
            _without_rows(error)
        return translated

    def translated(self, error: BaseException, table: str = "") -> PostroomError | None:
        """The same in our words; None for what is a mistake of the program."""
        if isinstance(error, exc.StatementError) and error.orig is not None:
            error = error.orig
        if isinstance(error, PostroomError):
            return error
        if isinstance(error, UnicodeError | OverflowError):
            return _value(self.place)
        if isinstance(error, exc.TimeoutError):
            return Unavailable(f"All connections to the database {self.place} are in use. Try again.")
        if isinstance(error, sqlite3.Error):
            return self._sqlite(error, table)
        if _is_postgresql(error):
            return self._postgresql(error, table)
        if _is_mariadb(error):
            return self._mariadb(error, table)
        # PyMySQL lets errors of the socket through while it says hello.
        return self._made(_down, error) if isinstance(error, _LOST) else None

    def _made(self, make: Make | None, error: BaseException) -> PostroomError | None:
        """Only of a lost or refused connection are the driver's words told: there are no statements in them."""
        if make is _down:
            return _down(self.place, _why(error))
        return make(self.place) if make else None

    def _sqlite(self, error: sqlite3.Error, table: str) -> PostroomError | None:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            return None
        if code in _SQLITE_TAKEN:
            return Taken(table)
        if code in (sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL):
            return _value(self.place)
        if code == sqlite3.SQLITE_READONLY:
            return _forbidden(self.place)
        # The low byte is the primary code; the rest tells apart kinds we treat alike.
        if code & 0xFF in _SQLITE_FILE:
            return self._sqlite_file(str(error))
        make = _SQLITE.get(code & 0xFF)
        return make(self.place) if make else None

    def _sqlite_file(self, words: str) -> PostroomError:
        # On a full disk not even a reader can open: SQLite makes the file of its shared memory first.
        folder = str(self.url.database).rpartition("/")[0] or "."
        try:
            full = not shutil.disk_usage(folder).free
        except OSError:
            full = False
        if full:
            return NoSpace(self.place)
        return Unavailable(f"The database {self.place} cannot be read or written just now ({words}).")

    def _postgresql(self, error: psycopg.Error, table: str) -> PostroomError | None:
        state = error.sqlstate
        if state is None:
            import psycopg

            # Without an answer of the server: it is away, or psycopg itself refuses a value (NUL, no Unicode).
            if isinstance(error, psycopg.DataError):
                return _value(self.place)
            lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
            return self._made(_down, error) if lost else None
        if state == "23505":
            return Taken(table or error.diag.table_name or "")
        return self._made(_SQLSTATES.get(state) or _SQLSTATES.get(state[:2]), error)

    def _mariadb(self, error: pymysql.Error, table: str) -> PostroomError | None:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else None
        if code in _MARIADB_TAKEN:
            return Taken(table)
        return self._made(None if code is None else _MARIADB.get(code), error)


# A driver that was not loaded has raised nothing, and loading both takes a fifth of a short command on SQLite.
def _is_postgresql(error: BaseException) -> TypeGuard[psycopg.Error]:
    return "psycopg" in sys.modules and isinstance(error, sys.modules["psycopg"].Error)


def _is_mariadb(error: BaseException) -> TypeGuard[pymysql.Error]:
    return "pymysql" in sys.modules and isinstance(error, sys.modules["pymysql"].Error)


def _host(url: URL) -> str:
    socket = url.query.get("host") or url.query.get("unix_socket")
    if url.host is None:
        return str(socket or "local socket")
    return f"{url.host}:{url.port}" if url.port else url.host


def _why(error: BaseException) -> str:
    """The driver's own words in one line: a wrong password needs another remedy than a server that is stopped."""
    if isinstance(error, OSError):
        return error.strerror or ""
    words = str(error.args[-1]) if error.args else ""
    line = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")


def _table(context: ExceptionContext) -> str:
    """The table that the failed statement writes."""
    compiled: Any = getattr(context.execution_context, "compiled", None)
    table = getattr(getattr(compiled, "statement", None), "table", None)
    return "" if table is None else str(table.name)


def _without_rows(error: psycopg.Error) -> None:
    # PostgreSQL appends the failing row, in which are password hashes, or the value of a key.
    if error.diag.message_primary:
        error.args = (error.diag.message_primary, *error.args[1:])
