"""Receiving a message's exact bytes: to a file that is complete or absent, with its checksum compared."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from mailstore.errors import MailStoreAnswerError

Target = str | os.PathLike[str] | BinaryIO
SHA256 = re.compile('(?:W/)?"?([0-9a-f]{64})"?')


def message_path(message_id: str) -> str:
    return f"/api/message/{quote(message_id, safe=':')}"


class Sink:
    """Takes the chunks, counts and hashes them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def finish(self, etag: str | None) -> int:
        """Number of bytes. Raises MailStoreAnswerError if the ETag is a SHA-256 and not theirs."""
        match = SHA256.fullmatch(etag or "")
        if match and match[1] != self._hash.hexdigest():
            raise MailStoreAnswerError("The message arrived damaged: its SHA-256 is not the one the server gave.")
        return self.size


@contextmanager
def sink(target: Target) -> Iterator[Sink]:
    """A sink for a path or an open binary file. A path gets its file when all is well, not before."""
    if not isinstance(target, (str, os.PathLike)):
        yield Sink(target)
        return
    path = Path(target)
    number, name = tempfile.mkstemp(".part", f".{path.name}-", path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            yield Sink(file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
