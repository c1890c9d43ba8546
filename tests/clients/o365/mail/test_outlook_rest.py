"""The same objects on Outlook REST, which writes its keys with a capital."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.clients.o365.mail.doubles import Answer, Recorder, page

from O365.category import Category, CategoryColor
from O365.connection import MSOffice365Protocol
from O365.mailbox import MailBox
from O365.message import Flag, ImportanceLevel, Message

TOLD = {
    "Id": "AAMk=",
    "Subject": "Roof",
    "Body": {"ContentType": "HTML", "Content": "<body>It leaks</body>"},
    "From": {"EmailAddress": {"Name": "Bob", "Address": "bob@example.com"}},
    "ToRecipients": [{"EmailAddress": {"Name": "Anna", "Address": "anna@example.com"}}],
    "Importance": "High",
    "IsRead": False,
    "IsDraft": False,
    "HasAttachments": True,
    "ReceivedDateTime": "2026-01-01T10:00:00Z",
    "Flag": {"FlagStatus": "Flagged"},
}


@pytest.fixture
def mailbox(con: Recorder) -> MailBox:
    return MailBox(con=con, protocol=MSOffice365Protocol(timezone="UTC"))


@pytest.fixture
def message(mailbox: MailBox) -> Message:
    return Message(parent=mailbox, __cloud_data__=TOLD)


def test_a_message_is_read(message: Message) -> None:
    assert (message.object_id, message.subject, message.sender.address) == ("AAMk=", "Roof", "bob@example.com")
    assert (message.importance, message.flag.status) == (ImportanceLevel.High, Flag.Flagged)
    assert message.received == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    assert (message.is_read, message.has_attachments, message.body_type) == (False, True, "HTML")


def test_a_message_is_written(message: Message) -> None:
    assert message.to_api_data({"subject", "importance", "toRecipients", "flag", "is_read"}) == {
        "Subject": "Roof",
        "Importance": "High",
        "ToRecipients": [{"EmailAddress": {"Address": "anna@example.com", "Name": "Anna"}}],
        "Flag": {"FlagStatus": "Flagged"},
        "IsRead": False,
    }


def test_changes_are_saved(con: Recorder, message: Message) -> None:
    message.subject = "New"
    assert message.save_message()
    assert (con.last.url, con.last.data) == (
        "https://outlook.office.com/api/v2.0/me/messages/AAMk=",
        {"Subject": "New"},
    )


def test_attachments_are_read(con: Recorder, message: Message) -> None:
    told = {"@odata.type": "#Microsoft.OutlookServices.FileAttachment", "Id": "1", "Name": "a", "ContentBytes": "eA=="}
    item = {"@odata.type": "#Microsoft.OutlookServices.ItemAttachment", "Id": "2", "Name": "b"}
    con.will(page(told, item))
    assert message.attachments.download_attachments()
    assert [(one.name, one.attachment_type) for one in message.attachments] == [("a", "file"), ("b", "item")]
    con.will(Answer({"Item": {"@odata.type": "#Microsoft.OutlookServices.Message", "Subject": "Old"}}))
    inner = message.attachments.get_eml_as_object(message.attachments[1])
    assert inner.subject == "Old"
    assert con.last.params == {"$expand": "Microsoft.OutlookServices.ItemAttachment/Item"}


def test_folders_are_read_and_made(con: Recorder, mailbox: MailBox) -> None:
    con.will(page({"Id": "w", "DisplayName": "Work", "TotalItemCount": 3}))
    work = mailbox.get_folder(folder_name="Work")
    assert con.last.params == {"$filter": "DisplayName eq 'Work'", "$top": 1}
    assert work is not None
    assert (work.folder_id, work.name, work.total_items_count) == ("w", "Work", 3)
    mailbox.create_child_folder("Play")
    assert con.last.data == {"DisplayName": "Play"}


def test_colours_of_both_casings_are_known() -> None:
    assert CategoryColor.get("Preset3") is CategoryColor.YELLOW


def test_an_attachment_of_a_draft_is_sent_as_one_and_not_within_a_change(con: Recorder, mailbox: MailBox) -> None:
    draft = Message(parent=mailbox, __cloud_data__={**TOLD, "IsDraft": True, "HasAttachments": False})
    draft.attachments.add((b"x", "note.txt"))
    con.will(Answer({"Id": "att-1"}, 201))
    assert draft.save_draft()
    assert [(call.method, call.url.rpartition("/")[2]) for call in con.calls] == [("post", "attachments")]
    assert con.last.data == {
        "@odata.type": "#Microsoft.OutlookServices.FileAttachment",
        "Name": "note.txt",
        "ContentBytes": "eA==",
    }


def test_the_colour_of_a_category_is_read(mailbox: MailBox) -> None:
    category = Category(parent=mailbox, __cloud_data__={"DisplayName": "House", "Color": "Preset3"})
    assert (category.name, category.color) == ("House", CategoryColor.YELLOW)
    assert Category(parent=mailbox, __cloud_data__={"DisplayName": "Plain", "Color": "None"}).color is None
