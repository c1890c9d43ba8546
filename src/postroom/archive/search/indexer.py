"""Drains a store's outbox into its index: read from the packs in worker processes, extract, index, forget the rows.

One thread per store. The order is summaries, index commit (with the marker), then the outbox rows: a crash anywhere
repeats work and loses none.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from postroom.archive.body import Body
from postroom.archive.extract import Extracted, ExtractPool, Limits, TextDb
from postroom.archive.search.envelopes import with_envelopes
from postroom.archive.search.index import Document, Rebuild, StoreIndex
from postroom.archive.search.summary import Summary, SummaryDb
from postroom.archive.storage.catalogue import MessageRow, failure
from postroom.archive.storage.reader import StoreReader
from postroom.archive.storage.store import Store
from postroom.errors import Cancelled, PostroomError
from postroom.settings import Archive as ArchiveSettings

log = logging.getLogger(__name__)

STEP_MESSAGES: Final = 4_000
"""Most messages per index commit: a commit costs about 60 ms."""
CHUNK_MESSAGES: Final = 64
CHUNK_BYTES: Final = 16 << 20
"""Most bytes of messages a worker is given at once: their text is in memory until it is indexed."""
RETRY_S: Final = 5.0
RETRY_MOST_S: Final = 300.0


Wanted = Callable[[], frozenset[str] | None]


class _Load:
    """Reads messages by number; runs in the worker, which opens the store for reading once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reader: StoreReader | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _Load, (self._directory,)

    def __call__(self, numbers: Sequence[int]) -> Iterator[Body]:
        if self._reader is None:
            self._reader = StoreReader(self._directory)
        for number in numbers:
            yield self._reader.open(number)


class Indexer:
    """Keeps the index of one store up to date."""

    def __init__(
        self, store: Store, summaries: SummaryDb, settings: ArchiveSettings, wanted: Wanted = lambda: None
    ) -> None:
        """`wanted` tells the extensions of the attachments to be read just now; None = all."""
        self._store, self._summaries, self._settings, self._wanted = store, summaries, settings, wanted
        self.index = StoreIndex(_index_directory(store))
        self.texts = TextDb(store.directory / "text.db")
        self.limits = Limits(
            time_s=settings.extract_timeout_s,
            memory_bytes=settings.extract_memory_bytes,
            message_bytes=max(Limits().message_bytes, settings.max_message_bytes),
            extensions=wanted(),
        )
        self._pool = self._new_pool()
        self._wake = threading.Event()
        self._stopping = False
        self._step_lock = threading.Lock()
        self._idle = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"indexer-{store.id}", daemon=True)
        self.error = ""
        """Why indexing does not go on; '' while all is well."""

    def _new_pool(self) -> ExtractPool[int]:
        return ExtractPool(
            _Load(self._store.directory),
            workers=self._settings.extract_workers or os.cpu_count() or 1,
            limits=self.limits,
            cache=self.texts,
        )

    def start(self) -> None:
        """Begin, with what the outbox holds already."""
        catalogue = self._store.catalogue
        if self.index.applied > catalogue.last_sequence():
            self.index.clear()
        if self._needs_everything():
            self.request_rebuild()
        self._wake.set()
        self._thread.start()

    def _needs_everything(self) -> bool:
        """True when the index or the summaries are empty or lost, and the outbox does not hold what they lack."""
        row = self._store.catalogue.one("SELECT min(sequence) FROM outbox")
        first = row[0] if row and row[0] else self._store.catalogue.last_sequence() + 1
        return min(self.index.applied, self._summaries.applied) < first - 1

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    @property
    def pending(self) -> int:
        """Messages that search does not show yet."""
        return self._store.catalogue.pending()

    def wait(self, timeout_s: float | None = None, progress: Callable[[int], None] = lambda _pending: None) -> bool:
        """Until everything committed is searchable; False when the time ran out or indexing failed."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        with self._idle:
            while pending := self.pending:
                progress(pending)
                if self.error or self._stopping or (end is not None and time.monotonic() > end):
                    return False
                self._idle.wait(0.5)
        return True

    def request_rebuild(self) -> None:
        """Put every live message into the outbox again."""
        with self._store.write_lock:
            db = self._store.catalogue.db
            db.execute(
                "INSERT INTO outbox (message) SELECT number FROM message WHERE deleted_ms IS NULL ORDER BY number"
            )
        self.wake()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No index step runs inside; the files of the index stay as they are."""
        with self._step_lock:
            yield

    def rebuild(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Make the index again from the packs; search goes on with the old one. May raise Cancelled from `progress`."""
        catalogue = self._store.catalogue
        row = catalogue.one("SELECT count(*) FROM message WHERE deleted_ms IS NULL")
        total, done = int(row[0]) if row else 0, 0
        with self._step_lock:
            # What is committed from here on stays in the outbox and is indexed after the swap.
            sequence = catalogue.last_sequence()
            fresh = self.index.rebuild()
            try:
                numbers = (row.number for row in catalogue.all_messages())
                while chunk := list(islice(numbers, STEP_MESSAGES)):
                    self._write(fresh, chunk)
                    done += len(chunk)
                    progress(done, total)
            except BaseException:
                fresh.abandon()
                raise
            fresh.finish(sequence)
            self._summaries.put((), applied=sequence)
        self.wake()

    def close(self) -> None:
        """Stop after the running step."""
        self._stopping = True
        self._wake.set()
        self._pool.close()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.close()  # that of the last step may be a new one
        self.index.close()
        self.texts.close()

    def _run(self) -> None:
        delay_s: float | None = None
        while not self._stopping:
            self._wake.wait(delay_s)
            self._wake.clear()
            try:
                while not self._stopping and self._step():
                    pass
                self.index.release()
                self.error, delay_s = "", None
            except Cancelled:
                return
            except Exception as error:  # noqa: BLE001 - whatever it is: it is shown, and tried again
                delay_s = min(2 * delay_s, RETRY_MOST_S) if delay_s else RETRY_S
                self._failed(error)
            finally:
                with self._idle:
                    self._idle.notify_all()

    def _failed(self, error: Exception) -> None:
        known = self.error
        if isinstance(error, sqlite3.Error):
            error = failure(self._store.catalogue.path, error)
        self.error = str(error) if isinstance(error, (PostroomError, OSError)) else f"internal error ({error!r})"
        if self.error != known:
            log.error("indexing stopped", extra={"store": self._store.id}, exc_info=error)

    def _step(self) -> bool:
        with self._step_lock:
            return self._drain()

    def _drain(self) -> bool:
        """Index the next rows of the outbox; False when there are none."""
        rows = self._store.catalogue.outbox(STEP_MESSAGES)
        if not rows:
            return False
        sequence = rows[-1][0]
        numbers = list(dict.fromkeys(number for _, number in rows))
        try:
            for number in self._write(self.index, numbers, sequence):
                self.index.remove(number)
            self.index.commit(sequence)
        except BaseException:
            self.index.rollback()
            raise
        with self._store.write_lock:
            self._store.catalogue.db.execute("DELETE FROM outbox WHERE sequence <= ?", (sequence,))
        return True

    def _write(self, index: StoreIndex | Rebuild, numbers: list[int], applied: int | None = None) -> set[int]:
        """Put these messages as they are now into the index, and their summaries beside it; which of them are gone."""
        self._heed_wanted()
        live = [row for row in self._store.catalogue.messages(numbers) if row.deleted_ms is None]
        chunks = list(_chunks(live))
        summaries: list[Summary] = []
        for rows, words in zip(chunks, self._pool.map([row.number for row in chunk] for chunk in chunks), strict=True):
            numbers_here = [row.number for row in rows]
            folders = self._store.catalogue.folders_of(numbers_here)
            envelopes = self._store.catalogue.envelopes_of(numbers_here)
            for row, found in zip(rows, words, strict=True):
                met = envelopes.get(row.number)
                index.add(_document(row, folders.get(row.number, ()), with_envelopes(found, met) if met else found))
                summaries.append(_summary(row, found))
        gone = set(numbers).difference(row.number for row in live)
        self._summaries.put(summaries, gone, applied=applied)
        return gone

    def _heed_wanted(self) -> None:
        """From this step on read what is wanted now. Kept texts of archives have their members in them: they go."""
        extensions = self._wanted()
        if extensions == self.limits.extensions or self._stopping:
            return
        self.limits = replace(self.limits, extensions=extensions)
        old, self._pool = self._pool, self._new_pool()
        old.close()
        self.texts.clear()


def _chunks(rows: Iterable[MessageRow]) -> Iterator[list[MessageRow]]:
    """What a worker is given at once."""
    chunk: list[MessageRow] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) >= CHUNK_MESSAGES or size + row.size > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += row.size
    if chunk:
        yield chunk


def _index_directory(store: Store) -> Path:
    """Where the index of this catalogue lies; indexes of lost catalogues are removed."""
    parent = store.directory / "index"
    parent.mkdir(exist_ok=True)
    mine = parent / str(store.catalogue.fact("epoch"))
    for other in parent.iterdir():
        if other != mine:
            shutil.rmtree(other)
    return mine


def _document(row: MessageRow, folders: Sequence[int], words: Extracted) -> Document:
    date_s = words.date_s if words.date_s is not None else row.archived_ms // 1000
    return Document(
        message=row.number,
        archive=row.archive,
        folders=tuple(folders),
        date_s=date_s,
        size=row.size,
        subject=words.subject,
        sender=words.sender,
        to=words.to,
        cc=words.cc,
        bcc=words.bcc,
        body=words.body,
        attachment_text="\n".join(part.text for part in words.attachments if part.text),
        filenames="\n".join(part.filename for part in words.attachments if part.filename),
        attachments=len(words.attachments),
        message_id=words.message_id,
    )


def _summary(row: MessageRow, words: Extracted) -> Summary:
    problems = [*words.problems, *(f"{part.filename}: {part.problem}" for part in words.attachments if part.problem)]
    return Summary(
        row.number,
        words.date_s,
        words.subject,
        words.sender,
        words.to,
        len(words.attachments),
        "\n".join(problems),
    )
