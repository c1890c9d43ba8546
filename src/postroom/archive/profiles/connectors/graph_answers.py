"""Answers of a Microsoft Graph: read to their end and no further, as JSON or as bytes, or what they refuse with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")

MOST_JSON_BYTES: Final = 64 << 20
ANSWER_S: Final = 3600.0
"""What drips in for longer is given up."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that says no: its status and the words of the server."""

    status: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"the server says {self.status} {self.code}: {self.text}".rstrip(".: ")


class Odd(ValueError):
    """An answer that is not what was asked for; it is asked for again."""


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Failure(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


def content(response: Response, most: int) -> Iterator[bytes]:
    """The body in pieces, checked to be whole. Raises Odd when nobody can tell, or for more than `most` bytes."""
    headers = response.headers
    if "Content-Length" not in headers and "chunked" not in headers.get("Transfer-Encoding", "").lower():
        raise Odd("an answer whose end cannot be told from a dropped connection")
    begun, size = time.monotonic(), 0
    for piece in response.iter_content(1 << 16):
        size += len(piece)
        if size > most:
            raise Odd(f"an answer of more than {most} bytes")
        if time.monotonic() - begun > ANSWER_S:
            raise Odd(f"an answer that took more than {ANSWER_S:.0f} s")
        yield piece


def drain(response: Response) -> None:
    """Read an answer that says nothing of use, so that its connection can be used again."""
    for _ in islice(response.iter_content(1 << 16), 64):
        pass


def decoded(response: Response, kind: type[T]) -> T:
    """The JSON of an answer as `kind`. Raises Odd."""
    data = b"".join(content(response, MOST_JSON_BYTES))
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:  # ValidationError is one, too
        raise Odd(f"an answer that is not what was asked for: {error}") from error


def refusal(response: Response) -> Refused:
    try:
        told = msgspec.json.decode(b"".join(content(response, MOST_JSON_BYTES)), type=_Failure).error
    except (msgspec.DecodeError, Odd):
        told = _Error()  # a proxy on the way has other words
    return Refused(response.status_code, told.code[:100], " ".join(told.message.split())[:300])


def retry_after_s(text: str, now_ms: int) -> float | None:
    """`Retry-After` as seconds or as a date; None when it says nothing of use."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.fromtimestamp(now_ms / 1000, UTC)).total_seconds(), 0.0)


def plain(error: BaseException) -> str:
    """An error of a library in one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
