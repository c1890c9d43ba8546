"""Messages as notifications tell of them; see delivery/notifying_reader.py, Source."""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import Document, Wish
from postroom.workspace.workloads.mail import places, views, well_known
from postroom.workspace.workloads.mail.mail import Mail


class WatchedMessages:
    type = "#Microsoft.Graph.Message"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:  # noqa: ARG002  others need the unit
        return f"Users/{change.mailbox}/Messages/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:
        return ids.immutable(change) if immutable else ids.ordinary(change)

    def is_shown(self, unit: Unit, change: Change) -> bool:
        """What can only be recovered is in no list of the mailbox."""
        hidden = unit.items.find(well_known.key_of(change.mailbox, well_known.RECOVERABLE))
        return hidden is None or change.parent != hidden.number

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002  others need the unit
        return views.for_filter(item)

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:
        return views.shown(unit, item, Wish(Options(select=options.select), immutable=immutable))


def prepare(mail: Mail, mailbox: str, folder: str | None) -> None:
    """Make the well-known folders, which are there from the first time that somebody asks for one."""
    places.prepare(mail.core, mailbox, folder)


def folder_number(unit: Unit, mailbox: str, folder: str) -> int:
    """The row of a folder, by id or well-known name. Raises NotFound, Invalid."""
    return places.folder(unit, mailbox, folder).number
