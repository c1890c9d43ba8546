"""Calendars as .ics files: out as one, in from what others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.icalendar import Calendar, Entry, read, write
from postroom.workspace.people import Person
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, refs, writing
from postroom.workspace.workloads.calendar.given import address_of
from postroom.workspace.workloads.calendar.kinds import CALENDAR, EVENT
from postroom.workspace.workloads.calendar.meetings import entries
from postroom.workspace.workloads.calendar.meetings.core import Core, own_addresses
from postroom.workspace.workloads.calendar.refs import Ref

_UNIT: Final = 200
"""Events that are written at once, so that others can write meanwhile."""


@dataclass(frozen=True, slots=True)
class Imported:
    """`skipped` says of each event that was left out why."""

    created: int
    changed: int
    skipped: tuple[str, ...]


class Files:
    """`calendar` is the id or the name of one; None is the default one."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def export(self, mailbox: str, calendar: str | None = None) -> bytes:
        """Everything in a calendar, exceptions of series and what was cancelled of them, too."""
        places.prepare(self._core.calendar, mailbox)
        with self._core.calendar.store.read() as unit:
            above = _calendar(unit, mailbox, calendar)
            return write(Calendar("", tuple(_all(unit, above))))

    def event(self, mailbox: str, event_id: str, *, private: bool = True) -> bytes:
        """One event, with its changed occurrences; without `private` those that are none, as if they were cancelled."""
        with self._core.calendar.store.read() as unit:
            ref = refs.found(unit, mailbox, event_id)
            return write(Calendar("", entries.series(unit, ref, unit.now, private=private)))

    def imported(self, mailbox: str, raw: bytes, calendar: str | None = None) -> Imported:
        """Nobody is told. What is there already, by its UID, is brought up to date. Raises Unreadable, NotFound."""
        core = self._core.calendar
        places.prepare(core, mailbox)
        owner = core.owner(mailbox)
        with core.store.read() as unit:
            above = _calendar(unit, mailbox, calendar)
            floating = str(self._core.settings_of(unit, owner).get("timeZone") or "UTC")
        found = read(raw, floating=floating)
        rows = sorted(found.entries, key=lambda one: one.original is not None)
        created, changed, skipped = 0, 0, list(found.skipped)
        for start in range(0, len(rows), _UNIT):
            with core.store.write() as unit:
                for entry in rows[start : start + _UNIT]:
                    try:
                        is_new = self._put(unit, owner, above, entry)
                        created, changed = created + is_new, changed + (not is_new)
                    except Invalid as error:
                        skipped.append(f"{entry.document.get('subject') or entry.uid or 'An event'}: {error}")
        return Imported(created, changed, tuple(skipped))

    def _put(self, unit: Unit, owner: Person, above: Item, entry: Entry) -> bool:
        """Whether it is new. An event that cannot be kept leaves nothing. Raises Invalid."""
        unit.connection.execute("SAVEPOINT entry")
        try:
            is_new = self._kept(unit, owner, above, entry)
        except BaseException:
            unit.connection.execute("ROLLBACK TO entry")
            unit.connection.execute("RELEASE entry")
            raise
        unit.connection.execute("RELEASE entry")
        return is_new

    def _kept(self, unit: Unit, owner: Person, above: Item, entry: Entry) -> bool:
        core, given, own = self._core.calendar, entries.given(entry), _own(entry, owner)
        master = refs.by_uid(unit, above.mailbox, entry.uid) if entry.uid else None
        if master is None:
            made = writing.create(core, unit, owner, above, given, own=own, quiet=True)
            entries.exclude(self._core.calendar, unit, made, entry)
            return True
        day = entries.day(entry.original, master)
        ref = master if day is None else refs.at(unit, master.item, day)
        if ref is None or (entry.original is not None and day is None and master.series is not None):
            raise Invalid("RECURRENCE-ID", "an occurrence of the series")
        if ref.day is None:
            given.setdefault("recurrence", None)
        else:
            given.pop("recurrence", None)
            own.pop("iCalUId", None)
        entries.exclude(self._core.calendar, unit, writing.change(core, unit, ref, given, own=own, quiet=True), entry)
        return False


def _own(entry: Entry, owner: Person) -> dict[str, Any]:
    """Somebody else's meeting stays that."""
    document, organizer = entry.document, entry.document.get("organizer")
    is_own = organizer is None or address_of(organizer).lower() in own_addresses(owner)
    own: dict[str, Any] = {"isCancelled": document["isCancelled"], "attendees": document["attendees"]}
    if entry.uid:
        own["iCalUId"] = entry.uid
    if not is_own:
        mine = own_addresses(owner)
        status = next((one["status"] for one in document["attendees"] if address_of(one).lower() in mine), None)
        own |= {"organizer": organizer, "isOrganizer": False, entries.SEQUENCE: entry.sequence}
        own["responseStatus"] = status or {"response": "notResponded", "time": "0001-01-01T00:00:00Z"}
    return own


def _all(unit: Unit, above: Item) -> Iterator[Entry]:
    for item in unit.items.children(above, EVENT):
        yield from entries.series(unit, Ref(item), unit.now)


def _calendar(unit: Unit, mailbox: str, calendar: str | None) -> Item:
    """Raises NotFound."""
    named = unit.items.first(mailbox, CALENDAR, where={"name": calendar}) if calendar else None
    try:
        return named or places.calendar(unit, mailbox, calendar)
    except Invalid as error:  # neither a name nor an id
        raise NotFound(CALENDAR, calendar) from error
