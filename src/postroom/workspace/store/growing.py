"""Files that come in ranges, each in one file that grows where it will stay: it only gets another name at the end.

What lies between the ranges is nothing. Which ranges are there is for the database to know: a range is written before
its row, and nobody reads bytes that no row tells of. They are synced when all are there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from postroom.workspace.store.disk import file_errors, sync_directory

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK_BYTES: Final = 1 << 20


class Digest(Protocol):
    """A SHA-256 that is not at its end."""

    def update(self, data: bytes, /) -> None: ...
    def copy(self) -> Digest: ...
    def hexdigest(self) -> str: ...


class File:
    """A file whose lock is held."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor, self.path = descriptor, path

    def write(self, begin: int, content: bytes) -> None:
        """This range survives the end of the program when this returns, and power loss after `syncing`."""
        left, at = memoryview(content), begin
        while left:
            written = os.pwrite(self._descriptor, left, at)
            left, at = left[written:], at + written
        # The disk begins with what is dirty here, and nobody waits for it.
        os.posix_fadvise(self._descriptor, begin, len(content), os.POSIX_FADV_DONTNEED)

    def empty(self) -> None:
        """What was written is no longer wanted."""
        os.ftruncate(self._descriptor, 0)

    def read(self, begin: int, size: int) -> bytes:
        """What is there; less at the end of the file."""
        return os.pread(self._descriptor, size, begin)

    @contextmanager
    def syncing(self) -> Iterator[None]:
        """All that was written survives power loss when the block ends; the disk works while it runs."""
        with ThreadPoolExecutor(1, "sync") as disk:
            synced = disk.submit(os.fdatasync, self._descriptor)
            yield
            synced.result()

    def digest(self) -> Digest:
        """Of all that is there."""
        found, at = hashlib.sha256(), 0
        while chunk := os.pread(self._descriptor, CHUNK_BYTES, at):
            found.update(chunk)
            at += len(chunk)
        return found


class Growing:
    """A folder of such files, by name. Safe to use from threads and from several programs.

    Everything raises NoSpace, or Unavailable when the disk does not do what it should.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with file_errors(directory):
            directory.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self, name: str) -> Iterator[File]:
        """The file, which is made if need be; others who want it wait."""
        path = self._directory / name
        with file_errors(self._directory):
            descriptor = self._open(path)
            try:
                yield File(descriptor, path)
            finally:
                os.close(descriptor)

    def remove(self, name: str) -> None:
        """Forget a file; one that was given another name stays under that."""
        with file_errors(self._directory):
            (self._directory / name).unlink(missing_ok=True)

    def sweep(self, is_needed: Callable[[str], bool]) -> int:
        """Remove what is not needed; asked is after the file was seen. How many."""
        with file_errors(self._directory):
            seen = [path.name for path in self._directory.iterdir()]
        gone = [name for name in seen if not is_needed(name.partition(".")[0])]
        for name in gone:
            self.remove(name)
        return len(gone)

    def _open(self, path: Path) -> int:
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                found = os.fstat(descriptor)
                if _is_at(path, found):
                    if found.st_nlink == 1:
                        if not found.st_size:
                            sync_directory(self._directory)
                        return descriptor
                    self._separate(descriptor, path)
            except BaseException:
                os.close(descriptor)
                raise
            # Removed or separated while we waited: again, with what has the name now.
            os.close(descriptor)

    def _separate(self, descriptor: int, path: Path) -> None:
        """A copy takes the place of a file that got its other name, but no row: others may use that one already."""
        copied = path.with_name(f"{path.name}.copy")
        with open(descriptor, "rb", closefd=False) as source, copied.open("wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        copied.rename(path)
        sync_directory(self._directory)


def _is_at(path: Path, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), found)
    except FileNotFoundError:
        return False
