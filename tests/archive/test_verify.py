from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.archive.beside import Applied, Beside, Unclean
from postroom.archive.replay import Fault
from postroom.archive.store import Store, create_store
from postroom.archive.verify import check_catalogue, check_packs, verify_store
from postroom.archive.writer import Incoming
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
