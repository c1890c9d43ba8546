"""Tasks of Outlook, their folders and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.handlers import paths
from postroom.faces.graph.handlers.calls import wish
from postroom.faces.graph.result import Created, Many, Nothing, One, Result
from postroom.workspace.query.page import Page
from postroom.workspace.workloads.todo.places import Place
from postroom.workspace.workloads.todo.todo import Todo

ABOVE: Final = {"tasks": (), "folder_tasks": ("folder",)}
"""Keys that stand before those of a task, by the groups of routes."""


def todo(call: Call) -> Todo:
    return call.workspace.todo


def on_tasks(name: str) -> Callable[[Handler], Handler]:
    return paths.on_paths("tasks", ABOVE, name)


@implements("tasks.groups.list")
def groups(call: Call) -> Result:
    return Many(todo(call).groups.page(call.mailbox, wish(call)))


@implements("tasks.groups.create")
def create_group(call: Call) -> Result:
    return Created(todo(call).groups.create(call.mailbox, call.document))


@implements("tasks.groups.get")
def group(call: Call, group: str) -> Result:
    return One(todo(call).groups.get(call.mailbox, group, wish(call)))


@implements("tasks.groups.change")
def change_group(call: Call, group: str) -> Result:
    return One(todo(call).groups.update(call.mailbox, group, call.document))


@implements("tasks.groups.delete")
def delete_group(call: Call, group: str) -> Result:
    todo(call).groups.delete(call.mailbox, group)
    return Nothing()


@implements("tasks.folders.list")
def folders(call: Call) -> Result:
    return Many(todo(call).folders.page(call.mailbox, None, wish(call)))


@implements("tasks.group_folders.list")
def group_folders(call: Call, group: str) -> Result:
    return Many(todo(call).folders.page(call.mailbox, group, wish(call)))


@implements("tasks.folders.create")
def create_folder(call: Call) -> Result:
    return Created(todo(call).folders.create(call.mailbox, None, call.document))


@implements("tasks.group_folders.create")
def create_group_folder(call: Call, group: str) -> Result:
    return Created(todo(call).folders.create(call.mailbox, group, call.document))


@implements("tasks.folders.get")
def folder(call: Call, folder: str) -> Result:
    return One(todo(call).folders.get(call.mailbox, folder, wish(call)))


@implements("tasks.folders.change")
def change_folder(call: Call, folder: str) -> Result:
    return One(todo(call).folders.update(call.mailbox, folder, call.document, wish(call)))


@implements("tasks.folders.delete")
def delete_folder(call: Call, folder: str) -> Result:
    todo(call).folders.delete(call.mailbox, folder, call.if_match)
    return Nothing()


@on_tasks("list")
def tasks(call: Call, folder: str | None) -> Result:
    return Many(todo(call).older.page(call.mailbox, folder, wish(call)))


@on_tasks("create")
def create(call: Call, folder: str | None) -> Result:
    return Created(todo(call).older.create(call.mailbox, folder, call.document, wish(call)))


@on_tasks("get")
def task(call: Call, folder: str | None, task: str) -> Result:
    return One(todo(call).older.get(call.mailbox, Place(folder, task), wish(call)))


@on_tasks("change")
def change(call: Call, folder: str | None, task: str) -> Result:
    return One(todo(call).older.update(call.mailbox, Place(folder, task), call.document, wish(call)))


@on_tasks("delete")
def delete(call: Call, folder: str | None, task: str) -> Result:
    todo(call).older.delete(call.mailbox, Place(folder, task), call.if_match)
    return Nothing()


@on_tasks("complete")
def complete(call: Call, folder: str | None, task: str) -> Result:
    return Many(Page(todo(call).older.complete(call.mailbox, Place(folder, task), wish(call))))


@on_tasks("files")
def files(call: Call, folder: str | None, task: str) -> Result:
    return Many(todo(call).older.attachments(call.mailbox, Place(folder, task), wish(call)))


@on_tasks("attach")
def attach(call: Call, folder: str | None, task: str) -> Result:
    return Created(todo(call).older.attach(call.mailbox, Place(folder, task), call.document, wish(call)))


@on_tasks("file")
def file(call: Call, folder: str | None, task: str, attachment: str) -> Result:
    return One(todo(call).older.attachment(call.mailbox, Place(folder, task), attachment, wish(call)))


@on_tasks("detach")
def detach(call: Call, folder: str | None, task: str, attachment: str) -> Result:
    todo(call).older.detach(call.mailbox, Place(folder, task), attachment)
    return Nothing()
