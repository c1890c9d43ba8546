"""Changing, saving and sending a message."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any, ClassVar

from O365._attributes import Json
from O365._categories import name_of
from O365._dates import aware, utc_text
from O365._enums import OutlookWellKnowFolderNames
from O365._message_fields import MessageFields
from O365._urls import segment
from O365.category import Category

log = logging.getLogger(__name__)

DEFERRED_SEND_TIME = "SystemTime 0x3FEF"
"""The extended property that holds a message back (PidTagDeferredSendTime)."""
SENT_ID = "sent_message"
"""The id of a message that was sent without being saved: the service does not tell the one of the copy."""
_CHANGEABLE = ("isRead", "categories", "flag", "subject", "importance")
_SAVED = (
    "id",
    "parentFolderId",
    "createdDateTime",
    "lastModifiedDateTime",
    "webLink",
    "conversationId",
    "internetMessageId",
    "isDraft",
)


class SentOrSaved(MessageFields):
    """A message as far as it is changed, saved and sent."""

    _endpoints: ClassVar[dict[str, str]] = {
        "create_draft": "/messages",
        "create_draft_folder": "/mailFolders/{id}/messages",
        "send_mail": "/sendMail",
        "send_draft": "/messages/{id}/send",
        "get_message": "/messages/{id}",
        "move_message": "/messages/{id}/move",
        "copy_message": "/messages/{id}/copy",
        "create_reply": "/messages/{id}/createReply",
        "create_reply_all": "/messages/{id}/createReplyAll",
        "forward_message": "/messages/{id}/createForward",
        "get_mime": "/messages/{id}/$value",
    }

    # Changes that are made here and sent later.

    def add_category(self, category: str | Category) -> None:
        """Put it into one more category."""
        name = name_of(category)
        if name not in self.categories:
            self.categories = [*self.categories, name]

    def add_message_header(self, name: str, value: str) -> None:
        """Add a header; the service wants its name to begin with X-."""
        self.message_headers = [*self.message_headers, {self._cc("name"): name, self._cc("value"): value}]

    def delay_delivery(self, delay_seconds_or_absolute_datetime: float | str | dt.date | dt.timedelta) -> None:
        """Have the service hold it back: for seconds, or until a time. A text is taken for a time in UTC as it is."""
        until = _deferred_until(delay_seconds_or_absolute_datetime, self.protocol.timezone)
        key, value = self._cc("id"), self._cc("value")
        others = [one for one in self.single_value_extended_properties if one.get(key) != DEFERRED_SEND_TIME]
        self._values["singleValueExtendedProperties"] = [*others, {key: DEFERRED_SEND_TIME, value: until}]
        self._track_changes.add("singleValueExtendedProperties")

    # Sending and saving.

    def send(self, save_to_sent_folder: bool = True) -> bool:
        """Send it. Raises RuntimeError for one that was sent or received already.

        Without being saved first it leaves no copy when `save_to_sent_folder` is false; drafts always leave one. More
        attachments than fit into one request make it a draft on its way.
        """
        if self.object_id and not self.is_draft:
            raise RuntimeError(
                "Not possible to send a message that is not new or a draft. Use Reply or Forward instead."
            )
        if not self.object_id and not (self.attachments._are_large() and save_to_sent_folder):
            return self._send_new(save_to_sent_folder)
        if not save_to_sent_folder:
            log.warning("The service keeps a copy of every draft that is sent.")
        return self.save_draft() and self._send_draft()

    def save_draft(self, target_folder: Any = OutlookWellKnowFolderNames.DRAFTS) -> bool:
        """Save it as a draft, or what was changed of one. Raises RuntimeError for one that is no draft."""
        if not self.object_id:
            return self._create_draft(folder_id_of(target_folder) or OutlookWellKnowFolderNames.DRAFTS.value)
        if not self._track_changes:
            return True
        if not self.is_draft:
            raise RuntimeError("Only draft messages can be updated")
        if self._cc("attachments") in self._track_changes:
            if not self.attachments._update_attachments_to_cloud():
                return False
            self._track_changes.discard("attachments")
        return self._update(self._track_changes)

    def save_message(self) -> bool:
        """Save what was changed of any message; of one that is no draft that is flag, categories and the like."""
        if not self.object_id or self.is_draft:
            return self.save_draft()
        changeable = self._track_changes & {self._cc(key) for key in _CHANGEABLE}
        if lost := self._track_changes - changeable:
            log.warning("Of a message that is no draft these cannot be changed: %s", ", ".join(sorted(lost)))
        return self._update(changeable)

    def _send_new(self, save_to_sent_folder: bool) -> bool:
        data: Json = {self._cc("message"): self.to_api_data()}
        if not save_to_sent_folder:
            data[self._cc("saveToSentItems")] = False
        if not self.con.post(self._url("send_mail"), data=data):
            return False
        return self._sent_new()

    def _sent_new(self) -> bool:
        self.object_id = SENT_ID
        return self._sent()

    def _send_draft(self) -> bool:
        return bool(self.con.post(self._url("send_draft"))) and self._sent()

    def _sent(self) -> bool:
        self._values["isDraft"] = False
        self._track_changes.clear()
        return True

    def _create_draft(self, folder: str) -> bool:
        """Create it with its attachments if they fit into the request; else they follow."""
        follow = self.attachments._are_large()
        data = self._json(None, known=False, without="attachments") if follow else self.to_api_data()
        response = self.con.post(
            self.build_url(self._endpoints["create_draft_folder"].format(id=segment(folder))), data=data
        )
        if not response:
            return False
        self._renew({self._cc("isDraft"): True, **response.json()}, *_SAVED)
        self._track_changes.clear()
        if follow:
            self._track_changes.add("attachments")
            return self.save_draft()
        for attachment in self.attachments:
            attachment.on_cloud = True
        return True

    def _update(self, keys: set[str]) -> bool:
        """Send what was changed under some keys."""
        if not keys:
            return True
        response = self.con.patch(self._url("get_message"), data=self.to_api_data(restrict_keys=keys))
        if not response:
            return False
        self._track_changes.difference_update(set(keys))
        self._renew(response.json(), "lastModifiedDateTime")
        return True

    def _is_draft_or_new(self) -> bool:
        """A message whose query did not ask for isDraft is taken for none: the service refuses what does not fit."""
        unknown = bool(self._cloud) and self._told("isDraft") is None
        return not self.object_id or (self.is_draft and not unknown)

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.object_id)))


def folder_id_of(folder: Any) -> str | None:
    """The id of what names a folder: an id, a well-known folder, a Folder; None for what does not."""
    if isinstance(folder, OutlookWellKnowFolderNames):
        return str(folder.value)
    found = folder if isinstance(folder, str) else getattr(folder, "folder_id", None)
    return found or None


def _deferred_until(given: float | str | dt.date | dt.timedelta, zone: Any) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, dt.date):
        return utc_text(aware(given, zone))
    delay = given if isinstance(given, dt.timedelta) else dt.timedelta(seconds=given)
    return utc_text(dt.datetime.now(dt.UTC) + delay)
