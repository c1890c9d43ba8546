"""Messages, their attachments, and sending."""

from __future__ import annotations

from typing import Final

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers import uploads
from postroom.faces.graph.handlers.calls import changes, destination, zone_of
from postroom.faces.graph.handlers.mail_calls import mail, on_messages, wish
from postroom.faces.graph.result import Accepted, Created, Many, Nothing, One, Raw, Result
from postroom.workspace.workloads.mail.kinds import MESSAGE
from postroom.workspace.workloads.mail.reply import Way

TEXT: Final = "text/plain"
WAYS: Final[dict[str, Way]] = {"Reply": "reply", "ReplyAll": "replyAll", "Forward": "forward"}


@on_messages("list")
def messages(call: Call, folder: str | None) -> Result:
    return Many(mail(call).messages.page(call.mailbox, folder, wish(call)))


@on_messages("create")
def create_message(call: Call, folder: str | None) -> Result:
    made = mail(call).messages
    if call.is_mime:
        return Created(made.create_from_mime(call.mailbox, folder, call.content, wish(call)))
    return Created(made.create(call.mailbox, folder, call.document, wish(call)))


@on_messages("delta")
def messages_delta(call: Call, folder: str | None) -> Result:
    wanted = wish(call)
    carried = {"changeType": call.argument("changeType")} if call.argument("changeType") else {}
    rows, delta = mail(call).messages.delta(call.mailbox, folder, wanted, carried)
    return changes(rows, delta, "message", immutable=wanted.immutable)


@on_messages("get")
def message(call: Call, folder: str | None, message: str) -> Result:
    return One(mail(call).messages.get(call.mailbox, message, wish(call), folder))


@on_messages("change")
def change_message(call: Call, message: str) -> Result:
    return One(mail(call).messages.update(call.mailbox, message, call.document, wish(call)))


@on_messages("delete")
def delete_message(call: Call, message: str) -> Result:
    mail(call).messages.delete(call.mailbox, message, call.if_match)
    return Nothing()


@on_messages("delete_permanently")
def delete_message_permanently(call: Call, message: str) -> Result:
    mail(call).messages.delete_permanently(call.mailbox, message)
    return Nothing()


@on_messages("mime")
def mime(call: Call, message: str) -> Result:
    return Raw(mail(call).messages.mime(call.mailbox, message), TEXT)


@on_messages("move")
def move_message(call: Call, message: str) -> Result:
    moved = mail(call).messages.move(call.mailbox, message, destination(call), wish(call))
    return Created(moved, _message_path(call, moved["id"]))


@on_messages("copy")
def copy_message(call: Call, message: str) -> Result:
    copied = mail(call).messages.copy(call.mailbox, message, destination(call), wish(call))
    return Created(copied, _message_path(call, copied["id"]))


@on_messages("send")
def send_message(call: Call, message: str) -> Result:
    mail(call).sending.send(call.mailbox, message)
    return Accepted()


def _flag(value: object) -> bool:
    """Not given is true. Texts are taken too: examples of Microsoft's have them."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    if not isinstance(value, bool | None):
        raise Invalid("saveToSentItems", "true or false")
    return value is not False


@implements("mail.send")
def send_mail(call: Call) -> Result:
    save = _flag(call.given("saveToSentItems")) if not call.is_mime else True
    if call.is_mime:
        mail(call).sending.send_mime(call.mailbox, call.content)
        return Accepted()
    message = call.given("message")
    if not isinstance(message, dict):
        raise Invalid("message", "the message to send")
    mail(call).sending.send_new(call.mailbox, message, save=save)
    return Accepted()


def _answers(name: str, way: Way) -> None:
    """Two handlers for each way to answer: sent at once, and as a draft."""

    @on_messages(name[0].lower() + name[1:])
    def answer(call: Call, message: str) -> Result:
        mail(call).sending.answer(call.mailbox, message, way, call.document, zone_of(call))
        return Accepted()

    @on_messages(f"create{name}")
    def create_answer(call: Call, message: str) -> Result:
        made = mail(call).sending.create_answer(call.mailbox, message, way, call.document, wish(call))
        return Created(made, _message_path(call, made["id"]))


for _name, _way in WAYS.items():
    _answers(_name, _way)


@on_messages("attachments")
def attachments(call: Call, message: str) -> Result:
    return Many(mail(call).attachments.page(call.mailbox, message, wish(call)))


@on_messages("attach")
def attach(call: Call, message: str) -> Result:
    return Created(mail(call).attachments.add(call.mailbox, message, call.document, wish(call)))


@on_messages("upload")
def begin_upload(call: Call, message: str) -> Result:
    return uploads.begun(call, message, MESSAGE)


@on_messages("attachment")
def attachment(call: Call, message: str, attachment: str) -> Result:
    return One(mail(call).attachments.get(call.mailbox, message, attachment, wish(call)))


@on_messages("content")
def content(call: Call, message: str, attachment: str) -> Result:
    media_type, found = mail(call).attachments.content(call.mailbox, message, attachment)
    return Raw(found, media_type)


@on_messages("detach")
def detach(call: Call, message: str, attachment: str) -> Result:
    mail(call).attachments.delete(call.mailbox, message, attachment)
    return Nothing()


@on_messages("extensions")
def extensions(call: Call, message: str) -> Result:
    return Many(mail(call).extensions.page(call.mailbox, message, wish(call)))


@on_messages("extend")
def extend(call: Call, message: str) -> Result:
    return Created(mail(call).extensions.create(call.mailbox, message, call.document))


@on_messages("extension")
def extension(call: Call, message: str, extension: str) -> Result:
    return One(mail(call).extensions.get(call.mailbox, message, extension))


@on_messages("change_extension")
def change_extension(call: Call, message: str, extension: str) -> Result:
    return One(mail(call).extensions.update(call.mailbox, message, extension, call.document))


@on_messages("delete_extension")
def delete_extension(call: Call, message: str, extension: str) -> Result:
    mail(call).extensions.delete(call.mailbox, message, extension)
    return Nothing()


def _message_path(call: Call, message_id: str) -> str:
    return f"users/{call.mailbox}/messages/{message_id}"
