"""Drives of OneDrive and document libraries of SharePoint: files and folders, their versions and who may see them."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep as sleep
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload
from urllib.parse import quote

from O365._attributes import Attribute, instant, maybe_text, plain
from O365._component import ApiComponent as ApiComponent
from O365._drive_copy import CopyOperation as CopyOperation
from O365._drive_fields import person
from O365._drive_files import ALLOWED_PDF_EXTENSIONS as ALLOWED_PDF_EXTENSIONS
from O365._drive_files import DownloadableMixin as DownloadableMixin
from O365._drive_files import DriveItemVersion as DriveItemVersion
from O365._drive_files import File as File
from O365._drive_files import Image as Image
from O365._drive_files import Photo as Photo
from O365._drive_folder import Folder as Folder
from O365._drive_folder import item_class
from O365._drive_item import DriveItem as DriveItem
from O365._drive_lists import Lists
from O365._drive_sharing import DriveItemPermission as DriveItemPermission
from O365._drive_upload import CHUNK_SIZE_BASE as CHUNK_SIZE_BASE
from O365._drive_upload import DEFAULT_UPLOAD_CHUNK_SIZE as DEFAULT_UPLOAD_CHUNK_SIZE
from O365._drive_upload import UPLOAD_SIZE_LIMIT_SESSION as UPLOAD_SIZE_LIMIT_SESSION
from O365._drive_upload import UPLOAD_SIZE_LIMIT_SIMPLE as UPLOAD_SIZE_LIMIT_SIMPLE
from O365._enums import OneDriveWellKnowFolderNames as OneDriveWellKnowFolderNames
from O365._lazy import lazy
from O365._listing import everything
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._urls import segment

if TYPE_CHECKING:
    from O365._drive_lists import Items

SIZE_THERSHOLD = 1024 * 1024 * 2
"""From where the original streams downloads; ours are streamed always."""


class Drive(Lists):
    """A drive. Without an id it is the default one of its user, group or site, and nothing was asked yet."""

    _endpoints: ClassVar[dict[str, str]] = {
        "drive": "",
        "root": "/root",
        "list_items": "/root/children",
        "item": "/items/{item_id}",
        "by_path": "/root:{item_path}",
        "recent": "/recent",
        "shared_with_me": "/sharedWithMe",
        "special": "/special/{name}",
        "search": "/search(q='{search_text}')",
    }

    object_id = maybe_text("id")
    name: Attribute[str] = plain("name", "")
    description = maybe_text("description")
    drive_type = maybe_text("driveType")
    web_url = maybe_text("webUrl")
    owner = person("owner")
    quota: Attribute[dict[str, Any] | None] = plain("quota")
    created = instant("createdDateTime")
    modified = instant("lastModifiedDateTime")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self.parent = parent if isinstance(parent, Drive) else None
        if "object_id" in kwargs and self._told("id") is None:
            self.object_id = kwargs["object_id"]
        if self._told("name") is None:
            self.name = kwargs.get("name") or ("" if self._cloud else "Default Drive")

    def __repr__(self) -> str:
        owner = str(self.owner) if self.owner else ""
        return f"Drive: {self.name} (Owned by: {owner})" if owner else f"Drive: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Drive):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    def get_root_folder(self) -> Folder | None:
        """The folder that all others are in."""
        found: Any = self._found(self._url("root"))
        return found  # type: ignore[no-any-return] # a root is a folder

    def get_recent(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Items:
        """What the user worked on lately."""
        return self._items(self._url("recent"), limit, query, order_by, batch)

    def get_shared_with_me(
        self,
        limit: int | None = None,
        allow_external: bool = False,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Items:
        """What others share with the user; with `allow_external` people of other organisations too."""
        params = {"allowexternal": str(bool(allow_external)).lower()}
        return self._items(self._url("shared_with_me"), limit, query, order_by, batch, params)

    def get_item(self, item_id: str) -> DriveItem | None:
        """The file or folder with an id."""
        return self._found(self._url("item", item_id=segment(item_id)))

    def get_item_by_path(self, item_path: str) -> DriveItem | None:
        """The file or folder at a path from the root, as `/Letters/2026/roof.docx`."""
        path = "/" + item_path.strip("/")
        return self._found(self._url("by_path", item_path=quote(path)) if path != "/" else self._url("root"))

    def get_special_folder(self, name: str | OneDriveWellKnowFolderNames) -> Folder | None:
        """A folder that the service knows by a name of its own, such as `documents`; it is made when need be."""
        known = name.value if isinstance(name, OneDriveWellKnowFolderNames) else str(name).strip().lower()
        found: Any = self._found(self._url("special", name=segment(known)))
        return found  # type: ignore[no-any-return] # special ones are folders

    def refresh(self) -> bool:
        """Ask for its data anew."""
        response = self.con.get(self._url("drive"))
        if not response:
            return False
        self._renew(response.json(), *(row.key for row in self._table))
        return True

    def _resource_of_items(self) -> str:
        """Items of a drive have its URL in theirs."""
        place = f"drives/{segment(self.object_id)}" if self.object_id else "drive"
        return f"{self.main_resource}/{place}".lstrip("/")

    def _url(self, endpoint: str, **others: str) -> str:
        place = self.build_base_url(self._resource_of_items())
        return f"{place}{self._endpoints[endpoint].format(**others)}"

    def _children_url(self) -> str:
        return self._url("list_items")

    def _search_url(self, search_text: str) -> str:
        return self._url("search", search_text=search_text)

    def _found(self, url: str) -> DriveItem | None:
        response = self.con.get(url)
        return self._made(response.json()) if response else None

    def _made(self, told: dict[str, Any]) -> DriveItem:
        return item_class(told)(parent=self, **{self._cloud_data_key: told})


class Storage(ApiComponent):
    """The drives of a user, a group or a site."""

    _endpoints: ClassVar[dict[str, str]] = {
        "default_drive": "/drive",
        "get_drive": "/drives/{id}",
        "list_drives": "/drives",
    }
    drive_constructor = Drive

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def __repr__(self) -> str:
        return f"Storage for resource: {self.main_resource}"

    @overload
    def get_default_drive(self, request_drive: Literal[False] = False) -> Drive: ...
    @overload
    def get_default_drive(self, request_drive: bool) -> Drive | None: ...
    def get_default_drive(self, request_drive: bool = False) -> Drive | None:
        """The default drive. Nothing is asked before something of it is wanted, unless `request_drive` is set."""
        if not request_drive:
            return self.drive_constructor(parent=self, name="Default Drive")
        return self._made(self.con.get(self.build_url(self._endpoints["default_drive"])))

    def get_drive(self, drive_id: str | None) -> Drive | None:
        """The drive with an id."""
        if not drive_id:
            return None
        return self._made(self.con.get(self.build_url(self._endpoints["get_drive"].format(id=segment(drive_id)))))

    def get_drives(self) -> list[Drive]:
        """All drives."""
        response = self.con.get(self.build_url(self._endpoints["list_drives"]))
        return everything(self, response, self.drive_constructor) if response else []

    def _made(self, response: Any) -> Drive | None:
        if not response:
            return None
        return self.drive_constructor(parent=self, **{self._cloud_data_key: response.json()})


_ELSEWHERE = {
    "CompositeFilter": "O365._query_parts",
    "Contact": "O365.address_book",
    "QueryBuilder": "O365.utils.query",
}
"""Names that programs import from here, too."""
__getattr__: Callable[[str], Any]
__getattr__, __dir__ = lazy(__name__, _ELSEWHERE)
