"""Attachments of events."""

from __future__ import annotations

from typing import ClassVar

from O365.utils.attachment import BaseAttachment, BaseAttachments


class EventAttachment(BaseAttachment):
    _endpoints: ClassVar[dict[str, str]] = {"attach": "/events/{id}/attachments"}


class EventAttachments(BaseAttachments):
    _endpoints: ClassVar[dict[str, str]] = {
        "attachments": "/events/{id}/attachments",
        "attachment": "/events/{id}/attachments/{ida}",
        "create_upload_session": "/events/{id}/attachments/createUploadSession",
    }
    _attachment_constructor = EventAttachment
