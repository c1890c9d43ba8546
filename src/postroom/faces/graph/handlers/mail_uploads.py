"""Attachments that come in ranges. Whoever knows the URL of a session may send to it: it holds 256 random bits."""

from __future__ import annotations

import re
from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers.mail_calls import mail, on_messages
from postroom.faces.graph.result import Created, Document, Nothing, One, Result
from postroom.workspace.workloads.mail.uploads import Session

_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,15})-(\d{1,15})/(\d{1,15})\s*", re.IGNORECASE)


@on_messages("upload")
def begin(call: Call, message: str) -> Result:
    described = call.given("AttachmentItem")
    if not isinstance(described, dict):
        raise Invalid("AttachmentItem", "what is to be attached")
    session = mail(call).uploads.begin(call.mailbox, message, described)
    url = call.url(f"uploads/mail/{session.token}")
    return Created({"uploadUrl": url, **_shown(session)}, url)


@implements("mail.uploads.put")
def put(call: Call, token: str) -> Result:
    found = _RANGE.fullmatch(call.headers.get("content-range", ""))
    if not found:
        raise Invalid("Content-Range", "bytes first-last/total")
    first, last, total = map(int, found.groups())
    if last - first + 1 != len(call.content):
        raise Invalid("Content-Range", f"a range as long as the body, {len(call.content)} bytes")
    session = mail(call).uploads.put(token, first, total, call.content)
    if session.missing:
        return One(_shown(session))
    path = f"users('{session.mailbox}')/messages('{session.message_id}')/Attachments('{session.attachment_id}')"
    return Nothing(201, {"Location": call.url(path)})


@implements("mail.uploads.state")
def state(call: Call, token: str) -> Result:
    return One(_shown(mail(call).uploads.state(token)))


@implements("mail.uploads.cancel")
def cancel(call: Call, token: str) -> Result:
    mail(call).uploads.cancel(token)
    return Nothing()


def _shown(session: Session) -> Document:
    """As Outlook writes it: where each missing range begins, without a dash."""
    return {
        "expirationDateTime": session.expires,
        "nextExpectedRanges": [str(first) for first, _ in session.missing],
    }
