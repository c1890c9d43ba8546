"""Functions on folders (Administration API, folders; reference shapes: folder tree, folder statistics)."""

from __future__ import annotations

from typing import Any

from postroom.archive.folders import Folder
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.dispatch import implements


@implements("GetChildFolders")
def get_child_folders(call: Call, folder: str | None = None, maxLevels: int | None = None) -> list[dict[str, Any]]:
    """Without folder the archives; of those a caller may not read, administrators see the name alone."""
    return [_tree(child) for child in call.archive.folder_tree(call.account, folder or None, maxLevels)]


def _tree(folder: Folder) -> dict[str, Any]:
    children = [_tree(child) for child in folder.children.values()]
    return {"name": folder.name, "folder": folder.path, "childFolders": children}


@implements("GetFolderStatistics")
def get_folder_statistics(call: Call, limit: int | None = None, after: str | None = None) -> Any:
    """A row per archive; with `limit` a page, continued by giving its `next` as `after`."""
    for sentence in call.archive.stores.not_counted():
        call.process.log(sentence)
    rows = [
        {"folder": row.archive, "count": row.messages, "size": row.bytes}
        for row in call.archive.statistics(call.account)
        if row.archive > (after or "")
    ]
    if limit is None:
        return rows
    return {"items": rows[:limit], "next": rows[limit - 1]["folder"] if len(rows) > limit else None}


@implements("MoveFolder")
def move_folder(call: Call, fromFolder: str, toFolder: str) -> None:
    call.archive.folders.move(fromFolder, toFolder, call.by)


@implements("DeleteEmptyFolders")
def delete_empty_folders(call: Call, folder: str | None = None) -> None:
    for path in call.archive.folders.delete_empty(folder or None, call.by):
        call.process.log(path)
