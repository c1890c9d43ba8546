"""Links from items to whatever has a key: another item, a person. They go with the item they begin at."""

from __future__ import annotations

import sqlite3

from postroom.workspace.store.reading import Reader, Where
from postroom.workspace.store.rows import Item


class Links:
    """The links of one unit. A link is there once, however often it is made."""

    def __init__(self, connection: sqlite3.Connection, reader: Reader) -> None:
        self._connection, self._reader = connection, reader

    def link(self, name: str, item: Where, target: str) -> bool:
        """Make one. Whether it is new."""
        made = self._connection.execute("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", (name, item.number, target))
        return made.rowcount > 0

    def unlink(self, name: str, item: Where, target: str) -> bool:
        """Remove one. Whether it was there."""
        gone = self._connection.execute(
            "DELETE FROM link WHERE name = ? AND item = ? AND target = ?", (name, item.number, target)
        )
        return gone.rowcount > 0

    def targets(self, name: str, item: Where) -> list[str]:
        """Where the links of an item lead, sorted."""
        rows = self._connection.execute(
            "SELECT target FROM link WHERE name = ? AND item = ? ORDER BY target", (name, item.number)
        )
        return [row["target"] for row in rows]

    def sources(self, name: str, target: str) -> list[Item]:
        """The items whose links lead there, oldest first."""
        rows = self._connection.execute(
            "SELECT item FROM link WHERE name = ? AND target = ? ORDER BY item", (name, target)
        )
        return list(self._reader.at([row["item"] for row in rows]))

    def forget(self, target: str) -> int:
        """Remove all that lead there, for when it is gone. How many."""
        names = "SELECT DISTINCT name FROM link"
        return self._connection.execute(f"DELETE FROM link WHERE name IN ({names}) AND target = ?", (target,)).rowcount
