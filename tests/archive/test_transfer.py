"""Stores that go from one instance to another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.archive.instances import READER, USER, WAIT_S, found, settings

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM, Actor
from postroom.archive.storage.writer import Incoming
from postroom.archive.transfer import Coming, transfer
from postroom.archive.verify.verify import verify_store
from postroom.errors import AlreadyExists, Cancelled, Denied, Invalid, NotFound, Unavailable, WrongState
from postroom.work import Process

BY = Actor("admin", "api")


@dataclass
class Pair:
    """Two instances; the first one has the store 1, with mail, beside its current one."""

    root: Path
    opened: ExitStack
    first: Archive
    second: Archive

    def again(self) -> None:
        """As after a restart."""
        self.opened.close()
        self.first, self.second = (self.opened.enter_context(archive(self.root, name)) for name in ("a", "b"))


def archive(root: Path, name: str) -> Archive:
    return Archive(root / name, settings(allowed_paths=(str(root / "outside"),)))


def mail(number: int) -> Incoming:
    body = f"Subject: roof {number}\r\n\r\nIt costs {number}.\r\n".encode()
    return Incoming(USER, "Inbox", "test", str(number), body, 1)


def fill(archive: Archive) -> None:
    archive.stores.add([mail(number) for number in range(5)], {"test": "5"})
    archive.stores.create("Second", None, "current", SYSTEM)
    assert archive.wait_indexed(WAIT_S)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    (tmp_path / "outside").mkdir()
    with ExitStack() as opened:
        pair = Pair(tmp_path, opened, *(opened.enter_context(archive(tmp_path, name)) for name in ("a", "b")))
        fill(pair.first)
        yield pair


def names(archive: Archive) -> list[str]:
    return [mount.row.name for mount in archive.stores.all()]


def bodies(archive: Archive) -> set[bytes]:
    return {
        bytes(mount.store.open(row.number))
        for mount in archive.stores.open_mounts()
        for row in mount.store.catalogue.all_messages()
    }


def test_a_store_with_its_mail_is_in_the_other_instance(pair: Pair) -> None:
    sent, name = bodies(pair.first), pair.first.stores.get(1).row.name
    folder = pair.first.stores.get(1).directory
    (number,) = transfer(pair.first, pair.second, [1], BY)
    for _ in range(2):
        assert (bodies(pair.first), bodies(pair.second)) == (set(), sent)
        assert found(pair.second, "subject:roof") == {1, 2, 3, 4, 5}
        assert found(pair.first, "subject:roof") == set()
        pair.again()
    mount = pair.second.stores.get(number)
    assert mount.row.name == f"{name} (2)"  # the other instance had one of that name
    assert not folder.exists()
    assert mount.directory.is_relative_to(pair.second.directory)
    assert mount.row.requested_state == "normal"
    assert verify_store(mount.directory, lambda _done, _total: None) == []


def test_it_can_come_back(pair: Pair) -> None:
    sent = bodies(pair.first)
    (number,) = transfer(pair.first, pair.second, [1], BY)
    (back,) = transfer(pair.second, pair.first, [number], BY)
    assert back not in (1, number)
    assert bodies(pair.first) == sent


def test_both_audit_logs_tell_it(pair: Pair) -> None:
    name = pair.first.stores.get(1).row.name
    (number,) = transfer(pair.first, pair.second, [1], BY)
    left = [row for row in pair.first.instance.audit.entries() if row.event in ("StoreTransfer", "StoreDetach")]
    assert [(row.event, row.user, row.target) for row in left] == [
        ("StoreTransfer", "admin", name),
        ("StoreDetach", "admin", name),
    ]
    came = next(row for row in pair.second.instance.audit.entries() if row.event == "StoreAttach")
    assert (came.user, came.details["id"]) == ("admin", number)
    for one in (pair.first, pair.second):
        one.instance.audit.verify()


def test_states_stay_and_closed_stores_go_too(pair: Pair) -> None:
    pair.first.stores.set_state(1, "disabled", SYSTEM)
    pair.first.stores.create("Third", None, "normal", SYSTEM)
    pair.first.stores.set_state(3, "writeProtected", SYSTEM)
    numbers = transfer(pair.first, pair.second, [1, 3], BY)
    assert [pair.second.stores.get(number).state for number in numbers] == ["disabled", "writeProtected"]
    assert names(pair.first) == ["Second"]


def test_a_store_outside_stays_on_its_disk_beside_where_it_was(pair: Pair) -> None:
    outside = pair.root / "outside" / "old"
    pair.first.stores.create("Outside", str(outside), "normal", SYSTEM)
    (number,) = transfer(pair.first, pair.second, [3], BY)
    moved = pair.second.stores.get(number).directory
    assert moved.parent == outside.parent
    assert not outside.exists()
    pair.again()
    assert pair.second.stores.get(number).is_open


def test_what_is_refused_leaves_all_as_it_was(pair: Pair) -> None:
    first, second = pair.first, pair.second
    before = (names(first), names(second))
    with pytest.raises(WrongState, match="takes the new mail"):
        transfer(first, second, [1, 2], BY)
    with pytest.raises(NotFound, match="store"):
        transfer(first, second, [1, 99], BY)
    with pytest.raises(Invalid, match="targetInstanceID"):
        transfer(first, first, [1], BY)
    first.retention.holds.create("Case", "roof", "Court", BY)
    with pytest.raises(Denied, match="legal hold"):
        transfer(first, second, [1], BY)
    first.retention.holds.end(1, "Over", BY)
    with first.instance.database.write() as connection:
        connection.execute("INSERT INTO retention_unerased VALUES (1)")
    with pytest.raises(WrongState, match="not erased yet"):
        transfer(first, second, [1], BY)
    assert (names(first), names(second)) == before
    assert len(bodies(first)) == 5


def test_a_copy_of_a_store_that_is_there_is_refused(pair: Pair) -> None:
    copy = pair.second.directory / "copy"
    shutil.copytree(pair.first.stores.get(1).directory, copy)
    pair.second.stores.attach("Copy", "copy", "normal", SYSTEM)
    with pytest.raises(AlreadyExists, match="identity"):
        transfer(pair.first, pair.second, [1], BY)


def test_a_store_that_is_worked_on_stays(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("postroom.archive.mount.PATIENCE_S", 0.0)
    with pair.first.stores.get(1).alone("it is being verified"), pytest.raises(Unavailable, match="being verified"):
        transfer(pair.first, pair.second, [1], BY)
    assert len(bodies(pair.first)) == 5


def test_a_cancelled_transfer_ends_between_two_stores(pair: Pair) -> None:
    process = Process("TransferStores", "admin")
    process.cancel()
    with pytest.raises(Cancelled):
        transfer(pair.first, pair.second, [1], BY, process)
    assert len(bodies(pair.first)) == 5


def test_when_the_folder_cannot_be_renamed_the_store_is_open_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(Unavailable, match="Permission denied"):
        transfer(pair.first, pair.second, [1], BY)
    monkeypatch.undo()
    assert len(bodies(pair.first)) == 5
    pair.again()
    assert (len(bodies(pair.first)), bodies(pair.second)) == (5, set())


def test_when_the_other_instance_cannot_take_it_the_store_comes_back(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(coming: Coming, by: Actor) -> None:
        raise Unavailable("The database is busy.")

    monkeypatch.setattr(pair.second.stores, "take", refuse)
    with pytest.raises(Unavailable, match="busy"):
        transfer(pair.first, pair.second, [1], BY)
    assert len(bodies(pair.first)) == 5
    pair.again()
    assert (len(bodies(pair.first)), bodies(pair.second)) == (5, set())


def test_while_the_folder_is_nowhere_to_be_seen_nobody_gives_the_store_up(pair: Pair) -> None:
    """As when its disk is not there at the start after a crash."""
    mount = pair.first.stores.get(1)
    folder, identity = mount.directory, pair.first.stores.identities() - {""}
    assert identity
    with pair.first.instance.database.write() as connection:
        name = folder.name
        connection.execute("INSERT INTO store_leaving SELECT 1, 'x', ?", (str(pair.root / "elsewhere" / name),))
    pair.opened.close()
    folder.rename(pair.root / "away")
    pair.again()
    assert pair.first.stores.get(1).state == "error"
    pair.opened.close()
    (pair.root / "away").rename(folder)
    pair.again()
    assert len(bodies(pair.first)) == 5


def test_users_read_it_there_by_the_rights_they_have_there(pair: Pair) -> None:
    (number,) = transfer(pair.first, pair.second, [1], BY)
    assert pair.second.read_message(f"{number}:1", READER, BY).sha256
    with pytest.raises(Denied):
        pair.first.read_message("1:1", READER, BY)
