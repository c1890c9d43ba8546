"""One open store: what arrives, what is read, what is changed. Safe from any thread.

Concurrent `add` calls share commits: whoever gets the writer takes along what others have queued meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Self
from uuid import UUID, uuid4

from postroom.archive.body import Body
from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs, replay
from postroom.archive.storage.catalogue import READING_FAILS, Catalogue, FolderRow, failure
from postroom.archive.storage.compact import Compacted, compact, mend_replaced
from postroom.archive.storage.entries import Delete, Envelope, Move, Name, Note, Prune, Restore
from postroom.archive.storage.ledger import Batch, Proof
from postroom.archive.storage.reader import StoreReader, read_identity
from postroom.archive.storage.writer import BatchBuilder, Clock, Incoming, Receipt, Writer, now_ms
from postroom.errors import AlreadyExists, Damaged, Invalid, NotFound, Unavailable, WrongState

log = logging.getLogger(__name__)

PACK_BYTES: Final = 128 << 20
COMMIT_MESSAGES: Final = 1_000
MAX_NAME_BYTES: Final = 255
MAX_PATH_BYTES: Final = 4_096
MAX_DEPTH: Final = 64


def create_store(directory: Path, *, clock: Clock = now_ms) -> UUID:
    """Make an empty store in a folder that is missing or empty. Raises WrongState when it is neither."""
    if directory.exists() and not _is_unfinished(directory):
        raise WrongState(f"The folder {directory} is not empty. Attach it if it is a store, or name another.")
    new_parents = [parent for parent in directory.parents if not parent.exists()]
    (directory / "packs").mkdir(parents=True, exist_ok=True)
    identity = uuid4()
    draft = directory / "STORE.new"
    with draft.open("w") as file:
        json.dump({"format": fmt.FORMAT, "uuid": str(identity), "created": clock()}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(directory / "STORE")
    for changed in (directory, directory.parent, *(parent.parent for parent in new_parents)):
        packs.sync_directory(changed)
    return identity


def _set_aside(path: Path, start: int) -> None:
    """Keep a copy of what is to be cut, if there is a commit record in it: a batch that was written but never synced.

    Nobody was told that it is stored, unless the catalogue is an old copy and the last batch is damaged as well.
    """
    if path.stat().st_size > start and replay.has_commit(path, start):
        with path.open("rb") as file, path.with_suffix(".cut").open("wb") as copy:
            file.seek(start)
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
        log.warning("a batch that was not written out was set aside", extra={"pack": path.name, "offset": start})


def _is_unfinished(directory: Path) -> bool:
    """True for an empty folder and for what a crash during `create_store` leaves."""
    draft, inner = directory / "STORE.new", directory / "packs"
    return set(directory.iterdir()) <= {draft, inner} and not (inner.is_dir() and any(inner.iterdir()))


@dataclass(slots=True)
class _Job:
    items: Sequence[Incoming]
    cursors: Mapping[str, str]
    receipts: list[Receipt] = field(default_factory=list)
    error: BaseException | None = None
    done: bool = False


class Store:
    """One store, open. `problem` is '' or says why it is open for reading only."""

    def __init__(
        self,
        directory: Path,
        number: int = 1,
        *,
        read_only: bool = False,
        clock: Clock = now_ms,
        pack_bytes: int = PACK_BYTES,
        commit_messages: int = COMMIT_MESSAGES,
    ) -> None:
        """Open a store; what a crash left unapplied is applied, a torn end is cut.

        Raises NotFound; Unavailable when another process has it open; Damaged when the catalogue cannot be used at all
        (recover it). Damage in the packs opens the store for reading only, with `problem`.
        """
        self.id, self.directory = number, directory
        self.uuid = read_identity(directory)
        self.clock, self._pack_bytes, self._commit_messages = clock, pack_bytes, commit_messages
        self.problem = ""
        self.on_commit: Callable[[], None] = lambda: None
        """Called after each commit that changed what the index must show."""
        self._lock_file = self._lock()
        self._queue: list[_Job] = []
        self._queue_lock = threading.Lock()
        self.write_lock = threading.RLock()
        self.codec = packs.Codec()
        try:
            self._open(read_only)
        except BaseException:
            os.close(self._lock_file)
            raise

    def _lock(self) -> int:
        descriptor = os.open(self.directory / "STORE", os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise Unavailable(f"The store in {self.directory} is open in another process.") from error
        return descriptor

    def _open(self, read_only: bool) -> None:
        self.catalogue = Catalogue(self.directory / "catalog.db")
        self.writer: Writer | None = None
        packs_directory = self.directory / "packs"
        try:
            self._bring_up_to_date(packs_directory)
        except READING_FAILS as error:
            self.catalogue.close()
            raise failure(self.catalogue.path, error) from error
        except BaseException:
            self.catalogue.close()
            raise
        self.reader = StoreReader(self.directory, self.catalogue, self.codec)
        if not read_only and not self.problem:
            self.writer = Writer(
                packs_directory,
                self.uuid,
                self.catalogue,
                packs.Codec(),
                clock=self.clock,
                pack_bytes=self._pack_bytes,
            )

    def _bring_up_to_date(self, directory: Path) -> None:
        """Mend, roll forward, cut; damage in the packs becomes the `problem`."""
        try:
            mend_replaced(self.catalogue, directory)
            replay.replay(self.catalogue, directory, self.codec)
            replay.check_files(self.catalogue, directory, self.uuid)
            self._cut_torn_end(directory)
        except Damaged as error:
            self.problem = str(error)

    def _cut_torn_end(self, directory: Path) -> None:
        """Take away what a crash left after the last commit record: it was never acknowledged."""
        at_pack, end = self.catalogue.position()
        kept = self.catalogue.number("kept")
        for number in packs.pack_numbers(directory):
            path = packs.pack_path(directory, number)
            if number <= kept:
                continue
            if number >= at_pack and not packs.is_sealed(path):
                _set_aside(path, end if number == at_pack else 0)
            if number > at_pack:
                path.unlink()
                packs.sync_directory(directory)
            elif number == at_pack and path.stat().st_size > end and not packs.is_sealed(path):
                with path.open("r+b") as file:
                    file.truncate(end)
                    os.fsync(file.fileno())

    def close(self) -> None:
        """Wait for the running commit, then close."""
        with self.write_lock:
            if self.writer:
                self.writer.close()
                self.writer = None
            self.reader.close()
            self.catalogue.close()
            if self._lock_file >= 0:
                os.close(self._lock_file)
                self._lock_file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writable(self) -> bool:
        return self.writer is not None

    @property
    def name(self) -> str:
        """Display name, '' when never given."""
        return str(self.catalogue.fact("name", ""))

    # Reading

    def open(self, message: int) -> Body:
        """The exact bytes of a message. Raises NotFound, Damaged."""
        return self.reader.open(message)

    def proof(self, message: int) -> Proof:
        """Inclusion proof of a message. Raises NotFound, Damaged."""
        return self.reader.proof(message)

    def batches(self, first: int = 1) -> Iterator[Batch]:
        """Batch headers from `first` on."""
        return self.reader.batches(first)

    # Writing

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str] | None = None) -> list[Receipt]:
        """Store messages and source cursors; returns when all of it is durable, a receipt per item.

        Raises Invalid for a folder name that cannot be used, NoSpace, Unavailable, WrongState. On an error nothing of
        this call is stored.
        """
        job = _Job([clean(item) for item in items], dict(cursors or {}))
        with self._queue_lock:
            self._queue.append(job)
        with self.write_lock:
            # Others may stand before this call in the queue, more of them than one commit takes along.
            while not job.done:
                self._commit_queued()
        if job.error:
            raise job.error
        return job.receipts

    def _commit_queued(self) -> None:
        with self._queue_lock:
            jobs: list[_Job] = []
            taken = 0
            while self._queue and (not jobs or taken + len(self._queue[0].items) <= self._commit_messages):
                jobs.append(self._queue.pop(0))
                taken += len(jobs[-1].items)
        try:
            with self._batch({s: c for job in jobs for s, c in job.cursors.items()}) as batch:
                for job in jobs:
                    job.receipts = [batch.add(item) for item in job.items]
        except Exception as error:  # noqa: BLE001 - each call that was taken along raises it
            for job in jobs:
                job.error = error
        except BaseException:
            for job in jobs:
                job.error = Unavailable("The commit was broken off. Repeat.")
            raise
        finally:
            for job in jobs:
                job.done = True
        self.on_commit()

    def _batch(self, cursors: Mapping[str, str] | None = None) -> AbstractContextManager[BatchBuilder]:
        if self.writer is None:
            raise WrongState(f"The store is write-protected{': ' + self.problem if self.problem else '.'}")
        return self.writer.batch(cursors)

    def delete(self, messages: Sequence[int], by: str, reason: str) -> None:
        """Remove messages from their archives. Raises NotFound when one of them does not exist."""
        with self.write_lock:
            for number in messages:
                self.catalogue.message(number)
            with self._batch() as batch:
                batch.event(Delete(list(messages), by, reason, batch.time_ms))
        self.on_commit()

    def restore(self, messages: Sequence[int], by: str) -> None:
        """Bring deleted messages back, as long as compaction has not erased them."""
        with self.write_lock, self._batch() as batch:
            batch.event(Restore(list(messages), by, batch.time_ms))
        self.on_commit()

    def move_folder(self, source: str, target: str, by: str) -> None:
        """Rename or move a folder with all below it. Raises NotFound, AlreadyExists, Invalid."""
        source, target = clean_path("fromFolder", source), clean_path("toFolder", target)
        with self.write_lock:
            if self.catalogue.folder(source) is None:
                raise NotFound("folder", source)
            if target == source or target.startswith(source + "/"):
                raise Invalid("toFolder", "a folder that is not the moved one or below it")
            if self.catalogue.folder(target) is not None:
                raise AlreadyExists("folder", target)
            with self._batch() as batch:
                split = batch.applier.splits(source, target)
                batch.event(Move(source, target, batch.next, by, batch.time_ms, split))
        self.on_commit()

    def delete_empty_folders(self, below: str | None, by: str) -> list[str]:
        """Remove folders without messages, below a folder or everywhere; returns their paths."""
        with self.write_lock:
            empty = [path for path in self._empty_folders() if below is None or (path + "/").startswith(below + "/")]
            if empty:
                with self._batch() as batch:
                    batch.event(Prune(empty, by, batch.time_ms))
        return empty

    def _empty_folders(self) -> list[str]:
        folders = self.catalogue.folders()
        used = {row[0] for row in self.catalogue.rows("SELECT DISTINCT folder FROM occurrence")}
        keep: set[int] = set()
        for folder in used:
            while folder and folder not in keep:
                keep.add(folder)
                folder = folders[folder].parent
        return sorted(full_path(folders, number) for number in folders if number not in keep)

    def compact(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Compacted:
        """Erase what no live message needs, for good. Mail waits meanwhile. Raises WrongState, Damaged, NoSpace."""
        with self.write_lock:
            if self.writer is None:
                raise WrongState(f"The store is write-protected{': ' + self.problem if self.problem else '.'}")
            try:
                done = compact(self.directory / "packs", self.catalogue, self.writer, self.clock, progress)
            except (OSError, sqlite3.Error) as error:
                raise self.writer.failure(error) from error
            finally:
                self.reader.forget()
        return done

    def rename(self, name: str, by: str) -> None:
        """Give the store its display name; it travels with the store."""
        with self.write_lock, self._batch() as batch:
            batch.event(Name(name, by, batch.time_ms))

    def note(self, text: str, by: str) -> None:
        """Write something into the ledger that changes nothing."""
        with self.write_lock, self._batch() as batch:
            batch.event(Note(text, by, batch.time_ms))


def full_path(folders: Mapping[int, FolderRow], number: int) -> str:
    """Full path of a folder, from a table of all."""
    names: list[str] = []
    while number:
        row = folders[number]
        names.append(row.name)
        number = row.parent
        if len(names) > len(folders):
            raise Damaged("the catalogue has a folder that lies in itself")
    return "/".join(reversed(names))


def clean(item: Incoming) -> Incoming:
    """The item with names that can be stored. Raises Invalid for a folder that cannot."""
    archive = clean_path("archive", item.archive)
    if "/" in archive:
        raise Invalid("archive", "the name of a first-level folder")
    folder = clean_path("folder", item.folder) if item.folder else ""
    return Incoming(
        archive, folder, _text(item.source), _text(item.native_id), item.body, item.received_ms, item.archived_ms,
        _clean_envelope(item.envelope) if item.envelope else None,
    )  # fmt: skip


def _clean_envelope(given: Envelope) -> Envelope:
    return Envelope(_text(given.f), tuple(map(_text, given.t)), tuple(map(_text, given.o)), _text(given.p))


@lru_cache(maxsize=4096)
def clean_path(field: str, path: str) -> str:
    """A folder path that can be stored, or Invalid."""
    names = path.split("/")
    if len(path.encode("utf-8", "replace")) > MAX_PATH_BYTES or len(names) > MAX_DEPTH:
        raise Invalid(field, f"a path of at most {MAX_PATH_BYTES} bytes and {MAX_DEPTH} levels")
    for name in names:
        if not name or name in (".", "..") or name != name.strip():
            raise Invalid(
                field,
                "folder names between slashes that are not empty, '.' or '..' and have no blanks around them",
            )
        if len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES or any(ord(c) < 32 or ord(c) == 127 for c in name):
            raise Invalid(field, f"folder names of at most {MAX_NAME_BYTES} bytes without control characters")
        if _text(name) != name:
            raise Invalid(field, "text in Unicode")
    return path


def _text(text: str) -> str:
    """The text with what is no Unicode (from file names) written as escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
