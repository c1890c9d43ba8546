"""Attachments of messages, which may be messages themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from O365.utils.attachment import BaseAttachment, BaseAttachments


class MessageAttachment(BaseAttachment):
    _endpoints: ClassVar[dict[str, str]] = {
        "attach": "/messages/{id}/attachments",
        "attachment": "/messages/{id}/attachments/{ida}",
    }


class MessageAttachments(BaseAttachments):
    _endpoints: ClassVar[dict[str, str]] = {
        "attachments": "/messages/{id}/attachments",
        "attachment": "/messages/{id}/attachments/{ida}",
        "get_mime": "/messages/{id}/attachments/{ida}/$value",
        "create_upload_session": "/messages/{id}/attachments/createUploadSession",
    }
    _attachment_constructor = MessageAttachment

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[MessageAttachment]: ...
        def __getitem__(self, key: int) -> MessageAttachment: ...

    def save_as_eml(self, attachment: MessageAttachment, to_path: str | Path | None = None) -> bool:
        """Write an attached message into a file, `message_eml.eml` by default."""
        return write_eml(self.get_mime_content(attachment), to_path)

    def get_mime_content(self, attachment: MessageAttachment) -> bytes | None:
        """An attached message as it would travel. Raises ValueError for what is no attached object of the service."""
        response = self._parent.con.get(self._url("get_mime", self._item_id(attachment)))
        return response.content if response else None

    def get_eml_as_object(self, attachment: MessageAttachment) -> Any:
        """An attached message. Raises ValueError for what is no attached object, or another one than a message."""
        expand = f"{(self._gk('item_attachment_type') or '').lstrip('#')}/{self._cc('item')}"
        url = self._url("attachment", self._item_id(attachment))
        response = self._parent.con.get(url, params={"$expand": expand})
        if not response:
            return None
        item = response.json().get(self._cc("item")) or {}
        kind = str(item.get("@odata.type", "message"))
        if "message" not in kind.lower():
            raise ValueError(f"The attachment {attachment.name} is a {kind.rpartition('.')[2]}, not a message.")
        return type(self._parent)(parent=self._parent, **{self._cloud_data_key: item})

    def _item_id(self, attachment: MessageAttachment) -> str:
        if (
            isinstance(attachment, MessageAttachment)
            and attachment.attachment_type == "item"
            and attachment.attachment_id
        ):
            return attachment.attachment_id
        raise ValueError('Must provide a saved "item" attachment of type MessageAttachment')


class Attaching:
    """`message.attachment.add = "file.txt"`: how the documentation of the original attaches one file."""

    __slots__ = ("_attachments",)

    def __init__(self, attachments: MessageAttachments) -> None:
        self._attachments = attachments

    @property
    def add(self) -> Any:
        """The method of the attachments; assigned to, what is attached."""
        return self._attachments.add

    @add.setter
    def add(self, attachment: Any) -> None:
        self._attachments.add(attachment)


def write_eml(content: bytes | None, to_path: str | Path | None) -> bool:
    """Write a message into a file, whose name gets a suffix if it has none. False when there is no message."""
    if not content:
        return False
    path = Path(to_path or "message_eml.eml")
    (path if path.suffix else path.with_suffix(".eml")).write_bytes(content)
    return True
