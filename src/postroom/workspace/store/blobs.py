"""Files named by their SHA-256: content that is large, or must stay as it came byte for byte.

A file is whole and synced under its name before `put` returns, so before the row that names it. One that no row names,
because its unit failed or its item is gone, is removed by `sweep` once it is an hour old.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from postroom.errors import Damaged
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.disk import file_errors, sync_directory
from postroom.workspace.store.growing import Growing

SWEEP_AFTER_S: Final = 3600
_PARTLY: Final = ".part-"


class Blob(NamedTuple):
    """`hash` is the SHA-256 in hex."""

    hash: str
    size: int


class Blobs:
    """A folder of files. Safe to use from threads and from several programs.

    Everything raises NoSpace, or Unavailable when the disk does not do what it should.
    """

    def __init__(self, directory: Path) -> None:
        self._directory, self._lock = directory, directory / "lock"
        with file_errors(directory):
            directory.mkdir(mode=0o700, exist_ok=True)
            self._lock.touch(mode=0o600)
            self.growing: Final = Growing(directory / "growing")
            sync_directory(directory)

    def put(self, source: bytes | Iterable[bytes], *, most_bytes: int | None = None) -> Blob:
        """Keep this content; it survives power loss when this returns. Raises TooLarge; then nothing is kept."""
        chunks = (source,) if isinstance(source, bytes) else source
        with file_errors(self._directory):
            return self._put(chunks, most_bytes)

    def _put(self, chunks: Iterable[bytes], most_bytes: int | None) -> Blob:
        descriptor, name = tempfile.mkstemp(prefix=_PARTLY, dir=self._directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                blob = _copy(chunks, file, most_bytes)
                file.flush()
                os.fsync(file.fileno())
            self._place(Path(name), blob)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return blob

    def _place(self, partly: Path, blob: Blob) -> None:
        path = self._path(blob.hash)
        with self._locked():
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700)
                sync_directory(self._directory)
            try:
                # It is there, and so that no sweep takes it before the row comes, it is young again.
                os.utime(path)
            except FileNotFoundError:
                partly.rename(path)
        # Also when it was there: whoever put it may not have come so far.
        sync_directory(path.parent)

    def adopt(self, path: Path, blob: Blob) -> None:
        """Keep a file that is whole and synced, of the same disk, without copying it. It keeps its own name too."""
        partly = self._directory / f"{_PARTLY}{path.name}"
        with file_errors(self._directory):
            partly.unlink(missing_ok=True)
            partly.hardlink_to(path)
            try:
                self._place(partly, blob)
            finally:
                partly.unlink(missing_ok=True)

    def begin(self) -> tuple[int, Path]:
        """An empty file for what arrives, open for writing; see `arriving.Arriving`."""
        with file_errors(self._directory):
            descriptor, name = tempfile.mkstemp(prefix=_PARTLY, dir=self._directory)
        return descriptor, Path(name)

    def growing_for(self, name: str) -> Growing:
        """A folder of files that come in ranges, for one who knows which of them are still needed."""
        return Growing(self._directory / f"growing-{name}")

    def path(self, blob_hash: str) -> Path:
        """Where a file is, if it is there."""
        return self._path(blob_hash)

    def open(self, blob_hash: str) -> BinaryIO:
        """For reading. Raises Damaged when the file is gone."""
        with file_errors(self._directory):
            try:
                return self._path(blob_hash).open("rb")
            except FileNotFoundError as error:
                raise Damaged(f"The file {blob_hash} of the workspace is missing.") from error

    def read(self, blob_hash: str) -> bytes:
        """The content, checked. Raises Damaged."""
        with file_errors(self._directory), self.open(blob_hash) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != blob_hash:
            raise Damaged(f"The file {blob_hash} of the workspace is damaged.")
        return content

    def sweep(self, is_needed: Callable[[str], bool], *, older_than_s: float = SWEEP_AFTER_S) -> int:
        """Remove what is older and not needed, files that were begun included. How many."""
        before_s = time.time() - older_than_s
        with file_errors(self._directory):
            return sum(self._swept(path, is_needed, before_s) for path in self._files())

    def _swept(self, path: Path, is_needed: Callable[[str], bool], before_s: float) -> bool:
        with self._locked():
            try:
                if path.stat().st_mtime > before_s:
                    return False
            except FileNotFoundError:
                return False
            if not path.name.startswith(_PARTLY) and is_needed(path.parent.name + path.name):
                return False
            path.unlink()
            return True

    def _files(self) -> Iterator[Path]:
        yield from self._directory.glob(f"{_PARTLY}*")
        for folder in sorted(self._directory.glob("??")):
            yield from sorted(folder.iterdir())

    def _path(self, blob_hash: str) -> Path:
        return self._directory / blob_hash[:2] / blob_hash[2:]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A file that is found by a writer must not be swept in the same moment.
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _copy(chunks: Iterable[bytes], file: BinaryIO, most_bytes: int | None) -> Blob:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if most_bytes is not None and size > most_bytes:
            raise TooLarge("content", most_bytes)
        digest.update(chunk)
        file.write(chunk)
    return Blob(digest.hexdigest(), size)
