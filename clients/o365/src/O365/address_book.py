"""The contacts of a user, and the folders that they are in."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._attributes import Json, Resource, maybe_text, text
from O365._component import ApiComponent as ApiComponent
from O365._contact import Contact as Contact
from O365._contact import as_given
from O365._listing import everything
from O365._message_saving import folder_id_of
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._paging import conditions, listed
from O365._recipients import Recipients as Recipients
from O365._recipients import TrackerSet as TrackerSet
from O365._urls import segment
from O365._words import quoted
from O365.category import Category as Category
from O365.message import Message as Message
from O365.message import RecipientType as RecipientType
from O365.utils.attachment import AttachableMixin as AttachableMixin


class BaseContactFolder(Resource):
    """A folder of contacts, or when it is `root` the one that all the others are beside."""

    _endpoints: ClassVar[dict[str, str]] = {
        "root_contacts": "/contacts",
        "folder_contacts": "/contactFolders/{id}/contacts",
        "get_folder": "/contactFolders/{id}",
        "root_folders": "/contactFolders",
        "child_folders": "/contactFolders/{id}/childFolders",
    }
    contact_constructor = Contact
    message_constructor = Message

    _eager = True

    name = text("displayName")
    folder_id = maybe_text("id")
    parent_id = maybe_text("parentFolderId")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self.root: bool = kwargs.get("root", False)
        if "name" in kwargs and self._told("displayName") is None:
            self.name = kwargs["name"]
        if "folder_id" in kwargs and self._told("id") is None:
            self.folder_id = kwargs["folder_id"]

    def __repr__(self) -> str:
        return f"Contact Folder: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseContactFolder):
            return NotImplemented
        return self is other or (self.folder_id is not None and self.folder_id == other.folder_id)

    __hash__ = None  # type: ignore[assignment] # the id comes and goes

    def get_contacts(
        self, limit: int | None = 100, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Pagination[Contact]:
        """The contacts of this folder. None as limit means all; pages of `batch` contacts."""
        found = listed(
            self,
            self._url("contacts"),
            constructor=self.contact_constructor,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            always=True,
        )
        return Pagination(parent=self) if found is None else found

    def get_contact_by_email(self, email: str) -> Contact | None:
        """The first contact that has an address."""
        if not email:
            return None
        address = f"{self._cc('emailAddresses')}/any(a:a/{self._cc('address')} eq {quoted(email)})"
        return next(self.get_contacts(limit=1, query=address), None)

    def _url(self, what: str) -> str:
        """The URL of the contacts or folders within."""
        within = {"contacts": "folder_contacts", "folders": "child_folders"}
        return self._endpoint(f"root_{what}" if self.root else within[what])

    def _endpoint(self, name: str, folder: str | None = None) -> str:
        return self.build_url(self._endpoints[name].format(id=segment(folder or self.folder_id)))


class ContactFolder(BaseContactFolder):
    """A folder of contacts as far as it can be changed."""

    def get_folder(self, folder_id: str | None = None, folder_name: str | None = None) -> ContactFolder | None:
        """A folder by its id, wherever it is, or by its name, when it is within this one.

        Raises RuntimeError unless one of both is given.
        """
        if folder_id and folder_name:
            raise RuntimeError("Provide only one of the options")
        if not folder_id and not folder_name:
            raise RuntimeError("Provide one of the options")
        if folder_id:
            response = self.con.get(self._endpoint("get_folder", folder_id))
            return self._made(response.json()) if response else None
        named = f"{self._cc('displayName')} eq {quoted(str(folder_name))}"
        response = self.con.get(self._url("folders"), params={"$filter": named, "$top": 1})
        rows = response.json().get("value") if response else None
        return self._made(rows[0]) if rows else None

    def get_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None
    ) -> list[ContactFolder]:
        """The folders within."""
        params: dict[str, Any] = {"$top": limit} if limit else {}
        params.update({**({"$orderby": order_by} if order_by else {}), **conditions(query)})
        response = self.con.get(self._url("folders"), params=params or None)
        return everything(self, response, self._kind(), limit=limit) if response else []

    def create_child_folder(self, folder_name: str) -> ContactFolder | None:
        """A new folder within this one."""
        if not folder_name:
            return None
        response = self.con.post(self._url("folders"), data={self._cc("displayName"): folder_name})
        return self._made(response.json()) if response else None

    def update_folder_name(self, name: str) -> bool:
        """Rename it."""
        if not name or not self._changed({self._cc("displayName"): name}):
            return False
        self.name = name
        return True

    def move_folder(self, to_folder: Any) -> bool:
        """Move it into another folder, given by itself or its id."""
        target = folder_id_of(to_folder)
        if not target or not self._changed({self._cc("parentFolderId"): target}):
            return False
        self.parent_id = target
        return True

    def delete(self) -> bool:
        """Delete it, with all that is in it."""
        if self.root or not self.folder_id or not self.con.delete(self._endpoint("get_folder")):
            return False
        self.folder_id = None
        return True

    def new_contact(self) -> Contact:
        """A contact of this folder that is not saved yet."""
        return self.contact_constructor(parent=self, folder_id=None if self.root else self.folder_id)

    def new_message(self, recipient_type: RecipientType = RecipientType.TO, *, query: Any = None) -> Message:
        """A draft to all contacts of the folder that have an address, to the first of each."""
        message = self.message_constructor(parent=self, is_draft=True)
        firsts = [contact.emails.get_first_recipient_with_address() for contact in self.get_contacts(None, query=query)]
        getattr(message, RecipientType(recipient_type).value).add([as_given(one) for one in firsts if one])
        return message

    def _changed(self, data: Json) -> bool:
        if self.root or not self.folder_id:
            return False
        return bool(self.con.patch(self._endpoint("get_folder"), data=data))

    def _kind(self) -> type[ContactFolder]:
        # An address book is one of its kind: what is in it are folders.
        return ContactFolder if isinstance(self, AddressBook) else type(self)

    def _made(self, told: Json) -> ContactFolder:
        return self._kind()(parent=self, **{self._cloud_data_key: told})


class AddressBook(ContactFolder):
    """The contacts of a user that are in no other folder, and all folders."""

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, root=True, **kwargs)

    def __repr__(self) -> str:
        return f"Address Book resource: {self.main_resource}"
