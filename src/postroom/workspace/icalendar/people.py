"""ORGANIZER and ATTENDEE, and Graph's recipients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from icalendar import vCalAddress

from postroom.workspace.clock import moment
from postroom.workspace.icalendar.model import Document

NEVER: Final = "0001-01-01T00:00:00Z"
MOST: Final = 1000
"""Attendees of one event that are read."""
_STATES: Final = {
    "notResponded": "NEEDS-ACTION", "none": "NEEDS-ACTION", "accepted": "ACCEPTED", "declined": "DECLINED",
    "tentativelyAccepted": "TENTATIVE", "organizer": "ACCEPTED",
}  # fmt: skip
_RESPONSES: Final = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentativelyAccepted"}
_ROLES: Final = {"required": "REQ-PARTICIPANT", "optional": "OPT-PARTICIPANT", "resource": "NON-PARTICIPANT"}
_TYPES: Final = {"OPT-PARTICIPANT": "optional", "NON-PARTICIPANT": "optional"}
_ADDRESS: Final = re.compile(r"[^\s@<>,;\"]{1,200}@[^\s@<>,;\"]{1,250}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


def organizer(recipient: Mapping[str, Any]) -> vCalAddress | None:
    return _written(recipient)


def attendee(one: Mapping[str, Any], *, rsvp: bool) -> vCalAddress | None:
    """None for somebody without an address."""
    made = _written(one)
    if made is not None:
        kind = str(one.get("type") or "required")
        made.params["CUTYPE"] = "RESOURCE" if kind == "resource" else "INDIVIDUAL"
        made.params["ROLE"] = _ROLES.get(kind, "REQ-PARTICIPANT")
        made.params["PARTSTAT"] = _STATES.get(str((one.get("status") or {}).get("response")), "NEEDS-ACTION")
        made.params["RSVP"] = "TRUE" if rsvp else "FALSE"
    return made


def _written(recipient: Mapping[str, Any]) -> vCalAddress | None:
    given = recipient.get("emailAddress") or {}
    address = str(given.get("address") or "").strip()
    if not _ADDRESS.fullmatch(address):
        return None
    made = vCalAddress(f"mailto:{address}")
    name = _CONTROL.sub(" ", str(given.get("name") or "")).strip()
    if name and name != address:
        made.params["CN"] = name
    return made


def recipient_of(value: Any) -> Document | None:
    """None for what is no address of mail."""
    address = str(value).strip()
    address = address[7:] if address[:7].lower() == "mailto:" else address
    if not _ADDRESS.fullmatch(address):
        address = str(value.params.get("EMAIL") or "") if isinstance(value, vCalAddress) else ""
        if not _ADDRESS.fullmatch(address):
            return None
    name = _CONTROL.sub(" ", str(value.params.get("CN") or ""))[:255].strip()
    return {"emailAddress": {"name": name or address, "address": address}}


def attendee_of(value: Any, answered: datetime | None) -> Document | None:
    """With the state that the text gives it; `answered` is when."""
    found = recipient_of(value)
    if found is None:
        return None
    params = {str(name).upper(): str(one).upper() for name, one in value.params.items()}
    is_resource = params.get("CUTYPE") in ("RESOURCE", "ROOM")
    response = _RESPONSES.get(params.get("PARTSTAT", ""), "none")
    at = moment(answered) if answered and response != "none" else NEVER
    kind = "resource" if is_resource else _TYPES.get(params.get("ROLE", ""), "required")
    return {"type": kind, "status": {"response": response, "time": at}, **found}
