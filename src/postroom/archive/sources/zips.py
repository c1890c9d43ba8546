"""Mail in a zip: messages and mboxes, wherever they are in it. The native id is the member's path, size and CRC."""

from __future__ import annotations

import calendar
import os
import zipfile
import zlib
from collections.abc import Iterator

from postroom.archive.sources import files, member, names
from postroom.archive.sources.model import Item, Known, Problem
from postroom.archive.sources.streams import UNPACK_ERRORS, Peeked

LARGE_BYTES = 64 << 20
MOST_EXPANSION = 200
"""A member over LARGE_BYTES may be no more than so many times its packed size."""

_ENCRYPTED = 0x1
_MEMBER_ERRORS = (*UNPACK_ERRORS, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class ZipSource:
    """All mail in a zip file."""

    def __init__(self, path: str) -> None:
        self.name = names.native("zip:" + path)
        self._path = path
        self._done = self._total = 0

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        self._done = 0
        try:
            with zipfile.ZipFile(self._path) as archive:
                self._total = sum(info.compress_size for info in archive.infolist())
                for info in archive.infolist():
                    if not info.is_dir():
                        yield from self._member(archive, info, known)
                    self._done += info.compress_size
        except (OSError, zipfile.BadZipFile) as error:
            yield Problem("", names.native(os.path.basename(self._path)), _reason(error))

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, known: Known) -> Iterator[Item]:
        # Some Windows programs write '\' where the format wants '/'.
        path = names.split_path(info.filename.replace("\\", "/"))
        native_id = names.native(info.filename, info.file_size, f"{info.CRC:08x}")
        if known(native_id):
            return
        refused = _refused(info)
        if refused:
            yield Problem(files.folder_of(path[:-1]), native_id, refused)
            return
        try:
            with archive.open(info) as stream:
                yield from member.items(Peeked(stream), path, native_id, _time_ms(info), known)
        except _MEMBER_ERRORS as error:
            yield Problem(files.folder_of(path[:-1]), native_id, _reason(error))


def _refused(info: zipfile.ZipInfo) -> str:
    """Why a member is not even opened; '' when it may be."""
    if info.flag_bits & _ENCRYPTED:
        return "encrypted"
    if info.file_size > max(LARGE_BYTES, MOST_EXPANSION * info.compress_size):
        return f"expands more than {MOST_EXPANSION}-fold"
    return ""


def _time_ms(info: zipfile.ZipInfo) -> int | None:
    """A zip keeps local time without a zone: taken as UTC. None when it is no date."""
    try:
        year, month, day = info.date_time[:3]
        if not 1 <= day <= calendar.monthrange(year, month)[1]:
            return None
    except (calendar.IllegalMonthError, ValueError):
        return None
    return calendar.timegm(info.date_time) * 1000


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return files.reason(error)
    kind = "damaged" if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError)) else "cannot be unpacked"
    return f"{kind}: {error}"
