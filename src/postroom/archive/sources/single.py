"""One message, from a file or from standard input; or an mbox on standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from postroom.archive.body import CHUNK_BYTES, sha256, spool
from postroom.archive.sources import files, mbox, names
from postroom.archive.sources.model import Arrival, Item, Known, Problem
from postroom.archive.sources.split import Dialect
from postroom.archive.sources.streams import Peeked


class FileSource:
    """One message in a file, byte for byte. The native id is its name, size and time of change."""

    def __init__(self, path: str) -> None:
        self.name = names.native("eml:" + path)
        self._path = path
        self._done = self._total = 0

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        base = os.path.basename(self._path)
        try:
            state = os.stat(self._path)
            self._total = state.st_size
            native_id = names.native(base, state.st_size, state.st_mtime_ns)
            if not known(native_id):
                body, state = files.read_file(os.path.realpath(self._path))
                yield files.arrival("", native_id, body, state)
        except OSError as error:
            yield Problem("", names.native(base), files.reason(error))
        self._done = self._total


class InputSource:
    """Standard input: an mbox when it begins with a From_ line or that kind was asked for, else one message.

    Native ids are hashes, so that the same input is stored once.
    """

    name = "stdin"

    def __init__(self, stream: BinaryIO, dialect: Dialect | None, *, message: bool = False) -> None:
        self._stream, self._dialect, self._message = stream, dialect, message
        self._done = 0

    def progress(self) -> tuple[int, int]:
        return self._done, 0

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        peeked = Peeked(self._stream)
        if not self._message and (self._dialect or peeked.head.startswith(b"From ")):
            items = mbox.stream(peeked, "", "", known, self._dialect or Dialect.AUTO)
        else:
            items = self._one(peeked, known)
        for item in items:
            self._done = peeked.done
            yield item
        self._done = peeked.done

    def _one(self, stream: Peeked, known: Known) -> Iterator[Item]:
        body = spool(iter(lambda: stream.read(CHUNK_BYTES), b""))
        native_id = sha256(body).hex()
        if not body:
            yield Problem("", "stdin", "empty input")
        elif not known(native_id):
            yield Arrival("", native_id, body, None)
