"""What SQL decides is what the evaluator would have decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path as Directory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workspace.store.mailboxes import ANNA, KINDS

from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.options import Options
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.tree import And, Call, Compare, In, Literal, Node, Not, Or, Path
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.kinds import Kinds
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item, view
from postroom.workspace.store.store import Store
from postroom.workspace.store.translate import fields_of, split

TEXTS = ["", "a", "A", "ab", "Äb", "äB", "straße", "a\0b", "\0", "%", "_", "😀b", "high"]
INSTANTS = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00.0000010Z", "2025-12-31T23:59:59Z"]
BOOLEANS = [True, False]
DOCUMENT: dict[str, list[Any]] = {
    "subject": TEXTS,
    "importance": TEXTS,
    "from": [{"emailAddress": {"address": text}} for text in TEXTS],
    "receivedDateTime": INSTANTS,
    "sentDateTime": INSTANTS,
    "isRead": BOOLEANS,
    "hasAttachments": BOOLEANS,
}


def _documents() -> Iterator[dict[str, Any]]:
    """Enough of them, each value with each of some others, and many nulls."""
    for number in range(150):
        document: dict[str, Any] = {}
        for place, (name, values) in enumerate(DOCUMENT.items()):
            if (number * (place + 3) + place) % 4:
                document[name] = values[(number * (2 * place + 1) + place) % len(values)]
        yield document


class Filled:
    """A store and what is in it; no dataclass, for hypothesis would print all of it."""

    def __init__(self, store: Store, made: list[Item]) -> None:
        self.store, self.made = store, made


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    directory: Directory = tmp_path_factory.mktemp("store")
    with Store(directory, KINDS) as store:
        with store.write() as unit:
            made = [unit.items.add(ANNA, "message", None, document) for document in _documents()]
        yield Filled(store, made)


def path(*names: str) -> Path:
    return Path(names)


_TEXT = st.sampled_from([path("subject"), path("Importance"), path("from", "emailAddress", "ADDRESS")])
_INSTANT = st.sampled_from([path("receivedDateTime"), path("SentDateTime"), path("createdDateTime")])
_FLAG = st.sampled_from([path("isRead"), path("hasAttachments")])
_COLUMNS = _TEXT | _INSTANT | _FLAG
_MOMENT = st.sampled_from(
    [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), date(2026, 1, 1)]
)
_CONSTANT = st.builds(
    Literal, st.none() | st.booleans() | st.sampled_from(TEXTS + INSTANTS) | _MOMENT | st.integers(-1, 2)
)
_OPERATOR = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
_CASED = st.builds(lambda name, one: Call(name, (one,)), st.sampled_from(["tolower", "toupper"]), _TEXT)
_TESTED = st.builds(
    lambda name, one, text: Call(name, (text, one) if name == "substringof" else (one, text)),
    st.sampled_from(["startswith", "endswith", "contains", "substringof"]),
    _TEXT | _CASED,
    st.builds(Literal, st.sampled_from(TEXTS)),
)
_COMPARED = st.builds(Compare, _OPERATOR, _COLUMNS | _CASED, _CONSTANT | _COLUMNS)
_TURNED = st.builds(Compare, _OPERATOR, _CONSTANT, _COLUMNS)
_CHOSEN = st.builds(In, _COLUMNS | _CASED, st.lists(_CONSTANT, min_size=1, max_size=4).map(tuple))
_RESIDUAL = st.just(parse_filter("length(subject) gt 1"))
_LEAF: st.SearchStrategy[Node] = _COMPARED | _TURNED | _CHOSEN | _TESTED | _FLAG | _RESIDUAL


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(And, parts) | st.builds(Or, parts) | st.builds(Not, inner)


@given(st.recursive(_LEAF, _grown, max_leaves=6))
def test_a_filter_finds_what_the_evaluator_would_find(mailbox: Filled, node: Node) -> None:
    store, made = mailbox.store, mailbox.made
    evaluator = Evaluator(SCHEMA.entity("message"))
    expected = [item.number for item in made if evaluator.holds(node, view(item))]
    listing = Listing(ANNA, ("message", "eventMessage"), None, options=Options(filter=node), default_page=None)
    with store.read() as unit:
        assert [item.number for item in unit.items.page(listing).rows] == expected
        assert unit.items.count(listing) == len(expected)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("isRead eq false and receivedDateTime ge 2026-01-01T00:00:00Z", None),
        ("not (isRead or hasAttachments) and subject in ('a', 'b')", None),
        ("startswith(tolower(subject), 'RE:') or from/emailAddress/address eq 'a@b.c'", None),
        ("flag/flagStatus eq 'flagged' and $it/isDraft ne true", None),
        ("conversationId ne null and 'x' eq internetMessageId", None),
        ("isRead and categories/any(c:c eq 'Red')", "categories/any(c:c eq 'Red')"),
        ("isRead or categories/any(c:c eq 'Red')", "isRead or categories/any(c:c eq 'Red')"),
        ("length(subject) gt 3 and isRead and body/content eq 'x'", "length(subject) gt 3 and body/content eq 'x'"),
    ],
)
def test_columns_are_decided_by_sql_and_only_the_rest_by_documents(text: str, left: str | None) -> None:
    _, residual = split(parse_filter(text), fields_of(Kinds(KINDS)["message"]))
    assert _placeless(residual) == _placeless(left and parse_filter(left))


def _placeless(node: Node | str | None) -> str:
    """A tree without positions."""
    return re.sub(r", position=\d+", "", repr(node)) if node else ""
