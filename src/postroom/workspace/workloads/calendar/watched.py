"""Events as notifications tell of them; see delivery/notifying_reader.py, Source."""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, views
from postroom.workspace.workloads.calendar.calendar import Calendar
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish


class WatchedEvents:
    """A change of an occurrence is one of its series."""

    type = "#Microsoft.Graph.Event"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:  # noqa: ARG002  others need the unit
        return f"Users/{change.mailbox}/Events/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:
        return ids.immutable(change) if immutable else ids.ordinary(change)

    def is_shown(self, unit: Unit, change: Change) -> bool:  # noqa: ARG002  others hide some
        return True

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002  others need the unit
        return views.for_filter(Ref(item), PLAIN)

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:
        return views.shown(unit, Ref(item), Wish(Options(select=options.select), immutable=immutable))


def prepare(calendar: Calendar, mailbox: str) -> None:
    """Make the default calendar, which is there from the first time that somebody asks for it."""
    places.prepare(calendar.core, mailbox)


def calendar_number(unit: Unit, mailbox: str, calendar_id: str | None) -> int:
    """The row of a calendar; None is the default one. Raises NotFound, Invalid."""
    return places.calendar(unit, mailbox, calendar_id).number
