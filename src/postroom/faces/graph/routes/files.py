"""Drives: files and folders, their content, versions, who may reach them."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import DELTA, DRIVE, ENTITY, ITEM, LIST, Route

READ: Final = ("Files.Read", "Files.ReadWrite", "Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All",
               "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All", "Group.Read.All",
               "Group.ReadWrite.All")  # fmt: skip
READ_APP: Final = ("Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All",
                   "Sites.Manage.All", "Sites.FullControl.All", "Group.Read.All", "Group.ReadWrite.All")  # fmt: skip
WRITE: Final = ("Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All", "Sites.Manage.All",
                "Sites.FullControl.All", "Group.ReadWrite.All")  # fmt: skip
WRITE_APP: Final = ("Files.ReadWrite.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All",
                    "Group.ReadWrite.All")  # fmt: skip
OWN: Final = frozenset({"Files.Read", "Files.ReadWrite"})
"""Scopes for the user's own drive."""
SOURCE: Final = "Microsoft Graph v1.0, files"


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    more.setdefault("context", f"{returns.strip('[]')}s" if returns not in ("", "raw") else "")
    # What a user reaches in other drives the engine knows.
    return Route(f"files.{key}", method, path, returns, status, family="files", anyone=True, source=SOURCE, **more)


def _read(key: str, path: str, returns: str, doc: str, method: str = "GET", **more: Any) -> Route:
    more.setdefault("options", LIST if returns.startswith("[") else ENTITY)
    return _route(key, method, path, returns, delegated=READ, application=READ_APP, doc=doc, **more)


def _write(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 204, **more: Any) -> Route:
    return _route(key, method, path, returns, status, delegated=WRITE, application=WRITE_APP, doc=doc, **more)


ROUTES: Final = (
    _read("drive", DRIVE, "drive", "A drive.", o365=True),
    _read("mine", "/drives", "[drive]", "Drives of the user.", o365=True),
    _read("of_user", "{U}/drives", "[drive]", "Drives of a user.", o365=True),
    _read("of_group", "/groups/{group}/drives", "[drive]", "Drives of a group.", o365=True),
    _read("item", ITEM, "driveItem", "A file or a folder.", o365=True),
    _write("change", "PATCH", ITEM, "Rename, describe or move.", "driveItem", 200, takes="json", o365=True),
    _write("delete", "DELETE", ITEM, "Into the recycle bin.", o365=True),
    _write("delete_permanently", "POST", "{I}/permanentDelete", "For good, from the recycle bin too."),
    _write("restore", "POST", "{I}/restore", "Out of the recycle bin.", "driveItem", 200, takes="json"),
    _read("children", "{I}/children", "[driveItem]", "What lies in a folder, by name.", o365=True),
    _write("create", "POST", "{I}/children", "A folder, or an empty file.", "driveItem", 201, takes="json", o365=True),
    _read("content", "{I}/content", "raw", "Leads to the bytes of a file.", o365=True),
    _write("put", "PUT", "{I}/content", "The bytes of a file, which is made where it is missing.", "driveItem", 200,
           takes="stream", o365=True),
    _read("versions", "{I}/versions", "[driveItemVersion]", "Versions of a file, the newest first.", o365=True),
    _read("version", "{I}/versions/{version}", "driveItemVersion", "One version.", o365=True),
    _read("version_content", "{I}/versions/{version}/content", "raw", "Leads to the bytes of a version.", o365=True),
    _write("restore_version", "POST", "{I}/versions/{version}/restoreVersion", "Back to this version.", o365=True),
    _write("delete_version", "DELETE", "{I}/versions/{version}", "Forget an earlier version."),
    _route("download", "GET", "/downloads/files/{token}", "raw", open=True, doc="The bytes of a file or of a part of "
           "it; the URL comes with the file and is good for a while."),
    _route("open_link", "GET", "/links/{token}", "raw", open=True,
           doc="Opens the link of a file that is for everybody."),
    _write("upload", "POST", "{I}/createUploadSession", "Begin to upload a large file.", "uploadSession", 200,
           takes="json", o365=True),
    _route("range", "PUT", "/uploads/files/{token}", "driveItem", takes="stream", open=True, o365=True,
           doc="A range of a file; the URL comes from createUploadSession."),
    _route("commit", "POST", "/uploads/files/{token}", "driveItem", open=True, doc="End an upload with deferCommit."),
    _route("upload_state", "GET", "/uploads/files/{token}", "uploadSession", open=True, doc="What is missing."),
    _route("cancel", "DELETE", "/uploads/files/{token}", status=204, open=True, doc="Give up an upload."),
    _read("copy", "{I}/copy", "", "Copy in the background; the answer tells where to look.", "POST", status=202,
          takes="json", o365=True),
    _route("monitor", "GET", "/monitor/files/{token}", "raw", open=True, o365=True, doc="What became of a copy."),
    _read("permissions", "{I}/permissions", "[permission]", "Who reaches an item.", o365=True),
    _read("permission", "{I}/permissions/{permission}", "permission", "One permission.", o365=True),
    _write("change_permission", "PATCH", "{I}/permissions/{permission}", "Other roles.", "permission", 200,
           takes="json", o365=True),
    _write("delete_permission", "DELETE", "{I}/permissions/{permission}", "Take a permission back.", o365=True),
    _write("link", "POST", "{I}/createLink", "A link; one that is there already is 200.", "permission", 201,
           takes="json", o365=True),
    _write("invite", "POST", "{I}/invite", "Give people access, and tell them.", "[permission]", 200, takes="json",
           o365=True),
    _read("share", "/shares/{share}", "sharedDriveItem", "What a link leads to."),
    _read("share_permission", "/shares/{share}/permission", "permission", "The permission behind a link."),
    _write("grant", "POST", "/shares/{share}/permission/grant", "Let people use a link.", "[permission]", 200,
           takes="json"),
    _read("with_me", "{D}/sharedWithMe", "[driveItem]", "What others have shared with the user.", o365=True),
    _read("recent", "{D}/recent", "[driveItem]", "Files, the last changed first.", o365=True),
    _read("following", "{D}/following", "[driveItem]", "What the user follows."),
    _write("follow", "POST", "{I}/follow", "Follow an item.", "driveItem", 200),
    _write("unfollow", "POST", "{I}/unfollow", "Follow it no more."),
    _read("thumbnails", "{I}/thumbnails", "[thumbnailSet]", "Small pictures of a picture.", o365=True),
    _read("thumbnail_set", "{I}/thumbnails/{set}", "thumbnailSet", "The set of them; its id is 0."),
    _read("thumbnail", "{I}/thumbnails/{set}/{size}", "thumbnail", "One size: small, medium, large or c200x100."),
    _read("thumbnail_content", "{I}/thumbnails/{set}/{size}/content", "raw", "Leads to the bytes of one."),
    _route("thumbnail_bytes", "GET", "/thumbnails/files/{token}", "raw", open=True, doc="The bytes of a thumbnail."),
    _read("search", "{I}/search", "[driveItem]", "Items below a folder by names and words.", o365=True),
    _read("search_drive", "{D}/search", "[driveItem]", "Items of a drive by names and words.", o365=True),
    _read("delta", "{I}/delta", "[driveItem]", "What has changed below a folder.", options=DELTA),
    _read("delta_drive", "{D}/delta", "[driveItem]", "What has changed in a drive.", options=DELTA),
    _write("check_out", "POST", "{I}/checkout", "Keep others from changing a file."),
    _write("check_in", "POST", "{I}/checkin", "Let others change it again.", takes="json"),
    _write("discard", "POST", "{I}/discardCheckout", "The same, without a comment."),
    _read("preview", "{I}/preview", "itemPreviewInfo", "Where a file can be looked at.", "POST", takes="json"),
)  # fmt: skip
