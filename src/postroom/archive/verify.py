"""Reads a store back and compares: frames, hashes, rebuilt messages, ledger, packs ↔ catalogue.

Two checks run side by side: `check_packs` reads every byte and rebuilds every message; `check_catalogue`, in another
process, applies the packs to an empty catalogue and compares all tables with the one at hand. It is fed with what the
first has read and found whole, and reads the packs itself when anything was wrong with them.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from blake3 import blake3

from postroom.archive import format as fmt
from postroom.archive import ledger, packs, replay
from postroom.archive.apply import applying
from postroom.archive.beside import Applied, Beside, Told, Unclean
from postroom.archive.catalogue import READING_FAILS, Catalogue, Place
from postroom.archive.entries import decode_commit, decode_message
from postroom.archive.reader import StoreReader, rebuild
from postroom.archive.replay import Fault
from postroom.errors import Damaged

Progress = Callable[[int, int], None]
"""Told messages verified and in all; may raise Cancelled."""

FAULTS_KEPT: Final = 10_000

# What both catalogues must say alike: name of the thing, its key column, a query. Ids of folders and sources depend on
# what was erased since, so they are compared by name. The outbox is drained by the index and is not compared.
_COMPARED: Final = {
    "fact": ("key", "SELECT key, value FROM {db}.fact WHERE key NOT IN ('epoch', 'kept')"),
    "batch": ("number", "SELECT number, time_ms, leaves, root, chain, pack, first, last FROM {db}.batch"),
    "cursor": ("name", "SELECT name, cursor FROM {db}.source WHERE cursor IS NOT NULL"),
    "part": ("hash", "SELECT hash, pack, record, at FROM {db}.part"),
    "content of message": ("id", "SELECT id, sha256, size, pack, record, at FROM {db}.content"),
    "message": (
        "number",
        """SELECT m.number, m.content, p.path, m.archived_ms, m.deleted_ms, a.pack, a.record, a.at FROM {db}.message m
        LEFT JOIN {db}_path p ON p.id = m.archive LEFT JOIN {db}.again a ON a.number = m.again""",
    ),
    "occurrence of message": (
        "message",
        """SELECT o.message, s.name, o.key, p.path, o.received_ms FROM {db}.occurrence o
        LEFT JOIN {db}.source s ON s.id = o.source LEFT JOIN {db}_path p ON p.id = o.folder""",
    ),
    "statistic of archive": (
        "path",
        """SELECT p.path, s.messages, s.bytes FROM {db}.statistic s
        JOIN {db}_path p ON p.id = s.archive WHERE s.messages""",
    ),
}
_SAME: Final = {
    "content of message": """
        SELECT count(*) FROM main.content a CROSS JOIN fresh.content b ON b.id = a.id
        WHERE (a.sha256, a.size, a.pack, a.record, a.at) = (b.sha256, b.size, b.pack, b.record, b.at)""",
    "message": """
        SELECT count(*) FROM main.message a CROSS JOIN fresh.message b ON b.number = a.number
        JOIN main_path p ON p.id = a.archive JOIN fresh_path q ON q.id = b.archive AND q.path = p.path
        WHERE a.again IS NULL AND b.again IS NULL
        AND (a.content, a.archived_ms, a.deleted_ms) IS (b.content, b.archived_ms, b.deleted_ms)""",
    "occurrence of message": """
        SELECT count(*) FROM main.occurrence a CROSS JOIN fresh.occurrence b ON b.id = a.id
        JOIN main.source s ON s.id = a.source JOIN fresh.source t ON t.id = b.source AND t.name = s.name
        JOIN main_path p ON p.id = a.folder JOIN fresh_path q ON q.id = b.folder AND q.path = p.path
        WHERE (a.key, a.message, a.received_ms) IS (b.key, b.message, b.received_ms)""",
}
"""How many rows of the large tables are the same under the same number: where all are, nothing need be sorted."""
_UNLESS_ERASED: Final = {"folder": ("path", "SELECT path, archive = id FROM {db}_path")}
"""An empty folder whose messages were erased is only in the catalogue at hand."""
_PATHS: Final = """
CREATE TEMP TABLE {db}_path AS WITH RECURSIVE tree (id, path, archive, top) AS (
  SELECT id, name, archive, id FROM {db}.folder WHERE parent = 0
  UNION ALL SELECT f.id, t.path || '/' || f.name, f.archive, t.top FROM {db}.folder f JOIN tree t ON f.parent = t.id
) SELECT id, path, archive, top FROM tree
"""


def verify_store(directory: Path, progress: Progress = lambda _done, _total: None) -> list[Fault]:
    """All faults of a store, [] when there is none. The store may be open and in use, mail may arrive.

    Nobody may compact it meanwhile. Raises Unavailable when the process beside this one was ended.
    """
    with Beside(directory, check_catalogue) as other:
        faults = check_packs(directory, progress, other.tell)
        faults += other.result(clean=not faults)
    return faults[:FAULTS_KEPT]


# Packs


def check_packs(
    directory: Path, progress: Progress, tell: Callable[[Applied], None] = lambda _batch: None
) -> list[Fault]:
    """Every record up to the catalogue's position, every message rebuilt, the chain from its beginning.

    `tell` is given each batch after it was read.
    """
    faults: list[Fault] = []
    try:
        reader = StoreReader(directory)
    except Damaged as error:
        return [Fault(0, 0, str(error))]
    try:
        # One state of the catalogue throughout: mail may arrive while the check runs.
        with reader.catalogue.snapshot():
            _check_packs(reader, faults, progress, tell)
    except Damaged as error:
        faults.append(Fault(0, 0, str(error)))
    except READING_FAILS as error:
        faults.append(Fault(0, 0, f"catalog.db is damaged: {error}"))
    finally:
        reader.close()
    return faults


def _check_packs(reader: StoreReader, faults: list[Fault], progress: Progress, tell: Callable[[Applied], None]) -> None:
    checker = _PackChecker(reader, faults, progress, tell)
    present = packs.pack_numbers(reader.packs.directory)
    last, end = reader.catalogue.position()
    for number in range(1, last + 1):
        if number in present:
            checker.pack(number, end if number == last else None)
        else:
            faults.append(Fault(number, 0, "the pack file is missing"))
    if checker.chain != reader.catalogue.head():
        faults.append(Fault(last, 0, "the chain of the packs does not end where the catalogue's does"))


class _PackChecker:
    """State that runs through all packs: the chain, the leaves of the batch at hand, the count."""

    def __init__(
        self, reader: StoreReader, faults: list[Fault], progress: Progress, tell: Callable[[Applied], None]
    ) -> None:
        self.reader, self.faults, self.progress, self.tell = reader, faults, progress, tell
        self.chain = ledger.GENESIS
        self.batch = 0
        self.leaves: list[bytes] = []
        self.entries: list[Told] = []
        self.done = 0
        row = reader.catalogue.one("SELECT count(*) FROM content")
        self.total = int(row[0]) if row else 0

    def pack(self, number: int, end: int | None) -> None:
        """One pack; `end` is where the applied part of the open pack ends."""
        path = packs.pack_path(self.reader.packs.directory, number)
        try:
            header = packs.read_pack_header(path)
            if header.store != self.reader.uuid or header.number != number:
                self.fault(number, 0, "the file belongs to another store or has another number")
        except Damaged as error:
            self.fault(number, 0, str(error))
        self._begin()
        for record in packs.walk(path, self.reader.packs.codec, resync=True):
            if end is not None and record.offset >= end:
                return
            if record.problem:
                self.fault(number, record.offset, record.problem + self._who(number, record.offset))
            elif record.kind == fmt.BLOCK and record.plain is not None:
                self._block(number, record)
            elif record.kind == fmt.COMMIT and record.plain is not None:
                self._commit(number, record)
                self._begin()
            elif record.kind == fmt.CONTENTS and packs.sealed_at(path) not in (None, record.offset):
                self.fault(number, path.stat().st_size - fmt.TRAILER_BYTES, "the trailer names another place")
        if end is not None and path.stat().st_size < end:
            self.fault(number, path.stat().st_size, f"the pack ends before its last commit at {end}")

    def fault(self, pack: int, record: int, text: str) -> None:
        self.faults.append(Fault(pack, record, text))

    def _who(self, number: int, offset: int) -> str:
        """The messages that stand in a record, for a reader who must know what was lost."""
        rows = list(
            self.reader.catalogue.rows(
                "SELECT id FROM content WHERE pack = ? AND record = ? ORDER BY id LIMIT 1000", (number, offset)
            )
        )
        return f"; messages {', '.join(str(row[0]) for row in rows)}" if rows else ""

    def _block(self, number: int, record: packs.Record) -> None:
        try:
            for entry in fmt.entries(record.plain or b""):
                self._entry(number, record.offset, entry)
        except Damaged as error:
            self.fault(number, record.offset, str(error))

    def _entry(self, number: int, offset: int, entry: fmt.Entry) -> None:
        self.entries.append((entry.kind, entry.digest, entry.meta, offset, entry.at))
        leaf = entry.leaf()
        if leaf is None:
            if blake3(entry.body).digest() != entry.digest:
                self.fault(number, offset, f"the part {entry.digest.hex()} has changed")
            return
        self.leaves.append(leaf)
        if entry.kind == fmt.MESSAGE:
            try:
                self._message(entry)
            except Damaged as error:
                self.fault(number, offset, f"{error}{self._who(number, offset)}")
            self.done += 1
            if self.done % 100 == 0 or self.done == self.total:
                self.progress(self.done, self.total)

    def _message(self, entry: fmt.Entry) -> None:
        with suppress(msgspec.MsgspecError):  # told by `rebuild`
            # Most have no recipe and need nothing but this.
            if decode_message(entry.meta).p is None and hashlib.sha256(entry.body).digest() == entry.digest:
                return
        for _ in rebuild(entry, self.reader.part):
            pass

    def _commit(self, number: int, record: packs.Record) -> None:
        try:
            commit = decode_commit(record.plain or b"")
        except msgspec.MsgspecError:
            self.fault(number, record.offset, "the commit record cannot be read")
            return
        root = ledger.root(self.leaves)
        expected = ledger.chain(self.chain, root, commit.batch, commit.t, len(self.leaves))
        if commit.batch != self.batch + 1:
            self.fault(number, record.offset, f"batch {commit.batch} follows batch {self.batch}")
        elif expected.hex() != commit.chain:
            self.fault(number, record.offset, f"batch {commit.batch} is not what the ledger committed to")
        self.batch, self.chain = commit.batch, bytes.fromhex(commit.chain)
        self.tell(Applied(commit, number, record.offset, record.end, self.entries))

    def _begin(self) -> None:
        """A batch begins."""
        self.leaves, self.entries = [], []


# Catalogue


def check_catalogue(directory: Path, scratch: Path | None = None, feed: Iterator[Applied] | None = None) -> list[Fault]:
    """What differs between the catalogue and the packs applied afresh, in a `scratch` folder.

    `feed` gives all batches; without it, and when it does not end where the catalogue does, the packs are read here.
    """
    if scratch is None:
        with tempfile.TemporaryDirectory(prefix="postroom-verify-") as made:
            return check_catalogue(directory, Path(made), feed)
    db = sqlite3.connect(f"{(directory / 'catalog.db').absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("BEGIN")
        # One state throughout: mail may arrive while the check runs.
        row = db.execute("SELECT value FROM fact WHERE key = 'batch'").fetchone()
        until = int(row[0]) if row else 0
        sound = [*_check_sqlite(db)]
        fresh = _applied(directory, scratch, until, feed)
        if fresh is None:
            return []  # check_packs names the damage; a comparison would only repeat it
        db.execute("ATTACH ? AS fresh", (str(fresh),))
        return [*_compare_tables(db), *sound]
    except READING_FAILS as error:
        return [Fault(0, 0, f"catalog.db is damaged: {error}")]
    except Damaged as error:
        return [Fault(0, 0, str(error))]
    finally:
        db.close()


def _applied(directory: Path, scratch: Path, until: int, feed: Iterator[Applied] | None) -> Path | None:
    """A catalogue made anew of the packs up to batch `until`; None when they are damaged."""
    if feed is not None and _fed(scratch / "fed.db", until, feed):
        return scratch / "fed.db"
    return scratch / "fresh.db" if _replayed(directory, scratch / "fresh.db", until) else None


def _fed(fresh: Path, until: int, feed: Iterator[Applied]) -> bool:
    """Apply what is fed to a scratch catalogue; False when it is not to be used."""
    catalogue, batch = Catalogue(fresh, durable=False), 0
    try:
        # One transaction for all: most pages are written once.
        with applying(catalogue) as applier:
            for told in feed:
                for kind, digest, meta, record, at in told.entries:
                    applier.entry(fmt.Entry(kind, digest, meta, b"", at), Place(told.pack, record, at))
                applier.commit(told.commit, told.pack, told.last, told.end)
                batch = told.commit.batch
    except (Unclean, Damaged):
        return False
    finally:
        catalogue.close()
    return batch == until


def _replayed(directory: Path, fresh: Path, until: int) -> bool:
    """Apply the packs to a scratch catalogue; False when they are damaged."""
    catalogue = Catalogue(fresh, durable=False)
    try:
        faults: list[Fault] = []
        replay.replay(catalogue, directory / "packs", packs.Codec(), faults=faults, until=until)
        return not faults
    finally:
        catalogue.close()


def _compare_tables(db: sqlite3.Connection) -> Iterator[Fault]:
    for name in ("main", "fresh"):
        db.execute(_PATHS.format(db=name))
    for (path,) in db.execute("SELECT path FROM main_path WHERE archive IS NOT top LIMIT 1000"):
        yield Fault(0, 0, f"catalogue, folder {path}: it is said to be in another archive")
    erased = db.execute("SELECT 1 FROM main.pack WHERE generation > 0").fetchone()
    for what, (key, query) in {**_COMPARED, **({} if erased else _UNLESS_ERASED)}.items():
        main, fresh = query.format(db="main"), query.format(db="fresh")
        if _same(db, what, main, fresh):
            continue
        for left, right, text in ((main, fresh, "is not what the packs say"), (fresh, main, "is missing or differs")):
            for (found,) in db.execute(f"SELECT DISTINCT {key} FROM ({left} EXCEPT {right}) LIMIT 1000"):  # noqa: S608
                yield Fault(0, 0, f"catalogue, {what} {found.hex() if isinstance(found, bytes) else found}: {text}")


def _same(db: sqlite3.Connection, what: str, main: str, fresh: str) -> bool:
    """Rows hold their key, so none is there twice: as many of them, and none that the other has not, are the same."""
    counts = {db.execute(f"SELECT count(*) FROM ({query})").fetchone() for query in (main, fresh)}  # noqa: S608
    if len(counts) > 1:
        return False
    if what in _SAME and db.execute(_SAME[what]).fetchone() in counts:
        return True
    return db.execute(f"{main} EXCEPT {fresh} LIMIT 1").fetchone() is None


def _check_sqlite(db: sqlite3.Connection) -> Iterator[Fault]:
    for (text,) in db.execute("PRAGMA main.integrity_check(100)"):
        if text != "ok":
            yield Fault(0, 0, f"catalogue: {text}")
