"""Conditions asked of documents: nulls, cases, dates, collections, types; and against a naive evaluator."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.workspace.query.trees import path, trees

from postroom.errors import Invalid
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.request import parse_orderby
from postroom.workspace.query.tree import And, Call, Compare, In, Lambda, Literal, Node, Not, Or, Path, Value
from postroom.workspace.schema.types import SCHEMA

NOW = datetime(2024, 2, 1, 12, tzinfo=UTC)
MESSAGE: dict[str, Any] = {
    "@odata.type": "#microsoft.graph.eventMessageRequest",
    "id": "1",
    "subject": "Re: Größe of the House",
    "isRead": False,
    "importance": "high",
    "size": 7,
    "receivedDateTime": "2024-01-31T10:00:00.5Z",
    "webLink": None,
    "from": {"emailAddress": {"name": "Ann", "address": "ann@example.org"}},
    "toRecipients": [
        {"emailAddress": {"name": "Bob", "address": "bob@example.org"}},
        {"emailAddress": {"name": None, "address": "carl@example.com"}},
    ],
    "ccRecipients": [],
    "categories": ["Red", "Blue"],
    "meetingMessageType": "meetingRequest",
    "startDateTime": {"dateTime": "2024-02-01T09:00:00.0000000", "timeZone": "W. Europe Standard Time"},
    "endDateTime": {"dateTime": "2024-02-01T09:00:00.0000000", "timeZone": "Europe/Nowhere"},
    "singleValueExtendedProperties": [{"id": "String {x} Name n", "value": "y"}],
    "_ours": "secret",
}
MESSAGES = Evaluator(SCHEMA.entity("message"), now=lambda: NOW)
UNTYPED = Evaluator(now=lambda: NOW)

HOLD = [
    "subject eq 'RE: größe OF the house'",
    "SUBJECT ne 'x'",
    "isRead eq false",
    "not isRead",
    "isRead ne true",
    "importance eq microsoft.graph.importance'High'",
    "webLink eq null",
    "null eq webLink",
    "missing eq null",
    "subject ne null",
    "size gt 6 and size le 7.0",
    "size add 3 mul 2 eq 13",
    "(size div 2) eq 3 and size mod 4 eq 3 and -size eq -7",
    "receivedDateTime eq 2024-01-31T10:00:00.5Z",
    "receivedDateTime eq 2024-01-31T11:00:00.500+01:00",
    "receivedDateTime ge 2024-01-31",
    "receivedDateTime lt 2024-02-01",
    "receivedDateTime gt '2024-01-31T10:00:00Z'",
    "2024-02-01 gt receivedDateTime",
    "receivedDateTime lt now()",
    "receivedDateTime add duration'P1D' lt now()",
    "now() sub receivedDateTime gt duration'P1D'",
    "date(receivedDateTime) eq 2024-01-31",
    "time(receivedDateTime) gt 09:59:59",
    "year(receivedDateTime) eq 2024 and month(receivedDateTime) eq 1 and day(receivedDateTime) eq 31",
    "hour(receivedDateTime) eq 10 and minute(receivedDateTime) eq 0 and second(receivedDateTime) eq 0",
    "fractionalseconds(receivedDateTime) eq 0.5",
    "totalseconds(duration'PT1M') eq 60",
    "receivedDateTime gt mindatetime() and receivedDateTime lt maxdatetime()",
    "from/emailAddress/address eq 'ANN@example.org'",
    "startswith(subject,'re:') and endswith(subject,'HOUSE') and contains(subject,'GRÖSSE') eq false",
    "contains(subject,'größe') and substringof('HOUSE',subject)",
    "indexof(subject,'größe') eq 4 and length(subject) eq 22",
    "substring(subject,4,5) eq 'größe' and substring(subject,50) eq ''",
    "concat(tolower(importance),toupper('x')) eq 'highx' and trim('  a ') eq 'a'",
    "round(2.5) eq 3 and round(-2.5) eq -3 and floor(2.5) eq 2 and ceiling(2.5) eq 3",
    "subject in ('a','RE: GRÖSSE','re: größe of the house')",
    "webLink in ('a', null)",
    "not (subject in ('a'))",
    "categories/any(c:c eq 'red')",
    "categories/all(c:length(c) gt 2)",
    "categories/any() and not ccRecipients/any()",
    "ccRecipients/all(c:c/emailAddress/address eq 'x')",
    "categories eq 'red'",
    "categories ne 'green'",
    "concat(categories,categories) eq 'RedBlue'",
    "not (categories eq 'green')",
    "toRecipients/emailAddress/address eq 'BOB@example.org'",
    "contains(toRecipients/emailAddress/address, 'carl')",
    "toRecipients/any(r:r/emailAddress/address eq 'bob@example.org' and r/emailAddress/name eq 'bob')",
    "toRecipients/any(a:startswith(a/emailAddress/address,'carl') and a/emailAddress/name eq null)",
    "toRecipients/any(r:categories/any(c:c eq 'Blue' and r/emailAddress/name eq 'Bob' and $it/size eq 7))",
    "toRecipients/any(x:toRecipients/any(x:x/emailAddress/name eq 'Bob') and x/emailAddress/name eq null)",
    "toRecipients/$count eq 2 and ccRecipients/$count eq 0 and missing/$count eq 0",
    "toRecipients/any(r:r/emailAddress/name eq null)",
    "microsoft.graph.eventMessage/meetingMessageType eq 'meetingRequest'",
    "meetingMessageType ne null",
    "microsoft.graph.calendarSharingMessage/subject eq null",
    "isof(microsoft.graph.eventMessage) and not isof('microsoft.graph.calendarSharingMessage')",
    "isof(subject, Edm.String) and not isof(isRead, Edm.Int32) and not isof(webLink, Edm.String)",
    "cast(size, Edm.String) eq '7' and cast('8', Edm.Int32) eq 8 and cast('x', Edm.Int32) eq null",
    "cast(receivedDateTime, Edm.Date) eq 2024-01-31 and cast('PT1H', Edm.Duration) eq duration'PT1H'",
    "startDateTime/dateTime eq 2024-02-01T08:00:00Z",
    "startDateTime/DateTime lt '2024-02-01T08:00:01'",
    "endDateTime/dateTime eq 2024-02-01T09:00:00Z",
    "singleValueExtendedProperties/Any(ep: ep/id eq 'String {x} Name n' and ep/value eq 'y')",
    "importance has 'high'",
    "from ne null",
    "_ours eq null",
    "contains(@odata.type, 'request')",
]
FAIL = [
    "webLink eq 'x'",
    "webLink ne 'x'",
    "not (webLink eq 'x')",
    "not contains(webLink,'x')",
    "webLink lt 'x' or webLink ge 'x'",
    "webLink eq missing",
    "size eq '7'",
    "isRead eq 'false'",
    "isRead lt true",
    "size div 0 eq 0",
    "subject add 1 eq 1",
    "categories ne 'Red'",
    "not (toRecipients/emailAddress/address eq 'bob@example.org')",
    "toRecipients/any(r:r/emailAddress/address eq 'bob@example.org' and r/emailAddress/name ne 'Bob')",
    "ccRecipients/any(c:c ne null)",
    "missing/any()",
    "subject in ()",
    "subject",
    "from eq from",
    "from lt toRecipients",
    "from/emailAddress gt 1",
    "_ours eq 'secret'",
    "round('x') eq 0",
    "receivedDateTime eq 'yesterday'",
    "receivedDateTime gt duration'PT1H'",
    "subject/any(s:s eq 'x')",
    "maxdatetime() add duration'P1D' gt now()",
]


@pytest.mark.parametrize("text", HOLD)
def test_a_condition_holds(text: str) -> None:
    assert MESSAGES.holds(parse_filter(text), MESSAGE)


@pytest.mark.parametrize("text", FAIL)
def test_a_condition_does_not_hold(text: str) -> None:
    assert not MESSAGES.holds(parse_filter(text), MESSAGE)


TYPED = ("date(", "time(", "add duration", "sub received", "cast(received", "calendarSharingMessage/", "gt '2024")


@pytest.mark.parametrize("text", [text for text in HOLD if not any(word in text for word in TYPED)])
def test_values_are_taken_for_what_they_look_like_without_a_type(text: str) -> None:
    assert UNTYPED.holds(parse_filter(text), MESSAGE)


def test_parts_of_dates_and_dates_without_zone_are_of_the_zone_that_was_asked_for() -> None:
    there = Evaluator(SCHEMA.entity("message"), timezone(timedelta(hours=-11)))
    assert there.holds(parse_filter("day(receivedDateTime) eq 30 and hour(receivedDateTime) eq 23"), MESSAGE)
    assert there.holds(parse_filter("receivedDateTime lt 2024-01-31"), MESSAGE)
    assert there.holds(parse_filter("receivedDateTime lt '2024-01-31T00:00:00'"), MESSAGE)


@pytest.mark.parametrize(
    "text",
    [
        "x/any(a:" * 15 + "a eq 2" + ")" * 15,
        "length(" + "concat(" * 8 + "x" + ",x)" * 8 + ") eq 7",
        "x add x add x add x add x eq 0.5",
        "x add x add x eq x add x add x",
    ],
    ids=lambda text: text[:12],
)
def test_lists_that_multiply_come_to_an_end(text: str) -> None:
    with pytest.raises(Invalid, match="asks less"):
        UNTYPED.holds(parse_filter(text), {"x": [1] * 30 if "add" in text or "any" in text else ["a"] * 30})
    assert UNTYPED.holds(parse_filter("x/any(a:x/any(b:a eq b))"), {"x": [1] * 30})


def test_enums_with_flags_have_each_of_their_members() -> None:
    document = {"scopes": "internal, external"}
    assert UNTYPED.holds(parse_filter("scopes has 'External'"), document)
    assert UNTYPED.holds(parse_filter("scopes has 'external,internal'"), document)
    assert not UNTYPED.holds(parse_filter("scopes has 'externalPartner'"), document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subject", MESSAGE["subject"]),
        ("size", 7),
        ("receivedDateTime", datetime(2024, 1, 31, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("categories", "Red"),
        ("ccRecipients", None),
        ("from", None),
        ("isRead eq false", True),
        ("length(categories)", 3),
        ("size div 2", 3),
        ("-size mod 4", -3),
        ("size div 2.0", 3.5),
    ],
)
def test_a_node_has_a_value(text: str, expected: Value) -> None:
    assert MESSAGES.value(parse_filter(text), MESSAGE) == expected


def ids(documents: list[dict[str, Any]], orderby: str) -> str:
    return "".join(document["id"] for document in MESSAGES.sort(documents, parse_orderby(orderby)))


def test_documents_are_sorted_without_case_by_instants_and_with_nulls_first() -> None:
    documents: list[dict[str, Any]] = [
        {"id": "a", "subject": "b", "receivedDateTime": "2024-01-31T10:00:00Z"},
        {"id": "b", "subject": "B", "receivedDateTime": "2024-01-31T10:00:00.1Z"},
        {"id": "c", "subject": None, "receivedDateTime": "2024-01-31T12:00:00+03:00"},
        {"id": "d", "subject": "A"},
    ]
    assert ids(documents, "subject") == "cdab"
    assert ids(documents, "subject desc") == "abdc"
    assert ids(documents, "RECEIVEDdatetime desc") == "bacd"
    assert ids(documents, "subject desc,receivedDateTime desc") == "badc"
    assert ids(documents, "") == "abcd"


def test_values_of_different_kinds_are_sorted_without_an_error() -> None:
    documents = [{"id": str(n), "x": value} for n, value in enumerate(["a", 1, True, None, {"y": 1}, [2, 1], 1.5])]
    assert ids(documents, "x") == "3421650"
    assert ids(documents, "x desc") == "0561234"


# A naive evaluator: truth is 1, falsehood 0 and what is not known one half, so that `and` is the least.

words = st.sampled_from(["", "a", "A", "b", "ab", "ß"])
days = st.integers(1, 28).map(lambda day: f"2024-02-{day:02}T10:00:00Z")
documents = st.fixed_dictionaries(
    {
        "subject": st.none() | words,
        "size": st.none() | st.integers(-2, 2),
        "isRead": st.none() | st.booleans(),
        "receivedDateTime": st.none() | days,
        "categories": st.lists(words, max_size=3),
        "toRecipients": st.lists(words.map(lambda word: {"emailAddress": {"address": word}}), max_size=2),
    }
)
operators = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
equalities = st.sampled_from(["eq", "ne"])
addresses = path("toRecipients/emailAddress/address")


def constant(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return values.map(Literal)


instants = days.map(datetime.fromisoformat)
simple: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, operators, st.just(path("subject")), constant(words)),
    st.builds(Compare, operators, st.just(path("size")), constant(st.integers(-2, 2))),
    st.builds(Compare, operators, st.just(path("receivedDateTime")), constant(instants)),
    st.builds(Compare, equalities, st.just(path("isRead")), constant(st.booleans())),
    st.builds(Compare, equalities, st.sampled_from([path("subject"), path("size")]), st.just(Literal(None))),
    st.builds(Compare, operators, st.sampled_from([path("categories"), addresses]), constant(words)),
    st.builds(In, st.just(path("subject")), st.lists(constant(words), max_size=2).map(tuple)),
    words.map(lambda word: Call("contains", (path("subject"), Literal(word)))),
    st.builds(
        Lambda,
        st.sampled_from(["any", "all"]),
        st.just(path("categories")),
        st.just("c"),
        st.builds(Compare, operators, st.just(path("c")), constant(words)),
    ),
)


def joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(And, parts), st.builds(Or, parts), st.builds(Not, inner))


def naive(node: Node, document: dict[str, Any]) -> float:
    match node:
        case And(parts):
            return min(naive(part, document) for part in parts)
        case Or(parts):
            return max(naive(part, document) for part in parts)
        case Not(part):
            return 1 - naive(part, document)
        case In(left, values):
            return max((naive(Compare("eq", left, value), document) for value in values), default=0)
        case Compare("ne", left, right):
            return 1 - naive(Compare("eq", left, right), document)
        case Compare(operator, Path(names), Literal(value)):
            found = stored(names, document)
            several = found if isinstance(found, list) else [found]
            return max((naive_compare(operator, one, value) for one in several), default=0)
        case Call(_, (Path(names), Literal(value))):
            found = stored(names, document)
            return 0.5 if found is None else float(str(value).lower() in found.lower())
        case Lambda(quantifier, Path((collection,)), _, Compare(operator, _, Literal(value))):
            compared = Compare(operator, path("c"), Literal(value))
            answers = [naive(compared, {"c": element}) for element in document[collection]]
            return max(answers, default=0) if quantifier == "any" else min(answers, default=1)
    raise AssertionError(node)


def stored(names: tuple[str, ...], document: dict[str, Any]) -> Any:
    if len(names) == 3:
        return [recipient["emailAddress"]["address"] for recipient in document[names[0]]]
    return document[names[0]]


def naive_compare(operator: str, left: Any, right: Any) -> float:
    if right is None:
        return float(left is None)
    if left is None:
        return 0.5
    if isinstance(right, datetime):
        left = datetime.fromisoformat(left)
    if isinstance(right, str):
        left, right = left.lower(), right.lower()
    answers = {"eq": left == right, "gt": left > right, "ge": left >= right, "lt": left < right, "le": left <= right}
    return float(answers[operator])


@given(st.recursive(simple, joined, max_leaves=8), documents)
def test_answers_are_those_of_a_naive_evaluator(tree: Node, document: dict[str, Any]) -> None:
    assert MESSAGES.holds(tree, document) == (naive(tree, document) == 1)
    assert MESSAGES.holds(Not(tree), document) == (naive(tree, document) == 0)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.just("2024-01-31T10:00:00Z"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(trees, st.dictionaries(st.sampled_from(["subject", "isRead", "from", "a", "b"]), json, max_size=4))
def test_any_tree_is_answered_for_any_document(tree: Node, document: dict[str, Any]) -> None:
    for evaluator in (MESSAGES, UNTYPED):
        assert evaluator.holds(tree, document) in (True, False)
        evaluator.value(tree, document)


def test_lists_in_one_another_are_no_more_work_than_their_sum() -> None:
    text = "isRead"
    for _ in range(12):
        text = f"({text} in (false, false, false, false, false, true))"
    began = time.perf_counter()
    assert Evaluator(SCHEMA.entity("message")).holds(parse_filter(text), {"isRead": True})
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(("text", "answer"), [("null in ('x', null)", True), ("not (null in ('x', 5))", True)])
def test_null_is_in_a_list_or_not(text: str, answer: bool) -> None:
    assert Evaluator(SCHEMA.entity("message")).holds(parse_filter(text), {}) is answer
