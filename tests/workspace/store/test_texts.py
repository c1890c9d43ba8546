from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.workspace.store.mailboxes import ANNA, BERT, folder, message

from postroom.errors import Invalid
from postroom.workspace.query.options import Options, Order
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.tree import Path
from postroom.workspace.store import searching
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit

NEWEST = (Order(Path(("receivedDateTime",)), descending=True),)


def found(unit: Unit, search: str, **more: Any) -> list[str]:
    options = Options(search=search, filter=more.pop("filter", None), top=more.pop("top", None))
    given = {"mailbox": ANNA, "kinds": ("message", "eventMessage"), "default_order": NEWEST} | more
    return [item.document["subject"] for item in unit.items.page(Listing(**given, options=options)).rows]


@pytest.fixture
def inbox(store: Store) -> Item:
    with store.write() as unit:
        inbox = folder(unit.items)
        for number, (subject, sender, body) in enumerate(
            [
                ("Budget", "Anna Älster anna@x.org", "the numbers of the year"),
                ("Lunch", "bert@x.org", "a table by the window, budget lunch"),
                ("Report on budgets", "carl@y.org", "numbers and more numbers"),
            ]
        ):
            item = message(
                unit.items, inbox, number, subject=subject, importance="high" if number else "low", size=number
            )
            unit.texts.set(item, {"subject": subject, "from": sender, "body": body, "attachment": f"file{number}.pdf"})
        theirs = message(unit.items, folder(unit.items, mailbox=BERT), 9, subject="Budget of Bert")
        unit.texts.set(theirs, {"subject": "Budget of Bert"})
    return inbox


@pytest.mark.parametrize(
    ("search", "subjects"),
    [
        ('"budget"', ["Lunch", "Budget"]),
        ("BUDGET", ["Lunch", "Budget"]),
        ('"budget*"', ["Report on budgets", "Lunch", "Budget"]),
        ('"subject:budget"', ["Budget"]),
        ('"from:alster"', ["Budget"]),
        ('"attachment:file2"', ["Report on budgets"]),
        ("file2", []),
        ('"numbers NOT more"', ["Budget"]),
        ('"lunch OR subject:report"', ["Report on budgets", "Lunch"]),
        ('"received>=2026-01-01 budget"', ["Lunch", "Budget"]),
        ('"received<2026-01-01"', []),
        ('"importance:high"', ["Report on budgets", "Lunch"]),
        ('"importance:low OR window"', ["Lunch", "Budget"]),
        ('"NOT budget"', ["Report on budgets"]),
        ('"NOT (budget AND importance:high)"', ["Report on budgets", "Budget"]),
        ('"size>1"', ["Report on budgets"]),
        ('"numbers size<2"', ["Budget"]),
        ('"numbers kind:email"', ["Report on budgets", "Budget"]),
        ("mailbox1", []),
        ("nowhere", []),
    ],
)
@pytest.mark.parametrize("few", [0, 5_000])
def test_messages_are_found_by_their_words_and_properties_newest_first(
    store: Store, inbox: Item, monkeypatch: pytest.MonkeyPatch, search: str, subjects: list[str], few: int
) -> None:
    """Whether SQLite begins with the words or with the folder."""
    monkeypatch.setattr(searching, "FEW", few)
    with store.read() as unit:
        assert found(unit, search) == subjects
        assert found(unit, search, parent=inbox) == subjects
        assert found(unit, search, below=inbox) == subjects
        filtered = parse_filter("receivedDateTime ge 2026-01-01T00:01:00Z and length(subject) gt 6")
        assert found(unit, search, filter=filtered) == [subject for subject in subjects if len(subject) > 6]
        assert found(unit, search, mailbox="nobody") == []


def test_a_search_is_paged_and_counted(store: Store, inbox: Item) -> None:
    with store.read() as unit:
        listing = Listing(
            ANNA, ("message", "eventMessage"), options=Options(search="budget", top=1, count=True), default_order=NEWEST
        )
        first = unit.items.page(listing)
        assert (first.rows[0].document["subject"], first.count) == ("Lunch", 2)
        then = replace(listing, options=replace(listing.options, cursor=first.cursor))
        assert [item.document["subject"] for item in unit.items.page(then).rows] == ["Budget"]


def test_others_mail_is_not_found(store: Store, inbox: Item) -> None:
    with store.read() as unit:
        assert found(unit, "budget", mailbox=BERT) == ["Budget of Bert"]


def test_new_words_replace_the_old_and_go_with_the_item(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        item = unit.items.first(ANNA, "message", where={"subject": "lunch"})
        assert item
        unit.texts.set(item, {"body": "dinner"})
        assert (found(unit, "lunch"), found(unit, "dinner")) == ([], ["Lunch"])
        unit.texts.remove(item)
        assert found(unit, "dinner") == []
        unit.items.remove(inbox)
        assert found(unit, "numbers") == []
        unit.connection.execute("INSERT INTO text_index (text_index, rank) VALUES ('integrity-check', 1)")


def test_a_move_keeps_the_words(store: Store, inbox: Item) -> None:
    with store.write() as unit:
        item = unit.items.first(ANNA, "message", where={"subject": "lunch"})
        assert item
        elsewhere = folder(unit.items, "Elsewhere")
        unit.items.move(item, elsewhere)
        assert found(unit, "window", parent=elsewhere) == ["Lunch"]


@pytest.mark.parametrize("search", ['"budget OR size>1"', "(", "received:nonsense", '"'])
def test_a_search_that_cannot_be_answered_is_told(store: Store, inbox: Item, search: str) -> None:
    with store.read() as unit, pytest.raises(Invalid):
        found(unit, search)


def test_kinds_without_words_are_not_searched(store: Store, inbox: Item) -> None:
    with store.read() as unit, pytest.raises(Invalid):
        found(unit, "budget", kinds=("mailFolder",))


def test_few_matches_are_begun_with_and_many_are_read_from_the_folder(store: Store, inbox: Item) -> None:
    def plan_of(few: int, monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setattr(searching, "FEW", few)
        statements: list[str] = []
        with store.read() as unit:
            unit.connection.set_trace_callback(statements.append)
            found(unit, "budget", parent=inbox)
            unit.connection.set_trace_callback(None)
            (asked,) = [one for one in statements if "ORDER BY base.received" in one]
            return " / ".join(row["detail"] for row in unit.connection.execute(f"EXPLAIN QUERY PLAN {asked}"))

    with pytest.MonkeyPatch.context() as patch:
        assert plan_of(5_000, patch).startswith("SEARCH base USING INTEGER PRIMARY KEY")
        assert "SEARCH base USING COVERING INDEX message_by_received" in plan_of(0, patch)
