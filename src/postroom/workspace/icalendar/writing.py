"""Entries become iCalendar text, as Outlook and others read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

import icalendar

from postroom.workspace.icalendar import people, rules, timezones
from postroom.workspace.icalendar.model import Calendar, Document, Entry, Original
from postroom.workspace.query.literals import instant
from postroom.workspace.query.zones import zone as known_zone

PRODUCT: Final = "-//Postroom//Calendar//EN"
_STATUSES: Final = {
    "free": "FREE", "tentative": "TENTATIVE", "busy": "BUSY", "oof": "OOF", "workingElsewhere": "WORKINGELSEWHERE",
}  # fmt: skip
_CLASSES: Final = {"private": "PRIVATE", "personal": "PRIVATE", "confidential": "CONFIDENTIAL"}
_PRIORITIES: Final = {"low": (9, 0), "normal": (5, 1), "high": (1, 2)}


def write(calendar: Calendar) -> bytes:
    """`start` and `end` of a document may be in UTC with the zone in `originalStartTimeZone`."""
    whole = icalendar.Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    if calendar.method:
        whole.add("method", calendar.method)
    for part in _zones(calendar.entries):
        whole.add_component(part)
    for entry in calendar.entries:
        whole.add_component(_event(entry, calendar.method))
    return bytes(whole.to_ical())


def zone_of(document: Mapping[str, Any], name: str = "start") -> tuple[str, tzinfo]:
    """The zone that a time of an event was given in, UTC for one that nobody knows."""
    given = str((document.get(name) or {}).get("timeZone") or "UTC")
    if given.upper() == "UTC":
        given = str(document.get("originalStartTimeZone" if name == "start" else "originalEndTimeZone") or "UTC")
    found = known_zone(given)
    return ("UTC", UTC) if found is None or found is UTC else (given, found)


def local(document: Mapping[str, Any], name: str) -> datetime | date:
    """A time of an event in its zone, or a day."""
    value = document[name]
    at = instant(str(value["dateTime"]), known_zone(str(value.get("timeZone") or "UTC")) or UTC)
    if at is None:
        raise ValueError(f"{name} is no time: {value['dateTime']}")
    return at.date() if document.get("isAllDay") else at.astimezone(zone_of(document, name)[1])


def _zones(entries: Iterable[Entry]) -> Iterable[icalendar.Timezone]:
    first: dict[str, tuple[tzinfo, int]] = {}
    for entry in entries:
        for name in ("start", "end"):
            zone, found = zone_of(entry.document, name)
            if zone != "UTC" and not entry.document.get("isAllDay"):
                year = local(entry.document, "start").year
                first[zone] = (found, min(year, first.get(zone, (found, year))[1]))
    return (timezones.component(name, zone, year) for name, (zone, year) in first.items())


def _event(entry: Entry, method: str) -> icalendar.Event:
    event, document = icalendar.Event(), entry.document
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp or datetime.now(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", str(document.get("subject") or ""))
    start = local(document, "start")
    _add_time(event, "dtstart", start, document, "start")
    _add_time(event, "dtend", local(document, "end"), document, "end")
    if entry.original is not None:
        _add_time(event, "recurrence-id", _in_zone(entry.original, start), document, "start")
    if document.get("recurrence"):
        _add_rule(event, entry, start)
    _add_people(event, document, method)
    if method != "REPLY":
        _add_details(event, entry)
    if entry.comment:
        event.add("comment", entry.comment)
    return event


def _add_time(event: icalendar.Event, name: str, at: Original, document: Document, of: str) -> None:
    """With the name that the zone was given, not the one that it has here."""
    made = icalendar.vDDDTypes(at.replace(tzinfo=None) if isinstance(at, datetime) else at)
    if isinstance(at, datetime):
        zone, _ = zone_of(document, of)
        if zone == "UTC":
            made = icalendar.vDDDTypes(at.astimezone(UTC))
        else:
            made.params["TZID"] = zone
    else:
        made.params["VALUE"] = "DATE"
    event.add(name, made)


def _in_zone(original: Original, start: datetime | date) -> Original:
    if isinstance(original, datetime) and isinstance(start, datetime):
        return original.astimezone(start.tzinfo)
    return original


def _add_rule(event: icalendar.Event, entry: Entry, start: datetime | date) -> None:
    clock = start.time() if isinstance(start, datetime) else None
    zone = (start.tzinfo if isinstance(start, datetime) else None) or UTC
    event.add("rrule", rules.written(entry.document["recurrence"], zone, clock))
    for one in entry.excluded:
        _add_time(event, "exdate", _in_zone(one, start), entry.document, "start")


def _add_people(event: icalendar.Event, document: Document, method: str) -> None:
    attendees, organizer = document.get("attendees") or [], document.get("organizer")
    made = people.organizer(organizer) if organizer and (attendees or method) else None
    if made is not None:
        event.add("organizer", made)
    rsvp = document.get("responseRequested") is not False and method != "REPLY"
    for one in attendees:
        person = people.attendee(one, rsvp=rsvp)
        if person is not None:
            event.add("attendee", person)


def _add_details(event: icalendar.Event, entry: Entry) -> None:
    document = entry.document
    body, place = document.get("body") or {}, str((document.get("location") or {}).get("displayName") or "")
    html = str(body.get("content") or "") if body.get("contentType") == "html" else ""
    text = entry.text or ("" if html else str(body.get("content") or ""))
    if text.strip():
        event.add("description", text)
    if html:
        event.add("x-alt-desc", icalendar.vText(html, params={"FMTTYPE": "text/html"}))
    if place:
        event.add("location", place)
    if document.get("categories"):
        event.add("categories", list(document["categories"]))
    event.add("class", _CLASSES.get(str(document.get("sensitivity")), "PUBLIC"))
    priority, importance = _PRIORITIES.get(str(document.get("importance")), _PRIORITIES["normal"])
    event.add("priority", priority)
    event.add("status", "CANCELLED" if document.get("isCancelled") else "CONFIRMED")
    _add_outlook(event, document, importance)
    _add_alarm(event, document)


def _add_outlook(event: icalendar.Event, document: Document, importance: int) -> None:
    shown_as = str(document.get("showAs") or "busy")
    event.add("transp", "TRANSPARENT" if shown_as in ("free", "workingElsewhere") else "OPAQUE")
    event.add("x-microsoft-cdo-busystatus", _STATUSES.get(shown_as, "BUSY"))
    event.add("x-microsoft-cdo-importance", str(importance))
    event.add("x-microsoft-cdo-alldayevent", "TRUE" if document.get("isAllDay") else "FALSE")
    if document.get("allowNewTimeProposals") is False:
        event.add("x-microsoft-disallow-counter", "TRUE")
    link = (document.get("onlineMeeting") or {}).get("joinUrl") or document.get("onlineMeetingUrl")
    if link:
        event.add("url", str(link))


def _add_alarm(event: icalendar.Event, document: Document) -> None:
    minutes = document.get("reminderMinutesBeforeStart")
    if document.get("isReminderOn") and isinstance(minutes, int):
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", "Reminder")
        alarm.add("trigger", timedelta(minutes=-minutes))
        event.add_component(alarm)
