"""What a message tells, what can be set, and its JSON."""

from __future__ import annotations

import datetime as dt
import weakref
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.clients.o365.mail.conftest import RECEIVED, Make
from tests.clients.o365.mail.doubles import Recorder

from O365.category import Category
from O365.connection import MSGraphProtocol
from O365.message import Flag, ImportanceLevel, MeetingMessageType, Message, Recipient

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_received_message_tells_what_the_service_said(message: Message) -> None:
    assert (message.object_id, message.subject, message.body_preview) == ("AAMk=", "Roof", "It leaks")
    assert (message.sender.address, message.sender.name) == ("bob@example.com", "Bob")
    assert [who.address for who in message.to] == ["anna@example.com"]
    assert "anna@example.com" in message.to
    assert (len(message.cc), len(message.bcc), len(message.reply_to)) == (0, 0, 0)
    assert message.importance is ImportanceLevel.High
    assert (message.is_read, message.is_draft, message.has_attachments) == (False, False, False)
    assert (message.categories, message.inference_classification) == (["House"], "focused")
    assert (message.conversation_id, message.conversation_index, message.folder_id) == ("talk", "AQ==", "inbox-id")
    assert (message.internet_message_id, message.web_link) == ("<1@example.com>", "https://mail.example.com/1")
    assert repr(message) == "Subject: Roof"


def test_times_are_in_the_zone_of_the_protocol(message: Message) -> None:
    assert message.received == dt.datetime(2026, 1, 1, 11, 0, 2, tzinfo=BERLIN)
    assert message.received is not None
    assert message.received.tzinfo is not None
    assert message.received.utcoffset() == dt.timedelta(hours=1)
    assert message.sent is not None
    assert message.sent.utcoffset() == dt.timedelta(hours=2)


def test_a_new_message_is_an_empty_draft(con: Recorder, protocol: MSGraphProtocol) -> None:
    message = Message(con=con, protocol=protocol)
    assert (message.object_id, message.is_draft, message.subject, message.body) == (None, True, "", "")
    assert (message.body_type, message.unique_body, message.unique_body_type) == ("HTML", "", "HTML")
    assert [message.created, message.received, message.is_read] == [None, None, None]
    assert (message.message_headers, message.single_value_extended_properties) == ([], [])
    assert not message.sender
    assert not message._track_changes


def test_parent_and_connection_together_are_refused(con: Recorder, message: Message) -> None:
    with pytest.raises(ValueError, match="not both"):
        Message(parent=message, con=con)


def test_what_is_null_counts_as_not_there(received: Make) -> None:
    message = Message(
        parent=received(), __cloud_data__={"subject": None, "toRecipients": None, "body": None, "from": None}
    )
    assert (message.subject, len(message.to), message.body) == ("", 0, "")


def test_the_service_misspells_a_tentative_answer(received: Make) -> None:
    message = received(meetingMessageType="meetingTenativelyAccepted")
    assert message.meeting_message_type is MeetingMessageType.MeetingTentativelyAccepted
    assert message.is_event_message


@pytest.mark.parametrize("kind", ["none", "somethingNew"])
def test_other_kinds_of_meeting_message_are_none(received: Make, kind: str) -> None:
    assert received(meetingMessageType=kind).meeting_message_type is None


def test_bug_a_meeting_message_type_of_null_is_an_ordinary_message(message: Message) -> None:
    ordinary = Message(parent=message, __cloud_data__={**RECEIVED, "meetingMessageType": None})
    assert not ordinary.is_event_message


def test_a_picture_within_the_text_is_an_attachment(received: Make) -> None:
    body = {"contentType": "html", "content": '<body><IMG width=3\nsrc="cid:logo"></body>'}
    assert received(body=body).has_attachments
    assert not received(body={**body, "contentType": "text"}).has_attachments


@pytest.mark.parametrize(
    ("name", "given", "key", "kept"),
    [
        ("subject", "New", "subject", "New"),
        ("categories", "House", "categories", ["House"]),
        ("categories", ("House", "Work"), "categories", ["House", "Work"]),
        ("importance", "low", "importance", ImportanceLevel.Low),
        ("is_read", True, "isRead", True),
        ("is_read_receipt_requested", 1, "isReadReceiptRequested", True),
        ("is_delivery_receipt_requested", 0, "isDeliveryReceiptRequested", False),
        ("message_headers", [{"name": "X-A", "value": "1"}], "internetMessageHeaders", [{"name": "X-A", "value": "1"}]),
    ],
)
def test_what_is_set_is_noted(message: Message, name: str, given: Any, key: str, kept: Any) -> None:
    setattr(message, name, given)
    assert getattr(message, name) == kept
    assert message._track_changes == {key}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("categories", None),
        ("sender", 5),
        ("message_headers", "X-A: 1"),
        ("importance", "urgent"),
        ("importance", None),
    ],
)
def test_what_does_not_fit_is_refused(message: Message, name: str, given: Any) -> None:
    with pytest.raises(ValueError, match=name if name != "message_headers" else "expected a list"):
        setattr(message, name, given)
    assert not message._track_changes


@pytest.mark.parametrize("name", ["is_draft", "created", "body_preview", "attachments", "to", "flag"])
def test_the_rest_is_read_only(message: Message, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(message, name, None)


def test_changing_an_address_is_noted(message: Message) -> None:
    message.to.add("carl@example.com")
    message.cc.add(["dora@example.com", ("Emil", "emil@example.com")])
    message.sender.address = "shop@example.com"
    assert message._track_changes == {"toRecipients", "ccRecipients", "from"}


def test_the_sender_is_an_address_or_a_recipient(message: Message) -> None:
    message.sender = "shop@example.com"
    assert (message.sender.address, message.sender.name) == ("shop@example.com", "")
    message.sender = Recipient("shop@example.com", "Shop")
    assert message.to_api_data({"from"}) == {"from": {"emailAddress": {"address": "shop@example.com", "name": "Shop"}}}


def test_categories_are_taken_by_name_once(message: Message, con: Recorder, protocol: MSGraphProtocol) -> None:
    work = Category(con=con, protocol=protocol, __cloud_data__={"id": "1", "displayName": "Work"})
    message.add_category(work)
    message.add_category("House")
    assert message.categories == ["House", "Work"]
    message.categories = [work]
    assert message.categories == ["Work"]


# The body.


def test_an_answer_stands_above_the_text_it_answers(received: Make) -> None:
    message = received()
    message.body = "<b>Soon</b>"
    assert message.body == "<html><body><b>Soon</b><p>It leaks</p></body></html>"
    text = received(body={"contentType": "text", "content": "It leaks"})
    text.body = "Soon"
    assert text.body == "Soon\nIt leaks"


def test_the_attributes_of_the_body_tag_are_left_alone(received: Make) -> None:
    message = received(body={"contentType": "html", "content": '<BODY title="a > b" dir=ltr>old</BODY>'})
    message.body = "new "
    assert message.body == '<BODY title="a > b" dir=ltr>new old</BODY>'


def test_bug_html_without_a_body_tag_is_written_to_and_read(received: Make) -> None:
    message = received(body={"contentType": "html", "content": "<p>old</p>"})
    message.body = "new"
    assert message.body == "new<p>old</p>"
    assert message.get_body_text() == "newold"


def test_nothing_clears_the_body(message: Message) -> None:
    message.body = ""
    assert message.body == ""
    message.body = "once more"
    assert message.body == "once more"


def test_the_text_of_a_body(received: Make) -> None:
    assert received().get_body_text() == "It leaks"
    plain = received(body={"contentType": "text", "content": "a < b"})
    assert (plain.get_body_text(), plain.get_body_soup()) == ("a < b", None)
    soup = received().get_body_soup()
    assert soup is not None
    assert soup.p is not None
    assert soup.p.text == "It leaks"


# JSON.


def test_the_json_of_a_new_message_has_the_lists_also_when_they_are_empty(new: Message) -> None:
    assert new.to_api_data() == {
        "subject": "Roof",
        "body": {"contentType": "HTML", "content": "It leaks"},
        "importance": "normal",
        "flag": {"flagStatus": "notFlagged"},
        "isReadReceiptRequested": False,
        "isDeliveryReceiptRequested": False,
        "toRecipients": [{"emailAddress": {"address": "anna@example.com"}}],
        "ccRecipients": [],
        "bccRecipients": [],
        "replyTo": [],
    }


def test_the_json_of_a_received_message_has_what_the_service_added(message: Message) -> None:
    data = message.to_api_data()
    added = {"id", "parentFolderId", "conversationId", "isRead", "isDraft", "hasAttachments", "createdDateTime"}
    assert added | {"receivedDateTime", "sentDateTime", "from", "categories"} <= data.keys()
    assert (data["id"], data["receivedDateTime"]) == ("AAMk=", "2026-01-01T10:00:02+00:00")


def test_bug_the_json_of_a_received_message_tells_that_it_has_attachments(received: Make) -> None:
    assert received(hasAttachments=True).to_api_data()["hasAttachments"] is True


def test_only_the_keys_that_are_wanted(message: Message) -> None:
    assert message.to_api_data({"subject", "is_read"}) == {"subject": "Roof", "isRead": False}


def test_what_a_program_set_is_in_the_json_of_a_new_message(new: Message) -> None:
    new.is_read = True
    new.categories = []
    data = new.to_api_data()
    assert (data["isRead"], data["categories"]) == (True, [])


# The flag.


def test_a_flag_of_the_service(received: Make) -> None:
    told = {
        "flagStatus": "flagged",
        "startDateTime": {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"},
        "dueDateTime": {"dateTime": "2026-01-02T00:00:00.0000000", "timeZone": "Pacific Standard Time"},
    }
    flag = received(flag=told).flag
    assert flag
    assert flag.status is Flag.Flagged
    assert (flag.is_flagged, flag.is_completed) == (True, False)
    assert flag.start_date == dt.datetime(2026, 1, 1, 1, tzinfo=BERLIN)
    assert flag.due_date == dt.datetime(2026, 1, 2, 9, tzinfo=BERLIN)


def test_flagging_between_two_dates(message: Message) -> None:
    message.flag.set_flagged(start_date=dt.datetime(2026, 5, 4, 8), due_date=dt.datetime(2026, 5, 5, 8))
    zone = "W. Europe Standard Time"
    assert message._track_changes == {"flag"}
    assert message.flag.to_api_data() == {
        "flagStatus": "flagged",
        "startDateTime": {"dateTime": "2026-05-04T08:00:00", "timeZone": zone},
        "dueDateTime": {"dateTime": "2026-05-05T08:00:00", "timeZone": zone},
    }


def test_bug_a_flag_takes_dates_without_a_time(message: Message) -> None:
    message.flag.set_flagged(start_date=dt.date(2026, 5, 4), due_date=dt.date(2026, 5, 5))
    assert message.flag.due_date == dt.datetime(2026, 5, 5, tzinfo=BERLIN)


def test_bug_a_flag_does_not_end_before_it_begins(message: Message) -> None:
    message.flag.set_flagged(due_date=dt.date(2020, 5, 5))
    assert message.flag.start_date == message.flag.due_date == dt.datetime(2020, 5, 5, tzinfo=BERLIN)
    message.flag.set_flagged(start_date=dt.date(2126, 5, 5))
    assert message.flag.due_date == dt.datetime(2126, 5, 5, tzinfo=BERLIN)


def test_a_completed_flag(message: Message) -> None:
    message.flag.set_completed(completition_date=dt.datetime(2026, 5, 5))
    assert (message.flag.is_completed, message.flag.is_flagged) == (True, True)
    assert message.flag.to_api_data() == {
        "flagStatus": "complete",
        "completedDateTime": {"dateTime": "2026-05-05T00:00:00", "timeZone": "W. Europe Standard Time"},
    }


def test_a_flag_that_is_taken_away(message: Message) -> None:
    message.flag.set_flagged()
    message.flag.delete_flag()
    assert not message.flag
    assert message.flag.to_api_data() == {"flagStatus": "notFlagged"}
    assert message.flag.start_date is None


# Headers and delayed delivery.


def test_bug_headers_that_are_added_are_noted_under_the_key_of_the_service(message: Message) -> None:
    message.add_message_header("X-Ticket", "7")
    assert message._track_changes == {"internetMessageHeaders"}
    assert message.to_api_data(message._track_changes) == {
        "internetMessageHeaders": [{"name": "X-Ticket", "value": "7"}]
    }


@pytest.mark.parametrize(
    ("until", "sent"),
    [
        ("2026-05-05T08:00:00Z", "2026-05-05T08:00:00Z"),
        (dt.datetime(2026, 5, 5, 8), "2026-05-05T06:00:00Z"),
        (dt.datetime(2026, 5, 5, 8, tzinfo=dt.UTC), "2026-05-05T08:00:00Z"),
    ],
)
def test_bug_delivery_is_delayed_until_a_time_of_any_kind(new: Message, until: Any, sent: str) -> None:
    new.delay_delivery(60)
    new.delay_delivery(until)
    assert new.to_api_data()["singleValueExtendedProperties"] == [{"id": "SystemTime 0x3FEF", "value": sent}]


def test_delivery_is_delayed_for_seconds(new: Message) -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    new.delay_delivery(3600)
    until = dt.datetime.fromisoformat(new.single_value_extended_properties[0]["value"])
    assert dt.timedelta(hours=1) <= until - before < dt.timedelta(hours=1, minutes=5)


def test_a_message_that_was_looked_at_is_gone_as_soon_as_nobody_has_it(received: Make) -> None:
    message = received()
    for name in ("sender", "to", "cc", "reply_to", "flag", "has_attachments", "received", "categories"):
        getattr(message, name)
    recipients, watch = message.to, weakref.ref(message)
    del message
    assert watch() is None, "something within it holds it"
    assert recipients[0].address == "anna@example.com"


def test_equality_is_by_id(received: Make, new: Message, con: Recorder, protocol: MSGraphProtocol) -> None:
    assert received() == received(subject="Other")
    assert received() != received(id="BBMk=")
    assert new != Message(con=con, protocol=protocol)
    with pytest.raises(TypeError):
        hash(new)
