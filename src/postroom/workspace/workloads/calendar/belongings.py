"""What lies in events: attachments and open extensions. An occurrence that gets its own becomes an exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.workspace.store import ids
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.calendar import refs, views, writing
from postroom.workspace.workloads.calendar.kinds import EVENT, EXCEPTION
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import attaching
from postroom.workspace.workloads.items.attachments import Attachments
from postroom.workspace.workloads.items.extensions import Extensions
from postroom.workspace.workloads.items.kinds import ATTACHMENTS
from postroom.workspace.workloads.items.wish import PLAIN

OWNERS = (EVENT, EXCEPTION)


class EventAttachments(Attachments):
    """Attachments of events; an occurrence has those of its master until it has its own."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, OWNERS, ATTACHMENTS, writing.follow)

    def owner(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        return views.attachments_of(refs.found(unit, mailbox, owner_id))

    def owner_to_change(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        ref = writing.with_exception(unit, refs.found(unit, mailbox, owner_id))
        return ref.item if ref.exception is None else writing.own_attachments(unit, ref, ref.exception)

    def owner_id(self, mailbox: str, event_id: str) -> str:
        """The id of the item to which an upload will attach. Raises NotFound, Invalid."""
        with self._store.write() as unit:
            return ids.immutable(self.owner_to_change(unit, mailbox, event_id))

    def _found_to_change(self, unit: Unit, mailbox: str, owner_id: str, attachment_id: str) -> tuple[Item, Item]:
        above, found = self._found(unit, mailbox, owner_id, attachment_id)
        owner = self.owner_to_change(unit, mailbox, owner_id)
        if owner.number == above.number:
            return owner, found
        place = [one.number for one in unit.items.children(above, *ATTACHMENTS)].index(found.number)
        return owner, unit.items.children(owner, *ATTACHMENTS)[place]


class EventExtensions(Extensions):
    """Open extensions of events. Those of an occurrence are its own alone."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, *OWNERS)

    def owner(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        return refs.found(unit, mailbox, owner_id).changed

    def owner_to_change(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        return writing.with_exception(unit, refs.found(unit, mailbox, owner_id)).changed


class EventUploads:
    """Files that come in ranges; see items/uploads.py, Target."""

    def check(self, owner: Item) -> None:
        """Events can have attachments at any time."""

    def attach(self, unit: Unit, owner: Item, values: Mapping[str, Any], whole: Blob) -> str:
        made = attaching.add_file(unit, owner, values, whole)
        writing.follow(unit, owner)
        ref = Ref(owner) if owner.kind == EVENT else refs.of_exception(unit, owner)
        return f"users('{owner.mailbox}')/events('{ref.id(PLAIN)}')/Attachments('{ids.ordinary(made)}')"
