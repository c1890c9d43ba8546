"""What lies in a task under its id and has an ETag of its own: its details, and its places on task boards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.workspace.query.options import NONE, Options
from postroom.workspace.schema.check import checked
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.planner import core, maps, order
from postroom.workspace.workloads.planner.core import Core
from postroom.workspace.workloads.planner.kinds import BY_ASSIGNEE, BY_BUCKET, BY_PROGRESS, TASK, TASK_DETAILS, TYPES

NAMES: Final = {
    "details": TASK_DETAILS,
    "assignedToTaskBoardFormat": BY_ASSIGNEE,
    "bucketTaskBoardFormat": BY_BUCKET,
    "progressTaskBoardFormat": BY_PROGRESS,
}
"""Navigations of a task, with the kinds of what they lead to."""


class Parts:
    def __init__(self, base: Core) -> None:
        self._core = base

    def get(self, doer: Doer, task: str, kind: str, options: Options = NONE) -> Document:
        with self._core.store.read() as unit:
            item = self._core.found(unit, doer, TASK, task)
            return core.shown(kind, _shown(unit, item, kind), options)

    def update(self, doer: Doer, task: str, kind: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        with self._core.store.write() as unit:
            item = self._core.found(unit, doer, TASK, task)
            part = _part(unit, item, kind)
            core.check_seen(part, if_match)
            document = core.changes(kind, given, core.under(item, part), ())
            preview = document.pop("previewType", None)
            if preview is not None:
                item = unit.items.update(item, item.document | {"previewType": preview})
            unit.items.update(part, _merged(kind, self._core.changing(unit, doer), part.document, document))
            return _shown(unit, item, kind)


def begin(unit: Unit, task: Item, change: maps.Change, details: Mapping[str, Any] | None) -> None:
    """The parts of a new task."""
    new = checked(TYPES[TASK_DETAILS], dict(details or {}), read_only=("id",), partial=True)
    for name in ("@odata.type", "previewType"):
        new.pop(name, None)
    start = {"description": "", "checklist": {}, "references": {}}
    unit.items.add(task.mailbox, TASK_DETAILS, task, _merged(TASK_DETAILS, change, start, new))
    hints = {"unassignedOrderHint": order.first(unit.now), "orderHintsByAssignee": {}}
    unit.items.add(task.mailbox, BY_ASSIGNEE, task, hints)
    for kind in (BY_BUCKET, BY_PROGRESS):
        unit.items.add(task.mailbox, kind, task, {"orderHint": order.first(unit.now)})


def counts(details: Mapping[str, Any]) -> Document:
    """What a task tells of its details."""
    checklist = details["checklist"].values()
    return {
        "hasDescription": bool(details["description"]),
        "referenceCount": len(details["references"]),
        "checklistItemCount": len(checklist),
        "activeChecklistItemCount": sum(not one["isChecked"] for one in checklist),
    }


def expanded(unit: Unit, task: Item, document: Document, options: Options) -> Document:
    """With the parts that are to be expanded."""
    wanted = {one.path.names[-1].lower() for one in options.expand}
    more = {name: _shown(unit, task, kind) for name, kind in NAMES.items() if name.lower() in wanted}
    return document | more


def _part(unit: Unit, task: Item, kind: str) -> Item:
    (found,) = unit.items.children(task, kind)
    return found


def _shown(unit: Unit, task: Item, kind: str) -> Document:
    # Both tell of one preview, which is kept with the task.
    more = {"previewType": task.document["previewType"]} if kind == TASK_DETAILS else {}
    return core.under(task, _part(unit, task, kind), **more)


def _merged(kind: str, change: maps.Change, old: Document, given: Document) -> Document:
    new = {**old, **given}
    if kind == TASK_DETAILS:
        new["checklist"] = change.checklist(old["checklist"], given.get("checklist"))
        new["references"] = change.references(old["references"], given.get("references"))
        return new
    if given.get("orderHintsByAssignee") is not None:
        before = old["orderHintsByAssignee"]
        new["orderHintsByAssignee"] = maps.hints_by_assignee(change.now, before, given["orderHintsByAssignee"])
    for name in ("orderHint", "unassignedOrderHint"):
        if given.get(name) is not None:
            new[name] = order.hint(given[name], name, change.now)
    return new
