"""Search over several stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom.archive.search.fields import MAX_DATE_S, Document
from postroom.archive.search.index import StoreIndex
from postroom.archive.search.query import parse
from postroom.archive.search.search import MAX_RANKED, Found, Search, Shown
from postroom.archive.search.snippet import Highlighter, Passage
from postroom.errors import Damaged, Invalid, WrongState

ARCHIVES = {"anna": 1, "bert": 2, "carl": 3}


@dataclass
class Shelf:
    """A store of documents in memory with a real index. Folder ids are those of the archives."""

    id: int
    index: StoreIndex
    documents: dict[int, Document] = field(default_factory=dict)
    pending: int = 0

    def put(self, *documents: Document) -> None:
        self.documents.update((document.message, document) for document in documents)
        self.index.apply(documents, [], self.index.applied + 1)

    def archive_ids(self, names: AbstractSet[str]) -> AbstractSet[int]:
        return {ARCHIVES[name] for name in names if name in ARCHIVES}

    def folders_named(self, text: str) -> AbstractSet[int]:
        return self.folder_ids(text)

    def folder_ids(self, path: str) -> AbstractSet[int]:
        return {ARCHIVES[path]} if path in ARCHIVES else set()

    def shown(self, messages: Sequence[int]) -> Mapping[int, Shown]:
        names = {number: name for name, number in ARCHIVES.items()}
        found = (self.documents[message] for message in messages if message in self.documents)
        return {d.message: Shown(names[d.archive], names[d.archive], d.subject, "", "", d.size) for d in found}

    def passage(self, message: int) -> Passage:
        if not self.documents[message].body:
            raise Damaged("the pack cannot be read")
        return Passage(self.documents[message].body)


def document(message: int, archive: str = "anna", **values: Any) -> Document:
    number = ARCHIVES[archive]
    return replace(Document(message, number, (number,), date_s=message, size=10, body="word"), **values)


@pytest.fixture
def shelves(tmp_path: Path) -> list[Shelf]:
    return [Shelf(number, StoreIndex(tmp_path / str(number))) for number in (1, 2, 3)]


@pytest.fixture
def search(shelves: list[Shelf]) -> Search:
    return Search(lambda: shelves)


def ids(found: Found) -> list[tuple[int, int]]:
    return [(row.store, row.message) for row in found.rows]


def pages(search: Search, limit: int, **options: Any) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    after = ""
    while True:
        found = search.search("*", limit=limit, after=after, **{"archives": None, **options})
        seen += ids(found)
        after = found.after
        if not after:
            assert found.total == len(seen)
            return seen
        assert len(found.rows) == limit


def test_messages_of_all_stores_make_one_list_newest_first(shelves: list[Shelf], search: Search) -> None:
    shelves[0].put(document(1, date_s=10), document(2, date_s=30))
    shelves[1].put(document(1, date_s=20), document(2, date_s=30))
    found = search.search("word", archives=None)
    assert ids(found) == [(1, 2), (2, 2), (2, 1), (1, 1)]
    assert (found.total, found.after, found.complete) == (4, "", True)


dates = st.integers(-2, 2) | st.sampled_from([MAX_DATE_S, -MAX_DATE_S])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    placed=st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(1, 9), st.integers(-2, 2) | st.sampled_from([MAX_DATE_S, -MAX_DATE_S])
        ),
        unique_by=lambda place: place[:2],
    ),
    limit=st.integers(1, 7),
)
def test_pages_give_every_message_once_in_order(
    shelves: list[Shelf], search: Search, placed: list[tuple[int, int, int]], limit: int
) -> None:
    for at, shelf in enumerate(shelves):
        shelf.index.clear()
        shelf.documents.clear()
        shelf.put(*(document(number, date_s=date_s) for where, number, date_s in placed if where == at))
    ordered = sorted(placed, key=lambda place: (-place[2], place[0], -place[1]))
    assert pages(search, limit) == [(where + 1, number) for where, number, _ in ordered]
    assert sorted(pages(search, limit, by_score=True)) == sorted((where + 1, number) for where, number, _ in placed)


def test_what_arrives_between_two_pages_neither_repeats_nor_hides_a_row(shelves: list[Shelf], search: Search) -> None:
    shelves[0].put(*(document(n) for n in range(1, 7)))
    first = search.search("word", archives=None, limit=3)
    shelves[0].put(document(7))
    shelves[1].put(document(9, date_s=99))
    second = search.search("word", archives=None, limit=3, after=first.after)
    assert [message for _, message in ids(first) + ids(second)] == [6, 5, 4, 3, 2, 1]
    assert second.total == 8


@pytest.mark.parametrize("text", ["*", "word", "not other", "folder:bert", "folder:anna or word", "id:1:2 or word"])
def test_nobody_sees_an_archive_that_is_not_theirs(shelves: list[Shelf], search: Search, text: str) -> None:
    for shelf in shelves:
        shelf.put(document(1, "anna"), document(2, "bert"), document(3, "carl"))
    found = search.search(text, archives={"anna", "nobody"})
    assert {row.shown.archive for row in found.rows} <= {"anna"}
    assert found.total == len(found.rows)
    assert search.search(text, archives=set()).total == 0


def test_a_folder_narrows_a_search(shelves: list[Shelf], search: Search) -> None:
    shelves[0].put(document(1, "anna"), document(2, "bert"))
    assert ids(search.search("word", archives=None, folder="bert")) == [(1, 2)]
    assert ids(search.search("word", archives=None, folder="unknown")) == []


@pytest.mark.parametrize(
    ("after", "by_score"),
    [
        ("x", False),
        ("d1.2", False),
        ("d1.2.3 ", False),
        ("r5", False),
        ("d1.2.3", True),
        ("d99999999999.1.1", False),
        ("d1.1.999999999", False),
        (f"r{MAX_RANKED}", True),
        ("d١.2.3", False),
    ],
)
def test_a_page_mark_that_is_none_is_refused(search: Search, after: str, by_score: bool) -> None:
    with pytest.raises(Invalid) as caught:
        search.search("word", archives=None, after=after, by_score=by_score)
    assert caught.value.field == "after"


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_has_one_to_a_thousand_rows(search: Search, limit: int) -> None:
    with pytest.raises(Invalid):
        search.search("word", archives=None, limit=limit)


def test_an_answer_says_what_is_not_indexed_yet(shelves: list[Shelf], search: Search) -> None:
    shelves[1].pending = 4
    found = search.search("word", archives=None)
    assert (found.pending, found.complete) == (4, False)


@pytest.mark.parametrize("error", [Damaged("index 1: checksum"), WrongState("The store was closed.")])
def test_a_store_that_cannot_answer_is_told_and_the_others_answer(
    shelves: list[Shelf], search: Search, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    shelves[1].put(document(1))
    monkeypatch.setattr(shelves[0].index, "search", broken)
    found = search.search("word", archives=None)
    assert ids(found) == [(2, 1)]
    assert not found.complete
    assert "Store 1" in found.problems[0]


def test_a_message_deleted_meanwhile_is_left_out(shelves: list[Shelf], search: Search) -> None:
    shelves[0].put(document(1), document(2))
    del shelves[0].documents[2]
    assert ids(search.search("word", archives=None)) == [(1, 1)]


def test_rows_show_where_they_matched(shelves: list[Shelf], search: Search) -> None:
    shelves[0].put(document(1, body="Die große Rechnung & mehr"), document(2, body="", subject="RECHNUNG"))
    rows = search.search("rechnung", archives=None).rows
    assert rows[0].snippet is None
    assert rows[1].snippet is not None
    assert rows[1].snippet.html == "Die große <mark>Rechnung</mark> &amp; mehr"
    assert search.search("rechnung", archives=None, snippets=False).rows[1].snippet is None


# Snippets


@pytest.mark.parametrize(
    ("text", "searched", "html"),
    [
        ("One  two\n three", "two", "One <mark>two</mark> three"),
        ("the Straße ends", "STRASSE", "the <mark>Straße</mark> ends"),
        ("ß ß cafe\u0301 x", "café", "ß ß <mark>cafe\u0301</mark> x"),
        ("many invoices here", "invo*", "many <mark>invoices</mark> here"),
        ("artful art", "art", "artful <mark>art</mark>"),
        ("smart art", "art", "smart <mark>art</mark>"),
        ("東京都に住む", "京都", "東<mark>京都</mark>に住む"),
        ("to anna@example.com.", "anna@example.com", "to <mark>anna@example.com</mark>."),
        ("<b>bold</b>", "bold", "&lt;b&gt;<mark>bold</mark>&lt;/b&gt;"),
        ("red green", "red or not green", "<mark>red</mark> green"),
        ("red green", "subject:red green", "red <mark>green</mark>"),
        ("a\u202eb\x00c", "x", "a b c"),
    ],
)
def test_a_snippet_marks_what_matched(text: str, searched: str, html: str) -> None:
    assert Highlighter(parse(searched)).snippet(Passage(text)).html == html


def test_a_snippet_shows_the_place_with_most_of_the_terms() -> None:
    text = "red " + "hay " * 200 + "red and green " + "hay " * 200
    snippet = Highlighter(parse("red green")).snippet(Passage(text))
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["red", "green"]
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert len(snippet.text) <= 210


def test_a_subject_is_marked_by_its_own_field() -> None:
    subject = Highlighter(parse("body:red subject:green blue"), "subject")
    assert subject.marks("red green blue") == ((4, 9), (10, 14))
