"""What the databases of an instance say when the system refuses."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from postroom.archive.instance.instance import Instance
from postroom.errors import NoSpace, NotFound, Unavailable
from postroom.migrations import Schema
from postroom.sqlite import Database


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A path where SQLite cannot open a file."""
    (tmp_path / "instance.db").mkdir()
    return tmp_path / "instance.db"


def test_what_cannot_be_opened_is_named_with_the_reason(blocked: Path) -> None:
    with pytest.raises(Unavailable, match=r"instance\.db cannot .* \(unable to open database file\)"):
        Instance(blocked)


def test_on_a_full_disk_the_disk_is_the_reason(blocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(NoSpace, match="No space is left"):
        Instance(blocked)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "x.db", Schema("x", ("CREATE TABLE word (word TEXT) STRICT;",)))
    yield opened
    opened.close()


def add(database: Database, word: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO word VALUES (?)", (word,))
        if word == "refused":
            raise NotFound("word", word)


def words(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in connection.execute("SELECT word FROM word ORDER BY rowid")]


def how_synced(database: Database, *, synced: bool) -> int:
    """SQLite's number for it: 1 is not with each commit, 2 is."""
    with database.write(synced=synced) as connection:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])


def test_a_unit_may_do_without_a_sync_and_the_next_one_has_it_again(database: Database) -> None:
    assert [how_synced(database, synced=synced) for synced in (True, False, True)] == [2, 1, 2]
    with pytest.raises(NotFound), database.write(synced=False):
        add(database, "refused")
    with database.write(synced=False):
        add(database, "kept")
        with database.write():
            add(database, "kept, too")
    assert how_synced(database, synced=True) == 2
    assert words(database) == ["kept", "kept, too"]


def test_a_unit_within_a_unit_is_committed_with_it(database: Database) -> None:
    with database.write():
        add(database, "one")
        with database.write():
            add(database, "two")
        assert words(database) == []
    assert words(database) == ["one", "two"]


def test_a_unit_within_a_unit_is_undone_alone(database: Database) -> None:
    with database.write():
        add(database, "one")
        with pytest.raises(NotFound):
            add(database, "refused")
        add(database, "two")
    assert words(database) == ["one", "two"]


def test_what_was_done_within_a_unit_is_undone_with_it(database: Database) -> None:
    def unit() -> None:
        with database.write():
            add(database, "one")
            add(database, "refused")

    with pytest.raises(NotFound):
        unit()
    assert words(database) == []


def test_another_threads_unit_is_never_a_part_of_one(database: Database) -> None:
    with database.write():
        add(database, "one")
        other = threading.Thread(target=add, args=(database, "two"))
        other.start()
        add(database, "three")
    other.join()
    assert words(database) == ["one", "three", "two"]
