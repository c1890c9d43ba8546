"""`$search`: KQL of messages, clauses of directories, dates around now; and that memory and FTS5 find the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any as Anything

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.matching import matches
from postroom.workspace.query.printer import print_filter
from postroom.workspace.query.search import All, Any, No, SearchNode, Term, parse_search
from postroom.workspace.query.search_plan import COLUMNS, Either, Every, Match, Where, Without, plan
from postroom.workspace.query.words import words_of
from postroom.workspace.schema.types import SCHEMA

NOW = datetime(2024, 2, 1, 12, tzinfo=UTC)
TEXTS = {
    "from": "Ann Example <ann@example.org>",
    "to": "Bob <bob@example.com>",
    "cc": "",
    "bcc": "",
    "subject": "Re: Quarterly report, final",
    "body": "Please find the Größe of the house attached. Crème brûlée!",
    "attachment": "report-2024.pdf",
}
COLUMN_NAMES = [*TEXTS]


def word(text: str, owner: str | None = None, *, prefix: bool = False) -> Term:
    return Term(owner, ":", text, words_of(text), prefix)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("report", word("report")),
        ('"report"', word("report")),
        ("\"'report'\"", word("'report'")),
        ("rep*", word("rep", prefix=True)),
        ("quarterly report", All((word("quarterly"), word("report")))),
        ('"quarterly report"', All((word("quarterly"), word("report")))),
        ('"\\"quarterly report\\""', word("quarterly report")),
        ('x "quarterly report"', All((word("x"), word("quarterly report")))),
        ("subject:report", word("report", "subject")),
        ('"subject:report"', word("report", "subject")),
        ('subject:"final report"', word("final report", "subject")),
        ("a OR b AND c d", Any((word("a"), All((word("b"), word("c"), word("d")))))),
        ("(a OR b) NOT c", All((Any((word("a"), word("b"))), No(word("c"))))),
        ("a or b", All((word("a"), word("or"), word("b")))),
        ("from:(a OR b)", Any((word("a", "from"), word("b", "from")))),
        ("size>=500", Term("size", ">=", "500", ("500",))),
        (
            "received:2024-01-01..2024-01-31",
            Term("received", "..", "2024-01-01", ("2024", "01", "01"), until="2024-01-31"),
        ),
        ("received:this week", Term("received", ":", "this week", ("this", "week"))),
        ("subject: report", All((word("subject:"), word("report")))),
        ("10:30", word("10:30")),
        ("a - b", All((word("a"), word("b")))),
    ],
)
def test_kql_is_read(text: str, expected: SearchNode) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a word"),
        ("-", "at least one word"),
        ("subject:..", "at least one word"),
        ('"', "quote"),
        ('subject:"x', "position 8"),
        ("(a", "closing parenthesis at position 2"),
        ("a)", "no \\) at position 1"),
        ("a OR", "a word instead of the end at position 4"),
        ("AND a", "a word instead of AND"),
        ("(" * 5_000, "."),
        ("(" * 50 + "a" + ")" * 50, "levels"),
        ("NOT " * 50 + "a", "levels"),
        ("a " * 1_000, "no more than"),
        ("x" * 1_000_000, "characters"),
    ],
    ids=lambda text: text[:12],
)
def test_a_search_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        parse_search(text)


pieces = st.sampled_from(
    ["a", "b*", '"', "(", ")", "OR", "AND", "NOT", " ", "subject:", "size>", "..", "\\", "é", ":", "received:"]
)


@example("SUBJECT:..")
@given(st.text(max_size=30) | st.lists(pieces, max_size=15).map("".join) | st.lists(pieces, max_size=15).map(" ".join))
def test_nothing_but_invalid_is_raised(text: str) -> None:
    for directory in (False, True):
        with suppress(Invalid):
            tree = parse_search(text, directory=directory)
            matches(tree, TEXTS)
            plan(tree, lambda: NOW)


# In memory


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("report", True),
        ("REPORT quarterly", True),
        ("repo", False),
        ("repo*", True),
        ('subject:"report final"', True),
        ('x OR "final report"', False),
        ("creme", True),
        ("from:ann", True),
        ("to:ann", False),
        ("participants:ann AND recipients:bob", True),
        ("NOT report", False),
        ("subject<>invoice", True),
        ("bcc:ann", False),
        ("missing:x", False),
        ("subject:-..-", False),
    ],
)
def test_texts_in_memory_are_matched(text: str, found: bool) -> None:
    assert matches(parse_search(text), TEXTS) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"displayName:al"', True),
        ('"displayName:TEAM"', True),
        ('"displayName:7"', True),
        ('"displayName:eam"', False),
        ('"displayName:alpha team"', True),
        ('"mail:alpha@"', True),
        ("\"mail:'alpha@example.org'\"", True),
        ("\"displayName:'alpha'\"", True),
        ('"mail:example"', False),
        ('"proxyAddresses:smtp:b"', True),
        ('"displayName:x" OR "mail:ALPHA"', True),
        ('"displayName:al" AND "mail:x"', False),
        ('"displayName:al" NOT "description:people"', False),
        ('("displayName:x" OR "displayName:al") AND "description:some"', True),
        ("displayName:al", True),
        ('"peop"', True),
        ('"unknown:x"', False),
    ],
)
def test_directory_clauses_find_words_by_their_beginning_and_other_values_by_theirs(text: str, found: bool) -> None:
    texts = {
        "displayName": "AlphaTeam7 of us",
        "description": "Some people",
        "mail": "alpha@example.org",
        "proxyAddresses": "smtp:a@example.org\nsmtp:b@example.org",
    }
    assert matches(parse_search(text, directory=True), texts) is found


# For the store


def condition(text: str, zone: tzinfo = UTC) -> str:
    found = plan(parse_search(text), lambda: NOW, zone)
    assert isinstance(found, Where)
    return print_filter(found.node)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("received:today", "2024-02-01", "2024-02-02"),
        ("received:yesterday", "2024-01-31", "2024-02-01"),
        ('received:"this week"', "2024-01-28", "2024-02-04"),
        ("received:last week", "2024-01-21", "2024-01-28"),
        ('received:"this month"', "2024-02-01", "2024-03-01"),
        ("received:Last Month", "2024-01-01", "2024-02-01"),
        ('received:"this year"', "2024-01-01", "2025-01-01"),
        ('received="last year"', "2023-01-01", "2024-01-01"),
        ("received:2024-01-31", "2024-01-31", "2024-02-01"),
        ("received:1/31/2024", "2024-01-31", "2024-02-01"),
        ("received:2023-12-01..2024-01-31", "2023-12-01", "2024-02-01"),
    ],
)
def test_dates_and_words_for_them_are_spans(text: str, first: str, last: str) -> None:
    expected = f"(receivedDateTime ge {first}T00:00:00Z) and (receivedDateTime lt {last}T00:00:00Z)"
    assert condition(text) == expected


def test_words_for_dates_are_of_the_zone_that_is_asked_for() -> None:
    there = timezone(timedelta(hours=13))
    assert "2024-02-02T00:00:00+13:00" in condition("sent:today", zone=there)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("received>2024-01-31", "receivedDateTime ge 2024-02-01T00:00:00Z"),
        ("received>=2024-01-31", "receivedDateTime ge 2024-01-31T00:00:00Z"),
        ("received<2024-01-31", "receivedDateTime lt 2024-01-31T00:00:00Z"),
        ("sent<=2024-01-31", "sentDateTime lt 2024-02-01T00:00:00Z"),
        ("size>1MB", "size gt 1048576"),
        ("size:500", "size eq 500"),
        ("size:1KB..2KB", "(size ge 1024) and (size le 2048)"),
        ("hasAttachment:true", "hasAttachments eq true"),
        ("hasattachments<>yes", "hasAttachments ne true"),
        ("isRead:no", "isRead eq false"),
        ("importance:High", "importance eq 'high'"),
        ("kind:email", "true"),
        ("kind:meetings", "isof(microsoft.graph.eventMessage)"),
        ("kind<>meetings", "not isof(microsoft.graph.eventMessage)"),
        ("kind:notes", "false"),
        ("NOT isRead:no", "not (isRead eq false)"),
        ("size>1 OR isRead:yes", "(size gt 1) or (isRead eq true)"),
    ],
)
def test_restrictions_on_properties_are_conditions(text: str, expected: str) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize(
    "text",
    ["received:someday", "received:2/30/2024", "size:big", "isRead:maybe", "importance:urgent", "importance>low",
     "subject>a", "received:9999-12-31"],
)  # fmt: skip
def test_a_value_that_its_property_cannot_have_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"\$search"):
        plan(parse_search(text), lambda: NOW)


def test_words_and_conditions_are_told_apart() -> None:
    found = plan(parse_search("report (from:ann received:today) NOT draft"), lambda: NOW)
    assert isinstance(found, Every)
    words, day = found.parts
    expected = '(({from subject body} : "report") AND ({from} : "ann")) NOT ({from subject body} : "draft")'
    assert words == Match(expected)
    assert isinstance(day, Where)
    assert print_filter(day.node).startswith("(receivedDateTime ge ")


def test_what_needs_several_questions_has_several_parts() -> None:
    found = plan(parse_search("report OR size>1"))
    assert isinstance(found, Either)
    assert [type(part) for part in found.parts] == [Match, Where]
    assert plan(parse_search("NOT report")) == Without(Match('{from subject body} : "report"'))


@pytest.mark.parametrize(
    "text", ["bogus:x", "report Re:x", "(bogus:a OR b)", "bogus>5", 'bogus:"a b"', "bogus:(a OR b)"]
)
def test_a_property_that_there_is_not_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(Invalid, match=r"instead of '(bogus|Re)', or quotes around"):
        plan(parse_search(text))


def test_in_quotes_it_is_words() -> None:
    assert plan(parse_search('report "Re:x"')) == Match(
        '({from subject body} : "report") AND ({from subject body} : "re x")'
    )


def test_what_only_looks_like_a_property_is_words() -> None:
    assert plan(parse_search("http://example.org")) == Match('{from subject body} : "http example org"')


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    columns = ", ".join(f'"{name}"' for name in COLUMN_NAMES)
    connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5({columns}, tokenize = 'unicode61 remove_diacritics 2')")
    yield connection
    connection.close()


def fts(index: sqlite3.Connection, texts: dict[str, str], found: Anything) -> bool:
    """Asks the index as a store would."""
    match found:
        case Match(text):
            index.execute("DELETE FROM texts")
            index.execute(
                f"INSERT INTO texts VALUES ({', '.join('?' * len(texts))})", [texts[name] for name in COLUMN_NAMES]
            )
            return index.execute("SELECT 1 FROM texts WHERE texts MATCH ?", (text,)).fetchone() is not None
        case Where(node):
            return Evaluator(SCHEMA.entity("message")).holds(node, {"size": 7})
        case Every(parts):
            return all(fts(index, texts, part) for part in parts)
        case Either(parts):
            return any(fts(index, texts, part) for part in parts)
        case Without(part):
            return not fts(index, texts, part)
    raise AssertionError(found)


letters = st.sampled_from(["a", "A", "b", "ab", "é", "e", "1", "-", "größe", "ÉCLAIR", "a_b", "x.y"])
terms = st.builds(
    lambda text, owner, prefix: word(text, owner, prefix=prefix),
    st.lists(letters, min_size=1, max_size=2).map(" ".join).filter(words_of),
    st.none() | st.sampled_from(sorted(COLUMNS)),
    st.booleans(),
)
searches: st.SearchStrategy[SearchNode] = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(No, inner),
    ),
    max_leaves=6,
)
stored = st.fixed_dictionaries({name: st.lists(letters, max_size=3).map(" ".join) for name in COLUMN_NAMES})


@given(searches, stored)
def test_the_index_and_memory_agree(index: sqlite3.Connection, tree: SearchNode, texts: dict[str, str]) -> None:
    free = {name: texts[name] for name in ("from", "subject", "body")}

    def in_memory(node: SearchNode) -> bool:
        match node:
            case All(parts):
                return all(in_memory(part) for part in parts)
            case Any(parts):
                return any(in_memory(part) for part in parts)
            case No(part):
                return not in_memory(part)
        return matches(node, free if isinstance(node, Term) and node.property is None else texts)

    assert fts(index, texts, plan(tree)) == in_memory(tree)
