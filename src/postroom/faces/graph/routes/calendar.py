"""Calendars and events.

Events are reached on several paths; `PLACES` are what stands before them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from postroom.faces.graph.route import DELTA, ENTITY, LIST, USER, Route

READ: Final = ("Calendars.Read", "Calendars.ReadWrite", "Calendars.Read.Shared", "Calendars.ReadWrite.Shared")
READ_APP: Final = ("Calendars.Read", "Calendars.ReadWrite")
BASIC: Final = frozenset({"Calendars.ReadBasic", "Calendars.ReadBasic.All"})
"""Scopes for events without what is in them: no bodies, attachments, extensions."""
READ_BASIC: Final = ("Calendars.ReadBasic", *READ)
READ_BASIC_APP: Final = ("Calendars.ReadBasic", "Calendars.ReadBasic.All", *READ_APP)
WRITE: Final = ("Calendars.ReadWrite", "Calendars.ReadWrite.Shared")
WRITE_APP: Final = ("Calendars.ReadWrite",)
OWN: Final = frozenset({"Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadWrite"})
"""Scopes for calendars of the caller's own only."""
READ_GROUPS: Final = ("Group.Read.All", "Group.ReadWrite.All")
WRITE_GROUPS: Final = ("Group.ReadWrite.All",)
EVENTS: Final = LIST - {"search"}
WINDOW: Final = DELTA - {"filter", "orderby", "expand"}
CALENDARS: Final = "{U}/calendars"
GROUPS: Final = "{U}/calendarGroups"
GROUP: Final = f"{GROUPS}/{{group}}"
PLACES: Final = {
    "events": "{U}",
    "default_events": "{U}/calendar",
    "calendar_events": f"{CALENDARS}/{{calendar}}",
    "group_calendar_events": f"{GROUP}/calendars/{{calendar}}",
    "group_events": "/groups/{group}",
    "group_default_events": "/groups/{group}/calendar",
}
"""What stands before `/events`, by the name that such routes have."""
SOURCE: Final = "Microsoft Graph v1.0, calendar"


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"calendar.{key}", method, path, returns, status, source=SOURCE, **more)


def _read(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    more.setdefault("options", EVENTS if returns.startswith("[") else ENTITY)
    mine = path.startswith(USER)
    allowed: dict[str, Any] = {"delegated": READ_BASIC, "application": READ_BASIC_APP} if mine else _both(READ_GROUPS)
    return _route(key, "GET", path, returns, doc=doc, **allowed, **more)


def _read_all(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    """What is in an event."""
    found = _read(key, path, returns, doc, **more)
    return replace(found, delegated=READ, application=READ_APP) if path.startswith(USER) else found


def _write(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 204, **more: Any) -> Route:
    mine = path.startswith(USER)
    allowed: dict[str, Any] = {"delegated": WRITE, "application": WRITE_APP} if mine else _both(WRITE_GROUPS)
    return _route(key, method, path, returns, status, doc=doc, **allowed, **more)


def _both(scopes: tuple[str, ...]) -> dict[str, Any]:
    return {"delegated": scopes, "application": scopes}


def shared(place: str) -> dict[str, Any]:
    """Calendars of others are reached by who may, with a scope that says so."""
    return {"anyone": True, "own": OWN} if place.startswith(USER) else {}


def _events(group: str, place: str) -> Iterator[Route]:
    """All that there is to do with events, on one path."""
    many, one = f"{place}/events", f"{place}/events/{{event}}"
    yield _read(f"{group}.list", many, "[event]", "Single events and masters of series.", o365=True)
    yield _write(f"{group}.create", "POST", many, "An event.", "event", 201, takes="message", o365=True)
    yield _read(f"{group}.delta", f"{many}/delta", "[event]", "Changed events.", options=DELTA - {"expand"})
    yield _read(f"{group}.view", f"{place}/calendarView", "[event]", "What is in a window, occurrence by occurrence.",
                o365=True)  # fmt: skip
    yield _read(f"{group}.view_delta", f"{place}/calendarView/delta", "[event]", "What changed in a window.",
                options=WINDOW)  # fmt: skip
    yield _read(f"{group}.get", one, "event", "One event, or one occurrence.", o365=True)
    yield _write(f"{group}.change", "PATCH", one, "Change an event; of an occurrence it makes an exception.", "event",
                 200, takes="message", o365=True)  # fmt: skip
    yield _write(f"{group}.delete", "DELETE", one, "Delete an event, or cancel one occurrence.", o365=True)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "The same.")
    yield _read(f"{group}.instances", f"{one}/instances", "[event]", "Occurrences of a series in a window.", o365=True)
    yield _read(f"{group}.exceptions", f"{one}/exceptionOccurrences", "[event]", "Changed occurrences of a series.")
    yield _read(f"{group}.calendar", f"{one}/calendar", "calendar", "The calendar of an event.")
    yield from _attachments(group, one)
    yield from _extensions(group, one)


def _attachments(group: str, one: str) -> Iterator[Route]:
    many, each = f"{one}/attachments", f"{one}/attachments/{{attachment}}"
    yield _read_all(f"{group}.attachments", many, "[attachment]", "Attachments.", o365=True)
    yield _write(f"{group}.attach", "POST", many, "Attach to an event.", "attachment", 201, takes="message", o365=True)
    yield _read_all(f"{group}.attachment", each, "attachment", "One attachment.", o365=True)
    yield _read_all(f"{group}.content", f"{each}/$value", "raw", "The bytes of an attachment.", o365=True)
    yield _write(f"{group}.detach", "DELETE", each, "Remove an attachment.", o365=True)
    yield _write(f"{group}.upload", "POST", f"{many}/createUploadSession", "Begin to upload a large file.",
                 "uploadSession", 201, takes="json", o365=True)  # fmt: skip


def _extensions(group: str, one: str) -> Iterator[Route]:
    many, each = f"{one}/extensions", f"{one}/extensions/{{extension}}"
    yield _read_all(f"{group}.extensions", many, "[extension]", "Open extensions.")
    yield _write(f"{group}.extend", "POST", many, "Keep an extension with an event.", "extension", 201, takes="json")
    yield _read_all(f"{group}.extension", each, "extension", "One extension.")
    yield _write(f"{group}.change_extension", "PATCH", each, "Change an extension.", "extension", 200, takes="json")
    yield _write(f"{group}.delete_extension", "DELETE", each, "Remove an extension.")


def _calendars(group: str, many: str) -> Iterator[Route]:
    """All that there is to do with calendars, on one path."""
    one = f"{many}/{{calendar}}"
    yield _read(f"{group}.list", many, "[calendar]", "Calendars.", o365=True, **shared(many))
    yield _write(f"{group}.create", "POST", many, "A calendar.", "calendar", 201, takes="json", o365=True)
    yield _read(f"{group}.get", one, "calendar", "One calendar.", o365=True, **shared(many))
    yield _write(f"{group}.change", "PATCH", one, "Name or colour.", "calendar", 200, takes="json", o365=True)
    yield _write(f"{group}.delete", "DELETE", one, "Delete a calendar with its events.", o365=True)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "The same.")


ROUTES: Final = (
    *(replace(route, **shared(place)) for group, place in PLACES.items() for route in _events(group, place)),
    *_calendars("calendars", CALENDARS),
    *_calendars("calendars_of_group", f"{GROUP}/calendars"),
    _read("calendars_of_default_group.list", "{U}/calendarGroup/calendars", "[calendar]",
          "Calendars of the default group."),
    _write("calendars_of_default_group.create", "POST", "{U}/calendarGroup/calendars", "A calendar in it.", "calendar",
           201, takes="json"),
    _read("default.get", "{U}/calendar", "calendar", "The default calendar.", o365=True, **shared(USER)),
    _write("default.change", "PATCH", "{U}/calendar", "Its name or colour.", "calendar", 200, takes="json", o365=True),
    _read("default_of_group.get", "/groups/{group}/calendar", "calendar", "The calendar of a group."),
    _read("groups.list", GROUPS, "[calendarGroup]", "Groups of calendars."),
    _write("groups.create", "POST", GROUPS, "A group.", "calendarGroup", 201, takes="json"),
    _read("groups.get", GROUP, "calendarGroup", "One group."),
    _write("groups.change", "PATCH", GROUP, "Rename a group.", "calendarGroup", 200, takes="json"),
    _write("groups.delete", "DELETE", GROUP, "Delete an empty group."),
    _read("default_group.get", "{U}/calendarGroup", "calendarGroup", "The default group."),
)  # fmt: skip
