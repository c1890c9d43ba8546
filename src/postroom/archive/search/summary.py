"""`summary.db`: what a list of messages shows, by message number. Derived data, written by the indexer.

A message whose summary is not there yet (it was archived a moment ago) has none; callers show what they have.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from postroom.archive.storage.catalogue import failure
from postroom.errors import Damaged

log = logging.getLogger(__name__)

VERSION: Final = 2
MAX_CHARS: Final = 500


class Summary(NamedTuple):
    """`date_s`: the Date header in UTC seconds, None when it says nothing; `problems`: lines on what was not read."""

    message: int
    date_s: int | None
    subject: str
    sender: str
    recipients: str
    attachments: int
    problems: str


class SummaryDb:
    """Safe from any thread. A file that cannot be used is made anew: `applied` then says that everything is missing."""

    def __init__(self, path: Path, epoch: str) -> None:
        """`epoch` is that of the catalogue whose outbox sequences `applied` speaks of."""
        self._lock = threading.Lock()
        self._epoch = epoch
        try:
            self._db = _opened(path)
        except sqlite3.DatabaseError as error:
            reason = failure(path, error)
            if not isinstance(reason, Damaged):
                raise reason from error
            log.warning("summaries discarded", extra={"path": str(path), "reason": str(error)})
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._db = _opened(path)

    @property
    def applied(self) -> int:
        """The last outbox sequence whose summaries are in; 0 when there is none of this catalogue."""
        with self._lock:
            row = self._db.execute("SELECT applied FROM state WHERE epoch = ?", (self._epoch,)).fetchone()
        return int(row[0]) if row else 0

    def put(self, rows: Iterable[Summary], deleted: Iterable[int] = (), *, applied: int | None = None) -> None:
        """Write summaries and remove those of deleted messages, in one transaction; `applied` becomes what it says."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO summary VALUES (?, ?, ?, ?, ?, ?, ?)", map(_cut, rows))
            self._db.executemany("DELETE FROM summary WHERE message = ?", [(number,) for number in deleted])
            if applied is not None:
                self._db.execute("DELETE FROM state")
                self._db.execute("INSERT INTO state VALUES (?, ?)", (self._epoch, applied))

    def get(self, numbers: Sequence[int]) -> dict[int, Summary]:
        """Those that are there, by message number."""
        found: dict[int, Summary] = {}
        with self._lock:
            for start in range(0, len(numbers), 500):
                some = numbers[start : start + 500]
                marks = ",".join("?" * len(some))
                for row in self._db.execute(f"SELECT * FROM summary WHERE message IN ({marks})", some):  # noqa: S608
                    found[row[0]] = Summary(*row)
        return found

    def unread(self) -> list[int]:
        """The messages of which not everything could be read."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT message FROM summary WHERE problems <> ''")]

    def close(self) -> None:
        self._db.close()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        # What was put must be on the disk before the rows of the outbox go.
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")
        if db.execute("PRAGMA user_version").fetchone() != (VERSION,):
            db.executescript(
                "BEGIN IMMEDIATE; DROP TABLE IF EXISTS summary; DROP TABLE IF EXISTS state;"
                "CREATE TABLE summary (message INTEGER PRIMARY KEY, date_s INTEGER, subject TEXT NOT NULL,"
                " sender TEXT NOT NULL, recipients TEXT NOT NULL, attachments INTEGER NOT NULL, problems TEXT NOT NULL)"
                " STRICT; CREATE TABLE state (epoch TEXT NOT NULL, applied INTEGER NOT NULL) STRICT;"
                f" PRAGMA user_version = {VERSION}; COMMIT;"
            )
    except BaseException:
        db.close()
        raise
    return db


def _cut(row: Summary) -> tuple[object, ...]:
    return tuple(value[:MAX_CHARS] if isinstance(value, str) else value for value in row)
