"""Mailboxes, messages and attachments, as a type checker sees them. Never run: `test_typed.py` has mypy read it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, assert_type

from requests import Response

from O365 import Account, FileSystemTokenBackend, Message
from O365.connection import Connection
from O365.mailbox import AutoReplyStatus, Folder, MailBox
from O365.message import Flag, MessageAttachment, MessageAttachments, MessageFlag
from O365.utils import ImportanceLevel, Pagination, Recipient, Recipients


def account() -> Account:
    made = Account(("id", "secret"), token_backend=FileSystemTokenBackend(token_path=Path("tokens")), timeout=10)
    assert_type(made.is_authenticated, bool)
    assert_type(made.authenticate(requested_scopes=["basic", "message_all"]), bool)
    assert_type(made.connection, Connection)
    assert_type(made.con.get("https://graph.microsoft.com/v1.0/me"), Response)
    assert_type(made.username, str | None)
    return made


def folders(mailbox: MailBox) -> list[str]:
    inbox = mailbox.inbox_folder()
    assert_type(inbox, Folder)
    assert_type(inbox.unread_items_count, int)
    assert_type(inbox.folder_id, str | None)
    found = mailbox.get_folder(folder_name="Archive") or mailbox.create_child_folder("Archive")
    assert_type(found, Folder | None)
    assert_type(inbox.get_folders(25), list[Folder] | Pagination[Folder])
    return [folder.name for folder in inbox.get_folders(25)]


def reading(mailbox: MailBox) -> list[str]:
    messages = mailbox.get_messages(limit=None, order_by="receivedDateTime desc")
    assert_type(messages, Pagination[Message])
    assert_type(messages[0], Message)
    assert_type(messages[:3], list[Message])
    assert_type(next(messages), Message)
    subjects: list[str] = []
    for message in messages:
        assert_type(message, Message)
        assert_type(message.subject, str)
        assert_type(message.body, str)
        assert_type(message.received, dt.datetime | None)
        assert_type(message.sender, Recipient)
        assert_type(message.sender.address, str)
        assert_type(message.to, Recipients)
        assert_type([who.name for who in message.cc], list[str])
        assert_type(message.categories, list[str])
        assert_type(message.importance, ImportanceLevel)
        assert_type(message.flag, MessageFlag)
        assert_type(message.flag.status, Flag)
        assert_type(message.is_read, bool | None)
        assert_type(message.has_attachments, bool)
        assert_type(message.object_id, str | None)
        assert_type(message.conversation_id, str | None)
        assert_type(message.web_link, str)
        assert_type(message.message_headers, list[dict[str, Any]])
        assert_type(message.get_body_text(), str)
        assert_type(message.get_mime_content(), bytes | None)
        subjects.append(message.subject)
    return subjects


def answering(message: Message, folder: Folder) -> bool:
    assert_type(message.mark_as_read(), bool)
    assert_type(message.move(folder), bool)
    assert_type(message.copy(folder), Message | None)
    assert_type(message.forward(), Message | None)
    reply = message.reply()
    if reply is None:
        return False
    assert_type(reply, Message)
    reply.body = "Thank you."
    return reply.send()


def writing(mailbox: MailBox) -> bool:
    message = mailbox.new_message()
    assert_type(message, Message)
    message.to.add(["anna@example.com", ("Bert", "bert@example.com")])
    message.sender.address = "office@example.com"
    message.subject = "The roof"
    message.importance = ImportanceLevel.High
    message.attachments.add("roof.jpg")
    assert_type(message.save_draft(), bool)
    return message.send(save_to_sent_folder=False)


def attachments(message: Message) -> list[str | None]:
    found = message.attachments
    assert_type(found, MessageAttachments)
    assert_type(found.download_attachments(), bool)
    assert_type(found[0], MessageAttachment)
    for attachment in found:
        assert_type(attachment, MessageAttachment)
        assert_type(attachment.name, str | None)
        assert_type(attachment.size, int | None)
        assert_type(attachment.is_inline, bool)
        assert_type(attachment.save(Path("folder")), bool)
    assert_type(found.get_mime_content(found[0]), bytes | None)
    return [attachment.name for attachment in found]


def settings(mailbox: MailBox) -> bool:
    found = mailbox.get_settings()
    assert_type(found.timezone, str)
    replies = found.automaticrepliessettings
    assert_type(replies.status, AutoReplyStatus)
    assert_type(replies.scheduled_startdatetime, dt.datetime | None)
    assert_type(replies.internal_reply_message, str)
    replies.status = AutoReplyStatus.ALWAYSENABLED
    return found.save()
