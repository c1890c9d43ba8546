"""What a store promises: exact, single instance, one view of the packs and the catalogue, whatever was changed."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.archive.storage import packs
from postroom.archive.storage.ledger import verify
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.verify.verify import check_catalogue, check_packs, verify_store
from postroom.errors import AlreadyExists, Invalid, NotFound, Unavailable, WrongState

PICTURE = bytes(range(256)) * 40


def mail(subject: str, text: str = "Hello", attachment: bytes | None = None, width: int = 76) -> bytes:
    head = f"From: a@example.org\nTo: b@example.org\nSubject: {subject}\nDate: Mon, 5 Jan 2026 10:00:00 +0000\n"
    if attachment is None:
        return f"{head}\n{text}\n".encode()
    raw = base64.b64encode(attachment).decode()
    lines = "\n".join(raw[i : i + width] for i in range(0, len(raw), width))
    return (
        f'{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="xx"\n\n--xx\n\n{text}\n'
        f"--xx\nContent-Type: image/x-raw\nContent-Transfer-Encoding: base64\n\n{lines}\n\n--xx--\n"
    ).encode()


def incoming(body: bytes, key: str, folder: str = "Inbox", archive: str = "anna") -> Incoming:
    return Incoming(archive, folder, "test:", key, body)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    create_store(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def store(directory: Path) -> Iterator[Store]:
    with Store(directory) as opened:
        yield opened


def faults(directory: Path) -> list[str]:
    return [str(f) for f in [*check_packs(directory, lambda _a, _b: None), *check_catalogue(directory)]]


def rebuilt(store: Store) -> Store:
    """The same store after its catalogue was lost."""
    store.close()
    for file in store.directory.glob("catalog.db*"):
        file.unlink()
    return Store(store.directory)


def test_what_goes_in_comes_out_to_the_byte(store: Store) -> None:
    bodies = [
        mail("plain"),
        mail("picture", attachment=PICTURE),
        b"",
        b"\x00\xff\r\n\n",
        mail("odd", attachment=b"x" * 5000, width=60),
    ]
    receipts = store.add([incoming(body, str(i)) for i, body in enumerate(bodies)])
    assert [bytes(store.open(r.message)[:]) for r in receipts] == bodies


def test_an_attachment_is_stored_once(store: Store) -> None:
    store.add([incoming(mail(f"m{i}", attachment=PICTURE), str(i)) for i in range(20)])
    assert store.catalogue.one("SELECT count(*) FROM part") == (1,)
    assert hashlib.sha256(store.open(7)[:]).digest() == hashlib.sha256(mail("m6", attachment=PICTURE)).digest()


def test_the_same_message_in_two_archives_is_one_content_and_two_messages(store: Store) -> None:
    first, again = store.add([incoming(mail("x"), "1"), incoming(mail("x"), "2", archive="bob")])
    assert first.content_is_new
    assert not again.content_is_new
    assert again.message_is_new
    assert [(t.archive, t.messages) for t in store.catalogue.totals()] == [("anna", 1), ("bob", 1)]


def test_the_same_item_is_not_stored_again(store: Store) -> None:
    assert store.add([incoming(mail("x"), "1")])[0].message_is_new
    repeat = store.add([incoming(mail("x"), "1")])[0]
    assert (repeat.message, repeat.message_is_new) == (1, False)


def test_a_second_folder_is_a_second_occurrence_not_a_second_message(store: Store) -> None:
    one, two = store.add([incoming(mail("x"), "1"), incoming(mail("x"), "2", folder="Sent")])
    assert one.message == two.message
    assert len(store.catalogue.message_folders(one.message)) == 2


def test_cursors_travel_with_the_batch(store: Store) -> None:
    store.add([incoming(mail("x"), "1")], {"test:": "after 1"})
    again = rebuilt(store)
    assert again.catalogue.cursor("test:") == "after 1"
    again.close()


def changed(store: Store) -> None:
    """A store in which everything happened that can happen."""
    store.add([incoming(mail(f"m{i}", attachment=PICTURE + bytes([i % 3])), str(i), f"F{i % 4}") for i in range(30)])
    store.add([incoming(mail("m3", attachment=PICTURE + b"\0"), "copy", "Kept", "bob")])
    store.add([incoming(mail("m5", attachment=PICTURE + b"\2"), "twice", "F9")])
    store.delete([1, 4], "admin", "asked for")
    store.move_folder("anna/F2", "anna/Old/F2", "admin")
    store.move_folder("anna/F1", "bob/From Anna", "admin")
    store.restore([4], "admin")
    store.move_folder("bob", "robert", "admin")
    store.delete_empty_folders(None, "admin")
    store.rename("2026-01", "admin")


def view(store: Store) -> set[tuple[int, str, bytes]]:
    """Every live message with each of its folders and its bytes."""
    return {
        (row.number, store.catalogue.folder_path(folder), bytes(store.open(row.number)[:]))
        for row in store.catalogue.all_messages()
        for folder in store.catalogue.message_folders(row.number)
    }


def test_packs_alone_rebuild_owners_folders_moves_and_deletions(store: Store) -> None:
    changed(store)
    before, totals = view(store), store.catalogue.totals()
    assert faults(store.directory) == []
    again = rebuilt(store)
    assert view(again) == before
    assert again.catalogue.totals() == totals
    assert again.name == "2026-01"
    assert faults(again.directory) == []
    again.close()


def test_statistics_are_exact_after_every_kind_of_change(store: Store) -> None:
    changed(store)
    counted: dict[str, list[int]] = {}
    for row in store.catalogue.all_messages():
        entry = counted.setdefault(store.catalogue.folder_path(row.archive), [0, 0])
        entry[0] += 1
        entry[1] += row.size
    assert {t.archive: [t.messages, t.bytes] for t in store.catalogue.totals() if t.messages} == counted


def test_a_message_split_by_a_move_lives_in_both_archives(store: Store) -> None:
    store.add([incoming(mail("x"), "1", "A"), incoming(mail("x"), "2", "B")])
    store.move_folder("anna/A", "bob/A", "admin")
    assert sorted(store.catalogue.folder_path(r.archive) for r in store.catalogue.all_messages()) == ["anna", "bob"]
    assert faults(store.directory) == []


def test_compaction_erases_and_everything_else_stays(store: Store) -> None:
    changed(store)
    secret = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(200))
    unwanted = store.add([incoming(mail(f"unwanted {i}", attachment=secret), f"u{i}") for i in range(3)])
    store.delete([receipt.message for receipt in unwanted], "admin", "asked for")
    before, size = view(store), sum(f.stat().st_size for f in (store.directory / "packs").iterdir())
    done = store.compact()
    assert done.messages == 4
    assert sum(f.stat().st_size for f in (store.directory / "packs").iterdir()) < size
    assert view(store) == before
    codec = packs.Codec()
    plain = b"".join(r.plain or b"" for r in packs.walk(packs.pack_path(store.directory / "packs", 1), codec))
    assert b"unwanted" not in plain
    assert secret not in plain
    assert faults(store.directory) == []
    store.add([incoming(mail("new"), "new")])
    again = rebuilt(store)
    assert len(view(again)) == len(before) + 1
    assert faults(again.directory) == []
    again.close()


def test_proofs_hold_before_and_after_compaction(store: Store) -> None:
    changed(store)
    for row in store.catalogue.all_messages():
        verify(store.proof(row.number), row.sha256)
    store.delete([7, 8, 9], "admin", "asked for")
    store.compact()
    for row in store.catalogue.all_messages():
        verify(store.proof(row.number), row.sha256)


def test_a_moved_store_opens_elsewhere(store: Store, tmp_path: Path) -> None:
    changed(store)
    before = view(store)
    store.close()
    moved = tmp_path / "other" / "home"
    moved.parent.mkdir()
    store.directory.rename(moved)
    with Store(moved) as again:
        assert view(again) == before
    assert verify_store(moved) == []


def test_packs_are_sealed_when_full_and_dictionaries_travel(directory: Path) -> None:
    with Store(directory, pack_bytes=30_000) as store:
        for i in range(40):
            store.add([incoming(mail(f"{i}-{j}", "some words " * 40), f"{i}-{j}") for j in range(60)])
        assert len(list((directory / "packs").iterdir())) > 2
        assert store.writer
        assert store.writer.codec.current
    with Store(directory, pack_bytes=30_000) as store:
        store.add([incoming(mail("after"), "after")])
        assert bytes(store.open(1)[:]) == mail("0-0", "some words " * 40)
    assert faults(directory) == []


def test_a_store_is_open_once(store: Store) -> None:
    with pytest.raises(Unavailable, match="open in another process"):
        Store(store.directory)


def test_a_write_protected_store_takes_nothing(directory: Path) -> None:
    with Store(directory, read_only=True) as store, pytest.raises(WrongState, match="write-protected"):
        store.add([incoming(mail("x"), "1")])


def test_concurrent_adds_share_commits_and_all_arrive(store: Store) -> None:
    def add(number: int) -> None:
        for i in range(10):
            store.add([incoming(mail(f"{number} {i}"), f"{number} {i}")])

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.catalogue.totals()[0].messages == 80
    assert faults(store.directory) == []


def test_time_never_runs_backwards(directory: Path) -> None:
    clock = iter([5_000, 4_000, 3_000, 2_000, 1_000])
    with Store(directory, clock=lambda: next(clock)) as store:
        store.add([incoming(mail("x"), "1")])
        store.add([incoming(mail("y"), "2")])
        times = [batch.time_ms for batch in store.batches()]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "folder", ["a//b", "/a", "a/", "..", "a/../b", "a\0b", "a\nb", "x" * 300, " a", "/".join("a" * 80)]
)
def test_a_folder_name_that_cannot_be_is_refused_and_nothing_is_stored(store: Store, folder: str) -> None:
    with pytest.raises(Invalid, match="folder"):
        store.add([incoming(mail("x"), "1"), incoming(mail("y"), "2", folder)])
    assert store.catalogue.totals() == []


def test_moves_that_cannot_be_are_refused(store: Store) -> None:
    store.add([incoming(mail("x"), "1", "A"), incoming(mail("y"), "2", "B")])
    with pytest.raises(NotFound):
        store.move_folder("anna/C", "anna/D", "admin")
    with pytest.raises(AlreadyExists):
        store.move_folder("anna/A", "anna/B", "admin")
    with pytest.raises(Invalid, match="toFolder"):
        store.move_folder("anna/A", "anna/A/B", "admin")


def test_folders_of_an_erased_message_leave_every_pack(directory: Path) -> None:
    with Store(directory, pack_bytes=2_000) as store:
        first = store.add([incoming(mail("gone"), "1", "A")])[0]
        for i in range(40):
            store.add([incoming(mail(f"kept {i}", "x" * i), f"k{i}")])
        store.add([incoming(mail("gone"), "2", "Secret folder")])
        store.delete([first.message], "admin", "asked for")
        store.compact()
        plain = b"".join(
            record.plain or b""
            for number in packs.pack_numbers(directory / "packs")
            for record in packs.walk(packs.pack_path(directory / "packs", number), packs.Codec())
        )
    assert b"Secret folder" not in plain
    assert faults(directory) == []


def test_a_store_whose_writing_failed_says_so_until_it_is_opened_again(directory: Path) -> None:
    with Store(directory) as store:
        assert store.writer
        store.writer.broken = "writing failed (Input/output error)"
        with pytest.raises(Unavailable, match="opened again"):
            store.add([incoming(mail("x"), "1")])
