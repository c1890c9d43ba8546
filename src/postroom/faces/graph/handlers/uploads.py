"""Attachments that come in ranges. Whoever knows the URL of a session may send to it: it holds 256 random bits."""

from __future__ import annotations

import re
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.result import Created, Document, Nothing, One, Result
from postroom.workspace.workloads.items.uploads import Session

_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,15})-(\d{1,15})/(\d{1,15})\s*", re.IGNORECASE)


def begun(
    call: Call, owner: str, *kinds: str, described: str = "AttachmentItem", place: str = "uploads/attachments"
) -> Result:
    """A session for what a parameter describes, of an item of one of these kinds; its URL lies below `place`."""
    given = call.given(described)
    if not isinstance(given, dict):
        raise Invalid(described, "what is to be attached")
    session = call.workspace.uploads.begin(call.mailbox, owner, given, *kinds)
    url = call.url(f"{place}/{session.token}")
    return Created({"uploadUrl": url, **_shown(session)}, url)


@implements("uploads.put")
def put(call: Call, token: str) -> Result:
    found = _RANGE.fullmatch(call.headers.get("content-range", ""))
    if not found:
        raise Invalid("Content-Range", "bytes first-last/total")
    first, last, total = map(int, found.groups())
    if last - first + 1 != len(call.content):
        raise Invalid("Content-Range", f"a range as long as the body, {len(call.content)} bytes")
    session = call.workspace.uploads.put(token, first, total, call.content)
    if session.missing:
        return One(_shown(session))
    return Nothing(201, {"Location": call.url(session.path)})


@implements("uploads.state")
def state(call: Call, token: str) -> Result:
    return One(_shown(call.workspace.uploads.state(token)))


@implements("uploads.cancel")
def cancel(call: Call, token: str) -> Result:
    call.workspace.uploads.cancel(token)
    return Nothing()


def _shown(session: Session) -> Document:
    """As Outlook writes it: where each missing range begins, without a dash."""
    return {
        "expirationDateTime": session.expires,
        "nextExpectedRanges": [str(first) for first, _ in session.missing],
    }
