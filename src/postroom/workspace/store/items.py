"""Writing items. Each write is a row of the log in the same transaction, and its number is the item's change number."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from msgspec.structs import replace

from postroom.errors import AlreadyExists, NotFound, WrongState
from postroom.workspace.clock import to_ms
from postroom.workspace.store import ids
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.kinds import Kinds
from postroom.workspace.store.listing import ItemPage, Listing
from postroom.workspace.store.paging import Fitting, Pager
from postroom.workspace.store.reading import Reader, Where
from postroom.workspace.store.rows import WHOLE, Body, Decode, Item, Place, encoded
from postroom.workspace.store.signing import Signer

What = Literal["created", "updated", "deleted"]


class Unset:
    """The type of `UNSET`."""


UNSET: Final = Unset()
"""Leave as it is."""

_LOG = "INSERT INTO change (mailbox, parent, kind, key, generation, what, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
_BODY = "INSERT INTO body VALUES (?, ?, ?)"
_ANEW = "DO UPDATE SET hash = excluded.hash, size = excluded.size"
_BELOW = """WITH RECURSIVE below (number, depth) AS (
  SELECT ?, 0 UNION ALL SELECT item.number, depth + 1 FROM item JOIN below ON item.parent = below.number) """


class Items(Reader):
    """The items of one unit, to be changed too. What it returns is as it was written."""

    def __init__(self, connection: sqlite3.Connection, kinds: Kinds, signer: Signer, now: datetime) -> None:
        super().__init__(connection, kinds)
        self.pager = Pager(connection, kinds, self, signer, now)
        self._mailboxes: dict[str, int] = {}
        self._now_ms = now_ms = to_ms(now)
        # Graph shows whole seconds, and what is shown must be what is compared.
        self._second_ms = now_ms - now_ms % 1000

    def page(self, listing: Listing, decode: Decode = WHOLE, fitting: Fitting = len) -> ItemPage:
        """One page of a list. Raises Invalid for a filter that cannot be, or a cursor that is not of this list.

        `decode` is for documents that nobody has looked into by then. `fitting` may make it shorter.
        """
        return self.pager.page(listing, decode, fitting)

    def count(self, listing: Listing) -> int:
        """How many there are on all pages of a list together."""
        return self.pager.count(listing)

    def add(
        self,
        mailbox: str,
        kind: str,
        parent: Where | None,
        document: Mapping[str, Any],
        *,
        body: Body | None = None,
        key: bytes | None = None,
    ) -> Item:
        """A new item.

        Raises Invalid for a document with a wrong value in a column; NotFound when the parent is gone.
        """
        text, owner, place = encoded(document), self._mailbox(mailbox), _place(parent)
        if parent is not None:
            self._check_parent(owner, parent)
        key = key or secrets.token_bytes(ids.KEY_BYTES)
        change = self._log(owner, place, kind, key, 0, "created")
        try:
            number = self._connection.execute(
                "INSERT INTO item (mailbox, kind, parent, key, change, created_ms, modified_ms, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (owner, kind, place and place.number, key, change, self._second_ms, self._second_ms, text),
            ).lastrowid
        except sqlite3.IntegrityError as error:
            raise AlreadyExists(kind, key.hex()) from error
        assert number is not None
        self._set_columns(number, owner, kind, place, document)
        if body is not None:
            self._connection.execute(_BODY, (number, body.content_type, body.content))
        return Item(number, mailbox, kind, place, key, 0, change, self._second_ms, self._second_ms, dict(document))

    def update(self, item: Item, document: Mapping[str, Any], body: Body | Unset | None = UNSET) -> Item:
        """Give it another document, and another body, or none, if one is given. Raises Invalid, NotFound."""
        text, owner = encoded(document), self._mailbox(item.mailbox)
        change = self._log(owner, item.parent, item.kind, item.key, item.generation, "updated")
        self._change(item, "document = ?", change, text)
        self._set_columns(item.number, owner, item.kind, item.parent, document)
        if not isinstance(body, Unset):
            self._set_body(item.number, body)
        return replace(item, document=dict(document), change=change, modified_ms=self._second_ms)

    def move(self, item: Item, parent: Where | None) -> Item:
        """Put it elsewhere in its mailbox: a removal there and a creation here, and another ordinary id.

        Raises WrongState when it would lie in itself; NotFound.
        """
        owner, place, generation = self._mailbox(item.mailbox), _place(parent), item.generation + 1
        if parent is not None:
            self._check_parent(owner, parent)
            if item.number in (parent.number, *(above.number for above in self.path(parent))):
                raise WrongState("A folder cannot be moved into itself or into a folder below it.")
        self._log(owner, item.parent, item.kind, item.key, item.generation, "deleted")
        change = self._log(owner, place, item.kind, item.key, generation, "created")
        self._change(item, "parent = ?, generation = ?", change, place and place.number, generation)
        table = self._kinds[item.kind].table
        if table:
            self._connection.execute(
                f"UPDATE {table} SET parent = ? WHERE item = ?", (place and place.number, item.number)
            )
        return replace(item, parent=place, generation=generation, change=change, modified_ms=self._second_ms)

    def touch(self, item: Item, what: What = "updated") -> Item:
        """A change of something beside the document, as of its files: the log and the ETag tell it. Raises NotFound.

        `deleted` and `created` are for what goes and comes elsewhere, while what is kept of it here stays.
        """
        owner = self._mailbox(item.mailbox)
        change = self._log(owner, item.parent, item.kind, item.key, item.generation, what)
        self._change(item, "kind = kind", change)
        return replace(item, change=change, modified_ms=self._second_ms)

    def remove(self, item: Where) -> None:
        """Remove it with all that lies below it; the log tells of each."""
        self._connection.execute(
            f"""{_BELOW} INSERT INTO change (mailbox, parent, kind, key, generation, what, at_ms)
            SELECT mailbox, parent, kind, key, generation, 'deleted', ? FROM below JOIN item USING (number)
            ORDER BY depth DESC, number""",
            (item.number, self._now_ms),
        )
        # What hangs on them goes by its foreign keys; texts leave their index by a trigger.
        self._connection.execute(
            f"{_BELOW} DELETE FROM item WHERE number IN (SELECT number FROM below)", (item.number,)
        )

    def attach(self, item: Where, role: str, blob: Blob) -> None:
        """Give an item a file in a role, instead of the one it had in it."""
        self._connection.execute(
            f"INSERT INTO blob (item, role, hash, size) VALUES (?, ?, ?, ?) ON CONFLICT (item, role) {_ANEW}",
            (item.number, role, *blob),
        )

    def detach(self, item: Where, role: str) -> None:
        """The item has no file in this role any more."""
        self._connection.execute("DELETE FROM blob WHERE item = ? AND role = ?", (item.number, role))

    def hold(self, name: str, blob: Blob) -> None:
        """Keep a file that is not of an item, as one that waits to be sent, until `release`."""
        self._connection.execute(
            f"INSERT INTO held_blob (name, hash, size) VALUES (?, ?, ?) ON CONFLICT (name) {_ANEW}", (name, *blob)
        )

    def release(self, name: str) -> None:
        """The file is not needed under this name any more."""
        self._connection.execute("DELETE FROM held_blob WHERE name = ?", (name,))

    def _check_parent(self, owner: int, parent: Where) -> None:
        row = self._connection.execute("SELECT mailbox FROM item WHERE number = ?", (parent.number,)).fetchone()
        if row is None or row["mailbox"] != owner:
            raise NotFound("folder", ids.ordinary(parent))

    def _mailbox(self, uuid: str) -> int:
        if uuid not in self._mailboxes:
            self._mailboxes[uuid] = self._mailbox_number(uuid)
        return self._mailboxes[uuid]

    def _mailbox_number(self, uuid: str) -> int:
        row = self._connection.execute("SELECT number FROM mailbox WHERE uuid = ?", (uuid,)).fetchone()
        if row is None:
            number = self._connection.execute("INSERT INTO mailbox (uuid) VALUES (?)", (uuid,)).lastrowid
            assert number is not None
            return number
        return int(row["number"])

    def _log(self, owner: int, place: Place | None, kind: str, key: bytes, generation: int, what: str) -> int:
        values = (owner, place and place.number, kind, key, generation, what, self._now_ms)
        number = self._connection.execute(_LOG, values).lastrowid
        assert number is not None
        return number

    def _change(self, item: Item, assignments: str, change: int, *values: object) -> None:
        changed = self._connection.execute(
            f"UPDATE item SET {assignments}, change = ?, modified_ms = ? WHERE number = ?",
            (*values, change, self._second_ms, item.number),
        )
        if not changed.rowcount:
            raise NotFound(item.kind, ids.ordinary(item))

    def _set_columns(
        self, number: int, owner: int, kind_type: str, place: Place | None, document: Mapping[str, Any]
    ) -> None:
        kind = self._kinds[kind_type]
        if kind.table:
            names = ("item", "mailbox", "parent", *(column.name for column in kind.columns))
            values = (number, owner, place and place.number, *(column.of(document) for column in kind.columns))
            self._connection.execute(_upsert(kind.table, names), values)

    def _set_body(self, number: int, body: Body | None) -> None:
        self._connection.execute("DELETE FROM body WHERE item = ?", (number,))
        if body is not None:
            self._connection.execute(_BODY, (number, body.content_type, body.content))


def _place(item: Where | None) -> Place | None:
    return Place(item.number, item.key, item.generation) if isinstance(item, Item) else item


@lru_cache
def _upsert(table: str, names: tuple[str, ...]) -> str:
    sets = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT (item) DO UPDATE SET {sets}"
