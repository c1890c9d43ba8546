"""Byte streams: looked at before they are read, unpacked, and guarded against what unpacks without end."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from postroom.archive.body import CHUNK_BYTES

HEAD_BYTES = 64 << 10

UNGUARDED_BYTES = 256 << 20
"""So much may always come out of a compressed file."""

MOST_EXPANSION = 500
"""Beyond that, no more than so many bytes out for each byte in. Mail packs 3 to 60 times, zeros 1,000 and more."""

UNPACK_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
"""What the decompressors raise on damaged data; ExpansionError is among them."""

_MAGICS = ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"))


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class ExpansionError(OSError):
    """A stream that unpacks to far more than mail does."""


class Peeked:
    """A stream whose first bytes were looked at; counts what is read."""

    def __init__(self, stream: Readable, size: int = HEAD_BYTES) -> None:
        self.head = self._waiting = read_full(stream, size)
        self.done = 0
        self._stream = stream

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        if self._waiting:
            data, self._waiting = self._waiting[:size], self._waiting[size:]
        else:
            data = self._stream.read(size)
        self.done += len(data)
        return data


class Unpacked:
    """A compressed file as the stream in it; a plain file as it is. Raises one of UNPACK_ERRORS.

    ExpansionError is raised when it expands beyond all measure.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.codec = codec(file.read(8))
        file.seek(0)
        self._stream = _decoder(file, self.codec)
        self._out = 0

    @property
    def consumed(self) -> int:
        """Bytes read of the compressed file."""
        return self._file.tell()

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        data = self._stream.read(size)
        self._out += len(data)
        if self._out > UNGUARDED_BYTES and self._out > MOST_EXPANSION * self._file.tell():
            raise ExpansionError(0, f"expands more than {MOST_EXPANSION}-fold")
        return data


def codec(head: bytes) -> str:
    """gz, bz2, xz or zst by the first bytes; '' for none of them."""
    return next((name for magic, name in _MAGICS if head.startswith(magic)), "")


def _decoder(file: BinaryIO, name: str) -> Readable:
    match name:
        case "gz":
            return gzip.GzipFile(fileobj=file)
        case "bz2":
            return bz2.BZ2File(file)
        case "xz":
            return lzma.LZMAFile(file)
        case "zst":
            return _Zstd(file)
        case _:
            return file


class _Zstd:
    """A file of zstd frames. The library's own reader takes a file that is cut short for a whole one."""

    # 32,000-fold is the most that zstd can expand: so little in means at most 32 MiB out.
    INPUT_BYTES = 1024

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._input = self._waiting = b""

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        while not self._waiting and self._more():
            pass
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data

    def _more(self) -> bool:
        """Unpacks the next bit of input; False at the end. Raises EOFError when that is inside a frame."""
        data = self._input or self._file.read(self.INPUT_BYTES)
        if not data:
            if self._frame is not None:
                raise EOFError("the packed data ends early")
            return False
        self._frame = self._frame or self._decompressor.decompressobj()
        self._waiting, self._input = self._frame.decompress(data), b""
        if self._frame.eof:
            self._input, self._frame = self._frame.unused_data, None
        return True


def read_full(stream: Readable, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a pipe gives what it has."""
    return b"".join(pieces(stream, size))


def pieces(stream: Readable, size: int | None = None) -> Iterator[bytes]:
    """What the stream gives, up to `size` bytes."""
    left = size
    while left is None or left > 0:
        piece = stream.read(CHUNK_BYTES if left is None else min(left, CHUNK_BYTES))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece
