"""Contacts as notifications tell of them; see delivery/notifying_reader.py, Source."""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.contacts import places, views
from postroom.workspace.workloads.items.wish import Document, Wish


class WatchedContacts:
    type = "#Microsoft.Graph.Contact"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:  # noqa: ARG002  others need the unit
        return f"Users/{change.mailbox}/Contacts/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:
        return ids.immutable(change) if immutable else ids.ordinary(change)

    def is_shown(self, unit: Unit, change: Change) -> bool:  # noqa: ARG002  others hide some
        return True

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002  others need the unit
        return views.for_filter(item)

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:
        return views.shown(unit, item, Wish(Options(select=options.select), immutable=immutable))


def folder_number(unit: Unit, mailbox: str, folder: str | None) -> int:
    """The row of a folder, by id, or of the default one. Raises NotFound, Invalid."""
    return places.folder(unit, mailbox, folder).number


def prepare(store: Store, mailbox: str) -> None:
    """Make the default folder, which is there from the first time that somebody asks for it."""
    places.prepare(store, mailbox)
