"""The async classes of `O365.drive`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365._drive_upload import DEFAULT_UPLOAD_CHUNK_SIZE
from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from O365._drive_files import Writable
    from O365._enums import OneDriveWellKnowFolderNames
    from O365._transfers import Progress


class DownloadableMixin(Twin):
    """What has content that can be fetched."""

    _home = "O365._drive_files:DownloadableMixin"

    async def download(
        self,
        to_path: str | Path | None = None,
        name: str | None = None,
        chunk_size: str | int | None = "auto",
        convert_to_pdf: bool = False,
        output: Writable | None = None,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """Fetch the content into a folder, which is the current one by default, or write it into `output`."""
        return await self._awaited(
            self._it.download, to_path, name, chunk_size, convert_to_pdf, output, progress=progress
        )


class CopyOperation(Twin):
    """A copy that is on its way, or done."""

    _home = "O365._drive_copy:CopyOperation"

    def check_status(self, delay: float = 0) -> Listing[tuple[str, float]]:
        """Status and percentage, asked for in each turn, until it is `completed` or `failed`; see `error` then."""
        return self._listed(self._it.check_status, delay)

    async def get_item(self) -> DriveItem | None:
        """The copy; None while there is none."""
        return await self._awaited(self._it.get_item)


class Storage(Twin):
    """The drives of a user, a group or a site."""

    _home = "O365.drive:Storage"

    async def get_default_drive(self, request_drive: bool = False) -> Drive | None:
        """The default drive. Nothing is asked before something of it is wanted, unless `request_drive` is set."""
        return await self._awaited(self._it.get_default_drive, request_drive)

    async def get_drive(self, drive_id: str | None) -> Drive | None:
        """The drive with an id."""
        return await self._awaited(self._it.get_drive, drive_id)

    def get_drives(self) -> Listing[Drive]:
        """All drives."""
        return self._listed(self._it.get_drives)


class DriveItemPermission(Twin):
    """Who may do what with an item: its owner, who has a link, who was invited."""

    _home = "O365._drive_sharing:DriveItemPermission"

    async def delete(self) -> bool:
        """Take it away."""
        return await self._awaited(self._it.delete)

    async def update_roles(self, roles: str = "view") -> bool:
        """Allow to `view` or to `edit`. Raises ValueError for another role."""
        return await self._awaited(self._it.update_roles, roles)


class Drive(Twin):
    """A drive. Without an id it is the default one of its user, group or site, and nothing was asked yet."""

    _home = "O365.drive:Drive"

    def get_child_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[Folder]:
        """The folders within."""
        return self._listed(self._it.get_child_folders, limit, query=query, order_by=order_by, batch=batch)

    async def get_item(self, item_id: str) -> DriveItem | None:
        """The file or folder with an id."""
        return await self._awaited(self._it.get_item, item_id)

    async def get_item_by_path(self, item_path: str) -> DriveItem | None:
        """The file or folder at a path from the root, as `/Letters/2026/roof.docx`."""
        return await self._awaited(self._it.get_item_by_path, item_path)

    def get_items(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[DriveItem]:
        """The files and folders within."""
        return self._listed(self._it.get_items, limit, query=query, order_by=order_by, batch=batch)

    def get_recent(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[DriveItem]:
        """What the user worked on lately."""
        return self._listed(self._it.get_recent, limit, query=query, order_by=order_by, batch=batch)

    async def get_root_folder(self) -> Folder | None:
        """The folder that all others are in."""
        return await self._awaited(self._it.get_root_folder)

    def get_shared_with_me(
        self,
        limit: int | None = None,
        allow_external: bool = False,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Listing[DriveItem]:
        """What others share with the user; with `allow_external` people of other organisations too."""
        return self._listed(
            self._it.get_shared_with_me, limit, allow_external, query=query, order_by=order_by, batch=batch
        )

    async def get_special_folder(self, name: str | OneDriveWellKnowFolderNames) -> Folder | None:
        """A folder that the service knows by a name of its own, such as `documents`; it is made when need be."""
        return await self._awaited(self._it.get_special_folder, name)

    async def refresh(self) -> bool:
        """Ask for its data anew."""
        return await self._awaited(self._it.refresh)

    def search(
        self,
        search_text: str,
        limit: int | None = None,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Listing[DriveItem]:
        """The files and folders anywhere below whose name or content has the text. It cannot be filtered further."""
        return self._listed(self._it.search, search_text, limit, query=query, order_by=order_by, batch=batch)


class DriveItem(Twin):
    """A file or a folder. Its URLs are those of its drive; what is shared from another drive has those of that one."""

    _home = "O365._drive_item:DriveItem"

    async def copy(self, target: Folder | Drive | None = None, name: str | None = None) -> CopyOperation | None:
        """Copy it: to a folder or the root of a drive, under another name, or both. A file keeps its suffix."""
        return await self._awaited(self._it.copy, target, name)

    async def delete(self) -> bool:
        """Move it to the recycle bin."""
        return await self._awaited(self._it.delete)

    async def get_drive(self) -> Drive | None:
        """The drive that it lies in."""
        return await self._awaited(self._it.get_drive)

    async def get_parent(self) -> DriveItem | None:
        """The folder that it lies in."""
        return await self._awaited(self._it.get_parent)

    def get_permissions(self) -> Listing[DriveItemPermission]:
        """All permissions, those too that its folders have. None when the service refuses."""
        return self._listed(self._it.get_permissions)

    async def get_thumbnails(self, size: str | None = None) -> Any:
        """Small pictures of it, as the service tells of them; of one `size`, such as `small` or `c100x100`, or all."""
        return await self._awaited(self._it.get_thumbnails, size)

    async def get_version(self, version_id: str) -> DriveItemVersion | None:
        """The version with an id, such as `2.0`."""
        return await self._awaited(self._it.get_version, version_id)

    def get_versions(self) -> Listing[DriveItemVersion]:
        """Its versions, the newest first."""
        return self._listed(self._it.get_versions)

    async def move(self, target: Folder | Drive | str) -> bool:
        """Move it to a folder of the same drive, or to the root of that drive. Raises ValueError for anything else."""
        return await self._awaited(self._it.move, target)

    async def share_with_invite(
        self,
        recipients: Any,
        require_sign_in: bool = True,
        send_email: bool = True,
        message: str | None = None,
        share_type: str = "view",
    ) -> DriveItemPermission | None:
        """Invite one or several people, by address or as contacts, to `view` or `edit` it."""
        return await self._awaited(
            self._it.share_with_invite, recipients, require_sign_in, send_email, message, share_type
        )

    async def share_with_link(
        self,
        share_type: str = "view",
        share_scope: str = "anonymous",
        share_password: str | None = None,
        share_expiration_date: str | dt.date | None = None,
    ) -> DriveItemPermission | None:
        """A link to `view`, `edit` or `embed` it, for whoever has it (`anonymous`), the `organization` or `users`."""
        return await self._awaited(
            self._it.share_with_link, share_type, share_scope, share_password, share_expiration_date
        )

    async def update(self, **kwargs: Any) -> bool:
        """Change its `name` and `description`; other keywords are ignored. False when there is nothing to change."""
        return await self._awaited(self._it.update, **kwargs)


class DriveItemVersion(DownloadableMixin):
    """What a file was before."""

    _home = "O365._drive_files:DriveItemVersion"

    async def restore(self) -> bool:
        """Make it the current version again."""
        return await self._awaited(self._it.restore)


class File(DriveItem):
    """A file."""

    _home = "O365._drive_files:File"

    async def download(
        self,
        to_path: str | Path | None = None,
        name: str | None = None,
        chunk_size: str | int | None = "auto",
        convert_to_pdf: bool = False,
        output: Writable | None = None,
        *,
        progress: Progress | None = None,
    ) -> bool:
        """Fetch the content into a folder, which is the current one by default, or write it into `output`."""
        return await self._awaited(
            self._it.download, to_path, name, chunk_size, convert_to_pdf, output, progress=progress
        )


class Folder(DriveItem):
    """A folder."""

    _home = "O365._drive_folder:Folder"

    async def create_child_folder(self, name: str, description: str | None = None) -> Folder | None:
        """A new folder within this one."""
        return await self._awaited(self._it.create_child_folder, name, description)

    async def download_contents(self, to_folder: str | Path | None = None) -> None:
        """Fetch all that is in it, folders too, into a folder, which is made; by default one with the same name."""
        return await self._awaited(self._it.download_contents, to_folder)

    def get_child_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[Folder]:
        """The folders within."""
        return self._listed(self._it.get_child_folders, limit, query=query, order_by=order_by, batch=batch)

    def get_items(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[DriveItem]:
        """The files and folders within."""
        return self._listed(self._it.get_items, limit, query=query, order_by=order_by, batch=batch)

    def search(
        self,
        search_text: str,
        limit: int | None = None,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Listing[DriveItem]:
        """The files and folders anywhere below whose name or content has the text. It cannot be filtered further."""
        return self._listed(self._it.search, search_text, limit, query=query, order_by=order_by, batch=batch)

    async def upload_file(
        self,
        item: str | Path | None,
        item_name: str | None = None,
        chunk_size: int = DEFAULT_UPLOAD_CHUNK_SIZE,
        upload_in_chunks: bool = False,
        stream: Any = None,
        stream_size: int | None = None,
        conflict_handling: str | None = None,
        file_created_date_time: str | None = None,
        file_last_modified_date_time: str | None = None,
        *,
        progress: Progress | None = None,
        session_file: str | Path | None = None,
    ) -> DriveItem | None:
        """Put a file here, or what an open binary stream holds; the stream needs a name."""
        return await self._awaited(
            self._it.upload_file,
            item,
            item_name,
            chunk_size,
            upload_in_chunks,
            stream,
            stream_size,
            conflict_handling,
            file_created_date_time,
            file_last_modified_date_time,
            progress=progress,
            session_file=session_file,
        )


class Image(File):
    """A picture."""

    _home = "O365._drive_files:Image"


class Photo(Image):
    """A picture that a camera took."""

    _home = "O365._drive_files:Photo"
