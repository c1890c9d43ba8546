"""What Microsoft's service refuses: sorts that no filter covers, advanced questions to the directory."""

from __future__ import annotations

import pytest

from postroom.workspace.query.options import Options
from postroom.workspace.query.request import parse_options
from postroom.workspace.query.strict import beside_search, inefficient, needs_count, needs_eventual


def options(**given: str) -> Options:
    return parse_options([(f"${name}", value) for name, value in given.items()])


@pytest.mark.parametrize(
    ("filter_text", "orderby", "expected"),
    [
        ("receivedDateTime ge 2024-01-01 and isRead eq false", "receivedDateTime desc", False),
        ("ReceivedDateTime ge 2024-01-01 and isRead eq false", "receivedDateTime desc", False),
        ("isRead eq false and receivedDateTime ge 2024-01-01", "receivedDateTime desc", True),
        ("isRead eq false", "receivedDateTime", True),
        ("a eq 1 and b eq 1 and c eq 1", "a,b", False),
        ("a eq 1 and a eq 2 and b eq 1", "a,b", False),
        ("a eq 1 and b eq 1", "b,a", True),
        ("a eq 1", "a,b", True),
        ("from/emailAddress/address eq 'x'", "from/emailAddress/address", False),
        ("categories/any(c:c eq 'x') and a eq 1", "a", True),
    ],
)
def test_a_sort_must_be_covered_by_the_beginning_of_the_filter(filter_text: str, orderby: str, expected: bool) -> None:
    assert inefficient(options(filter=filter_text, orderby=orderby)) is expected


def test_one_of_both_alone_is_never_inefficient() -> None:
    assert not inefficient(options(filter="a eq 1"))
    assert not inefficient(options(orderby="a"))


@pytest.mark.parametrize(
    "text",
    [
        "a ne 1",
        "not (a eq 1)",
        "endswith(mail,'x')",
        "assignedLicenses/$count eq 0",
        "a eq 1 and (b eq 1 or c ne null)",
    ],
)
def test_advanced_filters_need_the_header_and_the_count(text: str) -> None:
    assert needs_eventual(options(filter=text))
    assert needs_count(options(filter=text))


def test_a_search_and_a_count_need_the_header_alone() -> None:
    assert needs_eventual(options(search='"displayName:a"'))
    assert needs_eventual(options(count="true"))
    assert not needs_count(options(search='"displayName:a"'))
    assert needs_count(options(filter="a eq 1", orderby="a"))


def test_plain_questions_need_nothing() -> None:
    assert not needs_eventual(options(filter="startswith(a,'x') and b/any(c:c eq 1)", top="5", select="id"))
    assert not needs_eventual(options(orderby="displayName"))


def test_what_may_not_stand_beside_a_search_is_told() -> None:
    assert beside_search(options(search="x", filter="a eq 1", orderby="a", count="true", skip="1", top="5")) == (
        "$filter", "$orderby", "$count", "$skip",
    )  # fmt: skip
    assert beside_search(options(search="x", top="5", select="id")) == ()
    assert beside_search(options(filter="a eq 1")) == ()
