"""Files of tasks: small ones at once, others in ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.page import Page
from postroom.workspace.query.tree import Path
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items import attaching
from postroom.workspace.workloads.items.attachments import Attachments
from postroom.workspace.workloads.items.kinds import CONTENT
from postroom.workspace.workloads.items.wish import Wish
from postroom.workspace.workloads.todo.kinds import FILE, TASK

MOST: Final = 100
_NAMES: Final = [one.name for one in SCHEMA.entity(FILE).properties.values() if one.name != "contentBytes"]
_LEAN: Final = tuple(Path((name,)) for name in _NAMES)


class Files(Attachments):
    """A list of them leaves out what is in them, unless that is selected."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, (TASK,), (FILE,), follow, add)

    def page_in(self, unit: Unit, owner: Item, wish: Wish) -> Page:
        select = wish.options.select or _LEAN
        return super().page_in(unit, owner, replace(wish, options=replace(wish.options, select=select)))


class Uploaded:
    """Files that come in ranges."""

    def check(self, owner: Item) -> None:
        """Whoever may change a task may attach to it."""

    def attach(self, unit: Unit, owner: Item, values: Mapping[str, Any], whole: Blob) -> str:
        made = _put(unit, owner, values, whole)
        follow(unit, owner)
        assert owner.parent is not None
        task = f"todo/lists/{ids.immutable(owner.parent)}/tasks/{ids.immutable(owner)}"
        return f"users/{owner.mailbox}/{task}/attachments/{ids.ordinary(made)}"


def add(unit: Unit, task: Item, given: Mapping[str, Any]) -> Item:
    """Raises Invalid, TooLarge."""
    values = attaching.values_of(given)
    if not str(values.get("@odata.type") or FILE).lower().endswith(FILE.lower()):
        raise Invalid("@odata.type", f"#microsoft.graph.{FILE}")
    content = attaching.content_bytes(values.get("contentBytes"), attaching.DIRECT_BYTES)
    return _put(unit, task, values, unit.blobs.put(content))


def follow(unit: Unit, task: Item) -> Item:
    """Keep the task up to date."""
    there = bool(unit.items.children(task, FILE))
    return task if task.document["hasAttachments"] == there else _with(unit, task, there)


def _with(unit: Unit, task: Item, there: bool) -> Item:
    return unit.items.update(task, task.document | {"hasAttachments": there})


def copy(unit: Unit, task: Item, other: Item) -> None:
    """The same files for another task."""
    for one in unit.items.children(task, FILE):
        blob = unit.items.blob(one, CONTENT)
        made = unit.items.add(other.mailbox, FILE, other, one.document)
        if blob is not None:
            unit.items.attach(made, CONTENT, blob)


def _put(unit: Unit, task: Item, values: Mapping[str, Any], blob: Blob) -> Item:
    if len(unit.items.children(task, FILE)) >= MOST:
        raise Invalid("attachments", f"at most {MOST} attachments")
    about = attaching.common(values)
    document = {"name": about["name"], "contentType": about["contentType"], "size": blob.size}
    made = unit.items.add(task.mailbox, FILE, task, document)
    unit.items.attach(made, CONTENT, blob)
    return made
