"""Messages: what can be done with one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from O365._component import ApiComponent as ApiComponent
from O365._enums import CaseEnum as CaseEnum
from O365._enums import ImportanceLevel as ImportanceLevel
from O365._enums import OutlookWellKnowFolderNames as OutlookWellKnowFolderNames
from O365._message_attachments import Attaching, write_eml
from O365._message_attachments import MessageAttachment as MessageAttachment
from O365._message_attachments import MessageAttachments as MessageAttachments
from O365._message_flag import Flag as Flag
from O365._message_flag import MeetingMessageType as MeetingMessageType
from O365._message_flag import MessageFlag as MessageFlag
from O365._message_flag import RecipientType as RecipientType
from O365._message_saving import SentOrSaved, folder_id_of
from O365._recipients import HandleRecipientsMixin as HandleRecipientsMixin
from O365._recipients import Recipient as Recipient
from O365._recipients import TrackerSet as TrackerSet
from O365.category import Category as Category
from O365.utils.attachment import AttachableMixin as AttachableMixin
from O365.utils.attachment import BaseAttachment as BaseAttachment
from O365.utils.attachment import BaseAttachments as BaseAttachments

if TYPE_CHECKING:
    from O365.calendar import Event as Event


class Message(SentOrSaved):
    """An e-mail message: a new one, a draft, or one that was sent or received."""

    def __repr__(self) -> str:
        return f"Subject: {self.subject}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    @property
    def attachment(self) -> Attaching:
        """For `message.attachment.add = "file.txt"`; else use `attachments`."""
        return Attaching(self.attachments)

    def mark_as_read(self) -> bool:
        """Mark it as read. Raises RuntimeError for drafts and new messages."""
        return self._mark(True)

    def mark_as_unread(self) -> bool:
        """Mark it as not read. Raises RuntimeError for drafts and new messages."""
        return self._mark(False)

    # What becomes of a saved message; all raise RuntimeError when it is not saved.

    def reply(self, to_all: bool = True) -> Self | None:
        """A draft that answers the sender, or all."""
        self._need(not self._is_draft_or_new(), "Can't reply to this message")
        endpoint = "create_reply_all" if to_all else "create_reply"
        zone = self._gk("prefer_timezone_header")
        return self._made(self.con.post(self._url(endpoint), headers={"Prefer": zone} if zone else None))

    def forward(self) -> Self | None:
        """A draft that passes it on."""
        self._need(not self._is_draft_or_new(), "Can't forward this message")
        return self._made(self.con.post(self._url("forward_message")))

    def delete(self) -> bool:
        """Move it to the deleted items."""
        self._need(self.object_id, "Attempting to delete an unsaved Message")
        return bool(self.con.delete(self._url("get_message")))

    def move(self, folder: Any) -> bool:
        """Move it to a folder: an id, a well-known folder or a Folder. It may have another id then."""
        self._need(self.object_id, "Attempting to move an unsaved Message")
        target = self._target(folder)
        response = self.con.post(self._url("move_message"), data={self._cc("destinationId"): target})
        if not response:
            return False
        self._renew(response.json(), "id")
        self.folder_id = target
        return True

    def copy(self, folder: Any) -> Self | None:
        """Copy it to a folder; the copy."""
        self._need(self.object_id, "Attempting to copy an unsaved Message")
        target = self._target(folder)
        return self._made(self.con.post(self._url("copy_message"), data={self._cc("destinationId"): target}))

    # Its content.

    def get_event(self) -> Event | None:
        """The event that it is about, None when it is about none."""
        if not self.is_event_message:
            return None
        event_class = _event_class()
        expand = f"{self._gk('event_message_type')}/{self._cc('event')}"
        response = self.con.get(self._url("get_message"), params={"$expand": expand})
        event = response.json().get(self._cc("event")) if response else None
        return event_class(parent=self, **{self._cloud_data_key: event}) if event else None

    def get_mime_content(self) -> bytes | None:
        """It as it would travel."""
        self._need(self.object_id, "Attempting to get the mime contents of an unsaved message")
        response = self.con.get(self._url("get_mime"))
        return response.content if response else None

    def save_as_eml(self, to_path: str | Path | None = None) -> bool:
        """Write it into a file, `message_eml.eml` by default."""
        return write_eml(self.get_mime_content(), to_path)

    # How.

    def _mark(self, is_read: bool) -> bool:
        self._need(
            not self._is_draft_or_new(), f"Attempting to mark as {'read' if is_read else 'unread'} an unsaved Message"
        )
        if not self.con.patch(self._url("get_message"), data={self._cc("isRead"): is_read}):
            return False
        self._values["isRead"] = is_read
        self._track_changes.discard("isRead")
        return True

    def _need(self, condition: object, otherwise: str) -> None:
        if not condition:
            raise RuntimeError(otherwise)

    def _target(self, folder: Any) -> str:
        found = folder_id_of(folder)
        self._need(found, "Must Provide a valid folder_id")
        assert found is not None
        return found

    def _made(self, response: Any) -> Self | None:
        return type(self)(parent=self, **{self._cloud_data_key: response.json()}) if response else None


def __getattr__(name: str) -> Any:
    """`O365.message.Event`, without loading the calendar for those who only want mail."""
    if name == "Event":
        return _event_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _event_class() -> Any:
    from O365.calendar import Event

    return Event
