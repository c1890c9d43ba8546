"""Drafts: what somebody gives as a message, complete and checked, and the bytes that are made of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.people import Person
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import extended, taking, text
from postroom.workspace.workloads.items.extended import EXTENDED
from postroom.workspace.workloads.mail import contents, conversation, mime_out
from postroom.workspace.workloads.mail.core import recipient_of
from postroom.workspace.workloads.mail.mime_out import Enclosed, Extra

READ_ONLY: Final = (
    "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "receivedDateTime", "sentDateTime", "hasAttachments",
    "parentFolderId", "conversationId", "conversationIndex", "bodyPreview", "uniqueBody", "isDraft", "webLink",
)  # fmt: skip
FIXED: Final = (
    "id", "createdDateTime", "receivedDateTime", "sentDateTime", "parentFolderId", "conversationId",
    "conversationIndex", "isDraft",
)  # fmt: skip
"""Of what is read-only: what is not changed by something else either."""
ANY_TIME: Final = frozenset(
    {"isRead", "categories", "flag", "importance", "inferenceClassification", "isReadReceiptRequested"}
    | {"isDeliveryReceiptRequested", "subject", *EXTENDED}
)
"""What may be changed on a message that is no draft. The real service refuses the subject; python-o365 changes it."""
WRITTEN: Final = frozenset(
    {"subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender", "importance"}
    | {"internetMessageHeaders", "isReadReceiptRequested", "isDeliveryReceiptRequested"}
)
"""Changes of these make other bytes of a draft."""
LISTS: Final = ("toRecipients", "ccRecipients", "bccRecipients", "replyTo", "categories")
MOST_RECIPIENTS: Final = 500
MOST_CATEGORIES: Final = 200


def new(person: Person, now: datetime) -> dict[str, Any]:
    """An empty draft."""
    me, domain = recipient_of(person), person.address.rpartition("@")[2]
    message_id = mime_out.message_id(domain)
    conversation_id = conversation.id_of(message_id)
    return {
        "subject": "",
        "bodyPreview": "",
        "importance": "normal",
        "internetMessageId": message_id,
        "conversationId": conversation_id,
        "conversationIndex": conversation.first_index(conversation_id, now),
        "receivedDateTime": moment(now),
        "sentDateTime": moment(now),
        "hasAttachments": False,
        "isDeliveryReceiptRequested": False,
        "isReadReceiptRequested": False,
        "isRead": True,
        "isDraft": True,
        "inferenceClassification": "focused",
        "sender": me,
        "from": me,
        **{name: [] for name in LISTS},
        "flag": {"flagStatus": "notFlagged"},
    }


def given(values: Mapping[str, Any], *, partial: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What somebody gave for a message, checked, and the attachments in it. Raises Invalid."""
    document = dict(values)
    attachments = taking.objects(document, "attachments")
    properties = extended.taken(document)
    taking.take(document, "extensions")
    document = checked(SCHEMA.entity("message"), document, read_only=READ_ONLY, partial=partial)
    document.pop("@odata.type", None)
    for name in LISTS:
        if name in document:
            document[name] = list(document[name] or [])
    _check(document)
    document |= properties
    if "internetMessageHeaders" in document:
        document["_headers"] = _own_headers(document.pop("internetMessageHeaders") or [])
    return document, attachments


def taken_body(document: dict[str, Any]) -> Body | None:
    """The body out of a document, whose preview follows it."""
    if "body" not in document:
        return None
    found = document.pop("body") or {}
    html = str(found.get("contentType") or "text").lower() == "html"
    content = str(found.get("content") or "")
    document["bodyPreview"] = text.preview(content, html=html)
    return Body("html" if html else "text", text.whole(content) if html else content)


def mime_of(unit: Unit, item: Item, *, bcc: bool) -> bytes:
    """The bytes of a draft, or of a message that was written here."""
    return written(item.document, unit.items.body(item), contents.enclosed(unit, item), bcc=bcc)


def written(document: dict[str, Any], body: Body | None, enclosed: Sequence[Enclosed], *, bcc: bool) -> bytes:
    """The bytes of a document, as it is stored, with its body and what is attached to it."""
    extra = Extra(
        str(document.get("_inReplyTo") or ""),
        tuple(document.get("_references") or ()),
        tuple((one["name"], one["value"]) for one in document.get("_headers") or ()),
        bcc=bcc,
    )
    return mime_out.write(document, body or Body("text", ""), enclosed, extra)


def decoded(content: bytes) -> bytes:
    """MIME that was given in base64. Raises Invalid."""
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("body", "a MIME message in base64") from error


def flag(value: Mapping[str, Any] | None, now: datetime) -> dict[str, Any]:
    """A follow-up flag that is whole. Raises Invalid for one date without the other."""
    found = dict(value or {})
    status = found.get("flagStatus") or "notFlagged"
    if status == "notFlagged":
        return {"flagStatus": status}
    if status == "complete":
        at = {"dateTime": f"{now:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}
        return {name: one for name, one in found.items() if one is not None} | {
            "flagStatus": status, "completedDateTime": found.get("completedDateTime") or at
        }  # fmt: skip
    if bool(found.get("startDateTime")) != bool(found.get("dueDateTime")):
        raise Invalid("flag", "both startDateTime and dueDateTime, or neither")
    return {name: one for name, one in found.items() if one is not None and name != "completedDateTime"}


def _check(document: Mapping[str, Any]) -> None:
    for name in ("toRecipients", "ccRecipients", "bccRecipients"):
        if len(document.get(name) or ()) > MOST_RECIPIENTS:
            raise Invalid(name, f"at most {MOST_RECIPIENTS} recipients")
    if len(document.get("categories") or ()) > MOST_CATEGORIES:
        raise Invalid("categories", f"at most {MOST_CATEGORIES} categories")


def _own_headers(found: list[dict[str, Any]]) -> list[dict[str, str]]:
    for one in found:
        if not str(one.get("name") or "").lower().startswith("x-"):
            raise Invalid("internetMessageHeaders", "names that begin with x-")
    return [{"name": str(one["name"]), "value": str(one.get("value") or "")} for one in found]
