"""`text.db`: the text of expensive attachments by digest. Derived data: it may be deleted at any time."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from typing import Final

import zstandard

log = logging.getLogger(__name__)

VERSION: Final = 1
"""Raised when the readers give other text than before: what is kept is then dropped."""
_LEVEL: Final = 3
_MAX_BYTES: Final = 64 << 20


class TextDb:
    """A `TextCache` in one SQLite file. Pickled into a worker it only reads there, through its own connection."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path, self._read_only = path, read_only
        self._lock = threading.Lock()
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            if read_only or _is_passing(error):
                raise
            self._discard(error)

    def __reduce__(self) -> tuple[object, ...]:
        return _reader, (self._path,)

    def _open(self) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rwc"
        db = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            if not self._read_only:
                _create(db)
        except BaseException:
            db.close()
            raise
        return db

    def _discard(self, error: sqlite3.Error) -> None:
        """Begin anew. Workers that have the old file open read no more from it."""
        log.warning("texts of attachments discarded", extra={"path": str(self._path), "reason": str(error)})
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._db = self._open()

    def clear(self) -> None:
        """Forget every text, on the disk too: some are of messages that were erased, and nobody knows which."""
        with self._lock:
            self._db.execute("DELETE FROM text")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def get(self, digest: bytes) -> str | None:
        """The text kept for a digest; None when there is none, or it cannot be read."""
        try:
            with self._lock:
                row = self._db.execute("SELECT text FROM text WHERE digest = ?", (digest,)).fetchone()
            return None if row is None else _unpacked(row[0])
        except (sqlite3.DatabaseError, zstandard.ZstdError, UnicodeDecodeError):
            return None  # the attachment is read again, and its put tells

    def put(self, digest: bytes, text: str) -> None:
        """Keeps a text; what is there already stays. Raises sqlite3.Error when the disk is full or does not answer."""
        packed = zstandard.ZstdCompressor(_LEVEL).compress(text.encode("utf-8", "replace"))
        with self._lock:
            try:
                self._db.execute("INSERT OR IGNORE INTO text VALUES (?, ?)", (digest, packed))
            except sqlite3.DatabaseError as error:
                if _is_passing(error):
                    raise
                self._db.close()
                self._discard(error)

    def close(self) -> None:
        self._db.close()


def _create(db: sqlite3.Connection) -> None:
    # Losing the last puts in a crash only means reading those attachments again.
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;")
    if db.execute("PRAGMA user_version").fetchone() != (VERSION,):
        db.executescript(
            "BEGIN IMMEDIATE; DROP TABLE IF EXISTS text;"
            "CREATE TABLE text (digest BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;"
            f"PRAGMA user_version = {VERSION}; COMMIT;"
        )


def _unpacked(packed: bytes) -> str:
    return zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_BYTES).decode()


def _is_passing(error: sqlite3.Error) -> bool:
    """Errors that say nothing about the file."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _reader(path: Path) -> TextDb:
    return TextDb(path, read_only=True)
