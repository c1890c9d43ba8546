"""Finds the leaf bodies of a MIME message by offset.

No MIME library tells where in the bytes a part lies, so this scanner does, and nothing else: no decoding, no
charsets, no judgement. It may miss a part (then its bytes are stored as they are) but what it names are spans of
the message, and whoever uses them proves each by building the message again. Cost is linear in the message for a
bounded nesting depth; the depth, the number of parts and the header size it looks at are limited.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from postroom.archive.body import Body

MAX_DEPTH: Final = 32
MAX_LEAVES: Final = 10_000
MAX_HEADER_BYTES: Final = 256 << 10
WINDOW_BYTES: Final = 4 << 20

_FOLDED = rb":[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)"
_CONTENT_TYPE = re.compile(rb"(?:^|\n)content-type" + _FOLDED, re.IGNORECASE)
_ENCODING = re.compile(rb"(?:^|\n)content-transfer-encoding" + _FOLDED, re.IGNORECASE)
_BOUNDARY = re.compile(rb"boundary[ \t\r\n]*=[ \t\r\n]*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)


class Leaf(NamedTuple):
    """The body of one part: bytes `start` to `end` of the message, base64 or not."""

    start: int
    end: int
    base64: bool


class Part(NamedTuple):
    """One part that is no multipart: its header from `start`, its content from `text` to `end`; the type in lower case
    with its parameters as they stand, the transfer encoding in lower case."""

    start: int
    text: int
    end: int
    type: bytes
    encoding: bytes


def parts(body: Body) -> list[Part]:
    """The parts of a message in order, those of nested multiparts too; messages in it are not looked into."""
    found: list[Part] = []
    todo = [(0, len(body), 0)]
    while todo and len(found) < MAX_LEAVES:
        start, end, depth = todo.pop()
        text = _body_start(body, start, end)
        header = bytes(body[start : min(text, start + MAX_HEADER_BYTES)])
        kind = _value(_CONTENT_TYPE, header)
        boundary = _BOUNDARY.search(kind) if kind.lower().startswith(b"multipart/") and depth < MAX_DEPTH else None
        if boundary:
            spans = list(_split(body, text, end, boundary[1] or boundary[2]))
            todo.extend((a, b, depth + 1) for a, b in reversed(spans))
        else:
            found.append(Part(start, text, end, _lowered(kind), _value(_ENCODING, header).strip().lower()))
    return found


def _lowered(kind: bytes) -> bytes:
    name, mark, parameters = kind.partition(b";")
    return name.strip().lower() + mark + parameters


def leaves(body: Body) -> list[Leaf]:
    """The leaf bodies of a message, in order, not overlapping."""
    found: list[Leaf] = []
    todo = [(0, len(body), 0)]
    while todo and len(found) < MAX_LEAVES:
        start, end, depth = todo.pop()
        text = _body_start(body, start, end)
        header = bytes(body[start : min(text, start + MAX_HEADER_BYTES)])
        kind = _value(_CONTENT_TYPE, header)
        lowered = kind.lower()
        encoded = _value(_ENCODING, header).strip().lower() == b"base64"
        if depth < MAX_DEPTH and lowered.startswith(b"multipart/"):
            boundary = _BOUNDARY.search(kind)
            if boundary:
                parts = list(_split(body, text, end, boundary[1] or boundary[2]))
                todo.extend((a, b, depth + 1) for a, b in reversed(parts))
                continue
        elif depth < MAX_DEPTH and lowered.startswith(b"message/rfc822") and not encoded:
            todo.append((text, end, depth + 1))
            continue
        if text < end:
            found.append(Leaf(text, end, encoded))
    return found


def find(body: Body, needle: bytes, start: int, end: int) -> int:
    """`body.find`, which in a memory map gives pages back as it goes: a map of 1 GB costs 4 MiB of memory."""
    if isinstance(body, bytes):
        return body.find(needle, start, end)
    while start < end:
        stop = min(end, start + WINDOW_BYTES + len(needle))
        found = body.find(needle, start, stop)
        if found >= 0:
            return found
        release(body, start, stop)
        start += WINDOW_BYTES
    return -1


def release(body: Body, start: int, end: int) -> None:
    """Give back the memory of a span of a map that was read."""
    if isinstance(body, mmap.mmap):
        begin = start - start % mmap.ALLOCATIONGRANULARITY
        body.madvise(mmap.MADV_DONTNEED, begin, end - begin)


def _value(pattern: re.Pattern[bytes], header: bytes) -> bytes:
    match = pattern.search(header)
    return match[1] if match else b""


def _body_start(body: Body, start: int, end: int) -> int:
    """Offset after the blank line that ends the header; `end` when there is none."""
    if body[start : start + 1] == b"\n":
        return start + 1
    if body[start : start + 2] == b"\r\n":
        return start + 2
    bare = find(body, b"\n\n", start, end)
    # Up to and with the first of the two: it may be the end of a blank line, before a content that begins with one.
    crlf = find(body, b"\n\r\n", start, end if bare < 0 else bare + 1)
    if crlf >= 0:
        return crlf + 3
    return bare + 2 if bare >= 0 else end


def _split(body: Body, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """The spans between the delimiter lines of one multipart; an unclosed last part runs to `end`."""
    line = b"\n--" + boundary
    dashes = line[1:]
    at = start if body[start : start + len(dashes)] == dashes else _after_newline(find(body, line, start, end))
    while 0 <= at < end:
        after = at + len(dashes)
        if body[after : after + 2] == b"--":
            return
        newline = find(body, b"\n", after, end)
        if newline < 0:
            return
        part = newline + 1
        at = _after_newline(find(body, line, newline, end))
        stop = end if at <= 0 else at - 1
        if at > 0 and stop > part and body[stop - 1 : stop] == b"\r":
            stop -= 1
        if part < stop:
            yield part, stop


def _after_newline(found: int) -> int:
    return found + 1 if found >= 0 else -1
