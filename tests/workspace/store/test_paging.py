from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.workspace.store.mailboxes import ANNA, BERT, folder, message

from postroom.errors import Invalid
from postroom.workspace.query.options import Options, Order
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.tree import Path
from postroom.workspace.store import ids
from postroom.workspace.store.listing import ItemPage, Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit


def order(*names: str) -> tuple[Order, ...]:
    """`-name` is descending."""
    return tuple(Order(Path(tuple(name.lstrip("-").split("/"))), name.startswith("-")) for name in names)


NEWEST = order("-receivedDateTime")


def pages(unit: Unit, listing: Listing) -> Iterator[ItemPage]:
    """All pages, from cursor to cursor."""
    while True:
        page = unit.items.page(listing)
        yield page
        if page.cursor is None:
            return
        listing = replace(listing, options=replace(listing.options, cursor=page.cursor))


def subjects(unit: Unit, listing: Listing) -> list[str]:
    return [item.document.get("subject") for page in pages(unit, listing) for item in page.rows]  # type: ignore[misc]


@pytest.fixture
def inbox(store: Store) -> Item:
    with store.write() as unit:
        return folder(unit.items)


def listed(parent: Item, **options: Any) -> Listing:
    return Listing(ANNA, ("message", "eventMessage"), parent, options=Options(**options), default_order=NEWEST)


def test_a_list_has_a_default_order_and_page_and_a_cursor_while_more_follows(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        for number in range(23):
            message(unit.items, inbox, number)
    with store.read() as unit:
        found = list(pages(unit, listed(inbox, count=True)))
        assert [len(page.rows) for page in found] == [10, 10, 3]
        assert [page.count for page in found] == [23] * 3
        names = [item.document["subject"] for page in found for item in page.rows]
        assert names == [f"Message {number}" for number in reversed(range(23))]


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({"top": 23}, [23]),
        ({"top": 22}, [22, 1]),
        ({"top": 5000}, [20, 3]),
        ({"page_size": 8}, [8, 8, 7]),
        ({"top": 0}, [0]),
        ({"skip": 15}, [8]),
        ({"skip": 3, "top": 12}, [12, 8]),
        ({"skip": 99}, [0]),
    ],
)
@pytest.mark.parametrize("sort", [NEWEST, order("bodyPreview", "-receivedDateTime")])
def test_pages_are_as_large_as_was_asked_for(
    store: Store, inbox: Item, options: dict[str, int], sizes: list[int], sort: tuple[Order, ...]
) -> None:
    with store.write() as unit:
        for number in range(23):
            message(unit.items, inbox, number, bodyPreview="same")
    with store.read() as unit:
        listing = replace(listed(inbox, orderby=sort, **options), most=20 if options.get("top") == 5000 else 1000)
        found = list(pages(unit, listing))
        assert [len(page.rows) for page in found] == sizes
        names = [item.document["subject"] for page in found for item in page.rows]
        assert names == [f"Message {number}" for number in reversed(range(23 - options.get("skip", 0)))][: sum(sizes)]


@pytest.mark.parametrize("sort", [("receivedDateTime",), ("-isRead", "subject"), ("x", "-receivedDateTime"), ()])
def test_a_page_without_limit_has_all(store: Store, inbox: Item, sort: tuple[str, ...]) -> None:
    with store.write() as unit:
        for number in range(60):
            message(unit.items, inbox, number)
    with store.read() as unit:
        page = unit.items.page(replace(listed(inbox, orderby=order(*sort)), default_page=None))
        assert (len(page.rows), page.cursor) == (60, None)


ORDERS = [
    ("receivedDateTime",),
    ("-receivedDateTime",),
    ("isRead", "-subject"),
    ("-isRead", "subject", "receivedDateTime"),
    ("flag/flagStatus", "importance"),
    ("-from/emailAddress/address", "-importance", "isRead"),
    ("lastModifiedDateTime", "-subject"),
    # Not columns, so sorted by their documents.
    ("bodyPreview",),
    ("-bodyPreview", "isRead"),
    ("subject", "-body/x", "receivedDateTime"),
]


@pytest.mark.parametrize("names", ORDERS, ids=",".join)
def test_pages_together_are_the_whole_list_in_order_nulls_first(
    store: Store, inbox: Item, names: tuple[str, ...]
) -> None:
    chance = random.Random(",".join(names))
    with store.write() as unit:
        for _ in range(120):
            unit.items.add(ANNA, chance.choice(["message", "eventMessage"]), inbox, _random_document(chance))
    sort = order(*names)
    with store.read() as unit:
        whole = unit.items.page(listed(inbox, orderby=sort, top=1000)).rows
        assert len(whole) == 120
        for top in (1, 7, 50):
            parts = [item for page in pages(unit, listed(inbox, orderby=sort, top=top)) for item in page.rows]
            assert parts == whole
    keys = [[_value(item, one) for one in sort] for item in whole]
    for place, one in reversed(list(enumerate(sort))):
        keys.sort(
            key=lambda row: (row[place] is not None, 0 if row[place] is None else row[place]), reverse=one.descending
        )
    assert [[_value(item, one) for one in sort] for item in whole] == keys


def _value(item: Item, one: Order) -> Any:
    value: Any = item.document | {"lastModifiedDateTime": "2026"}
    for name in one.path.names:
        value = value.get(name) if isinstance(value, dict) else None
    return value.lower() if isinstance(value, str) else value


def _random_document(chance: random.Random) -> dict[str, Any]:
    whole = {
        "receivedDateTime": f"2026-01-0{chance.randint(1, 9)}T00:00:00Z",
        "isRead": chance.choice([True, False]),
        "subject": chance.choice(["a", "B", "Ä", "ä", "zz", ""]),
        "importance": chance.choice(["low", "high"]),
        "flag": {"flagStatus": chance.choice(["flagged", "complete"])},
        "from": {"emailAddress": {"address": chance.choice(["A@x.org", "b@x.org"])}},
        "bodyPreview": chance.choice(["one", "Two", "three"]),
        "body": {"x": chance.choice([1, 2])},
    }
    return {name: value for name, value in whole.items() if chance.random() < 0.7}


def test_what_comes_and_goes_between_pages_moves_nothing_else(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        made = [message(unit.items, inbox, number) for number in range(0, 40, 2)]
    listing = listed(inbox, top=5)
    with store.read() as unit:
        first = unit.items.page(listing)
    with store.write() as unit:
        unit.items.remove(first.rows[-1])
        unit.items.remove(made[3])
        message(unit.items, inbox, 101)
        message(unit.items, inbox, 13)
    with store.read() as unit:
        rest = subjects(unit, replace(listing, options=replace(listing.options, cursor=first.cursor)))
    assert rest == [f"Message {n}" for n in (28, 26, 24, 22, 20, 18, 16, 14, 13, 12, 10, 8, 4, 2, 0)]


@pytest.mark.parametrize("sort", [NEWEST, order("bodyPreview")])
def test_a_cursor_is_good_for_its_own_list_only_and_outlives_the_store(
    store: Store, inbox: Item, sort: tuple[Order, ...]
) -> None:
    with store.write() as unit:
        other = folder(unit.items, "Other")
        for number in range(12):
            message(unit.items, inbox, number)
    with store.read() as unit:
        cursor = unit.items.page(listed(inbox, orderby=sort)).cursor
        assert cursor
    with Store(store.blobs._directory.parent, list(store._kinds)) as again, again.read() as unit:
        assert len(unit.items.page(listed(inbox, orderby=sort, cursor=cursor)).rows) == 2
        wrong = [
            listed(other, orderby=sort, cursor=cursor),
            listed(inbox, orderby=order("subject"), cursor=cursor),
            replace(listed(inbox, orderby=sort, cursor=cursor), mailbox=BERT),
            replace(listed(inbox, orderby=sort, cursor=cursor), kinds=("message",)),
            listed(inbox, orderby=sort, cursor=cursor[:-1] + ("A" if cursor[-1] != "A" else "Q")),
            listed(inbox, orderby=sort, cursor="AAAA"),
            listed(inbox, orderby=sort, cursor="ä"),
            listed(inbox, orderby=sort, cursor=""),
        ]
        for listing in wrong:
            with pytest.raises(Invalid):
                unit.items.page(listing)


def test_lists_keep_to_their_mailbox_place_and_kind(store: Store) -> None:
    with store.write() as unit:
        outer = folder(unit.items, "Outer")
        inner = folder(unit.items, "Inner", outer)
        deep = folder(unit.items, "Deep", inner)
        side = folder(unit.items, "Side")
        theirs = folder(unit.items, "Outer", mailbox=BERT)
        for number, parent in enumerate((outer, inner, deep, side, theirs)):
            message(unit.items, parent, number)
        unit.items.add(ANNA, "eventMessage", side, {"subject": "Meeting"})

        def found(kinds: tuple[str, ...] = ("message", "eventMessage"), **more: Any) -> list[str]:
            return subjects(unit, Listing(ANNA, kinds, default_order=order("receivedDateTime"), **more))

        assert found() == ["Meeting", "Message 0", "Message 1", "Message 2", "Message 3"]
        assert found(("message",)) == ["Message 0", "Message 1", "Message 2", "Message 3"]
        assert found(("eventMessage",)) == ["Meeting"]
        assert found(below=outer) == ["Message 0", "Message 1", "Message 2"]
        assert found(below=inner) == ["Message 1", "Message 2"]
        assert found(parent=inner, below=outer) == ["Message 1"]
        assert found(parent=theirs) == []
        assert found(parent=None) == []
        roots = unit.items.page(Listing(ANNA, ("mailFolder",), None, default_order=order("-displayName"))).rows
        assert roots == [side, outer]
        assert unit.items.count(Listing(ANNA, ("mailFolder",), below=outer)) == 2
        mixed = Listing(ANNA, ("mailFolder", "message"), outer)
        assert [item.kind for item in unit.items.page(mixed).rows] == ["mailFolder", "message"]


def test_kinds_without_columns_are_filtered_and_sorted_by_their_documents(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        mail = message(unit.items, inbox)
        for number, kind in enumerate(["fileAttachment", "itemAttachment"] * 2):
            unit.items.add(ANNA, kind, mail, {"name": f"{3 - number}.pdf", "size": number * 100})
    listing = Listing(ANNA, ("fileAttachment", "itemAttachment"), mail, default_page=None)
    asked = Options(filter=parse_filter("size ge 100 and endswith(name, '.PDF')"), orderby=order("name"), count=True)
    with store.read() as unit:
        page = unit.items.page(replace(listing, options=asked))
        assert [item.document["name"] for item in page.rows] == ["0.pdf", "1.pdf", "2.pdf"]
        assert page.count == 3
        assert unit.items.count(listing) == 4


def test_an_item_is_found_by_its_id_in_a_filter(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        made = [message(unit.items, inbox, number) for number in range(3)]
        moved = unit.items.move(unit.items.move(made[2], None), inbox)
        for text, names in [
            (f"id eq '{ids.ordinary(made[0])}'", ["Message 0"]),
            (f"ID eq '{ids.immutable(made[1])}' or subject eq 'x'", ["Message 1"]),
            (f"id in ('{ids.ordinary(made[1])}', 'no id', '{ids.immutable(moved)}')", ["Message 2", "Message 1"]),
            (f"id eq '{ids.ordinary(made[2])}'", []),
            ("id eq 'nonsense'", []),
        ]:
            assert subjects(unit, listed(inbox, filter=parse_filter(text))) == names


def test_a_filter_with_a_thousand_choices_is_answered(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        for number in range(3):
            message(unit.items, inbox, number)
        either = parse_filter(" or ".join(f"subject eq 'message {number}'" for number in range(1, 900)))
        assert subjects(unit, listed(inbox, filter=either)) == ["Message 2", "Message 1"]


def test_what_is_not_in_columns_is_looked_for_in_what_is_shown(store: Store, inbox: Item) -> None:
    def with_body(unit: Unit) -> Callable[[Item], dict[str, Any]]:
        return lambda item: item.document | {"body": {"content": f"Body of {item.document['subject']}"}}

    with store.write() as unit:
        for number in range(300):
            message(unit.items, inbox, number, categories=["Red"] if number % 3 else ["Blue", "Green"])
    with store.read() as unit:
        red = parse_filter("categories/any(c:c eq 'red') and receivedDateTime lt 2026-01-01T00:10:00Z")
        listing = listed(inbox, filter=red, top=4, count=True)
        found = list(pages(unit, listing))
        assert [[item.document["subject"][8:] for item in page.rows] for page in found] == [
            ["8", "7", "5", "4"],
            ["2", "1"],
        ]
        assert [page.count for page in found] == [6, 6]
        assert [
            item.document["subject"][8:]
            for item in unit.items.page(replace(listing, options=replace(listing.options, skip=3))).rows
        ] == ["4", "2", "1"]
        body = replace(
            listed(inbox, filter=parse_filter("contains(body/content, 'message 299')")), view=with_body(unit)
        )
        assert subjects(unit, body) == ["Message 299"]


def test_instants_are_compared_to_the_microsecond_and_in_any_zone(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        for text in ("2026-01-01T12:00:00.0000010Z", "2026-01-01T13:00:00.000002+01:00", "0001-01-01T00:00:00Z"):
            unit.items.add(ANNA, "message", inbox, {"subject": text, "receivedDateTime": text})
        for text, count in [
            ("receivedDateTime gt 2026-01-01T12:00:00.000001Z", 1),
            ("receivedDateTime ge 2026-01-01T13:00:00.000001+01:00", 2),
            ("receivedDateTime lt 1970-01-01", 1),
            ("receivedDateTime ge '2026-01-01T12:00:00.000002Z'", 1),
            ("2026-01-01 le receivedDateTime", 2),
            ("year(receivedDateTime) eq 1", 1),
        ]:
            assert unit.items.count(listed(inbox, filter=parse_filter(text))) == count, text
        assert datetime(1, 1, 1, tzinfo=UTC) < unit.now


@pytest.mark.parametrize(
    "text",
    [
        "size gt 99999999999999999999999",
        "99999999999999999999999 eq size",
        "subject eq '\ud800' or contains(subject, '\udfff')",
        "receivedDateTime lt 0001-01-01T00:00:00+14:00",
    ],
)
def test_values_that_sqlite_does_not_know_are_in_no_document(store: Store, inbox: Item, text: str) -> None:
    with store.write() as unit:
        message(unit.items, inbox, size=5)
        assert unit.items.count(listed(inbox, filter=parse_filter(text))) == 0
        assert unit.items.page(listed(inbox, skip=10**30)).rows == []


def _plan(unit: Unit, listing: Listing) -> str:
    """How SQLite answers the one statement that reads the numbers of the list."""
    statements: list[str] = []
    unit.connection.set_trace_callback(statements.append)
    unit.items.page(listing)
    unit.connection.set_trace_callback(None)
    (asked,) = [statement for statement in statements if " AS base " in statement]
    return " / ".join(row["detail"] for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {asked}"))


@pytest.mark.parametrize(
    ("text", "in_folder", "in_mailbox"),
    [
        ("true", "message_by_received (parent=?)", "message_by_mailbox (mailbox=?)"),
        ("receivedDateTime ge 2026-01-01", "message_by_received (parent=? AND received>?)", "received>?)"),
        ("conversationId eq 'x'", "message_by_conversation (conversation_id=?", "message_by_conversation"),
        ("internetMessageId eq '<x>'", "message_by_internet_message_id", "message_by_internet_message_id"),
    ],
)
def test_the_index_that_finds_least_is_used_whatever_is_in_the_tables(
    store: Store, inbox: Item, text: str, in_folder: str, in_mailbox: str
) -> None:
    with store.write() as unit:
        message(unit.items, inbox)
    with store.read() as unit:
        assert in_folder in _plan(unit, listed(inbox, filter=parse_filter(text)))
        assert in_mailbox in _plan(unit, replace(listed(inbox, filter=parse_filter(text)), parent=ANY))


def test_counting_the_unread_of_a_folder_reads_nothing_but_an_index(store: Store, inbox: Item) -> None:
    statements: list[str] = []
    with store.read() as unit:
        unit.connection.set_trace_callback(statements.append)
        unit.items.count(listed(inbox, filter=parse_filter("isRead eq false")))
        unit.connection.set_trace_callback(None)
        plan = [row["detail"] for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]
        assert plan[0] == "SEARCH base USING COVERING INDEX message_by_is_read (parent=? AND is_read=?)"


@pytest.mark.parametrize(
    "text",
    [
        "isRead eq false",
        "isRead ne true",
        "not isRead",
        "isRead eq false and importance eq 'high'",
    ],
)
def test_the_unread_of_a_folder_newest_first_are_read_from_an_index_without_sorting(
    store: Store, inbox: Item, text: str
) -> None:
    with store.write() as unit:
        for number in range(30):
            message(unit.items, inbox, number, importance="high")
    with store.read() as unit:
        statements: list[str] = []
        unit.connection.set_trace_callback(statements.append)
        listing = listed(inbox, filter=parse_filter(text), top=10)
        assert [len(page.rows) for page in pages(unit, listing)] == [10, 10, 10]
        unit.connection.set_trace_callback(None)
        asked = [statement for statement in statements if "ORDER BY base.received" in statement]
        assert len(asked) >= 3
        for statement in asked:
            plan = [row["detail"] for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert "TEMP B-TREE" not in " ".join(plan), "\n".join([statement, *plan])
            assert any("message_by_is_read (parent=? AND is_read=?" in step for step in plan), plan
