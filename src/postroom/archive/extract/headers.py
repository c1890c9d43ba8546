"""Header fields as text: folded, encoded, raw 8-bit or broken. Nothing here raises for bad input.

The standard library's structured header parser is never used: one hostile `To` of 140 KB costs it seconds.
"""

from __future__ import annotations

import binascii
import calendar
import email.utils
import re
from collections.abc import Iterable, Mapping
from typing import Final

from postroom.archive.body import Body
from postroom.archive.extract import charset

_ENCODED_WORD: Final = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z-]*)?\?([BbQq])\?([^?\r\n]*)\?=")
_BETWEEN_WORDS: Final = re.compile(r"(\?=)\s+(?==\?[^?\s]+\?[BbQq]\?)")
_FIELD: Final = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*((?:[^\r\n]|\r(?!\n))*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_LINES: Final = re.compile(rb"([!-9;-~]*)[^\n]*\n?(?:[ \t][^\n]*\n?)*+")
_STRUCTURE: Final = ("content-", "mime-version")
_CHARSET: Final = re.compile(r"charset\*?\s*=\s*(?:[a-z0-9-]*'[^']*')?\"?\s*([^\s\";]+)", re.IGNORECASE)
READ: Final = frozenset({"subject", "from", "to", "cc", "bcc", "date", "message-id"})
"""The fields that extraction reads."""
HEADER_BYTES: Final = 256 << 10
"""Headers up to this size are read as they are; of longer ones this much of what we read, and of what we do not."""
FIELD_BYTES: Final = 64 << 10
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100

Fields = Mapping[str, list[str]]
"""Lower-case field name to every value of it, in order."""


def head_end(raw: Body) -> int:
    """Offset of the blank line that ends the header, or the length when there is none."""
    end = len(raw)
    for blank in (b"\n\n", b"\n\r\n", b"\r\r"):
        at = raw.find(blank, 0, end)  # no further than the last hit: bodies are long
        end = at if at >= 0 else end
    return end


def bounded(raw: bytes) -> tuple[bytes, bool]:
    """The message with a header that no parser takes long for, and whether something was cut from it."""
    end = head_end(raw)
    if end <= HEADER_BYTES:
        return raw, False
    if end == len(raw):  # rather a text without header
        return raw[:HEADER_BYTES] + b"\n\n" + raw[HEADER_BYTES:], False
    kept: list[bytes] = []
    room = {True: HEADER_BYTES, False: HEADER_BYTES}
    for match in _LINES.finditer(raw, 0, end):
        name = match[1].decode("ascii").lower()
        line = match[0] if len(match[0]) <= FIELD_BYTES else match[0][:FIELD_BYTES].rstrip() + b"\n"
        wanted = name in READ or name.startswith(_STRUCTURE)
        room[wanted] -= len(line)
        if room[wanted] >= 0:
            kept.append(line)
    return b"".join(kept).rstrip(b"\r\n") + raw[end:], True


def fields(raw: bytes) -> dict[str, list[str]]:
    """The fields of `READ` from the bytes of a message, decoded; what is not a field is left out.

    This is for headers with raw 8-bit bytes, whose charset must be guessed, and for messages no parser takes.
    """
    head = raw[: min(head_end(raw), HEADER_BYTES)]
    found: dict[str, list[str]] = {}
    for match in _FIELD.finditer(head):
        name = match[1].decode("ascii").lower()
        if name in READ:
            found.setdefault(name, []).append(decoded(charset.decode(match[2])))
    return found


def every(raw: Body, limit: int) -> list[tuple[str, str]]:
    """Every field in order, its name as written and its value decoded; values together at most `limit` characters."""
    found: list[tuple[str, str]] = []
    for match in _FIELD.finditer(raw[: min(head_end(raw), HEADER_BYTES)]):
        value = decoded(charset.decode(match[2][:limit]))[:limit]
        found.append((match[1].decode("ascii"), value))
        limit -= len(value)
    return found


def decoded(value: str) -> str:
    """A field value unfolded, its encoded words decoded, wherever they stand."""
    if "=?" in value:
        value = _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value))
    return " ".join(value.split())


def _word(match: re.Match[str]) -> str:
    label, encoding, payload = match.groups()
    if encoding in "Qq":
        raw = binascii.a2b_qp(payload.encode("utf-8", "replace"), header=True)
    else:
        letters = re.sub(r"[^A-Za-z0-9+/]", "", payload).encode("ascii")
        # A single letter over carries no byte; padding is often lost.
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        raw = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return charset.decode(raw, label)


def text(found: Fields, name: str, limit: int) -> str:
    """All values of a field as one line of at most `limit` characters."""
    values = found.get(name)
    if not values:
        return ""
    value = values[0] if len(values) == 1 else ", ".join(values)
    if len(value) > limit:
        value = value[:limit]
    return decoded(value) if "=?" in value or "\n" in value else value.replace("\0", " ")


def date_s(values: Iterable[str]) -> int | None:
    """UTC seconds of the first readable RFC 5322 date; None when there is none or its year is absurd."""
    for value in values:
        try:
            parsed = email.utils.parsedate_tz(value[:200])
            if parsed is None or not FIRST_YEAR <= parsed[0] < LAST_YEAR:
                continue
            return calendar.timegm((*parsed[:6], 0, 1, 0)) - (parsed[9] or 0)
        except (ValueError, TypeError, IndexError, OverflowError):  # parsedate_tz has known holes
            continue
    return None


def charset_of(content_type: str) -> str:
    """The charset parameter of a Content-Type value, '' when there is none."""
    match = _CHARSET.search(content_type) if content_type else None
    return match[1] if match else ""
