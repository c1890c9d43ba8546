"""Answers and forwardings as drafts: subject, recipients, the quoted original below a block of its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape
from typing import Any, Final
from typing import Literal as OneOf

from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import conversation, headers

Way = OneOf["reply", "replyAll", "forward"]
_PREFIX: Final = re.compile(r"^\s*(?:re|aw|sv|vs|fw|fwd|wg|tr)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_RULE: Final = '<hr tabindex="-1" style="display:inline-block; width:98%">'


@dataclass(frozen=True, slots=True)
class Original:
    """The message that is answered. `own` are the addresses of whoever answers, in lower case."""

    document: dict[str, Any]
    body: Body
    own: frozenset[str]
    zone: tzinfo = UTC


def subject(original: str | None, way: Way) -> str:
    """With `RE: ` or `FW: ` in front, once."""
    rest, wanted = original or "", "FW: " if way == "forward" else "RE: "
    if rest[: len(wanted)].lower() == wanted.lower():
        return rest
    return wanted + (_PREFIX.sub("", rest, count=1) if way != "forward" else rest)


def draft(original: Original, way: Way, comment: str, me: dict[str, Any], now: datetime) -> tuple[dict[str, Any], Body]:
    """The document of the draft, with `_inReplyTo` and `_references`, and its body."""
    source = original.document
    to, cc = _recipients(original, way)
    parent = source.get("internetMessageId") or ""
    made = {
        "subject": subject(source.get("subject"), way),
        "importance": "normal",
        "conversationId": source.get("conversationId"),
        "conversationIndex": conversation.next_index(source.get("conversationIndex") or "", now),
        "from": me,
        "sender": me,
        "toRecipients": to,
        "ccRecipients": cc,
        "bccRecipients": [],
        "replyTo": [],
        "_references": [*(source.get("_references") or []), *([parent] if parent else [])],
    }
    if way != "forward":
        made["_inReplyTo"] = parent
    return made, _quoted(original, comment)


def _recipients(original: Original, way: Way) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if way == "forward":
        return [], []
    source = original.document
    author = source.get("replyTo") or [one for one in (source.get("from"),) if one]
    mine = bool(author) and all(one in original.own for one in headers.addresses(author))
    # Who answers what they sent themselves writes to the same people once more.
    to = list(source.get("toRecipients") or []) if mine else list(author)
    if way == "reply":
        return to, []
    others = [] if mine else list(source.get("toRecipients") or [])
    to = _without(to, original.own) or to
    seen = set(headers.addresses(to)) | original.own
    to += _new(others, seen)
    return to, _new(source.get("ccRecipients") or [], seen)


def _without(found: Iterable[dict[str, Any]], own: frozenset[str]) -> list[dict[str, Any]]:
    return [one for one in found if headers.addresses([one])[0] not in own]


def _new(found: Iterable[dict[str, Any]], seen: set[str]) -> list[dict[str, Any]]:
    kept = []
    for one in found:
        (mail,) = headers.addresses([one])
        if mail not in seen:
            seen.add(mail)
            kept.append(one)
    return kept


def _quoted(original: Original, comment: str) -> Body:
    if original.body.content_type != "html":
        block = "\r\n".join(f"{name}: {value}" for name, value in _block(original))
        below = f"{'_' * 32}\r\n{block}\r\n\r\n{original.body.content}"
        return Body("text", f"{comment}\r\n\r\n{below}")
    lines = "<br>\r\n".join(f"<b>{name}:</b> {escape(value, quote=False)}" for name, value in _block(original))
    above = f"<div>{text.to_html(comment)}</div>\r\n" if comment else ""
    quoted = text.fragment(original.body.content)
    return Body(
        "html",
        text.document(f'{above}{_RULE}\r\n<div id="divRplyFwdMsg" dir="ltr">{lines}</div>\r\n<div>{quoted}</div>'),
    )


def _block(original: Original) -> Iterable[tuple[str, str]]:
    source = original.document
    yield "From", _names([source["from"]] if source.get("from") else [])
    yield "Sent", _when(source.get("sentDateTime"), original.zone)
    yield "To", _names(source.get("toRecipients") or [])
    if source.get("ccRecipients"):
        yield "Cc", _names(source["ccRecipients"])
    yield "Subject", source.get("subject") or ""


def _names(found: Sequence[dict[str, Any]]) -> str:
    return "; ".join(_name(one.get("emailAddress") or {}) for one in found)


def _name(one: dict[str, Any]) -> str:
    name, mail = one.get("name") or "", one.get("address") or ""
    return f"{name} <{mail}>" if name and mail and name != mail else name or mail


def _when(value: str | None, zone: tzinfo) -> str:
    if not value:
        return ""
    moment = datetime.fromisoformat(value).astimezone(zone)
    return f"{moment:%A, %B} {moment.day}, {moment:%Y %H:%M}"
