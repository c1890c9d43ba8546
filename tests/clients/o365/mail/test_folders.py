"""Mailboxes, folders, and the messages in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.mailbox import Folder, MailBox
from O365.message import Message
from O365.utils import OutlookWellKnowFolderNames, Pagination

WORK = {
    "id": "work-id",
    "displayName": "Work",
    "parentFolderId": "root-id",
    "childFolderCount": 2,
    "unreadItemCount": 3,
    "totalItemCount": 4,
}


def subjects(*names: str) -> list[dict[str, str]]:
    return [{"id": name, "subject": name} for name in names]


# What a folder is.


def test_a_folder_tells_what_the_service_said(con: Recorder, protocol: MSGraphProtocol) -> None:
    folder = Folder(con=con, protocol=protocol, __cloud_data__=WORK)
    assert (folder.name, folder.folder_id, folder.parent_id) == ("Work", "work-id", "root-id")
    assert (folder.child_folders_count, folder.unread_items_count, folder.total_items_count) == (2, 3, 4)
    assert (folder.root, folder.parent, repr(folder)) == (False, None, "Work from resource: me")
    assert vars(folder).keys() >= {"name", "folder_id", "parent_id", "total_items_count", "updated_at"}
    assert dt.datetime.now() - folder.updated_at < dt.timedelta(minutes=5)


def test_a_mailbox_is_the_root(mailbox: MailBox) -> None:
    assert (mailbox.root, mailbox.folder_id, mailbox.name) == (True, "root", "")


def test_the_folders_that_every_mailbox_has_need_no_request(con: Recorder, mailbox: MailBox) -> None:
    found = {name: getattr(mailbox, f"{name}_folder")() for name in ("inbox", "sent", "deleted", "junk", "syncissues")}
    ids = {name: folder.folder_id for name, folder in found.items()}
    assert ids == {
        "inbox": "Inbox",
        "sent": "SentItems",
        "deleted": "DeletedItems",
        "junk": "JunkEmail",
        "syncissues": "syncissues",
    }
    assert found["inbox"].parent is mailbox
    assert con.calls == []


def test_there_is_a_method_for_each_well_known_folder(mailbox: MailBox) -> None:
    for member in OutlookWellKnowFolderNames:
        folder = getattr(mailbox, f"{member.name.lower()}_folder")()
        assert (folder.folder_id, folder.name) == (member.value, member.value)


def test_another_users_mailbox(con: Recorder, protocol: MSGraphProtocol) -> None:
    mailbox = MailBox(con=con, protocol=protocol, main_resource="anna@example.com")
    list(mailbox.inbox_folder().get_messages())
    assert con.asked == [("get", "/users/anna@example.com/mailFolders/Inbox/messages")]


def test_folders_are_equal_by_id(folder: Folder, mailbox: MailBox) -> None:
    assert folder == Folder(parent=mailbox, folder_id="work-id")
    assert folder != Folder(parent=mailbox)


# Messages.


def test_messages_of_a_folder(con: Recorder, folder: Folder) -> None:
    con.will(page(*subjects("a", "b")))
    assert [message.subject for message in folder.get_messages()] == ["a", "b"]
    assert con.asked == [("get", "/me/mailFolders/work-id/messages")]
    assert con.last.params == {"$top": 25}


def test_messages_of_a_mailbox_with_a_query(con: Recorder, mailbox: MailBox) -> None:
    query = mailbox.new_query().on_attribute("subject").contains("roof")
    mailbox.get_messages(limit=5, query=query, order_by="subject desc")
    assert con.asked == [("get", "/me/messages")]
    assert con.last.params == {"$top": 5, "$filter": "contains(subject, 'roof')", "$orderby": "subject desc"}
    mailbox.get_messages(query="isRead eq false")
    assert con.last.params == {"$top": 25, "$filter": "isRead eq false"}


def test_messages_can_be_indexed_and_sliced(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(*subjects("a", "b", "c")))
    messages = mailbox.get_messages()
    assert messages[0].subject == "a"
    assert [message.subject for message in messages[1:]] == ["b", "c"]
    assert [message.subject for message in messages] == ["a", "b", "c"]
    assert len(con.calls) == 1


def test_bug_a_short_page_does_not_end_the_list(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(*subjects("a", "b"), link="https://next"), page(*subjects("c", "d")))
    assert [message.subject for message in mailbox.get_messages(limit=3)] == ["a", "b", "c"]
    assert [call.url for call in con.calls][1:] == ["https://next"]


def test_pages_are_fetched_when_they_are_wanted(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(*subjects("a", "b"), link="https://next"), page(*subjects("c", "d")))
    messages = mailbox.get_messages(limit=100, batch=2)
    assert isinstance(messages, Pagination)
    assert con.last.params == {"$top": 2}
    assert len(con.calls) == 1
    assert [message.subject for message in messages] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("limit", "batch", "top"), [(None, None, 999), (None, 50, 50), (5000, None, 999), (10, None, 10), (10, 3, 3)]
)
def test_the_size_of_a_page(con: Recorder, mailbox: MailBox, limit: int | None, batch: int | None, top: int) -> None:
    mailbox.get_messages(limit=limit, batch=batch)
    assert con.last.params == {"$top": top}


def test_attachments_come_with_the_messages_when_they_are_asked_for(con: Recorder, mailbox: MailBox) -> None:
    con.will(page({"id": "a", "hasAttachments": True}), page({"id": "att", "name": "x"}))
    messages = list(mailbox.get_messages(download_attachments=True))
    assert con.asked[1:] == [("get", "/me/messages/a/attachments")]
    assert len(messages[0].attachments) == 1


def test_refused_messages_are_an_empty_list(con: Recorder, mailbox: MailBox) -> None:
    con.will(REFUSED)
    messages = mailbox.get_messages()
    assert not messages
    assert list(messages) == []


def test_a_message_by_its_id(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer({"id": "a", "subject": "Roof"}))
    found = mailbox.get_message("a")
    assert (con.asked, con.last.params) == ([("get", "/me/messages/a")], None)
    assert found is not None
    assert found.subject == "Roof"


def test_of_a_query_a_single_message_takes_what_is_shown(con: Recorder, mailbox: MailBox) -> None:
    mailbox.get_message("a", query=mailbox.q().select("internet_message_headers"))
    assert con.last.params == {"$select": "internetMessageHeaders"}
    mailbox.get_message("a", query=mailbox.q().equals("subject", "x"))
    assert con.last.params is None


def test_the_first_message_that_fits_a_query(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(*subjects("a")), page())
    found = mailbox.get_message(query=mailbox.q().select("subject"))
    assert (con.last.path, con.last.params) == ("/me/messages", {"$top": 1, "$select": "subject"})
    assert found is not None
    assert found.subject == "a"
    assert mailbox.get_message(query="subject eq 'x'") is None


def test_a_message_by_nothing_is_refused(mailbox: MailBox) -> None:
    with pytest.raises(ValueError, match="object id or query"):
        mailbox.get_message()


def test_a_new_message_knows_its_folder(folder: Folder, mailbox: MailBox) -> None:
    assert (folder.new_message().folder_id, mailbox.new_message().folder_id) == ("work-id", "Drafts")
    assert folder.new_message().is_draft


def test_messages_are_of_the_class_that_a_program_made(con: Recorder, mailbox: MailBox) -> None:
    class Ticket(Message):
        pass

    class Tickets(MailBox):
        message_constructor = Ticket

    con.will(page(*subjects("a")))
    tickets = Tickets(parent=mailbox)
    assert (type(tickets.get_messages()[0]), type(tickets.new_message())) == (Ticket, Ticket)


def test_messages_are_deleted(con: Recorder, folder: Folder, message: Message, new: Message) -> None:
    assert folder.delete_message("a")
    assert folder.delete_message(message)
    assert con.asked == [("delete", "/me/messages/a"), ("delete", "/me/messages/AAMk=")]
    with pytest.raises(RuntimeError, match="valid Message"):
        folder.delete_message(new)


# Folders.


def test_folders_of_a_mailbox_and_of_a_folder(con: Recorder, mailbox: MailBox, folder: Folder) -> None:
    con.will(page(WORK), page(WORK))
    assert [(type(one), one.name, one.parent) for one in mailbox.get_folders()] == [(Folder, "Work", mailbox)]
    assert con.last.params == {"$top": 999}
    assert folder.get_folders(25, query="a eq 1", order_by="displayName", batch=5)[0].parent is folder
    assert con.last.params == {"$top": 5, "$filter": "a eq 1", "$orderby": "displayName"}
    assert con.asked == [("get", "/me/mailFolders"), ("get", "/me/mailFolders/work-id/childFolders")]


def test_more_folders_than_fit_into_a_page(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(WORK, link="https://next"), page({**WORK, "displayName": "Play"}))
    assert [one.name for one in mailbox.get_folders()] == ["Work", "Play"]


def test_refused_folders_are_an_empty_list(con: Recorder, mailbox: MailBox) -> None:
    con.will(REFUSED)
    assert mailbox.get_folders() == []


def test_a_folder_by_its_id(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer(WORK), REFUSED)
    found = mailbox.get_folder(folder_id="work-id")
    assert con.asked == [("get", "/me/mailFolders/work-id")]
    assert found is not None
    assert (found.name, found.root, found.parent) == ("Work", False, None)
    assert mailbox.get_folder(folder_id="x") is None


def test_bug_a_folder_by_a_name_with_a_quote(con: Recorder, mailbox: MailBox) -> None:
    con.will(page(WORK), page())
    assert mailbox.get_folder(folder_name="O'Brien") is not None
    assert (con.last.path, con.last.params) == ("/me/mailFolders", {"$filter": "displayName eq 'O''Brien'", "$top": 1})
    assert mailbox.get_folder(folder_name="x") is None


@pytest.mark.parametrize("given", [{}, {"folder_id": "a", "folder_name": "b"}])
def test_a_folder_is_found_by_one_thing(mailbox: MailBox, given: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="one of the options"):
        mailbox.get_folder(**given)


def test_a_folder_is_created(con: Recorder, folder: Folder, mailbox: MailBox) -> None:
    con.will(Answer(WORK, 201), REFUSED)
    made = folder.create_child_folder("Work")
    assert (con.asked, con.last.data) == (
        [("post", "/me/mailFolders/work-id/childFolders")],
        {"displayName": "Work"},
    )
    assert made is not None
    assert made.parent is folder
    assert mailbox.create_child_folder("x") is None
    assert con.last.path == "/me/mailFolders"
    assert folder.create_child_folder("") is None


def test_a_folder_is_renamed(con: Recorder, folder: Folder) -> None:
    con.will(Answer({**WORK, "displayName": "Play", "totalItemCount": 9}), Answer(WORK), REFUSED)
    assert folder.update_folder_name("Play")
    assert (con.asked, con.last.data) == ([("patch", "/me/mailFolders/work-id")], {"displayName": "Play"})
    assert (vars(folder)["name"], folder.total_items_count) == ("Play", 9)
    assert folder.update_folder_name("Garden", update_folder_data=False)
    assert (folder.name, folder.total_items_count) == ("Garden", 9)
    assert folder.update_folder_name("x") is False
    assert folder.name == "Garden"


def test_a_folder_is_deleted(con: Recorder, folder: Folder) -> None:
    con.will(REFUSED)
    assert folder.delete() is False
    assert folder.delete() is True
    assert con.last.path == "/me/mailFolders/work-id"
    assert folder.folder_id is None
    assert folder.delete() is False


@pytest.mark.parametrize("by", ["id", "name", "folder"])
def test_bug_a_folder_is_copied(con: Recorder, folder: Folder, mailbox: MailBox, by: str) -> None:
    archive = mailbox.archive_folder()
    target: Any = {"id": "Archive", "name": OutlookWellKnowFolderNames.ARCHIVE, "folder": archive}[by]
    con.will(Answer({**WORK, "id": "copied"}, 201))
    copied = folder.copy_folder(target)
    assert (con.asked, con.last.data) == ([("post", "/me/mailFolders/work-id/copy")], {"destinationId": "Archive"})
    assert copied is not None
    assert (copied.folder_id, copied.parent) == ("copied", archive if by == "folder" else None)
    assert copied.main_resource == folder.main_resource


def test_a_folder_is_moved(con: Recorder, folder: Folder) -> None:
    con.will(Answer({**WORK, "parentFolderId": "other"}, 201), Answer({**WORK, "id": "other", "displayName": "Other"}))
    assert folder.move_folder("other")
    assert con.asked == [("post", "/me/mailFolders/work-id/move"), ("get", "/me/mailFolders/other")]
    assert folder.parent is not None
    assert (folder.parent_id, folder.parent.name) == ("other", "Other")


def test_a_folder_that_is_moved_into_a_known_one_asks_no_more(con: Recorder, folder: Folder, mailbox: MailBox) -> None:
    archive = mailbox.archive_folder()
    con.will(Answer({**WORK, "id": "moved", "parentFolderId": "other"}, 201))
    assert folder.move_folder(archive)
    assert (folder.parent, folder.folder_id, len(con.calls)) == (archive, "moved", 1)
    con.will(Answer({**WORK, "parentFolderId": "third"}, 201), REFUSED)
    assert folder.move_folder("third", update_parent_if_changed=False)
    assert (folder.parent, folder.parent_id) == (archive, "third")
    assert folder.move_folder("fourth") is False


def test_a_folder_is_read_anew(con: Recorder, folder: Folder) -> None:
    con.will(
        Answer({**WORK, "displayName": "Play"}), Answer({**WORK, "parentFolderId": "other"}), Answer(WORK), REFUSED
    )
    assert folder.refresh_folder()
    assert folder.name == "Play"
    assert folder.refresh_folder(update_parent_if_changed=True)
    assert con.asked[1:] == [("get", "/me/mailFolders/work-id"), ("get", "/me/mailFolders/other")]
    assert folder.parent is not None
    con.will(REFUSED)
    assert folder.refresh_folder() is False


def test_the_parent_of_a_folder_is_asked_for_once(con: Recorder, folder: Folder, mailbox: MailBox) -> None:
    con.will(Answer({**WORK, "id": "root-id"}))
    parent = folder.get_parent_folder()
    assert con.asked == [("get", "/me/mailFolders/root-id")]
    assert folder.get_parent_folder() is parent
    assert mailbox.inbox_folder().get_parent_folder() is mailbox
    assert len(con.calls) == 1


def test_the_root_stays_what_it_is(con: Recorder, mailbox: MailBox) -> None:
    assert mailbox.get_parent_folder() is None
    assert [mailbox.delete(), mailbox.update_folder_name("x"), mailbox.move_folder("x")] == [False] * 3
    assert [mailbox.refresh_folder(), mailbox.copy_folder("x")] == [False, None]
    assert con.calls == []


def test_without_a_target_nothing_is_moved(con: Recorder, folder: Folder) -> None:
    assert (folder.move_folder(""), folder.copy_folder(None), con.calls) == (False, None, [])


def test_folders_may_be_of_a_class_that_a_program_made(con: Recorder, mailbox: MailBox) -> None:
    class Case(Folder):
        pass

    class Cases(MailBox):
        folder_constructor = Case

    con.will(page(WORK), page(WORK))
    cases = Cases(parent=mailbox)
    assert type(cases.inbox_folder()) is Case
    first = cases.get_folders()[0]
    assert (type(first), type(first.get_folders()[0])) == (Case, Case)
