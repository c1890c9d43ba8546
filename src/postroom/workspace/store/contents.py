"""Contents as a unit sees them: small ones are rows of the database, safe with the sync that the unit has anyway; the
others are files (blobs.py), which are there before the unit ends, whatever becomes of it."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

from postroom.errors import Damaged
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.arriving import Arriving
from postroom.workspace.store.blobs import Blob, Blobs

SMALL_BYTES: Final = 64 << 10
"""What is smaller is a row."""
LOOSE: Final = 500
"""Contents that are looked at in one transaction."""

NEEDED: Final = "EXISTS (SELECT 1 FROM blob WHERE hash = :hash) OR EXISTS (SELECT 1 FROM held_blob WHERE hash = :hash)"
_REMOVE: Final = f"DELETE FROM content WHERE hash = :hash AND NOT ({NEEDED})"


class Contents:
    """The contents of one unit."""

    def __init__(self, connection: sqlite3.Connection, files: Blobs) -> None:
        self._connection, self._files = connection, files
        self._fresh: list[str] = []

    def put(self, content: bytes, *, most_bytes: int | None = None) -> Blob:
        """Keep this content, if a row of this unit names it in the end. Raises TooLarge; then nothing is kept."""
        if most_bytes is not None and len(content) > most_bytes:
            raise TooLarge("content", most_bytes)
        if len(content) >= SMALL_BYTES:
            return self._files.put(content)
        blob = Blob(hashlib.sha256(content).hexdigest(), len(content))
        made = self._connection.execute("INSERT OR IGNORE INTO content VALUES (?, ?)", (blob.hash, content))
        if made.rowcount:
            self._fresh.append(blob.hash)
        return blob

    def adopt(self, path: Path, blob: Blob) -> None:
        """Keep a file that is whole and synced, see `Blobs.adopt`."""
        self._files.adopt(path, blob)

    def read(self, blob_hash: str) -> bytes:
        """The content, checked. Raises Damaged."""
        content = self._row(blob_hash)
        if content is None:
            return self._files.read(blob_hash)
        if hashlib.sha256(content).hexdigest() != blob_hash:
            raise Damaged(f"The content {blob_hash} of the workspace is damaged.")
        return content

    def where(self, blob_hash: str) -> bytes | Path:
        """The content of a row, checked, or the file that holds it, which is not read. Raises Damaged."""
        if self._row(blob_hash) is not None:
            return self.read(blob_hash)
        path = self._files.path(blob_hash)
        if not path.exists():
            raise Damaged(f"The file {blob_hash} of the workspace is missing.")
        return path

    def keep(self, arrived: Arriving) -> Blob:
        """Keep what has arrived, if a row of this unit names it in the end. Sync it before the unit."""
        blob = arrived.hashes.blob
        if blob.size < SMALL_BYTES:
            return self.put(arrived.read())
        self._files.adopt(arrived.path, blob)
        return blob

    def settle(self) -> None:
        """At the end of a unit: what it put and then did not name goes."""
        self._connection.executemany(_REMOVE, [{"hash": one} for one in self._fresh])

    def _row(self, blob_hash: str) -> bytes | None:
        row = self._connection.execute("SELECT content FROM content WHERE hash = ?", (blob_hash,)).fetchone()
        return row and bytes(row["content"])


def loose(connection: sqlite3.Connection) -> list[str]:
    """Some of the contents that may not be needed any more."""
    return [row["hash"] for row in connection.execute("SELECT hash FROM loose LIMIT ?", (LOOSE,))]


def tidy(connection: sqlite3.Connection, hashes: list[str]) -> int:
    """Remove those of them that nothing needs. How many."""
    named = [{"hash": one} for one in hashes]
    gone = connection.executemany(_REMOVE, named).rowcount
    connection.executemany("DELETE FROM loose WHERE hash = :hash", named)
    return gone
