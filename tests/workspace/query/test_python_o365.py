"""The texts that python-o365's query builder makes (2.1.10, seen by running it) are read and answered."""

from __future__ import annotations

from typing import Any

import pytest

from postroom.errors import Invalid
from postroom.workspace.errors import UnknownProperty
from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.query.matching import matches
from postroom.workspace.query.names import check_options
from postroom.workspace.query.options import Options
from postroom.workspace.query.request import parse_options
from postroom.workspace.query.search import parse_search
from postroom.workspace.schema.types import SCHEMA

DOCUMENTS: dict[str, dict[str, Any]] = {
    "message": {
        "subject": "about x",
        "isRead": False,
        "receivedDateTime": "2024-01-31T10:00:00Z",
        "from": {"emailAddress": {"address": "z@example.org"}},
        "toRecipients": [
            {"emailAddress": {"address": "y@example.org"}},
            {"emailAddress": {"address": "z@example.org"}},
        ],
        "categories": ["yellow"],
        "flag": {"flagStatus": "flagged"},
        "body": {"content": "5"},
    },
    "event": {"start": {"dateTime": "2024-01-31T10:00:00.0000000", "timeZone": "Eastern Standard Time"}},
    "todoTask": {"dueDateTime": {"dateTime": "2024-01-31T00:00:00.0000000", "timeZone": "UTC"}},
}


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("message", "subject eq 'ABOUT X'"),
        ("message", "receivedDateTime ge 2024-01-31T10:00:00+00:00"),
        ("message", "receivedDateTime ge 2024-01-31T10:00:00 00:00"),
        ("message", "receivedDateTime lt 2024-02-01"),
        ("message", "contains(subject, 'x') and startswith(from/emailAddress/address, 'z')"),
        ("message", "contains(subject, 'y') or endswith(from/emailAddress/address, '.org')"),
        ("message", "(isRead ne true) and not subject eq 'y'"),
        ("message", "toRecipients/any(a: a/emailAddress/address eq 'z@example.org')"),
        ("message", "categories/all(a: startswith(a, 'y'))"),
        ("message", "toRecipients/emailAddress/address eq 'z@example.org'"),
        ("message", "flag/flagStatus eq 'flagged'"),
        ("message", "categories ne null"),
        ("event", "start/dateTime ge 2024-01-31T15:00:00+00:00"),
        ("event", "start/DateTime lt '2024-01-31T15:00:01Z'"),
        ("todoTask", "duedatetime/dateTime lt 2024-01-31T10:00:00+00:00"),
        ("todoTask", "duedatetime/DateTime eq 2024-01-31"),
    ],
)
def test_a_filter_is_answered(type_name: str, text: str) -> None:
    options = parse_options([("$filter", text)])
    check_options(options, SCHEMA.entity(type_name))
    assert options.filter is not None
    assert Evaluator(SCHEMA.entity(type_name)).holds(options.filter, DOCUMENTS[type_name])


def test_the_other_options_are_read() -> None:
    options = parse_options(
        [
            ("$orderby", "receivedDateTime desc,subject"),
            ("$select", "subject,toRecipients,microsoft.graph.eventMessage/meetingMessageType"),
            ("$expand", "attachments($select=name,size),microsoft.graph.eventMessage/event"),
            ("$top", "999"),
        ]
    )
    check_options(options, SCHEMA.entity("message"))
    assert (len(options.orderby), len(options.select), len(options.expand)) == (2, 3, 2)


@pytest.mark.parametrize("text", ["\"'x'\"", "\"subject:'x'\"", '"subject:about x"'])
def test_a_search_finds_words_in_quotes_of_its_own(text: str) -> None:
    assert matches(parse_search(text), {"subject": "about x"})


def test_what_its_builder_spoils_is_refused() -> None:
    with pytest.raises(Invalid, match="position"):
        parse_options([("$filter", "displayName eq 'O'Brien'")])
    for options in (
        parse_options([("$filter", "toRecipients/any(a: a/emailAddresddress eq 'x')")]),
        parse_options([("$orderby", "received_date_time desc")]),
        parse_options([("$select", "fromailAddress")]),
    ):
        assert isinstance(options, Options)
        with pytest.raises(UnknownProperty):
            check_options(options, SCHEMA.entity("message"))
