"""Faults between packs and catalogue that were found once, each by its shortest way."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from tests.archive.test_store import PICTURE, faults, incoming, mail

from postroom.archive.merge import merge
from postroom.archive.storage import format as fmt
from postroom.archive.storage import packs, writer
from postroom.archive.storage.apply import applying
from postroom.archive.storage.catalogue import Catalogue
from postroom.archive.storage.compact import compact
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_catalogue, check_packs
from postroom.errors import Damaged, NoSpace, Unavailable


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    create_store(tmp_path / "store")
    return tmp_path / "store"


def letters(start: int, count: int = 5) -> list[Incoming]:
    return [incoming(mail(f"letter {n}", "some words " * 20), f"k{n}") for n in range(start, start + count)]


@pytest.fixture
def early_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictionary after ten messages."""
    train = packs.train
    monkeypatch.setattr(writer, "SAMPLES", 10)
    monkeypatch.setattr(packs, "train", lambda codec, samples: train(codec, samples, size=1_024))


def test_a_call_that_stands_behind_a_full_commit_in_the_queue_is_stored_before_it_returns(directory: Path) -> None:
    with Store(directory, commit_messages=5) as store:
        receipts: list[Receipt] = []
        store.write_lock.acquire()
        calls = [threading.Thread(target=lambda n=n: receipts.extend(store.add(letters(n * 5)))) for n in range(3)]
        for call in calls:
            call.start()
        while len(store._queue) < 3:
            threading.Event().wait(0.001)
        store.write_lock.release()
        for call in calls:
            call.join()
        assert sorted(r.message for r in receipts) == list(range(1, 16))
        assert store.catalogue.totals()[0].messages == 15


def test_each_of_the_calls_of_a_failed_commit_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(directory) as store:
        errors: list[Exception] = []

        def add(number: int) -> None:
            try:
                store.add(letters(number * 5))
            except NoSpace as error:
                errors.append(error)

        def full(_self: object, _raw: bytes) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(packs.PackWriter, "append", full)
        store.write_lock.acquire()
        calls = [threading.Thread(target=add, args=(n,)) for n in range(3)]
        for call in calls:
            call.start()
        while len(store._queue) < 3:
            threading.Event().wait(0.001)
        store.write_lock.release()
        for call in calls:
            call.join()
        assert len(errors) == 3


def test_who_was_taken_along_by_an_interrupted_commit_is_told_so(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(directory) as store:
        taken = threading.Thread(target=lambda: outcome.append(_refusal(store)))
        outcome: list[str] = []
        store.write_lock.acquire()
        taken.start()
        while not store._queue:
            threading.Event().wait(0.001)

        def interrupted(_self: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(packs.PackWriter, "sync", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.add(letters(10))
        store.write_lock.release()
        taken.join()
        assert outcome == ["The commit was broken off. Repeat."]
        assert store.catalogue.totals() == []
        store.add(letters(0))
    assert faults(directory) == []


def _refusal(store: Store) -> str:
    try:
        store.add(letters(0))
    except Unavailable as error:
        return str(error)
    return ""


def test_an_interrupt_after_the_last_step_does_not_take_a_durable_batch_back(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(directory) as store:
        real = applying

        class Late:
            """`applying`, with an interrupt after its COMMIT."""

            def __init__(self, catalogue: Catalogue) -> None:
                self.inner = real(catalogue)

            def __enter__(self) -> object:
                return self.inner.__enter__()

            def __exit__(self, *what: object) -> None:
                self.inner.__exit__(None, None, None)
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(writer, "applying", Late)
            with pytest.raises(KeyboardInterrupt):
                store.add(letters(0))
        assert store.catalogue.totals()[0].messages == 5
        store.add(letters(5))
    with Store(directory) as store:
        assert store.problem == ""
        assert store.catalogue.totals()[0].messages == 10
    assert faults(directory) == []


@pytest.mark.usefixtures("early_dictionary")
def test_a_dictionary_that_could_not_be_written_is_not_used(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(directory) as store:
        store.add(letters(0, 10))
        with monkeypatch.context() as patch:
            real = packs.PackWriter.append

            def full(self: packs.PackWriter, raw: bytes) -> int:
                real(self, raw[: len(raw) // 2])
                raise OSError(28, "No space left on device")

            patch.setattr(packs.PackWriter, "append", full)
            with pytest.raises(NoSpace):
                store.add(letters(10))
        store.add(letters(10))
        assert store.writer
        assert store.writer.codec.current
    with Store(directory) as store:
        assert store.problem == ""
        assert len([bytes(store.open(n)[:]) for n in range(1, 16)]) == 15
    assert faults(directory) == []


@pytest.mark.usefixtures("early_dictionary")
def test_compaction_merge_and_proofs_know_what_a_dictionary_is(directory: Path, tmp_path: Path) -> None:
    with Store(directory) as store:
        for n in range(4):
            store.add([*letters(n * 10, 10), incoming(mail(f"p{n}", attachment=PICTURE), f"p{n}")])
        store.delete([1, 12], "admin", "asked for")
        store.compact()
        create_store(tmp_path / "other")
        with Store(tmp_path / "other") as other:
            assert merge(store, other, lambda _done, _total: None).messages == 42
    with Store(directory) as store:
        store.proof(40)
    assert faults(directory) == []


@pytest.mark.usefixtures("early_dictionary")
def test_roll_forward_knows_a_dictionary_from_before_its_position(directory: Path) -> None:
    with Store(directory) as store:
        store.add(letters(0, 10))
        store.add(letters(10, 10))
        store.catalogue.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = (directory / "catalog.db").read_bytes()
        store.add(letters(20, 10))
    for file in directory.glob("catalog.db*"):
        file.unlink()
    (directory / "catalog.db").write_bytes(copy)
    with Store(directory) as store:
        assert store.problem == ""
        assert store.catalogue.totals()[0].messages == 30


def test_numbers_of_split_messages_stay_when_others_that_were_split_are_erased(directory: Path) -> None:
    with Store(directory) as store:
        for n in range(3):
            store.add([incoming(mail(f"m{n}"), f"a{n}", "A"), incoming(mail(f"m{n}"), f"b{n}", "B")])
        store.move_folder("anna/A", "bob/A", "admin")
        assert store.catalogue.folder("bob/A")
        store.delete([1, 4], "admin", "asked for")
        store.compact()
        before = [(row.number, row.sha256) for row in store.catalogue.all_messages()]
        assert [number for number, _ in before] == [2, 3, 5, 6]
    assert rebuild_catalogue(directory) == []
    with Store(directory) as store:
        assert [(row.number, row.sha256) for row in store.catalogue.all_messages()] == before
    assert faults(directory) == []


def test_a_compaction_broken_off_between_packs_leaves_no_message_without_its_part_and_no_part_for_good(
    directory: Path,
) -> None:
    """The part lies in the first pack, a message that uses it in the second."""
    with Store(directory, pack_bytes=200) as store:
        store.add([incoming(mail("a", attachment=PICTURE), "a")])
        store.add([incoming(mail("b", attachment=PICTURE), "b")])
        store.delete([1, 2], "admin", "asked for")

        class Stop(Exception):
            pass

        def once(done: int, _total: int) -> None:
            if done:
                raise Stop

        assert store.writer
        with pytest.raises(Stop):
            compact(directory / "packs", store.catalogue, store.writer, store.clock, once)
        assert faults(directory) == []
        store.compact()
        assert store.catalogue.one("SELECT count(*) FROM part") == (0,)
    plain = b"".join(
        record.plain or b""
        for number in packs.pack_numbers(directory / "packs")
        for record in packs.walk(packs.pack_path(directory / "packs", number), packs.Codec())
    )
    assert PICTURE not in plain
    assert faults(directory) == []


def test_compaction_erases_nothing_of_a_store_with_a_damaged_block(directory: Path) -> None:
    with Store(directory, pack_bytes=200) as store:
        store.add([incoming(mail("a", attachment=PICTURE), "a")])
        store.add([incoming(mail("b", attachment=PICTURE), "b"), incoming(mail("c"), "c")])
        store.delete([1], "admin", "asked for")
        path = packs.pack_path(directory / "packs", 2)
        raw = bytearray(path.read_bytes())
        raw[fmt.FILE_HEADER_BYTES + fmt.RECORD_HEADER_BYTES + 5] ^= 1
        path.write_bytes(raw)
        before = packs.pack_path(directory / "packs", 1).read_bytes()
        with pytest.raises(Damaged, match="pack 2, record at 64"):
            store.compact()
        assert packs.pack_path(directory / "packs", 1).read_bytes() == before


def test_a_message_of_many_odd_attachments_can_be_read_again(directory: Path) -> None:
    line = b"QUJD" * 19 + b"\n"
    odd = line + b"x" + line * 6_000
    good = b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode()[:60] + b"\n" for n in range(100))
    body = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"".join(
        b"--x\nContent-Transfer-Encoding: base64\n\n%b\n--x\nContent-Transfer-Encoding: base64\n\n%b\n" % (odd, good)
        for _ in range(45)
    )
    with Store(directory) as store:
        (receipt,) = store.add([incoming(body, "1")])
        assert bytes(store.open(receipt.message)[:]) == body
    assert faults(directory) == []


def test_verify_tells_of_a_trailer_that_names_another_place(directory: Path) -> None:
    with Store(directory, pack_bytes=200) as store:
        store.add(letters(0))
        store.add(letters(5))
    path = packs.pack_path(directory / "packs", 1)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    (fault,) = check_packs(directory, lambda _a, _b: None)
    assert (fault.pack, fault.record) == (1, len(raw) - fmt.TRAILER_BYTES)


def test_verify_compares_every_table_with_the_packs(directory: Path) -> None:
    """Not only what a damaged disk does: also what a program or a person with SQLite did."""
    with Store(directory) as store:
        store.add(
            [
                *letters(0),
                incoming(mail("p", attachment=PICTURE), "p"),
                incoming(mail("p", attachment=PICTURE), "q", "F", "bob"),
            ],
            {"test:": "c"},
        )
        store.delete([3], "admin", "asked for")
    changes = {
        "message": "UPDATE message SET deleted_ms = NULL WHERE number = 3",
        "content of message": "UPDATE content SET size = size + 1 WHERE id = 1",
        "part": "DELETE FROM part",
        "occurrence of message": "UPDATE occurrence SET folder = 1 WHERE message = 1",
        "cursor": "UPDATE source SET cursor = 'x'",
        "batch": "UPDATE batch SET time_ms = time_ms + 1 WHERE number = 1",
        "statistic of archive": "UPDATE statistic SET messages = 0",
        "folder": "INSERT INTO folder (parent, name, archive) VALUES (1, 'new', 1)",
        "fact": "UPDATE fact SET value = 99 WHERE key = 'next'",
    }
    for what, sql in changes.items():
        catalogue = Catalogue(directory / "catalog.db")
        catalogue.db.execute(sql)
        catalogue.close()
        assert any(
            str(fault).startswith(f"pack 0, record at 0: catalogue, {what} ") for fault in check_catalogue(directory)
        )
        assert rebuild_catalogue(directory) == []
        assert faults(directory) == []
