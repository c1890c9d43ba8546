"""A SQLite file of our own beside the accounts' databases: those are read by others, and may be elsewhere."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL

from postroom.accounts.database.errors import Translator
from postroom.errors import Unavailable
from postroom.migrations import load, migrate


class OwnFile:
    """Opens or creates the file. Safe to use from threads, and from several programs at once.

    Everything raises Unavailable, NoSpace, WrongState or Damaged when the file cannot be used.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._lock = threading.Lock()
        self._errors = Translator(schema, URL.create("sqlite", database=str(path)))
        path.parent.mkdir(parents=True, exist_ok=True)
        # Before SQLite does: it would use the umask, and the file tells who may do what.
        path.touch(mode=0o600)
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                migrate(self._connection, load("postroom.accounts", schema))
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def used(self) -> Iterator[sqlite3.Connection]:
        """Each statement by itself."""
        with self._lock, self._translated():
            yield self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing."""
        with self.used() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Calls after it raise Unavailable."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError as error:
            raise Unavailable(f"The database {self._errors.place} is closed.") from error
        except sqlite3.Error as error:
            translated = self._errors.translated(error)
            if translated is None:
                raise
            raise translated from error
