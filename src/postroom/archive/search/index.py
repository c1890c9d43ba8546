"""The full-text index of one store: derived data, which may be deleted at any time and is then built again.

    index/CURRENT          JSON: version, generation; replaced by rename
    index/<generation>/    one tantivy index

A generation that is missing, damaged or of another version is left behind for an empty one; `applied` is then 0 and
`fault` says why. Writing is for one thread at a time and takes a lock; searching is for any number of threads.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, NamedTuple

import tantivy

from postroom.archive.search import fields, matching
from postroom.archive.search.fields import Document
from postroom.archive.search.matching import Access, FolderIds
from postroom.archive.search.query import Node
from postroom.archive.search.tokens import TOKENIZER, analyzer
from postroom.errors import Damaged, Invalid, NoSpace, Unavailable

__all__ = ["Access", "Document", "Hit", "Hits", "Rebuild", "StoreIndex"]

log = logging.getLogger(__name__)

HEAP_BYTES: Final = 32 << 20
"""tantivy's least is 15 MB a thread."""
NUMBERS_AT_ONCE: Final = 50_000


class Hit(NamedTuple):
    """One message found; `score` is 0 when the order is by date."""

    message: int
    date_s: int
    score: float


class Hits(NamedTuple):
    """How many messages match in all, and the first of them."""

    total: int
    hits: list[Hit]


class _Generation:
    """One tantivy index in one folder."""

    def __init__(self, path: Path, heap_bytes: int) -> None:
        """Open it, or make it when the folder is missing. Raises Damaged."""
        self.path, self._heap_bytes = path, heap_bytes
        self._writer: tantivy.IndexWriter | None = None
        path.mkdir(parents=True, exist_ok=True)
        with _faults(path):
            self._index = tantivy.Index(fields.schema(), str(path))
            self._index.register_tokenizer(TOKENIZER, analyzer())
            self._index.config_reader("manual")
            self.reload()
            self.applied = self._read_marker()
        self._highest_pending = 0

    def reload(self) -> None:
        self._index.reload()
        self.searcher = self._index.searcher()

    def _read_marker(self) -> int:
        found = self.searcher.search(matching.marker(), 1, order_by_field="sort").hits
        return int(found[0][0]) if found else 0

    def numbers(self) -> Iterator[int]:
        """The messages that are in, newest first."""
        return (number for _, number in self.each(matching.everything()))

    def each(self, query: tantivy.Query) -> Iterator[tuple[int, int]]:
        """Date and number of all that match, newest first, in steps of the total order; as the index is now."""
        searcher, below = self.searcher, None
        while True:
            with _faults(self.path, searching=True):
                found = searcher.search(
                    matching.below(query, below), NUMBERS_AT_ONCE, count=False, order_by_field="sort"
                ).hits
            yield from (fields.split_key(key) for key, _ in found)
            if len(found) < NUMBERS_AT_ONCE:
                return
            below = found[-1][0]

    @property
    def writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            with _faults(self.path):
                self._writer = self._index.writer(self._heap_bytes, 1)
                # A commit that was cut off may leave the file that the next one wants to make.
                self._writer.garbage_collect_files()
        return self._writer

    def add(self, document: Document) -> None:
        made = fields.to_tantivy(document)
        with _faults(self.path):
            # A deletion is looked up in every segment at the next commit: only for numbers that may be there.
            if self._may_hold(document.message):
                self._delete(document.message)
            self._highest_pending = max(self._highest_pending, document.message)
            self.writer.add_document(made)

    def remove(self, message: int) -> None:
        with _faults(self.path):
            if self._may_hold(message):
                self._delete(message)

    def _may_hold(self, message: int) -> bool:
        return message <= self._highest_pending or bool(self.searcher.doc_freq("message", message))

    def _delete(self, message: int) -> None:
        # Not by term: for an unsigned field tantivy-py makes a signed term of the number, which matches nothing.
        self.writer.delete_documents_by_query(tantivy.Query.term_query(fields.schema(), "message", message))

    def commit(self, sequence: int) -> None:
        with _faults(self.path):
            self._delete(0)
            self.writer.add_document(fields.marker(sequence))
            self.writer.commit()
            self.reload()
        self.applied = sequence
        self._highest_pending = 0

    def rollback(self) -> None:
        if self._writer is not None:
            with _faults(self.path):
                self._writer.rollback()
        self._highest_pending = 0

    def release(self) -> None:
        """End the writer and free its memory; what was not committed is forgotten."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with _faults(self.path):
                writer.rollback()
                writer.wait_merging_threads()
                self.reload()
        self._highest_pending = 0


class StoreIndex:
    """The index of one store."""

    def __init__(self, directory: Path, *, heap_bytes: int = HEAP_BYTES) -> None:
        """Open or make it. Never raises for what is in the folder: see `fault`."""
        self.directory, self._heap_bytes = directory, heap_bytes
        self._lock = threading.RLock()
        self.fault = ""
        """Why what was there could not be used; '' when it could, or when there was nothing."""
        directory.mkdir(parents=True, exist_ok=True)
        self._generation = self._open()
        self._sweep()

    def _open(self) -> _Generation:
        try:
            number = _read_pointer(self.directory)
            if number:
                path = self.directory / str(number)
                if not (path / "meta.json").is_file():
                    raise Damaged(f"{path}: the index is missing")  # noqa: TRY301 - one place makes the empty one
                return _Generation(path, self._heap_bytes)
        except Damaged as error:
            self.fault = str(error)
            log.warning("index discarded", extra={"reason": self.fault})
        fresh = self._fresh()
        _write_pointer(self.directory, fresh.path)
        return fresh

    def _fresh(self) -> _Generation:
        taken = [int(path.name) for path in self.directory.iterdir() if path.name.isdigit()]
        return _Generation(self.directory / str(max(taken, default=0) + 1), self._heap_bytes)

    def _sweep(self) -> None:
        """Remove generations that are not the current one: a rebuild ended early, or a swap was not finished."""
        for path in self.directory.iterdir():
            if path.name.isdigit() and path != self._generation.path:
                _discard(path)

    # Writing

    @property
    def applied(self) -> int:
        """The last outbox sequence the index contains, read from its marker document; 0 for an empty index."""
        return self._generation.applied

    def add(self, document: Document) -> None:
        """Put a message in, instead of what the index has under its number; seen after `commit`."""
        with self._lock:
            self._generation.add(document)

    def remove(self, message: int) -> None:
        """Take a message out; seen after `commit`."""
        with self._lock:
            self._generation.remove(message)

    def commit(self, sequence: int) -> None:
        """Make what was added and removed durable and visible, together with the marker. Raises NoSpace, Unavailable,
        Damaged; the index then is what it was after the last commit."""
        with self._lock:
            try:
                self._generation.commit(sequence)
            except BaseException:
                self._reopen()
                raise

    def rollback(self) -> None:
        """Forget what was added and removed since the last commit."""
        with self._lock:
            self._generation.rollback()

    def apply(self, documents: Iterable[Document], deleted: Iterable[int], sequence: int) -> None:
        """One commit: `deleted` go, `documents` replace what has their numbers, the marker says `sequence`."""
        with self._lock:
            try:
                for message in deleted:
                    self._generation.remove(message)
                for document in documents:
                    self._generation.add(document)
            except BaseException:
                self._generation.rollback()
                raise
            self.commit(sequence)

    def release(self) -> None:
        """Free the writer's memory, after merges have ended; the next write takes it again. Call it when idle."""
        with self._lock:
            self._generation.release()

    def clear(self) -> None:
        """Start with an empty index."""
        with self._lock:
            self._swap(self._fresh())

    def rebuild(self) -> Rebuild:
        """A new index beside the old one, which answers until the new one is finished."""
        with self._lock:
            return Rebuild(self, self._fresh())

    def close(self) -> None:
        """End writing; what was not committed is forgotten."""
        self.release()

    def _swap(self, fresh: _Generation) -> None:
        old = self._generation
        old.release()
        _write_pointer(self.directory, fresh.path)
        self._generation = fresh
        _discard(old.path)  # searches that run on it have its files open

    def _reopen(self) -> None:
        with contextlib.suppress(Damaged, Unavailable, NoSpace):  # the error that led here is the one to tell
            self._generation.release()

    # Searching

    @property
    def count(self) -> int:
        """Messages in the index."""
        return self._search(matching.everything(), 1, None).total

    def message_numbers(self) -> Iterator[int]:
        """Every message in the index, newest first; for verification."""
        return self._generation.numbers()

    def each(
        self,
        query: Node,
        *,
        store: int = 0,
        resolve: FolderIds = matching.no_folders,
        among: AbstractSet[int] | None = None,
    ) -> Iterator[tuple[int, int]]:
        """UTC seconds and number of every message that matches, newest first; `among` narrows to these numbers.

        Raises Invalid, Damaged.
        """
        compiled = matching.restrict(matching.compile_query(query, store=store, resolve=resolve), None, None)
        return self._generation.each(compiled if among is None else matching.among(compiled, among))

    def search(
        self,
        query: Node,
        access: Access,
        *,
        store: int = 0,
        folders: AbstractSet[int] | None = None,
        resolve: FolderIds = matching.no_folders,
        limit: int = 20,
        below: int | None = None,
        by_score: bool = False,
    ) -> Hits:
        """The first `limit` messages that match, newest first or best first, and how many match in all.

        `access` is the archives that may be seen, None for all; `folders` narrows to messages in any of these folders;
        `resolve` gives the ids of a folder named in the query and all below it. `below` is a sort key: only what comes
        after it is given, and the total is not narrowed by it. What scores the same comes in the order of the index.
        Raises Invalid, Damaged.
        """
        compiled = matching.compile_query(query, store=store, resolve=resolve)
        allowed = matching.restrict(compiled, access, folders)
        if by_score:
            return self._by_score(allowed, limit)
        return self._search(allowed, limit, below)

    def _search(self, query: tantivy.Query, limit: int, below: int | None) -> Hits:
        generation = self._generation
        with _faults(generation.path, searching=True):
            searcher = generation.searcher
            if below is None:
                result = searcher.search(query, limit, order_by_field="sort")
                total = _total(result)
            else:
                total = _total(searcher.search(query, 1, order_by_field="sort"))
                result = searcher.search(matching.below(query, below), limit, count=False, order_by_field="sort")
            hits = []
            for key, _ in result.hits:
                date_s, message = fields.split_key(key)
                hits.append(Hit(message, date_s, 0.0))
        return Hits(total, hits)

    def _by_score(self, query: tantivy.Query, limit: int) -> Hits:
        generation = self._generation
        with _faults(generation.path, searching=True):
            searcher = generation.searcher
            result = searcher.search(query, limit)
            keys = searcher.fast_field_values("sort", [address for _, address in result.hits])
        pairs = zip(result.hits, (fields.split_key(key) for key in keys if isinstance(key, int)), strict=True)
        return Hits(_total(result), [Hit(message, date_s, score) for (score, _), (date_s, message) in pairs])


class Rebuild:
    """An index in the making. Nobody else may commit to the old one meanwhile: whoever drains the outbox rebuilds."""

    def __init__(self, index: StoreIndex, fresh: _Generation) -> None:
        self._index, self._fresh = index, fresh

    def add(self, document: Document) -> None:
        """Put a message in."""
        self._fresh.add(document)

    def finish(self, sequence: int) -> None:
        """Put the new index in the place of the old one, which is removed."""
        self._fresh.commit(sequence)
        with self._index._lock:
            self._index._swap(self._fresh)

    def abandon(self) -> None:
        """Remove what was made; the old index stays."""
        self._fresh.release()
        _discard(self._fresh.path)


def _total(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # missing in tantivy's stub


@contextlib.contextmanager
def _faults(path: Path, *, searching: bool = False) -> Iterator[None]:
    """tantivy's errors as ours. It panics on some damage; a panic is no `Exception`."""
    try:
        yield
    except (ValueError, RuntimeError, OSError) as error:
        text = str(error)
        if "No space left" in text or "StorageFull" in text:
            raise NoSpace(path) from error
        if "LockBusy" in text:
            raise Unavailable(f"{path}: another process writes this index") from error
        if searching and "max_expansions" in text:
            raise Invalid("query", "a longer beginning before '*'") from error
        raise Damaged(f"{path}: {text}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise Damaged(f"{path}: {error}") from error
        raise


def _discard(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:  # it is in nobody's way, and the next opening tries again
        log.warning("old index not removed", extra={"path": str(path), "reason": str(error)})


def _read_pointer(directory: Path) -> int:
    """The current generation; 0 when there is no pointer. Raises Damaged."""
    path = directory / "CURRENT"
    try:
        value = json.loads(path.read_bytes())
        version, generation = value["version"], value["generation"]
    except FileNotFoundError:
        return 0
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path}: it cannot be read") from error
    if version != fields.VERSION:
        raise Damaged(f"{path}: version {version} is not {fields.VERSION}")
    if not isinstance(generation, int) or generation < 1:
        raise Damaged(f"{path}: it names no generation")
    return generation


def _write_pointer(directory: Path, generation: Path) -> None:
    draft = directory / "CURRENT.new"
    with draft.open("w") as file:
        json.dump({"version": fields.VERSION, "generation": int(generation.name)}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(directory / "CURRENT")
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
