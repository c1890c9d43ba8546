"""Applies batches to a catalogue: the one piece of code that writes it.

The writer uses it while it commits, opening uses it to roll forward what a crash left unapplied, and recovery uses it
to make a catalogue from packs alone. So all three give the same tables (docs/format.md §6).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from postroom.archive.storage import format as fmt
from postroom.archive.storage.catalogue import Catalogue, Place, native_key
from postroom.archive.storage.entries import (
    Again,
    CommitRecord,
    Delete,
    Event,
    MessageMeta,
    Move,
    Name,
    Occurrence,
    Prune,
    Restore,
    decode_event,
    decode_message,
    encode,
)
from postroom.archive.storage.ledger import GENESIS
from postroom.errors import Damaged

_SUBTREE: Final = (
    "WITH RECURSIVE tree (id) AS (VALUES (?) UNION ALL SELECT f.id FROM folder f JOIN tree t ON f.parent = t.id)"
)
"""A folder, the first parameter, with all below it."""


@contextmanager
def applying(catalogue: Catalogue) -> Iterator[Applier]:
    """One transaction: all of it is durable at the end, or nothing."""
    db = catalogue.db
    db.execute("BEGIN IMMEDIATE")
    try:
        applier = Applier(catalogue)
        yield applier
        applier.flush()
        db.execute("COMMIT")
    except BaseException:
        # Ids handed out in this transaction are void.
        catalogue.folder_ids.clear()
        catalogue.source_ids.clear()
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


class Applier:
    """Collects rows and writes them in bulk; events that change rows flush what stands before them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.db = catalogue, catalogue.db
        self._parts: list[tuple[bytes, int, int, int]] = []
        self._contents: list[tuple[int, bytes, int, int, int, int]] = []
        self._messages: list[tuple[int, int, int, int, int | None]] = []
        self._again_rows: list[tuple[int, int, int, int]] = []
        self._occurrences: list[tuple[int, bytes, int, int, int | None, str | None]] = []
        self._outbox: list[tuple[int]] = []
        self._count: Counter[int] = Counter()
        self._bytes: Counter[int] = Counter()
        self.next = self._fact("next", 1)

    def _fact(self, key: str, default: int) -> int:
        row = self.db.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return int(row[0]) if row else default

    def head(self) -> bytes:
        """Chain value of the last applied batch."""
        row = self.db.execute("SELECT value FROM fact WHERE key = 'chain'").fetchone()
        return bytes(row[0]) if row else GENESIS

    def set_fact(self, key: str, value: int | str | bytes) -> None:
        self.db.execute("INSERT INTO fact VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value))

    # Entries

    def entry(self, entry: fmt.Entry, place: Place) -> None:
        """Apply one entry read from a pack. Raises Damaged when its meta cannot be understood."""
        try:
            if entry.kind == fmt.PART:
                self.part(entry.digest, place)
            elif entry.kind == fmt.MESSAGE:
                self.message(decode_message(entry.meta), entry.digest, place)
            elif entry.kind == fmt.JOURNAL and (event := decode_event(entry.meta)) is not None:
                self.event(event, place)
        except (msgspec.MsgspecError, ValueError) as error:
            raise Damaged(f"pack {place.pack}, record at {place.record}: the meta of an entry is damaged") from error
        except sqlite3.IntegrityError as error:
            raise Damaged(
                f"pack {place.pack}, record at {place.record}: an entry contradicts others ({error})"
            ) from error

    def part(self, digest: bytes, place: Place) -> None:
        self._parts.append((digest, *place))

    def message(self, meta: MessageMeta, sha256: bytes, place: Place) -> None:
        folder, archive = self.folder(meta.a, meta.f)
        self._contents.append((meta.n, sha256, meta.z, *place))
        self._messages.append((meta.n, meta.n, archive, meta.t, None))
        self._met(meta, folder)
        self._counted(archive, 1, meta.z)
        self._outbox.append((meta.n,))
        self.next = max(self.next, meta.n + 1)

    def event(self, event: Event, place: Place) -> None:
        match event:
            case Again():
                self._again(event, place)
            case Occurrence():
                self._occurrence(event)
            case Move():
                self._move(event)
            case Delete():
                self._delete(event)
            case Restore():
                self._restore(event)
            case Prune():
                self._prune(event)
            case Name():
                self.set_fact("name", event.name)
            case _:
                pass  # a note changes nothing

    def commit(self, record: CommitRecord, pack: int, last: int, end: int) -> None:
        """The batch is complete: its ledger row, cursors and the position after it."""
        self.flush()
        for source, cursor in record.cursors.items():
            self.db.execute("UPDATE source SET cursor = ? WHERE id = ?", (cursor, self.source(source)))
        self.db.execute(
            "INSERT OR REPLACE INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.batch,
                record.t,
                record.leaves,
                bytes.fromhex(record.root),
                bytes.fromhex(record.chain),
                pack,
                record.first,
                last,
            ),
        )
        self.db.execute("INSERT OR IGNORE INTO pack (number, generation) VALUES (?, 0)", (pack,))
        facts: list[tuple[str, int | str | bytes]] = [
            ("next", self.next),
            ("batch", record.batch),
            ("chain", bytes.fromhex(record.chain)),
            ("time", record.t),
            ("pack", pack),
            ("end", end),
        ]
        for key, value in facts:
            self.set_fact(key, value)

    def flush(self) -> None:
        """Write the collected rows. Raises Damaged when they contradict what is there."""
        try:
            self.db.executemany("INSERT OR IGNORE INTO part VALUES (?, ?, ?, ?)", self._parts)
            self.db.executemany("INSERT INTO content VALUES (?, ?, ?, ?, ?, ?)", self._contents)
            self.db.executemany(
                "INSERT INTO message (number, content, archive, archived_ms, again) VALUES (?, ?, ?, ?, ?)",
                self._messages,
            )
            self.db.executemany("INSERT INTO again VALUES (?, ?, ?, ?)", self._again_rows)
            self.db.executemany(
                "INSERT OR IGNORE INTO occurrence (source, key, message, folder, received_ms, envelope)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                self._occurrences,
            )
        except sqlite3.IntegrityError as error:
            raise Damaged(f"the packs name a message twice ({error})") from error
        if self.catalogue.keeps_outbox:
            self.db.executemany("INSERT INTO outbox (message) VALUES (?)", self._outbox)
        self.db.executemany(
            "INSERT INTO statistic VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET messages = messages + excluded.messages, bytes = bytes + excluded.bytes",
            [(archive, self._count[archive], self._bytes[archive]) for archive in self._count],
        )
        for rows in (
            self._parts,
            self._contents,
            self._messages,
            self._again_rows,
            self._occurrences,
            self._outbox,
        ):
            rows.clear()
        self._count.clear()
        self._bytes.clear()

    # Names

    def folder(self, archive: str, path: str) -> tuple[int, int]:
        """(folder id, archive id) of a folder below an archive, created when missing."""
        full = f"{archive}/{path}" if path else archive
        known = self.catalogue.folder_ids.get(full)
        if known is None:
            parent = top = 0
            for name in full.split("/"):
                row = self.db.execute("SELECT id FROM folder WHERE parent = ? AND name = ?", (parent, name)).fetchone()
                if row is None:
                    cursor = self.db.execute(
                        "INSERT INTO folder (parent, name, archive) VALUES (?, ?, ?)", (parent, name, top)
                    )
                    row = (cursor.lastrowid,)
                    if not top:
                        self.db.execute("UPDATE folder SET archive = id WHERE id = ?", row)
                parent = int(row[0])
                top = top or parent
            known = self.catalogue.folder_ids[full] = (parent, top)
        return known

    def source(self, name: str) -> int:
        """Id of a source, created when missing."""
        known = self.catalogue.source_ids.get(name)
        if known is None:
            self.db.execute("INSERT OR IGNORE INTO source (name) VALUES (?)", (name,))
            known = int(self.db.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()[0])
            self.catalogue.source_ids[name] = known
        return known

    # Events

    def _met(self, meta: MessageMeta | Again | Occurrence, folder: int) -> None:
        envelope = encode(meta.v).decode() if meta.v else None
        self._occurrences.append((self.source(meta.s), native_key(meta.k), meta.n, folder, meta.r, envelope))

    def _counted(self, archive: int, messages: int, size: int) -> None:
        self._count[archive] += messages
        self._bytes[archive] += size

    def _again(self, event: Again, place: Place) -> None:
        self.flush()
        self.catalogue.complete()
        row = self.db.execute("SELECT id, size FROM content WHERE sha256 = ?", (bytes.fromhex(event.h),)).fetchone()
        self.next = max(self.next, event.n + 1)
        if row is None:
            return  # its content was erased
        folder, archive = self.folder(event.a, event.f)
        self._messages.append((event.n, row[0], archive, event.t, event.n))
        self._again_rows.append((event.n, *place))
        self._met(event, folder)
        self._counted(archive, 1, row[1])
        self._outbox.append((event.n,))

    def _occurrence(self, event: Occurrence) -> None:
        self.flush()
        row = self.db.execute(
            "SELECT f.name FROM message m JOIN folder f ON f.id = m.archive WHERE m.number = ?", (event.n,)
        ).fetchone()
        if row is not None:
            folder, _ = self.folder(row[0], event.f)
            self._met(event, folder)
            self._outbox.append((event.n,))

    def _delete(self, event: Delete) -> None:
        # Compaction may have erased the entries that gave these numbers out; they stay taken.
        self.next = max([self.next, *(number + 1 for number in event.n)])
        self._mark(event.n, event.t, -1)

    def _restore(self, event: Restore) -> None:
        self._mark(event.n, None, 1)

    def _mark(self, numbers: list[int], deleted_ms: int | None, sign: int) -> None:
        self.flush()
        for number in numbers:
            row = self.db.execute(
                "SELECT m.archive, c.size FROM message m JOIN content c ON c.id = m.content"
                " WHERE m.number = ? AND (m.deleted_ms IS NULL) = ?",
                (number, deleted_ms is not None),
            ).fetchone()
            if row:
                self.db.execute("UPDATE message SET deleted_ms = ? WHERE number = ?", (deleted_ms, number))
                self._counted(row[0], sign, sign * row[1])
                self._outbox.append((number,))

    def _prune(self, event: Prune) -> None:
        self.flush()
        for path in sorted(event.folders, key=lambda p: -p.count("/")):
            archive, _, rest = path.partition("/")
            folder, top = self.folder(archive, rest)
            self.db.execute("DELETE FROM folder WHERE id = ?", (folder,))
            if folder == top:
                self.db.execute("DELETE FROM statistic WHERE archive = ?", (folder,))
        self.catalogue.folder_ids.clear()

    def _move(self, event: Move) -> None:
        self.flush()
        self.catalogue.complete()
        source, source_top = self.folder(*_cut(event.source))
        *above, name = event.target.split("/")
        parent, top = self.folder(above[0], "/".join(above[1:])) if above else (0, source)
        self.db.execute("UPDATE folder SET parent = ?, name = ? WHERE id = ?", (parent, name, source))
        self.catalogue.folder_ids.clear()
        self.next = max(self.next, event.next + len(event.split))
        if top != source_top:
            split = {number: event.next + i for i, number in enumerate(event.split)}
            self._change_archive(source, source_top, top, split)

    def splits(self, source: str, target: str) -> list[int]:
        """Numbers of the messages that a move would split: some of their folders go to another archive, some stay."""
        (folder, old), new = self.folder(*_cut(source)), self.catalogue.folder(_cut(target)[0])
        if "/" in target and new is not None and new.id == old:
            return []
        found: list[int] = []
        met: set[tuple[int, bool]] = set()
        for number, content, _, deleted, _, outside, _ in self._moved(folder, old):
            key = (content, deleted is None)
            if key in met or (new is not None and self._message_in(content, new.id, deleted) is not None):
                continue
            met.add(key)
            if outside:
                found.append(number)
        return found

    def _moved(self, folder: int, archive: int) -> list[tuple[Any, ...]]:
        """Messages in a subtree: number, content, archived, deleted, size, occurrences outside the subtree, again."""
        return self.db.execute(
            f"{_SUBTREE} SELECT m.number, m.content, m.archived_ms, m.deleted_ms, c.size,"  # noqa: S608
            " (SELECT count(*) FROM occurrence x WHERE x.message = m.number AND x.folder NOT IN tree),"
            " m.again"
            " FROM message m JOIN content c ON c.id = m.content WHERE m.archive = ?"
            " AND EXISTS (SELECT 1 FROM occurrence o WHERE o.message = m.number AND o.folder IN tree)"
            " ORDER BY m.number",
            (folder, archive),
        ).fetchall()

    def _change_archive(self, folder: int, old: int, new: int, split: Mapping[int, int]) -> None:
        """The messages of a moved subtree go to the archive it stands in now."""
        self.db.execute(f"{_SUBTREE} UPDATE folder SET archive = ? WHERE id IN tree", (folder, new))  # noqa: S608
        if not self.db.execute("SELECT 1 FROM statistic WHERE archive = ?", (new,)).fetchone():
            self._counted(new, 0, 0)
        for number, content, archived, deleted, size, outside, again in self._moved(folder, old):
            target, gained = self._message_in(content, new, deleted), 0
            if target is None:
                target, gained = number, 1
                if outside:
                    # By name, not by order: messages that were split too may have been erased since.
                    target = split.get(number, self.next)
                    self.next = max(self.next, target + 1)
                    self.db.execute(
                        "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)",
                        (target, content, new, archived, deleted, again),
                    )
                else:
                    self.db.execute("UPDATE message SET archive = ? WHERE number = ?", (new, number))
            if target != number:
                self.db.execute(
                    f"{_SUBTREE} UPDATE occurrence SET message = ? WHERE message = ? AND folder IN tree",  # noqa: S608
                    (folder, target, number),
                )
                if not outside:
                    self.db.execute("DELETE FROM message WHERE number = ?", (number,))
                self._outbox.append((target,))
            self._outbox.append((number,))
            if deleted is None:
                lost = 0 if outside else 1
                self._counted(old, -lost, -lost * size)
                self._counted(new, gained, gained * size)
        self.flush()
        self.db.execute("DELETE FROM statistic WHERE archive IN (SELECT id FROM folder WHERE parent <> 0)")

    def _message_in(self, content: int, archive: int, deleted: int | None) -> int | None:
        row = self.db.execute(
            "SELECT number FROM message WHERE content = ? AND archive = ? AND (deleted_ms IS NULL) = ?",
            (content, archive, deleted is None),
        ).fetchone()
        return int(row[0]) if row else None


def _cut(path: str) -> tuple[str, str]:
    archive, _, rest = path.partition("/")
    return archive, rest
