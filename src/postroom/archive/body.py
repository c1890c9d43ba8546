"""One message as bytes, however large: in memory when small, a memory map of a nameless file when not.

The file has no name, so nothing remains of it after a kill. A map is read with `chunks`, which gives pages back
behind itself: resident memory stays flat for a message of any size.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, TypeAlias

from postroom.errors import NoSpace

Body: TypeAlias = bytes | mmap.mmap

SPOOL_BYTES = 8 << 20
"""A body longer than this is a map."""

CHUNK_BYTES = 1 << 20


def chunks(body: Body, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """The body in pieces of `size` bytes, the last one shorter."""
    if isinstance(body, bytes):
        if len(body) <= size:
            yield from (body,) if body else ()
            return
        yield from (body[at : at + size] for at in range(0, len(body), size))
        return
    page = mmap.ALLOCATIONGRANULARITY
    for at in range(0, len(body), size):
        yield body[at : at + size]
        # What was touched stays in resident memory until told otherwise; the file still has it.
        begin = at - at % page
        body.madvise(mmap.MADV_DONTNEED, begin, min(at + size, len(body)) - begin)


def sha256(body: Body) -> bytes:
    """The 32 bytes of the digest."""
    if isinstance(body, bytes):
        return hashlib.sha256(body).digest()
    digest = hashlib.sha256()
    for piece in chunks(body):
        digest.update(piece)
    return digest.digest()


class Spool:
    """Collects a body piece by piece; moves to a nameless file when it passes `threshold` bytes.

    `write` raises NoSpace when the temporary disk is full.
    """

    __slots__ = ("_file", "_parts", "_threshold", "size")

    def __init__(self, threshold: int = SPOOL_BYTES) -> None:
        self.size = 0
        self._threshold = threshold
        self._parts: list[bytes] = []
        self._file: IO[bytes] | None = None

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is None:
            self._parts.append(data)
            if self.size <= self._threshold:
                return
            data = b"".join(self._parts)
            self._parts.clear()
            self._file = tempfile.TemporaryFile(dir=spool_directory(), buffering=0)  # noqa: SIM115 - `finish` closes
        _write_all(self._file.fileno(), data)

    def finish(self) -> Body:
        """What was written; the spool is done with."""
        if self._file is None:
            return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        with self._file as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __del__(self) -> None:
        # A spool may be left half full: the stream broke, or nobody asks the generator on.
        if self._file is not None:
            self._file.close()


def spool(pieces: Iterable[bytes], threshold: int = SPOOL_BYTES) -> Body:
    """All pieces as one body."""
    target = Spool(threshold)
    for piece in pieces:
        target.write(piece)
    return target.finish()


def spool_directory() -> str:
    """Where large bodies wait: `TMPDIR` when set, else /var/tmp, else the system's choice.

    /tmp is often a memory file system, where a spooled body would be memory again.
    """
    if "TMPDIR" not in os.environ and os.access("/var/tmp", os.W_OK | os.X_OK):  # noqa: S108
        return "/var/tmp"  # noqa: S108
    return tempfile.gettempdir()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(spool_directory()) from error
        raise
