"""Messages too large for a parser: structure and headers stay, large leaf bodies are cut out and read piecewise.

The place of each body that was cut out holds a mark that a sender cannot know. Any MIME parser may then read the
skeleton; a leaf whose decoded content is a mark is read from the message itself.
"""

from __future__ import annotations

import base64
import itertools
import mmap
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from postroom.archive.body import Body
from postroom.archive.extract import kinds
from postroom.archive.extract.blob import HEAD_BYTES, Blob, SpanBlob, from_base64, from_quoted_printable, span
from postroom.archive.extract.model import Limits
from postroom.archive.storage import scan

LEAF_BYTES: Final = 4096
"""Leaf bodies over this are cut out: 10,000 leaves just below it stay within 40 MB."""
_NONCE_CHARS: Final = 18
_MARK_CHARS: Final = 24
"""Both multiples of 3, so that the base64 form of a mark starts with that of the nonce and needs no padding."""
_FIND_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Cut:
    """A skeleton and where its marks lead."""

    skeleton: bytes
    problems: tuple[str, ...]
    body: Body
    nonce: bytes
    marks: Mapping[bytes, scan.Leaf]
    limits: Limits

    def blob(self, content: bytes, media_type: str, filename: str, encoding: str, label: str) -> Blob | None:
        """What a leaf of the skeleton stands for; None when it stands for itself."""
        if self.nonce not in content and base64.b64encode(self.nonce) not in content:
            return None
        leaf = self.marks.get(content.strip())
        if leaf is None:
            return Outline(self, content)
        pieces = span(self.body, leaf.start, leaf.end)
        if leaf.base64:
            pieces = from_base64(pieces)
        elif encoding.strip().lower() == "quoted-printable":
            pieces = from_quoted_printable(pieces)
        first = next(pieces, b"")
        readable = kinds.kind(first[:HEAD_BYTES], media_type, filename)
        return SpanBlob(itertools.chain((first,), pieces), self.limits.attachment_bytes if readable else 0, label)

    def restored(self, content: bytes) -> Iterator[bytes]:
        """The original bytes of a piece of skeleton that has marks in it."""
        at = 0
        for mark, leaf in self.marks.items():
            written = base64.b64encode(mark) if leaf.base64 else mark
            found = content.find(written, at)
            if found >= 0:
                yield content[at:found]
                yield from span(self.body, leaf.start, leaf.end)
                at = found + len(written)
        yield content[at:]


class Outline(SpanBlob):
    """A message inside a huge one: size and digest of its true bytes, but only its skeleton to read."""

    def __init__(self, source: Cut, skeleton: bytes) -> None:
        super().__init__(source.restored(skeleton), 0)
        self.cut, self.skeleton = source, skeleton


def cut(body: Body, limits: Limits) -> Cut:
    """Cuts out the large leaf bodies. A skeleton that is still too large is truncated, and that is told."""
    nonce = secrets.token_hex(_NONCE_CHARS // 2).encode()
    marks: dict[bytes, scan.Leaf] = {}
    pieces: list[bytes] = []
    at = 0
    room = limits.whole_bytes
    for number, leaf in enumerate(scan.leaves(_searchable(body))):
        if leaf.end - leaf.start <= LEAF_BYTES:
            continue
        mark = nonce + b"%0*d" % (_MARK_CHARS - _NONCE_CHARS, number)
        marks[mark] = leaf
        pieces += (body[at : min(leaf.start, at + room)], base64.b64encode(mark) if leaf.base64 else mark)
        room = max(0, room - (leaf.start - at))
        at = leaf.end
    pieces.append(body[at : at + room])
    problems = () if len(body) - at <= room else ("message too large: not all of it was read",)
    return Cut(b"".join(pieces), problems, body, nonce, marks, limits)


def _searchable(body: Body) -> Body:
    return body if isinstance(body, bytes) else cast(Body, _Paged(body))


class _Paged:
    """A map whose searches give pages back behind them: resident memory stays flat."""

    def __init__(self, source: mmap.mmap) -> None:
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, place: slice) -> bytes:
        return self._source[place]

    def find(self, wanted: bytes, start: int = 0, end: int | None = None) -> int:
        stop = len(self._source) if end is None else end
        for at in range(start, stop, _FIND_BYTES):
            found = self._source.find(wanted, at, min(stop, at + _FIND_BYTES + len(wanted) - 1))
            if found >= 0:
                return found
            self._source.madvise(mmap.MADV_DONTNEED)
        return -1
