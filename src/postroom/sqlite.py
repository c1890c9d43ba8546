"""A SQLite file of an engine: one connection that writes, any number that read, safe to use from threads."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from postroom.errors import Damaged, NoSpace, PostroomError, Unavailable
from postroom.migrations import Schema, migrate

BUSY_S: Final = 30.0
IDLE_READERS: Final = 8
_CACHED_STATEMENTS: Final = 512
_WRITER_CACHE_KIB: Final = 16 << 10
_LOG_BYTES: Final = 64 << 20


class Database:
    """Opens or creates the file and brings its schema up to date.

    What `write` committed survives power loss (WAL, synchronous=FULL).
    Raises WrongState, Damaged, Unavailable, NoSpace.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        # Before SQLite does: it would use the umask, and here are password hashes and mail.
        path.touch(mode=0o600)
        with self._errors():
            self._writer = self._connect()
            try:
                self._prepare(schema)
            except BaseException:
                self._writer.close()
                raise

    def _prepare(self, schema: Schema) -> None:
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        self._writer.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        migrate(self._writer, schema)

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction: committed and synced when the block ends, undone when it raises.

        Within another one of the same thread it is a part of that: undone alone when it raises, committed with it.
        One that is not `synced` survives the end of the program; a power cut undoes it, unless a later one was synced.
        """
        with self._lock, self._errors():
            # The lock is ours, so a transaction that runs is one of this thread.
            whole = self._whole() if synced else self._unsynced()
            with self._part() if self._writer.in_transaction else whole:
                yield self._writer

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._writer.execute("COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already.
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise

    @contextmanager
    def _part(self) -> Iterator[None]:
        self._writer.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK TO part")
                self._writer.execute("RELEASE part")
            raise
        self._writer.execute("RELEASE part")

    @contextmanager
    def _unsynced(self) -> Iterator[None]:
        self._writer.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._whole():
                yield
        finally:
            self._writer.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own; all statements of the block see the same state."""
        with self._errors():
            connection = self._borrow()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                # A statement that failed may have ended the transaction already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._return(connection)

    def rewrite(self) -> tuple[int, int]:
        """Write the file anew without unused space; writers wait. Its size in bytes before and after.

        Raises NoSpace, Damaged, Unavailable.
        """
        with self._lock, self._errors():
            before = self._size()
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return before, self._size()

    def _size(self) -> int:
        # Of the file alone it would be without what waits in the log.
        facts = (self._writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        pages, page_bytes = facts
        return int(pages * page_bytes)

    def close(self) -> None:
        """Close all connections; calls after it raise Unavailable. A unit that runs is waited for."""
        with self._lock:
            self._closed = True
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def _borrow(self) -> sqlite3.Connection:
        if self._closed:
            raise self._is_closed()
        try:
            return self._idle.pop()
        except IndexError:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _return(self, connection: sqlite3.Connection) -> None:
        if self._closed or len(self._idle) >= IDLE_READERS:
            connection.close()
        else:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_CACHED_STATEMENTS,
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Errors of SQLite, told as ours."""
        try:
            yield
        except sqlite3.ProgrammingError as error:
            if self._closed:
                raise self._is_closed() from error
            raise
        except sqlite3.DatabaseError as error:
            translated = self._translated(error)
            if translated is None:
                raise
            raise translated from error

    def _translated(self, error: sqlite3.DatabaseError) -> PostroomError | None:
        # The low byte is the primary code; the rest tells apart kinds we treat alike.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return NoSpace(self.path)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Unavailable(f"Another program holds the database {self.path.name}. Try again.")
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            # On a full disk not even a reader can open: SQLite makes the file of its shared memory first.
            if _is_full(self.path.parent):
                return NoSpace(self.path)
            return Unavailable(f"The database {self.path} cannot be read or written just now ({error}).")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return Damaged(f"The database {self.path} is damaged.")
        return None

    def _is_closed(self) -> Unavailable:
        return Unavailable(f"The database {self.path.name} is closed.")


def _is_full(directory: Path) -> bool:
    return directory.exists() and not shutil.disk_usage(directory).free
