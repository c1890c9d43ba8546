"""What lies in a drive: what files and folders have in common."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from O365._attributes import Attribute, Json, Resource, instant, maybe_text, number, plain, text
from O365._drive_fields import of_reference, person, read_remote, within
from O365._drive_sharing import Sharing
from O365._listing import everything
from O365._urls import segment

if TYPE_CHECKING:
    from O365._drive_copy import CopyOperation
    from O365._drive_files import DriveItemVersion
    from O365._drive_folder import Folder
    from O365.drive import Drive


class DriveItem(Sharing, Resource):
    """A file or a folder. Its URLs are those of its drive; what is shared from another drive has those of that one."""

    _endpoints: ClassVar[dict[str, str]] = {
        "list_items": "/items/{id}/children",
        "thumbnails": "/items/{id}/thumbnails",
        "item": "/items/{id}",
        "copy": "/items/{id}/copy",
        "download": "/items/{id}/content",
        "search": "/items/{id}/search(q='{search_text}')",
        "versions": "/items/{id}/versions",
        "version": "/items/{id}/versions/{version_id}",
        "by_name": "/items/{id}:/{filename}:",
        "simple_upload": "/items/{id}:/{filename}:/content",
        "create_upload_session": "/items/{id}:/{filename}:/createUploadSession",
        "share_link": "/items/{id}/createLink",
        "share_invite": "/items/{id}/invite",
        "permissions": "/items/{id}/permissions",
    }

    object_id = maybe_text("id")
    name = text("name")
    description = text("description")
    web_url = maybe_text("webUrl")
    size = number("size")
    created = instant("createdDateTime")
    modified = instant("lastModifiedDateTime")
    created_by = person("createdBy")
    modified_by = person("lastModifiedBy")
    shared: Attribute[str | None] = within("shared", "scope")
    thumbnails: Attribute[Any] = plain("thumbnails", [])
    parent_id = of_reference("id")
    drive_id = of_reference("driveId")
    parent_path = of_reference("path")
    remote_item: Attribute[DriveItem | None] = Attribute("remoteItem", read_remote)

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        from O365.drive import Drive

        above = parent.drive if isinstance(parent, DriveItem) else parent
        self.drive: Drive | None = above if isinstance(above, Drive) else kwargs.get("drive")
        self._parent: DriveItem | None = parent if isinstance(parent, DriveItem) else None
        if kwargs.get("main_resource") is None:
            kwargs = {**kwargs, "main_resource": self._place(parent, kwargs.get(self._cloud_data_key) or {})}
        super().__init__(parent=parent, con=con, **kwargs)

    def _place(self, parent: Any, cloud: Json) -> str | None:
        """The resource of its URLs: a drive."""
        remote = (cloud.get("remoteItem") or {}).get("parentReference") or {}
        if remote.get("driveId"):
            self.drive = None
            return f"drives/{segment(remote['driveId'])}"
        if isinstance(parent, DriveItem):
            return parent.main_resource
        if self.drive is not None:
            return self.drive._resource_of_items()
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DriveItem):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id goes when it is deleted

    @property
    def is_folder(self) -> bool:
        from O365._drive_folder import Folder

        return isinstance(self, Folder)

    @property
    def is_file(self) -> bool:
        from O365._drive_files import File

        return isinstance(self, File)

    @property
    def is_image(self) -> bool:
        from O365._drive_files import Image

        return isinstance(self, Image)

    @property
    def is_photo(self) -> bool:
        from O365._drive_files import Photo

        return isinstance(self, Photo)

    # Where it is.

    def get_parent(self) -> DriveItem | None:
        """The folder that it lies in."""
        known = self._parent is not None and self._parent.object_id == self.parent_id
        if not known and self.parent_id:
            response = self.con.get(self._endpoint("item", self.parent_id))
            self._parent = self._made(response.json()) if response else None
        return self._parent

    def get_drive(self) -> Drive | None:
        """The drive that it lies in."""
        from O365.drive import Drive

        response = self.con.get(self.build_url(""))
        if not response:
            return None
        resource = self.main_resource.rpartition("/drive")[0]
        return Drive(
            con=self.con,
            protocol=self.protocol,
            main_resource=resource,
            **{self._cloud_data_key: response.json()},
        )

    def get_thumbnails(self, size: str | None = None) -> Any:
        """Small pictures of it, as the service tells of them; of one `size`, such as `small` or `c100x100`, or all."""
        if not self.object_id:
            return []
        params = {"$select": size} if size else {}
        response = self.con.get(self._url("thumbnails"), params=params)
        if not response:
            return []
        if not size:
            self.thumbnails = response.json()
        return response.json()

    # What becomes of it.

    def update(self, **kwargs: Any) -> bool:
        """Change its `name` and `description`; other keywords are ignored. False when there is nothing to change."""
        if not self.object_id:
            return False
        data = {self._cc(key): value for key, value in kwargs.items() if key in {"name", "description"}}
        if not data:
            return False
        response = self.con.patch(self._own_url(), data=data)
        if not response:
            return False
        self._renew({**data, **response.json()}, "name", "description", "lastModifiedDateTime", "lastModifiedBy")
        return True

    def delete(self) -> bool:
        """Move it to the recycle bin."""
        if not self.object_id or not self.con.delete(self._own_url()):
            return False
        self.object_id = None
        return True

    def move(self, target: Folder | Drive | str) -> bool:
        """Move it to a folder of the same drive, or to the root of that drive. Raises ValueError for anything else."""
        parent_id = self._target_id(target)
        data = {self._cc("parentReference"): {self._cc("id"): parent_id}}
        response = self.con.patch(self._own_url(), data=data)
        if not response:
            return False
        self._parent = None
        self._renew(response.json(), "parentReference", "name", "lastModifiedDateTime")
        self.parent_id = parent_id
        return True

    def copy(self, target: Folder | Drive | None = None, name: str | None = None) -> CopyOperation | None:
        """Copy it: to a folder or the root of a drive, under another name, or both. A file keeps its suffix.

        The service copies while the program goes on; the result tells how far it is. Raises ValueError.
        """
        if target is None and name is None:
            raise ValueError("Must provide a target or a name (or both)")
        if not self.object_id:
            return None
        data: Json = {}
        if target is not None:
            data[self._cc("parentReference")] = self._reference_of(target)
        if name is not None:
            data[self._cc("name")] = name if self.is_folder else with_suffix(name, self.name)
        response = self.con.post(self._url("copy"), data=data)
        return self._copying(response, target) if response else None

    def _copying(self, response: Any, target: Folder | Drive | None) -> CopyOperation | None:
        from O365._drive_copy import CopyOperation

        location = response.headers.get("Location")
        if response.status_code == 202:
            return CopyOperation(parent=self, monitor_url=location, target=target or self)
        item_id = location.rpartition("/")[2] if location else response.json().get(self._cc("id"))
        return CopyOperation(parent=self, item_id=item_id, target=target or self) if item_id else None

    # Versions.

    def get_versions(self) -> list[DriveItemVersion]:
        """Its versions, the newest first."""
        from O365._drive_files import DriveItemVersion

        if not self.object_id:
            return []
        response = self.con.get(self._url("versions"))
        return everything(self, response, DriveItemVersion) if response else []

    def get_version(self, version_id: str) -> DriveItemVersion | None:
        """The version with an id, such as `2.0`."""
        from O365._drive_files import DriveItemVersion

        if not self.object_id:
            return None
        response = self.con.get(self._url("version", version_id=segment(version_id)))
        return DriveItemVersion(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    # How.

    def _made(self, told: Json) -> DriveItem:
        from O365._drive_folder import item_class

        return item_class(told)(parent=self.drive or self, **{self._cloud_data_key: told})

    def _url(self, endpoint: str, **others: str) -> str:
        remote = self._told("remoteItem") or {}
        return self._endpoint(endpoint, remote.get("id") or self.object_id, **others)

    def _endpoint(self, endpoint: str, item_id: str | None, **others: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(item_id), **others))

    def _own_url(self) -> str:
        """Of the item itself. That of a shortcut to another drive is not that of what it leads to."""
        remote, own = self._told("remoteItem") or {}, self._told("parentReference") or {}
        if remote.get("id") not in {None, self.object_id} and own.get("driveId"):
            endpoint = self._endpoints["item"].format(id=segment(self.object_id))
            return f"{self.build_base_url('drives/' + segment(own['driveId']))}{endpoint}"
        return self._url("item")

    def _target_id(self, target: Any) -> str:
        from O365._drive_folder import Folder
        from O365.drive import Drive

        found = target
        if isinstance(target, Drive):
            root = target.get_root_folder()
            found = root.object_id if root is not None else None
        elif isinstance(target, Folder):
            found = target.object_id
        elif not isinstance(target, str):
            raise ValueError("Target must be a Folder or Drive")  # noqa: TRY004 - documented
        if not self.object_id or not found:
            raise ValueError("Both self, and target must have a valid object_id.")
        if found == "root":
            raise ValueError("When moving, target id can't be 'root'")
        return str(found)

    def _reference_of(self, target: Any) -> Json:
        from O365._drive_folder import Folder
        from O365.drive import Drive

        folder = target.get_root_folder() if isinstance(target, Drive) else target
        if not isinstance(folder, Folder) or not folder.object_id:
            raise ValueError("Target must be a Folder or Drive")
        found = {"id": folder.object_id, "driveId": folder.drive_id}
        return {self._cc(key): value for key, value in found.items() if value}


def with_suffix(name: str, like: str) -> str:
    """The name, with the suffix of another if it has none."""
    return name if PurePosixPath(name).suffix else f"{name}{PurePosixPath(like).suffix}"
