"""The async classes of `O365.message`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from O365._enums import OutlookWellKnowFolderNames
from O365.aio._twin import Twin, dressed, plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from pathlib import Path
    from typing import Self

    from bs4 import BeautifulSoup

    from O365._attributes import Json
    from O365.aio.calendar import Event
    from O365.aio.category import Category


class BaseAttachment(Twin):
    """One attachment: a file (`content` is base64) or an object of the API (`content` is its JSON)."""

    _home = "O365._attachment:BaseAttachment"

    def __len__(self) -> int:
        return len(self._it)

    async def attach(self, api_object: Any, on_cloud: bool = False) -> bool | None:
        """Attach it to another object, or with `on_cloud` at once to one that the service has already."""
        return await self._awaited(self._it.attach, api_object, on_cloud)

    def save(self, location: str | Path | None = None, custom_name: str | None = None) -> bool:
        """Write a file into a folder, the current one by default. False, with the reason in the log, when it cannot."""
        return self._given(self._it.save, location, custom_name)

    def to_api_data(self) -> dict[str, Any]:
        """The attachment as JSON. Raises ValueError for a file that was not there."""
        return self._given(self._it.to_api_data)


class BaseAttachments(Twin):
    """The attachments of an object: a list that knows what is to be sent to the service and removed from it."""

    _home = "O365._attachments:BaseAttachments"

    def __len__(self) -> int:
        return len(self._it)

    def __contains__(self, item: object) -> bool:
        return plain(item) in self._it

    def __getitem__(self, key: Any) -> Any:
        return dressed(self._it[key])

    def __iter__(self) -> Iterator[Any]:
        return map(dressed, self._it)

    def add(self, attachments: Any) -> None:
        """Add files by their paths, several of what an attachment can be made of, or what the service told of some."""
        return self._given(self._it.add, attachments)

    def clear(self) -> None:
        """Remove all."""
        return self._given(self._it.clear)

    async def download_attachments(self) -> bool:
        """Fetch what the service has. False when it has none. Raises RuntimeError when the object is not saved."""
        return await self._awaited(self._it.download_attachments)

    def remove(self, attachments: Any) -> None:
        """Remove by name, or one or several attachments; from the service too when the object is saved."""
        return self._given(self._it.remove, attachments)

    def to_api_data(self) -> list[dict[str, Any]]:
        return self._given(self._it.to_api_data)


class MessageAttachment(BaseAttachment):
    """As O365's MessageAttachment."""

    _home = "O365._message_attachments:MessageAttachment"


class MessageAttachments(BaseAttachments):
    """As O365's MessageAttachments."""

    _home = "O365._message_attachments:MessageAttachments"

    async def get_eml_as_object(self, attachment: MessageAttachment) -> Any:
        """An attached message. Raises ValueError for what is no attached object, or another one than a message."""
        return await self._awaited(self._it.get_eml_as_object, attachment)

    async def get_mime_content(self, attachment: MessageAttachment) -> bytes | None:
        """An attached message as it would travel. Raises ValueError for what is no attached object of the service."""
        return await self._awaited(self._it.get_mime_content, attachment)

    async def save_as_eml(self, attachment: MessageAttachment, to_path: str | Path | None = None) -> bool:
        """Write an attached message into a file, `message_eml.eml` by default."""
        return await self._awaited(self._it.save_as_eml, attachment, to_path)


class Message(Twin):
    """An e-mail message: a new one, a draft, or one that was sent or received."""

    _home = "O365.message:Message"

    def add_category(self, category: str | Category) -> None:
        """Put it into one more category."""
        return self._given(self._it.add_category, category)

    def add_message_header(self, name: str, value: str) -> None:
        """Add a header; the service wants its name to begin with X-."""
        return self._given(self._it.add_message_header, name, value)

    async def copy(self, folder: Any) -> Self | None:
        """Copy it to a folder; the copy."""
        return await self._awaited(self._it.copy, folder)

    def delay_delivery(self, delay_seconds_or_absolute_datetime: float | str | dt.date | dt.timedelta) -> None:
        """Have the service hold it back: for seconds, or until a time. A text is taken for a time in UTC as it is."""
        return self._given(self._it.delay_delivery, delay_seconds_or_absolute_datetime)

    async def delete(self) -> bool:
        """Move it to the deleted items."""
        return await self._awaited(self._it.delete)

    async def forward(self) -> Self | None:
        """A draft that passes it on."""
        return await self._awaited(self._it.forward)

    def get_body_soup(self) -> BeautifulSoup | None:
        """The body for BeautifulSoup; None when it is no HTML."""
        return self._given(self._it.get_body_soup)

    def get_body_text(self) -> str:
        """The body without HTML."""
        return self._given(self._it.get_body_text)

    async def get_event(self) -> Event | None:
        """The event that it is about, None when it is about none."""
        return await self._awaited(self._it.get_event)

    async def get_mime_content(self) -> bytes | None:
        """It as it would travel."""
        return await self._awaited(self._it.get_mime_content)

    async def mark_as_read(self) -> bool:
        """Mark it as read. Raises RuntimeError for drafts and new messages."""
        return await self._awaited(self._it.mark_as_read)

    async def mark_as_unread(self) -> bool:
        """Mark it as not read. Raises RuntimeError for drafts and new messages."""
        return await self._awaited(self._it.mark_as_unread)

    async def move(self, folder: Any) -> bool:
        """Move it to a folder: an id, a well-known folder or a Folder. It may have another id then."""
        return await self._awaited(self._it.move, folder)

    async def reply(self, to_all: bool = True) -> Self | None:
        """A draft that answers the sender, or all."""
        return await self._awaited(self._it.reply, to_all)

    async def save_as_eml(self, to_path: str | Path | None = None) -> bool:
        """Write it into a file, `message_eml.eml` by default."""
        return await self._awaited(self._it.save_as_eml, to_path)

    async def save_draft(self, target_folder: Any = OutlookWellKnowFolderNames.DRAFTS) -> bool:
        """Save it as a draft, or what was changed of one. Raises RuntimeError for one that is no draft."""
        return await self._awaited(self._it.save_draft, target_folder)

    async def save_message(self) -> bool:
        """Save what was changed of any message; of one that is no draft that is flag, categories and the like."""
        return await self._awaited(self._it.save_message)

    async def send(self, save_to_sent_folder: bool = True) -> bool:
        """Send it. Raises RuntimeError for one that was sent or received already."""
        return await self._awaited(self._it.send, save_to_sent_folder)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The message as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)
