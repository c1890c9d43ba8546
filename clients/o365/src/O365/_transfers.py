"""What is uploaded, wherever it comes from: its size, any part of it again, and how far it got."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many bytes are done, and how many there are; None when that is not known."""

IN_MEMORY = 4 * 1024 * 1024
"""A stream of unknown size is kept in memory up to here, and in a temporary file beyond."""


class Content:
    """Bytes in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def part(self, start: int, size: int) -> bytes:
        return self._content[start : start + size]


class FileContent:
    """An open file, from where it stands."""

    def __init__(self, file: IO[bytes], size: int | None = None) -> None:
        self._file, self._first = file, file.tell()
        self.size = file.seek(0, 2) - self._first if size is None else size

    def part(self, start: int, size: int) -> bytes:
        self._file.seek(self._first + start)
        return _exactly(self._file, min(size, self.size - start))


class StreamContent:
    """A stream that cannot go back: the last part stays in memory, in case it has to be sent again."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self.size = stream, size
        self._kept, self._from = b"", 0

    def part(self, start: int, size: int) -> bytes:
        wanted = min(size, self.size - start)
        if not self._from <= start <= self._from + len(self._kept):
            raise OSError(f"The service wants byte {start} again, and the stream cannot go back.")
        kept = self._kept[start - self._from : start - self._from + wanted]
        self._kept = kept + _exactly(self._stream, wanted - len(kept))
        self._from = start
        return self._kept


Source: TypeAlias = Content | FileContent | StreamContent


@contextmanager
def opened(item: str | Path | None, stream: Any, stream_size: int | None) -> Iterator[Source]:
    """A file or a stream to upload. Raises ValueError for neither, OSError for a file that is not there."""
    if stream is not None:
        with _streamed(stream, stream_size) as source:
            yield source
    elif item is None or item == "":
        raise ValueError("Provide a file to upload, or a stream")
    else:
        with Path(item).open("rb") as file:
            yield FileContent(file)


@contextmanager
def _streamed(stream: Any, size: int | None) -> Iterator[Source]:
    if isinstance(stream, bytes | bytearray):
        yield Content(bytes(stream))
    elif _can_go_back(stream):
        yield FileContent(stream, size)
    elif size is not None:
        yield StreamContent(stream, size)
    else:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            shutil.copyfileobj(stream, file)
            file.seek(0)
            yield FileContent(file)


def _can_go_back(stream: Any) -> bool:
    try:
        return bool(stream.seekable())
    except AttributeError:
        return False


def _exactly(file: IO[bytes], size: int) -> bytes:
    """So many bytes: a pipe gives fewer at a time. Raises OSError at an earlier end."""
    parts: list[bytes] = []
    missing = size
    while missing > 0:
        part = file.read(missing)
        if not part:
            raise OSError(f"What is uploaded ends {missing} bytes too early.")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
