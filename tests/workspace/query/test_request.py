"""From a query string to options: names in every form, nested options, what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.query.errors import NotOffered, UnknownOption
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.printer import print_filter
from postroom.workspace.query.request import parse_options


def options(**given: str) -> Options:
    return parse_options([(f"${name}", value) for name, value in given.items()])


def test_no_option_is_the_default_of_each() -> None:
    assert parse_options([]) == NONE
    assert parse_options([], page_size=50).page_size == 50


@pytest.mark.parametrize("name", ["$top", "top", "$TOP", "Top", " $top "])
def test_a_name_is_read_in_any_case_and_without_its_sign(name: str) -> None:
    assert parse_options([(name, "5")]).top == 5


def test_every_option_is_read() -> None:
    found = options(
        filter="isRead eq false",
        search='"subject:x"',
        orderby="a desc, b/c asc,d",
        select="id, from/emailAddress,*",
        top="0",
        skip="7",
        skiptoken="abc",
        deltatoken="latest",
        count="TRUE",
    )
    assert found.filter is not None
    assert print_filter(found.filter) == "isRead eq false"
    assert [(order.path.names, order.descending) for order in found.orderby] == [
        (("a",), True),
        (("b", "c"), False),
        (("d",), False),
    ]
    assert [path.names for path in found.select] == [("id",), ("from", "emailAddress"), ("*",)]
    assert (found.search, found.top, found.skip, found.cursor, found.delta, found.count) == (
        '"subject:x"', 0, 7, "abc", "latest", True,
    )  # fmt: skip


def test_positions_of_paths_are_those_in_the_whole_option() -> None:
    assert [path.position for path in options(select="id, from").select] == [0, 4]
    with pytest.raises(Invalid, match="position 6"):
        options(orderby="a, b/ /c")
    with pytest.raises(Invalid, match="at position 11"):
        options(orderby="a, b/c desc!")


def test_expands_have_options_of_their_own() -> None:
    text = "children($select=id,name;$expand=thumbnails($top=1);$top=5;$filter=name eq 'a;b)'),manager($levels=max)"
    children, manager = options(expand=text).expand
    assert (children.path.names, children.options.top, children.levels) == (("children",), 5, 1)
    assert [path.names for path in children.options.select] == [("id",), ("name",)]
    assert children.options.filter is not None
    assert print_filter(children.options.filter) == "name eq 'a;b)'"
    (thumbnails,) = children.options.expand
    assert (thumbnails.path.names, thumbnails.options.top) == (("thumbnails",), 1)
    assert (manager.path.names, manager.levels) == (("manager",), None)


def test_an_expand_of_python_programs_has_no_signs() -> None:
    (fields,) = parse_options([("expand", "fields(select=Title)")]).expand
    assert [path.names for path in fields.options.select] == [("Title",)]


def test_an_expand_goes_through_casts() -> None:
    (item,) = options(expand="microsoft.graph.itemattachment/item").expand
    assert item.path.names == ("microsoft.graph.itemattachment", "item")


def test_the_filter_of_an_expand_of_extended_properties_is_read() -> None:
    text = "singleValueExtendedProperties($filter=id eq 'String {00020329-0000-0000-C000-000000000046} Name x')"
    (expand,) = options(expand=text).expand
    assert expand.options.filter is not None


@pytest.mark.parametrize(
    "name", ["includeHiddenMessages", "startDateTime", "token", "levels", "$format", "api-version"]
)
def test_what_belongs_to_the_route_or_says_nothing_is_passed_over(name: str) -> None:
    assert parse_options([(name, "anything")]) == NONE


@pytest.mark.parametrize("name", ["$foo", "$levels", "$", "$$top"])
def test_an_unknown_option_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnknownOption) as caught:
        parse_options([(name, "1")])
    assert caught.value.field == name


@pytest.mark.parametrize("name", ["$apply", "compute"])
def test_options_that_we_do_not_have_are_told_apart(name: str) -> None:
    with pytest.raises(NotOffered):
        parse_options([(name, "x")])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("$top", "-1"),
        ("$top", "5.0"),
        ("$top", "x"),
        ("$top", ""),
        ("$top", "²"),
        ("$top", "9" * 5000),
        ("$skip", "2147483648"),
        ("$count", "yes"),
        ("$select", "a b"),
        ("$select", "a,'b'"),
        ("$select", "a(b)"),
        ("$select", "x" * 1_000_000),
        ("$select", "a," * 1_000),
        ("$expand", "a," * 1_000),
        ("$orderby", "a up"),
        ("$orderby", "tolower(a)"),
        ("$orderby", "a desc asc"),
        ("$expand", "a("),
        ("$expand", "a)"),
        ("$expand", "a($top=1)b"),
        ("$expand", "a($top)"),
        ("$expand", "a($foo=1)"),
        ("$expand", "a($filter=b eq 'c)"),
        ("$expand", "a($expand=" * 5000 + ")" * 5000),
        ("$search", "x" * 100_000),
        ("$skiptoken", "x" * 100_000),
        ("$filter", "a eq"),
    ],
    ids=lambda text: text[:12],
)
def test_a_value_that_is_none_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid):
        parse_options([(name, value)])


def test_an_option_is_given_once() -> None:
    with pytest.raises(Invalid, match="given once"):
        parse_options([("$top", "1"), ("top", "1")])


option_names = st.sampled_from(
    ["$filter", "$select", "expand", "$orderby", "$top", "$search", "$count", "$x", "levels"]
)
pieces = st.sampled_from(["a", "/", "(", ")", ";", ",", "$top=1", "$expand=", "'", '"', " desc", "*", "=", "é", "1"])


@given(st.lists(st.tuples(option_names, st.text(max_size=20) | st.lists(pieces, max_size=12).map("".join)), max_size=3))
def test_nothing_but_invalid_is_raised(pairs: list[tuple[str, str]]) -> None:
    with suppress(Invalid):
        assert isinstance(parse_options(pairs), Options)
