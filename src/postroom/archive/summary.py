"""`summary.db`: what a list of messages shows, by message number. Derived data, written by the indexer.

A message whose summary is not there yet (it was archived a moment ago) has none; callers show what they have.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

VERSION: Final = 1
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
    """Safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        # A crash may lose the last writes: the outbox rows behind them are still there, and they are written again.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        if self._db.execute("PRAGMA user_version").fetchone() != (VERSION,):
            self._db.executescript(
                "BEGIN IMMEDIATE; DROP TABLE IF EXISTS summary;"
                "CREATE TABLE summary (message INTEGER PRIMARY KEY, date_s INTEGER, subject TEXT NOT NULL,"
                " sender TEXT NOT NULL, recipients TEXT NOT NULL, attachments INTEGER NOT NULL, problems TEXT NOT NULL)"
                f" STRICT; PRAGMA user_version = {VERSION}; COMMIT;"
            )

    def put(self, rows: Iterable[Summary], deleted: Iterable[int] = ()) -> None:
        """Write summaries and remove those of deleted messages, in one transaction."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR REPLACE INTO summary VALUES (?, ?, ?, ?, ?, ?, ?)", map(_cut, rows))
            self._db.executemany("DELETE FROM summary WHERE message = ?", [(number,) for number in deleted])
            self._db.execute("COMMIT")

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

    def close(self) -> None:
        self._db.close()


def _cut(row: Summary) -> tuple[object, ...]:
    return tuple(value[:MAX_CHARS] if isinstance(value, str) else value for value in row)
