"""A catalogue for one comparison: the same tables, filled in half the time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from postroom.archive.storage.catalogue import Catalogue

# As in sql/catalog-*.sql, but for the indexes and what must be unique.
_BARE: Final = """
DROP TABLE content;
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL, size INTEGER NOT NULL, pack INTEGER NOT NULL, record INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;
DROP TABLE occurrence;
CREATE TABLE occurrence (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, key BLOB NOT NULL, message INTEGER NOT NULL, folder INTEGER NOT NULL,
  received_ms INTEGER, envelope TEXT
) STRICT;
DROP INDEX message_by_content;
DROP INDEX batch_by_place;
"""
_INDEXES: Final = (
    "CREATE UNIQUE INDEX content_by_sha256 ON content (sha256)",
    "CREATE UNIQUE INDEX occurrence_by_key ON occurrence (source, key)",
    "CREATE INDEX occurrence_by_folder ON occurrence (folder, message)",
    "CREATE INDEX occurrence_by_message ON occurrence (message)",
    "CREATE INDEX message_by_content ON message (content)",
)


class Scratch(Catalogue):
    """Nothing is synced, nothing is put into the outbox, and indexes are made when the first look-up needs one.

    Until then a row that must be unique may be there twice. Tables that are the same as those of a sound catalogue
    hold no such rows; where they differ, `complete` tells.
    """

    keeps_outbox = False

    def __init__(self, path: Path) -> None:
        super().__init__(path, durable=False)
        self.db.executescript(f"BEGIN; {_BARE} COMMIT;")
        self._complete = False

    def complete(self) -> None:
        """Make the indexes. Raises sqlite3.IntegrityError when a row that must be unique is there twice."""
        if not self._complete:
            for statement in _INDEXES:
                self.db.execute(statement)
            self._complete = True
