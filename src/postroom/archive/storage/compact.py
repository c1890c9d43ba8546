"""Erases what no live message needs: packs are rewritten without it, leaf hashes stay (docs/format.md §5).

A deleted message is erased when no other message has its content. Its entry becomes an `erased` entry with the leaf
hash, so Merkle roots and chain still verify; parts that nobody uses any more vanish.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.catalogue import Catalogue, Place
from postroom.archive.storage.entries import Again, Occurrence, decode_commit, decode_event, decode_message, encode
from postroom.archive.storage.recipe import part_hashes
from postroom.archive.storage.writer import Clock, Writer
from postroom.errors import Damaged

_TABLES: Final = ("content", "again", "part")

_COUNT_AGAIN: Final = """
WITH exact AS (
  SELECT m.archive, count(*) AS messages, sum(c.size) AS bytes FROM message m JOIN content c ON c.id = m.content
  WHERE m.deleted_ms IS NULL GROUP BY m.archive
) UPDATE statistic SET
  messages = coalesce((SELECT messages FROM exact WHERE exact.archive = statistic.archive), 0),
  bytes = coalesce((SELECT bytes FROM exact WHERE exact.archive = statistic.archive), 0)
"""

Progress = Callable[[int, int], None]
"""Told packs done and in all; may raise Cancelled."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did."""

    messages: int
    packs: int
    freed_bytes: int


@dataclass(frozen=True, slots=True)
class _Dead:
    """What goes: contents by id, message numbers, parts by hash."""

    contents: set[int]
    messages: set[int]
    parts: set[bytes]


def compact(directory: Path, catalogue: Catalogue, writer: Writer, clock: Clock, progress: Progress) -> Compacted:
    """Rewrite every pack that holds something erasable. The caller holds the store's write lock."""
    dead = _find_dead(directory, catalogue)
    # From the last: a message goes before the parts it needs, whatever interrupts.
    touched = _packs_with(catalogue, dead)[::-1]
    freed = 0
    if touched:
        writer.close()
    for done, number in enumerate(touched):
        progress(done, len(touched))
        path = packs.pack_path(directory, number)
        before = path.stat().st_size
        rewrite(path, dead, clock)
        reposition(catalogue, directory, number)
        freed += before - path.stat().st_size
    progress(len(touched), len(touched))
    return Compacted(len(dead.messages), len(touched), freed)


def _find_dead(directory: Path, catalogue: Catalogue) -> _Dead:
    contents = {
        row[0]
        for row in catalogue.rows(
            "SELECT c.id FROM content c WHERE NOT EXISTS"
            " (SELECT 1 FROM message m WHERE m.content = c.id AND m.deleted_ms IS NULL)"
        )
    }
    messages = {row[0] for row in catalogue.rows("SELECT number, content FROM message") if row[1] in contents}
    # Every part that no live message uses, not only those of the dead: a crash may have come between the two.
    unused: set[bytes] = {row[0] for row in catalogue.rows("SELECT hash FROM part")}
    for number in packs.pack_numbers(directory) if unused else ():
        for record in packs.walk(packs.pack_path(directory, number), packs.Codec(), kinds=(fmt.BLOCK,)):
            if record.problem:
                raise Damaged(f"pack {number}, record at {record.offset}: {record.problem}. Verify the store first.")
            for entry in fmt.entries(record.plain or b""):
                if entry.kind == fmt.MESSAGE and decode_message(entry.meta).n not in contents:
                    unused -= _parts_of(entry)
    return _Dead(contents, messages, unused)


def _parts_of(entry: fmt.Entry) -> set[bytes]:
    return {bytes.fromhex(text) for text in part_hashes(decode_message(entry.meta).p or [])}


def _packs_with(catalogue: Catalogue, dead: _Dead) -> list[int]:
    found = {row[1] for row in catalogue.rows("SELECT id, pack FROM content") if row[0] in dead.contents}
    found |= {row[1] for row in catalogue.rows("SELECT number, pack FROM again") if row[0] in dead.messages}
    found |= {row[1] for row in catalogue.rows("SELECT hash, pack FROM part") if row[0] in dead.parts}
    # Where a message was met again, journal entries tell folder and native id; they stand somewhere after it.
    again = {
        row[0]
        for row in catalogue.rows("SELECT message FROM occurrence GROUP BY message HAVING count(*) > 1")
        if row[0] in dead.messages
    }
    if again and found:
        found |= {row[0] for row in catalogue.rows("SELECT DISTINCT pack FROM batch") if row[0] >= min(found)}
    return sorted(found)


def rewrite(path: Path, dead: _Dead, clock: Clock) -> None:
    """Replace a pack by its next generation without what is dead. Raises Damaged and leaves it when it is damaged."""
    old = packs.read_pack_header(path)
    codec = packs.Codec()
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    header = fmt.PackHeader(old.store, old.number, clock(), old.generation + 1)
    target = packs.PackWriter(path.parent, header, name=draft.name)
    try:
        first = target.size
        for record in packs.walk(path, codec):
            if record.plain is None:
                raise Damaged(
                    f"pack {old.number}, record at {record.offset}: {record.problem}. Verify the store first."
                )
            if record.kind == fmt.DICTIONARY:
                codec.use(packs.read_record_header(path, record.offset).dictionary)
                target.append(packs.dictionary_record(codec))
            elif record.kind == fmt.BLOCK:
                plain = b"".join(_kept(entry, dead) for entry in fmt.entries(record.plain))
                if plain:
                    target.append(codec.encode(fmt.BLOCK, plain))
            elif record.kind == fmt.COMMIT:
                commit = decode_commit(record.plain)
                commit.first = first
                plain = encode(commit)
                target.append(fmt.encode_record(fmt.COMMIT, plain, plain, fmt.PLAIN))
                first = target.size
        target.sync()
        _read_back(draft, codec)
        draft.rename(path)
        packs.sync_directory(path.parent)
    finally:
        target.close()
        draft.unlink(missing_ok=True)


def _kept(entry: fmt.Entry, dead: _Dead) -> bytes:
    """What remains of an entry."""
    if entry.kind == fmt.PART and entry.digest in dead.parts:
        return b""
    gone = False
    if entry.kind == fmt.MESSAGE:
        gone = decode_message(entry.meta).n in dead.contents
    elif entry.kind == fmt.JOURNAL:
        event = decode_event(entry.meta)
        gone = isinstance(event, Again | Occurrence) and event.n in dead.messages
    if gone:
        return fmt.encode_entry(fmt.ERASED, entry.leaf() or b"", b"", b"")
    return fmt.encode_entry(entry.kind, entry.digest, entry.meta, entry.body)


def _read_back(path: Path, codec: packs.Codec) -> None:
    for record in packs.walk(path, codec):
        if record.problem:
            raise Damaged(f"the rewritten pack does not read back: {record.problem}")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reposition(catalogue: Catalogue, directory: Path, number: int) -> None:
    """Take over the places of a replaced pack, and drop the rows of what is not in it any more; one transaction.

    Opening a store does the same when a crash came between the rename and this.
    """
    path = packs.pack_path(directory, number)
    contents: list[tuple[int, int, int]] = []
    again: list[tuple[int, int, int]] = []
    parts: list[tuple[int, int, bytes]] = []
    batches: list[tuple[int, int, int]] = []
    end, applied = 0, catalogue.number("batch")
    for record in packs.walk(path, packs.Codec()):
        if record.problem:
            raise Damaged(f"pack {number}, record at {record.offset}: {record.problem}")
        if record.kind == fmt.COMMIT and record.plain is not None:
            commit = decode_commit(record.plain)
            batches.append((commit.first, record.offset, commit.batch))
            # A catalogue restored from a copy has yet to apply the batches after its own.
            end = record.end if commit.batch <= applied else end
        elif record.kind == fmt.BLOCK:
            for entry in fmt.entries(record.plain or b""):
                place = Place(number, record.offset, entry.at)
                if entry.kind == fmt.MESSAGE:
                    contents.append((*place[1:], decode_message(entry.meta).n))
                elif entry.kind == fmt.PART:
                    parts.append((*place[1:], entry.digest))
                elif entry.kind == fmt.JOURNAL and isinstance(event := decode_event(entry.meta), Again):
                    again.append((*place[1:], event.n))
    generation = packs.read_pack_header(path).generation
    _take_over(catalogue, number, generation, contents, again, parts, batches, end)


def _take_over(
    catalogue: Catalogue,
    number: int,
    generation: int,
    contents: list[tuple[int, int, int]],
    again: list[tuple[int, int, int]],
    parts: list[tuple[int, int, bytes]],
    batches: list[tuple[int, int, int]],
    end: int,
) -> None:
    db = catalogue.db
    db.execute("BEGIN IMMEDIATE")
    try:
        # -1 marks what is not met again in the new file.
        for table in _TABLES:
            db.execute(f"UPDATE {table} SET record = -1 WHERE pack = ?", (number,))  # noqa: S608
        db.executemany("UPDATE content SET record = ?, at = ? WHERE id = ?", contents)
        db.executemany("UPDATE again SET record = ?, at = ? WHERE number = ?", again)
        db.executemany("UPDATE part SET record = ?, at = ? WHERE hash = ?", parts)
        db.executemany("UPDATE batch SET first = ?, last = ? WHERE number = ?", batches)
        db.execute("DELETE FROM message WHERE content IN (SELECT id FROM content WHERE record = -1)")
        for table in _TABLES:
            db.execute(f"DELETE FROM {table} WHERE record = -1")  # noqa: S608
        db.execute("DELETE FROM occurrence WHERE message NOT IN (SELECT number FROM message)")
        # Changes nothing but in a catalogue restored from a copy, where what was erased was not yet deleted.
        db.execute(_COUNT_AGAIN)
        db.execute(
            "INSERT INTO pack (number, generation) VALUES (?, ?) ON CONFLICT DO UPDATE SET generation = ?",
            (number, generation, generation),
        )
        db.execute(
            "UPDATE fact SET value = ? WHERE key = 'end' AND (SELECT value FROM fact WHERE key = 'pack') = ?",
            (end, number),
        )
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def mend_replaced(catalogue: Catalogue, directory: Path) -> None:
    """Take over packs that compaction replaced before a crash: their generation is not the catalogue's."""
    known = dict(catalogue.rows("SELECT number, generation FROM pack"))
    for number in packs.pack_numbers(directory):
        path = packs.pack_path(directory, number)
        if number in known and packs.read_pack_header(path).generation != known[number]:
            reposition(catalogue, directory, number)
    for draft in directory.glob("*.new"):
        draft.unlink()
