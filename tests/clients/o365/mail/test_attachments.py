"""What can be attached, and how it gets to the service and away from it."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from tests.clients.o365.mail.conftest import Make
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.message import Message, MessageAttachment
from O365.utils import AttachableMixin, BaseAttachment, BaseAttachments

HELLO = base64.b64encode(b"hello").decode()
ON_CLOUD = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    "id": "att-1",
    "name": "logo.png",
    "contentId": "logo",
    "isInline": True,
    "contentBytes": HELLO,
    "size": 5,
}
ITEM = {"@odata.type": "#microsoft.graph.itemAttachment", "id": "att-2", "name": "Old mail"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hello.txt"
    path.write_bytes(b"hello")
    return path


def made(message: Message, source: Any) -> MessageAttachment:
    return MessageAttachment(source, parent=message)


# Sources.


def test_a_file_is_read_when_it_is_attached(message: Message, file: Path) -> None:
    attachment = made(message, str(file))
    file.unlink()
    assert (attachment.name, attachment.attachment, attachment.on_disk) == ("hello.txt", file, True)
    assert (attachment.content, attachment.size, len(attachment)) == (HELLO, 5, 5)
    assert attachment.to_api_data() == {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "hello.txt",
        "contentBytes": HELLO,
    }


def test_the_content_of_a_file_is_base64_whenever_it_is_looked_at(message: Message, tmp_path: Path) -> None:
    message.attachments.add((io.BytesIO(b"leak"), "note.txt"))
    attachment = message.attachments[0]
    assert attachment.save(tmp_path)
    assert (attachment.content, attachment._bytes(), len(attachment)) == ("bGVhaw==", b"leak", 4)
    assert attachment.save(tmp_path, "again.txt")
    attachment.content = "cm9vZg=="
    assert attachment._bytes() == b"roof"
    assert [(tmp_path / name).read_bytes() for name in ("note.txt", "again.txt")] == [b"leak", b"leak"]


def test_a_file_has_another_name_if_it_is_given_one(message: Message, file: Path) -> None:
    assert made(message, (file, "greeting.txt")).name == "greeting.txt"


def test_a_file_in_memory_counts_from_its_beginning(message: Message) -> None:
    memory = io.BytesIO()
    memory.write(b"hello")
    attachment = made(message, (memory, "hello.txt"))
    assert (attachment.name, attachment.content, attachment.on_disk) == ("hello.txt", HELLO, False)


def test_an_open_file_is_read(message: Message, file: Path) -> None:
    with file.open("rb") as stream:
        assert made(message, (stream, "a.txt")).content == HELLO


def test_what_the_service_told_is_understood(message: Message) -> None:
    attachment = made(message, {"__cloud_data__": ON_CLOUD})
    assert (attachment.attachment_id, attachment.content_id, attachment.is_inline) == ("att-1", "logo", True)
    assert attachment.to_api_data() == {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "logo.png",
        "isInline": True,
        "contentBytes": HELLO,
        "contentId": "logo",
    }


def test_a_message_is_attached_as_what_it_is(message: Message, new: Message) -> None:
    attachment = made(new, message)
    data = attachment.to_api_data()
    assert (attachment.attachment_type, attachment.name) == ("item", "Roof")
    assert data["@odata.type"] == "#microsoft.graph.itemAttachment"
    assert data["item"]["subject"] == "Roof"


def test_bug_an_attached_message_has_its_type(message: Message, new: Message) -> None:
    assert made(new, message).to_api_data()["item"]["@odata.type"] == "#microsoft.graph.message"


def test_an_object_may_have_another_name_as_an_attachment(message: Message, new: Message) -> None:
    message.attachment_name = "Evidence"
    assert made(new, message).name == "Evidence"
    with pytest.raises(NotImplementedError):
        AttachableMixin().to_api_data()


def test_bug_a_stored_form_has_a_size(message: Message) -> None:
    attachment = made(message, {"name": "a.txt", "content": HELLO, "attachment_id": "att-9"})
    assert (attachment.size, len(attachment), attachment.attachment_id) == (5, 5, "att-9")


def test_a_missing_file_is_told_before_anything_is_sent(
    new: Message, con: Recorder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new.attachments.add(tmp_path / "gone.txt")
    assert (new.attachments[0].content, new.attachments[0].size) == (None, None)
    assert "gone.txt" in caplog.text
    with pytest.raises(ValueError, match=r"no content. There is no file"):
        new.send()
    assert con.calls == []


def test_what_cannot_be_attached_is_refused(message: Message) -> None:
    with pytest.raises(ValueError, match="path"):
        made(message, 5)


def test_bug_files_without_an_id_are_not_the_same(message: Message, file: Path) -> None:
    assert made(message, file) != made(message, file)
    assert made(message, {"__cloud_data__": ON_CLOUD}) == made(message, {"__cloud_data__": ON_CLOUD})


# Saving into a folder.


def test_an_attachment_is_saved_into_a_folder(message: Message, tmp_path: Path) -> None:
    attachment = made(message, {"__cloud_data__": {**ON_CLOUD, "name": "a/b\\c.png"}})
    assert attachment.save(tmp_path)
    assert (tmp_path / "a-bc.png").read_bytes() == b"hello"
    assert (attachment.attachment, attachment.on_disk) == (tmp_path / "a-bc.png", True)
    assert attachment.save(str(tmp_path), custom_name="other.png")
    assert (tmp_path / "other.png").exists()


@pytest.mark.parametrize("name", ["..", "a\0b"])
def test_a_name_cannot_leave_its_folder(message: Message, tmp_path: Path, name: str) -> None:
    assert made(message, {"__cloud_data__": {**ON_CLOUD, "name": name}}).save(tmp_path) is False
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_content_or_no_folder_is_not_saved(message: Message, tmp_path: Path, file: Path) -> None:
    assert made(message, {"__cloud_data__": ITEM}).save(tmp_path) is False
    assert made(message, file).save(tmp_path / "missing") is False


# The list.


def test_the_list_of_attachments(new: Message, file: Path) -> None:
    new.attachments.add([file, (io.BytesIO(b"x"), "x.bin")])
    new.attachments.add(str(file))
    assert [one.name for one in new.attachments] == ["hello.txt", "x.bin", "hello.txt"]
    assert "x.bin" in new.attachments
    assert (len(new.attachments), repr(new.attachments)) == (3, "Number of Attachments: 3")
    assert new._track_changes >= {"attachments"}
    new.attachments.remove("hello.txt")
    assert [one.name for one in new.attachments] == ["x.bin"]
    new.attachments.remove([new.attachments[0]])
    assert not new.attachments


def test_attachments_are_added_one_by_one_too(new: Message, message: Message) -> None:
    new.attachments.add((io.BytesIO(b"x"), "x.bin"))
    new.attachments.add(message)
    new.attachments.add({"name": "a.txt", "content": HELLO})
    new.attachments.add({"__cloud_data__": ON_CLOUD})
    assert [one.name for one in new.attachments] == ["x.bin", "Roof", "a.txt", "logo.png"]
    assert [one.on_cloud for one in new.attachments] == [False, False, False, True]


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_what_is_no_list_is_refused(new: Message, verb: str) -> None:
    with pytest.raises(ValueError, match="attachments"):
        getattr(new.attachments, verb)(5)


def test_bug_a_message_that_was_only_read_has_no_changed_attachments(received: Make) -> None:
    message = received(hasAttachments=True, attachments=[ON_CLOUD])
    assert [(one.name, one.on_cloud) for one in message.attachments] == [("logo.png", True)]
    assert not message._track_changes


def test_inline_pictures_are_sent_with_their_message(con: Recorder, new: Message, file: Path) -> None:
    new.attachments.add(file)
    new.attachments[0].is_inline, new.attachments[0].content_id = True, "logo"
    assert new.send()
    sent = con.last.data["message"]["attachments"]
    assert [(one["isInline"], one["contentId"], one["contentBytes"]) for one in sent] == [(True, "logo", HELLO)]


# With the service.


def test_attachments_are_fetched(con: Recorder, received: Make) -> None:
    message = received(hasAttachments=True)
    assert repr(message.attachments) == "Number of Attachments: unknown"
    con.will(page(ON_CLOUD, ITEM))
    assert message.attachments.download_attachments()
    assert con.asked == [("get", "/me/messages/AAMk=/attachments")]
    assert [(one.name, one.attachment_type) for one in message.attachments] == [
        ("logo.png", "file"),
        ("Old mail", "item"),
    ]
    assert not message._track_changes


def test_bug_attachments_are_fetched_from_all_pages_and_once(con: Recorder, received: Make) -> None:
    message = received(hasAttachments=True)
    con.will(page(ON_CLOUD, link="https://next"), page(ITEM), page(ON_CLOUD, ITEM))
    assert message.attachments.download_attachments()
    assert message.attachments.download_attachments()
    assert [one.attachment_id for one in message.attachments] == ["att-1", "att-2"]


def test_attachments_come_with_the_message_when_it_is_asked_for(con: Recorder, message: Message) -> None:
    con.will(page(ON_CLOUD))
    found = Message(parent=message, download_attachments=True, __cloud_data__={"id": "1", "hasAttachments": True})
    assert len(found.attachments) == 1
    Message(parent=message, download_attachments=True, __cloud_data__={"id": "1", "hasAttachments": False})
    assert len(con.calls) == 1


def test_there_is_nothing_to_fetch_without_attachments_or_an_id(
    con: Recorder, message: Message, new: Message, received: Make, file: Path
) -> None:
    assert message.attachments.download_attachments() is False
    new.attachments.add(file)
    with pytest.raises(RuntimeError, match="unsaved"):
        new.attachments.download_attachments()
    con.will(REFUSED)
    assert received(hasAttachments=True).attachments.download_attachments() is False


def test_attachments_of_a_draft_are_sent_one_by_one(con: Recorder, draft: Message, file: Path) -> None:
    draft.attachments.add(file)
    draft.subject = "New"
    con.will(Answer({"id": "att-7"}, 201))
    assert draft.save_draft()
    assert con.asked == [("post", "/me/messages/AAMk=/attachments"), ("patch", "/me/messages/AAMk=")]
    assert (con.calls[0].data["name"], con.last.data) == ("hello.txt", {"subject": "New"})
    assert (draft.attachments[0].attachment_id, draft.attachments[0].on_cloud) == ("att-7", True)
    assert draft.save_draft()
    assert len(con.calls) == 2


def test_an_attachment_that_was_refused_is_sent_the_next_time(con: Recorder, draft: Message, file: Path) -> None:
    draft.attachments.add(file)
    con.will(REFUSED)
    assert draft.save_draft() is False
    assert draft.save_draft() is True
    assert [call.method for call in con.calls] == ["post", "post"]


def test_bug_attachments_that_were_created_with_their_draft_are_not_sent_again(
    con: Recorder, new: Message, file: Path
) -> None:
    new.attachments.add(file)
    con.will(Answer({"id": "draft-id"}, 201))
    assert new.save_draft()
    assert [one["name"] for one in con.last.data["attachments"]] == ["hello.txt"]
    new.attachments.add((io.BytesIO(b"x"), "x.bin"))
    assert new.save_draft()
    assert [call.data["name"] for call in con.calls[1:]] == ["x.bin"]


def test_what_is_removed_here_is_removed_there(con: Recorder, received: Make) -> None:
    draft = received(isDraft=True, attachments=[ON_CLOUD, ITEM])
    draft.attachments.remove("logo.png")
    assert draft.save_draft()
    assert con.asked == [("delete", "/me/messages/AAMk=/attachments/att-1")]
    draft.attachments.clear()
    con.will(REFUSED)
    assert draft.save_draft() is False
    assert draft.save_draft() is True
    assert con.asked[1:] == [("delete", "/me/messages/AAMk=/attachments/att-2")] * 2


def test_an_attachment_whose_id_the_service_did_not_tell_is_looked_for(con: Recorder, new: Message, file: Path) -> None:
    new.attachments.add(file)
    con.will(Answer({"id": "draft-id"}, 201))
    assert new.save_draft()
    new.attachments.clear()
    con.will(page({"id": "att-3", "name": "other"}, {"id": "att-4", "name": "hello.txt"}))
    assert new.save_draft()
    assert con.last.path == "/me/messages/draft-id/attachments/att-4"


def test_attaching_to_an_object(con: Recorder, message: Message, new: Message, file: Path) -> None:
    attachment = made(message, file)
    assert attachment.attach(message, on_cloud=True)
    assert con.asked == [("post", "/me/messages/AAMk=/attachments")]
    assert con.last.data == attachment.to_api_data()
    con.will(REFUSED)
    assert attachment.attach(message, on_cloud=True) is False
    with pytest.raises(RuntimeError, match="object id"):
        attachment.attach(new, on_cloud=True)
    assert made(message, {"__cloud_data__": ON_CLOUD}).attach(new) is True


def test_bug_the_first_attachment_of_an_object_can_be_attached(message: Message, new: Message, file: Path) -> None:
    assert made(message, file).attach(new)
    assert [one.name for one in new.attachments] == ["hello.txt"]


# Attached messages.


@pytest.fixture
def parcel(received: Make) -> Message:
    return received(hasAttachments=True, attachments=[ITEM, ON_CLOUD])


def test_bug_an_attached_message_that_came_without_a_size_is_read(con: Recorder, parcel: Message) -> None:
    con.will(Answer({"item": {"@odata.type": "#microsoft.graph.message", "id": "in", "subject": "Old"}}))
    inner = parcel.attachments.get_eml_as_object(parcel.attachments[0])
    assert con.asked == [("get", "/me/messages/AAMk=/attachments/att-2")]
    assert con.last.params == {"$expand": "microsoft.graph.itemAttachment/item"}
    assert (type(inner), inner.subject, inner.object_id) == (Message, "Old", "in")


def test_an_attached_event_is_no_message(con: Recorder, parcel: Message) -> None:
    con.will(Answer({"item": {"@odata.type": "#microsoft.graph.event", "subject": "Visit"}}))
    with pytest.raises(ValueError, match="is a event, not a message"):
        parcel.attachments.get_eml_as_object(parcel.attachments[0])


def test_an_attached_message_is_written_into_a_file(con: Recorder, parcel: Message, tmp_path: Path) -> None:
    con.will(Answer(content=b"Subject: Old\r\n\r\n"))
    assert parcel.attachments.save_as_eml(parcel.attachments[0], to_path=tmp_path / "old")
    assert con.asked == [("get", "/me/messages/AAMk=/attachments/att-2/$value")]
    assert (tmp_path / "old.eml").read_bytes() == b"Subject: Old\r\n\r\n"
    con.will(REFUSED, REFUSED)
    assert parcel.attachments.get_mime_content(parcel.attachments[0]) is None
    assert parcel.attachments.get_eml_as_object(parcel.attachments[0]) is None


def test_only_attached_objects_that_the_service_has_are_messages(parcel: Message, file: Path) -> None:
    for one in (parcel.attachments[1], made(parcel, file)):
        with pytest.raises(ValueError, match="item"):
            parcel.attachments.get_mime_content(one)


def test_programs_may_have_attachments_of_their_own_kind(message: Message, file: Path) -> None:
    class Scan(BaseAttachment):
        pass

    class Scans(BaseAttachments):
        _attachment_constructor = Scan

    scans = Scans(message, [file])
    scans.add(made(message, (file, "other.txt")))
    assert [(type(one), one.name, one.content) for one in scans] == [
        (Scan, "hello.txt", HELLO),
        (Scan, "other.txt", HELLO),
    ]
