"""To Do: lists, tasks, and what belongs to a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.faces.graph.route import DELTA, ENTITY, LIST, Route

READ: Final = ("Tasks.Read", "Tasks.ReadWrite", "Tasks.Read.Shared", "Tasks.ReadWrite.Shared")
READ_APP: Final = ("Tasks.Read.All", "Tasks.ReadWrite.All")
WRITE: Final = ("Tasks.ReadWrite", "Tasks.ReadWrite.Shared")
WRITE_APP: Final = ("Tasks.ReadWrite.All",)
LISTS: Final = "{U}/todo/lists"
ONE_LIST: Final = f"{LISTS}/{{list_id}}"
TASKS: Final = f"{ONE_LIST}/tasks"
TASK: Final = f"{TASKS}/{{task}}"
SESSION: Final = f"{TASK}/attachmentSessions/{{session}}"
PARTS: Final = {
    "steps": ("checklistItems", "checklistItem", "step of a task", True),
    "links": ("linkedResources", "linkedResource", "link of a task", False),
}
"""By group: name in paths, type, what it is called, whether python-o365 knows it."""


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"todo.{key}", method, path, returns, status, source="Microsoft Graph v1.0, To Do", **more)


def _read(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    more.setdefault("options", LIST if returns.startswith("[") else ENTITY)
    return _route(key, "GET", path, returns, delegated=READ, application=READ_APP, doc=doc, **more)


def _write(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 204, **more: Any) -> Route:
    return _route(key, method, path, returns, status, delegated=WRITE, application=WRITE_APP, doc=doc, **more)


def _parts(group: str) -> Iterator[Route]:
    name, kind, called, o365 = PARTS[group]
    many, one = f"{TASK}/{name}", f"{TASK}/{name}/{{part}}"
    yield _read(f"{group}.list", many, f"[{kind}]", f"Each {called}.", o365=o365)
    yield _write(f"{group}.create", "POST", many, f"A {called}.", kind, 201, takes="json", o365=o365)
    yield _read(f"{group}.get", one, kind, f"One {called}.", o365=o365)
    yield _write(f"{group}.change", "PATCH", one, f"Change a {called}.", kind, 200, takes="json", o365=o365)
    yield _write(f"{group}.delete", "DELETE", one, f"Remove a {called}.", o365=o365)


def _extensions(group: str, above: str) -> Iterator[Route]:
    many, each = f"{above}/extensions", f"{above}/extensions/{{extension}}"
    yield _read(f"{group}.extensions", many, "[extension]", "Open extensions.")
    yield _write(f"{group}.extend", "POST", many, "Keep an extension with it.", "extension", 201, takes="json")
    yield _read(f"{group}.extension", each, "extension", "One extension.")
    yield _write(f"{group}.change_extension", "PATCH", each, "Change an extension.", "extension", 200, takes="json")
    yield _write(f"{group}.delete_extension", "DELETE", each, "Remove an extension.")


def _attachments() -> Iterator[Route]:
    many, each = f"{TASK}/attachments", f"{TASK}/attachments/{{attachment}}"
    yield _read("files.list", many, "[attachmentBase]", "Files of a task, without what is in them.")
    yield _write("files.create", "POST", many, "A file of a task.", "attachmentBase", 201, takes="message")
    yield _read("files.get", each, "attachmentBase", "One file, with what is in it.")
    yield _read("files.content", f"{each}/$value", "raw", "What is in a file.")
    yield _write("files.delete", "DELETE", each, "Remove a file.")
    yield _write("files.upload", "POST", f"{many}/createUploadSession", "Begin to upload a large file.",
                 "uploadSession", 201, takes="json")  # fmt: skip
    for key, path in (("put", SESSION), ("put_content", f"{SESSION}/content")):
        yield _write(f"sessions.{key}", "PUT", path, "A range of a file.", "attachmentSession", 200, takes="upload")
    yield _read("sessions.get", SESSION, "attachmentSession", "What of a file is missing.")
    yield _write("sessions.cancel", "DELETE", SESSION, "Give up an upload.")


ROUTES: Final = (
    _read("lists.list", LISTS, "[todoTaskList]", "Lists of tasks.", o365=True),
    _write("lists.create", "POST", LISTS, "A list.", "todoTaskList", 201, takes="json", o365=True),
    _read("lists.delta", f"{LISTS}/delta", "[todoTaskList]", "Changed lists.", options=DELTA, o365=True),
    _read("lists.get", ONE_LIST, "todoTaskList", "One list.", o365=True),
    _write("lists.change", "PATCH", ONE_LIST, "Rename a list.", "todoTaskList", 200, takes="json", o365=True),
    _write("lists.delete", "DELETE", ONE_LIST, "Delete a list and its tasks for good.", o365=True),
    *_extensions("lists", ONE_LIST),
    _read("tasks.list", TASKS, "[todoTask]", "Tasks of a list.", o365=True),
    _write("tasks.create", "POST", TASKS, "A task.", "todoTask", 201, takes="message", o365=True),
    _read("tasks.delta", f"{TASKS}/delta", "[todoTask]", "Changed tasks.", options=DELTA),
    _read("tasks.get", TASK, "todoTask", "One task.", o365=True),
    _write("tasks.change", "PATCH", TASK, "Change a task; one that recurs and is done is followed by the next.",
           "todoTask", 200, takes="json", o365=True),
    _write("tasks.delete", "DELETE", TASK, "Delete a task for good.", o365=True),
    *_extensions("tasks", TASK),
    *(route for group in PARTS for route in _parts(group)),
    *_attachments(),
)  # fmt: skip
