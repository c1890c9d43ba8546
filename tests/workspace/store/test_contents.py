"""Contents in a unit: small ones in the database, others in files."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.workspace.store.mailboxes import KINDS, folder, message

from postroom.errors import Damaged
from postroom.migrations import load, migrate
from postroom.workspace.errors import TooLarge
from postroom.workspace.store import contents
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import FILE, Store, Unit


class Failed(Exception):
    pass


def put(store: Store, content: bytes) -> Item:
    """A message with this content."""
    with store.write() as unit:
        item = message(unit.items, folder(unit.items))
        unit.items.attach(item, "mime", unit.blobs.put(content))
        return item


def read(unit: Unit, item: Item) -> bytes:
    blob = unit.items.blob(item, "mime")
    assert blob
    return unit.blobs.read(blob.hash)


def rows(store: Store) -> int:
    """How many contents are in the database."""
    with store.read() as unit:
        return int(unit.connection.execute("SELECT count(*) FROM content").fetchone()[0])


def names(store: Store) -> list[str]:
    return [path.name for path in store.blobs._directory.glob("??/*")]


@pytest.mark.parametrize(("size", "in_database"), [(0, 1), (1, 1), (SMALL_BYTES - 1, 1), (SMALL_BYTES, 0)])
def test_a_content_comes_back_wherever_it_lies(store: Store, size: int, in_database: int) -> None:
    content = bytes(index % 251 for index in range(size))
    item = put(store, content)
    assert (rows(store), len(names(store))) == (in_database, 1 - in_database)
    with store.read() as unit:
        assert read(unit, item) == content
        blob = unit.items.blob(item, "mime")
        assert blob
        assert blob.size == size


def test_what_a_unit_puts_and_does_not_name_is_gone_with_it(store: Store) -> None:
    put(store, b"named")
    with store.write() as unit:
        unit.blobs.put(b"named")
        unit.blobs.put(b"not named")
        item = message(unit.items, folder(unit.items))
        unit.items.attach(item, "mime", unit.blobs.put(b"named for a while"))
        unit.items.remove(item)
    assert rows(store) == 1


def test_a_unit_that_fails_keeps_nothing(store: Store) -> None:
    def fail(unit: Unit) -> None:
        unit.items.attach(message(unit.items, folder(unit.items)), "mime", unit.blobs.put(b"content"))
        raise Failed

    with pytest.raises(Failed), store.write() as unit:
        fail(unit)
    assert rows(store) == 0


def test_another_content_in_a_role_and_under_a_name_lets_the_first_go(store: Store) -> None:
    item = put(store, b"first")
    with store.write() as unit:
        unit.items.hold("queue", unit.blobs.put(b"held first"))
    with store.write() as unit:
        unit.items.attach(item, "mime", unit.blobs.put(b"second"))
        unit.items.hold("queue", unit.blobs.put(b"held second"))
    assert (rows(store), store.sweep(), rows(store)) == (4, 2, 2)
    with store.read() as unit:
        assert read(unit, item) == b"second"


def test_a_content_may_be_let_go_by_several(store: Store) -> None:
    items = [put(store, b"same") for _ in range(2)]
    with store.write() as unit:
        for name in ("one", "two"):
            unit.items.hold(name, unit.blobs.put(b"same"))
    with store.write() as unit:
        other = unit.blobs.put(b"other")
        for item in items:
            unit.items.attach(item, "mime", other)
        for name in ("one", "two"):
            unit.items.hold(name, other)
    assert (store.sweep(), rows(store)) == (1, 1)
    with store.write() as unit:
        unit.items.detach(items[0], "mime")
        unit.items.remove(items[1])
        unit.items.release("one")
        unit.items.release("two")
    assert (store.sweep(), rows(store)) == (1, 0)


def test_a_content_that_is_named_again_before_the_sweep_stays(store: Store) -> None:
    item = put(store, b"content")
    with store.write() as unit:
        blob = unit.items.blob(item, "mime")
        assert blob
        unit.items.detach(item, "mime")
        unit.items.hold("queue", blob)
    assert store.sweep() == 0
    with store.read() as unit:
        assert unit.blobs.read(blob.hash) == b"content"
    with store.write() as unit:
        unit.items.release("queue")
    assert (store.sweep(), rows(store)) == (1, 0)


def test_a_sweep_goes_on_until_nothing_is_loose(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LOOSE", 2)
    items = [put(store, b"%d" % number) for number in range(5)]
    with store.write() as unit:
        for item in items:
            unit.items.remove(item)
    assert (store.sweep(), rows(store), store.sweep()) == (5, 0, 0)


def test_a_content_that_was_changed_or_is_gone_is_damaged(store: Store) -> None:
    item = put(store, b"content")
    with store.write() as unit:
        unit.connection.execute("UPDATE content SET content = x'00'")
    with pytest.raises(Damaged, match="damaged"), store.read() as unit:
        read(unit, item)
    with store.write() as unit:
        unit.connection.execute("DELETE FROM content")
    with pytest.raises(Damaged, match="missing"), store.read() as unit:
        read(unit, item)


def test_a_content_over_the_limit_is_refused(store: Store) -> None:
    with pytest.raises(TooLarge), store.write() as unit:
        unit.blobs.put(b"12345", most_bytes=4)
    assert rows(store) == 0


def test_a_store_from_before_keeps_its_small_files(tmp_path: Path) -> None:
    with Store(tmp_path / "now", KINDS) as store:
        item = put(store, b"content")
        with store.write() as unit:
            unit.connection.execute("DELETE FROM content")
        store.blobs.put(b"content")
    _older(tmp_path / "now" / FILE, 8)
    shutil.move(tmp_path / "now", tmp_path / "later")
    with Store(tmp_path / "later", KINDS) as store:
        with store.read() as unit:
            assert read(unit, item) == b"content"
        assert store.sweep(older_than_s=-1) == 0
        with store.write() as unit:
            unit.items.remove(item)
        assert store.sweep(older_than_s=-1) == 1


def _older(file: Path, version: int) -> None:
    """The same items in a database of that version."""
    schema, old = load("postroom.workspace.store", "workspace"), file.with_name("older.db")
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        migrate(connection, schema._replace(steps=schema.steps[:version]))
        connection.execute("ATTACH ? AS now", (str(file),))
        for table in ("fact", "mailbox", "item", "change", "mail_folder", "message", "blob"):
            names = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"DELETE FROM {table}")
            connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM now.{table}")
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    old.rename(file)
