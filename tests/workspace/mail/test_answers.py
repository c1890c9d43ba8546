"""Replies, rules and automatic replies, on documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import autoreply, conversation, reply, rules
from postroom.workspace.workloads.mail.headers import recipient

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
ME = recipient("me@example.org", "Me")
SOURCE: dict[str, Any] = {
    "subject": "Roof",
    "from": recipient("anna@example.org", "Anna"),
    "toRecipients": [ME, recipient("bob@example.org")],
    "ccRecipients": [recipient("Eve@example.org"), recipient("bob@example.org")],
    "replyTo": [],
    "sentDateTime": "2026-01-31T09:00:00Z",
    "internetMessageId": "<2@x>",
    "conversationId": "c1",
    "conversationIndex": conversation.first_index("c1", NOW),
    "_references": ["<1@x>"],
}


def original(zone: str = "UTC", body: Body | None = None, **more: Any) -> reply.Original:
    return reply.Original(SOURCE | more, body or Body("text", "old"), frozenset({"me@example.org"}), ZoneInfo(zone))


def mails(found: list[dict[str, Any]]) -> list[str]:
    return [one["emailAddress"]["address"] for one in found]


@pytest.mark.parametrize(
    ("before", "way", "after"),
    [("Roof", "reply", "RE: Roof"), ("RE: Roof", "reply", "RE: Roof"), ("re: Roof", "replyAll", "re: Roof"),
     ("AW: Roof", "reply", "RE: Roof"), ("Roof", "forward", "FW: Roof"), ("FW: Roof", "forward", "FW: Roof"),
     (None, "reply", "RE: "), ("RE: Roof", "forward", "FW: RE: Roof")],
)  # fmt: skip
def test_subjects_get_one_prefix(before: str | None, way: reply.Way, after: str) -> None:
    assert reply.subject(before, way) == after


def test_a_reply_goes_to_the_writer_and_to_all_without_oneself_once_each() -> None:
    made, _ = reply.draft(original(), "reply", "", ME, NOW)
    assert (mails(made["toRecipients"]), made["ccRecipients"]) == (["anna@example.org"], [])
    made, _ = reply.draft(original(), "replyAll", "", ME, NOW)
    assert mails(made["toRecipients"]) == ["anna@example.org", "bob@example.org"]
    assert mails(made["ccRecipients"]) == ["Eve@example.org"]


def test_a_reply_prefers_the_address_that_the_writer_asked_for() -> None:
    made, _ = reply.draft(original(replyTo=[recipient("list@example.org")]), "reply", "", ME, NOW)
    assert mails(made["toRecipients"]) == ["list@example.org"]


def test_who_answers_their_own_message_writes_to_the_same_people() -> None:
    document: Any = SOURCE | {"from": ME, "toRecipients": [recipient("bob@example.org")]}
    sent = replace(original(), document=document)
    assert mails(reply.draft(sent, "reply", "", ME, NOW)[0]["toRecipients"]) == ["bob@example.org"]


def test_a_reply_stays_in_the_conversation() -> None:
    made, _ = reply.draft(original(), "reply", "", ME, NOW)
    assert made["conversationId"] == "c1"
    assert made["_inReplyTo"] == "<2@x>"
    assert made["_references"] == ["<1@x>", "<2@x>"]
    index = made["conversationIndex"]
    assert conversation.index_from(index) == index
    assert len(index) > len(SOURCE["conversationIndex"])
    assert "_inReplyTo" not in reply.draft(original(), "forward", "", ME, NOW)[0]


def test_the_quote_has_the_header_in_the_time_zone_of_the_reader() -> None:
    _, body = reply.draft(original("Europe/Berlin"), "reply", "hi <b>", ME, NOW)
    assert body.content.startswith("hi <b>\r\n")
    assert "Sent: Saturday, January 31, 2026 10:00" in body.content
    assert body.content.endswith("old")
    _, html = reply.draft(original(body=Body("html", "<body><p>old</p></body>")), "reply", "hi <b>", ME, NOW)
    assert "hi &lt;b&gt;" in html.content
    assert html.content.count("<body>") == 1
    assert "Anna &lt;anna@example.org&gt;" in html.content


def facts(fields: dict[str, str] | None = None, **more: Any) -> rules.Facts:
    lines = [{"name": name, "value": value} for name, value in (fields or {}).items()]
    return rules.Facts(SOURCE | more, "The roof leaks", False, lines, 3000, frozenset({"me@example.org"}))


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({}, True),
        ({"subjectContains": ["ROOF", "x"]}, True),
        ({"subjectContains": ["cellar"]}, False),
        ({"bodyContains": ["leaks"], "subjectContains": ["cellar"]}, False),
        ({"bodyOrSubjectContains": ["leaks"]}, True),
        ({"senderContains": ["anna"]}, True),
        ({"fromAddresses": [recipient("ANNA@example.org")]}, True),
        ({"sentToAddresses": [recipient("eve@example.org")]}, True),
        ({"recipientContains": ["bob"]}, True),
        ({"sentToMe": True}, True),
        ({"sentOnlyToMe": True}, False),
        ({"notSentToMe": True}, False),
        ({"sentCcMe": False}, True),
        ({"withinSizeRange": {"minimumSize": 2, "maximumSize": 3}}, True),
        ({"withinSizeRange": {"minimumSize": 3, "maximumSize": 9}}, False),
        ({"headerContains": ["x-list: builders"]}, True),
        ({"importance": "high"}, False),
        ({"subjectContains": [], "importance": None}, True),
    ],
)
def test_conditions(conditions: dict[str, Any], holds: bool) -> None:
    assert rules.fits({"conditions": conditions}, facts({"X-List": "Builders"})) is holds


def test_one_exception_is_enough() -> None:
    rule = {"conditions": {"sentToMe": True}, "exceptions": {"subjectContains": ["roof"], "bodyContains": ["cellar"]}}
    assert not rules.fits(rule, facts())
    assert rules.fits(rule, facts(subject="Other"))


def test_rules_apply_in_their_sequence_up_to_one_that_stops() -> None:
    def rule(name: str, sequence: int, **more: Any) -> dict[str, Any]:
        return {"displayName": name, "sequence": sequence, "isEnabled": True, **more}

    listed = [
        rule("third", 3),
        rule("second", 2, actions={"stopProcessingRules": True}),
        rule("first", 1),
        rule("off", 0, isEnabled=False),
    ]
    assert [one["displayName"] for one in rules.fitting(listed, facts())] == ["first", "second"]


SETTING = {"status": "alwaysEnabled", "internalReplyMessage": "in", "externalReplyMessage": "out"}


def due(
    setting: dict[str, Any] | None = None, sender: str = "anna@x.org", internal: bool = False, **fields: str
) -> Any:
    named = facts({name.replace("_", "-"): value for name, value in fields.items()})
    audience = autoreply.Audience(internal, lambda: sender == "anna@x.org")
    return autoreply.due(SETTING if setting is None else setting, sender, named, audience, now=NOW)


def test_colleagues_and_strangers_get_their_own_replies() -> None:
    assert due(internal=True).message == "in"
    assert due().message == "out"
    assert due(SETTING | {"externalAudience": "none"}) is None
    assert due({"status": "disabled"}) is None


def test_where_contacts_only_are_answered_others_are_not() -> None:
    chosen = SETTING | {"externalAudience": "contactsOnly"}
    assert due(chosen, "anna@x.org").message == "out"
    assert due(chosen, "bob@x.org") is None
    assert due(chosen, "bob@x.org", internal=True).message == "in"


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"list_id": "<a>"},
        {"x_auto_response_suppress": "OOF"},
    ],
)
def test_lists_and_robots_get_none(fields: dict[str, Any]) -> None:
    assert due(**fields) is None


@pytest.mark.parametrize("sender", ["", "MAILER-DAEMON@x.org", "noreply@x.org", "owner-list@x.org", "me@example.org"])
def test_some_senders_get_none(sender: str) -> None:
    assert due(sender=sender) is None


def test_what_was_not_sent_to_us_by_name_is_not_answered() -> None:
    told = facts(toRecipients=[recipient("list@x.org")], ccRecipients=[])
    assert autoreply.due(SETTING, "anna@x.org", told, autoreply.Audience(internal=False), now=NOW) is None


def test_scheduled_replies_go_out_within_their_time() -> None:
    def scheduled(begin: str, end: str) -> dict[str, Any]:
        zone = "W. Europe Standard Time"
        times = {"scheduledStartDateTime": begin, "scheduledEndDateTime": end}
        return (
            SETTING
            | {"status": "scheduled"}
            | {name: {"dateTime": value, "timeZone": zone} for name, value in times.items()}
        )

    assert due(scheduled("2026-01-31T10:30:00.0000000", "2026-02-01T00:00:00")) is not None
    assert due(scheduled("2026-01-31T11:30:00", "2026-02-01T00:00:00")) is None


def test_html_is_shown_without_what_acts() -> None:
    shown = text.safe('<body onload="x()"><script>a</script><p style="color:red" onclick="b">Hi <img src="cid:1"></p>')
    assert "script" not in shown
    assert "onclick" not in shown
    assert '<p style="color:red">' in shown
    assert 'src="cid:1"' in shown
    assert shown.endswith("</body></html>")


def test_text_of_html_has_a_line_for_each_block() -> None:
    assert text.to_text("<p>a</p><div>b<br>c&amp;d</div><style>x</style>") == "a\nb\nc&d"


def test_what_is_unique_ends_at_the_history() -> None:
    assert text.unique("new\r\n\r\nOn Monday Anna wrote:\r\n> old", html=False) == "new"
    _, body = reply.draft(original(body=Body("html", "<p>old</p>")), "reply", "new", ME, NOW)
    assert "old" not in text.unique(body.content, html=True)
    assert "new" in text.unique(body.content, html=True)
