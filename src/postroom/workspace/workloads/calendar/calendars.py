"""Calendars and the groups that they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import AlreadyExists, Invalid
from postroom.workspace.people import Person
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY, Where
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import former, places, refs
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.errors import NotRemovable
from postroom.workspace.workloads.calendar.kinds import CALENDAR, GROUP
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

NAME_CHARS: Final = 255
_OWN: Final = frozenset({"name", "color"})
"""What may be given of a calendar."""
_ROW: Final = ("id", "changeKey")


class Calendars:
    """`group` is the id of a group; None is the whole mailbox in lists, the default group for a new calendar."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, group: str | None = None, wish: Wish = PLAIN, *, in_default: bool = False) -> Page:
        """`in_default`: those of the default group."""
        places.prepare(self._core, mailbox)
        owner = self._core.owner(mailbox)
        with self._core.store.read() as unit:
            above = ANY if group is None and not in_default else places.group(unit, mailbox, group)
            listing = Listing(
                mailbox, (CALENDAR,), above, options=wish.options, view=lambda item: self._whole(item, owner, wish)
            )
            found = unit.items.page(listing)
            rows = [self._shown(item, owner, wish) for item in found.rows]
            return Page(rows, found.cursor, found.count)

    def get(self, mailbox: str, calendar_id: str | None, wish: Wish = PLAIN) -> Document:
        """None is the default calendar."""
        places.prepare(self._core, mailbox)
        owner = self._core.owner(mailbox)
        with self._core.store.read() as unit:
            return self._shown(places.calendar(unit, mailbox, calendar_id), owner, wish)

    def of_event(self, mailbox: str, event_id: str, wish: Wish = PLAIN) -> Document:
        """The calendar that an event lies in."""
        owner = self._core.owner(mailbox)
        with self._core.store.read() as unit:
            place = refs.found(unit, mailbox, event_id).item.parent
            return self._shown(next(unit.items.at([place.number] if place else [])), owner, wish)

    def create(self, mailbox: str, group: str | None, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Raises AlreadyExists for a name that is there, in any case of it."""
        places.prepare(self._core, mailbox)
        owner, document = self._core.owner(mailbox), _given(CALENDAR, given, partial=False)
        with self._core.store.write() as unit:
            _check_free(unit, mailbox, CALENDAR, document["name"])
            whole = places.new(document["name"]) | document
            made = unit.items.add(mailbox, CALENDAR, places.group(unit, mailbox, group), whole)
            return self._shown(made, owner, wish)

    def update(self, mailbox: str, calendar_id: str | None, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        places.prepare(self._core, mailbox)
        owner, document = self._core.owner(mailbox), _given(CALENDAR, given, partial=True)
        with self._core.store.write() as unit:
            item = places.calendar(unit, mailbox, calendar_id)
            check_match(item, wish.if_match)
            if "name" in document:
                _check_free(unit, mailbox, CALENDAR, document["name"], item)
            return self._shown(unit.items.update(item, item.document | document), owner, wish)

    def delete(self, mailbox: str, calendar_id: str, if_match: str | None = None) -> None:
        """With all its events. Raises NotRemovable for the default one."""
        with self._core.store.write() as unit:
            item = places.calendar(unit, mailbox, calendar_id)
            check_match(item, if_match)
            if places.is_default(item):
                raise NotRemovable(str(item.document["name"]))
            former.remember_all(unit, item)
            unit.items.remove(item)

    def _shown(self, item: Item, owner: Person, wish: Wish) -> Document:
        return project(self._whole(item, owner, wish), wish.options, SCHEMA.entity(CALENDAR))

    def _whole(self, item: Item, owner: Person, wish: Wish) -> Document:
        return shown(item, owner, wish, online=bool(self._core.settings.online_meeting_url))


class Groups:
    """Calendar groups."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, wish: Wish = PLAIN) -> Page:
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            listing = Listing(mailbox, (GROUP,), None, options=wish.options, view=lambda item: _group(item, wish))
            found = unit.items.page(listing)
            return Page([_shown_group(item, wish) for item in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, group_id: str | None, wish: Wish = PLAIN) -> Document:
        """None is the default one."""
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            return _shown_group(places.group(unit, mailbox, group_id), wish)

    def create(self, mailbox: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        places.prepare(self._core, mailbox)
        document = _given(GROUP, given, partial=False)
        with self._core.store.write() as unit:
            _check_free(unit, mailbox, GROUP, document["name"])
            made = unit.items.add(mailbox, GROUP, None, {"classId": None, **document})
            return _shown_group(made, wish)

    def update(self, mailbox: str, group_id: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        document = _given(GROUP, given, partial=True)
        with self._core.store.write() as unit:
            item = places.group(unit, mailbox, group_id)
            check_match(item, wish.if_match)
            if "name" in document:
                _check_free(unit, mailbox, GROUP, document["name"], item)
            return _shown_group(unit.items.update(item, item.document | document), wish)

    def delete(self, mailbox: str, group_id: str) -> None:
        """Raises NotRemovable for the default one, and for one that is not empty."""
        with self._core.store.write() as unit:
            item = places.group(unit, mailbox, group_id)
            if places.is_default(item) or unit.items.children(item, CALENDAR):
                raise NotRemovable(str(item.document["name"]))
            unit.items.remove(item)


def shown(item: Item, owner: Person, wish: Wish, *, online: bool = False) -> Document:
    """A calendar with what follows, all of it."""
    default = places.is_default(item)
    own = {name: value for name, value in item.document.items() if not name.startswith("_")}
    return {
        "id": wish.id_of(item),
        **own,
        "changeKey": ids.change_key(item),
        "isDefaultCalendar": default,
        "isRemovable": not default,
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"] if online else [],
        "defaultOnlineMeetingProvider": "teamsForBusiness" if online else "unknown",
        "owner": {"name": owner.name, "address": owner.address},
    }


def _group(item: Item, wish: Wish) -> Document:
    return {"id": wish.id_of(item), **item.document, "changeKey": ids.change_key(item)}


def _shown_group(item: Item, wish: Wish) -> Document:
    return project(_group(item, wish), wish.options, SCHEMA.entity(GROUP))


def _given(kind: str, given: Mapping[str, Any], *, partial: bool) -> Document:
    """Raises Invalid."""
    document = checked(SCHEMA.entity(kind), dict(given), read_only=_ROW, partial=partial)
    if kind == CALENDAR:
        document = {name: value for name, value in document.items() if name in _OWN}
    document.pop("@odata.type", None)
    if "name" in document or not partial:
        name = str(document.get("name") or "").strip()
        if not 1 <= len(name) <= NAME_CHARS:
            raise Invalid("name", f"a name of 1 to {NAME_CHARS} characters")
        document["name"] = name
    if document.get("color", "") is None:
        document["color"] = "auto"
    return document


def _check_free(unit: Unit, mailbox: str, kind: str, name: str, own: Where | None = None) -> None:
    """Raises AlreadyExists."""
    for found in unit.items.all(mailbox, kind, where={"name": name}):
        if own is None or found.number != own.number:
            raise AlreadyExists(kind, name)
