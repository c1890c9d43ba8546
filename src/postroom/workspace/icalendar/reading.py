"""iCalendar text becomes entries with documents. Raises Unreadable for what is no calendar; a bad event is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import icalendar

from postroom.errors import Invalid
from postroom.workspace.icalendar import lines, people, rules, zones
from postroom.workspace.icalendar.model import Calendar, Document, Entry, Original
from postroom.workspace.query.zones import zone as known_zone

MOST_EVENTS: Final = 10_000
SUBJECT_CHARS: Final = 255
TEXT_CHARS: Final = 1 << 20
MOST_EXCLUDED: Final = 1_000
MOST_CATEGORIES: Final = 100
ZONE_CHARS: Final = 150
ZONE_STEPS: Final = 5
_UID_CHARS: Final = 1_000
_ZONE: Final = re.compile(r";TZID=(\"[^\"]+\"|[^;:\"]+)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([nN,;\\])")
_DAY: Final = timedelta(days=1)
_SENSITIVITIES: Final = {"PRIVATE": "private", "CONFIDENTIAL": "confidential"}
_SHOWN_AS: Final = {
    "FREE": "free", "TENTATIVE": "tentative", "BUSY": "busy", "OOF": "oof", "WORKINGELSEWHERE": "workingElsewhere",
}  # fmt: skip
_BROKEN: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError, Invalid)
"""What the parser raises for broken values, and what they raise when they are used."""


@dataclass(frozen=True, slots=True)
class _Zones:
    """Those that a text defines, and the one of times without any."""

    defined: Mapping[str, zones.Definition]
    floating: str

    def placed(self, value: Any) -> tuple[datetime | date, str]:
        """A time, aware and in its zone, or a day; and the name of the zone. Raises ValueError."""
        found = value.dt
        if not isinstance(found, datetime):
            if isinstance(found, date):
                return found, ""
            raise ValueError("a date or a time")
        if found.utcoffset() == timedelta() and "TZID" not in value.params:
            return found.astimezone(UTC), "UTC"
        local, tzid = found.replace(tzinfo=None), str(value.params.get("TZID") or "")
        name = zones.name_of(tzid, self.defined, local.year) if tzid else self.floating
        if name is not None and (zone := known_zone(name)) is not None:
            return local.replace(tzinfo=zone), name
        if tzid in self.defined:
            return (local - self.defined[tzid].offset(local)).replace(tzinfo=UTC), "UTC"
        raise ValueError(f"a time zone that is known, not {tzid[:100]!r}")


def read(raw: bytes, *, floating: str = "UTC", most: int = MOST_EVENTS, most_bytes: int = lines.MOST_BYTES) -> Calendar:
    """`floating` is the zone of times that have none."""
    found = lines.blocks(raw, most, most_bytes)
    known, entries, skipped = _Zones(zones.defined(found.zones), floating), [], list(found.skipped)
    for block in found.events:
        event = icalendar.Event()
        try:
            event = _parsed(block)
            entries.append(_entry(event, known))
        except _BROKEN as error:
            skipped.append(f"{_text(event, 'SUMMARY', 80) or _text(event, 'UID', 80) or 'An event'}: {error}")
    return Calendar(found.method, tuple(entries), tuple(skipped))


def _parsed(block: Iterable[str]) -> icalendar.Event:
    text = "\r\n".join(("BEGIN:VEVENT", *(_ZONE.sub(_near, line) for line in block), "END:VEVENT", ""))
    found = icalendar.Event.from_ical(text)
    if not isinstance(found, icalendar.Event):
        raise TypeError("an event")
    return found


def _near(zone: re.Match[str]) -> str:
    """The parser looks for names of zones in folders of folders. Raises ValueError for one that is too long a way."""
    if len(zone[1]) > ZONE_CHARS or zone[1].count("/") > ZONE_STEPS:
        raise ValueError("a time zone with a short name")
    return f";TZID={zone[1].lstrip('/')}" if zone[1][0] == "/" else zone[0]


def _entry(event: icalendar.Event, known: _Zones) -> Entry:
    start, zone = known.placed(_one(event, "DTSTART"))
    end, end_zone = _end(event, known, start, zone)
    stamp = _instant(event, "DTSTAMP")
    document: Document = {
        "subject": _text(event, "SUMMARY", SUBJECT_CHARS),
        "body": _body(event),
        "start": _written(start, zone),
        "end": _written(end, end_zone),
        "isAllDay": not isinstance(start, datetime),
        "location": {"displayName": _text(event, "LOCATION", 1000)},
        "importance": _importance(event),
        "sensitivity": _SENSITIVITIES.get(_text(event, "CLASS", 20).upper(), "normal"),
        "showAs": _shown_as(event),
        "categories": _categories(event),
        "isCancelled": _text(event, "STATUS", 20).upper() == "CANCELLED",
        "allowNewTimeProposals": _text(event, "X-MICROSOFT-DISALLOW-COUNTER", 5).upper() != "TRUE",
        **_reminder(event, start),
        **_people(event, stamp),
    }
    rule = _one(event, "RRULE")
    if rule is not None:
        document["recurrence"] = _recurrence(event, rule, start, zone)
    original = _one(event, "RECURRENCE-ID")
    return Entry(
        _text(event, "UID", _UID_CHARS),
        document,
        sequence=max(_number(event, "SEQUENCE"), 0),
        stamp=stamp,
        original=None if original is None else known.placed(original)[0],
        excluded=_excluded(event, known),
        text=_text(event, "DESCRIPTION", TEXT_CHARS),
        comment=_text(event, "COMMENT", TEXT_CHARS),
    )


def _one(event: icalendar.Event, name: str) -> Any:
    """The first value of a property; of those that may stand once only it counts."""
    found = event.get(name)
    return found[0] if isinstance(found, list) and found else found


def _all(event: icalendar.Event, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _text(event: icalendar.Event, name: str, most: int) -> str:
    found = _one(event, name)
    return "" if found is None else str(found)[:most].strip()


def _number(event: icalendar.Event, name: str) -> int:
    found = _one(event, name)
    return int(found) if isinstance(found, int) else 0


def _instant(event: icalendar.Event, name: str) -> datetime | None:
    found = getattr(_one(event, name), "dt", None)
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else None


def _end(event: icalendar.Event, known: _Zones, start: datetime | date, zone: str) -> tuple[datetime | date, str]:
    """From DTEND or DURATION; without either a day takes one day and a time none. Raises ValueError."""
    given, length = _one(event, "DTEND"), _one(event, "DURATION")
    end: datetime | date
    if given is not None:
        end, zone = known.placed(given)
    elif isinstance(start, datetime):
        end = (start.astimezone(UTC) + (length.dt if length is not None else timedelta())).astimezone(start.tzinfo)
    else:
        end = start + (length.dt if length is not None else _DAY)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise ValueError("an end of the same kind as the start")
    if not isinstance(start, datetime) and end == start:
        end = start + _DAY  # some programs write it so
    if end < start:
        raise ValueError("an end that is not before the start")
    return end, zone


def _written(at: datetime | date, zone: str) -> Document:
    text = at.replace(tzinfo=None).isoformat(timespec="seconds") if isinstance(at, datetime) else f"{at}T00:00:00"
    return {"dateTime": f"{text}.0000000", "timeZone": zone or "UTC"}


def _body(event: icalendar.Event) -> Document:
    """With its markup, when somebody like Outlook sent that too."""
    for one in _all(event, "X-ALT-DESC"):
        if str(one.params.get("FMTTYPE") or "").lower() == "text/html":
            return {"contentType": "html", "content": _unescaped(str(one))[:TEXT_CHARS]}
    return {"contentType": "text", "content": _text(event, "DESCRIPTION", TEXT_CHARS)}


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _importance(event: icalendar.Event) -> str:
    given = _text(event, "X-MICROSOFT-CDO-IMPORTANCE", 1)
    if given in ("0", "1", "2"):
        return ("low", "normal", "high")[int(given)]
    level = _number(event, "PRIORITY")
    return "high" if 1 <= level <= 4 else "low" if 6 <= level <= 9 else "normal"


def _shown_as(event: icalendar.Event) -> str:
    for name in ("X-MICROSOFT-CDO-INTENDEDSTATUS", "X-MICROSOFT-CDO-BUSYSTATUS"):
        found = _SHOWN_AS.get(_text(event, name, 20).upper())
        if found:
            return found
    if _text(event, "TRANSP", 20).upper() == "TRANSPARENT":
        return "free"
    return "tentative" if _text(event, "STATUS", 20).upper() == "TENTATIVE" else "busy"


def _categories(event: icalendar.Event) -> list[str]:
    names = [str(name)[:255].strip() for one in _all(event, "CATEGORIES") for name in getattr(one, "cats", ())]
    return list(dict.fromkeys(filter(None, names)))[:MOST_CATEGORIES]


def _reminder(event: icalendar.Event, start: datetime | date) -> Document:
    """The first alarm that is so long before the start."""
    for alarm in event.walk("VALARM"):
        before = getattr(alarm.get("TRIGGER"), "dt", None)
        if isinstance(before, datetime) and before.tzinfo and isinstance(start, datetime):
            before = before - start
        if isinstance(before, timedelta) and timedelta(-365) <= before <= timedelta():
            return {"isReminderOn": True, "reminderMinutesBeforeStart": int(-before.total_seconds() // 60)}
    return {"isReminderOn": False}


def _people(event: icalendar.Event, stamp: datetime | None) -> Document:
    given = _all(event, "ATTENDEE")[: people.MOST]
    organizer = _one(event, "ORGANIZER")
    rsvp = [str(one.params.get("RSVP") or "").upper() == "TRUE" for one in given if hasattr(one, "params")]
    return {
        "organizer": None if organizer is None else people.recipient_of(organizer),
        "attendees": [one for one in (people.attendee_of(each, stamp) for each in given) if one is not None],
        "responseRequested": any(rsvp) or not rsvp,
    }


def _recurrence(event: icalendar.Event, rule: Any, start: datetime | date, zone: str) -> Document:
    if not isinstance(rule, icalendar.vRecur):
        raise TypeError(f"a rule of recurrence, not {str(rule)[:100]!r}")
    if len(_all(event, "RRULE")) > 1 or event.get("RDATE") is not None or event.get("EXRULE") is not None:
        raise ValueError("one rule of recurrence, without further dates")
    found = rules.read(rule, start)
    return {**found, "range": {**found["range"], "recurrenceTimeZone": zone or "UTC"}}


def _excluded(event: icalendar.Event, known: _Zones) -> tuple[Original, ...]:
    found: list[Original] = []
    for one in _all(event, "EXDATE"):
        for value in getattr(one, "dts", ()):
            value.params = one.params
            found.append(known.placed(value)[0])
    return tuple(found[:MOST_EXCLUDED])
