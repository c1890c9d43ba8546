"""Care for the SQLite files of stores: check them, write them anew, count their statistics again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from postroom.archive.mount import Mount
from postroom.archive.storage.catalogue import is_full
from postroom.errors import Cancelled, Damaged, NoSpace, Unavailable, WrongState
from postroom.work import Process

LOOK_STEPS: Final = 100_000
"""SQLite asks whether it shall stop every so many steps of its machine: some milliseconds."""
FAULTS: Final = 100


@contextmanager
def catalogue_of(mount: Mount, process: Process) -> Iterator[sqlite3.Connection]:
    """The writing connection of a store's catalogue while nobody else writes; a store that is not open gets its own.

    What runs on it can be cancelled. Raises WrongState when there is no catalogue, Damaged, NoSpace, Unavailable.
    """
    if mount.is_open:
        with mount.store.write_lock, _watched(mount.store.catalogue.db, process):
            yield mount.store.catalogue.db
        return
    path = mount.directory / "catalog.db"
    if not path.is_file():
        raise WrongState(f"The store {mount.row.name!r} (id {mount.row.id}) has no catalogue. Recover the store.")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db, _watched(db, process):
        yield db


@contextmanager
def _watched(db: sqlite3.Connection, process: Process) -> Iterator[None]:
    db.set_progress_handler(lambda: process.cancel_requested, LOOK_STEPS)
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            raise Cancelled("The call was cancelled.") from error
        if is_full(error):
            raise NoSpace("the database") from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise Damaged(f"The catalogue is damaged ({error}). Disable the store and recover it.") from error
        raise Unavailable(f"The catalogue cannot be written just now ({error}).") from error
    finally:
        db.set_progress_handler(None, LOOK_STEPS)


def faults(db: sqlite3.Connection) -> list[str]:
    """What SQLite's own check finds, [] when all is well."""
    rows = db.execute(f"PRAGMA integrity_check({FAULTS})")
    return [str(row[0]) for row in rows if row[0] != "ok"]


def rewrite(db: sqlite3.Connection) -> tuple[int, int]:
    """Write the file anew without unused space; its size in bytes before and after."""
    before = _size(db)
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, _size(db)


def _size(db: sqlite3.Connection) -> int:
    pages, page_bytes = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    return pages * page_bytes


def recount(db: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """Count messages and bytes per archive anew; returns what was wrong: archive, true messages, true bytes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        wrong = db.execute(_WRONG).fetchall()
        db.executemany(
            "INSERT INTO statistic VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET messages = excluded.messages, bytes = excluded.bytes",
            [(archive, messages, size) for archive, _, messages, size in wrong],
        )
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return [(name, messages, size) for _, name, messages, size in wrong]


_WRONG: Final = """
SELECT f.id, f.name, count(c.id), coalesce(sum(c.size), 0)
FROM folder f LEFT JOIN message m ON m.archive = f.id AND m.deleted_ms IS NULL LEFT JOIN content c ON c.id = m.content
LEFT JOIN statistic s ON s.archive = f.id WHERE f.parent = 0 GROUP BY f.id
HAVING count(c.id) <> coalesce(s.messages, 0) OR coalesce(sum(c.size), 0) <> coalesce(s.bytes, 0)
"""
