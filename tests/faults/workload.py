"""What the child process does to a store, and what must be true of the store whatever ended it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
from base64 import encodebytes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from postroom.archive.storage import packs, writer
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_catalogue, check_packs
from postroom.errors import NoSpace, NotFound, Unavailable

PACK_BYTES = 8_000
BATCHES = 8
BATCH = 4

Tell = Callable[..., None]


def message(number: int) -> bytes:
    """Message `number`: every third one has an attachment, of which there are two."""
    random_ = random.Random(number)
    text = " ".join(random_.choice(["store", "batch", "sync", "pack", "letter", "reply"]) for _ in range(60))
    head = f"From: a@example.org\nSubject: message {number}\nMessage-ID: <{number}@example.org>\n"
    if number % 3:
        return f"{head}\n{text}\n".encode()
    data = encodebytes(random.Random(number % 2).randbytes(3_000)).decode()
    return (
        f'{head}Content-Type: multipart/mixed; boundary="x"\n\n--x\n\n{text}\n--x\n'
        f"Content-Transfer-Encoding: base64\n\n{data}\n--x--\n"
    ).encode()


def item(number: int) -> Incoming:
    return Incoming("anna", f"F{number % 3}", "test:", str(number), message(number))


def batch(number: int) -> list[Incoming]:
    return [item(number * BATCH + i) for i in range(BATCH)]


def open_store(directory: Path) -> Store:
    return Store(directory, pack_bytes=PACK_BYTES)


def small_dictionaries() -> None:
    """Dictionaries after some dozen messages, so that a short run trains and carries one."""
    writer.__dict__["SAMPLES"] = 12
    packs.__dict__["train"] = functools.partial(packs.train, size=1_024)


def work(directory: Path, tell: Tell) -> None:
    """Create, write, change, compact, rebuild; each promise is told as soon as the store has made it."""
    create_store(directory)
    with open_store(directory) as store:
        for number in range(BATCHES):
            add(store, number, tell)
        store.move_folder("anna/F1", "bob/F1", "admin")
        erase(store, [1, 2, 3, 6], tell)
        store.compact()
        add(store, BATCHES, tell)
    rebuild_catalogue(directory)
    with open_store(directory) as store:
        erase(store, [4], tell)
        store.compact()
        add(store, BATCHES + 1, tell)


def crowd(directory: Path, tell: Tell) -> None:
    """Four threads that store at once and share commits."""
    create_store(directory)
    with open_store(directory) as store, ThreadPoolExecutor(4) as pool:

        def one(number: int) -> None:
            items = batch(number)
            receipts = store.add(items)
            tell(added=[[r.message, hashlib.sha256(i.body).hexdigest()] for r, i in zip(receipts, items, strict=True)])

        for done in [pool.submit(one, number) for number in range(BATCHES + 2)]:
            done.result()


class Stubborn:
    """Repeats each action until it comes through, as an operator would: make room, or open the store again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.store: Store | None = None

    def do(self, action: Callable[[Store], object]) -> None:
        for _ in range(10):
            try:
                self.store = self.store or open_store(self.directory)
                action(self.store)
            except NoSpace:
                continue  # "Make room and repeat": the same store must go on
            except (Unavailable, OSError) as error:
                self._refused(error)
            else:
                return
        raise AssertionError("it never came through")

    def _refused(self, error: Exception) -> None:
        if self.store and self.store.writer and self.store.writer.broken:
            with pytest.raises(Unavailable, match="until it is opened again"):
                self.store.add([item(999)])
        elif self.store and isinstance(error, OSError):
            raise AssertionError("an open store lets no OSError out") from error
        self.close()

    def close(self) -> None:
        if self.store:
            self.store.close()
            self.store = None


def stubborn(directory: Path, tell: Tell) -> None:
    """The same on a disk that fails now and then; nothing may be lost, nothing may need repair."""
    while not (directory / "STORE").exists():
        with suppress(OSError):
            create_store(directory)
    at = Stubborn(directory)
    for number in range(BATCHES):
        at.do(lambda store, n=number: add(store, n, tell))  # type: ignore[misc]
    at.do(move)
    at.do(lambda store: erase(store, [1, 2, 3, 6], tell))
    at.do(lambda store: store.compact())
    at.do(lambda store: add(store, BATCHES, tell))
    at.close()


def add(store: Store, number: int, tell: Tell) -> None:
    items = batch(number)
    receipts = store.add(items, {"test:": str(number)})
    pairs = zip(receipts, items, strict=True)
    tell(cursor=number, added=[[r.message, hashlib.sha256(i.body).hexdigest()] for r, i in pairs])


def move(store: Store) -> None:
    if store.catalogue.folder("anna/F1"):
        store.move_folder("anna/F1", "bob/F1", "admin")


def erase(store: Store, numbers: list[int], tell: Tell) -> None:
    tell(deleting=numbers)
    # An operator who repeats a call that failed after its commit finds that it was done.
    with suppress(NotFound):
        store.delete(numbers, "admin", "asked for")
    tell(deleted=numbers)


@dataclass(slots=True)
class Promises:
    """What was told: messages with their SHA-256, the cursor, what was being deleted, what is deleted."""

    added: dict[int, str] = field(default_factory=dict)
    cursor: int | None = None
    deleting: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, raw: bytes) -> Promises:
        """From the lines that the child wrote; one that a kill cut off was not told."""
        told = cls()
        for line in raw.split(b"\n")[:-1]:
            row = json.loads(line)
            told.added.update(dict(row.get("added", [])))
            told.cursor = row.get("cursor", told.cursor)
            told.deleting.update(row.get("deleting", []))
            told.deleted.update(row.get("deleted", []))
        return told


def teller(path: Path) -> Tell:
    """Appends a line per promise to a file, in one write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(**row: object) -> None:
        os.write(descriptor, json.dumps(row).encode() + b"\n")

    return tell


def faults(directory: Path) -> list[str]:
    """What VerifyStore tells, in this process. No fault means that a catalogue made from the packs is the same."""
    return [str(f) for f in [*check_packs(directory, lambda _a, _b: None), *check_catalogue(directory)]]


def check(directory: Path, told: Promises) -> None:
    """The store keeps every promise, has no fault, and takes the import again without storing anything twice."""
    try:
        store = open_store(directory)
    except NotFound:
        assert not told.added
        create_store(directory)
        store = open_store(directory)
    with store:
        assert store.problem == "", store.problem
        keeps(store, told)
        assert faults(directory) == []
        numbers = range((BATCHES + 2) * BATCH)
        again = store.add([item(n) for n in numbers])
        once = store.add([item(n) for n in numbers])
        assert not any(receipt.message_is_new for receipt in once)
        assert [r.message for r in once] == [r.message for r in again]
        known = {r.message for r in again if not r.message_is_new}
        assert {number for number in told.added if number not in told.deleting} <= known
        keeps(store, told)
        assert faults(directory) == []


def keeps(store: Store, told: Promises) -> None:
    for number, sha in told.added.items():
        if number not in told.deleting:
            assert hashlib.sha256(store.open(number)).hexdigest() == sha
    for number in told.deleted:
        with pytest.raises(NotFound):
            store.open(number)
    if told.cursor is not None:
        assert int(store.catalogue.cursor("test:") or -1) >= told.cursor
