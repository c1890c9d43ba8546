"""The catalogue of a store against its packs, applied afresh to an empty one."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs, replay
from postroom.archive.storage.apply import applying
from postroom.archive.storage.catalogue import READING_FAILS, Catalogue, Place
from postroom.archive.storage.replay import Fault
from postroom.archive.verify.beside import Applied, Unclean
from postroom.archive.verify.chain import ChainCheck
from postroom.archive.verify.scratch import Scratch
from postroom.errors import Damaged

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
        """SELECT o.message, s.name, o.key, p.path, o.received_ms, o.envelope FROM {db}.occurrence o
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
        SELECT count(*) FROM main.content a CROSS JOIN {fresh}.content b ON b.id = a.id
        WHERE (a.sha256, a.size, a.pack, a.record, a.at) = (b.sha256, b.size, b.pack, b.record, b.at)""",
    "message": """
        SELECT count(*) FROM main.message a CROSS JOIN {fresh}.message b ON b.number = a.number
        JOIN main_path p ON p.id = a.archive JOIN {fresh}_path q ON q.id = b.archive AND q.path = p.path
        WHERE a.again IS NULL AND b.again IS NULL
        AND (a.content, a.archived_ms, a.deleted_ms) IS (b.content, b.archived_ms, b.deleted_ms)""",
    "occurrence of message": """
        SELECT count(*) FROM main.occurrence a CROSS JOIN {fresh}.occurrence b ON b.id = a.id
        JOIN main.source s ON s.id = a.source JOIN {fresh}.source t ON t.id = b.source AND t.name = s.name
        JOIN main_path p ON p.id = a.folder JOIN {fresh}_path q ON q.id = b.folder AND q.path = p.path
        WHERE (a.key, a.message, a.received_ms, a.envelope) IS (b.key, b.message, b.received_ms, b.envelope)""",
}
"""How many rows of the large tables are the same under the same number: where all are, nothing need be sorted."""
_UNLESS_ERASED: Final = {"folder": ("path", "SELECT path, archive = id FROM {db}_path")}
"""An empty folder whose messages were erased is only in the catalogue at hand."""
_PATHS: Final = """
CREATE TEMP TABLE IF NOT EXISTS {db}_path AS WITH RECURSIVE tree (id, path, archive, top) AS (
  SELECT id, name, archive, id FROM {db}.folder WHERE parent = 0
  UNION ALL SELECT f.id, t.path || '/' || f.name, f.archive, t.top FROM {db}.folder f JOIN tree t ON f.parent = t.id
) SELECT id, path, archive, top FROM tree
"""


def check_catalogue(directory: Path, scratch: Path | None = None, feed: Iterator[Applied] | None = None) -> list[Fault]:
    """What differs between the catalogue and the packs applied afresh, in a `scratch` folder.

    `feed` gives all batches, which are then held against the ledger too; without it, and when it does not end where the
    catalogue does, the packs are read here.
    """
    if scratch is None:
        with tempfile.TemporaryDirectory(prefix="postroom-verify-") as made:
            return check_catalogue(directory, Path(made), feed)
    chain = ChainCheck()
    watched = chain.watch(feed) if feed is not None else None
    found = _check_catalogue(directory, scratch, watched)
    if watched is not None:
        with suppress(Unclean):
            for _ in watched:  # the comparison may have ended before; the ledger has not
                pass
    return [*chain.faults, *found]


def _check_catalogue(directory: Path, scratch: Path, feed: Iterator[Applied] | None) -> list[Fault]:
    db = sqlite3.connect(f"{(directory / 'catalog.db').absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("BEGIN")
        # One state throughout: mail may arrive while the check runs.
        row = db.execute("SELECT value FROM fact WHERE key = 'batch'").fetchone()
        until = int(row[0]) if row else 0
        sound = [*_check_sqlite(db)]
        return [*_compared(db, directory, scratch, until, feed), *sound]
    except READING_FAILS as error:
        return [Fault(0, 0, f"catalog.db is damaged: {error}")]
    except Damaged as error:
        return [Fault(0, 0, str(error))]
    finally:
        db.close()


def _compared(
    db: sqlite3.Connection, directory: Path, scratch: Path, until: int, feed: Iterator[Applied] | None
) -> list[Fault]:
    """What differs from a catalogue made anew of the packs up to batch `until`; [] when the packs are damaged."""
    clean = False
    if feed is not None:
        try:
            if _fed(scratch / "fed.db", until, feed) and not [*_compare_tables(db, scratch / "fed.db", "fed")]:
                return []
            clean = True
        except Unclean:
            pass
    # Only a catalogue with all its indexes and constraints is good enough to say what differs.
    faults = _replayed(directory, scratch / "fresh.db", until)
    if faults:
        # check_packs names the damage, and a comparison would only repeat it; but it does not know what contradicts.
        return faults if clean else []
    return [*_compare_tables(db, scratch / "fresh.db", "fresh")]


def _fed(fresh: Path, until: int, feed: Iterator[Applied]) -> bool:
    """Apply what is fed to a scratch catalogue; False when it is not to be used. Raises Unclean."""
    catalogue, batch = Scratch(fresh), 0
    try:
        # One transaction for all: most pages are written once.
        with applying(catalogue) as applier:
            for told in feed:
                for kind, digest, meta, record, at in told.entries:
                    applier.entry(fmt.Entry(kind, digest, meta, b"", at), Place(told.pack, record, at))
                applier.commit(told.commit, told.pack, told.last, told.end)
                batch = told.commit.batch
    except Damaged:
        return False
    finally:
        catalogue.close()
    return batch == until


def _replayed(directory: Path, fresh: Path, until: int) -> list[Fault]:
    """Apply the packs to an empty catalogue; what is wrong with them."""
    catalogue = Catalogue(fresh, durable=False)
    try:
        faults: list[Fault] = []
        replay.replay(catalogue, directory / "packs", packs.Codec(), faults=faults, until=until)
        return faults
    finally:
        catalogue.close()


def _compare_tables(db: sqlite3.Connection, path: Path, name: str) -> Iterator[Fault]:
    """What the catalogue says and the one at `path`, made anew and attached as `name`, does not; and the reverse."""
    db.execute(f"ATTACH ? AS {name}", (str(path),))
    for database in ("main", name):
        db.execute(_PATHS.format(db=database))
    for (path,) in db.execute("SELECT path FROM main_path WHERE archive IS NOT top LIMIT 1000"):
        yield Fault(0, 0, f"catalogue, folder {path}: it is said to be in another archive")
    erased = db.execute("SELECT 1 FROM main.pack WHERE generation > 0").fetchone()
    for what, (key, query) in {**_COMPARED, **({} if erased else _UNLESS_ERASED)}.items():
        main, fresh = query.format(db="main"), query.format(db=name)
        if _same(db, what, name, main, fresh):
            continue
        for left, right, text in ((main, fresh, "is not what the packs say"), (fresh, main, "is missing or differs")):
            for (found,) in db.execute(f"SELECT DISTINCT {key} FROM ({left} EXCEPT {right}) LIMIT 1000"):  # noqa: S608
                yield Fault(0, 0, f"catalogue, {what} {found.hex() if isinstance(found, bytes) else found}: {text}")


def _same(db: sqlite3.Connection, what: str, name: str, main: str, fresh: str) -> bool:
    """Rows hold their key, so none is there twice: as many of them, and none that the other has not, are the same."""
    counts = {db.execute(f"SELECT count(*) FROM ({query})").fetchone() for query in (main, fresh)}  # noqa: S608
    if len(counts) > 1:
        return False
    if what in _SAME and db.execute(_SAME[what].format(fresh=name)).fetchone() in counts:
        return True
    return db.execute(f"{main} EXCEPT {fresh} LIMIT 1").fetchone() is None


def _check_sqlite(db: sqlite3.Connection) -> Iterator[Fault]:
    for (text,) in db.execute("PRAGMA main.integrity_check(100)"):
        if text != "ok":
            yield Fault(0, 0, f"catalogue: {text}")
