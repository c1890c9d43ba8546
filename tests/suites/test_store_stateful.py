"""Whatever is done to a store, in whatever order: it shows what the model shows, and the packs say the same."""

from __future__ import annotations

import random
import shutil
import tempfile
from base64 import encodebytes
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.faults.test_crash import FULL
from tests.suites.model import FileStore, MailStore, MemoryStore, view

from postroom.archive.storage.entries import Envelope
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_catalogue, check_packs
from postroom.errors import PostroomError

ARCHIVES = st.sampled_from(["anna", "bob", "carl"])
FOLDERS = st.sampled_from(["", "A", "B", "A/B", "B/C"])
PATHS = st.builds(lambda archive, folder: f"{archive}/{folder}".rstrip("/"), ARCHIVES, FOLDERS)


def body(number: int) -> bytes:
    """One of a few messages; every second one carries one of two attachments."""
    text = f"Subject: {number}\n"
    if number % 2:
        return f"{text}\nshort {number}\n".encode()
    data = encodebytes(random.Random(number % 4).randbytes(2_000)).decode()
    return (
        f"{text}Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Transfer-Encoding: base64\n\n{data}--x--\n"
    ).encode()


ITEMS = st.builds(
    lambda archive, folder, key, number, envelope: Incoming(
        archive, folder, "s", str(key), body(number), envelope=envelope
    ),
    ARCHIVES,
    FOLDERS,
    st.integers(0, 30),
    st.integers(0, 8),
    st.none() | st.builds(Envelope, st.sampled_from(["", "anna@example.com"]), st.just(("bob@example.com",))),
)


class Stores(RuleBasedStateMachine):
    """The store on files beside the model."""

    @initialize()
    def create(self) -> None:
        self.scratch = Path(tempfile.mkdtemp())
        self.directory = self.scratch / "store"
        create_store(self.directory)
        self.model = MemoryStore()
        self.open()

    def open(self) -> None:
        self.store = Store(self.directory, pack_bytes=6_000)
        assert self.store.problem == ""
        self.files = FileStore(self.store)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.scratch)

    def both(self, name: str, *arguments: object) -> None:
        """The same call to both; the same answer or the same kind of refusal."""
        answers: list[object] = []
        stores: tuple[MailStore, MailStore] = (self.model, self.files)
        for store in stores:
            try:
                answers.append(getattr(store, name)(*arguments))
            except PostroomError as error:
                answers.append(type(error))
        assert answers[0] == answers[1]

    @rule(items=st.lists(ITEMS, min_size=1, max_size=6), cursor=st.none() | st.integers(0, 99))
    def add(self, items: list[Incoming], cursor: int | None) -> None:
        self.both("add", items, {} if cursor is None else {"s": str(cursor)})

    @rule(numbers=st.lists(st.integers(1, 25), min_size=1, max_size=3, unique=True))
    def delete(self, numbers: list[int]) -> None:
        self.both("delete", [n for n in numbers if n in self.model.held], "admin", "asked for")

    @rule(numbers=st.lists(st.integers(1, 25), min_size=1, max_size=3, unique=True))
    def restore(self, numbers: list[int]) -> None:
        self.both("restore", numbers, "admin")

    @rule(source=PATHS, to=PATHS)
    def move(self, source: str, to: str) -> None:
        self.both("move_folder", source, to, "admin")

    @rule(below=st.none() | ARCHIVES)
    def prune(self, below: str | None) -> None:
        self.both("delete_empty_folders", below, "admin")

    @rule()
    def compact(self) -> None:
        self.store.compact()
        self.model.compact()

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.open()

    @precondition(lambda self: len(self.model.held) > 3)
    @rule()
    def rebuild(self) -> None:
        """The catalogue is lost. Folders that only erased messages lay in are lost with it."""
        self.store.close()
        assert rebuild_catalogue(self.directory) == []
        self.open()
        used = {path for _, path in self.model.met.values()}
        assert used <= set(self.files.folders()) <= self.model.paths
        self.model.paths = set(self.files.folders())

    @invariant()
    def the_store_shows_what_the_model_shows(self) -> None:
        assert view(self.files) == view(self.model)
        assert self.files.cursor("s") == self.model.cursor("s")

    @invariant()
    def packs_and_catalogue_say_the_same(self) -> None:
        found = [*check_packs(self.directory, lambda _a, _b: None), *check_catalogue(self.directory)]
        assert [str(fault) for fault in found] == []


TestStores = Stores.TestCase
TestStores.settings = settings(
    max_examples=300 if FULL else 12,
    stateful_step_count=30 if FULL else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
