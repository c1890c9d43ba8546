"""A received message, bytes, as what Graph shows of it: a document, a body, descriptors of its attachments.

Never raises for bad mail. The bytes stay the truth: attachments are cut out of them when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from postroom.workspace.clock import moment
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import charset, conversation, headers
from postroom.workspace.workloads.mail.parts import Node, Part, leaves, parse

BODY_CHARS: Final = 16 << 20
HEADERS_CHARS: Final = 512 << 10
SUBJECT_CHARS: Final = 2_000
_MEETINGS: Final = {
    "request": ("eventMessageRequest", "meetingRequest"),
    "cancel": ("eventMessage", "meetingCancelled"),
    "reply": ("eventMessageResponse", "meetingAccepted"),
    "counter": ("eventMessageResponse", "meetingTenativelyAccepted"),
}
_SENSITIVITIES: Final = {"personal": "personal", "private": "private", "company-confidential": "confidential"}


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment. `part` is its path in the message, see parts.Part."""

    kind: str
    part: str
    name: str
    content_type: str
    size: int
    inline: bool
    content_id: str = ""
    location: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """As an item is stored."""
        shown: dict[str, Any] = {
            "@odata.type": f"#microsoft.graph.{self.kind}",
            "name": self.name,
            "contentType": self.content_type,
            "size": self.size,
            "isInline": self.inline,
        }
        if self.kind == "fileAttachment":
            shown |= {"contentId": self.content_id or None, "contentLocation": self.location or None}
        return shown | {"_part": self.part}


@dataclass(frozen=True)
class Read:
    """What is in a message. `references` are the ids of its conversation, the oldest first; `tree` gives its parts."""

    document: dict[str, Any]
    body: Body
    attachments: tuple[Attached, ...]
    references: tuple[str, ...]
    tree: Callable[[], Node]
    calendar: bytes | None = None
    """The iCalendar text of a message about a meeting, in UTF-8."""
    written: bool = False
    """Written here, with no header fields but those that `document` tells of."""

    @cached_property
    def node(self) -> Node:
        """The message as a tree of parts."""
        return self.tree()

    @property
    def headers(self) -> list[dict[str, str]]:
        """`internetMessageHeaders`."""
        return headers.every(self.node, HEADERS_CHARS)


def read(raw: bytes, received: datetime) -> Read:
    """Read a message that came at `received`."""
    message = parse(raw)
    parts = list(leaves(message))
    body, in_body = _body(parts)
    meeting = next((part for part in parts if _is_meeting(part)), None)
    attachments = tuple(
        _attached(part, body) for part in parts if part.path not in in_body and not _is_alternative(part)
    )
    references = _references(message)
    document = _document(message, body, received) | _meeting(meeting)
    document["hasAttachments"] = any(not one.inline for one in attachments)
    calendar = _text(meeting).encode("utf-8", "replace") if meeting else None
    return Read(document, body, attachments, references, lambda: message, calendar)


def header_list(raw: bytes) -> list[dict[str, str]]:
    """`internetMessageHeaders` of a message."""
    return headers.every(parse(raw[: 1 << 20] if len(raw) > 1 << 20 else raw), HEADERS_CHARS)


def _document(message: Node, body: Body, received: datetime) -> dict[str, Any]:
    senders = headers.recipients(message, "from")
    sender = headers.recipients(message, "sender") or senders
    message_id = next(iter(headers.ids(message, "message-id")), "")
    sent = headers.date(headers.values(message, "date")) or received
    conversation_id = conversation.id_of(conversation.root_of(message_id, _references(message)))
    return {
        "subject": headers.value(message, "subject")[:SUBJECT_CHARS],
        "bodyPreview": text.preview(body.content, html=body.content_type == "html"),
        "importance": _importance(message),
        "internetMessageId": message_id or None,
        "conversationId": conversation_id,
        "conversationIndex": conversation.index_from(headers.value(message, "thread-index"))
        or conversation.first_index(conversation_id, sent),
        "receivedDateTime": moment(received),
        "sentDateTime": moment(sent),
        "isDeliveryReceiptRequested": bool(headers.value(message, "return-receipt-to")) or None,
        "isReadReceiptRequested": bool(headers.value(message, "disposition-notification-to")),
        "isRead": False,
        "isDraft": False,
        "inferenceClassification": "focused",
        "sender": sender[0] if sender else None,
        "from": senders[0] if senders else (sender[0] if sender else None),
        "toRecipients": headers.recipients(message, "to"),
        "ccRecipients": headers.recipients(message, "cc"),
        "bccRecipients": headers.recipients(message, "bcc"),
        "replyTo": headers.recipients(message, "reply-to"),
        "flag": {"flagStatus": "notFlagged"},
        "categories": [],
        "_sensitivity": _SENSITIVITIES.get(headers.value(message, "sensitivity").lower(), "normal"),
    }


def _references(message: Node) -> tuple[str, ...]:
    found = headers.ids(message, "references")
    parents = headers.ids(message, "in-reply-to")[:1]
    return (*(one for one in found if one not in parents), *parents)


def _importance(message: Node) -> str:
    for name in ("importance", "x-msmail-priority", "priority"):
        word = headers.value(message, name).lower()
        if word in ("low", "high", "normal"):
            return word
        if word in ("urgent", "non-urgent"):
            return "high" if word == "urgent" else "low"
    level = headers.value(message, "x-priority")[:1]
    return {"1": "high", "2": "high", "4": "low", "5": "low"}.get(level, "normal")


def _body(parts: Sequence[Part]) -> tuple[Body, frozenset[str]]:
    """The text that is shown, and the paths of the parts that it consists of or replaces."""
    texts = [part for part in parts if _is_text(part)]
    used: set[str] = set()
    shown: list[tuple[str, str]] = []
    groups: dict[str, list[Part]] = {}
    for part in texts:
        groups.setdefault(_alternative(part), []).append(part)
    for group, members in groups.items():
        chosen = _best(members) if group else members
        used.update(part.path for part in members)
        shown.extend((part.content_type, _text(part)) for part in chosen)
    return _joined(shown), frozenset(used)


def _is_text(part: Part) -> bool:
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    return not part.name or (part.disposition == "inline" and not part.content_id and _alternative(part) != "")


def _alternative(part: Part) -> str:
    """The path of the innermost multipart/alternative around a part, '' when there is none."""
    steps = part.path.split(".")
    for depth in range(len(part.within), 0, -1):
        if part.within[depth - 1] == "multipart/alternative":
            return ".".join(steps[: depth - 1]) or "."
    return ""


def _best(members: Sequence[Part]) -> Sequence[Part]:
    rich = [part for part in members if part.content_type == "text/html"]
    return rich[:1] or members[:1]


def _text(part: Part) -> str:
    raw = part.content()
    label = headers.parameter(part.node, "charset")
    return charset.decode(raw, label).replace("\0", "")[:BODY_CHARS]


def _joined(shown: Sequence[tuple[str, str]]) -> Body:
    """Several texts one below the other, in HTML when one of them is."""
    if not any(kind == "text/html" for kind, _ in shown):
        return Body("text", "\r\n".join(one for _, one in shown)[:BODY_CHARS])
    if len(shown) == 1:
        return Body("html", shown[0][1])
    found = [text.fragment(one) if kind == "text/html" else text.to_html(one) for kind, one in shown]
    return Body("html", text.document("<br>\r\n".join(found))[:BODY_CHARS])


def _attached(part: Part, body: Body) -> Attached:
    message = part.content_type in ("message/rfc822", "message/global")
    content = part.content()
    content_id = part.content_id
    inline = bool(content_id) and (
        f"cid:{content_id}" in body.content or (part.disposition == "inline" and "multipart/related" in part.within)
    )
    return Attached(
        "itemAttachment" if message else "fileAttachment",
        part.path,
        part.name or (_subject(content) if message else _unnamed(part)),
        part.content_type,
        len(content),
        inline and not message,
        content_id,
        headers.value(part.node, "content-location")[:1000],
    )


def _subject(content: bytes) -> str:
    return headers.value(parse(content[: 64 << 10]), "subject")[:255] or "Message"


def _unnamed(part: Part) -> str:
    extension = {"text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics"}.get(part.content_type, "")
    return f"ATT{part.path.replace('.', '-')}{extension}"


def _is_alternative(part: Part) -> bool:
    """Whether it is the text once more, for calendars: that is nothing attached."""
    return _is_meeting(part) and (not part.within or _alternative(part) != "")


def _is_meeting(part: Part) -> bool:
    return part.content_type == "text/calendar" and headers.parameter(part.node, "method").lower() in _MEETINGS


def _meeting(part: Part | None) -> dict[str, Any]:
    """The type of a message that brings an invitation, an answer to one, or a cancellation."""
    if part is None:
        return {}
    method = headers.parameter(part.node, "method").lower()
    kind, what = _MEETINGS[method]
    what = _response(part) if method in ("reply", "counter") else what
    return {"@odata.type": f"#microsoft.graph.{kind}", "meetingMessageType": what}


def _response(part: Part) -> str:
    content = _text(part).upper()
    answers = {"PARTSTAT=DECLINED": "meetingDeclined", "PARTSTAT=TENTATIVE": "meetingTenativelyAccepted"}
    return next((word for mark, word in answers.items() if mark in content), "meetingAccepted")
