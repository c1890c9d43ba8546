"""Values that do not fit their properties are refused, with the position and what would fit."""

from __future__ import annotations

import time

import pytest

from postroom.workspace.query.errors import Unfit
from postroom.workspace.query.names import check_options
from postroom.workspace.query.request import parse_options
from postroom.workspace.schema.types import SCHEMA


def check(type_name: str, **given: str) -> None:
    options = parse_options([(f"${name}", value) for name, value in given.items()])
    check_options(options, SCHEMA.entity(type_name))


@pytest.mark.parametrize(
    ("text", "expected", "position"),
    [
        ("isRead eq 'x'", "true or false instead of 'x'", 10),
        ("'x' eq isRead", "true or false instead of 'x'", 0),
        ("isRead gt true", "eq or ne", 10),
        ("isRead in (true, 5)", "true or false instead of 5", 17),
        ("receivedDateTime ge 'abc'", "a date or an instant", 20),
        ("receivedDateTime ge 5", "a date or an instant", 20),
        ("subject eq 5", "a text in quotes instead of 5", 11),
        ("subject eq 2024-01-31", "a text in quotes", 11),
        ("subject gt true", "eq or ne", 11),
        ("importance eq 'hi'", "one of low, normal, high", 14),
        ("importance eq 5", "a text in quotes", 14),
        ("contains(isRead, 'x')", "a text in quotes instead of 'isRead'", 9),
        ("contains(subject, 5)", "a text in quotes instead of 5", 18),
        ("contains(from, 'x')", "a text in quotes instead of 'from'", 9),
        ("year(subject) eq 2024", "a date or an instant", 5),
        ("year(receivedDateTime) eq '2024'", "a number instead of '2024'", 26),
        ("length(subject) gt 'x'", "a number instead of 'x'", 19),
        ("from eq 'x'", "a property with one value instead of 'from'", 0),
        ("subject", "a condition", 0),
        ("not subject", "a condition", 4),
        ("isRead and 'x'", "a condition", 11),
        ("null", "a condition", 0),
        ("toRecipients/any(a: a/emailAddress/address eq 5)", "a text in quotes instead of 5", 46),
        ("isRead/any(a: a eq true)", "a list before any", 0),
        ("subject eq receivedDateTime", "a text in quotes", 11),
        ("receivedDateTime gt now() add 5", "a date or an instant", 30),
        ("-subject eq 5", "a number", 1),
        ("cast(subject, 'Edm.DateTimeOffset') gt 5", "a date or an instant", 39),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(text: str, expected: str, position: int) -> None:
    with pytest.raises(Unfit) as caught:
        check("message", filter=text)
    assert expected in str(caught.value)
    assert str(caught.value).endswith(f"at position {position}.")


@pytest.mark.parametrize(
    "text",
    [
        "isRead",
        "not isRead",
        "true",
        "isRead eq (subject eq 'x')",
        "isRead ne null and subject eq null and null eq from",
        "receivedDateTime ge '2024-01-31' and receivedDateTime lt '2024-01-31T10:00:00Z'",
        "receivedDateTime ge 2024-01-31 and year('2024-01-31') eq 2024",
        "importance eq 'HIGH' and tolower(importance) eq 'high' and importance in ('low', 'normal')",
        "importance eq microsoft.graph.importance'high'",
        "categories eq 'Red' and contains(categories, 'x') and categories/any(c: c eq 'Red')",
        "categories/$count gt 1",
        "toRecipients/emailAddress/address eq 'x' and toRecipients/any()",
        "receivedDateTime gt now() sub duration'P1D' and receivedDateTime sub sentDateTime lt duration'PT1H'",
        "singleValueExtendedProperties/any(e: e/id eq 'x' and cast(e/value, Edm.Int32) gt 5)",
        "extension_x gt 5 or extension_x eq 'y' or contains(extension_x, 'z') or extension_x",
        "isof('microsoft.graph.eventMessage') and microsoft.graph.eventMessage/meetingMessageType ne 'none'",
        "flag/dueDateTime/dateTime ge '2024-01-31T10:00:00' and flag/dueDateTime/dateTime lt 2024-02-01",
        "year(flag/dueDateTime/dateTime) eq 2024",
        "id eq 11111111-1111-4111-8111-111111111111",
    ],
)
def test_what_fits_passes(text: str) -> None:
    check("message", filter=text)


@pytest.mark.parametrize(
    ("text", "position"), [("toRecipients/emailAddress/address", 0), ("subject, from desc", 9), ("categories", 0)]
)
def test_what_has_no_order_is_not_sorted_by(text: str, position: int) -> None:
    with pytest.raises(Unfit, match="with one value that can be sorted") as caught:
        check("message", orderby=text)
    assert str(caught.value).endswith(f"at position {position}.")


def test_bytes_have_no_order() -> None:
    with pytest.raises(Unfit):
        check("fileAttachment", orderby="contentBytes")


def test_sorts_that_there_are_pass() -> None:
    check("message", orderby="receivedDateTime desc, from/emailAddress/address, isRead, categories/$count, importance")


def test_conditions_inside_of_expand_are_checked() -> None:
    with pytest.raises(Unfit):
        check("message", expand="attachments($filter=size gt 'x')")


def test_lists_in_one_another_are_looked_at_once() -> None:
    text = "isRead"
    for _ in range(12):
        text = f"({text} in (true, false, true, false, true, false))"
    began = time.perf_counter()
    check("message", filter=text)
    assert time.perf_counter() - began < 5
