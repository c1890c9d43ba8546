"""What was deleted is not fetched again: the items of sources whose messages are gone for good."""

from __future__ import annotations

from collections.abc import Iterable

from postroom.sqlite import Database


class DeletedItems:
    """A store knows its items until it is compacted; this knows those of its deleted messages from then on.

    An item is the name of its source, and the key of its native id as catalogues have it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as connection:
            self._any = connection.execute("SELECT 1 FROM deleted_item LIMIT 1").fetchone() is not None

    def note(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Durable when it returns: call it before the deletion."""
        with self._database.write() as connection:
            connection.executemany("INSERT OR IGNORE INTO deleted_item VALUES (?, ?)", items)
        self._any = True

    def has(self, source: str, key: bytes) -> bool:
        """Asked for every item that is new: most instances have none."""
        if not self._any:
            return False
        with self._database.read() as connection:
            row = connection.execute("SELECT 1 FROM deleted_item WHERE source = ? AND key = ?", (source, key))
            return row.fetchone() is not None
