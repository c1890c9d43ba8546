"""What callers give for an event, checked and made whole. Times and recurrence are looked at in `writing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.people import Person
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.calendar import uids
from postroom.workspace.workloads.items import extended, taking, text
from postroom.workspace.workloads.items.wish import Document

READ_ONLY: Final = (
    "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "bodyPreview", "hasAttachments", "iCalUId", "type",
    "seriesMasterId", "originalStart", "originalStartTimeZone", "originalEndTimeZone", "webLink", "organizer",
    "isOrganizer", "isCancelled", "isDraft", "onlineMeeting", "onlineMeetingUrl", "responseStatus",
    "cancelledOccurrences", "occurrenceId", "exceptionOccurrences", "instances", "calendar",
)  # fmt: skip
FIXED: Final = (
    "id", "createdDateTime", "iCalUId", "seriesMasterId", "originalStart", "isOrganizer", "transactionId",
)  # fmt: skip
"""Of what is read-only: what is not changed by something else either."""
TIMES: Final = frozenset({"start", "end", "isAllDay"})
NEVER: Final = "0001-01-01T00:00:00Z"
"""When nobody has answered."""
MOST_ATTENDEES: Final = 500
MOST_CATEGORIES: Final = 200
MOST_MINUTES: Final = 60 * 24 * 366
"""Of a reminder before the start."""


@dataclass(frozen=True, slots=True)
class Given:
    """`body` and `attachments` are kept beside the document."""

    document: Document
    body: Body | None = None
    attachments: list[Document] = field(default_factory=list)


def given(values: Mapping[str, Any], *, partial: bool) -> Given:
    """Raises Invalid, UnknownProperty."""
    document = dict(values)
    attachments = taking.objects(document, "attachments")
    own = extended.taken(document)
    taking.take(document, "extensions")
    _flag(document, "isOnlineMeeting")
    document = checked(SCHEMA.entity("event"), document, read_only=READ_ONLY, partial=partial)
    document.pop("@odata.type", None)
    _normalise(document)
    body = _body(document)
    return Given(document | own, body, attachments)


def new(owner: Person, now: datetime) -> Document:
    """An event of which nothing was said yet."""
    return {
        "subject": "",
        "bodyPreview": "",
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "categories": [],
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
        "hasAttachments": False,
        "isAllDay": False,
        "isCancelled": False,
        "isDraft": False,
        "isOrganizer": True,
        "responseRequested": True,
        "allowNewTimeProposals": True,
        "hideAttendees": False,
        "transactionId": None,
        "type": "singleInstance",
        "recurrence": None,
        "location": {"displayName": ""},
        "locations": [],
        "attendees": [],
        "organizer": {"emailAddress": {"name": owner.name, "address": owner.address}},
        "responseStatus": {"response": "organizer", "time": NEVER},
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "onlineMeeting": None,
        "onlineMeetingUrl": None,
        "iCalUId": uids.new(now),
    }


def attendees(found: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]]) -> list[Document]:
    """The people of an event; who was one before keeps the answer. Only `own=` gives answers."""
    answers = {address_of(one).lower(): one.get("status") for one in before}
    return [_attendee(one, answers) for one in found]


def address_of(one: Mapping[str, Any]) -> str:
    return str((one.get("emailAddress") or {}).get("address") or "")


def _attendee(one: Mapping[str, Any], answers: Mapping[str, Any]) -> Document:
    address, name = address_of(one).strip(), str((one.get("emailAddress") or {}).get("name") or "")
    if not address or len(address) > 320:
        raise Invalid("attendees/emailAddress/address", "an address")
    found: Document = {
        "type": one.get("type") or "required",
        "status": answers.get(address.lower()) or {"response": "none", "time": NEVER},
        "emailAddress": {"name": name or address, "address": address},
    }
    return found | ({"proposedNewTime": one["proposedNewTime"]} if one.get("proposedNewTime") else {})


def _normalise(document: Document) -> None:
    """Nulls become what there is by default, and what goes together is brought together."""
    for name in ("attendees", "categories", "locations"):
        if name in document:
            document[name] = list(document[name] or [])
    for name, value in _DEFAULTS.items():
        if name in document and document[name] is None:
            document[name] = value
    if len(document.get("attendees") or ()) > MOST_ATTENDEES:
        raise Invalid("attendees", f"at most {MOST_ATTENDEES} attendees")
    if len(document.get("categories") or ()) > MOST_CATEGORIES:
        raise Invalid("categories", f"at most {MOST_CATEGORIES} categories")
    minutes = document.get("reminderMinutesBeforeStart") or 0
    if not 0 <= minutes <= MOST_MINUTES:
        raise Invalid("reminderMinutesBeforeStart", f"a number from 0 to {MOST_MINUTES}")
    _place(document)


def _place(document: Document) -> None:
    """`location` is the first of `locations`, whichever of the two was given."""
    if "location" in document and "locations" not in document:
        found = document["location"] or {"displayName": ""}
        document["locations"] = [_location(found)] if found.get("displayName") else []
        document["location"] = _location(found)
    elif "locations" in document:
        document["locations"] = [_location(one) for one in document["locations"] if one]
        document["location"] = document["locations"][0] if document["locations"] else {"displayName": ""}


def _location(given: Mapping[str, Any]) -> Document:
    name = given.get("displayName") or ""
    told = {"displayName": name, "locationType": "default", "uniqueId": name, "uniqueIdType": "private"}
    return told | {key: value for key, value in given.items() if value is not None}


def _body(document: Document) -> Body | None:
    """The body out of a document, whose preview follows it."""
    if "body" not in document:
        return None
    found = document.pop("body") or {}
    html = str(found.get("contentType") or "text").lower() == "html"
    content = str(found.get("content") or "")
    document["bodyPreview"] = text.preview(content, html=html)
    return Body("html" if html else "text", text.whole(content) if html else content)


def _flag(document: Document, name: str) -> None:
    """python-o365 sends this flag as text."""
    for key, value in document.items():
        if key.lower() == name.lower() and isinstance(value, str):
            document[key] = {"true": True, "false": False}.get(value.lower(), value)


_DEFAULTS: Final[Mapping[str, Any]] = {
    "subject": "",
    "importance": "normal",
    "sensitivity": "normal",
    "showAs": "busy",
    "isReminderOn": False,
    "reminderMinutesBeforeStart": 0,
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
}
