"""The words of items, for `$search`: what SQLite's full-text index holds of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from postroom.workspace.store.reading import Where

FIELDS: Final = ("from", "to", "cc", "bcc", "subject", "body", "attachment")

_COLUMNS: Final = ", ".join(f'"{name}"' for name in FIELDS)
_SETS: Final = ", ".join(f'"{name}" = excluded."{name}"' for name in FIELDS)
_SET: Final = (
    f"INSERT INTO text (item, owner, {_COLUMNS}) VALUES (?, (SELECT 'mailbox' || mailbox FROM item WHERE number = ?),"
    f" {', '.join('?' * len(FIELDS))}) ON CONFLICT (item) DO UPDATE SET"
    f" {_SETS}"
)


class Texts:
    """The words of the items of one unit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def set(self, item: Where, texts: Mapping[str, str]) -> None:
        """What the item is found by, instead of what it was before. Keys are of `FIELDS`; those not given are empty."""
        values = (texts.get(name, "") for name in FIELDS)
        self._connection.execute(_SET, (item.number, item.number, *values))

    def remove(self, item: Where) -> None:
        """The item is not found any more. Of an item that is removed this need not be said."""
        self._connection.execute("DELETE FROM text WHERE item = ?", (item.number,))
