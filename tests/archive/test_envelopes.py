"""The envelope of journaled mail: it is kept with the occurrence, found in search, and never in the bytes."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.archive.instances import READER, USER, WAIT_S, found, settings

from postroom.archive.archive import Archive
from postroom.archive.foreign import check_foreign
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.merge import merge
from postroom.archive.offline import verify_offline
from postroom.archive.storage.catalogue import STEPS, VERSION
from postroom.archive.storage.entries import Envelope
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.archive.stores import rebuild_catalogue
from postroom.archive.verify.verify import check_catalogue, check_packs

BODY = b"From: Bob <bob@example.com>\r\nTo: joann@example.org\r\nSubject: roof\r\n\r\nHello\r\n"
FIRST = Envelope("bounces+7@lists.example.com", ("ann@example.org",), ("staff@example.org",))
SECOND = Envelope("", ("ann.other@example.org",), p="The report holds no message.")


def incoming(key: str, envelope: Envelope | None, archive: str = USER, body: bytes = BODY) -> Incoming:
    return Incoming(archive, "Inbox", "journal", key, body, envelope=envelope)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Message 1 came twice, with two envelopes; the content is message 2 of another archive, with none."""
    create_store(tmp_path / "store")
    with Store(tmp_path / "store") as store:
        store.add([incoming("1", FIRST), incoming("2", SECOND), incoming("3", None, "bob")])
    return tmp_path / "store"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive", settings()) as opened:
        yield opened


def envelopes(store: Store) -> dict[int, list[Envelope]]:
    return store.catalogue.envelopes_of([1, 2, 3])


def faults(directory: Path) -> list[str]:
    return [str(one) for one in (*check_packs(directory, lambda _a, _b: None), *check_catalogue(directory))]


def test_each_occurrence_keeps_its_own_envelope(directory: Path) -> None:
    with Store(directory) as store:
        assert envelopes(store) == {1: [FIRST, SECOND]}
        assert store.open(1) == BODY
    assert faults(directory) == []


def test_the_packs_alone_give_the_envelopes_again(directory: Path) -> None:
    (directory / "catalog.db").unlink()
    assert rebuild_catalogue(directory) == []
    with Store(directory) as store:
        assert envelopes(store) == {1: [FIRST, SECOND]}


def test_envelopes_go_along_into_another_store(directory: Path, tmp_path: Path) -> None:
    create_store(tmp_path / "other")
    with Store(directory) as source, Store(tmp_path / "other") as target:
        merge(source, target, lambda _done, _total: None)
        assert sorted(map(repr, envelopes(target)[1])) == sorted(map(repr, [FIRST, SECOND]))


def test_envelopes_stay_with_what_compaction_keeps_and_go_with_what_it_erases(directory: Path) -> None:
    with Store(directory) as store:
        store.add([incoming("4", FIRST, body=BODY + b"more\r\n")])
        store.delete([3], "anna", "test")
        store.compact()
        assert envelopes(store) == {1: [FIRST, SECOND]}
    assert faults(directory) == []
    packs = b"".join(path.read_bytes() for path in (directory / "packs").iterdir())
    assert b"more" not in packs


def test_a_changed_envelope_in_the_catalogue_is_told(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "catalog.db")) as db, db:
        db.execute("UPDATE occurrence SET envelope = replace(envelope, 'staff', 'stuff') WHERE envelope IS NOT NULL")
    assert [str(fault) for fault in check_catalogue(directory)] != []


def test_a_catalogue_from_before_envelopes_is_brought_up_to_date(directory: Path) -> None:
    old = directory / "old.db"
    with closing(sqlite3.connect(old)) as db:
        db.executescript(f"{STEPS[0]} INSERT INTO fact VALUES ('epoch', 'abc'); PRAGMA user_version = 1;")
    shutil.move(old, directory / "catalog.db")
    for path in directory.glob("catalog.db-*"):
        path.unlink()
    check_foreign(directory)
    with Store(directory) as store:
        assert envelopes(store) == {1: [FIRST, SECOND]}
        assert store.catalogue.fact("epoch") == "abc"
        assert store.catalogue.db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    check_foreign(directory)
    assert check_catalogue(directory) == []


def test_the_offline_verifier_finds_a_store_with_envelopes_sound(directory: Path) -> None:
    command = [sys.executable, verify_offline.__file__, str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("SOUND\n"), done.stdout + done.stderr


def test_a_body_for_many_readers_is_one_content(tmp_path: Path) -> None:
    create_store(tmp_path / "store")
    other = bytes(bytearray(BODY))
    with Store(tmp_path / "store") as store:
        items = [
            incoming(name, None, name, body) for name, body in (("a", BODY), ("b", BODY), ("c", b"x"), ("d", other))
        ]
        assert [receipt.content_is_new for receipt in store.add(items)] == [True, False, True, False]
        assert [store.open(number) for number in (1, 2, 3, 4)] == [BODY, BODY, b"x", BODY]
    assert faults(tmp_path / "store") == []


def test_whom_only_the_envelope_names_is_found(archive: Archive) -> None:
    archive.stores.add(
        [incoming("1", FIRST), incoming("9", None, body=b"Subject: other\r\n\r\nann@example.org?\r\n")], {}
    )
    assert archive.wait_indexed(WAIT_S)
    for query in ("bcc:ann@example.org", "bcc:staff@example.org", "from:bounces", "to:joann@example.org", "ann roof"):
        assert found(archive, query) == {1}, query
    assert found(archive, "bcc:joann@example.org") == set(), "the header names this one"


def test_a_message_that_is_met_again_is_found_by_both_envelopes(archive: Archive) -> None:
    archive.stores.add([incoming("1", FIRST)], {})
    assert archive.wait_indexed(WAIT_S)
    archive.stores.add([incoming("2", SECOND)], {})
    assert archive.wait_indexed(WAIT_S)
    for query in ("bcc:ann@example.org", "bcc:ann.other@example.org"):
        assert found(archive, query) == {1}, query
    assert archive.message_detail("1:1", READER, SYSTEM).envelopes == (FIRST, SECOND)
    assert archive.read_message("1:1", READER, SYSTEM).body == BODY
