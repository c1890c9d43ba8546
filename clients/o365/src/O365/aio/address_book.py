"""The async classes of `O365.address_book`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin
from O365.message import RecipientType

if TYPE_CHECKING:
    from collections.abc import Collection

    from O365._attributes import Json
    from O365.aio.message import Message


class BaseContactFolder(Twin):
    """A folder of contacts, or when it is `root` the one that all the others are beside."""

    _home = "O365.address_book:BaseContactFolder"

    async def get_contact_by_email(self, email: str) -> Contact | None:
        """The first contact that has an address."""
        return await self._awaited(self._it.get_contact_by_email, email)

    def get_contacts(
        self, limit: int | None = 100, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[Contact]:
        """The contacts of this folder. None as limit means all; pages of `batch` contacts."""
        return self._listed(self._it.get_contacts, limit, query=query, order_by=order_by, batch=batch)


class ContactFolder(BaseContactFolder):
    """A folder of contacts as far as it can be changed."""

    _home = "O365.address_book:ContactFolder"

    async def create_child_folder(self, folder_name: str) -> ContactFolder | None:
        """A new folder within this one."""
        return await self._awaited(self._it.create_child_folder, folder_name)

    async def delete(self) -> bool:
        """Delete it, with all that is in it."""
        return await self._awaited(self._it.delete)

    async def get_folder(self, folder_id: str | None = None, folder_name: str | None = None) -> ContactFolder | None:
        """A folder by its id, wherever it is, or by its name, when it is within this one."""
        return await self._awaited(self._it.get_folder, folder_id, folder_name)

    def get_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None
    ) -> Listing[ContactFolder]:
        """The folders within."""
        return self._listed(self._it.get_folders, limit, query=query, order_by=order_by)

    async def move_folder(self, to_folder: Any) -> bool:
        """Move it into another folder, given by itself or its id."""
        return await self._awaited(self._it.move_folder, to_folder)

    def new_contact(self) -> Contact:
        """A contact of this folder that is not saved yet."""
        return self._given(self._it.new_contact)

    async def new_message(self, recipient_type: RecipientType = RecipientType.TO, *, query: Any = None) -> Message:
        """A draft to all contacts of the folder that have an address, to the first of each."""
        return await self._awaited(self._it.new_message, recipient_type, query=query)

    async def update_folder_name(self, name: str) -> bool:
        """Rename it."""
        return await self._awaited(self._it.update_folder_name, name)


class AddressBook(ContactFolder):
    """The contacts of a user that are in no other folder, and all folders."""

    _home = "O365.address_book:AddressBook"


class Contact(Twin):
    """A contact."""

    _home = "O365._contact:Contact"

    async def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        return await self._awaited(self._it.delete)

    async def get_profile_photo(self, size: str | int | None = None) -> bytes | None:
        """The picture, None when there is none. `size` is the side of a square in pixels: 48 or "48x48"."""
        return await self._awaited(self._it.get_profile_photo, size)

    def new_message(
        self, recipient: str | None = None, *, recipient_type: RecipientType = RecipientType.TO
    ) -> Message | None:
        """A draft to the contact, or to another address; None when there is none."""
        return self._given(self._it.new_message, recipient, recipient_type=recipient_type)

    async def save(self) -> bool:
        """Create it, or send what was changed."""
        return await self._awaited(self._it.save)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The contact as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)

    async def update_profile_photo(self, photo: bytes) -> bool:
        """Set another picture, a JPEG."""
        return await self._awaited(self._it.update_profile_photo, photo)
