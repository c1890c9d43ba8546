"""signin.db: one connection that writes, one that reads, errors in our words."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from postroom.errors import Damaged, NoSpace, PostroomError, Unavailable
from postroom.migrations import load, migrate

_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_AWAY: Final = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH,
}  # fmt: skip


class Database:
    """Opens or creates the file. Safe to use from threads, and from several programs at once.

    `read` and `write` raise Unavailable, NoSpace or Damaged when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock, self._read_lock = path, threading.Lock(), threading.Lock()
        self._writer: int | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before SQLite does: it would use the umask, and the file has the keys that sign tokens.
        path.touch(mode=0o600)
        with self._translated():
            self._connection = _connected(path)
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                migrate(self._connection, load("postroom.workspace.signin", "signin"))
                # Of its own: who asks whether a token is good does not wait while another thread syncs.
                self._reading = _connected(path)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """For single statements. Inside `write` of the same thread it sees what that has written."""
        if self._writer == threading.get_ident():
            yield self._connection
            return
        with self._read_lock, self._translated():
            yield self._reading

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, synced when the block ends; an error takes all of it back. May be nested."""
        if self._writer == threading.get_ident():
            yield self._connection
            return
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            self._writer = threading.get_ident()
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._writer = None

    def close(self) -> None:
        """Calls after it raise Unavailable."""
        with self._lock, self._read_lock:
            self._reading.close()
            self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            translated = self._told(error)
            if translated is None:
                raise
            raise translated from error

    def _told(self, error: sqlite3.Error) -> PostroomError | None:
        if isinstance(error, sqlite3.ProgrammingError):
            return Unavailable(f"The database {self._path} is closed.")
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells apart kinds we treat alike
        if code == sqlite3.SQLITE_FULL:
            return NoSpace(self._path)
        if code in _DAMAGED:
            return Damaged(f"The database {self._path} is damaged.")
        return Unavailable(f"The database {self._path} cannot be used just now ({error}).") if code in _AWAY else None


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def new_secret(bits: int = 256) -> str:
    """A random text for a URL or a form."""
    return secrets.token_urlsafe(bits // 8)


def hashed(secret: str) -> bytes:
    """What is kept of a random secret: it has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
