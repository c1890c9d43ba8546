"""Enumerations whose values are written in snake_case here and in the API's casing on the wire."""

from __future__ import annotations

from enum import Enum
from typing import Any, Self

from O365.utils.casing import to_snake_case


class CaseEnum(Enum):
    """A member's value is in snake_case, whichever casing it was declared in."""

    def __new__(cls, value: str) -> Self:
        member = object.__new__(cls)
        member._value_ = to_snake_case(value)
        return member

    @classmethod
    def from_value(cls, value: str | None) -> Self | None:
        """The member of a value in any casing; None when there is none."""
        members: dict[str, Any] = cls._value2member_map_  # as Enum itself looks; no error is made for what is not there
        return members.get(to_snake_case(value)) if value else None


class ImportanceLevel(CaseEnum):
    Normal = "normal"
    Low = "low"
    High = "high"


class OutlookWellKnowFolderNames(Enum):
    INBOX = "Inbox"
    JUNK = "JunkEmail"
    DELETED = "DeletedItems"
    DRAFTS = "Drafts"
    SENT = "SentItems"
    OUTBOX = "Outbox"
    ARCHIVE = "Archive"
    CLUTTER = "clutter"
    CONFLICTS = "conflicts"
    CONVERSATIONHISTORY = "conversationhistory"
    LOCALFAILURES = "localfailures"
    RECOVERABLEITEMSDELETIONS = "recoverableitemsdeletions"
    SCHEDULED = "scheduled"
    SEARCHFOLDERS = "searchfolders"
    SERVERFAILURES = "serverfailures"
    SYNCISSUES = "syncissues"


class OneDriveWellKnowFolderNames(Enum):
    DOCUMENTS = "documents"
    PHOTOS = "photos"
    CAMERA_ROLL = "cameraroll"
    APP_ROOT = "approot"
    MUSIC = "music"
    ATTACHMENTS = "attachments"


class ChainOperator(Enum):
    AND = "and"
    OR = "or"
