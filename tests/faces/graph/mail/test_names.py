"""A misspelt name in a query is refused, and does not find nothing in silence."""

from __future__ import annotations

import pytest
from tests.faces.graph.graph_server import Client


@pytest.mark.parametrize(
    "query",
    [
        "$filter=bogus eq 1",
        "$filter=from/emailAddress/bogus eq 'x'",
        "$filter=toRecipients/any(r:r/bogus eq 'x')",
        "$orderby=bogus",
        "$orderby=subject,bogus desc",
        "$select=bogus",
        "$expand=bogus",
    ],
)
def test_a_name_that_messages_do_not_have_is_told(anna: Client, query: str) -> None:
    answer = anna("GET", f"/me/messages?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "BadRequest"
    assert "'bogus'" in error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "$filter=FROM/emailaddress/ADDRESS eq 'x'",
        "$filter=toRecipients/emailAddress/address eq 'x'",
        "$filter=flag/flagStatus eq 'flagged'",
        "$filter=microsoft.graph.eventMessage/meetingMessageType eq 'meetingRequest'",
        "$filter=singleValueExtendedProperties/any(e:e/id eq 'String 0x1' and e/value eq 'x')",
        "$orderby=receivedDateTime desc",
        "$select=subject,from,internetMessageHeaders",
        "$expand=attachments($select=name,size)",
        "$expand=event",
    ],
)
def test_names_of_messages_and_of_their_kinds_pass(anna: Client, query: str) -> None:
    anna.get(f"/me/messages?{query}")
