"""The catalogue of one store: reading it. `apply.py` is what writes it (docs/format.md §6)."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from blake3 import blake3

from postroom.archive.storage.entries import Envelope, decode_envelope
from postroom.archive.storage.ledger import GENESIS, Batch
from postroom.errors import Damaged, NoSpace, NotFound, PostroomError, Unavailable
from postroom.migrations import load

MAX_FOLDERS: Final = 10_000
"""Levels above a folder. Real ones have at most some dozens."""
STEPS: Final = load("postroom.archive", "catalog").steps
VERSION: Final = len(STEPS)


class Place(NamedTuple):
    """Where an entry stands: pack number, offset of the block's record, offset in the plain block."""

    pack: int
    record: int
    at: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the catalogue."""

    number: int
    content: int
    archive: int
    archived_ms: int
    deleted_ms: int | None
    sha256: bytes
    size: int
    content_place: Place
    entry_place: Place


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder; `parent` 0 means that it is an archive."""

    id: int
    parent: int
    name: str
    archive: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How much an archive holds: messages, and the sum of their sizes in bytes."""

    archive: str
    messages: int
    bytes: int


_PASSING: Final = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN)
"""Errors that say nothing about the file."""


def is_full(error: Exception) -> bool:
    """True when SQLite ran out of disk."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


READING_FAILS: Final = (sqlite3.Error, TypeError, ValueError)
"""What using a damaged catalogue may raise: its pages may give NULL, text that is no UTF-8, numbers out of range."""


def failure(path: Path, error: Exception) -> PostroomError:
    """What an error of SQLite means to who reads or opens a catalogue: only some mean that the file is bad."""
    if is_full(error):
        return NoSpace(path.parent)
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
        return Unavailable(f"{path.name} cannot be used just now: {error}")
    return Damaged(f"{path.name} is damaged: {error}")


def native_key(native_id: str) -> bytes:
    """What the catalogue keeps of a native id: 16 bytes."""
    return blake3(native_id.encode()).digest(16)


class Catalogue:
    """Reads are safe from any thread (a connection each); writing is one thread at a time, by the store's lock."""

    keeps_outbox = True
    """Whether messages are listed for the index."""

    def __init__(self, path: Path, *, read_only: bool = False, durable: bool = True) -> None:
        """Open, or create when missing. Raises Damaged when the file is no catalogue of this version.

        `durable` False is for scratch copies: nothing is synced.
        """
        self.path, self.read_only, self._durable = path, read_only, durable
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self.folder_ids: dict[str, tuple[int, int]] = {}
        self.source_ids: dict[str, int] = {}
        if read_only and not path.exists():
            raise Damaged(f"{path.name} is missing")
        try:
            self.db = self._connect(read_only)
            version = self.db.execute("PRAGMA user_version").fetchone()[0]
            if 0 <= version < VERSION and not read_only:
                # Folder ids and outbox sequences belong to this catalogue: an index made from another one is void.
                epoch = f"INSERT INTO fact VALUES ('epoch', '{secrets.token_hex(8)}');"  # noqa: S608 - our own digits
                steps = "".join(STEPS[version:]) + ("" if version else epoch)
                self.db.executescript(f"BEGIN; {steps} PRAGMA user_version = {VERSION}; COMMIT;")
            elif version != VERSION:
                raise Damaged(f"{path.name} has version {version}, not {VERSION}")
        except READING_FAILS as error:
            self.close()
            raise failure(path, error) from error

    def _connect(self, read_only: bool) -> sqlite3.Connection:
        mode = "ro" if read_only else "rwc"
        db = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            timeout=30,
        )
        with self._lock:
            self._all.append(db)
        if not read_only:
            db.execute(f"PRAGMA journal_mode = {'WAL' if self._durable else 'MEMORY'}")
            db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        db.execute("PRAGMA cache_size = -16000")
        return db

    def close(self) -> None:
        with self._lock:
            if self._all and not self.read_only:
                with suppress(*READING_FAILS):  # only tidiness: the next opening does it again
                    self._all[0].execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for db in reversed(self._all):
                db.close()
            self._all.clear()

    def complete(self) -> None:
        """Called before a look-up by anything but a number: all indexes are there afterwards, as they are here."""

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's own read connection."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = self._local.db = self._connect(read_only=True)
        return db

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of one read."""
        try:
            yield from self.reader.execute(sql, parameters)
        except READING_FAILS as error:
            raise failure(self.path, error) from error

    def one(self, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of one read, or None."""
        return next(self.rows(sql, parameters), None)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads of this thread inside see one state."""
        self.reader.execute("BEGIN")
        try:
            yield
        finally:
            self.reader.execute("COMMIT")

    # Facts

    def fact(self, key: str, default: Any = None) -> Any:
        row = self.one("SELECT value FROM fact WHERE key = ?", (key,))
        return row[0] if row else default

    def number(self, key: str) -> int:
        """A fact that is a number, 0 when it is not there. Raises Damaged."""
        value = self.fact(key, 0)
        if not isinstance(value, int):
            raise Damaged(f"{self.path.name} is damaged: its fact {key} is no number")
        return value

    def position(self) -> tuple[int, int]:
        """Pack number and offset after the last applied commit; (0, 0) when nothing was applied."""
        return self.number("pack"), self.number("end")

    def applied(self) -> tuple[int, int]:
        """The position as the writing connection sees it. Raises sqlite3.Error."""
        found = dict(self.db.execute("SELECT key, value FROM fact WHERE key IN ('pack', 'end')").fetchall())
        return int(found.get("pack", 0)), int(found.get("end", 0))

    def head(self) -> bytes:
        """Chain value of the last applied batch."""
        value = self.fact("chain", GENESIS)
        if not isinstance(value, bytes):
            raise Damaged(f"{self.path.name} is damaged: its fact chain is no hash")
        return value

    # Messages

    _MESSAGE = (
        "SELECT m.number, m.content, m.archive, m.archived_ms, m.deleted_ms, c.sha256, c.size, c.pack, c.record, c.at,"
        " a.pack, a.record, a.at FROM message m JOIN content c ON c.id = m.content"
        " LEFT JOIN again a ON a.number = m.again "
    )

    def message(self, number: int) -> MessageRow:
        """A message that was not deleted. Raises NotFound."""
        for row in self.messages([number]):
            if row.deleted_ms is None:
                return row
        raise NotFound("message", number)

    def messages(self, numbers: Sequence[int]) -> list[MessageRow]:
        """Those of these messages that exist, deleted ones included, in the order given."""
        marks = ",".join("?" * len(numbers))
        found = {
            r.number: r for r in map(_message_row, self.rows(f"{self._MESSAGE} WHERE m.number IN ({marks})", numbers))
        }
        return [found[number] for number in numbers if number in found]

    def all_messages(self, *, after: int = 0, deleted: bool = False) -> Iterator[MessageRow]:
        """Messages by number; deleted ones too when asked for."""
        while True:
            batch = [
                _message_row(r)
                for r in self.rows(f"{self._MESSAGE} WHERE m.number > ? ORDER BY m.number LIMIT 1000", (after,))
            ]
            yield from (row for row in batch if deleted or row.deleted_ms is None)
            if len(batch) < 1000:
                return
            after = batch[-1].number

    def message_folders(self, number: int) -> list[int]:
        """Ids of the folders a message lies in."""
        return [r[0] for r in self.rows("SELECT DISTINCT folder FROM occurrence WHERE message = ?", (number,))]

    def folders_of(self, numbers: Sequence[int]) -> dict[int, list[int]]:
        """Ids of the folders each of these messages lies in."""
        marks = ",".join("?" * len(numbers))
        found: dict[int, list[int]] = {}
        sql = f"SELECT DISTINCT message, folder FROM occurrence WHERE message IN ({marks})"  # noqa: S608
        for message, folder in self.rows(sql, numbers):
            found.setdefault(message, []).append(folder)
        return found

    def envelopes_of(self, numbers: Sequence[int]) -> dict[int, list[Envelope]]:
        """The envelopes with which each of these messages came, in the order in which they came; most have none."""
        marks = ",".join("?" * len(numbers))
        found: dict[int, list[Envelope]] = {}
        sql = (
            f"SELECT message, envelope FROM occurrence WHERE message IN ({marks})"  # noqa: S608
            " AND envelope IS NOT NULL ORDER BY id"
        )
        for message, text in self.rows(sql, numbers):
            found.setdefault(message, []).append(decode_envelope(text))
        return found

    def folder_messages(self, folder: int, *, after: int = 0, limit: int = -1) -> list[int]:
        """Numbers of the messages in one folder (not below it), ascending."""
        sql = (
            "SELECT DISTINCT o.message FROM occurrence o JOIN message m ON m.number = o.message"
            " WHERE o.folder = ? AND o.message > ? AND m.deleted_ms IS NULL ORDER BY o.message LIMIT ?"
        )
        return [r[0] for r in self.rows(sql, (folder, after, limit))]

    def knows(self, source: str, native_id: str) -> bool:
        """True when this item of this source was stored before."""
        sql = "SELECT 1 FROM occurrence o JOIN source s ON s.id = o.source WHERE s.name = ? AND o.key = ?"
        return self.one(sql, (source, native_key(native_id))) is not None

    def items_of(self, numbers: Sequence[int]) -> list[tuple[str, bytes]]:
        """Source and key of every occurrence of these messages."""
        marks = ",".join("?" * len(numbers))
        sql = f"SELECT s.name, o.key FROM occurrence o JOIN source s ON s.id = o.source WHERE o.message IN ({marks})"  # noqa: S608
        return [(source, key) for source, key in self.rows(sql, numbers)]

    def met_as(self, source: str, native_id: str) -> tuple[int, int | None] | None:
        """Number of the message that this item of this source is, deleted ones included, and when it was received
        there; None when it never came."""
        sql = (
            "SELECT o.message, o.received_ms FROM occurrence o JOIN source s ON s.id = o.source"
            " WHERE s.name = ? AND o.key = ?"
        )
        row = self.one(sql, (source, native_key(native_id)))
        return (int(row[0]), row[1]) if row else None

    def cursor(self, source: str) -> str | None:
        """How far a source was read; None when never."""
        row = self.one("SELECT cursor FROM source WHERE name = ?", (source,))
        return row[0] if row else None

    def cursors(self) -> list[tuple[str, str]]:
        """Name and cursor of every source that has one."""
        return [(r[0], r[1]) for r in self.rows("SELECT name, cursor FROM source WHERE cursor IS NOT NULL")]

    def part(self, digest: bytes) -> Place | None:
        row = self.one("SELECT pack, record, at FROM part WHERE hash = ?", (digest,))
        return Place(*row) if row else None

    # Folders

    def folders(self) -> dict[int, FolderRow]:
        """All folders by id."""
        return {r[0]: FolderRow(*r) for r in self.rows("SELECT id, parent, name, archive FROM folder")}

    def folder(self, path: str) -> FolderRow | None:
        """The folder with this full path (`archive/folder/…`)."""
        row: FolderRow | None = None
        for name in path.split("/"):
            found = self.one(
                "SELECT id, parent, name, archive FROM folder WHERE parent = ? AND name = ?",
                (row.id if row else 0, name),
            )
            if not found:
                return None
            row = FolderRow(*found)
        return row

    def folder_path(self, folder: int) -> str:
        """Full path of a folder. Raises NotFound."""
        names: list[str] = []
        while folder:
            row = self.one("SELECT parent, name FROM folder WHERE id = ?", (folder,))
            if not row:
                raise NotFound("folder", folder)
            folder = row[0]
            names.append(row[1])
            if len(names) > MAX_FOLDERS:
                raise Damaged("the catalogue has a folder that lies in itself")
        return "/".join(reversed(names))

    def totals(self) -> list[Totals]:
        """Exact messages and bytes per archive."""
        sql = "SELECT f.name, s.messages, s.bytes FROM statistic s JOIN folder f ON f.id = s.archive ORDER BY f.name"
        return [Totals(*r) for r in self.rows(sql)]

    def archived(self, since_ms: int, until_ms: int) -> tuple[int, int]:
        """Messages and bytes of what was archived from `since_ms` up to `until_ms` and is still there."""
        found = self.one(
            "SELECT count(*), ifnull(sum(c.size), 0) FROM message m JOIN content c ON c.id = m.content "
            "WHERE m.archived_ms >= ? AND m.archived_ms < ? AND m.deleted_ms IS NULL",
            (since_ms, until_ms),
        )
        return (int(found[0]), int(found[1])) if found else (0, 0)

    # Ledger

    def batches(self, first: int = 1) -> Iterator[Batch]:
        """Batch headers from `first` on."""
        row = self.one("SELECT chain FROM batch WHERE number = ?", (first - 1,))
        previous = row[0] if row else GENESIS
        for number, time_ms, leaves, root, chain in self.rows(
            "SELECT number, time_ms, leaves, root, chain FROM batch WHERE number >= ? ORDER BY number",
            (first,),
        ):
            yield Batch(number, time_ms, leaves, root, previous, chain)
            previous = chain

    def batch_of(self, place: Place) -> tuple[int, int, int, int]:
        """Number, pack, first and last record offset of the batch an entry belongs to. Raises Damaged."""
        row = self.one(
            "SELECT number, pack, first, last FROM batch WHERE pack = ? AND first <= ? ORDER BY first DESC LIMIT 1",
            place[:2],
        )
        if not row or row[3] < place.record:
            raise Damaged(f"pack {place.pack}, record at {place.record}: it belongs to no batch")
        return row[0], row[1], row[2], row[3]

    # Outbox

    def outbox(self, limit: int, after: int = 0) -> list[tuple[int, int]]:
        """The next (sequence, message) pairs to be indexed."""
        sql = "SELECT sequence, message FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?"
        return [(r[0], r[1]) for r in self.rows(sql, (after, limit))]

    def last_sequence(self) -> int:
        """The highest outbox sequence ever given out."""
        row = self.one("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
        return int(row[0]) if row else 0

    def pending(self) -> int:
        """How many outbox rows wait for the index."""
        row = self.one("SELECT count(*) FROM outbox")
        return int(row[0]) if row else 0


def _message_row(row: tuple[Any, ...]) -> MessageRow:
    number, content, archive, archived_ms, deleted_ms, sha256, size, *places = row
    place = Place(*places[:3])
    own = place if places[3] is None else Place(*places[3:])
    return MessageRow(number, content, archive, archived_ms, deleted_ms, sha256, size, place, own)
