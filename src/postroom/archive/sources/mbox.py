"""Messages of one mbox, as a file that can be continued or as a stream inside something else.

**Native ids** are the SHA-256 of the message and its number among equal ones, so that an mbox which is rewritten,
compacted or moved gives the same ids.

**Cursor**: where the last message starts, its SHA-256, the file's inode and a hash of the file's beginning. A run
continues when all are still so; the last message is read again for that. Otherwise it starts over, and the native ids
keep what is stored already from being stored twice. Flags that a mail client changes in place in earlier messages go
unnoticed on purpose: they would make each of these messages a new one.
"""

from __future__ import annotations

import calendar
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from typing import IO, TypedDict, cast

from blake3 import blake3

from postroom.archive.body import SPOOL_BYTES, sha256
from postroom.archive.sources import files, names
from postroom.archive.sources.model import Arrival, Item, Known, Problem
from postroom.archive.sources.split import Cut, Dialect, Garbage, Splitter
from postroom.archive.sources.streams import Readable

HEAD_BYTES = 64 << 10


class Position(TypedDict):
    """A cursor, parsed."""

    dialect: str
    start: int
    sha256: str
    inode: int
    head: str


class Occurrences:
    """Numbers equal messages 1, 2, ... in memory that does not grow with their count: SQLite spills to disk."""

    def __init__(self, known: Known | None = None) -> None:
        self._known = known
        self._seen = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def native_id(self, prefix: str, digest: bytes) -> str:
        """The id of the next message with this digest.

        With `known`, a pass that continues another one goes on behind the numbers that are stored.
        """
        row = self._seen.execute("SELECT number FROM seen WHERE digest = ?", (digest,)).fetchone()
        number: int = row[0] + 1 if row else 1
        text = f"{prefix}{digest.hex()}"
        while row is None and self._known is not None and self._known(f"{text}-{number}"):
            number += 1
        self._seen.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (digest, number))
        return f"{text}-{number}"

    def close(self) -> None:
        self._seen.close()


def messages(
    cuts: Iterable[Cut | Garbage],
    folder: str,
    prefix: str,
    occurrences: Occurrences,
    cursor_of: Callable[[Cut, bytes], str | None] = lambda _cut, _digest: None,
) -> Iterator[Item]:
    """What a Splitter cuts, as arrivals; `prefix` goes before native ids."""
    for cut in cuts:
        if isinstance(cut, Garbage):
            yield Problem(folder, f"{prefix}@{cut.start}", f"{cut.end - cut.start} bytes before the first From line")
        elif not cut.body:
            yield Problem(folder, f"{prefix}@{cut.start}", "empty message")
        else:
            digest = sha256(cut.body)
            native_id = occurrences.native_id(prefix, digest)
            yield Arrival(folder, native_id, cut.body, from_line_ms(cut.separator[:512]), cursor_of(cut, digest))


def stream(source: Readable, folder: str, prefix: str, known: Known, dialect: Dialect = Dialect.AUTO) -> Iterator[Item]:
    """An mbox that cannot be continued in the middle: all is read, what is known is left out."""
    with closing(Occurrences()) as occurrences:
        for item in messages(Splitter(source, dialect), folder, prefix, occurrences):
            if isinstance(item, Problem) or not known(item.native_id):
                yield item


class MboxSource:
    """One mbox file."""

    def __init__(
        self,
        path: str,
        dialect: Dialect = Dialect.AUTO,
        folder: str = "",
        prefix: str = "",
        threshold: int = SPOOL_BYTES,
    ) -> None:
        self.name = names.native("mbox:" + path)
        self._path, self._dialect, self._folder, self._prefix = path, dialect, folder, prefix
        self._threshold = threshold
        self._done = self._total = 0

    def progress(self) -> tuple[int, int]:
        return self._done, self._total

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        try:
            descriptor, state = files.open_regular(self._path)
            self._total = state.st_size
            with os.fdopen(descriptor, "rb", buffering=0) as file:
                yield from self._read(file, state, cursor, known)
        except OSError as error:
            yield Problem(self._folder, self._prefix or os.path.basename(self._path), files.reason(error))

    def _read(self, file: IO[bytes], state: os.stat_result, cursor: str | None, known: Known) -> Iterator[Item]:
        head = file.read(HEAD_BYTES)
        splitter, cuts, resumed = self._cuts(file, state, head, position(cursor))
        with closing(Occurrences(known if resumed else None)) as occurrences:

            def cursor_of(cut: Cut, digest: bytes) -> str:
                self._done = cut.end
                return (
                    f'{{"dialect":"{splitter.dialect}","start":{cut.start},"sha256":"{digest.hex()}",'
                    f'"inode":{state.st_ino},"head":"{head_hash(head, cut.start)}"}}'
                )

            yield from messages(cuts, self._folder, self._prefix, occurrences, cursor_of)
        self._done = self._total

    def _cuts(
        self, file: IO[bytes], state: os.stat_result, head: bytes, last: Position | None
    ) -> tuple[Splitter, Iterator[Cut | Garbage], bool]:
        """A splitter and its cuts, behind the last message that is stored or from the start; True for the former."""
        if last and last["inode"] == state.st_ino and last["head"] == head_hash(head, last["start"]):
            file.seek(last["start"])
            splitter = Splitter(file, Dialect(last["dialect"]), last["start"], self._threshold)
            cuts = iter(splitter)
            first = next(cuts, None)
            if isinstance(first, Cut) and sha256(first.body).hex() == last["sha256"]:
                return splitter, cuts, True
        file.seek(0)
        splitter = Splitter(file, self._dialect, 0, self._threshold)
        return splitter, iter(splitter), False


def position(cursor: str | None) -> Position | None:
    """A cursor that was given out by this module; None for any other text."""
    try:
        found = json.loads(cursor or "null")
    except ValueError:
        return None
    fields: dict[str, type] = {"dialect": str, "start": int, "sha256": str, "inode": int, "head": str}
    if not isinstance(found, dict) or any(not isinstance(found.get(key), kind) for key, kind in fields.items()):
        return None
    if found["dialect"] not in list(Dialect) or found["start"] < 0:
        return None
    return cast(Position, found)


def head_hash(head: bytes, start: int) -> str:
    """What stands before `start`, as far as `head` reaches."""
    return _hash(head[:start]) if start < len(head) else _hash(head)


@lru_cache(4)
def _hash(data: bytes) -> str:
    return blake3(data).hexdigest(16)


_DATE = re.compile(
    rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) +(\d{1,2}):(\d\d)(?::(\d\d))?"
    rb"(?: +(?:[A-Z]{2,5}|([+-]\d{4})))?(?: +(\d{4}))(?: +([+-]\d{4}))?"
)
_MONTH_NUMBER = dict(zip((b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split(), range(1, 13), strict=True))


@lru_cache(1024)
def from_line_ms(separator: bytes) -> int | None:
    """The time in a From_ line (C's asctime, perhaps with a zone, else UTC), in ms; None when there is none."""
    found = _DATE.search(separator)
    if not found:
        return None
    month, day, hour, minute, second, zone_before, year, zone_after = found.groups()
    zone = zone_before or zone_after or b"+0000"
    offset_s = (int(zone[1:3]) * 60 + int(zone[3:5])) * 60 * (-1 if zone[:1] == b"-" else 1)
    fields = (int(year), _MONTH_NUMBER[month], int(day), int(hour), int(minute), int(second or 0))
    if not (fields[0] >= 1970 and 1 <= fields[2] <= calendar.monthrange(fields[0], fields[1])[1] and fields[3] < 24):
        return None
    return (calendar.timegm(fields) - offset_s) * 1000
