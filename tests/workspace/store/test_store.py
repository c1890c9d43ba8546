from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path

import pytest
from tests.workspace.store.mailboxes import ANNA, KINDS, START, SetClock, folder, log_of

from postroom.errors import Damaged, Unavailable, WrongState
from postroom.workspace.store.kinds import Column, Kind
from postroom.workspace.store.store import Store


def names(store: Store) -> list[str]:
    with store.read() as unit:
        return [item.document["displayName"] for item in unit.items.roots(ANNA)]


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    for name in ("One", "Two"):
        with Store(tmp_path / "a" / "b", KINDS) as store, store.write() as unit:
            folder(unit.items, name)
    with Store(tmp_path / "a" / "b", KINDS) as store:
        assert names(store) == ["One", "Two"]


def test_files_and_folders_are_for_us_alone(store: Store, tmp_path: Path) -> None:
    with store.write() as unit:
        folder(unit.items)
    assert (tmp_path / "workspace").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "workspace").iterdir() if path.is_file()]
    assert "workspace.db" in {path.name for path in files}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_unit_that_raises_leaves_nothing(store: Store) -> None:
    called: list[str] = []

    def fail() -> None:
        with store.write() as unit:
            folder(unit.items)
            unit.after_commit.append(lambda: called.append("no"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(store) == []
    assert log_of(store) == []
    assert called == []


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(store: Store) -> None:
    with store.read() as reader:
        assert reader.items.roots(ANNA) == []
        with store.write() as unit:
            folder(unit.items)
        assert reader.items.roots(ANNA) == []
    assert names(store) == ["Inbox"]


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Unavailable), store.read() as unit:
        folder(unit.items)


def test_units_have_one_time_each(store: Store, clock: SetClock) -> None:
    with store.write() as unit:
        clock.go_on(hours=1)
        assert unit.now == START
        assert folder(unit.items).created_ms == 1769853600000


def test_what_follows_a_commit_sees_it_and_its_errors_go_to_the_log(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[list[str]] = []
    with store.write() as unit:
        folder(unit.items)
        unit.after_commit.append(lambda: [][0])
        unit.after_commit.append(lambda: seen.append(names(store)))
    assert seen == [["Inbox"]]
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("postroom.workspace.store.store", logging.ERROR)
    ]


def test_writers_wait_for_each_other_and_lose_nothing(store: Store) -> None:
    def add(name: str) -> None:
        for number in range(10):
            with store.write() as unit:
                folder(unit.items, f"{name}{number}")

    writers = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(names(store)) == sorted(f"{name}{number}" for name in "abcd" for number in range(10))


def test_a_closed_store_is_unavailable(tmp_path: Path) -> None:
    store = Store(tmp_path / "w", KINDS)
    store.close()
    with pytest.raises(Unavailable), store.read():
        pass
    with pytest.raises(Unavailable), store.write():
        pass


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    Store(tmp_path / "w", KINDS).close()
    (tmp_path / "w" / "workspace.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(Damaged):
        Store(tmp_path / "w", KINDS)


def test_a_damaged_document_is_told(store: Store) -> None:
    with store.write() as unit:
        folder(unit.items)
        unit.connection.execute("UPDATE item SET document = '{'")
    with pytest.raises(Damaged):
        names(store)


def test_a_kind_whose_table_lacks_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongState):
        Store(tmp_path / "w", [Kind("message", "message", (Column("colour", "colour", "text"),))])


def test_a_workload_has_tables_of_its_own_in_the_same_unit(store: Store) -> None:
    rows = [("a", "h", 1), ("a", "h", 1)]
    with pytest.raises(sqlite3.IntegrityError), store.write() as unit:
        unit.connection.executemany("INSERT INTO held_blob VALUES (?, ?, ?)", rows)
    with store.read() as unit:
        assert unit.items.held("a") is None
