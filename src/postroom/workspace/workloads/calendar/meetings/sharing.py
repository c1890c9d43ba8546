"""What somebody may do with the calendars of somebody else, asked before it is done. Source: calendarPermission.

From `read` on events can be seen, from `write` on changed. Private ones are there only for delegates who may see them:
for all others they are in no list, and their ids lead nowhere. Mail in the owner's name is for delegates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from postroom.errors import Denied, NotFound
from postroom.workspace.people import Person
from postroom.workspace.query.options import Options
from postroom.workspace.query.request import parse_options
from postroom.workspace.query.tree import And
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, refs
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.kinds import EVENT
from postroom.workspace.workloads.calendar.meetings.permissions import reaches, role_of

DELEGATE: Final = "delegateWithoutPrivateEventAccess"
DELEGATE_IN_ALL: Final = "delegateWithPrivateEventAccess"
_NORMAL: Final = "normal"
_PUBLIC: Final = parse_options([("$filter", f"sensitivity eq '{_NORMAL}'")]).filter


@dataclass(frozen=True, slots=True)
class Access:
    """`role` in a calendar; `calendar` is its id."""

    role: str
    calendar: str

    @property
    def sees_private(self) -> bool:
        return reaches(self.role, DELEGATE_IN_ALL)


class Sharing:
    """`mailbox` is the owner's, `user` the id of who calls; `calendar` an id, None the default one."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def calendar(self, mailbox: str, user: str, calendar: str | None) -> Access:
        """Raises Denied for a calendar that was not shared with the user, NotFound."""
        places.prepare(self._core, mailbox)
        person = self._core.people.find(user)
        with self._core.store.read() as unit:
            return _access(unit, places.calendar(unit, mailbox, calendar), person, "read")

    def event(self, mailbox: str, user: str, event_id: str, *, write: bool) -> Access:
        """Raises Denied, NotFound."""
        person = self._core.people.find(user)
        with self._core.store.read() as unit:
            ref = refs.found(unit, mailbox, event_id)
            above = next(unit.items.at([ref.item.parent.number] if ref.item.parent else []))
            access = _access(unit, above, person, "write" if write else "read")
            if not access.sees_private and ref.document.get("sensitivity") != _NORMAL:
                raise NotFound(EVENT, event_id)
            if write:
                check_people(access, ref.document)
            return access


def check_people(access: Access, document: Mapping[str, Any]) -> None:
    """Raises Denied for a change that would be told by mail in the owner's name."""
    found = {name.lower(): value for name, value in document.items()}.get("attendees")
    if found and not reaches(access.role, DELEGATE):
        raise Denied("Meetings with others are for the owner of the calendar and for delegates.")


def check_delegate(access: Access) -> None:
    """Raises Denied for who may not write in the owner's name."""
    if not reaches(access.role, DELEGATE):
        raise Denied("Only the owner of the calendar and delegates answer, cancel and forward.")


def check_write(access: Access) -> None:
    if not reaches(access.role, "write"):
        raise Denied("The calendar is shared to be read only.")


def narrowed(options: Options, access: Access) -> Options:
    """Without what is private. Raises Denied for what would show it another way."""
    if access.sees_private:
        return options
    assert _PUBLIC is not None
    found = _PUBLIC if options.filter is None else And((options.filter, _PUBLIC))
    expand = tuple(one for one in options.expand if one.path.names[-1].lower() != "exceptionoccurrences")
    return replace(options, filter=found, expand=expand)


def _access(unit: Unit, calendar: Item, person: Person | None, wanted: str) -> Access:
    role = role_of(unit, calendar, person)
    if not reaches(role, wanted):
        raise Denied("The calendar is not shared with you.")
    return Access(role, ids.immutable(calendar))
