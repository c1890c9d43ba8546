"""Drives: files and folders, their content, versions, who may reach them."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import DRIVE, ENTITY, ITEM, LIST, Route

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
)  # fmt: skip
