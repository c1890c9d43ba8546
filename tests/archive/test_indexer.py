"""The index, the summaries and the texts are derived: whatever happens to them or meanwhile, they come back right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.archive.instances import READER, USER, WAIT_S, found, settings, take_in

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.privileges import Account
from postroom.archive.mount import Mount
from postroom.archive.reindex import index_faults
from postroom.archive.search import indexer
from postroom.archive.storage.store import Store
from postroom.archive.storage.writer import Incoming
from postroom.errors import NoSpace

PROJECT = Path(__file__).parents[2]
KILLS = int(os.environ.get("POSTROOM_KILLS", "4"))
WORDS = ("apple", "pear", "plum", "cherry", "quince")


def mail(number: int) -> bytes:
    """Message `number`; its subject has a word of its own, its body one that every fifth has."""
    return f"Subject: letter subject{number}\nFrom: a@example.org\n\nThe {WORDS[number % 5]} is ripe.\n".encode()


def incoming(number: int, archive: str = USER) -> Incoming:
    return Incoming(archive, "Inbox", "test:", str(number), mail(number))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def archive(home: Path) -> Iterator[Archive]:
    with Archive(home, settings()) as opened:
        yield opened


def first(archive: Archive) -> Mount:
    return archive.stores.all()[0]


def fill(archive: Archive, numbers: Sequence[int], owner: str = USER) -> list[int]:
    """Store messages and index them; their numbers in the store."""
    receipts = archive.stores.add([incoming(number, owner) for number in numbers], {})
    assert archive.wait_indexed(WAIT_S)
    return [receipt.message for receipt in receipts]


def check(archive: Archive) -> None:
    """Index and summaries hold exactly the live messages."""
    assert archive.wait_indexed(WAIT_S)
    for mount in archive.stores.open_mounts():
        live = [row.number for row in mount.store.catalogue.all_messages()]
        assert sorted(mount.indexer.index.message_numbers()) == live
        assert list(index_faults(mount)) == []
        assert mount.summaries is not None
        summaries = mount.summaries.get(live)
        assert sorted(summaries) == live
        for number in live:
            assert summaries[number].subject.encode() in bytes(mount.store.open(number)[:])


def reopened(home: Path, lose: Callable[[Path], object]) -> Archive:
    """An archive of ten messages, closed; then something of its store is lost; then open again."""
    with Archive(home, settings()) as archive:
        fill(archive, range(10))
        directory = first(archive).directory
    lose(directory)
    return Archive(home, settings())


def drop(pattern: str) -> Callable[[Path], object]:
    def lose(directory: Path) -> None:
        paths = list(directory.glob(pattern))
        assert paths
        for path in paths:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return lose


def scramble(name: str) -> Callable[[Path], object]:
    return lambda directory: (directory / name).write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    "lose",
    [
        drop("index"),
        drop("index/*/CURRENT"),
        drop("index/*/*/meta.json"),
        drop("summary.db*"),
        drop("text.db*"),
        drop("catalog.db*"),
        drop("[its]*"),
        scramble("summary.db"),
        scramble("text.db"),
    ],
    ids=["index", "pointer", "meta", "summaries", "texts", "catalogue", "all", "bad summaries", "bad texts"],
)
def test_what_is_derived_is_made_again_when_lost(home: Path, lose: Callable[[Path], object]) -> None:
    with reopened(home, lose) as archive:
        check(archive)
        assert found(archive, "subject7") == {8}
        assert len(found(archive, "plum")) == 2
        assert [listed.subject for listed in archive.messages.in_folder(f"{USER}/Inbox")][7] == "letter subject7"


def test_a_lost_summary_is_made_again_though_more_arrived_meanwhile(home: Path) -> None:
    with reopened(home, drop("summary.db*")) as archive:
        fill(archive, range(10, 15))
        check(archive)


def test_nothing_is_made_again_when_nothing_is_lost(home: Path) -> None:
    with reopened(home, lambda _directory: None) as archive:
        assert first(archive).indexer.pending == 0
        assert first(archive).store.catalogue.last_sequence() == 10


def test_a_lost_summary_is_made_again_after_everything_was_deleted(home: Path) -> None:
    with Archive(home, settings()) as archive:
        numbers = fill(archive, range(3))
        first(archive).store.delete(numbers, "admin", "test")
        assert archive.wait_indexed(WAIT_S)
    drop("stores/1/summary.db*")(home)
    with Archive(home, settings()) as archive:
        check(archive)


def test_deletion_and_restore_reach_index_and_lists(archive: Archive) -> None:
    numbers = fill(archive, range(5))
    store = first(archive).store
    store.delete(numbers[1:3], "admin", "test")
    check(archive)
    assert found(archive, "subject1") == set()
    store.restore(numbers[1:2], "admin")
    check(archive)
    assert found(archive, "subject1") == {numbers[1]}


def test_a_folder_moved_to_another_archive_is_found_by_its_new_owner_alone(archive: Archive) -> None:
    fill(archive, range(5))
    fill(archive, range(5, 7), "bob")
    bob = Account("bob", folders={"bob": frozenset({"read"})})
    assert archive.search("subject3", bob, SYSTEM).total == 0
    first(archive).store.move_folder(f"{USER}/Inbox", "bob/From Anna", "admin")
    assert archive.wait_indexed(WAIT_S)
    assert archive.search("subject3", bob, SYSTEM).total == 1
    assert archive.search('folder:"bob/From Anna"', bob, SYSTEM).total == 5
    assert archive.search("subject3", READER, SYSTEM).total == 0
    check(archive)


def test_a_full_disk_is_shown_and_indexing_goes_on_when_there_is_room(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(archive, range(3))
    monkeypatch.setattr(indexer, "RETRY_S", 0.05)
    mount = first(archive)
    index, full = mount.indexer.index, [True]
    commit = index.commit

    def refused(sequence: int) -> None:
        if full[0]:
            raise NoSpace(index.directory)
        commit(sequence)

    monkeypatch.setattr(index, "commit", refused)
    archive.stores.add([incoming(3)], {})
    assert not archive.wait_indexed(WAIT_S)
    assert "No space is left" in mount.indexer.error
    assert archive.search("subject3", READER, SYSTEM).pending == 1
    assert found_now(archive, "subject2") == 1
    full[0] = False
    until(lambda: not mount.indexer.error)
    check(archive)


def test_an_error_nobody_thought_of_is_shown_and_does_not_end_indexing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "RETRY_S", 0.05)
    mount = first(archive)
    with monkeypatch.context() as patch:
        patch.setattr(indexer, "_document", lambda *_: 1 // 0)
        archive.stores.add([incoming(1)], {})
        assert not archive.wait_indexed(WAIT_S)
        assert "ZeroDivisionError" in mount.indexer.error
    until(lambda: not mount.indexer.error)
    check(archive)


def found_now(archive: Archive, query: str) -> int:
    return archive.search(query, READER, SYSTEM).total


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_store_that_became_write_protected_is_indexed_to_its_end(home: Path) -> None:
    """Write protection is about mail; what is derived from it may be written."""
    with Archive(home, settings()) as archive:
        directory = first(archive).directory
        archive.stores.create(None, None, "current", SYSTEM)
        archive.stores.set_state(1, "writeProtected", SYSTEM)
    with Store(directory) as store:
        store.add([incoming(number) for number in range(5)])
    with Archive(home, settings()) as archive:
        assert first(archive).state == "writeProtected"
        check(archive)
        assert first(archive).store.catalogue.pending() == 0
        assert len(found(archive, "letter")) == 5


def test_many_messages_are_given_to_workers_in_pieces_of_bounded_size(archive: Archive, tmp_path: Path) -> None:
    """Their text is held in memory until it is indexed, so a piece is limited in messages and in bytes."""
    fill(archive, range(3))
    row = first(archive).store.catalogue.message(1)
    sizes = [1, 20 << 20, 8 << 20, 8 << 20, 1, *[1] * 100]
    rows = [type(row)(n, 1, 1, 0, None, b"", size, row.content_place, row.entry_place) for n, size in enumerate(sizes)]
    pieces = list(indexer._chunks(rows))
    assert [row for piece in pieces for row in piece] == rows
    assert [len(piece) for piece in pieces] == [1, 1, 2, 64, 37]


# A process that is killed

CHILD = """
import sys
from pathlib import Path
from tests.archive.instances import USER, settings
from tests.archive.test_indexer import incoming
from postroom.archive.archive import Archive
with Archive(Path(sys.argv[1]), settings()) as archive:
    print("open", flush=True)
    begin = int(sys.argv[2])
    for number in range(begin, begin + 100_000, 7):
        receipts = archive.stores.add([incoming(n) for n in range(number, number + 7)], {})
        if number % 3 == 0:
            archive.stores.all()[0].store.delete([receipts[0].message], "admin", "test")
        print(receipts[-1].message, flush=True)
"""


def test_after_a_kill_the_index_holds_exactly_the_live_messages(home: Path) -> None:
    chance = random.Random(os.environ.get("POSTROOM_SEED", "14"))
    for run in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(home), str(run * 1_000_000)], stdout=subprocess.PIPE, cwd=PROJECT
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
        told = [child.stdout.readline() for _ in range(chance.randrange(1, 60))]
        time.sleep(chance.random() * 0.2)  # anywhere, not only just after an acknowledgement
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with Archive(home, settings()) as archive:
            check(archive)
            live = {row.number for row in first(archive).store.catalogue.all_messages()}
            assert {int(line) for line in told} <= live


def test_an_import_that_was_indexed_is_searchable_after_a_restart(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    for number in range(20):
        (tmp_path / "mail" / f"{number}.eml").write_bytes(mail(number))
    with Archive(home, settings()) as archive:
        assert take_in(archive, tmp_path / "mail").stored == 20
    with Archive(home, settings()) as archive:
        assert len(found(archive, "subject:letter")) == 20
        check(archive)
