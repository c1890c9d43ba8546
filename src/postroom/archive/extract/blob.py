"""The decoded bytes of one part, in memory or not: what the readers of attachments read."""

from __future__ import annotations

import binascii
import io
import mmap
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from blake3 import blake3

from postroom.archive.body import Body, Spool

if TYPE_CHECKING:
    from typing_extensions import Buffer

_NOT_BASE64: Final = bytes(
    sorted(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
)
_PADDING: Final = re.compile(rb"=+(?=[^=])")
HEAD_BYTES: Final = 8192
CHUNK_BYTES: Final = 1 << 20


class TooLarge(Exception):
    """The bytes are over the limit for reading; size and digest are known all the same."""


class Blob:
    """Decoded bytes with size and digest. `open` gives a file, so that large ones need no memory."""

    def __init__(self, raw: bytes, label: str = "") -> None:
        self._raw = raw
        self.label = label
        """The charset its part declares, '' when none."""

    @property
    def size(self) -> int:
        return len(self._raw)

    @property
    def digest(self) -> bytes:
        return blake3(self._raw).digest()

    @property
    def head(self) -> bytes:
        return self._raw[:HEAD_BYTES]

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes from the start."""
        return self._raw if len(self._raw) <= limit else self._raw[:limit]

    def whole(self, limit: int) -> bytes:
        """All bytes; raises TooLarge."""
        if self.size > limit:
            raise TooLarge
        return self.read(limit)

    def body(self, limit: int) -> Body:
        """All bytes, not copied; raises TooLarge."""
        return self.whole(limit)

    def open(self, limit: int) -> BinaryIO:
        """A seekable file of all bytes; raises TooLarge."""
        return io.BytesIO(self.whole(limit))


class SpanBlob(Blob):
    """Part of a huge message, decoded piece by piece; what fits the limit is spooled to a nameless file."""

    def __init__(self, pieces: Iterable[bytes], keep_bytes: int, label: str = "") -> None:
        self.label = label
        self._hash = blake3()
        self._size = 0
        self._head = b""
        spool = Spool(1 << 20)
        for piece in pieces:
            self._hash.update(piece)
            self._size += len(piece)
            if len(self._head) < HEAD_BYTES:
                self._head = (self._head + piece)[:HEAD_BYTES]
            if spool.size < keep_bytes:
                spool.write(piece)
        self._kept = spool.finish()

    @property
    def size(self) -> int:
        return self._size

    @cached_property
    def digest(self) -> bytes:
        return self._hash.digest()

    @property
    def head(self) -> bytes:
        return self._head

    def read(self, limit: int) -> bytes:
        return self._kept[:limit]

    def body(self, limit: int) -> Body:
        if self._size > min(limit, len(self._kept)):
            raise TooLarge
        return self._kept

    def open(self, limit: int) -> BinaryIO:
        kept = self.body(limit)
        return io.BytesIO(kept) if isinstance(kept, bytes) else cast(BinaryIO, _MapFile(kept))


class _MapFile(io.RawIOBase):
    """A map as a file that gives its pages back, so that reading it does not fill resident memory."""

    def __init__(self, source: mmap.mmap) -> None:
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._at, len(self._source))[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, target: Buffer, /) -> int:
        buffer = memoryview(target)
        piece = self._source[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        self._source.madvise(mmap.MADV_DONTNEED)
        return len(piece)


def span(body: Body, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a span in pieces; pages of a map are given back behind."""
    for at in range(start, end, CHUNK_BYTES):
        yield body[at : min(at + CHUNK_BYTES, end)]
        if isinstance(body, mmap.mmap):
            body.madvise(mmap.MADV_DONTNEED)


def from_base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decodes leniently: foreign bytes are skipped, lost padding is made up for."""
    rest = b""
    for piece in pieces:
        letters = rest + piece.translate(None, _NOT_BASE64)
        letters = _PADDING.sub(b"", letters.rstrip(b"="))  # in this order: a run at the end would cost its square
        cut = len(letters) - len(letters) % 4
        rest = letters[cut:]
        yield binascii.a2b_base64(letters[:cut])
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))


def from_quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decodes line by line: an escape never crosses a piece."""
    rest = b""
    for piece in pieces:
        lines = rest + piece
        cut = lines.rfind(b"\n") + 1 or (len(lines) if len(lines) > CHUNK_BYTES else 0)
        rest = lines[cut:]
        yield binascii.a2b_qp(lines[:cut])
    yield binascii.a2b_qp(rest)
