"""Tasks of Outlook: what Outlook REST v2.0 has at `/tasks`, `/taskFolders`, `/taskGroups`, and Graph once had here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.faces.graph.route import ENTITY, LIST, Route
from postroom.faces.graph.routes.todo import READ, READ_APP, WRITE, WRITE_APP

BASE: Final = "{U}/outlook"
GROUPS: Final = f"{BASE}/taskGroups"
ONE_GROUP: Final = f"{GROUPS}/{{group}}"
FOLDERS: Final = f"{BASE}/taskFolders"
ONE_FOLDER: Final = f"{FOLDERS}/{{folder}}"
PLACES: Final = {"tasks": BASE, "folder_tasks": ONE_FOLDER}
"""What stands before `/tasks`, by the name that such routes have."""
LISTED: Final = LIST - {"search"}


def _route(key: str, method: str, path: str, returns: str, doc: str, status: int = 200, **more: Any) -> Route:
    reads = method == "GET"
    options = (LISTED if returns.startswith("[") else ENTITY) if reads else frozenset[str]()
    more.setdefault("takes", "json" if method in ("POST", "PATCH") else "none")
    return Route(f"tasks.{key}", method, path, returns, status, options=options, doc=doc,
                 delegated=READ if reads else WRITE, application=READ_APP if reads else WRITE_APP,
                 source="Office 365 REST APIs for Outlook, version 2.0, tasks", **more)  # fmt: skip


def _tasks(group: str, place: str) -> Iterator[Route]:
    """All that there is to do with tasks, on one path."""
    many, one, kind = f"{place}/tasks", f"{place}/tasks/{{task}}", "outlookTask"
    yield _route(f"{group}.list", "GET", many, f"[{kind}]", "Tasks.")
    yield _route(f"{group}.create", "POST", many, kind, "A task.", 201)
    yield _route(f"{group}.get", "GET", one, kind, "One task.")
    yield _route(f"{group}.change", "PATCH", one, kind, "Change a task.")
    yield _route(f"{group}.delete", "DELETE", one, "", "Delete a task for good.", 204)
    yield _route(
        f"{group}.complete", "POST", f"{one}/complete", f"[{kind}]", "A task is done; with the next one, if any."
    )
    files, file = f"{one}/attachments", f"{one}/attachments/{{attachment}}"
    yield _route(f"{group}.files", "GET", files, "[attachment]", "Files of a task.")
    yield _route(f"{group}.attach", "POST", files, "attachment", "A file of a task.", 201, takes="message")
    yield _route(f"{group}.file", "GET", file, "attachment", "One file.")
    yield _route(f"{group}.detach", "DELETE", file, "", "Remove a file.", 204)


def _folders(group: str, many: str) -> Iterator[Route]:
    kind = "outlookTaskFolder"
    yield _route(f"{group}.list", "GET", many, f"[{kind}]", "Folders of tasks.")
    yield _route(f"{group}.create", "POST", many, kind, "A folder of tasks.", 201)


ROUTES: Final = (
    _route("groups.list", "GET", GROUPS, "[outlookTaskGroup]", "Groups of folders."),
    _route("groups.create", "POST", GROUPS, "outlookTaskGroup", "A group of folders.", 201),
    _route("groups.get", "GET", ONE_GROUP, "outlookTaskGroup", "One group."),
    _route("groups.change", "PATCH", ONE_GROUP, "outlookTaskGroup", "Rename a group."),
    _route("groups.delete", "DELETE", ONE_GROUP, "", "Delete a group with its folders for good.", 204),
    *_folders("group_folders", f"{ONE_GROUP}/taskFolders"),
    *_folders("folders", FOLDERS),
    _route("folders.get", "GET", ONE_FOLDER, "outlookTaskFolder", "One folder."),
    _route("folders.change", "PATCH", ONE_FOLDER, "outlookTaskFolder", "Rename a folder."),
    _route("folders.delete", "DELETE", ONE_FOLDER, "", "Delete a folder and its tasks for good.", 204),
    *(route for group, place in PLACES.items() for route in _tasks(group, place)),
)
