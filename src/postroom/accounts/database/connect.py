"""The four databases of accounts, and units of work over them.

With SQLite they are one file, and a unit is one transaction. Elsewhere each database has its own, and what can be
repeated is committed first: `iredapd`, `amavisd`, then `vmail`, and the log of it in `iredadmin` last.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from postroom.accounts.database import initialise
from postroom.accounts.database.engine import BUSY_S, DURABLE, WRITES, engine, parsed, sqlite_url
from postroom.errors import Invalid, PostroomError, Unavailable, WrongState
from postroom.settings import Accounts

if TYPE_CHECKING:
    import psycopg

Backend = Literal["sqlite", "postgresql", "mariadb", "ldap"]

COMMIT_ORDER: Final = ("iredapd", "amavisd", "vmail", "iredadmin")
_KINDS: Final = {"postgresql": "postgresql", "mysql": "mariadb", "sqlite": "sqlite"}


class Database:
    """One engine; `names` are the databases of ours that it serves, more than one when their URLs are equal."""

    def __init__(self, url: URL, names: tuple[str, ...], accounts: Accounts) -> None:
        self.names = names
        self.kind = _KINDS[url.get_backend_name()]
        self._closed = False
        called = "accounts" if len(names) == len(COMMIT_ORDER) else " and ".join(names)
        self.engine, self._translator = engine(called, url, accounts)
        # SQLite has one writer; waiting here is fair, its own waiting is a lottery among pollers.
        self._turn = threading.Lock() if self.kind == "sqlite" else None
        self._writer: Connection | None = None
        """SQLite's, for whoever has the turn. A connection that reads now and writes then forgets its statements."""

    @property
    def place(self) -> str:
        """Name, and host or file."""
        return self._translator.place

    def begin(self, *, writes: bool, durable: bool = True) -> Connection:
        """A connection in a new transaction; give it to `end`."""
        if self._closed:
            raise Unavailable(f"The database {self.place} is closed.")
        if writes:
            self._wait()
        try:
            with self._errors():
                connection = self._connection(writes=writes)
                try:
                    connection.execution_options(**{WRITES: writes, DURABLE: durable}).begin()
                except BaseException:
                    self._close(connection)
                    raise
                return connection
        except BaseException:
            self._release(writes=writes)
            raise

    def end(self, connection: Connection, *, writes: bool, commit: bool) -> None:
        """Commit or undo, and give the connection back."""
        try:
            with self._errors():
                self._end(connection, commit=commit)
        finally:
            self._release(writes=writes)
            if self._closed:
                self._close_writer()

    def _connection(self, *, writes: bool) -> Connection:
        if not (writes and self._turn):
            return self.engine.connect()
        if self._writer is None:
            self._writer = self.engine.connect()
        return self._writer

    def _end(self, connection: Connection, *, commit: bool) -> None:
        kept = False
        try:
            if commit:
                self._commit(connection)
            elif connection is self._writer:
                connection.rollback()
            kept = connection is self._writer and not connection.invalidated
        finally:
            if not kept:
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        if connection is self._writer:
            self._writer = None
        connection.close()

    def _close_writer(self) -> None:
        # Whoever has the turn does it when they are done.
        if self._turn and self._turn.acquire(blocking=False):
            try:
                if self._writer is not None:
                    self._writer.detach()  # closed at once, whatever became of the pool
                    self._close(self._writer)
            finally:
                self._turn.release()

    def _commit(self, connection: Connection) -> None:
        try:
            self._check_whole(connection)
            connection.commit()
        except BaseException:
            # SQLAlchemy takes the transaction for ended, and the next call would find it open.
            connection.invalidate()
            raise

    def _check_whole(self, connection: Connection) -> None:
        # PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement before it failed.
        if self.kind != "postgresql" or connection.invalidated:
            return
        from psycopg.pq import TransactionStatus

        driver = cast("psycopg.Connection", connection.connection.dbapi_connection)
        if driver.info.transaction_status is TransactionStatus.INERROR:
            raise RuntimeError("The error of a statement was caught; this needs a savepoint: `begin_nested()`.")

    def translated(self, error: Exception) -> PostroomError | None:
        """An error that the engine did not show to its `handle_error`, in our words."""
        return self._translator.translated(error)

    def checkpoint(self) -> None:
        """With SQLite: put into the file what its log of writes holds; others read and write meanwhile."""
        if self.kind != "sqlite" or self._closed:
            return
        with self._errors():
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                connection.close()

    def close(self) -> None:
        self._closed = True
        self._close_writer()
        self.engine.dispose()

    def _wait(self) -> None:
        if self._turn and not self._turn.acquire(timeout=BUSY_S):
            raise Unavailable(f"Another change of the database {self.place} takes too long. Try again.")

    def _release(self, *, writes: bool) -> None:
        if self._turn and writes:
            self._turn.release()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            translated = self._translator.translated(error)
            if translated is None or translated is error:
                raise
            raise translated from error


class Unit:
    """Connections to the databases, each begun when first used; all statements of one are one transaction.

    A database that is not configured raises WrongState naming its setting.
    """

    def __init__(self, databases: dict[str, Database], *, writes: bool, durable: bool = True) -> None:
        self._databases, self._writes, self._durable = databases, writes, durable
        self._open: dict[Database, Connection] = {}
        self.at_end: list[Callable[[], object]] = []
        """Called when the unit is over, kept or not, the last one first."""

    @property
    def has_iredapd(self) -> bool:
        return "iredapd" in self._databases

    @property
    def has_amavisd(self) -> bool:
        return "amavisd" in self._databases

    @property
    def has_iredadmin(self) -> bool:
        return "iredadmin" in self._databases

    @property
    def vmail(self) -> Connection:
        return self._connection("vmail")

    @property
    def iredapd(self) -> Connection:
        return self._connection("iredapd")

    @property
    def amavisd(self) -> Connection:
        return self._connection("amavisd")

    @property
    def iredadmin(self) -> Connection:
        return self._connection("iredadmin")

    def _connection(self, name: str) -> Connection:
        database = self._databases.get(name)
        if database is None:
            raise WrongState(f"The database {name} is not configured: set `accounts.{name}_url`.")
        if database not in self._open:
            self._open[database] = database.begin(writes=self._writes, durable=self._durable)
        return self._open[database]

    def finish(self) -> None:
        """Commit in order. A shared database is committed at the place of its last name."""
        for database in self._in_order():
            connection = self._open.pop(database)
            try:
                database.end(connection, writes=self._writes, commit=True)
            except BaseException:
                self.abandon()
                raise

    def _in_order(self) -> list[Database]:
        return sorted(self._open, key=_place_in_order) if len(self._open) > 1 else list(self._open)

    def pause(self) -> None:
        """Between two parts of a long list: a unit that only reads gives its connections back until it is used again.

        Whoever the list is for may read it slowly, or not at all.
        """
        if not self._writes:
            self.abandon()

    def over(self) -> None:
        """The end of it in any case: undo what is not committed, then call `at_end`."""
        if self._open or self.at_end:  # most units have nothing left to do
            with ExitStack() as stack:
                for call in self.at_end:
                    stack.callback(call)
                self.abandon()

    def abandon(self) -> None:
        """Undo whatever is not committed."""
        with ExitStack() as stack:
            while self._open:
                database, connection = self._open.popitem()
                stack.callback(database.end, connection, writes=self._writes, commit=False)

    def translated(self, error: Exception) -> PostroomError | None:
        """What a statement raised, in our words; None when it is not of a database."""
        if not isinstance(error, SQLAlchemyError):
            return None
        return next((found for database in self._open if (found := database.translated(error))), None)


class Databases:
    """The four databases of accounts; safe to use from threads.

    Errors of all methods and of statements: Unavailable when a database is away, refuses or is busy; NoSpace;
    WrongState when tables are missing; Taken for a second row with one key; Invalid for a value that does not fit;
    Damaged. After Unavailable the same object works again as soon as the database does.
    """

    def __init__(self, backend: Backend, databases: dict[str, Database]) -> None:
        self.backend: Backend = backend
        self._databases = databases

    @classmethod
    def open(cls, accounts: Accounts, home: Path) -> Databases:
        """Connects when first used. With `sqlite` the file is made, with its tables.

        Raises Invalid for a URL that cannot be used.
        """
        backend = _backend(accounts)
        if backend == "sqlite":
            return cls._open_file(accounts, home)
        urls = {name: parsed(f"{name}_url", text) for name, text in _configured(accounts) if text}
        if backend == "ldap":
            urls.pop("vmail", None)
        elif "vmail" in urls and _KINDS[urls["vmail"].get_backend_name()] != backend:
            raise Invalid("accounts.vmail_url", f"a URL of {backend}, as `accounts.backend` says")
        return cls(backend, _shared(urls, accounts))

    @classmethod
    def _open_file(cls, accounts: Accounts, home: Path) -> Databases:
        file = accounts.sqlite_file or home / "accounts.db"
        url = sqlite_url(file.absolute())
        _make_file(file, private=accounts.sqlite_file is None)
        opened = cls("sqlite", _shared(dict.fromkeys(COMMIT_ORDER, url), accounts))
        try:
            if not initialise.is_complete(opened):
                initialise.create(opened)
        except BaseException:
            opened.close()
            raise
        return opened

    @property
    def configured(self) -> dict[str, Database]:
        """The databases by name: `vmail`, `iredapd`, `amavisd`, `iredadmin`, without those that have no URL."""
        return dict(self._databases)

    def write(self, *, durable: bool = True) -> AbstractContextManager[Unit]:
        """Committed when the block ends, undone when it raises.

        With SQLite a unit that is not `durable` is not synced: it survives our end, not a loss of power.
        """
        return self._unit(writes=True, durable=durable)

    def read(self) -> AbstractContextManager[Unit]:
        """Nothing can be written; a row that a writer changes just now is read as it was before."""
        return self._unit(writes=False)

    @contextmanager
    def _unit(self, *, writes: bool, durable: bool = True) -> Iterator[Unit]:
        unit = Unit(self._databases, writes=writes, durable=durable)
        try:
            yield unit
            if writes:
                unit.finish()
        except Exception as error:
            translated = unit.translated(error)
            if translated is None:
                raise
            raise translated from error
        finally:
            unit.over()

    def checkpoint(self) -> None:
        """For whoever writes often and not durably: now and then, beside their work. Only SQLite needs it."""
        for database in set(self._databases.values()):
            database.checkpoint()

    def close(self) -> None:
        """Close all connections; calls after it raise Unavailable."""
        for database in set(self._databases.values()):
            database.close()


def _place_in_order(database: Database) -> int:
    return max(COMMIT_ORDER.index(name) for name in database.names)


def _backend(accounts: Accounts) -> Backend:
    for backend in get_args(Backend):
        if accounts.backend == backend:
            return cast("Backend", backend)
    raise Invalid("accounts.backend", f"one of {', '.join(get_args(Backend))}")


def _configured(accounts: Accounts) -> Iterator[tuple[str, str]]:
    yield "vmail", accounts.vmail_url
    yield "iredapd", accounts.iredapd_url
    yield "amavisd", accounts.amavisd_url
    yield "iredadmin", accounts.iredadmin_url


def _shared(urls: dict[str, URL], accounts: Accounts) -> dict[str, Database]:
    """A Database for each different URL."""
    names: dict[URL, list[str]] = {}
    for name, url in urls.items():
        names.setdefault(url, []).append(name)
    made = {url: Database(url, tuple(served), accounts) for url, served in names.items()}
    return {name: made[url] for name, url in urls.items()}


def _make_file(file: Path, *, private: bool) -> None:
    # Before SQLite does: it would use the umask, and here are password hashes. Where the administrator chose the
    # place, the folder's group, which is that of Postfix, may do with the file what it may do with the folder.
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.fchmod(descriptor, 0o600 if private else 0o600 | file.parent.stat().st_mode & 0o060)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise Unavailable(f"The database {file} cannot be made ({error.strerror}).") from error
