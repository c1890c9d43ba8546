"""Mail about meetings that arrives: invitations into the calendar, cancellations, answers. Bad mail changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from postroom.errors import PostroomError
from postroom.workspace.clock import moment
from postroom.workspace.icalendar import Calendar, Entry, Unreadable, read
from postroom.workspace.people import Person
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar import places, refs, times, writing
from postroom.workspace.workloads.calendar.errors import BadTimes
from postroom.workspace.workloads.calendar.given import NEVER, address_of
from postroom.workspace.workloads.calendar.meetings import entries
from postroom.workspace.workloads.calendar.meetings.core import Core, own_addresses
from postroom.workspace.workloads.calendar.meetings.entries import INTENDED, SEQUENCE, STAMP
from postroom.workspace.workloads.calendar.meetings.letters import CANCELED
from postroom.workspace.workloads.calendar.refs import Ref
from postroom.workspace.workloads.items import attaching
from postroom.workspace.workloads.items.letters import Came
from postroom.workspace.workloads.items.wish import Document, Wish

logger = logging.getLogger(__name__)

MOST_BYTES: Final = 512 << 10
"""Of the text in one message: it is read while other mail waits."""
MOST_ENTRIES: Final = 50
FILE_BYTES: Final = 3 << 20
"""Of files that an event takes from an invitation."""
_REMINDER: Final = frozenset({"isReminderOn", "reminderMinutesBeforeStart"})
_OF_READER: Final = frozenset({"categories", "showAs"}) | _REMINDER
"""What no organizer changes of an event of somebody else."""
_WISH: Final = Wish(immutable=True)
_UNANSWERED: Final = {"response": "notResponded", "time": NEVER}


class Arriving:
    def __init__(self, core: Core) -> None:
        self._core = core

    def arrived(self, unit: Unit, person: Person, came: Came) -> Document:
        """What the message has then: the event it is about, when that is, what is asked for."""
        try:
            found = _read(came.calendar, self._zone(unit, person))
        except Unreadable as error:
            logger.info("A message about a meeting cannot be read: %s", error)
            return {}
        if not found.entries or not found.entries[0].uid:
            return {}
        calendar = places.ensure(unit, person.id)
        unit.connection.execute("SAVEPOINT meeting")
        try:
            told = self._taken(unit, person, calendar, came, found)
        except PostroomError as error:
            # What somebody sent must not stop the mail; the calendar stays as it was.
            unit.connection.execute("ROLLBACK TO meeting")
            logger.info("A meeting in a message cannot be kept: %s", error)
            told = {}
        unit.connection.execute("RELEASE meeting")
        return _shown(found) | told

    def _zone(self, unit: Unit, person: Person) -> str:
        return str(self._core.settings_of(unit, person).get("timeZone") or "UTC")

    def _taken(self, unit: Unit, person: Person, calendar: Item, came: Came, found: Calendar) -> Document:
        told: list[Document] = []
        # The series before its changed occurrences.
        for entry in sorted(found.entries, key=lambda one: one.original is not None):
            match found.method.upper():
                case "REQUEST":
                    told.append(self._request(unit, person, calendar, came, entry))
                case "CANCEL":
                    told.append(self._cancel(unit, person, came, entry))
                case "REPLY" | "COUNTER":
                    told.append(self._answer(unit, person, came, entry, counter=found.method.upper() == "COUNTER"))
        return told[0] if told else {}

    def _request(self, unit: Unit, person: Person, calendar: Item, came: Came, entry: Entry) -> Document:
        master = refs.by_uid(unit, person.id, entry.uid)
        if master is not None and master.item.document.get("isOrganizer"):
            return {"_event": master.id(_WISH)}  # a copy of what was sent from here
        organizer = entry.document.get("organizer")
        if organizer is None or address_of(organizer).lower() in own_addresses(person):
            return {}
        if master is None:
            return self._create(unit, person, calendar, came, entry)
        return self._update(unit, person, came, entry, master)

    def _create(self, unit: Unit, person: Person, calendar: Item, came: Came, entry: Entry) -> Document:
        own = _own(entry) | {"responseStatus": _UNANSWERED, "isOrganizer": False, "iCalUId": entry.uid}
        given = entries.given(entry) | {"showAs": "tentative", "categories": []}
        ref = writing.create(self._core.calendar, unit, person, calendar, given, own=own, quiet=True)
        entries.exclude(self._core.calendar, unit, ref, entry)
        _attach(unit, ref, came)
        return {"_event": ref.id(_WISH), "meetingRequestType": "newMeetingRequest"}

    def _update(self, unit: Unit, person: Person, came: Came, entry: Entry, master: Ref) -> Document:
        ref = _addressed(unit, person, entry, master)
        if ref is None:
            return {}
        told: Document = {"_event": ref.id(_WISH)}
        if not _may(came, ref, entry):
            return told
        if _is_old(ref, entry):
            return told | {"isOutOfDate": True, "meetingRequestType": "outdated"}
        anew = bool(ref.document.get("isCancelled")) or _is_other(ref, entry)
        own = _own(entry) | {"isCancelled": False} | ({"responseStatus": _UNANSWERED} if anew else {})
        now = writing.change(self._core.calendar, unit, ref, _news(ref, entry, anew=anew), own=own, quiet=True)
        entries.exclude(self._core.calendar, unit, now, entry)
        before = {f"previous{name.title()}DateTime": ref.document[name] for name in ("start", "end")}
        return told | before | {"meetingRequestType": "fullUpdate" if anew else "informationalUpdate"}

    def _cancel(self, unit: Unit, person: Person, came: Came, entry: Entry) -> Document:
        """It stays, marked, until its owner takes it out."""
        master = refs.by_uid(unit, person.id, entry.uid)
        ref = _addressed(unit, person, entry, master) if master else None
        if ref is None or ref.document.get("isOrganizer"):
            return {}
        told: Document = {"_event": ref.id(_WISH)}
        if not _may(came, ref, entry) or _is_old(ref, entry):
            return told
        subject = str(ref.document.get("subject") or "")
        given = {"showAs": "free", "subject": subject if subject.startswith(CANCELED) else f"{CANCELED}{subject}"}
        own = _own(entry, attendees=False) | {"isCancelled": True, "isReminderOn": False}
        writing.change(self._core.calendar, unit, ref, given, own=own, quiet=True)
        return told

    def _answer(self, unit: Unit, person: Person, came: Came, entry: Entry, *, counter: bool) -> Document:
        """Of somebody who takes part: the organizer's event has it then."""
        master = refs.by_uid(unit, person.id, entry.uid)
        ref = _addressed(unit, person, entry, master) if master else None
        if ref is None or not ref.document.get("isOrganizer") or len(entry.document["attendees"]) != 1:
            return {}
        (found,) = entry.document["attendees"]
        told: Document = {"_event": ref.id(_WISH), "responseType": found["status"]["response"]}
        if not self._is_author(came, address_of(found)) or entry.sequence < entries.sequence_of(ref.document):
            return told | {"isOutOfDate": True}
        at = moment(entry.stamp or unit.now)
        changed: Document = {"status": {"response": found["status"]["response"], "time": at}}
        if counter and ref.document.get("allowNewTimeProposals") is not False:
            changed["proposedNewTime"] = told["proposedNewTime"] = {
                name: entry.document[name] for name in ("start", "end")
            }
        self._note(unit, ref, address_of(found), changed)
        return told

    def _is_author(self, came: Came, address: str) -> bool:
        """Somebody of here may write from another of their addresses than the one that was invited."""
        if address.lower() in came.authors:
            return True
        person = self._core.calendar.people.find(address)
        return person is not None and not own_addresses(person).isdisjoint(came.authors)

    def _note(self, unit: Unit, ref: Ref, address: str, changed: Mapping[str, Any]) -> None:
        """In the event and, of a series, in its changed occurrences, too: they have lists of their own."""
        below = refs.exceptions_of(unit, ref.item) if ref.day is None and ref.series else []
        for one in (ref, *below):
            people = one.document.get("attendees") or []
            noted = [{**each, **changed} if address_of(each).lower() == address.lower() else each for each in people]
            if noted == people or not (one is ref or "attendees" in one.changed.document):
                continue
            if one.day is None:
                unit.items.update(one.item, one.item.document | {"attendees": noted})
            else:
                writing.change(self._core.calendar, unit, one, {}, own={"attendees": noted}, quiet=True)


def _attach(unit: Unit, ref: Ref, came: Came) -> None:
    """What came with an invitation; large files are in the message only, for other mail waits meanwhile."""
    left, found = FILE_BYTES, came.files()
    for one in found:
        if len(one.content) <= left:
            left -= len(one.content)
            values = {
                "name": one.name if one.name.strip() else "attachment",
                "contentType": one.content_type,
                "isInline": one.inline,
            }
            attaching.add_file(unit, ref.item, {**values, "contentId": one.content_id or None}, one.content)
    if found:
        writing.follow(unit, ref.item)


@lru_cache(8)
def _read(raw: bytes, floating: str) -> Calendar:
    """Kept, since a message comes for many at once. Nobody changes it. Raises Unreadable."""
    return read(raw, floating=floating, most=MOST_ENTRIES, most_bytes=MOST_BYTES)


def _addressed(unit: Unit, person: Person, entry: Entry, master: Ref) -> Ref | None:
    """The event, or the occurrence that an entry names."""
    day = entries.day(entry.original, master)
    if day is None:
        return master if entry.original is None or master.series is None else None
    return refs.by_uid(unit, person.id, entry.uid, day)


def _news(ref: Ref, entry: Entry, *, anew: bool) -> Document:
    """What changes of an event that is there; what is the reader's own stays."""
    own = _OF_READER - _REMINDER if ref.document.get("isCancelled") else _OF_READER
    found = {name: value for name, value in entries.given(entry).items() if name not in own}
    if anew:
        found["showAs"] = "tentative"
    if ref.day is not None:
        found.pop("recurrence", None)
    elif ref.series is not None:
        found.setdefault("recurrence", None)
    return found


def _own(entry: Entry, *, attendees: bool = True) -> Document:
    """What the organizer's text says that no caller may."""
    found: Document = {SEQUENCE: entry.sequence, STAMP: moment(entry.stamp) if entry.stamp else None}
    if attendees:
        found |= {"attendees": entry.document["attendees"], "organizer": entry.document["organizer"]}
        found[INTENDED] = entry.document["showAs"]
    return found


def _may(came: Came, ref: Ref, entry: Entry) -> bool:
    """A change comes from the organizer of the meeting that is here, not from anybody who knows its id."""
    organizer = address_of(ref.document.get("organizer") or {}).lower()
    return organizer in came.authors and address_of(entry.document.get("organizer") or {}).lower() == organizer


def _is_old(ref: Ref, entry: Entry) -> bool:
    own = ref.document
    if ref.day is not None:  # what is known of the series says nothing of one occurrence
        own = ref.exception.document if ref.exception else {}
    known, stamp = entries.sequence_of(own), str(own.get(STAMP) or "")
    same = entry.sequence == known and entry.stamp is not None
    return entry.sequence < known or (same and entry.stamp is not None and moment(entry.stamp) < stamp)


def _is_other(ref: Ref, entry: Entry) -> bool:
    """Whether it is at another time now, so that it must be answered again."""
    try:
        found = times.times_of(entry.document, None)
    except BadTimes:
        return True
    before = ref.document.get("recurrence") or {}
    after = entry.document.get("recurrence") or {}
    if (found.begin, found.finish) != (ref.begin, ref.end) or bool(before) != bool(after):
        return True
    return bool(after) and _essence(before) != _essence(after)


def _essence(recurrence: Mapping[str, Any]) -> tuple[Any, ...]:
    pattern, limits = recurrence["pattern"], recurrence["range"]
    days = sorted(pattern.get("daysOfWeek") or [])
    return (*(pattern.get(name) for name in ("type", "interval")), days, limits.get("type"), limits.get("endDate"),
            limits.get("numberOfOccurrences"), pattern.get("index") if days else pattern.get("dayOfMonth"))  # fmt: skip


def _shown(found: Calendar) -> Document:
    """What the message itself tells of the meeting."""
    document = found.entries[0].document
    try:
        when = times.times_of(document, None)
    except PostroomError:
        return {}
    is_series = "recurrence" in document
    told: Document = {
        "startDateTime": times.stored(when.begin),
        "endDateTime": times.stored(when.finish),
        "isAllDay": when.is_all_day,
        "location": document["location"],
        "type": "seriesMaster" if is_series else "exception" if found.entries[0].original else "singleInstance",
        "recurrence": document.get("recurrence"),
        "isOutOfDate": False,
        "isDelegated": False,
    }
    if found.method.upper() == "REQUEST":
        told |= {name: document[name] for name in ("responseRequested", "allowNewTimeProposals")}
    return told
