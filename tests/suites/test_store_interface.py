"""One suite for the store interface: the store on files and the one in memory pass the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.suites.model import FileStore, MailStore, MemoryStore

from postroom.archive.storage.catalogue import Totals
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming
from postroom.errors import AlreadyExists, Invalid, NotFound


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    create_store(tmp_path / "store")
    with Store(tmp_path / "store") as opened:
        yield FileStore(opened)


def item(text: str, key: str, folder: str = "Inbox", archive: str = "anna", source: str = "s") -> Incoming:
    return Incoming(archive, folder, source, key, f"Subject: {text}\n\n{text}\n".encode())


def test_a_stored_message_is_found_and_read(store: MailStore) -> None:
    (receipt,) = store.add([item("x", "1")])
    assert receipt.message_is_new
    assert receipt.content_is_new
    assert bytes(store.open(receipt.message)[:]) == item("x", "1").body
    assert store.messages("anna/Inbox") == [receipt.message]
    assert store.messages("anna") == []
    assert store.folders() == ["anna", "anna/Inbox"]
    assert store.totals() == [Totals("anna", 1, 14)]


def test_an_item_is_known_by_source_and_native_id_and_stored_once(store: MailStore) -> None:
    store.add([item("x", "1")])
    assert store.knows("s", "1")
    assert not store.knows("s", "2")
    assert not store.knows("t", "1")
    (again,) = store.add([item("other", "1")])
    assert (again.message, again.message_is_new, again.content_is_new) == (1, False, False)
    assert store.totals()[0].messages == 1


def test_a_message_in_two_folders_is_one_message(store: MailStore) -> None:
    one, two = store.add([item("x", "1"), item("x", "2", "Sent")])
    assert one.message == two.message
    assert store.messages("anna/Inbox") == store.messages("anna/Sent") == [1]


def test_a_message_in_two_archives_is_two_messages_with_one_content(store: MailStore) -> None:
    one, two = store.add([item("x", "1"), item("x", "2", archive="bob")])
    assert one.message != two.message
    assert not two.content_is_new
    assert [row.archive for row in store.totals()] == ["anna", "bob"]


def test_a_deleted_message_is_gone_and_can_come_back(store: MailStore) -> None:
    store.add([item("x", "1"), item("y", "2")])
    store.delete([1], "admin", "asked for")
    with pytest.raises(NotFound):
        store.open(1)
    assert store.messages("anna/Inbox") == [2]
    assert store.totals()[0].messages == 1
    store.restore([1], "admin")
    assert store.messages("anna/Inbox") == [1, 2]


def test_deleting_what_is_not_there_deletes_nothing(store: MailStore) -> None:
    store.add([item("x", "1")])
    with pytest.raises(NotFound):
        store.delete([1, 7], "admin", "asked for")
    assert store.messages("anna/Inbox") == [1]


def test_a_deleted_item_does_not_come_back_by_importing_it_again(store: MailStore) -> None:
    store.add([item("x", "1")])
    store.delete([1], "admin", "asked for")
    assert not store.add([item("x", "1")])[0].message_is_new
    assert store.totals() in ([], [Totals("anna", 0, 0)])


def test_a_moved_folder_keeps_its_messages_and_all_below_it(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("y", "2", "A/B")])
    store.move_folder("anna/A", "anna/C/D", "admin")
    assert store.folders() == ["anna", "anna/C", "anna/C/D", "anna/C/D/B"]
    assert (store.messages("anna/C/D"), store.messages("anna/C/D/B")) == ([1], [2])


def test_a_folder_moved_to_another_archive_takes_its_messages_along(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("y", "2", "B")])
    store.move_folder("anna/A", "bob/A", "admin")
    assert [(t.archive, t.messages) for t in store.totals()] == [("anna", 1), ("bob", 1)]


def test_a_message_that_lies_inside_and_outside_of_a_moved_folder_is_split(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("x", "2", "B"), item("y", "3", "B")])
    store.move_folder("anna/A", "bob/A", "admin")
    assert store.messages("bob/A") == [3]
    assert store.messages("anna/B") == [1, 2]


def test_a_message_moved_to_where_it_is_already_joins_it(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("x", "2", "A", "bob")])
    store.move_folder("anna/A", "bob/B", "admin")
    assert store.messages("bob/B") == store.messages("bob/A") == [2]
    with pytest.raises(NotFound):
        store.open(1)


def test_an_archive_can_become_a_folder_of_another(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("y", "2", "B", "bob")])
    store.move_folder("anna", "bob/Old", "admin")
    assert store.messages("bob/Old/A") == [1]
    assert [(t.archive, t.messages) for t in store.totals() if t.messages] == [("bob", 2)]


def test_moves_that_cannot_be_change_nothing(store: MailStore) -> None:
    store.add([item("x", "1", "A"), item("y", "2", "B")])
    for source, target, error in (
        ("anna/C", "anna/D", NotFound),
        ("anna/A", "anna/B", AlreadyExists),
        ("anna/A", "anna/A/B", Invalid),
        ("anna/A", "anna//B", Invalid),
    ):
        with pytest.raises(error):
            store.move_folder(source, target, "admin")
    assert store.folders() == ["anna", "anna/A", "anna/B"]


def test_empty_folders_can_be_removed_everywhere_or_below_one(store: MailStore) -> None:
    store.add([item("x", "1", "A/B"), item("y", "2", "C", "bob")])
    store.move_folder("anna/A/B", "bob/B", "admin")
    store.move_folder("bob/C", "carl/C", "admin")
    assert store.delete_empty_folders("bob", "admin") == []
    assert store.delete_empty_folders(None, "admin") == ["anna", "anna/A"]
    assert store.folders() == ["bob", "bob/B", "carl", "carl/C"]


def test_the_cursor_of_a_source_is_the_last_one_given(store: MailStore) -> None:
    assert store.cursor("s") is None
    store.add([item("x", "1")], {"s": "one"})
    store.add([], {"s": "two", "t": "else"})
    store.add([item("y", "2")])
    assert (store.cursor("s"), store.cursor("t")) == ("two", "else")


def test_an_item_that_cannot_be_stored_stops_the_whole_call(store: MailStore) -> None:
    with pytest.raises(Invalid):
        store.add([item("x", "1"), item("y", "2", "a//b")], {"s": "one"})
    assert store.folders() == []
    assert not store.knows("s", "1")
    assert store.cursor("s") is None
