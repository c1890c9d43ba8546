"""`text.db`: the text of expensive attachments by digest. Derived data: it may be deleted at any time."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Final

import zstandard

VERSION: Final = 1
"""Raised when the readers give other text than before: what is kept is then dropped."""
_LEVEL: Final = 3
_MAX_BYTES: Final = 64 << 20


class TextDb:
    """A `TextCache` in one SQLite file. Pickled into a worker it only reads there, through its own connection."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path, self._read_only = path, read_only
        self._lock = threading.Lock()
        mode = "ro" if read_only else "rwc"
        self._db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        if not read_only:
            self._create()

    def __reduce__(self) -> tuple[object, ...]:
        return _reader, (self._path,)

    def _create(self) -> None:
        # Losing the last puts in a crash only means reading those attachments again.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        if self._db.execute("PRAGMA user_version").fetchone() != (VERSION,):
            self._db.executescript(
                "BEGIN IMMEDIATE; DROP TABLE IF EXISTS text;"
                "CREATE TABLE text (digest BLOB PRIMARY KEY, text BLOB NOT NULL) WITHOUT ROWID;"
                f"PRAGMA user_version = {VERSION}; COMMIT;"
            )

    def get(self, digest: bytes) -> str | None:
        """The text kept for a digest; None when there is none."""
        with self._lock:
            row = self._db.execute("SELECT text FROM text WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        return zstandard.ZstdDecompressor().decompress(row[0], max_output_size=_MAX_BYTES).decode()

    def put(self, digest: bytes, text: str) -> None:
        """Keeps a text; what is there already stays."""
        packed = zstandard.ZstdCompressor(_LEVEL).compress(text.encode("utf-8", "replace"))
        with self._lock:
            self._db.execute("INSERT OR IGNORE INTO text VALUES (?, ?)", (digest, packed))

    def close(self) -> None:
        self._db.close()


def _reader(path: Path) -> TextDb:
    return TextDb(path, read_only=True)
