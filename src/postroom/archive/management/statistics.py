"""How large an instance is, how the process that runs all of them does, and what machine this is."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.archive import Archive

MIB: Final = 1 << 20
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk by kind of file; `messages` and `mail_bytes` are of all open stores."""

    messages: int
    mail_bytes: int
    database: int
    content: int
    index: int


def sizes(archive: Archive) -> Sizes:
    """What is stored, and what it takes."""
    totals = archive.stores.totals()
    kinds = {"database": _size(archive.directory.glob("instance.db*")), "content": 0, "index": 0}
    for mount in archive.stores.all():
        for path in mount.directory.rglob("*"):
            kinds[_kind(path.relative_to(mount.directory))] += _size([path])
    return Sizes(sum(row.messages for row in totals), sum(row.bytes for row in totals), **kinds)


def _kind(path: Path) -> str:
    kinds = {"packs": "content", "index": "index"}
    return kinds.get(path.parts[0], "database")


def _size(paths: Iterable[Path]) -> int:
    size = 0
    for path in paths:
        try:
            size += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # compaction or a merge of the index removed it meanwhile
    return size


class Load:
    """The processor's share of this process between two questions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = (0.0, time.monotonic() - time.process_time())

    def cpu_percent(self) -> float:
        """Of one core, since the last question; since the start at the first one."""
        now = (time.process_time(), time.monotonic())
        with self._lock:
            (used, at), self._last = self._last, now
        elapsed = now[1] - at
        return round(100 * (now[0] - used) / elapsed, 1) if elapsed > 0 else 0.0


def memory_bytes() -> tuple[int, int]:
    """Of this process: in memory, and of that not shared with others."""
    _, resident, shared, *_ = (int(pages) * _PAGE for pages in Path("/proc/self/statm").read_text("ascii").split())
    return resident, resident - shared


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def processors() -> list[str]:
    """A name per core."""
    name = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            name = value.strip()
            break
    return [name] * (os.cpu_count() or 1)


def operating_system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"


def physical_memory_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * _PAGE
