"""MIME that somebody gave to be sent, made fit for it: without blind copies, with what every message must have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from postroom.workspace.workloads.mail import charset, headers, mime_out

_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:[^\n]*\n?(?:[ \t][^\n]*\n?)*+")
_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")
_AUTHORS: Final = frozenset({b"from", b"sender", b"resent-from", b"resent-sender"})
_PRIVATE: Final = frozenset({b"bcc", b"resent-bcc", b"return-path", b"x-postroom-forwarded-by"})


def completed(raw: bytes, document: Mapping[str, Any]) -> bytes:
    """The message as it goes out, with CRLF; everything but its first header stays as it is."""
    raw = _LINE_ENDS.sub(b"\r\n", raw)
    kept: list[bytes] = []
    seen: set[bytes] = set()
    at = 0
    while found := _FIELD.match(raw, at):
        name, at = found[1].lower(), found.end()
        seen.add(name)
        if name not in _PRIVATE:
            kept.append(found[0])
    rest = raw[at:] if raw[at : at + 2] == b"\r\n" else b"\r\n" + raw[at:]
    return b"".join([*_missing(seen, document), *kept, rest])


def authors(raw: bytes) -> list[str]:
    """The addresses, in lower case, of all fields that say who wrote or sent it; '' for one that nobody can read.

    Whoever reads the message may take the second of two fields, or the second address in one.
    """
    raw = _LINE_ENDS.sub(b"\r\n", raw)
    found: list[str] = []
    at = 0
    while field := _FIELD.match(raw, at):
        at = field.end()
        if field[1].lower() in _AUTHORS:
            value = charset.decode(field[0].partition(b":")[2])
            found += [address.strip().lower() for _, address in headers.pairs(value)] or [""]
    return found


def _missing(seen: set[bytes], document: Mapping[str, Any]) -> list[bytes]:
    moment = datetime.fromisoformat(str(document["sentDateTime"])).astimezone(UTC)
    wanted = {
        "From": mime_out.address(document["from"]),
        "Date": format_datetime(moment),
        "Message-ID": mime_out.line(document["internetMessageId"]),
    }
    return [f"{name}: {value}\r\n".encode() for name, value in wanted.items() if name.lower().encode() not in seen]
