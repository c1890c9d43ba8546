"""From text to tree: precedence, literals, lambdas, errors that name the place, hostile texts."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.workspace.query.trees import compare, path, trees

from postroom.errors import Invalid
from postroom.workspace.query.parser import MOST_LEVELS, parse_filter
from postroom.workspace.query.printer import print_filter
from postroom.workspace.query.tree import (
    And,
    Call,
    Compare,
    Compute,
    In,
    Lambda,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Value,
)
from postroom.workspace.query.walk import children, height

A, B, C = (compare(name, "eq", 1) for name in "abc")


def plain(node: Node) -> str:
    """Two trees that are equal but for positions print alike; repr tells 1 from 1.0 and from True."""
    return print_filter(node) + repr([type(leaf) for leaf in leaves(node)])


def leaves(node: Node) -> list[object]:
    below = children(node)
    own = node.value if isinstance(node, Literal) else node
    return [leaf for child in below for leaf in leaves(child)] if below else [own]


def same(text: str, expected: Node) -> None:
    assert plain(parse_filter(text)) == plain(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a eq 1 or b eq 1 and c eq 1", Or((A, And((B, C))))),
        ("(a eq 1 or b eq 1) and c eq 1", And((Or((A, B)), C))),
        ("not a eq 1 and b eq 1", And((Not(A), B))),
        ("not (a eq 1 and b eq 1)", Not(And((A, B)))),
        ("NOT not a EQ 1", Not(Not(A))),
        ("a eq 1 and b eq 1 and c eq 1", And((A, B, C))),
        ("a eq 1 and (b eq 1 and c eq 1)", And((A, And((B, C))))),
        (
            "a add 2 mul 3 eq 1",
            Compare("eq", Compute("add", path("a"), Compute("mul", Literal(2), Literal(3))), Literal(1)),
        ),
        (
            "a sub 2 sub 3 eq 1",
            Compare("eq", Compute("sub", Compute("sub", path("a"), Literal(2)), Literal(3)), Literal(1)),
        ),
        ("-a lt 1", Compare("lt", Compute("sub", Literal(0), path("a")), Literal(1))),
        ("isRead", path("isRead")),
        ("not isRead", Not(path("isRead"))),
        ("a in ('x','y')", In(path("a"), (Literal("x"), Literal("y")))),
        ("a in ()", In(path("a"), ())),
        ("not(a in (1, null))", Not(In(path("a"), (Literal(1), Literal(None))))),
        ("a has microsoft.graph.color'red'", Compare("has", path("a"), Literal("red"))),
    ],
)
def test_operators_bind_as_odata_says(text: str, expected: Node) -> None:
    same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'it''s'", "it's"),
        ("''", ""),
        ("true", True),
        ("NULL", None),
        ("12", 12),
        ("-12", -12),
        ("1.5", 1.5),
        ("2e3", 2000.0),
        ("3.25m", 3.25),
        ("7L", 7),
        ("2024-01-31", date(2024, 1, 31)),
        ("2024-01-31T10:00:00Z", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31T10:00Z", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31T10:00:00", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31T10:00:00.1Z", datetime(2024, 1, 31, 10, 0, 0, 100_000, tzinfo=UTC)),
        ("2024-01-31T10:00:00.1234567Z", datetime(2024, 1, 31, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-01-31T10:00:00+05:30", datetime(2024, 1, 31, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("2024-01-31T10:00:00 05:30", datetime(2024, 1, 31, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("2024-01-31T10:00:00-08:00", datetime(2024, 1, 31, 10, tzinfo=timezone(-timedelta(hours=8)))),
        ("datetimeoffset'2024-01-31T10:00:00Z'", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("08:30:00.0000000", time(8, 30)),
        ("duration'PT1H30M'", timedelta(hours=1, minutes=30)),
        ("duration'-P1DT0.5S'", -timedelta(days=1, milliseconds=500)),
        ("0189E4E5-21F0-7ABC-8000-0123456789AB", "0189E4E5-21F0-7ABC-8000-0123456789AB"),
        ("a189e4e5-21f0-7abc-8000-0123456789ab", "a189e4e5-21f0-7abc-8000-0123456789ab"),
        ("guid'a189e4e5-21f0-7abc-8000-0123456789ab'", "a189e4e5-21f0-7abc-8000-0123456789ab"),
        ("microsoft.graph.importance'high'", "high"),
        ("'2024-01-31T10:00:00Z'", "2024-01-31T10:00:00Z"),
    ],
)
def test_literals_have_the_values_that_they_name(text: str, expected: Value) -> None:
    node = parse_filter(f"a eq {text}")
    assert isinstance(node, Compare)
    assert isinstance(node.right, Literal)
    assert (type(node.right.value), node.right.value) == (type(expected), expected)


def test_paths_keep_their_names_and_positions() -> None:
    node = parse_filter("  from/emailAddress/Address eq 'x'")
    assert node == Compare("eq", Path(("from", "emailAddress", "Address"), 2), Literal("x"))


def test_casts_counts_and_names_of_odd_letters_are_parts_of_paths() -> None:
    same("microsoft.graph.eventMessage/type eq 1", compare("microsoft.graph.eventMessage/type", "eq", 1))
    same("assignedLicenses/$count ne 0", compare("assignedLicenses/$count", "ne", 0))
    same("fields/Größe_x0020_1 eq 1", compare("fields/Größe_x0020_1", "eq", 1))


def test_lambdas_have_a_variable_and_a_body_or_neither() -> None:
    body = compare("r/emailAddress/address", "eq", "x")
    same("toRecipients/Any(r:r/emailAddress/address eq 'x')", Lambda("any", path("toRecipients"), "r", body))
    same("a/b/all(x: x eq 1 or b eq 1)", Lambda("all", path("a/b"), "x", Or((compare("x", "eq", 1), B))))
    same("categories/any()", Lambda("any", path("categories"), "", None))
    inner = Lambda("any", path("x/b"), "y", compare("y", "eq", "z"))
    same("a/any(x:x/b/any(y:y eq 'z'))", Lambda("any", path("a"), "x", inner))


def test_functions_are_found_in_any_case_and_nest() -> None:
    inner = Call("tolower", (path("subject"),))
    same("startsWith(toLower(subject),'re')", Call("startswith", (inner, Literal("re"))))
    same("isof(microsoft.graph.user)", Call("isof", (path("microsoft.graph.user"),)))


def test_extended_properties_are_read_as_python_programs_write_them() -> None:
    text = "singleValueExtendedProperties/Any(ep: ep/id eq 'String {x-y} Name n' and ep/value eq 'y')"
    body = And((compare("ep/id", "eq", "String {x-y} Name n"), compare("ep/value", "eq", "y")))
    same(text, Lambda("any", path("singleValueExtendedProperties"), "ep", body))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "instead of the end at position 0"),
        ("a eq", "instead of the end at position 4"),
        ("a eq 'x", "begins at position 5"),
        ("a eq 1 b", "instead of 'b' at position 7"),
        ("(a eq 1", "')' instead of the end at position 7"),
        ("a eq 1)", "instead of ')' at position 6"),
        ("a eq 2024-02-30", "position 5"),
        ("a eq 12x", "position 5"),
        ("a eq 1e999", "position 5"),
        ("a eq \x00", "position 5"),
        ("foo(a)", "the name of a function instead of 'foo' at position 0"),
        ("a eq 1 and contains(b)", "contains takes instead of 'contains' at position 11"),
        ("a in (b)", "values only"),
        ("a in 'x'", "'(' instead of"),
        ("a/all()", "a name instead of ')' at position 6"),
        ("a/ eq 1", "an operator or the end instead of '1' at position 6"),
        ("a/1 eq 1", "a name instead of '1' at position 2"),
        ("a,b", "instead of ',' at position 1"),
        ("duration'P1Y' eq a", "position 0"),
    ],
)
def test_an_error_names_the_option_and_the_position(text: str, message: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_filter(text)
    assert caught.value.field == "$filter"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 10_000 + "a" + ")" * 10_000,
        "not " * 10_000 + "a",
        "-" * 10_000 + "a",
        "tolower(" * 5_000 + "a" + ")" * 5_000,
        "a/any(x:" * 5_000,
        "a" + " add 1" * 10_000,
        "a" + " eq 1" * 10_000,
        "a in (" * 5_000,
        "a eq '" + "x" * 1_000_000 + "'",
        "a eq 1 or " * 100_000 + "a",
        "1" * 5_000,
        "(a" + " add 1" * 60 + ")" + " add 1" * 60,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_filter(text)


def test_long_chains_are_not_deep() -> None:
    node = parse_filter(" or ".join(["id eq 'x'"] * 300))
    assert isinstance(node, Or)
    assert len(node.parts) == 300


def test_sixty_levels_are_read() -> None:
    same("(" * 60 + "a eq 1" + ")" * 60, A)


@given(trees)
def test_what_is_printed_parses_to_the_same_tree(tree: Node) -> None:
    same(print_filter(tree), tree)


words = st.sampled_from(
    [
        "a",
        "eq",
        "and",
        "not",
        "(",
        ")",
        "/",
        "any",
        ":",
        ",",
        "'x'",
        "1",
        "in",
        "contains",
        "2024-01-31",
        "null",
        "-",
        "$",
    ]
)


@given(st.text(max_size=60) | st.lists(words, max_size=25).map(" ".join) | st.lists(words, max_size=25).map("".join))
@example("a eq '\ud800'")
@example("²")
def test_nothing_but_invalid_is_raised(text: str) -> None:
    with suppress(Invalid):
        assert height(parse_filter(text)) <= MOST_LEVELS


def test_a_filter_that_asks_too_much_of_each_document_is_refused() -> None:
    most = " or ".join(["contains(subject, 'x')"] * 200)
    parse_filter(most)
    with pytest.raises(Invalid, match="no more than 200 functions, not 201"):
        parse_filter(f"{most} or contains(subject, 'x')")
    most = " or ".join(["subject eq 'x'"] * 999)
    parse_filter(most)
    with pytest.raises(Invalid, match="no more than 3,000 properties, values and operators"):
        parse_filter(f"{most} or subject eq 'x'")
