"""Reading items: by id, by place, by the value of a column."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.store import ids
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.kinds import Column, Kinds
from postroom.workspace.store.rows import CHUNK, SELECT, WHOLE, Body, Decode, Item, Place, items, one


class Any_:  # noqa: N801
    """The type of `ANY`."""


ANY: Final = Any_()
"""Wherever it lies, as a parent. None means: in nothing, a root."""

Where = Item | Place
"""What something lies in."""


_SIZES: Final = """
SELECT item, length(CAST(content AS BLOB)) FROM body WHERE item IN (SELECT value FROM json_each(?))
"""
_SIZES_BELOW: Final = """
SELECT item.parent, sum(blob.size) FROM item JOIN blob ON blob.item = item.number
WHERE item.parent IN (SELECT value FROM json_each(?)) GROUP BY item.parent
"""


class Reader:
    """The items of one unit."""

    def __init__(self, connection: sqlite3.Connection, kinds: Kinds) -> None:
        self._connection, self._kinds = connection, kinds

    def get(self, mailbox: str, text_id: str, *kinds: str, decode: Decode = WHOLE) -> Item:
        """The item with this id, of one of these kinds if any are given.

        Raises Invalid when it cannot be an id; NotFound, also when it was moved since the id was given.
        """
        key, generation = ids.parse(text_id)
        row = self._connection.execute(f"{SELECT} WHERE item.key = ?", (key,)).fetchone()
        item = one(row, decode)
        fits = item and item.mailbox == mailbox and (not kinds or item.kind in kinds)
        if item is None or not fits or generation not in (None, item.generation):
            raise NotFound(kinds[0] if kinds else "item", text_id)
        return item

    def find(self, key: bytes) -> Item | None:
        """The item with this key, of whatever mailbox."""
        return one(self._connection.execute(f"{SELECT} WHERE item.key = ?", (key,)).fetchone())

    def at(self, numbers: Iterable[int], decode: Decode = WHOLE) -> Iterator[Item]:
        """The items with these numbers, in this order; those that are gone are left out."""
        rest = iter(numbers)
        while chunk := list(islice(rest, CHUNK)):
            yield from self._chunk(chunk, decode)

    def _chunk(self, numbers: Sequence[int], decode: Decode) -> Iterator[Item]:
        where = "WHERE item.number IN (SELECT value FROM json_each(?))"
        rows = self._connection.execute(f"{SELECT} {where}", (json.dumps(numbers),))
        found = {item.number: item for item in items(rows, decode)}
        return (found[number] for number in numbers if number in found)

    def children(self, parent: Where, *kinds: str) -> list[Item]:
        """What lies in an item, in the order in which it was made."""
        sql = f"{SELECT} WHERE item.parent = ?{_of(kinds)} ORDER BY item.number"
        return items(self._connection.execute(sql, (parent.number, *kinds)))

    def roots(self, mailbox: str, *kinds: str) -> list[Item]:
        """What lies in nothing, in the order in which it was made."""
        sql = f"{SELECT} WHERE mailbox.uuid = ? AND item.parent IS NULL{_of(kinds)} ORDER BY item.number"
        return items(self._connection.execute(sql, (mailbox, *kinds)))

    def first(
        self, mailbox: str, kind: str, *, parent: Where | Any_ | None = ANY, where: Mapping[str, Any] | None = None
    ) -> Item | None:
        """The oldest item of a kind whose columns, by name, have these values; texts match without regard to case."""
        return next(self.at(self._numbers(mailbox, kind, parent, where or {}, limit=1)), None)

    def all(
        self, mailbox: str, kind: str, *, parent: Where | Any_ | None = ANY, where: Mapping[str, Any] | None = None
    ) -> Iterator[Item]:
        """All such items, oldest first. They may be changed and removed meanwhile."""
        return self.at(self._numbers(mailbox, kind, parent, where or {}, limit=-1))

    def _numbers(
        self, mailbox: str, kind: str, parent: Where | Any_ | None, where: Mapping[str, Any], *, limit: int
    ) -> list[int]:
        declared = self._kinds[kind]
        columns = {column.name: column for column in declared.columns}
        conditions, values = _conditions(columns, where)
        if not isinstance(parent, Any_):
            conditions.append("base.parent IS ?")
            values.append(parent and parent.number)
        tables = f"{declared.table} AS base JOIN item ON item.number = base.item" if declared.table else "item AS base"
        names = ("base.item", "item.kind") if declared.table else ("base.number", "base.kind")
        sql = f"""SELECT {names[0]} FROM {tables}
          WHERE base.mailbox = (SELECT number FROM mailbox WHERE uuid = ?) AND {names[1]} = ?
          {"".join(f" AND {condition}" for condition in conditions)} ORDER BY {names[0]} LIMIT ?"""
        return [row[0] for row in self._connection.execute(sql, (mailbox, kind, *values, limit))]

    def path(self, item: Where) -> list[Item]:
        """What the item lies in, what that lies in, and so on up to the root."""
        sql = f"""WITH RECURSIVE up (number, depth) AS (
            SELECT parent, 1 FROM item WHERE number = ?
            UNION ALL SELECT item.parent, depth + 1 FROM item JOIN up ON item.number = up.number)
          {SELECT} JOIN up ON up.number = item.number ORDER BY up.depth"""
        return items(self._connection.execute(sql, (item.number,)))

    def body(self, item: Where) -> Body | None:
        """The text beside the document."""
        row = self._connection.execute(
            "SELECT content_type, content FROM body WHERE item = ?", (item.number,)
        ).fetchone()
        return row and Body(row["content_type"], row["content"])

    def bodies(self, items: Iterable[Where]) -> dict[int, Body]:
        """The texts of several items, by their numbers."""
        rows = self._connection.execute(
            "SELECT item, content_type, content FROM body WHERE item IN (SELECT value FROM json_each(?))",
            (json.dumps([item.number for item in items]),),
        )
        return {number: Body(content_type, content) for number, content_type, content in rows}

    def sizes(self, items: Iterable[Where], *, files: bool) -> dict[int, int]:
        """Bytes of the texts of several items, or with `files` of the files of what lies in them, by their numbers."""
        rows = self._connection.execute(
            _SIZES_BELOW if files else _SIZES, (json.dumps([item.number for item in items]),)
        )
        return dict(rows.fetchall())

    def blob(self, item: Where, role: str) -> Blob | None:
        """The file that an item has in this role."""
        return self.blobs(item).get(role)

    def blobs(self, item: Where) -> dict[str, Blob]:
        """All files of an item, by role."""
        rows = self._connection.execute(
            "SELECT role, hash, size FROM blob WHERE item = ? ORDER BY role", (item.number,)
        )
        return {row["role"]: Blob(row["hash"], row["size"]) for row in rows}

    def held(self, name: str) -> Blob | None:
        """The file that is held under this name, see `Items.hold`."""
        row = self._connection.execute("SELECT hash, size FROM held_blob WHERE name = ?", (name,)).fetchone()
        return row and Blob(row["hash"], row["size"])


def _of(kinds: Sequence[str]) -> str:
    return f" AND item.kind IN ({', '.join('?' * len(kinds))})" if kinds else ""


def _conditions(columns: Mapping[str, Column], where: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    names = list(where)
    return [f"base.{columns[name].name} IS ?" for name in names], [columns[name].stored(where[name]) for name in names]
