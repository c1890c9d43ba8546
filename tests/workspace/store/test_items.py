from __future__ import annotations

from typing import Any

import pytest
from tests.workspace.store.mailboxes import ANNA, BERT, SetClock, folder, log_of, message

from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Body, view
from postroom.workspace.store.store import Store


def test_an_item_is_read_as_it_was_added(store: Store) -> None:
    with store.write() as unit:
        inbox = folder(unit.items)
        added = unit.items.add(ANNA, "message", inbox, {"subject": "Grüße", "_x": [1, None]}, body=Body("text", "Hi\0"))
    with store.read() as unit:
        assert unit.items.get(ANNA, ids.ordinary(added)) == added
        assert unit.items.get(ANNA, ids.immutable(added), "mailFolder", "message") == added
        assert unit.items.body(added) == Body("text", "Hi\0")
        assert unit.items.body(inbox) is None
        assert added.parent
        assert (added.parent.number, ids.ordinary(added.parent)) == (inbox.number, ids.ordinary(inbox))


def test_what_is_shown_has_what_the_row_says_and_none_of_our_own_names(store: Store, clock: SetClock) -> None:
    with store.write() as unit:
        added = folder(unit.items)
        clock.go_on(seconds=5)
    with store.write() as unit:
        item = unit.items.update(added, {"displayName": "Post", "_known": "inbox"})
        assert item == unit.items.get(ANNA, ids.ordinary(item))
    assert view(item) == {
        "@odata.etag": ids.etag(item),
        "id": ids.ordinary(item),
        "createdDateTime": "2026-01-31T10:00:00Z",
        "lastModifiedDateTime": "2026-01-31T10:00:05Z",
        "changeKey": ids.change_key(item),
        "displayName": "Post",
    }


@pytest.mark.parametrize("kinds", [("mailFolder",), ("fileAttachment", "itemAttachment")])
def test_an_item_of_another_kind_or_mailbox_is_not_found(store: Store, kinds: tuple[str, ...]) -> None:
    with store.write() as unit:
        item = message(unit.items, folder(unit.items))
        with pytest.raises(NotFound) as caught:
            unit.items.get(ANNA, ids.ordinary(item), *kinds)
        assert caught.value.kind == kinds[0]
        with pytest.raises(NotFound):
            unit.items.get(BERT, ids.ordinary(item))
        with pytest.raises(Invalid):
            unit.items.get(ANNA, "AAMkAD")


def test_a_move_changes_the_ordinary_id_only(store: Store) -> None:
    with store.write() as unit:
        inbox, archive = folder(unit.items), folder(unit.items, "Archive")
        item = message(unit.items, inbox)
    with store.write() as unit:
        moved = unit.items.move(item, archive)
    with store.read() as unit:
        assert unit.items.get(ANNA, ids.immutable(item)) == moved
        assert unit.items.get(ANNA, ids.ordinary(moved)) == moved
        with pytest.raises(NotFound):
            unit.items.get(ANNA, ids.ordinary(item))
        assert unit.items.children(inbox) == []
        assert unit.items.children(archive) == [moved]
    assert log_of(store)[-2:] == [("message", "deleted"), ("message", "created")]


def test_columns_follow_document_and_place(store: Store) -> None:
    with store.write() as unit:
        inbox, archive = folder(unit.items), folder(unit.items, "Archive")
        item = message(unit.items, inbox, subject="Straße", isRead=False)
        unit.items.move(unit.items.update(item, {"subject": "Weg", "isRead": True}), archive)
        assert unit.items.first(ANNA, "message", where={"subject": "STRAßE"}) is None
        assert unit.items.first(ANNA, "message", parent=inbox) is None
        found = unit.items.first(ANNA, "message", parent=archive, where={"subject": "WEG", "is_read": True})
        assert found
        assert found.number == item.number


def test_a_folder_is_found_by_its_name_without_case_among_its_siblings(store: Store) -> None:
    with store.write() as unit:
        root = folder(unit.items, "Top")
        below = folder(unit.items, "Größe", root)
        other = folder(unit.items, "größe", mailbox=BERT)
        assert unit.items.first(ANNA, "mailFolder", where={"name": "GRÖßE"}) == below
        assert unit.items.first(ANNA, "mailFolder", parent=None, where={"name": "GRÖßE"}) is None
        assert unit.items.first(BERT, "mailFolder", parent=None, where={"name": "GRÖßE"}) == other
        assert list(unit.items.all(ANNA, "mailFolder")) == [root, below]


def test_children_and_roots_come_in_the_order_they_were_made(store: Store) -> None:
    with store.write() as unit:
        first, second = folder(unit.items, "B"), folder(unit.items, "A")
        folder(unit.items, "C", mailbox=BERT)
        inner, mail = folder(unit.items, "Inner", first), message(unit.items, first)
        assert unit.items.roots(ANNA, "mailFolder") == [first, second]
        assert unit.items.children(first) == [inner, mail]
        assert unit.items.children(first, "message", "eventMessage") == [mail]
        assert unit.items.path(mail) == [first]
        deepest = folder(unit.items, "Deep", inner)
        assert unit.items.path(deepest) == [inner, first]


def test_items_can_be_changed_while_they_are_gone_through(store: Store) -> None:
    with store.write() as unit:
        inbox = folder(unit.items)
        made = [message(unit.items, inbox, number) for number in range(600)]
        for item in unit.items.all(ANNA, "message"):
            unit.items.update(item, {"subject": "done"})
            if item == made[0]:
                unit.items.remove(made[-1])
        assert {item.document["subject"] for item in unit.items.children(inbox)} == {"done"}
        assert len(unit.items.children(inbox)) == 599


def test_items_of_a_kind_without_columns_are_found_too(store: Store) -> None:
    with store.write() as unit:
        mail = message(unit.items, folder(unit.items))
        part = unit.items.add(ANNA, "fileAttachment", mail, {"name": "a.pdf"})
        assert unit.items.first(ANNA, "fileAttachment", parent=mail) == part
        assert unit.items.first(ANNA, "itemAttachment") is None


def test_a_folder_does_not_go_into_itself(store: Store) -> None:
    with store.write() as unit:
        outer = folder(unit.items, "Outer")
        middle = folder(unit.items, "Middle", outer)
        inner = folder(unit.items, "Inner", middle)
        for target in (outer, middle, inner):
            with pytest.raises(WrongState):
                unit.items.move(outer, target)
        assert unit.items.path(unit.items.move(inner, None)) == []


def test_nothing_lies_in_what_is_gone_or_belongs_to_somebody_else(store: Store) -> None:
    with store.write() as unit:
        inbox, theirs = folder(unit.items), folder(unit.items, mailbox=BERT)
        item = message(unit.items, inbox)
        gone = folder(unit.items, "Gone")
        unit.items.remove(gone)
        for target in (gone, theirs):
            with pytest.raises(NotFound):
                unit.items.add(ANNA, "message", target, {})
            with pytest.raises(NotFound):
                unit.items.move(item, target)


def test_removing_takes_all_below_and_the_log_tells_of_each(store: Store) -> None:
    with store.write() as unit:
        outer = folder(unit.items, "Outer")
        inner = folder(unit.items, "Inner", outer)
        mail = message(unit.items, inner)
        part = unit.items.add(ANNA, "fileAttachment", mail, {}, body=Body("text", "x"))
        other = folder(unit.items, "Other")
    with store.write() as unit:
        unit.items.remove(outer)
    with store.read() as unit:
        for gone in (outer, inner, mail, part):
            with pytest.raises(NotFound):
                unit.items.get(ANNA, ids.immutable(gone))
        assert unit.items.roots(ANNA) == [other]
        for table in ("body", "message"):
            assert unit.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
    assert log_of(store, "deleted") == [
        (kind, "deleted") for kind in ("fileAttachment", "message", "mailFolder", "mailFolder")
    ]


def test_changing_what_is_gone_changes_nothing(store: Store) -> None:
    with store.write() as unit:
        inbox = folder(unit.items)
        item = message(unit.items, inbox)
        unit.items.remove(item)
    given: dict[str, tuple[Any, ...]] = {"update": ({},), "move": (inbox,), "touch": ()}
    for change, arguments in given.items():
        with pytest.raises(NotFound), store.write() as unit:
            getattr(unit.items, change)(item, *arguments)
    assert len(log_of(store)) == 3


def test_every_change_gives_another_change_number_and_ids_of_the_dead_are_not_given_again(store: Store) -> None:
    with store.write() as unit:
        item = folder(unit.items)
        seen = [item.change]
        item = unit.items.update(item, item.document)
        seen.append(item.change)
        item = unit.items.touch(item)
        seen.append(item.change)
        seen.append(unit.items.move(item, None).change)
        unit.items.remove(item)
        assert folder(unit.items).number > item.number
    assert len(set(seen)) == 4
    assert seen == sorted(seen)


def test_a_body_can_be_given_kept_and_taken(store: Store) -> None:
    with store.write() as unit:
        item = unit.items.add(ANNA, "message", None, {}, body=Body("html", "<p>"))
        item = unit.items.update(item, {"subject": "x"})
        assert unit.items.body(item) == Body("html", "<p>")
        item = unit.items.update(item, {}, Body("text", "plain"))
        assert unit.items.body(item) == Body("text", "plain")
        unit.items.update(item, {}, None)
        assert unit.items.body(item) is None


def test_a_key_is_taken_once(store: Store) -> None:
    with store.write() as unit:
        added = unit.items.add(ANNA, "mailFolder", None, {}, key=b"k" * 16)
        assert unit.items.find(b"k" * 16) == added
        with pytest.raises(AlreadyExists):
            unit.items.add(ANNA, "mailFolder", None, {}, key=b"k" * 16)


@pytest.mark.parametrize(
    "document",
    [{"receivedDateTime": "yesterday"}, {"isRead": 1}, {"subject": 7}, {"subject": "\ud800"}, {"x": object()}],
)
def test_a_document_that_cannot_be_stored_is_refused_whole(store: Store, document: dict[str, Any]) -> None:
    with pytest.raises(Invalid), store.write() as unit:
        unit.items.add(ANNA, "message", None, document)
    assert log_of(store) == []


def test_numbers_come_back_in_the_order_asked_for(store: Store) -> None:
    with store.write() as unit:
        made = [folder(unit.items, str(number)) for number in range(1_100)]
        wanted = [item.number for item in reversed(made)]
        assert [item.number for item in unit.items.at([*wanted, 10**9])] == wanted
