"""Exports messages with proofs: as EML files, mbox files or a zip (the manifest: manifest.py).

An export that was stopped, by a kill, a full disk or a person, goes on when it is called again with the same
arguments. What it finds in a target that is not its own it leaves alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import mmap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol, get_args
from uuid import UUID

import msgspec

from postroom.archive.body import Body, chunks
from postroom.archive.body import sha256 as sha256_of
from postroom.archive.export.forms import EmlTree, Form, Item, MboxFiles, ZipFile
from postroom.archive.export.manifest import Journal, Line, batch_line, proof_line
from postroom.archive.export.names import folder_paths, message_name
from postroom.archive.storage.ledger import Batch, Proof
from postroom.archive.storage.packs import sync_directory
from postroom.errors import Cancelled, Damaged, Invalid, NoSpace, NotFound, WrongState

FormName = Literal["eml", "mbox", "zip"]
SYNC_MESSAGES: Final = 256
SYNC_BYTES: Final = 64 << 20
HEAD_BYTES: Final = 64 << 10
LATEST_MS: Final = 4_102_444_800_000
"""A time of receipt after 2100 is a lie no file system needs to hear."""


class ExportItem(NamedTuple):
    """A message and the folder it shall appear in."""

    store: int
    message: int
    archive: str
    folder: str


class Exportable(Protocol):
    """What an export needs of a store."""

    @property
    def id(self) -> int: ...
    @property
    def uuid(self) -> UUID: ...
    def open(self, message: int) -> Body: ...
    def proof(self, message: int) -> Proof: ...
    def batches(self, first: int = 1) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """What a finished export holds. `failed` messages could not be read; the manifest says why."""

    messages: int
    size_bytes: int
    failed: int
    target: Path


def export(
    stores: Mapping[int, Exportable],
    items: Sequence[ExportItem],
    target: Path,
    form: FormName,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    sync_every: int = SYNC_MESSAGES,
) -> Exported:
    """Write messages to `target`: a folder that is new or empty, or for `zip` a file that is new.

    `progress` is told messages done and in all; when it raises Cancelled the export stops and can be continued. A
    message that is gone or damaged is named in the manifest and skipped.
    Raises WrongState, Invalid, NotFound (a store), NoSpace, Unavailable (another export writes there).
    """
    if form not in get_args(FormName):
        raise Invalid("form", " or ".join(get_args(FormName)))
    for number in {item.store for item in items} - set(stores):
        raise NotFound("store", number)
    place = _Place(target, form)
    with _room(target), Journal(place.claim(), _header(stores, items, form)) as journal:
        with closing(place.writer()) as writer:
            run = _Run(stores, items, writer, journal, sync_every)
            run.resume()
            run.messages(progress)
            run.chain()
            place.finish(writer, journal)
        place.publish()
    return Exported(run.done - run.failed, run.size_bytes, run.failed, target)


@contextmanager
def _room(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(target) from error
        raise


def _header(stores: Mapping[int, Exportable], items: Sequence[ExportItem], form: FormName) -> Line:
    digest, encode = hashlib.sha256(), msgspec.json.encode
    for item in items:
        digest.update(encode(item))
    used = sorted({item.store for item in items})
    return {
        "manifest": 1,
        "form": form,
        "created": time.time_ns() // 1_000_000,
        "messages": len(items),
        "items": digest.hexdigest(),
        "stores": {str(number): str(stores[number].uuid) for number in used},
        "note": "sha256 is of the message; in an mbox file, after one > was taken from each line >From",
    }


class _Place:
    """The target of one form: where its files lie while they grow and in the end."""

    def __init__(self, target: Path, form: FormName) -> None:
        self.target, self.form = target, form
        if form == "zip":
            self.zip = target.with_name(target.name + ".part")
            self.journal = target.with_name(target.name + ".manifest.part")
        else:
            self.journal = target / "manifest.jsonl.part"

    def claim(self) -> Path:
        """The journal's path, when the target is free or holds an unfinished export. Raises WrongState."""
        if self.form == "zip":
            self._refuse(self.target.exists(), "exists already")
            self._refuse(
                self.zip.exists() and not self.journal.exists(), "cannot be written: " + str(self.zip) + " exists"
            )
        else:
            self._refuse(self.target.exists() and not self.target.is_dir(), "is not a folder")
            # Mail is for its reader: whoever else may see it is for the operator to say, with chmod.
            self.target.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._refuse((self.target / "manifest.jsonl").exists(), "holds a finished export")
            self._refuse(not self.journal.exists() and any(self.target.iterdir()), "is not empty")
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        return self.journal

    def _refuse(self, condition: bool, what: str) -> None:
        if condition:
            raise WrongState(f"{self.target} {what}. Choose a new target, or remove it first.")

    def writer(self) -> Form:
        if self.form == "zip":
            return ZipFile(self.zip)
        return EmlTree(self.target) if self.form == "eml" else MboxFiles(self.target)

    def finish(self, writer: Form, journal: Journal) -> None:
        if isinstance(writer, ZipFile):
            created = journal.header["created"]
            with journal.path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(0)
                manifest = writer.add("manifest.jsonl", created, size, iter(lambda: file.read(1 << 20), b""))
            entries = (
                (line["file"], line["time"], line["size"], line["zip"]) for line in journal.messages() if "zip" in line
            )
            writer.finish(_followed(entries, ("manifest.jsonl", created, size, manifest)))

    def publish(self) -> None:
        if self.form == "zip":
            self.zip.replace(self.target)
            self.journal.unlink()
        else:
            self.journal.replace(self.target / "manifest.jsonl")
        sync_directory(self.journal.parent)


def _followed(entries: Iterator[Any], last: Any) -> Iterator[Any]:
    yield from entries
    yield last


class _Run:
    """One run over the items that are not done yet."""

    def __init__(
        self,
        stores: Mapping[int, Exportable],
        items: Sequence[ExportItem],
        writer: Form,
        journal: Journal,
        sync_every: int,
    ) -> None:
        self.stores, self.items, self.writer, self.journal = stores, items, writer, journal
        self.sync_every = sync_every
        self.paths = folder_paths({(item.archive, item.folder) for item in items})
        self.first: dict[int, int] = {}
        self.done = self.failed = self.size_bytes = self._unsynced_bytes = 0

    def resume(self) -> None:
        """Count what an interrupted run left."""
        for line in self.journal.messages():
            self._count(line)
            if "file" in line:
                self.writer.resume(line)

    def messages(self, progress: Callable[[int, int], None]) -> None:
        try:
            for item in islice(self.items, self.done, None):
                progress(self.done, len(self.items))
                line = self._message(item)
                self.journal.add(line)
                self._count(line)
                self._unsynced_bytes += line.get("size", 0)
                if self.journal.waiting >= self.sync_every or self._unsynced_bytes >= SYNC_BYTES:
                    self._sync()
            progress(self.done, len(self.items))
        except Cancelled:
            self._sync()
            raise
        self._sync()

    def chain(self) -> None:
        """The links from the first batch in use to the head of each store, then the last line."""
        heads = {}
        for number, first in sorted(self.first.items()):
            for batch in self.stores[number].batches(first):
                self.journal.add(batch_line(number, batch))
                heads[str(number)] = {"batch": batch.number, "chain": batch.chain.hex()}
                if self.journal.waiting >= SYNC_MESSAGES:
                    self.journal.sync()
        self.journal.add({"heads": heads, "exported": self.done - self.failed, "failed": self.failed})
        self.journal.sync()

    def _count(self, line: Line) -> None:
        self.done += 1
        if "error" in line:
            self.failed += 1
            return
        self.size_bytes += line["size"]
        store, batch = int(line["id"].partition(":")[0]), line["proof"]["batch"]
        self.first[store] = min(batch, self.first.get(store, batch))

    def _message(self, item: ExportItem) -> Line:
        line: Line = {
            "id": f"{item.store}:{item.message}",
            "archive": item.archive,
            "folder": item.folder,
        }
        store = self.stores[item.store]
        try:
            proof = store.proof(item.message)
            body = store.open(item.message)
            with _closed(body):
                return line | self._write(item, proof, body)
        except (NotFound, Damaged) as error:
            return line | {"error": str(error)}

    def _write(self, item: ExportItem, proof: Proof, body: Body) -> Line:
        if sha256_of(body) != proof.sha256:
            raise Damaged(f"Message {item.store}:{item.message} is not what was archived: its SHA-256 differs.")
        digest = hashlib.sha256()
        size, time_ms = len(body), _time(proof.meta)
        name = message_name(bytes(body[:HEAD_BYTES]), item.store, item.message)
        folder = self.paths[item.archive, item.folder]
        where = self.writer.write(Item(folder, name, time_ms, size, _hashed(body, digest)))
        if digest.digest() != proof.sha256:
            raise WrongState(f"Message {item.store}:{item.message} changed while it was written: check the memory.")
        return {**where, "size": size, "time": time_ms, "sha256": digest.hexdigest(), "proof": proof_line(proof)}

    def _sync(self) -> None:
        self.writer.sync()
        self.journal.sync()
        self._unsynced_bytes = 0


def _hashed(body: Body, digest: Any) -> Iterator[bytes]:
    for piece in chunks(body):
        digest.update(piece)
        yield piece


@contextmanager
def _closed(body: Body) -> Iterator[None]:
    try:
        yield
    finally:
        if isinstance(body, mmap.mmap):
            body.close()


def _time(meta: bytes) -> int:
    """When the message was received, else archived, in ms."""
    try:
        known = json.loads(meta)
        time_ms = known["r"] if known["r"] is not None else known["t"]
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("the ledger entry of the message cannot be read") from error
    return min(max(int(time_ms), 0), LATEST_MS)
