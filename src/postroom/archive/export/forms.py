"""The three forms of an export: a tree of EML files, one mbox file per folder, a zip of the EML tree.

A writer can be cut off at any byte: what its last `sync` made durable stands in the journal, and `resume` is told those
lines again before the first `write`.
"""

from __future__ import annotations

import os
import re
import struct
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol

from postroom.archive.export.manifest import Line
from postroom.archive.storage.packs import sync_directory


class Item(NamedTuple):
    """One message to be written."""

    folder: str
    """Relative path of its folder, safe to use."""
    name: str
    """File name in that folder."""
    time_ms: int
    size: int
    pieces: Iterable[bytes]


class Form(Protocol):
    """Writes messages; `write` answers what the manifest says about where the message is."""

    def resume(self, line: Line) -> None: ...
    def write(self, item: Item) -> Line: ...
    def sync(self) -> None: ...
    def close(self) -> None: ...


class EmlTree:
    """One file per message below the target."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._written: list[Path] = []

    def resume(self, line: Line) -> None:
        """Files do not depend on each other."""

    def write(self, item: Item) -> Line:
        path = self._target / item.folder / item.name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as file:
                file.writelines(item.pieces)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        os.utime(part, (item.time_ms / 1000, item.time_ms / 1000))
        part.replace(path)
        self._written.append(path)
        return {"file": f"{item.folder}/{item.name}"}

    def sync(self) -> None:
        # Together and late: by now the kernel has written most of them, and one journal commit serves many.
        _sync_files(self._target, self._written)
        self._written.clear()

    def close(self) -> None:
        """Nothing is open."""


class MboxFiles:
    """One file per folder, quoted as mboxrd: every line that is `From ` behind any number of `>` gets one more."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._ends: dict[str, int] = {}
        self._written: set[Path] = set()

    def resume(self, line: Line) -> None:
        self._ends[line["file"]] = line["offset"] + line["length"] + line["end"]

    def write(self, item: Item) -> Line:
        name = item.folder + ".mbox"
        path = self._target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        start = self._ends.get(name, 0)
        with path.open("r+b" if path.exists() else "xb") as file:
            file.truncate(start)  # what an interrupted run left
            file.seek(start)
            try:
                line = _mbox_message(file, item)
                file.flush()
            except BaseException:
                os.ftruncate(file.fileno(), start)
                raise
        self._ends[name] = line["offset"] + line["length"] + line["end"]
        self._written.add(path)
        return {"file": name, **line}

    def sync(self) -> None:
        _sync_files(self._target, self._written)
        self._written.clear()

    def close(self) -> None:
        """Nothing is open."""


def _mbox_message(file: IO[bytes], item: Item) -> Line:
    file.write(f"From MAILER-DAEMON {time.asctime(time.gmtime(item.time_ms / 1000))}\n".encode())
    offset, length, last = file.tell(), 0, b""
    for piece in quoted(item.pieces):
        file.write(piece)
        length, last = length + len(piece), piece[-1:] or last
    # The blank line between messages is no part of them; nor is the line end a message lacks.
    end = b"\n" if last == b"\n" else b"\n\n"
    file.write(end)
    return {"offset": offset, "length": length, "end": len(end)}


_FROM = re.compile(rb"^(>*)From ", re.MULTILINE)
_BEGINNINGS = tuple(b"From "[:length] for length in range(5))


def quoted(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """mboxrd quoting in constant memory, wherever the pieces are cut and however long the lines are."""
    held = b""
    fresh = True  # the line so far is nothing but ">"
    for piece in pieces:
        data = held + piece
        head = 0 if fresh else data.find(b"\n") + 1
        if not fresh and not head:
            yield data
            continue
        start = data.rfind(b"\n") + 1
        rest = data[start:].lstrip(b">")
        fresh = rest in _BEGINNINGS
        held = rest if fresh else b""
        data = data[: len(data) - len(held)]
        yield data[:head] + (_FROM.sub(rb"\1>From ", data[head:]) if b"From " in data else data[head:])
    yield held


_LOCAL = struct.Struct("<4sHHHIIIIHH")
_CENTRAL = struct.Struct("<4sHHHHIIIIHHHHHII")
_END64 = struct.Struct("<4sQHHIIQQQQ4sIQI")
_END = struct.Struct("<4sHHHHIIH")
_FULL: Final = 0xFFFFFFFF
"""Stands in a field whose value is in the zip64 extra."""
LARGE_BYTES = _FULL
"""From here on sizes and offsets go there."""
_UTF8, _DEFLATED, _UNIX, _MODE = 1 << 11, 8, 3 << 8, 0o100644 << 16


class ZipFile:
    """The EML tree in one file. Written here because the standard library cannot go on with a cut-off zip.

    The central directory is made at the end from the journal's lines, so memory stays flat for millions of files.
    Source: APPNOTE.TXT of the ZIP format, 4.3 to 4.5.
    """

    def __init__(self, path: Path) -> None:
        # Folders of exports are private, a zip stands alone.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "r+b")
        self._path, self._end = path, 0

    def resume(self, line: Line) -> None:
        self._end = line["zip"][0] + _local_bytes(line["file"], line["size"]) + line["zip"][1]

    def write(self, item: Item) -> Line:
        name = f"{item.folder}/{item.name}"
        return {"file": name, "zip": self.add(name, item.time_ms, item.size, item.pieces)}

    def add(self, name: str, time_ms: int, size: int, pieces: Iterable[bytes]) -> list[int]:
        """Append one file; answers offset of its header, stored size, CRC-32."""
        start, check, stored = self._end, 0, 0
        body = start + _local_bytes(name, size)
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        self._file.seek(body)
        for piece in pieces:
            check = zlib.crc32(piece, check)
            stored += self._file.write(packer.compress(piece))
        stored += self._file.write(packer.flush())
        self._file.seek(start)
        self._file.write(_local_header(name, time_ms, size, stored, check))
        self._file.flush()
        self._end = body + stored
        return [start, stored, check]

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self, entries: Iterable[tuple[str, int, int, list[int]]]) -> None:
        """Write the central directory of (name, time_ms, size, what `add` answered) and sync."""
        self._file.truncate(self._end)
        self._file.seek(self._end)
        count = 0
        for count, entry in enumerate(entries, 1):  # noqa: B007 - the last value is the number of entries
            self._file.write(_central_header(*entry))
        at = self._file.tell()
        size = at - self._end
        small, size32, start32 = min(count, 0xFFFF), min(size, _FULL), min(self._end, _FULL)
        end64 = (b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, self._end, b"PK\6\7", 0, at, 1)
        self._file.write(_END64.pack(*end64))
        self._file.write(_END.pack(b"PK\5\6", 0, 0, small, small, size32, start32, 0))
        self.sync()

    def close(self) -> None:
        self._file.close()


def _large(size: int) -> bool:
    # Deflate makes incompressible data a little longer: the stored size must fit as well.
    return size > LARGE_BYTES - (size >> 8)


def _local_bytes(name: str, size: int) -> int:
    return _LOCAL.size + len(name.encode()) + (20 if _large(size) else 0)


def _local_header(name: str, time_ms: int, size: int, stored: int, check: int) -> bytes:
    raw = name.encode()
    extra = struct.pack("<HHQQ", 1, 16, size, stored) if _large(size) else b""
    sizes = (_FULL, _FULL) if extra else (stored, size)
    fields: tuple[Any, ...] = (b"PK\3\4", 45, _UTF8, _DEFLATED, _dos_time(time_ms), check, *sizes, len(raw), len(extra))
    return _LOCAL.pack(*fields) + raw + extra


def _central_header(name: str, time_ms: int, size: int, place: list[int]) -> bytes:
    raw, (start, stored, check) = name.encode(), place
    extra = b""
    if max(size, stored, start) >= LARGE_BYTES:
        extra = struct.pack("<HHQQQ", 1, 24, size, stored, start)
        size = stored = start = _FULL
    fields: tuple[Any, ...] = (b"PK\1\2", _UNIX | 45, 45, _UTF8, _DEFLATED, _dos_time(time_ms), check, stored, size)
    return _CENTRAL.pack(*fields, len(raw), len(extra), 0, 0, 0, _MODE, start) + raw + extra


def _dos_time(time_ms: int) -> int:
    """Date and time as one number; the format begins in 1980 and ends in 2107."""
    at = time.gmtime(min(max(time_ms // 1000, 315_532_800), 4_354_819_198))
    return (at[0] - 1980) << 25 | at[1] << 21 | at[2] << 16 | at[3] << 11 | at[4] << 5 | at[5] >> 1


def _sync_files(target: Path, paths: Collection[Path]) -> None:
    """Make files and the folders that lead to them survive power loss."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for folder in {parent for path in paths for parent in path.relative_to(target).parents}:
        sync_directory(target / folder)
