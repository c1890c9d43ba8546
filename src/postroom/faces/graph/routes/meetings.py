"""Meetings: answers, free and busy times, reminders, sharing of calendars, events as iCalendar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.faces.graph.route import ENTITY, LIST, USER, Route
from postroom.faces.graph.routes import calendar as calendars

PLACES: Final = {"default": "{U}/calendar", "calendars": "{U}/calendars/{calendar}"}
"""Calendars that are shared and asked for times."""
SHARED: Final[dict[str, Any]] = {
    "delegated": ("Calendars.Read", "Calendars.ReadBasic", *calendars.READ[1:]),
    "application": calendars.READ_APP,
}
SOURCE: Final = "Microsoft Graph v1.0, calendar"


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"calendar.{key}", method, path, returns, status, source=SOURCE, **more)


def _both(write: bool, path: str) -> dict[str, Any]:
    if path.startswith(USER):
        read = {"delegated": calendars.READ, "application": calendars.READ_APP}
        return {"delegated": calendars.WRITE, "application": calendars.WRITE_APP} if write else read
    groups = calendars.WRITE_GROUPS if write else calendars.READ_GROUPS
    return {"delegated": groups, "application": groups}


def _actions(group: str, place: str) -> Iterator[Route]:
    """What is done with a meeting, on one path that leads to events."""
    one = f"{place}/events/{{event}}"
    shared = calendars.shared(place)
    allowed: dict[str, Any] = {"takes": "json", **_both(True, place), **shared}
    answers = {"accept": "Accept", "tentativelyAccept": "Accept tentatively", "decline": "Decline"}
    for name, what in answers.items():
        doc = f"{what} a meeting; the organizer is told."
        yield _route(f"{group}.{name}", "POST", f"{one}/{name}", status=202, doc=doc, o365=True, **allowed)
    yield _route(f"{group}.cancel", "POST", f"{one}/cancel", status=202, o365=True,
                 doc="Take a meeting back; those who take part are told.", **allowed)  # fmt: skip
    yield _route(f"{group}.forward", "POST", f"{one}/forward", status=202, doc="Pass an invitation on.", **allowed)
    yield _route(f"{group}.dismissReminder", "POST", f"{one}/dismissReminder", doc="Done with a reminder.", **allowed)
    yield _route(f"{group}.snoozeReminder", "POST", f"{one}/snoozeReminder", doc="Be reminded later.", **allowed)
    yield _route(f"{group}.icalendar", "GET", f"{one}/$value", "raw", doc="An event as iCalendar, a series with its "
                 "exceptions. Ours: Graph has no such route.", **_both(False, place), **shared)  # fmt: skip


def _permissions(group: str, place: str) -> Iterator[Route]:
    many, each = f"{place}/calendarPermissions", f"{place}/calendarPermissions/{{permission}}"
    read, write = _both(False, place), {"takes": "json", **_both(True, place)}
    yield _route(f"{group}.permissions", "GET", many, "[calendarPermission]", options=LIST,
                 doc="Who else may see or change a calendar.", **read)  # fmt: skip
    yield _route(f"{group}.permit", "POST", many, "calendarPermission", 201, doc="Share it with somebody.", **write)
    yield _route(f"{group}.permission", "GET", each, "calendarPermission", options=ENTITY, doc="What one may.", **read)
    yield _route(f"{group}.change_permission", "PATCH", each, "calendarPermission", doc="Another role.", **write)
    yield _route(f"{group}.delete_permission", "DELETE", each, status=204, doc="No longer share it.", **write)
    yield _route(f"{group}.roles", "GET", f"{place}/allowedCalendarSharingRoles",
                 doc="Which roles somebody can be given.", **read)  # fmt: skip
    yield _route(f"{group}.schedule", "POST", f"{place}/getSchedule", "[scheduleInformation]", takes="json",
                 doc="When people are free.", o365=True, **SHARED)  # fmt: skip


ROUTES: Final = (
    *(route for group, place in calendars.PLACES.items() for route in _actions(group, place)),
    *(route for group, place in PLACES.items() for route in _permissions(group, place)),
    _route("times", "POST", "{U}/findMeetingTimes", "meetingTimeSuggestionsResult", takes="json",
           doc="Times at which people could meet.", delegated=("Calendars.Read.Shared", "Calendars.ReadWrite.Shared"),
           application=calendars.READ_APP),
    _route("reminders", "GET", "{U}/reminderView", "[reminder]", doc="Reminders in a window.",
           **_both(False, USER)),
)  # fmt: skip
