"""Copies the messages of one store into another: with archives, folders, sources, native ids and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from postroom.archive.ingest import BATCH_BYTES, BATCH_MESSAGES
from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs
from postroom.archive.storage.catalogue import native_key
from postroom.archive.storage.entries import Again, MessageMeta, Occurrence, decode_event, decode_message
from postroom.archive.storage.store import Store, full_path
from postroom.archive.storage.writer import Incoming

Progress = Callable[[int, int], None]
"""Told occurrences done and in all; may raise Cancelled."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: occurrences looked at, messages that were new in the target."""

    occurrences: int
    messages: int


def merge(source: Store, target: Store, progress: Progress) -> Merged:
    """Copy all live messages; repeating it adds nothing. Raises Damaged, NoSpace, WrongState."""
    row = source.catalogue.one("SELECT count(*) FROM occurrence")
    total = int(row[0]) if row else 0
    done = new = 0
    batch: list[Incoming] = []
    size = 0
    for item in _live(source):
        batch.append(item)
        size += len(item.body)
        if len(batch) >= BATCH_MESSAGES or size >= BATCH_BYTES:
            new += sum(receipt.message_is_new for receipt in target.add(batch))
            done += len(batch)
            batch.clear()
            size = 0
            progress(done, total)
    # A source that the target never read goes on where the merged store stopped.
    cursors = {name: cursor for name, cursor in source.catalogue.cursors() if target.catalogue.cursor(name) is None}
    new += sum(receipt.message_is_new for receipt in target.add(batch, cursors))
    progress(total, total)
    return Merged(done + len(batch), new)


def _live(store: Store) -> Iterator[Incoming]:
    """Every occurrence of every live message, in the order of the packs, where it lies now."""
    folders = store.catalogue.folders()
    codec = packs.Codec()
    for number in packs.pack_numbers(store.directory / "packs"):
        for record in packs.walk(packs.pack_path(store.directory / "packs", number), codec, kinds=(fmt.BLOCK,)):
            for entry in fmt.entries(record.plain or b""):
                met = _met(entry)
                if met is None:
                    continue
                row = store.catalogue.one(
                    "SELECT o.message, o.folder, o.received_ms, m.archived_ms FROM occurrence o"
                    " JOIN source s ON s.id = o.source JOIN message m ON m.number = o.message"
                    " WHERE s.name = ? AND o.key = ? AND m.deleted_ms IS NULL",
                    (met.s, native_key(met.k)),
                )
                if row:
                    archive, _, path = full_path(folders, row[1]).partition("/")
                    yield Incoming(archive, path, met.s, met.k, store.open(row[0]), row[2], row[3], met.v)


def _met(entry: fmt.Entry) -> MessageMeta | Again | Occurrence | None:
    if entry.kind == fmt.MESSAGE:
        return decode_message(entry.meta)
    event = decode_event(entry.meta) if entry.kind == fmt.JOURNAL else None
    return event if isinstance(event, Again | Occurrence) else None
