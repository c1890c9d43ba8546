"""The field table of a message, and the JSON that follows from it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from O365._attributes import (
    ALWAYS,
    FILLED,
    KNOWN,
    NEVER,
    Attribute,
    Field,
    Json,
    Resource,
    choice_field,
    flag_field,
    instant_field,
    maybe_text,
    plain_field,
    recipients_field,
    text,
    text_field,
    unknown_flag_field,
)
from O365._body import BodyMixin, read_body, read_body_type, write_body
from O365._categories import categories_field
from O365._enums import ImportanceLevel
from O365._message_attachments import MessageAttachments
from O365._message_flag import MeetingMessageType, MessageFlag
from O365._recipients import HandleRecipientsMixin, Recipient
from O365.utils.attachment import AttachableMixin

_BODY_TAG = re.compile(r"""<body\b(?:"[^"]*"|'[^']*'|[^'">])*>""", re.IGNORECASE)
_INLINE_IMAGE = re.compile(r"""<img\b[^>]*?\bsrc\s*=\s*["']?cid:""", re.IGNORECASE)


def _accept_body(message: MessageFields, given: str) -> str:
    """A text is put before the one that is there: an answer stands above what it quotes. Nothing clears it."""
    old = message.body
    if not given or not old:
        return given
    if message.body_type != "html":
        return f"{given}\n{old}"
    tag = _BODY_TAG.search(old)
    place = tag.end() if tag else 0
    return f"{old[:place]}{given}{old[place:]}"


def _accept_sender(message: MessageFields, given: Recipient | str) -> Recipient:
    if isinstance(given, str):
        return Recipient(given, parent=message, field="from")
    if not isinstance(given, Recipient):
        raise ValueError(f"sender: expected an address or a Recipient, not {given!r}")  # noqa: TRY004 - documented
    return Recipient(given.address, given.name, parent=message, field="from")


def _accept_headers(_: MessageFields, given: Any) -> list[Json]:
    if not isinstance(given, list):
        raise ValueError(f"message_headers: expected a list, not {given!r}")  # noqa: TRY004 - documented
    return given


def _read_meeting_type(_: MessageFields, told: Any) -> MeetingMessageType | None:
    # The service has a spelling of its own for one of them.
    return MeetingMessageType.from_value(told.replace("Tenatively", "Tentatively")) if told else None


def _rows(_: MessageFields, told: Iterable[Json] | None) -> list[Json]:
    return list(told or ())


def _read_sender(message: MessageFields, told: Any) -> Recipient:
    return message._recipient_from_cloud(told, "from")


def _read_attachments(message: MessageFields, told: Iterable[Json] | None) -> MessageAttachments:
    return message._attachments_constructor(message, [{message._cloud_data_key: one} for one in told or ()])


class MessageFields(BodyMixin, Resource, AttachableMixin, HandleRecipientsMixin):
    """What a message consists of."""

    object_id = maybe_text("id", sent=KNOWN)
    folder_id = maybe_text("parentFolderId", sent=KNOWN)
    conversation_id = maybe_text("conversationId", sent=KNOWN)
    conversation_index = maybe_text("conversationIndex")
    internet_message_id = text("internetMessageId")
    web_link = text("webLink")
    subject = text_field("subject", settable=True, sent=ALWAYS)
    body = Field("body", read_body, _accept_body, write=write_body, sent=ALWAYS)
    body_type = Attribute("body", read_body_type, sent=NEVER)
    body_preview = text_field("bodyPreview")
    unique_body = Field("uniqueBody", read_body, sent=NEVER)
    unique_body_type = Attribute("uniqueBody", read_body_type, sent=NEVER)
    sender = Field(
        "from",
        _read_sender,
        _accept_sender,
        write=lambda message, who: message._recipient_to_cloud(who),
        sent=FILLED,
    )
    to = recipients_field("toRecipients")
    cc = recipients_field("ccRecipients")
    bcc = recipients_field("bccRecipients")
    reply_to = recipients_field("replyTo")
    categories = categories_field(sent=FILLED)
    importance = choice_field("importance", ImportanceLevel, ImportanceLevel.Normal, sent=ALWAYS)
    flag = Field("flag", MessageFlag, write=lambda _, flag: flag.to_api_data(), sent=ALWAYS)
    is_read = unknown_flag_field("isRead", sent=KNOWN)
    is_draft = flag_field("isDraft", missing=True, sent=KNOWN)
    is_read_receipt_requested = flag_field("isReadReceiptRequested", settable=True, sent=ALWAYS)
    is_delivery_receipt_requested = flag_field("isDeliveryReceiptRequested", settable=True, sent=ALWAYS)
    created = instant_field("createdDateTime", sent=KNOWN)
    modified = instant_field("lastModifiedDateTime")
    received = instant_field("receivedDateTime", sent=KNOWN)
    sent = instant_field("sentDateTime", sent=KNOWN)
    inference_classification: Field[str | None] = plain_field("inferenceClassification")
    meeting_message_type = Field("meetingMessageType", _read_meeting_type)
    message_headers = Field("internetMessageHeaders", _rows, _accept_headers, sent=FILLED)
    single_value_extended_properties = Field("singleValueExtendedProperties", _rows, sent=FILLED)
    attachments = Field(
        "attachments",
        _read_attachments,
        write=lambda _, attachments: attachments.to_api_data(),
        sent=FILLED,
    )

    _attachments_constructor = MessageAttachments

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        AttachableMixin.__init__(self, attachment_name_property="subject", attachment_type="message_type")
        if "object_id" in kwargs and self._told("id") is None:
            self.object_id = kwargs["object_id"]
        if "is_draft" in kwargs and self._told("isDraft") is None:
            self._values["isDraft"] = kwargs["is_draft"]
        if kwargs.get("download_attachments") and self.has_attachments:
            self.attachments.download_attachments()

    @property
    def has_attachments(self) -> bool:
        """Whether it has some: here, with the service, or pictures within its text, which do not count there."""
        if self._told("hasAttachments"):
            return True
        here = self._values.get("attachments")  # looked at only if somebody has: lists of messages ask this of each
        if here or (here is None and self._told("attachments")):
            return True
        if "body" not in self._values and not self._told("body"):
            return False
        text = self.body
        return bool(text) and self.body_type.lower() == "html" and _INLINE_IMAGE.search(text) is not None

    @property
    def is_event_message(self) -> bool:
        """Whether it is about a meeting."""
        return self.meeting_message_type is not None

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The message as JSON: all of it, or only some keys."""
        known = bool(self.object_id) and not self.is_draft
        data = self._json(restrict_keys, known=known)
        if known and not restrict_keys:
            data[self._cc("hasAttachments")] = self.has_attachments
        return data
