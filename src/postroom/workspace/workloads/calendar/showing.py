"""Events as faces get them: as `views` has them, with their calendars where these are wished for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import calendars, views
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.kinds import CALENDAR
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items.wish import Document, Wish

Show = Callable[[Sequence[Ref]], list[Document]]


def showing(core: Core, unit: Unit, mailbox: str, wish: Wish) -> Show:
    """What shows events of a mailbox."""
    return partial(_shown, core, unit, mailbox, wish)


def _shown(core: Core, unit: Unit, mailbox: str, wish: Wish, found: Sequence[Ref]) -> list[Document]:
    rows = views.all_shown(unit, found, wish)
    expand = wish.expands("calendar")
    if expand is None:
        return rows
    owner, online = core.owner(mailbox), bool(core.settings.online_meeting_url)
    above = {place.number: place for ref in found if (place := ref.item.parent) is not None}
    items = {item.number: item for item in unit.items.at(sorted(above))}
    for ref, row in zip(found, rows, strict=True):
        if ref.item.parent is not None:
            whole = calendars.shown(items[ref.item.parent.number], owner, wish, online=online)
            row["calendar"] = project(whole, expand.options, SCHEMA.entity(CALENDAR))
    return rows
