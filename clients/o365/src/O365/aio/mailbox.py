"""The async classes of `O365.mailbox`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365._mailbox_settings import ExternalAudience
from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    import datetime as dt

    from O365.aio.message import Message


class Folder(Twin):
    """A folder, or the mailbox itself when it is `root`."""

    _home = "O365._folder:Folder"

    async def copy_folder(self, to_folder: Any) -> Folder | None:
        """Copy it into another folder, with all that is in it; the copy."""
        return await self._awaited(self._it.copy_folder, to_folder)

    async def create_child_folder(self, folder_name: str) -> Folder | None:
        """A new folder within this one."""
        return await self._awaited(self._it.create_child_folder, folder_name)

    async def delete(self) -> bool:
        """Delete it, with all that is in it."""
        return await self._awaited(self._it.delete)

    async def delete_message(self, message: Message | str) -> bool:
        """Delete a message, given by itself or its id. Raises RuntimeError for one that is not saved."""
        return await self._awaited(self._it.delete_message, message)

    async def get_folder(self, *, folder_id: str | None = None, folder_name: str | None = None) -> Folder | None:
        """A folder by its id, wherever it is, or by its name, when it is within this one."""
        return await self._awaited(self._it.get_folder, folder_id=folder_id, folder_name=folder_name)

    def get_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[Folder]:
        """The folders within: a list, or a Pagination when there are more than fit into a page."""
        return self._listed(self._it.get_folders, limit, query=query, order_by=order_by, batch=batch)

    async def get_message(
        self, object_id: str | None = None, query: Any = None, *, download_attachments: bool = False
    ) -> Message | None:
        """The message with an id, with what `query` selects and expands; or the first that fits a query."""
        return await self._awaited(self._it.get_message, object_id, query, download_attachments=download_attachments)

    def get_messages(
        self,
        limit: int | None = 25,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        download_attachments: bool = False,
    ) -> Listing[Message]:
        """The messages, newest first; of a mailbox those of all folders. None as limit means all."""
        return self._listed(
            self._it.get_messages,
            limit,
            query=query,
            order_by=order_by,
            batch=batch,
            download_attachments=download_attachments,
        )

    async def get_parent_folder(self) -> Folder | None:
        """The folder that this one is in."""
        return await self._awaited(self._it.get_parent_folder)

    async def move_folder(self, to_folder: Any, *, update_parent_if_changed: bool = True) -> bool:
        """Move it into another folder."""
        return await self._awaited(self._it.move_folder, to_folder, update_parent_if_changed=update_parent_if_changed)

    def new_message(self) -> Message:
        """A draft that is not saved yet."""
        return self._given(self._it.new_message)

    async def refresh_folder(self, update_parent_if_changed: bool = False) -> bool:
        """Ask the service anew; with `update_parent_if_changed` for the parent too if it is another one now."""
        return await self._awaited(self._it.refresh_folder, update_parent_if_changed)

    async def update_folder_name(self, name: str, update_folder_data: bool = True) -> bool:
        """Rename it; its other data are those of the answer then, unless told otherwise."""
        return await self._awaited(self._it.update_folder_name, name, update_folder_data)


class MailboxSettings(Twin):
    """Settings of a mailbox. `timezone` is a name, of Windows or IANA; `workinghours` is the JSON of Graph:"""

    _home = "O365._mailbox_settings:MailboxSettings"

    async def save(self) -> bool:
        """Send the automatic replies, and what was changed of the rest."""
        return await self._awaited(self._it.save)


class MailBox(Folder):
    """A mailbox. Its messages are those of all folders, its folders the outermost ones."""

    _home = "O365.mailbox:MailBox"

    def archive_folder(self) -> Folder:
        return self._given(self._it.archive_folder)

    def clutter_folder(self) -> Folder:
        return self._given(self._it.clutter_folder)

    def conflicts_folder(self) -> Folder:
        return self._given(self._it.conflicts_folder)

    def conversationhistory_folder(self) -> Folder:
        return self._given(self._it.conversationhistory_folder)

    def deleted_folder(self) -> Folder:
        return self._given(self._it.deleted_folder)

    def drafts_folder(self) -> Folder:
        return self._given(self._it.drafts_folder)

    async def get_settings(self) -> MailboxSettings:
        """The settings of the mailbox; an empty iterator when they are refused and errors are not raised."""
        return await self._awaited(self._it.get_settings)

    def inbox_folder(self) -> Folder:
        return self._given(self._it.inbox_folder)

    def junk_folder(self) -> Folder:
        return self._given(self._it.junk_folder)

    def localfailures_folder(self) -> Folder:
        return self._given(self._it.localfailures_folder)

    def outbox_folder(self) -> Folder:
        return self._given(self._it.outbox_folder)

    def recoverableitemsdeletions_folder(self) -> Folder:
        return self._given(self._it.recoverableitemsdeletions_folder)

    def scheduled_folder(self) -> Folder:
        return self._given(self._it.scheduled_folder)

    def searchfolders_folder(self) -> Folder:
        return self._given(self._it.searchfolders_folder)

    def sent_folder(self) -> Folder:
        return self._given(self._it.sent_folder)

    def serverfailures_folder(self) -> Folder:
        return self._given(self._it.serverfailures_folder)

    async def set_automatic_reply(
        self,
        internal_text: str,
        external_text: str,
        scheduled_start_date_time: dt.datetime | None = None,
        scheduled_end_date_time: dt.datetime | None = None,
        externalAudience: ExternalAudience = ExternalAudience.ALL,
    ) -> bool:
        """Answer automatically, always or between two times. Raises ValueError when only one of them is given."""
        return await self._awaited(
            self._it.set_automatic_reply,
            internal_text,
            external_text,
            scheduled_start_date_time,
            scheduled_end_date_time,
            externalAudience,
        )

    async def set_disable_reply(self) -> bool:
        """Answer no more."""
        return await self._awaited(self._it.set_disable_reply)

    def syncissues_folder(self) -> Folder:
        return self._given(self._it.syncissues_folder)
