"""Content on its way in: a file that is hashed while it is written, and may become a blob without being copied."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from postroom.workspace.errors import TooLarge
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.disk import file_errors
from postroom.workspace.store.quickxor import QuickXor

BUFFER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Hashes:
    """`sha1` and `sha256` in hex, `quick_xor` in base64."""

    sha1: str
    sha256: str
    quick_xor: str
    size: int

    @property
    def blob(self) -> Blob:
        return Blob(self.sha256, self.size)


class Digests:
    """All that files are known by, of one stream of bytes."""

    def __init__(self) -> None:
        self._sha1, self._sha256, self._quick = hashlib.sha1(usedforsecurity=False), hashlib.sha256(), QuickXor()
        self.size = 0

    def update(self, data: bytes | memoryview) -> None:
        self._sha1.update(data)
        self._sha256.update(data)
        self._quick.update(data)
        self.size += len(data)

    def copy(self) -> Digests:
        other = Digests()
        other._sha1, other._sha256 = self._sha1.copy(), self._sha256.copy()
        other._quick, other.size = self._quick.copy(), self.size
        return other

    def hashes(self) -> Hashes:
        return Hashes(self._sha1.hexdigest(), self._sha256.hexdigest(), self._quick.text(), self.size)


def hashes_of(content: bytes) -> Hashes:
    digests = Digests()
    digests.update(content)
    return digests.hashes()


class Arriving:
    """A file with a name that `Blobs.sweep` removes when nobody else does. Close it in any case.

    `most_bytes`: TooLarge is raised by the `write` that goes beyond.
    """

    def __init__(self, descriptor: int, path: Path, most_bytes: int) -> None:
        self.path, self._most = path, most_bytes
        self._file: BinaryIO = os.fdopen(descriptor, "r+b", buffering=0)
        self._digests = Digests()

    def write(self, data: bytes) -> None:
        if self._digests.size + len(data) > self._most:
            raise TooLarge("content", self._most)
        left = memoryview(data)
        with file_errors(self.path.parent):
            while left:
                left = left[self._file.write(left) :]
        self._digests.update(data)

    @property
    def size(self) -> int:
        return self._digests.size

    @property
    def hashes(self) -> Hashes:
        return self._digests.hashes()

    def read(self) -> bytes:
        """All of it; for what is small."""
        with file_errors(self.path.parent):
            return os.pread(self._file.fileno(), self.size, 0)

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def sync(self) -> None:
        """What was written survives power loss when this returns."""
        with file_errors(self.path.parent):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Its own name goes; a blob that was made of it stays."""
        self._file.close()
        with file_errors(self.path.parent):
            self.path.unlink(missing_ok=True)
