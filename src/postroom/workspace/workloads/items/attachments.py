"""Attachments of items that hold the bytes themselves: events, tasks. Those of messages may be cut out of MIME."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from postroom.errors import Invalid, NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items import attached, attaching
from postroom.workspace.workloads.items.kinds import FILE, REFERENCE
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

Add = Callable[[Unit, Item, Mapping[str, Any]], Item]
"""One more attachment, given as Graph has it."""
Follow = Callable[[Unit, Item], object]
"""Called when an item has other attachments than before."""


def add_given(unit: Unit, owner: Item, given: Mapping[str, Any]) -> Item:
    """A file or a link. Raises Invalid, TooLarge."""
    values = attaching.values_of(given)
    kind = attaching.kind_of(unit, owner, values)
    if kind == FILE:
        content = attaching.content_bytes(values.get("contentBytes"), attaching.DIRECT_BYTES)
        return attaching.add_file(unit, owner, values, content)
    if kind == REFERENCE:
        return attaching.add_link(unit, owner, values)
    raise Invalid("@odata.type", "a file or a link")


class Attachments:
    """`owners` are the kinds of what has them, `kinds` those of attachments; `follow` keeps the owner up to date."""

    def __init__(
        self, store: Store, owners: tuple[str, ...], kinds: tuple[str, ...], follow: Follow, add: Add = add_given
    ) -> None:
        self._store, self._owners, self._kinds, self._follow, self._add = store, owners, kinds, follow, add

    def page(self, mailbox: str, owner_id: str, wish: Wish = PLAIN) -> Page:
        """All at once, but for `$top`."""
        with self._store.read() as unit:
            return self.page_in(unit, self.owner(unit, mailbox, owner_id), wish)

    def page_in(self, unit: Unit, owner: Item, wish: Wish) -> Page:
        """The same for an item that was found already."""
        found = [self._shown(unit, one, wish) for one in unit.items.children(owner, *self._kinds)]
        return page_of(found, wish.options, SCHEMA.entity("attachment"), None, 1000)

    def get(self, mailbox: str, owner_id: str, attachment_id: str, wish: Wish = PLAIN) -> Document:
        with self._store.read() as unit:
            return self._shown(unit, self._found(unit, mailbox, owner_id, attachment_id)[1], wish)

    def content(self, mailbox: str, owner_id: str, attachment_id: str) -> tuple[str, bytes]:
        """Media type and bytes. Raises NotFound for a link."""
        with self._store.read() as unit:
            _, found = self._found(unit, mailbox, owner_id, attachment_id)
            if found.kind == REFERENCE:
                raise NotFound("content of the attachment", found.document.get("name"))
            return attached.media_type(found), attached.content_of(unit, found)

    def add(self, mailbox: str, owner_id: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Raises TooLarge for a file that needs an upload session."""
        with self._store.write() as unit:
            owner = self.owner_to_change(unit, mailbox, owner_id)
            made = self._add(unit, owner, given)
            self._follow(unit, owner)
            return self._shown(unit, made, wish)

    def delete(self, mailbox: str, owner_id: str, attachment_id: str) -> None:
        with self._store.write() as unit:
            owner, found = self._found_to_change(unit, mailbox, owner_id, attachment_id)
            unit.items.remove(found)
            self._follow(unit, owner)

    def _shown(self, unit: Unit, item: Item, wish: Wish) -> Document:
        return attached.shown(item, wish, lambda one: attached.content_of(unit, one))

    def owner(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        """What has the attachments. Raises NotFound, Invalid."""
        return unit.items.get(mailbox, owner_id, *self._owners)

    def owner_to_change(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        """The same, about to have others."""
        return self.owner(unit, mailbox, owner_id)

    def _found(self, unit: Unit, mailbox: str, owner_id: str, attachment_id: str) -> tuple[Item, Item]:
        owner = self.owner(unit, mailbox, owner_id)
        found = unit.items.get(mailbox, attachment_id, *self._kinds)
        if found.parent is None or found.parent.number != owner.number:
            raise NotFound("attachment", attachment_id)
        return owner, found

    def _found_to_change(self, unit: Unit, mailbox: str, owner_id: str, attachment_id: str) -> tuple[Item, Item]:
        return self._found(unit, mailbox, owner_id, attachment_id)
