"""Writes batches to a store: blocks, commit record, sync, catalogue (docs/format.md §4, §5)."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from blake3 import blake3

from postroom.archive.body import Body, sha256
from postroom.archive.storage import format as fmt
from postroom.archive.storage import ledger, packs
from postroom.archive.storage.apply import Applier, applying
from postroom.archive.storage.catalogue import Catalogue, Place, is_full, native_key
from postroom.archive.storage.entries import Again, CommitRecord, Envelope, Event, MessageMeta, Occurrence, encode
from postroom.archive.storage.recipe import build
from postroom.errors import NoSpace, Unavailable

SAMPLE_BYTES: Final = 4 << 10
SAMPLES: Final = 1_000

Clock = Callable[[], int]
"""Milliseconds since 1970."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message on its way into a store. `folder` is the path below the archive, '' for its top."""

    archive: str
    folder: str
    source: str
    native_id: str
    body: Body
    received_ms: int | None = None
    archived_ms: int | None = None
    """When it was archived first, for a message that comes from another store; None = now."""
    envelope: Envelope | None = None
    """Of journaled mail: sender and recipients beside what its header says."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an incoming message; given out only when it is durable."""

    message: int
    content_is_new: bool
    message_is_new: bool


class Writer:
    """The one writer of a store. Not thread-safe: the store's lock guards it."""

    def __init__(
        self,
        directory: Path,
        uuid: UUID,
        catalogue: Catalogue,
        codec: packs.Codec,
        *,
        clock: Clock,
        pack_bytes: int,
    ) -> None:
        self.directory, self.uuid, self.catalogue, self.codec = directory, uuid, catalogue, codec
        self.clock, self.pack_bytes = clock, pack_bytes
        self.broken = ""
        """Why no more is written until the store was opened again; '' = all is well."""
        self._samples: list[bytes] = []
        self._pack: packs.PackWriter | None = None

    def close(self) -> None:
        if self._pack:
            self._pack.close()
            self._pack = None

    @contextmanager
    def batch(self, cursors: Mapping[str, str] | None = None) -> Iterator[BatchBuilder]:
        """What is put in becomes durable at the end, all of it or nothing.

        Raises NoSpace; Unavailable when a write failed so that the store must be opened again.
        """
        if self.broken:
            raise Unavailable(f"The store takes no mail until it is opened again: {self.broken}")
        try:
            self._train()
            pack = self._open_pack()
        except (OSError, sqlite3.Error) as error:
            raise self.failure(error) from error
        start = pack.size
        try:
            with applying(self.catalogue) as applier:
                builder = BatchBuilder(self, pack, applier)
                yield builder
                builder.commit(cursors or {})
        except (OSError, sqlite3.Error) as error:
            self._cut_back(pack, start)
            raise self.failure(error) from error
        except BaseException:
            self._cut_back(pack, start)
            raise

    def _cut_back(self, pack: packs.PackWriter, size: int) -> None:
        try:
            # What interrupts a call may come after the last step: then the batch is durable and stays.
            if self.catalogue.applied() <= (pack.number, size):
                pack.truncate(size)
        except (OSError, sqlite3.Error) as error:
            self.broken = f"a failed write could not be taken back ({error})"

    def failure(self, error: OSError | sqlite3.Error) -> Exception:
        """What a failed write means to the caller."""
        if isinstance(error, packs.SyncFailed):
            full = False
        else:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT) if isinstance(error, OSError) else is_full(error)
        if full and not self.broken:
            return NoSpace(f"the store in {self.directory.parent}")
        # After a failed sync the kernel may have dropped the pages: nothing after it can be trusted.
        self.broken = self.broken or f"writing failed ({getattr(error, 'strerror', None) or error})"
        return Unavailable(f"The store takes no mail until it is opened again: {self.broken}")

    def _open_pack(self) -> packs.PackWriter:
        """The open pack, sealed and followed by a new one when it is full."""
        if self._pack is None:
            numbers = packs.pack_numbers(self.directory)
            last = numbers[-1] if numbers else 0
            path = packs.pack_path(self.directory, last)
            if last and (last, path.stat().st_size) == self.catalogue.position():
                self._pack = packs.PackWriter(self.directory, packs.read_pack_header(path), size=path.stat().st_size)
                self._use_last_dictionary(path)
            else:
                self._pack = self._create(last + 1)
        if self._pack.size >= self.pack_bytes:
            self._pack = self._create(self.seal(self._pack) + 1)
        return self._pack

    def _create(self, number: int) -> packs.PackWriter:
        pack = packs.PackWriter(self.directory, fmt.PackHeader(self.uuid, number, self.clock()))
        try:
            if self.codec.current:
                pack.append(packs.dictionary_record(self.codec))
        except OSError:
            pack.discard()
            raise
        return pack

    def seal(self, pack: packs.PackWriter) -> int:
        """Write the table of contents of the open pack, which takes no more; returns its number."""
        rows = list(
            self.catalogue.rows("SELECT number, last, leaves FROM batch WHERE pack = ? ORDER BY number", (pack.number,))
        )
        contents = {"entries": sum(row[2] for row in rows), "batches": [[row[0], row[1]] for row in rows]}
        start = pack.size
        try:
            offset = pack.append(self.codec.encode(fmt.CONTENTS, encode(contents)))
            pack.append(fmt.encode_trailer(offset))
            pack.sync()
        except OSError:
            self._cut_back(pack, start)
            raise
        self.close()
        return pack.number

    def _use_last_dictionary(self, path: Path) -> None:
        if not self.codec.current:
            known = [r for r in packs.walk(path, self.codec, kinds=(fmt.DICTIONARY,)) if r.kind == fmt.DICTIONARY]
            if known:
                raw = packs.read_record_header(path, known[-1].offset)
                self.codec.use(raw.dictionary)

    def sample(self, body: Body) -> None:
        """Remember the beginning of a message for training."""
        if not self.codec.current and len(self._samples) < SAMPLES:
            self._samples.append(bytes(body[:SAMPLE_BYTES]))

    def _train(self) -> None:
        if not self.codec.current and len(self._samples) >= SAMPLES:
            pack = self._open_pack()
            start, codec = pack.size, packs.Codec()
            if packs.train(codec, self._samples):
                try:
                    pack.append(packs.dictionary_record(codec))
                except OSError:
                    self._cut_back(pack, start)
                    raise
                # Not before: no block may use a dictionary that its pack does not hold.
                self.codec = codec
            self._samples.clear()


class BatchBuilder:
    """One batch being written."""

    def __init__(self, writer: Writer, pack: packs.PackWriter, applier: Applier) -> None:
        self.writer, self.pack, self.applier = writer, pack, applier
        self.catalogue = writer.catalogue
        self.first = pack.size
        self.time_ms = max(writer.clock(), int(self._fact("time", 0)))
        self.next = applier.next
        self._leaves: list[bytes] = []
        self._block: list[bytes] = []
        self._block_bytes = 0
        self._placed: list[tuple[MessageMeta | Event | None, bytes, int]] = []
        self._new_parts: set[bytes] = set()
        self._new_contents: dict[bytes, int] = {}
        self._new_messages: dict[tuple[int, str], int] = {}
        self._new_occurrences: dict[tuple[str, bytes], int] = {}
        self._last: tuple[Body, bytes] | None = None

    def _fact(self, key: str, default: int) -> int | bytes:
        row = self.catalogue.db.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return row[0] if row else default

    # What goes in

    def add(self, item: Incoming) -> Receipt:
        """Store a message; what is known already is only referred to."""
        met = (item.source, native_key(item.native_id))
        known = self._known_occurrence(*met)
        if known is not None:
            return Receipt(known, content_is_new=False, message_is_new=False)
        digest = self._digest(item.body)
        content = self._known_content(digest)
        if content is None:
            return Receipt(self._new_message(item, met, digest), content_is_new=True, message_is_new=True)
        number = self._known_message(content, item.archive)
        if number is not None:
            where = (item.folder, item.source, item.native_id)
            self.event(Occurrence(number, *where, item.received_ms, self.time_ms, item.envelope))
            self._remember(item, met, content, number)
            return Receipt(number, content_is_new=False, message_is_new=False)
        number, self.next = self.next, self.next + 1
        at = (item.archive, item.folder, item.source, item.native_id, item.received_ms)
        self.event(Again(number, digest.hex(), *at, item.archived_ms or self.time_ms, item.envelope))
        self._remember(item, met, content, number)
        return Receipt(number, content_is_new=False, message_is_new=True)

    def _digest(self, body: Body) -> bytes:
        """SHA-256. One body after another may be the same: a message goes to each of its readers."""
        if self._last is None or self._last[0] is not body:
            self._last = body, sha256(body)
        return self._last[1]

    def event(self, event: Event) -> None:
        """Append a journal entry."""
        meta = encode(event)
        self._leaves.append(ledger.leaf_hash(fmt.NO_DIGEST + meta))
        self._entry(fmt.JOURNAL, fmt.NO_DIGEST, meta, b"", event)

    def part(self, data: bytes) -> str:
        """Store a part unless it is there; its BLAKE3 in hex."""
        digest = blake3(data).digest()
        if digest not in self._new_parts:
            row = self.catalogue.db.execute("SELECT 1 FROM part WHERE hash = ?", (digest,)).fetchone()
            if row is None:
                self._new_parts.add(digest)
                self._entry(fmt.PART, digest, b"", data, None)
        return digest.hex()

    def _new_message(self, item: Incoming, met: tuple[str, bytes], digest: bytes) -> int:
        number, self.next = self.next, self.next + 1
        made = build(item.body, digest, self.part)
        meta = MessageMeta(
            number,
            item.archive,
            item.folder,
            item.source,
            item.native_id,
            item.received_ms,
            item.archived_ms or self.time_ms,
            len(item.body),
            made[0] if made else None,
            item.envelope,
        )
        raw = encode(meta)
        self._leaves.append(ledger.leaf_hash(digest + raw))
        self._entry(fmt.MESSAGE, digest, raw, b"".join(made[1]) if made else bytes(item.body), meta)
        self.writer.sample(item.body)
        self._new_contents[digest] = number
        self._remember(item, met, number, number)
        return number

    # What is known

    def _known_occurrence(self, source: str, key: bytes) -> int | None:
        number = self._new_occurrences.get((source, key))
        if number is not None:
            return number
        row = self.catalogue.db.execute(
            "SELECT message FROM occurrence WHERE source = ? AND key = ?", (self.applier.source(source), key)
        ).fetchone()
        return int(row[0]) if row else None

    def _known_content(self, digest: bytes) -> int | None:
        number = self._new_contents.get(digest)
        if number is not None:
            return number
        row = self.catalogue.db.execute("SELECT id FROM content WHERE sha256 = ?", (digest,)).fetchone()
        return int(row[0]) if row else None

    def _known_message(self, content: int, archive: str) -> int | None:
        number = self._new_messages.get((content, archive))
        if number is not None:
            return number
        row = self.catalogue.db.execute(
            "SELECT m.number FROM message m JOIN folder f ON f.id = m.archive"
            " WHERE m.content = ? AND m.deleted_ms IS NULL AND f.parent = 0 AND f.name = ?",
            (content, archive),
        ).fetchone()
        return int(row[0]) if row else None

    def _remember(self, item: Incoming, met: tuple[str, bytes], content: int, number: int) -> None:
        self._new_messages[content, item.archive] = number
        self._new_occurrences[met] = number

    # Blocks

    def _entry(self, kind: int, digest: bytes, meta: bytes, body: bytes, applied: MessageMeta | Event | None) -> None:
        raw = fmt.encode_entry(kind, digest, meta, body)
        self._placed.append((applied, digest, self._block_bytes))
        self._block.append(raw)
        self._block_bytes += len(raw)
        if self._block_bytes >= fmt.BLOCK_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._block:
            return
        record = self.pack.append(self.writer.codec.encode(fmt.BLOCK, b"".join(self._block)))
        for applied, digest, at in self._placed:
            place = Place(self.pack.number, record, at)
            if applied is None:
                self.applier.part(digest, place)
            elif isinstance(applied, MessageMeta):
                self.applier.message(applied, digest, place)
            else:
                self.applier.event(applied, place)
        self._block.clear()
        self._placed.clear()
        self._block_bytes = 0

    def commit(self, cursors: Mapping[str, str]) -> None:
        """Finish the batch; nothing is written when nothing was put in."""
        if not self._leaves and not cursors:
            return
        self._flush()
        previous = self._fact("chain", 0) or ledger.GENESIS
        number = int(self._fact("batch", 0)) + 1
        root = ledger.root(self._leaves)
        assert isinstance(previous, bytes)
        chain = ledger.chain(previous, root, number, self.time_ms, len(self._leaves))
        record = CommitRecord(
            number,
            self.time_ms,
            self.first,
            len(self._leaves),
            root.hex(),
            previous.hex(),
            chain.hex(),
            dict(cursors),
        )
        plain = encode(record)
        last = self.pack.append(fmt.encode_record(fmt.COMMIT, plain, plain, fmt.PLAIN))
        self.pack.sync()
        self.applier.commit(record, self.pack.number, last, self.pack.size)
