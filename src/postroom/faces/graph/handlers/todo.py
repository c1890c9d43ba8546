"""Lists of tasks, tasks, and what belongs to a task."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.handlers import uploads
from postroom.faces.graph.handlers.calls import changes, wish
from postroom.faces.graph.result import Created, Many, Nothing, One, Raw, Result
from postroom.workspace.query.options import Options
from postroom.workspace.query.tree import Path
from postroom.workspace.workloads.items.wish import Wish
from postroom.workspace.workloads.todo.kinds import LIST, TASK
from postroom.workspace.workloads.todo.parts import Parts
from postroom.workspace.workloads.todo.places import Place
from postroom.workspace.workloads.todo.todo import Todo

_ID: Final = Wish(Options(select=(Path(("id",)),)))


def todo(call: Call) -> Todo:
    return call.workspace.todo


@implements("todo.lists.list")
def lists(call: Call) -> Result:
    return Many(todo(call).lists.page(call.mailbox, wish(call)))


@implements("todo.lists.create")
def create_list(call: Call) -> Result:
    return Created(todo(call).lists.create(call.mailbox, call.document))


@implements("todo.lists.delta")
def lists_delta(call: Call) -> Result:
    rows, found = todo(call).lists.delta(call.mailbox, wish(call))
    return changes(rows, found, LIST, immutable=True)


@implements("todo.lists.get")
def list_(call: Call, list_id: str) -> Result:
    return One(todo(call).lists.get(call.mailbox, list_id, wish(call)))


@implements("todo.lists.change")
def change_list(call: Call, list_id: str) -> Result:
    return One(todo(call).lists.update(call.mailbox, list_id, call.document, wish(call)))


@implements("todo.lists.delete")
def delete_list(call: Call, list_id: str) -> Result:
    todo(call).lists.delete(call.mailbox, list_id, call.if_match)
    return Nothing()


@implements("todo.tasks.list")
def tasks(call: Call, list_id: str) -> Result:
    return Many(todo(call).tasks.page(call.mailbox, list_id, wish(call)))


@implements("todo.tasks.create")
def create_task(call: Call, list_id: str) -> Result:
    return Created(todo(call).tasks.create(call.mailbox, list_id, call.document, wish(call)))


@implements("todo.tasks.delta")
def tasks_delta(call: Call, list_id: str) -> Result:
    rows, found = todo(call).tasks.delta(call.mailbox, list_id, wish(call))
    return changes(rows, found, TASK, immutable=True)


@implements("todo.tasks.get")
def task(call: Call, list_id: str, task: str) -> Result:
    return One(todo(call).tasks.get(call.mailbox, Place(list_id, task), wish(call)))


@implements("todo.tasks.change")
def change_task(call: Call, list_id: str, task: str) -> Result:
    return One(todo(call).tasks.update(call.mailbox, Place(list_id, task), call.document, wish(call)))


@implements("todo.tasks.delete")
def delete_task(call: Call, list_id: str, task: str) -> Result:
    todo(call).tasks.delete(call.mailbox, Place(list_id, task), call.if_match)
    return Nothing()


def _parts(call: Call) -> Parts:
    return todo(call).steps if call.route.key.startswith("todo.steps.") else todo(call).links


@implements("todo.steps.list", "todo.links.list")
def parts(call: Call, list_id: str, task: str) -> Result:
    return Many(_parts(call).page(call.mailbox, Place(list_id, task), wish(call)))


@implements("todo.steps.create", "todo.links.create")
def create_part(call: Call, list_id: str, task: str) -> Result:
    return Created(_parts(call).create(call.mailbox, Place(list_id, task), call.document))


@implements("todo.steps.get", "todo.links.get")
def part(call: Call, list_id: str, task: str, part: str) -> Result:
    return One(_parts(call).get(call.mailbox, Place(list_id, task), part, wish(call)))


@implements("todo.steps.change", "todo.links.change")
def change_part(call: Call, list_id: str, task: str, part: str) -> Result:
    return One(_parts(call).update(call.mailbox, Place(list_id, task), part, call.document, call.if_match))


@implements("todo.steps.delete", "todo.links.delete")
def delete_part(call: Call, list_id: str, task: str, part: str) -> Result:
    _parts(call).delete(call.mailbox, Place(list_id, task), part, call.if_match)
    return Nothing()


@implements("todo.lists.extensions")
def list_extensions(call: Call, list_id: str) -> Result:
    return Many(todo(call).list_extensions.page(call.mailbox, _list(call, list_id), wish(call)))


@implements("todo.lists.extend")
def extend_list(call: Call, list_id: str) -> Result:
    return Created(todo(call).list_extensions.create(call.mailbox, _list(call, list_id), call.document))


@implements("todo.lists.extension")
def list_extension(call: Call, list_id: str, extension: str) -> Result:
    return One(todo(call).list_extensions.get(call.mailbox, _list(call, list_id), extension))


@implements("todo.lists.change_extension")
def change_list_extension(call: Call, list_id: str, extension: str) -> Result:
    return One(todo(call).list_extensions.update(call.mailbox, _list(call, list_id), extension, call.document))


@implements("todo.lists.delete_extension")
def delete_list_extension(call: Call, list_id: str, extension: str) -> Result:
    todo(call).list_extensions.delete(call.mailbox, _list(call, list_id), extension)
    return Nothing()


@implements("todo.tasks.extensions")
def extensions(call: Call, list_id: str, task: str) -> Result:
    return Many(todo(call).task_extensions.page(call.mailbox, _task(call, list_id, task), wish(call)))


@implements("todo.tasks.extend")
def extend(call: Call, list_id: str, task: str) -> Result:
    return Created(todo(call).task_extensions.create(call.mailbox, _task(call, list_id, task), call.document))


@implements("todo.tasks.extension")
def extension(call: Call, list_id: str, task: str, extension: str) -> Result:
    return One(todo(call).task_extensions.get(call.mailbox, _task(call, list_id, task), extension))


@implements("todo.tasks.change_extension")
def change_extension(call: Call, list_id: str, task: str, extension: str) -> Result:
    owner = _task(call, list_id, task)
    return One(todo(call).task_extensions.update(call.mailbox, owner, extension, call.document))


@implements("todo.tasks.delete_extension")
def delete_extension(call: Call, list_id: str, task: str, extension: str) -> Result:
    todo(call).task_extensions.delete(call.mailbox, _task(call, list_id, task), extension)
    return Nothing()


@implements("todo.files.list")
def files(call: Call, list_id: str, task: str) -> Result:
    return Many(todo(call).files.page(call.mailbox, _task(call, list_id, task), wish(call)))


@implements("todo.files.create")
def create_file(call: Call, list_id: str, task: str) -> Result:
    return Created(todo(call).files.add(call.mailbox, _task(call, list_id, task), call.document, wish(call)))


@implements("todo.files.get")
def file(call: Call, list_id: str, task: str, attachment: str) -> Result:
    return One(todo(call).files.get(call.mailbox, _task(call, list_id, task), attachment, wish(call)))


@implements("todo.files.content")
def file_content(call: Call, list_id: str, task: str, attachment: str) -> Result:
    media_type, content = todo(call).files.content(call.mailbox, _task(call, list_id, task), attachment)
    return Raw(content, media_type)


@implements("todo.files.delete")
def delete_file(call: Call, list_id: str, task: str, attachment: str) -> Result:
    todo(call).files.delete(call.mailbox, _task(call, list_id, task), attachment)
    return Nothing()


@implements("todo.files.upload")
def begin_upload(call: Call, list_id: str, task: str) -> Result:
    owner = _task(call, list_id, task)
    place = f"users/{call.mailbox}/todo/lists/{quote(list_id)}/tasks/{quote(task)}/attachmentSessions"
    return uploads.begun(call, owner, TASK, described="attachmentInfo", place=place)


@implements("todo.sessions.put", "todo.sessions.put_content")
def put_range(call: Call, list_id: str, task: str, session: str) -> Result:
    _task(call, list_id, task)
    return uploads.put(call, session)


@implements("todo.sessions.get")
def session(call: Call, list_id: str, task: str, session: str) -> Result:
    _task(call, list_id, task)
    return uploads.state(call, session)


@implements("todo.sessions.cancel")
def cancel(call: Call, list_id: str, task: str, session: str) -> Result:
    _task(call, list_id, task)
    return uploads.cancel(call, session)


def _list(call: Call, list_id: str) -> str:
    """The id of a list that may be named. Raises NotFound."""
    return str(todo(call).lists.get(call.mailbox, list_id)["id"])


def _task(call: Call, list_id: str, task: str) -> str:
    """The id of a task that lies in this list. Raises NotFound."""
    return str(todo(call).tasks.get(call.mailbox, Place(list_id, task), _ID)["id"])
