"""The query language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postroom.archive.search.query import (
    FIELDS,
    MAX_CHARS,
    MAX_DEPTH,
    MAX_TERMS,
    TEXT_FIELDS,
    And,
    Dated,
    Everything,
    Folder,
    HasAttachment,
    Identity,
    MessageId,
    Node,
    Not,
    Or,
    Sized,
    Text,
    parse,
    terms,
    write,
)
from postroom.errors import Invalid

NOW = datetime(2024, 5, 15, 12, tzinfo=UTC).timestamp()
A, B, C = (Text(None, name) for name in "abc")


def seconds(*parts: int, zone: ZoneInfo | None = None) -> int:
    return int(datetime(*parts, tzinfo=zone or UTC).timestamp())  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("*", Everything()),
        ("a", A),
        ('"a"', A),
        ("a b c", And((A, B, C))),
        ("a and b AND c", And((A, B, C))),
        ("a (b c)", And((A, B, C))),
        ("a or b Or c", Or((A, B, C))),
        ("a b or c", Or((And((A, B)), C))),
        ("a or b c", Or((A, And((B, C))))),
        ("a (b or c)", And((A, Or((B, C))))),
        ("not a b", And((Not(A), B))),
        ("a -b", And((A, Not(B)))),
        ("-(a b)", Not(And((A, B)))),
        ("not not a", Not(Not(A))),
        ("a - b", And((A, B))),
        ("a — b", And((A, B))),
        ("a-b", Text(None, "a-b")),
        ('"a  b"', Text(None, "a  b")),
        ("“a b”", Text(None, "a b")),
        ("invoi*", Text(None, "invoi", prefix=True)),
        ('"open invoi"*', Text(None, "open invoi", prefix=True)),
        ("from:anna@example.com", Text("from", "anna@example.com")),
        ('FROM:"Anna Berg"', Text("from", "Anna Berg")),
        ("subject:(a or b) c", And((Or((Text("subject", "a"), Text("subject", "b"))), C))),
        ("to:(a from:b)", And((Text("to", "a"), Text("from", "b")))),
        ("subject:and", Text("subject", "and")),
        ("http://example.com", Text(None, "http://example.com")),
        ("12:30", Text(None, "12:30")),
        ('folder:"anna/In box"', Folder("anna/In box")),
        ("has:attachment", HasAttachment()),
        ("id:1:4711", Identity(1, 4711)),
        ("messageid:<x@y>", MessageId("x@y")),
        ("filename:*.pdf", Text("filename", "*.pdf")),
        ("size:>1M", Sized((1 << 20) + 1, None)),
        ("size:>=1m", Sized(1 << 20, None)),
        ("size:<10KB", Sized(None, 10_239)),
        ("size:<=10k", Sized(None, 10_240)),
        ("size:10k..2M", Sized(10_240, 2 << 20)),
        ("size:1.5k..", Sized(1_536, None)),
        ("size:2k", Sized(2_048, 3_071)),
        ("size:77", Sized(77, 77)),
        ("date:2024", Dated(seconds(2024, 1, 1), seconds(2025, 1, 1) - 1)),
        ("date:2024-02", Dated(seconds(2024, 2, 1), seconds(2024, 3, 1) - 1)),
        ("date:2024-02-29", Dated(seconds(2024, 2, 29), seconds(2024, 3, 1) - 1)),
        ("date:2024-01..2024-06", Dated(seconds(2024, 1, 1), seconds(2024, 7, 1) - 1)),
        ("date:2024-01..", Dated(seconds(2024, 1, 1), None)),
        ("date:..2024-01", Dated(None, seconds(2024, 2, 1) - 1)),
        ("date:>2024-01", Dated(seconds(2024, 2, 1), None)),
        ("date:<2024-01", Dated(None, seconds(2024, 1, 1) - 1)),
        ("date:2024-01-01T10:30", Dated(seconds(2024, 1, 1, 10, 30), seconds(2024, 1, 1, 10, 31) - 1)),
        ("date:today", Dated(seconds(2024, 5, 15), seconds(2024, 5, 16) - 1)),
        ("date:yesterday", Dated(seconds(2024, 5, 14), seconds(2024, 5, 15) - 1)),
        ("date:lastweek", Dated(seconds(2024, 5, 6), seconds(2024, 5, 13) - 1)),
        ("date:lastmonth..today", Dated(seconds(2024, 4, 1), seconds(2024, 5, 16) - 1)),
        ("date:lastyear", Dated(seconds(2023, 1, 1), seconds(2024, 1, 1) - 1)),
    ],
)
def test_a_query_has_one_meaning(text: str, node: Node) -> None:
    assert parse(text, now_s=NOW) == node


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a or", "a word at character 5"),
        ("or a", "a word at character 1"),
        ("(a", "a closing parenthesis for the one at character 1"),
        ("a)", "no closing parenthesis at character 2"),
        ("()", "a word at character 2"),
        ('a "b', "a closing quotation mark for the one at character 3"),
        ("x from:", "a value for from: at character 8"),
        ("a*", "2 characters or more before '*' at character 1"),
        ("ab*cd", "'*' at the end of a word only at character 1"),
        ("x *cd", "'*' at the end of a word only at character 3"),
        ("---", "a letter or a digit"),
        ("subject:---", "a letter or a digit at character 9"),
        ("date:2024-13", "at character 6"),
        ("date:2024-02-30", "at character 6"),
        ("date:2024..2023", "a range whose end is not before its start at character 6"),
        ("date:..", "at character 6"),
        ("size:big", "at character 6"),
        ("has:paper", "attachment at character 5"),
        ("id:7", "a message id like 1:4711 at character 4"),
        ("a" * (MAX_CHARS + 1), "at most"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), "levels of parentheses"),
        ("a " * (MAX_TERMS + 1), "terms"),
    ],
)
def test_a_wrong_query_says_what_was_expected_and_where(text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.field == "query"
    assert said in caught.value.expected


def test_days_are_those_of_the_zone() -> None:
    zone = ZoneInfo("Europe/Berlin")
    spring_forward = parse("date:2024-03-31", zone=zone)
    assert isinstance(spring_forward, Dated)
    assert spring_forward.first_s == seconds(2024, 3, 31, zone=zone)
    assert spring_forward.last_s is not None
    assert spring_forward.last_s + 1 - spring_forward.first_s == 23 * 3600
    late = datetime(2024, 5, 15, 23, 30, tzinfo=UTC).timestamp()
    assert parse("date:today", zone=zone, now_s=late) == parse("date:2024-05-16", zone=zone)


def test_what_is_denied_is_no_term_to_show() -> None:
    assert terms(parse("a (b or subject:c) -d")) == [A, B, Text("subject", "c")]


words = st.text("abé日1 -:*()@.", min_size=1, max_size=8) | st.sampled_from(["and", "or", "not", "from:", "x"])
pieces = st.one_of(
    words,
    st.sampled_from([*(f"{field}:" for field in FIELDS), "(", ")", '"', " ", "or ", "not ", "-", "*", "..", ">", "k"]),
    st.sampled_from(["date:2024-01..today", "size:>1M", "has:attachment", "id:1:2", "messageid:<a@b>"]),
    st.characters(),
)


@given(st.lists(pieces, max_size=25).map("".join))
@example("date:0001-01-01")
@example("date:>9999")
@example("size:<0")
@example("size:>999999999999G")
@example("from:to:x")
def test_any_text_is_a_query_that_can_be_written_back_or_invalid(text: str) -> None:
    try:
        node = parse(text, now_s=NOW)
    except Invalid:
        return
    assert parse(write(node), zone=ZoneInfo("Asia/Tokyo"), now_s=0) == node


phrases = st.text("abcäß日 .-'", min_size=1, max_size=10).filter(lambda text: any(map(str.isalnum, text)))
leaves = st.one_of(
    st.builds(Text, st.none() | st.sampled_from(TEXT_FIELDS), phrases),
    st.builds(Folder, phrases),
    st.builds(Dated, st.integers(-(10**9), 0), st.none() | st.integers(1, 10**10)),
    st.builds(Sized, st.integers(0, 99), st.none() | st.integers(100, 10**12)),
    st.builds(Identity, st.integers(0, 9), st.integers(0, 10**9)),
    st.just(HasAttachment()),
    st.just(Everything()),
)


def joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    flat = tuple(part for node in nodes for part in (node.nodes if isinstance(node, kind) else (node,)))
    return kind(flat)


def larger(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(nodes, min_size=2, max_size=4)
    return st.one_of(nodes.map(Not), some.map(lambda n: joined(And, n)), some.map(lambda n: joined(Or, n)))


trees: st.SearchStrategy[Node] = st.recursive(leaves, larger, max_leaves=12)


@given(trees)
def test_a_written_tree_is_read_as_the_same_tree(node: Node) -> None:
    assert parse(write(node)) == node
