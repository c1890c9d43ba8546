"""Sending, saving and what becomes of messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.clients.o365.mail.conftest import Make
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder

from O365.calendar import Event
from O365.mailbox import Folder
from O365.message import Message
from O365.utils import OutlookWellKnowFolderNames

SAVED = {
    "id": "draft-id",
    "parentFolderId": "drafts-id",
    "createdDateTime": "2026-01-01T10:00:00Z",
    "lastModifiedDateTime": "2026-01-01T10:00:00Z",
    "webLink": "https://mail.example.com/2",
}

# Sending.


def test_a_new_message_is_sent_in_one_request(con: Recorder, new: Message) -> None:
    expected = new.to_api_data()
    assert new.send() is True
    assert con.asked == [("post", "/me/sendMail")]
    assert con.last.data == {"message": expected}
    assert (new.object_id, new.is_draft) == ("sent_message", False)


def test_a_copy_is_not_kept_when_it_is_not_wanted(con: Recorder, new: Message) -> None:
    assert new.send(save_to_sent_folder=False)
    assert con.last.data["saveToSentItems"] is False


def test_a_refused_message_can_be_sent_again(con: Recorder, new: Message) -> None:
    con.will(REFUSED)
    assert new.send() is False
    assert new.send() is True


def test_a_draft_is_sent_as_it_is_there(con: Recorder, draft: Message) -> None:
    assert draft.send()
    assert con.asked == [("post", "/me/messages/AAMk=/send")]
    assert con.last.data is None
    assert draft.is_draft is False


def test_changes_of_a_draft_are_saved_before_it_is_sent(con: Recorder, draft: Message) -> None:
    draft.subject = "New"
    assert draft.send()
    assert con.asked == [("patch", "/me/messages/AAMk="), ("post", "/me/messages/AAMk=/send")]
    assert con.calls[0].data == {"subject": "New"}


def test_bug_a_draft_whose_changes_are_refused_is_not_sent(con: Recorder, draft: Message) -> None:
    draft.subject = "New"
    con.will(REFUSED)
    assert draft.send() is False
    assert con.asked == [("patch", "/me/messages/AAMk=")]


def test_bug_sending_what_was_sent_raises(message: Message, new: Message) -> None:
    with pytest.raises(RuntimeError, match="not new or a draft"):
        message.send()
    assert new.send()
    with pytest.raises(RuntimeError, match="not new or a draft"):
        new.send()


# Saving.


@pytest.mark.parametrize(
    ("target", "folder"),
    [
        (OutlookWellKnowFolderNames.DRAFTS, "Drafts"),
        (OutlookWellKnowFolderNames.INBOX, "Inbox"),
        ("work-id", "work-id"),
        (None, "Drafts"),
    ],
)
def test_a_new_message_is_saved_in_a_folder(con: Recorder, new: Message, target: Any, folder: str) -> None:
    con.will(Answer(SAVED, 201))
    expected = new.to_api_data()
    assert new.save_draft(target_folder=target)
    assert con.asked == [("post", f"/me/mailFolders/{folder}/messages")]
    assert con.last.data == expected
    assert (new.object_id, new.folder_id, new.web_link) == ("draft-id", "drafts-id", SAVED["webLink"])
    assert new.created is not None
    assert new.is_draft


def test_a_folder_object_is_a_target_too(con: Recorder, new: Message, folder: Folder) -> None:
    con.will(Answer(SAVED, 201))
    assert new.save_draft(target_folder=folder)
    assert con.asked == [("post", "/me/mailFolders/work-id/messages")]


def test_only_what_was_changed_of_a_draft_is_saved(con: Recorder, draft: Message) -> None:
    assert draft.save_draft()
    assert con.calls == []
    draft.to.add("carl@example.com")
    draft.flag.set_completed()
    assert draft.save_draft()
    assert con.asked == [("patch", "/me/messages/AAMk=")]
    assert con.last.data.keys() == {"toRecipients", "flag"}
    assert draft.save_draft()
    assert len(con.calls) == 1


def test_changes_that_were_refused_are_saved_the_next_time(con: Recorder, draft: Message) -> None:
    draft.subject = "New"
    con.will(REFUSED)
    assert draft.save_draft() is False
    assert draft.save_draft() is True
    assert con.last.data == {"subject": "New"}


def test_emptied_categories_are_saved(con: Recorder, draft: Message) -> None:
    draft.categories = []
    assert draft.save_draft()
    assert con.last.data == {"categories": []}


def test_bug_headers_and_a_delay_of_a_saved_draft_are_saved(con: Recorder, draft: Message) -> None:
    draft.message_headers = [{"name": "X-A", "value": "1"}]
    draft.delay_delivery("2026-05-05T08:00:00Z")
    assert draft.save_draft()
    assert con.last.data == {
        "internetMessageHeaders": [{"name": "X-A", "value": "1"}],
        "singleValueExtendedProperties": [{"id": "SystemTime 0x3FEF", "value": "2026-05-05T08:00:00Z"}],
    }


def test_a_received_message_is_no_draft(message: Message) -> None:
    message.subject = "New"
    with pytest.raises(RuntimeError, match="Only draft"):
        message.save_draft()


def test_of_a_received_message_flag_and_categories_and_the_like_are_saved(
    con: Recorder, message: Message, caplog: pytest.LogCaptureFixture
) -> None:
    message.subject, message.is_read, message.body = "New", True, "more"
    message.add_category("Work")
    assert message.save_message()
    assert con.asked == [("patch", "/me/messages/AAMk=")]
    assert con.last.data == {"subject": "New", "isRead": True, "categories": ["House", "Work"]}
    assert "body" in caplog.text


def test_bug_the_importance_of_a_received_message_is_saved(con: Recorder, message: Message) -> None:
    message.importance = "low"
    assert message.save_message()
    assert con.last.data == {"importance": "low"}


def test_saving_a_message_that_is_a_draft_saves_the_draft(con: Recorder, new: Message) -> None:
    con.will(Answer(SAVED, 201))
    assert new.save_message()
    assert con.asked == [("post", "/me/mailFolders/Drafts/messages")]


def test_nothing_to_save_needs_no_request(con: Recorder, message: Message) -> None:
    assert message.save_message()
    assert con.calls == []


# Read and not read.


def test_a_message_is_marked(con: Recorder, message: Message) -> None:
    shown = [(message.mark_as_read(), message.is_read), (message.mark_as_unread(), message.is_read)]
    assert shown == [(True, True), (True, False)]
    assert [call.data for call in con.calls] == [{"isRead": True}, {"isRead": False}]
    assert not message._track_changes


def test_drafts_and_new_messages_are_not_marked(draft: Message, new: Message) -> None:
    with pytest.raises(RuntimeError, match="mark as read"):
        draft.mark_as_read()
    with pytest.raises(RuntimeError, match="mark as unread"):
        new.mark_as_unread()


def test_bug_a_message_whose_query_left_out_is_draft_can_be_marked_and_answered(
    con: Recorder, message: Message
) -> None:
    found = Message(parent=message, __cloud_data__={"id": "AAMk=", "subject": "Roof"})
    assert found.mark_as_read()
    con.will(Answer(SAVED, 201))
    assert found.reply() is not None


# Answers.


def test_an_answer_is_a_draft(con: Recorder, message: Message) -> None:
    con.will(Answer({**SAVED, "subject": "RE: Roof", "isDraft": True}, 201))
    reply = message.reply()
    assert con.asked == [("post", "/me/messages/AAMk=/createReplyAll")]
    assert con.last.headers == {"Prefer": 'outlook.timezone="W. Europe Standard Time"'}
    assert reply is not None
    assert (reply.object_id, reply.subject, reply.is_draft) == ("draft-id", "RE: Roof", True)


def test_an_answer_to_the_sender_only(con: Recorder, message: Message) -> None:
    con.will(REFUSED)
    assert message.reply(to_all=False) is None
    assert con.asked == [("post", "/me/messages/AAMk=/createReply")]


def test_a_message_is_passed_on(con: Recorder, message: Message) -> None:
    con.will(Answer(SAVED, 201))
    forward = message.forward()
    assert con.asked == [("post", "/me/messages/AAMk=/createForward")]
    assert forward is not None
    assert forward.object_id == "draft-id"


@pytest.mark.parametrize("verb", ["reply", "forward"])
def test_drafts_are_not_answered(draft: Message, new: Message, verb: str) -> None:
    for one in (draft, new):
        with pytest.raises(RuntimeError, match=verb):
            getattr(one, verb)()


def test_answers_are_of_the_class_that_a_program_made(con: Recorder, message: Message) -> None:
    class Ticket(Message):
        pass

    con.will(Answer(SAVED, 201))
    assert type(Ticket(parent=message, __cloud_data__={"id": "1", "isDraft": False}).reply()) is Ticket


# Moving.


@pytest.mark.parametrize("target", ["work-id", OutlookWellKnowFolderNames.ARCHIVE])
def test_a_message_is_moved_and_has_another_id(con: Recorder, message: Message, target: Any) -> None:
    con.will(Answer({**SAVED, "id": "moved"}, 201))
    assert message.move(target)
    place = getattr(target, "value", target)
    assert (con.asked, con.last.data) == ([("post", "/me/messages/AAMk=/move")], {"destinationId": place})
    assert (message.object_id, message.folder_id) == ("moved", place)


def test_a_message_is_copied(con: Recorder, message: Message, folder: Folder) -> None:
    con.will(Answer({**SAVED, "id": "copied"}, 201))
    copied = message.copy(folder)
    assert (con.asked, con.last.data) == ([("post", "/me/messages/AAMk=/copy")], {"destinationId": "work-id"})
    assert copied is not None
    assert (copied.object_id, message.object_id) == ("copied", "AAMk=")


@pytest.mark.parametrize("target", ["", None, 5])
def test_what_is_no_folder_is_no_target(message: Message, target: Any) -> None:
    for verb in (message.move, message.copy):
        with pytest.raises(RuntimeError, match="folder_id"):
            verb(target)


def test_what_is_refused_is_false_or_nothing(con: Recorder, message: Message) -> None:
    con.will(*[REFUSED] * 6)
    assert (message.move("x"), message.copy("x"), message.delete(), message.mark_as_read()) == (
        False,
        None,
        False,
        False,
    )
    assert (message.get_mime_content(), message.save_as_eml()) == (None, False)


def test_a_message_is_deleted(con: Recorder, message: Message) -> None:
    assert message.delete()
    assert con.asked == [("delete", "/me/messages/AAMk=")]


@pytest.mark.parametrize("verb", ["delete", "get_mime_content", "save_as_eml"])
def test_a_new_message_is_not_there_yet(new: Message, verb: str) -> None:
    with pytest.raises(RuntimeError, match="unsaved"):
        getattr(new, verb)()


def test_an_id_cannot_break_out_of_its_url(con: Recorder, received: Make) -> None:
    received(id="a/b?c#d%2F").delete()
    assert con.asked == [("delete", "/me/messages/a%2Fb%3Fc%23d%252F")]


# EML.


@pytest.mark.parametrize(
    ("given", "written"), [("mail", "mail.eml"), ("mail.eml", "mail.eml"), ("mail.txt", "mail.txt")]
)
def test_a_message_is_written_into_a_file(
    con: Recorder, message: Message, tmp_path: Path, given: str, written: str
) -> None:
    con.will(Answer(content=b"Subject: Roof\r\n\r\n"))
    assert message.save_as_eml(to_path=tmp_path / given)
    assert con.asked == [("get", "/me/messages/AAMk=/$value")]
    assert (tmp_path / written).read_bytes() == b"Subject: Roof\r\n\r\n"


def test_without_a_name_it_is_message_eml(
    con: Recorder, message: Message, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    con.will(Answer(content=b"x"))
    assert message.save_as_eml()
    assert (tmp_path / "message_eml.eml").exists()


# Events.


def test_an_ordinary_message_is_about_no_event(con: Recorder, message: Message) -> None:
    assert message.get_event() is None
    assert con.calls == []


@pytest.fixture
def invitation(received: Make) -> Message:
    return received(meetingMessageType="meetingRequest")


def test_the_event_of_an_invitation(con: Recorder, invitation: Message) -> None:
    con.will(Answer({"id": "AAMk=", "event": {"subject": "Visit"}}))
    event = invitation.get_event()
    assert con.asked == [("get", "/me/messages/AAMk=")]
    assert con.last.params == {"$expand": "microsoft.graph.eventMessage/event"}
    assert isinstance(event, Event)
    assert (event.subject, event.con) == ("Visit", con)


def test_bug_an_invitation_without_its_event_has_none(con: Recorder, invitation: Message) -> None:
    con.will(Answer({"id": "AAMk=", "event": None}), Answer({"id": "AAMk="}), REFUSED)
    assert [invitation.get_event() for _ in range(3)] == [None, None, None]
