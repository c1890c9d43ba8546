from __future__ import annotations

import os
import sqlite3
from base64 import encodebytes
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from postroom.archive.storage import format as fmt
from postroom.archive.storage import ledger, packs
from postroom.archive.storage.catalogue import Catalogue
from postroom.archive.storage.entries import CommitRecord, Event, MessageMeta, Name, decode_commit, encode
from postroom.archive.storage.replay import Fault
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.verify.beside import Applied, Beside, Unclean
from postroom.archive.verify.chain import ChainCheck
from postroom.archive.verify.scratch import Scratch
from postroom.archive.verify.verify import check_catalogue, check_packs, verify_store
from postroom.errors import Cancelled, Unavailable


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A store of three batches, one message deleted, one met twice."""
    path = tmp_path / "store"
    create_store(path)
    with Store(path, 1) as store:
        for number in range(3):
            store.add([_incoming(number), _incoming(number + 10)])
        store.add([Incoming("other", "in", "again", "x", _incoming(1).body)])
        store.delete([2], "somebody", "test")
    return path


def _incoming(number: int) -> Incoming:
    return Incoming("me", "in", "test", str(number), b"Subject: %d\n\nWords.\n" % number)


def _told(directory: Path) -> list[Applied]:
    batches: list[Applied] = []
    assert check_packs(directory, lambda _done, _total: None, batches.append) == []
    return batches


def _change(directory: Path, statement: str) -> None:
    with sqlite3.connect(directory / "catalog.db") as db:
        db.execute(statement)
    db.close()


def test_a_sound_store_has_no_faults(directory: Path) -> None:
    assert verify_store(directory) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE content SET size = size + 1 WHERE id = 3", "content of message 3: is not what the packs say"),
        ("DELETE FROM occurrence WHERE message = 4", "occurrence of message 4: is missing or differs"),
        ("UPDATE message SET deleted_ms = NULL WHERE number = 2", "message 2: is not what the packs say"),
        ("UPDATE statistic SET bytes = bytes + 1 WHERE archive = 1", "statistic of archive me"),
    ],
)
def test_what_the_catalogue_says_alone_is_named(directory: Path, statement: str, named: str) -> None:
    _change(directory, statement)
    assert named in "\n".join(map(str, verify_store(directory)))


def test_what_is_fed_is_enough_to_compare(directory: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert check_catalogue(directory, scratch, iter(_told(directory))) == []
    assert [path.name for path in scratch.iterdir()] == ["fed.db"]


def test_what_is_fed_is_enough_where_messages_moved_met_again_and_went(directory: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Store(directory, 1) as store:
        store.add([Incoming("me", "else", "test", "y", _incoming(0).body)])
        store.move_folder("me/in", "third/in", "somebody")
        store.restore([2], "somebody")
        store.add([_incoming(20), Incoming("fourth", "", "test", "z", _incoming(20).body)])
        store.delete([1, 3], "somebody", "test")
        store.delete_empty_folders(None, "somebody")
    assert check_catalogue(directory, scratch, iter(_told(directory))) == []
    assert [path.name for path in scratch.iterdir()] == ["fed.db"]
    assert verify_store(directory) == []


def test_a_feed_that_ends_early_or_in_doubt_is_not_relied_on(directory: Path, tmp_path: Path) -> None:
    def in_doubt() -> Iterator[Applied]:
        yield from _told(directory)
        raise Unclean

    for name, feed in (("early", iter(_told(directory)[:-1])), ("doubt", in_doubt())):
        scratch = tmp_path / name
        scratch.mkdir()
        assert check_catalogue(directory, scratch, feed) == []
        assert (scratch / "fresh.db").exists()


def test_a_cancelled_verification_leaves_no_process_and_no_files(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        verify_store(directory, cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def _end(directory: Path, scratch: Path, feed: Iterator[Applied]) -> list[Fault]:
    os._exit(1)


def _count(directory: Path, scratch: Path, feed: Iterator[Applied]) -> list[Fault]:
    return [Fault(batch.commit.batch, len(batch.entries), "") for batch in feed]


def _ignore(directory: Path, scratch: Path, feed: Iterator[Applied]) -> list[Fault]:
    return []


def test_a_check_that_was_ended_is_unavailable(directory: Path) -> None:
    with Beside(directory, _end) as other, pytest.raises(Unavailable):
        other.result(clean=True)


def test_a_check_receives_every_batch_in_order(directory: Path) -> None:
    batches = _told(directory) * 50
    with Beside(directory, _count) as other:
        for batch in batches:
            other.tell(batch)
        found = other.result(clean=True)
    assert [(fault.pack, fault.record) for fault in found] == [(b.commit.batch, len(b.entries)) for b in batches]


def test_a_check_may_answer_without_reading(directory: Path) -> None:
    with Beside(directory, _ignore) as other:
        for batch in _told(directory) * 50:
            other.tell(batch)
        assert other.result(clean=False) == []


# The ledger


def _pack(directory: Path) -> Path:
    return packs.pack_path(directory / "packs", 1)


def _append(directory: Path, entries: list[bytes], leaves: list[bytes]) -> int:
    """One more batch, told to the ledger and to the facts and batches of the catalogue; where its block stands."""
    codec, path = packs.Codec(), _pack(directory)
    last = [r for r in packs.walk(path, codec) if r.kind == fmt.COMMIT][-1]
    before = decode_commit(last.plain or b"")
    first = path.stat().st_size
    block = codec.encode(fmt.BLOCK, b"".join(entries))
    root, prev = ledger.root(leaves), bytes.fromhex(before.chain)
    chain = ledger.chain(prev, root, before.batch + 1, before.t, len(leaves))
    commit = CommitRecord(before.batch + 1, before.t, first, len(leaves), root.hex(), prev.hex(), chain.hex(), {})
    with path.open("ab") as file:
        file.write(block + codec.encode(fmt.COMMIT, encode(commit)))
    row = (commit.batch, commit.t, commit.leaves, root, chain, 1, first, first + len(block))
    facts = [(commit.batch, "batch"), (chain, "chain"), (path.stat().st_size, "end")]
    with sqlite3.connect(directory / "catalog.db") as db:
        db.execute("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.executemany("UPDATE fact SET value = ? WHERE key = ?", facts)
    db.close()
    return first


def _journal(event: Event) -> tuple[bytes, bytes]:
    meta = encode(event)
    return fmt.encode_entry(fmt.JOURNAL, fmt.NO_DIGEST, meta, b""), ledger.leaf_hash(fmt.NO_DIGEST + meta)


def test_a_batch_that_is_not_what_the_ledger_committed_to_is_named(directory: Path) -> None:
    entry, leaf = _journal(Name("other", "somebody", 1))
    _append(directory, [entry], [leaf[::-1]])
    _change(directory, "INSERT OR REPLACE INTO fact VALUES ('name', 'other')")
    (told,) = verify_store(directory)
    assert "batch 6 is not what the ledger committed to" in told.text
    assert [str(fault) for fault in check_packs(directory, lambda _done, _total: None)] == [str(told)]


def test_the_same_batch_with_the_right_leaf_has_no_faults(directory: Path) -> None:
    entry, leaf = _journal(Name("other", "somebody", 1))
    _append(directory, [entry], [leaf])
    _change(directory, "INSERT OR REPLACE INTO fact VALUES ('name', 'other')")
    assert verify_store(directory) == []


def test_a_message_number_given_twice_is_told_though_every_record_is_whole(directory: Path) -> None:
    meta = encode(MessageMeta(1, "me", "in", "test", "twice", None, 1, 1))
    digest = bytes.fromhex("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")  # of the letter x
    leaf = ledger.leaf_hash(digest + meta)
    _append(directory, [fmt.encode_entry(fmt.MESSAGE, digest, meta, b"x")], [leaf])
    assert check_packs(directory, lambda _done, _total: None) == []
    assert any("the packs name a message twice" in fault.text for fault in verify_store(directory))


def test_an_entry_changed_on_its_way_a_batch_left_out_and_a_number_out_of_range_are_named(directory: Path) -> None:
    batches = _told(directory)
    kind, digest, meta, *place = batches[0].entries[0]
    changed = msgspec.structs.replace(
        batches[0], entries=[(kind, digest, meta + b" ", *place), *batches[0].entries[1:]]
    )
    late = msgspec.structs.replace(batches[1], commit=msgspec.structs.replace(batches[1].commit, t=-1))
    for feed, text in (
        ([changed, *batches[1:]], "batch 1 is not what the ledger committed to"),
        ([batches[0], *batches[2:]], "batch 3 follows batch 1"),
        ([batches[0], late, *batches[2:]], "the commit record cannot be read"),
    ):
        chain = ChainCheck()
        for told in feed:
            chain.take(told)
        assert text in chain.faults[0].text
        assert text in check_catalogue(directory, feed=iter(feed))[0].text


def test_the_ledger_is_read_to_its_end_when_the_catalogue_is_damaged(directory: Path) -> None:
    batches = _told(directory)
    (directory / "catalog.db").write_bytes(b"no database")
    found = check_catalogue(directory, feed=iter([*batches[:-1], msgspec.structs.replace(batches[-1], entries=[])]))
    assert [("batch 5 is not" in fault.text, "damaged" in fault.text) for fault in found] == [
        (True, False),
        (False, True),
    ]


# What makes it fast


def test_a_block_is_decoded_once_also_when_others_need_its_parts(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encodebytes(Random(1).randbytes(3_000))
    with Store(directory, 1) as store:
        for number in range(5):
            body = b"Subject: %d\nContent-Transfer-Encoding: base64\n\n%b" % (number, data)
            store.add([Incoming("me", "in", "parts", str(number), body)])
    decoded: Counter[bytes] = Counter()
    decode = packs.Codec.decode

    def counted(self: packs.Codec, header: fmt.RecordHeader, stored: bytes) -> bytes:
        decoded[header.digest] += 1
        return decode(self, header, stored)

    monkeypatch.setattr(packs.Codec, "decode", counted)
    assert check_packs(directory, lambda _done, _total: None) == []
    assert set(decoded.values()) == {1}


def _tables(catalogue: Catalogue) -> dict[str, object]:
    names = [row[0] for row in catalogue.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: catalogue.db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}


def _unique(catalogue: Catalogue) -> set[tuple[str, ...]]:
    """Table and columns of everything that must be unique."""
    found = set()
    for table in _tables(catalogue):
        for _, index, unique, *_ in catalogue.db.execute(f"PRAGMA index_list({table})").fetchall():
            columns = catalogue.db.execute(f"PRAGMA index_info({index})").fetchall()
            found |= {(table, *(str(column[2]) for column in columns))} if unique else set()
    return found


def test_a_scratch_catalogue_has_the_tables_of_a_catalogue_and_once_complete_what_must_be_unique(
    tmp_path: Path,
) -> None:
    true, scratch = Catalogue(tmp_path / "true.db"), Scratch(tmp_path / "scratch.db")
    try:
        assert _tables(scratch) == _tables(true)
        assert _unique(scratch) < _unique(true)
        scratch.complete()
        assert _unique(scratch) == _unique(true)
    finally:
        true.close()
        scratch.close()
