"""Messages of the simplest kind that are written here: their bytes, and what reading these says, known beforehand.

The library's generator and parser take most of the time of sending a short message. What is written is what `mime_out`
writes, what is read is what `mime_in` reads; tests hold them equal. Whatever could be folded, encoded or quoted in a
header field is left to these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.quoprimime import body_encode
from email.utils import format_datetime
from typing import Any, Final

from postroom.workspace.clock import moment
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import conversation, headers, mime_in, mime_out, parts

CHARS: Final = 32 << 10
"""What is longer goes the usual way: there are limits of the number of lines."""
FOLDED: Final = 70
"""A field of more characters may be folded."""
_WORDS: Final = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_SUBJECT: Final = re.compile(r"(?:[!-<>-~]+(?: [!-<>-~]+)*)?")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_INDEX: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_OTHERWISE: Final = (
    "_headers", "_inReplyTo", "_references", "isReadReceiptRequested", "isDeliveryReceiptRequested",
)  # fmt: skip
"""Properties that make further header fields."""
_LISTS: Final = {"To": "toRecipients", "Cc": "ccRecipients", "Reply-To": "replyTo"}
_PART: Final = 'Content-Type: text/{}; charset="utf-8"\r\nMIME-Version: 1.0\r\n'
_ENCODING: Final = "Content-Transfer-Encoding: quoted-printable\r\n"


def plain(document: Mapping[str, Any], body: Body, received: datetime) -> tuple[bytes, mime_in.Read] | None:
    """The bytes without BCC, and what there is to read in them; None for a message that is not so simple."""
    head = _head(document)
    if head is None or len(body.content) > CHARS or "\0" in body.content:
        return None
    lines = _lines(body.content)
    raw = (head + (_html(body.content, lines) if body.content_type == "html" else _text(lines))).encode("ascii")
    shown = Body(body.content_type, lines.replace("\n", "\r\n"))
    return raw, mime_in.Read(_read(document, shown, received), shown, (), (), lambda: parts.parse(raw), written=True)


def _head(document: Mapping[str, Any]) -> str | None:
    """The fields in the order of `mime_out`."""
    if any(document.get(name) for name in _OTHERWISE) or document.get("importance") not in (None, "normal"):
        return None
    author = document.get("from")
    if not author or document.get("sender") != author:
        return None
    fields = [_people("From", [author]), *(_people(name, document.get(key)) for name, key in _LISTS.items())]
    subject, message_id = document.get("subject"), str(document.get("internetMessageId") or "")
    index = str(document.get("conversationIndex") or "")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject) or None in fields:
        return None
    if not (_ADDRESS.fullmatch(message_id[1:-1]) and message_id == f"<{message_id[1:-1]}>" and _INDEX.fullmatch(index)):
        return None
    sent = format_datetime(datetime.fromisoformat(str(document["sentDateTime"])))
    fields += [f"Subject: {subject}", f"Date: {sent}", f"Message-ID: {message_id}", f"Thread-Index: {index}"]
    return "".join(f"{field}\r\n" for field in fields if field) if not any(map(_long, fields)) else None


def _long(field: str | None) -> bool:
    return field is not None and any(len(line) > FOLDED for line in field.split("\r\n"))


def _people(name: str, found: Sequence[Mapping[str, Any] | None] | None) -> str | None:
    """A field, "" for nobody; None for who is not so simple."""
    written = [_person((one or {}).get("emailAddress") or {}) for one in found or ()]
    if None in written:
        return None
    return f"{name}: " + ",\r\n ".join(map(str, written)) if written else ""


def _person(given: Mapping[str, Any]) -> str | None:
    mail, name = str(given.get("address") or ""), str(given.get("name") or "")
    if not _ADDRESS.fullmatch(mail) or not (name in ("", mail) or _WORDS.fullmatch(name)):
        return None
    return mail if name in ("", mail) else f"{name} <{mail}>"


def _lines(content: str) -> str:
    content = content.encode("utf-8", "replace").decode()
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    return lines if lines.endswith("\n") else lines + "\n"


def _text(lines: str) -> str:
    return f'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="utf-8"\r\n{_ENCODING}\r\n{_encoded(lines)}'


def _html(content: str, lines: str) -> str:
    mark = mime_out.boundary("alternative")
    kinds = (("plain", _lines(text.to_text(content))), ("html", lines))
    written = "".join(f"--{mark}\r\n{_PART.format(kind)}{_ENCODING}\r\n{_encoded(one)}\r\n" for kind, one in kinds)
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{mark}"\r\n'
    return f"{kind}\r\n{written}--{mark}--\r\n"


def _encoded(lines: str) -> str:
    return body_encode(lines.encode().decode("latin-1")).replace("\n", "\r\n")


def _read(document: Mapping[str, Any], body: Body, received: datetime) -> dict[str, Any]:
    """As `mime_in` has it."""
    author, sent = _shown(document["from"]), datetime.fromisoformat(str(document["sentDateTime"]))
    message_id = str(document["internetMessageId"])
    conversation_id = conversation.id_of(message_id)
    index = conversation.index_from(str(document["conversationIndex"]))
    return {
        "subject": document["subject"],
        "bodyPreview": text.preview(body.content, html=body.content_type == "html"),
        "importance": "normal",
        "internetMessageId": message_id,
        "conversationId": conversation_id,
        "conversationIndex": index or conversation.first_index(conversation_id, sent),
        "receivedDateTime": moment(received),
        "sentDateTime": moment(sent),
        "isDeliveryReceiptRequested": None,
        "isReadReceiptRequested": False,
        "isRead": False,
        "isDraft": False,
        "inferenceClassification": "focused",
        "sender": author,
        "from": author,
        **{key: [_shown(one) for one in document.get(key) or ()] for key in _LISTS.values()},
        "bccRecipients": [],
        "flag": {"flagStatus": "notFlagged"},
        "categories": [],
        "_sensitivity": "normal",
        "hasAttachments": False,
    }


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    given = one["emailAddress"]
    return headers.recipient(str(given["address"]), str(given.get("name") or ""))
