"""A folder of messages."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from O365._attributes import Resource, maybe_text, number, text
from O365._enums import OutlookWellKnowFolderNames
from O365._message_saving import folder_id_of
from O365._paging import Pagination, conditions, listed
from O365._urls import segment
from O365._words import quoted
from O365.message import Message

_TOLD = ("displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount")


class Folder(Resource):
    """A folder, or the mailbox itself when it is `root`."""

    _endpoints: ClassVar[dict[str, str]] = {
        "root_folders": "/mailFolders",
        "child_folders": "/mailFolders/{id}/childFolders",
        "get_folder": "/mailFolders/{id}",
        "root_messages": "/messages",
        "folder_messages": "/mailFolders/{id}/messages",
        "copy_folder": "/mailFolders/{id}/copy",
        "move_folder": "/mailFolders/{id}/move",
        "message": "/messages/{id}",
    }
    message_constructor = Message
    folder_constructor: type[Folder] | None = None
    """The class of the folders within; that of this folder when it is not set."""

    _eager = True

    name = text("displayName")
    folder_id = maybe_text("id")
    parent_id = maybe_text("parentFolderId")
    child_folders_count = number("childFolderCount")
    unread_items_count = number("unreadItemCount")
    total_items_count = number("totalItemCount")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self.parent: Folder | None = parent if isinstance(parent, Folder) else None
        self.root: bool = kwargs.get("root", False)
        self.updated_at = dt.datetime.now()
        if "name" in kwargs and self._told("displayName") is None:
            self.name = kwargs["name"]
        if self.root:
            self.folder_id = "root"
        elif "folder_id" in kwargs and self._told("id") is None:
            self.folder_id = kwargs["folder_id"]

    def __repr__(self) -> str:
        return f"{self.name} from resource: {self.main_resource}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Folder):
            return NotImplemented
        return self is other or (self.folder_id is not None and self.folder_id == other.folder_id)

    __hash__ = None  # type: ignore[assignment] # the id comes and goes

    # Messages.

    def get_messages(
        self,
        limit: int | None = 25,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        download_attachments: bool = False,
    ) -> Pagination[Message]:
        """The messages, newest first; of a mailbox those of all folders. None as limit means all.

        They can be iterated over, indexed and sliced; pages of `batch` messages are fetched when they are wanted.
        """
        extra: dict[str, Any] = {"download_attachments": True} if download_attachments else {}
        found = listed(
            self,
            self._url("messages"),
            constructor=self.message_constructor,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            always=True,
            **extra,
        )
        return Pagination(parent=self) if found is None else found

    def get_message(
        self, object_id: str | None = None, query: Any = None, *, download_attachments: bool = False
    ) -> Message | None:
        """The message with an id, with what `query` selects and expands; or the first that fits a query.

        Raises ValueError when neither is given.
        """
        if object_id is None and query is None:
            raise ValueError("Must provide object id or query.")
        if object_id is None:
            found = self.get_messages(limit=1, query=query, download_attachments=download_attachments)
            return next(found, None)
        shown = {key: value for key, value in conditions(query).items() if key in {"$select", "$expand"}}
        response = self.con.get(self._endpoint("message", object_id), params=shown or None)
        if not response:
            return None
        return self.message_constructor(
            parent=self, download_attachments=download_attachments, **{self._cloud_data_key: response.json()}
        )

    def new_message(self) -> Message:
        """A draft that is not saved yet."""
        draft = self.message_constructor(parent=self, is_draft=True)
        draft.folder_id = OutlookWellKnowFolderNames.DRAFTS.value if self.root else self.folder_id
        return draft

    def delete_message(self, message: Message | str) -> bool:
        """Delete a message, given by itself or its id. Raises RuntimeError for one that is not saved."""
        found = message.object_id if isinstance(message, Message) else message
        if not found:
            raise RuntimeError("Provide a valid Message or a message id")
        return bool(self.con.delete(self._endpoint("message", found)))

    # Folders.

    def get_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> list[Folder] | Pagination[Folder]:
        """The folders within: a list, or a Pagination when there are more than fit into a page."""
        found = listed(
            self,
            self._url("folders"),
            constructor=self._kind(),
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
        )
        return [] if found is None else found

    def get_folder(self, *, folder_id: str | None = None, folder_name: str | None = None) -> Folder | None:
        """A folder by its id, wherever it is, or by its name, when it is within this one.

        Raises RuntimeError unless one of both is given.
        """
        if folder_id and folder_name:
            raise RuntimeError("Provide only one of the options")
        if not folder_id and not folder_name:
            raise RuntimeError("Provide one of the options")
        if not folder_name:
            response = self.con.get(self._endpoint("get_folder", folder_id))
            return self._alone(response.json()) if response else None
        named = f"{self._cc('displayName')} eq {quoted(folder_name)}"
        response = self.con.get(self._url("folders"), params={"$filter": named, "$top": 1})
        rows = response.json().get("value") if response else None
        return self._alone(rows[0]) if rows else None

    def create_child_folder(self, folder_name: str) -> Folder | None:
        """A new folder within this one."""
        if not folder_name:
            return None
        response = self.con.post(self._url("folders"), data={self._cc("displayName"): folder_name})
        return self._kind()(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def get_parent_folder(self) -> Folder | None:
        """The folder that this one is in."""
        if self.root:
            return None
        if self.parent is None and self.parent_id:
            self.parent = self.get_folder(folder_id=self.parent_id)
        return self.parent

    def refresh_folder(self, update_parent_if_changed: bool = False) -> bool:
        """Ask the service anew; with `update_parent_if_changed` for the parent too if it is another one now."""
        if self.root or not self.folder_id:
            return False
        response = self.con.get(self._endpoint("get_folder"))
        if not response:
            return False
        self._refreshed(response.json(), update_parent=update_parent_if_changed)
        return True

    # Changes.

    def update_folder_name(self, name: str, update_folder_data: bool = True) -> bool:
        """Rename it; its other data are those of the answer then, unless told otherwise."""
        if self.root or not name:
            return False
        response = self.con.patch(self._endpoint("get_folder"), data={self._cc("displayName"): name})
        if not response:
            return False
        self.name = name
        if update_folder_data:
            self._refreshed(response.json(), update_parent=False)
        return True

    def delete(self) -> bool:
        """Delete it, with all that is in it."""
        if self.root or not self.folder_id:
            return False
        if not self.con.delete(self._endpoint("get_folder")):
            return False
        self.folder_id = None
        return True

    def copy_folder(self, to_folder: Any) -> Folder | None:
        """Copy it into another folder, with all that is in it; the copy."""
        target = folder_id_of(to_folder)
        if self.root or not target:
            return None
        response = self.con.post(self._endpoint("copy_folder"), data={self._cc("destinationId"): target})
        if not response:
            return None
        copied = self._alone(response.json())
        copied.parent = to_folder if isinstance(to_folder, Folder) else None
        return copied

    def move_folder(self, to_folder: Any, *, update_parent_if_changed: bool = True) -> bool:
        """Move it into another folder."""
        target = folder_id_of(to_folder)
        if self.root or not target:
            return False
        response = self.con.post(self._endpoint("move_folder"), data={self._cc("destinationId"): target})
        if not response:
            return False
        if update_parent_if_changed and isinstance(to_folder, Folder):
            self.parent = to_folder
        self._renew(response.json(), "id")
        self._refreshed(response.json(), update_parent=update_parent_if_changed and not isinstance(to_folder, Folder))
        return True

    # How.

    def _refreshed(self, told: dict[str, Any], *, update_parent: bool) -> None:
        before = self.parent_id
        self._renew(told, *_TOLD)
        self.updated_at = dt.datetime.now()
        if update_parent and self.parent_id != before:
            self.parent = None
            self.get_parent_folder()

    def _kind(self) -> type[Folder]:
        return self.folder_constructor or type(self)

    def _alone(self, told: dict[str, Any]) -> Folder:
        """A folder whose parent is not known."""
        return self._kind()(
            con=self.con, protocol=self.protocol, main_resource=self.main_resource, **{self._cloud_data_key: told}
        )

    def _url(self, what: str) -> str:
        """The URL of the messages or folders within."""
        within = {"messages": "folder_messages", "folders": "child_folders"}
        return self._endpoint(f"root_{what}" if self.root else within[what])

    def _endpoint(self, name: str, found: str | None = None) -> str:
        return self.build_url(self._endpoints[name].format(id=segment(found or self.folder_id)))
