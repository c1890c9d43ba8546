"""Header fields: encoded words, addresses, dates, parameters. Nothing here raises for bad input.

The standard library's structured parser is never used on what others wrote: a hostile `To` of 140 KB costs it seconds.
"""

from __future__ import annotations

import binascii
import email.utils
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from typing import Any, Final

from postroom.workspace.workloads.mail import charset

VALUE_CHARS: Final = 64 << 10
"""What is longer in one field is not read."""
RECIPIENTS: Final = 2_000
REFERENCES: Final = 200
_ENCODED_WORD: Final = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z-]{0,20})?\?([BbQq])\?([^?\r\n]*)\?=")
_BETWEEN_WORDS: Final = re.compile(r"(?<=\?=)\s+(?==\?[^?\s]{1,60}\?[BbQq]\?)")
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{1,998})>")
_NOT_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def values(message: Message, name: str) -> list[str]:
    """All values of a field, raw 8-bit bytes decoded, encoded words not."""
    wanted = name.lower()
    return [
        charset.unsurrogate(str(value)[:VALUE_CHARS]) for field, value in message.raw_items() if field.lower() == wanted
    ]


def value(message: Message, name: str) -> str:
    """The first value of a field as one line of text, '' when there is none."""
    found = values(message, name)
    return text(found[0]) if found else ""


def every(message: Message, limit: int) -> list[dict[str, str]]:
    """All fields in order, as `internetMessageHeaders`; values together at most `limit` characters."""
    found: list[dict[str, str]] = []
    for name, raw in message.raw_items():
        line = text(charset.unsurrogate(str(raw)[: min(VALUE_CHARS, limit)]))
        limit -= len(line) + len(name)
        if limit < 0:
            break
        found.append({"name": charset.unsurrogate(name), "value": line})
    return found


def text(raw: str) -> str:
    """A value unfolded, its encoded words decoded wherever they stand, without control characters."""
    if "=?" in raw:
        raw = _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub("", raw))
    return " ".join(_CONTROL.sub("", raw).split())


def recipients(message: Message, name: str) -> list[dict[str, Any]]:
    """The addresses of a field as Graph's recipients; groups are taken apart."""
    found = [pair for line in values(message, name) for pair in pairs(line)]
    return [recipient(address, label) for label, address in found[:RECIPIENTS] if label or address]


def pairs(line: str) -> list[tuple[str, str]]:
    """Names and addresses of one value of a field; none of one that nobody can read."""
    try:
        return email.utils.getaddresses([_joined(line)])
    except RecursionError:  # comments in comments, groups in groups
        return []


def recipient(address: str, name: str = "") -> dict[str, Any]:
    """One recipient; without a name the address stands for it."""
    address = text(address)
    return {"emailAddress": {"name": text(name) or address, "address": address}}


def ids(message: Message, *names: str) -> tuple[str, ...]:
    """Message-IDs with their brackets, in order, each once."""
    found = [f"<{one}>" for name in names for line in values(message, name) for one in _MESSAGE_ID.findall(line)]
    return tuple(dict.fromkeys(found))[-REFERENCES:]


def date(lines: Iterable[str]) -> datetime | None:
    """The first readable RFC 5322 date, in UTC; None when there is none or its year is absurd."""
    for line in lines:
        try:
            parsed = email.utils.parsedate_tz(line[:200])
            if parsed is None or not 1970 <= parsed[0] < 2100:
                continue
            zone = timezone(timedelta(seconds=parsed[9] or 0))
            return datetime(*parsed[:6], tzinfo=zone).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):  # parsedate_tz has known holes
            continue
    return None


def parameter(message: Message, name: str, field: str = "content-type") -> str:
    """A parameter of a structured field: RFC 2231 continued, RFC 2047 encoded, or plain."""
    try:
        found = message.get_param(name, "", field)
        plain = email.utils.collapse_rfc2231_value(found) if found else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        # The library trips over halves of a continuation and over NULs in a charset.
        return ""
    return text(charset.unsurrogate(str(plain)))[:1000]


def addresses(found: Sequence[dict[str, Any]]) -> list[str]:
    """The addresses of recipients in lower case."""
    return [str((one.get("emailAddress") or {}).get("address") or "").strip().lower() for one in found]


def _joined(line: str) -> str:
    # An encoded word may hold a comma: it is decoded after the split only, except where blanks tear it apart.
    return " ".join(_BETWEEN_WORDS.sub("", line).split())


def _word(match: re.Match[str]) -> str:
    label, encoding, payload = match.groups()
    if encoding in "Qq":
        raw = binascii.a2b_qp(payload.encode("utf-8", "replace"), header=True)
    else:
        letters = _NOT_BASE64.sub("", payload)
        # A single letter over carries no byte; padding is often lost.
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        raw = binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    return charset.decode(raw, label)
