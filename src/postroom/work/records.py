"""work.db: the processes on disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from postroom.migrations import load, migrate
from postroom.work.log import Log
from postroom.work.process import Failure, Process, Stamps, State

RESTARTED = Failure("The server was restarted while this ran. Start it again.", "Unavailable")

_SAVE = """
INSERT INTO process (token, name, user, status, version, percent, text, result, error_class, error_message, log,
                     started_ms, ended_ms, read_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (token) DO UPDATE SET status = excluded.status, version = excluded.version, percent = excluded.percent,
  text = excluded.text, result = excluded.result, error_class = excluded.error_class,
  error_message = excluded.error_message, log = excluded.log, ended_ms = excluded.ended_ms
"""
_INTERRUPT = """
UPDATE process SET status = 'failed', version = version + 1, text = NULL, error_class = ?, error_message = ?,
  ended_ms = ? WHERE status = 'running'
"""
_EXPIRE = "DELETE FROM process WHERE ended_ms < ? OR read_ms < ?"


class Records:
    """One connection, used by one thread at a time; every call is short."""

    def __init__(self, path: Path, log_lines: int) -> None:
        self._log_lines = log_lines
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Before SQLite does: it would use the umask, and results may quote mail.
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last moments: what ran then is reported as interrupted anyway.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        migrate(self._connection, load("postroom.work", "work"))

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def save(self, process: Process) -> None:
        """Write what the process is now."""
        with self._used() as connection:
            # Taken in here: of two threads that save, the later one must not write the earlier state.
            connection.execute(_SAVE, _row(process))

    def find(self, token: str) -> Process | None:
        """The ended process of this token, or None."""
        with self._used() as connection:
            row = connection.execute("SELECT * FROM process WHERE token = ?", (token,)).fetchone()
        return None if row is None else self._process(row)

    def mark_read(self, token: str, now_ms: int) -> None:
        """Note when the end was first told."""
        with self._used() as connection:
            connection.execute(
                "UPDATE process SET read_ms = ? WHERE token = ? AND read_ms IS NULL AND status <> 'running'",
                (now_ms, token),
            )

    def interrupt(self, now_ms: int) -> None:
        """End what a server before this one left running."""
        with self._used() as connection:
            connection.execute(_INTERRUPT, (RESTARTED.kind, RESTARTED.message, now_ms))

    def expire(self, ended_before_ms: int, read_before_ms: int) -> None:
        """Forget what ended or was read before these times."""
        with self._used() as connection:
            connection.execute(_EXPIRE, (ended_before_ms, read_before_ms))

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection

    def _process(self, row: sqlite3.Row) -> Process:
        failure = Failure(row["error_message"], row["error_class"]) if row["error_class"] else None
        result = None if row["result"] is None else msgspec.json.decode(row["result"])
        return Process(
            row["name"],
            row["user"],
            token=row["token"],
            log=Log.load(row["log"], self._log_lines),
            state=State(row["version"], row["status"], row["percent"], row["text"], result, failure),
            stamps=Stamps(row["started_ms"], row["ended_ms"], row["read_ms"]),
        )


def _row(process: Process) -> tuple[object, ...]:
    state, log = process.dump()
    failure = state.failure or Failure("", "")
    result = None if state.result is None else msgspec.json.encode(state.result).decode()
    stamps = process.stamps
    return (
        *(process.token, process.name, process.user, state.status, state.version, state.percent, state.text),
        *(result, failure.kind or None, failure.message or None, log, stamps.started, stamps.ended, stamps.read),
    )
