"""Mailboxes: all messages of a user, the folders that every mailbox has, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from O365._component import ApiComponent as ApiComponent
from O365._enums import OutlookWellKnowFolderNames
from O365._folder import Folder as Folder
from O365._mailbox_settings import AutomaticRepliesSettings as AutomaticRepliesSettings
from O365._mailbox_settings import AutoReplyStatus as AutoReplyStatus
from O365._mailbox_settings import ExternalAudience as ExternalAudience
from O365._mailbox_settings import MailboxSettings as MailboxSettings
from O365._mailbox_settings import SettingsMixin
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365.message import Message as Message


def _well_known(folder: OutlookWellKnowFolderNames) -> Callable[[MailBox], Folder]:
    """A method that gives a folder by the name that the service knows it by; nothing is asked."""

    def known(self: MailBox) -> Folder:
        return self.folder_constructor(parent=self, name=folder.value, folder_id=folder.value)

    known.__doc__ = f"The folder {folder.value}."
    return known


class MailBox(SettingsMixin, Folder):
    """A mailbox. Its messages are those of all folders, its folders the outermost ones."""

    folder_constructor: type[Folder] = Folder

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, root=True, **kwargs)

    inbox_folder = _well_known(OutlookWellKnowFolderNames.INBOX)
    junk_folder = _well_known(OutlookWellKnowFolderNames.JUNK)
    deleted_folder = _well_known(OutlookWellKnowFolderNames.DELETED)
    drafts_folder = _well_known(OutlookWellKnowFolderNames.DRAFTS)
    sent_folder = _well_known(OutlookWellKnowFolderNames.SENT)
    outbox_folder = _well_known(OutlookWellKnowFolderNames.OUTBOX)
    archive_folder = _well_known(OutlookWellKnowFolderNames.ARCHIVE)
    clutter_folder = _well_known(OutlookWellKnowFolderNames.CLUTTER)
    conflicts_folder = _well_known(OutlookWellKnowFolderNames.CONFLICTS)
    conversationhistory_folder = _well_known(OutlookWellKnowFolderNames.CONVERSATIONHISTORY)
    localfailures_folder = _well_known(OutlookWellKnowFolderNames.LOCALFAILURES)
    recoverableitemsdeletions_folder = _well_known(OutlookWellKnowFolderNames.RECOVERABLEITEMSDELETIONS)
    scheduled_folder = _well_known(OutlookWellKnowFolderNames.SCHEDULED)
    searchfolders_folder = _well_known(OutlookWellKnowFolderNames.SEARCHFOLDERS)
    serverfailures_folder = _well_known(OutlookWellKnowFolderNames.SERVERFAILURES)
    syncissues_folder = _well_known(OutlookWellKnowFolderNames.SYNCISSUES)
