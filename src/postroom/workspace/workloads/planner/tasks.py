"""Tasks of plans: who does them, how far they are, in which bucket they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document, Doer, sees_group
from postroom.workspace.workloads.planner import core, maps, order, parts
from postroom.workspace.workloads.planner.core import Core
from postroom.workspace.workloads.planner.kinds import ASSIGNED, BUCKET, PLAN, TASK, TASK_DETAILS

FIXED: Final = ("createdBy", "createdDateTime", "planId")
DERIVED: Final = (
    "activeChecklistItemCount", "checklistItemCount", "completedBy", "completedDateTime", "hasDescription",
    "referenceCount",
)  # fmt: skip
"""What follows from something else; passed over when it is given."""
DONE: Final = 100
MOST_PRIORITY: Final = 10
MOST_OF_PLAN: Final = 20_000
KEPT: Final = frozenset({"orderHint", "assigneePriority", "previewType"})
NEW: Final[Document] = {
    "bucketId": None, "title": "", "assigneePriority": "", "percentComplete": 0, "startDateTime": None,
    "dueDateTime": None, "completedBy": None, "completedDateTime": None, "previewType": "automatic", "priority": 5,
    "conversationThreadId": None, "appliedCategories": {}, "assignments": {},
}  # fmt: skip


class Tasks:
    def __init__(self, base: Core) -> None:
        self._core = base

    def of_plan(self, doer: Doer, plan: str, options: Options = NONE) -> Page:
        with self._core.store.read() as unit:
            items = unit.items.children(self._core.found(unit, doer, PLAN, plan), TASK)
            return self._page(unit, items, options)

    def of_bucket(self, doer: Doer, bucket: str, options: Options = NONE) -> Page:
        with self._core.store.read() as unit:
            item = self._core.found(unit, doer, BUCKET, bucket)
            assert item.parent is not None, "a bucket lies in its plan"
            name = ids.immutable(item)
            tasks = unit.items.children(item.parent, TASK)
            return self._page(unit, (one for one in tasks if one.document["bucketId"] == name), options)

    def of_user(self, doer: Doer, user: str, options: Options = NONE) -> Page:
        """What somebody has to do, in plans that the caller may see; of oneself all."""
        with self._core.store.read() as unit:
            items = unit.links.sources(ASSIGNED, user)
            groups = {item.mailbox for item in items}
            seen = {one for one in groups if doer.user == user or sees_group(self._core.groups, one, doer)}
            return self._page(unit, (item for item in items if item.mailbox in seen), options)

    def get(self, doer: Doer, task: str, options: Options = NONE) -> Document:
        with self._core.store.read() as unit:
            item = self._core.found(unit, doer, TASK, task)
            document = parts.expanded(unit, item, _shown(unit, item), options)
        return core.shown(TASK, document, options)

    def create(self, doer: Doer, given: Mapping[str, Any]) -> Document:
        """Details may be given with it. Raises Invalid, NotFound, Denied."""
        boards = [name for name in parts.NAMES if name != "details"]
        document = core.new(TASK, given, (*FIXED[:2], *DERIVED, *boards))
        plan, details = document.pop("planId", None), document.pop("details", None)
        if not isinstance(plan, str):
            raise Invalid("planId", "the id of the plan that the task is of")
        with self._core.store.write() as unit:
            above = self._core.found(unit, doer, PLAN, plan)
            start = {**NEW, "createdBy": doer.identity, "orderHint": order.first(unit.now)}
            core.name(document.get("title"), "title")
            made = unit.items.add(above.mailbox, TASK, above, self._merged(unit, doer, above, start, document))
            self._link(unit, made)
            parts.begin(unit, made, self._core.changing(unit, doer), details)
            return _shown(unit, made)

    def update(self, doer: Doer, task: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        with self._core.store.write() as unit:
            item = self._core.changeable(unit, doer, TASK, task, if_match)
            document = core.changes(TASK, given, _shown(unit, item), FIXED, (*DERIVED, *parts.NAMES))
            assert item.parent is not None, "a task lies in its plan"
            above = self._core.found(unit, doer, PLAN, ids.immutable(item.parent))
            changed = unit.items.update(item, self._merged(unit, doer, above, item.document, document))
            self._link(unit, changed)
            return _shown(unit, changed)

    def delete(self, doer: Doer, task: str, if_match: str | None) -> None:
        with self._core.store.write() as unit:
            unit.items.remove(self._core.changeable(unit, doer, TASK, task, if_match))

    def _page(self, unit: Unit, items: Iterable[Item], options: Options) -> Page:
        rows = [parts.expanded(unit, item, _shown(unit, item), options) for item in items]
        return core.page(TASK, rows, options)

    def _merged(self, unit: Unit, doer: Doer, plan: Item, old: Document, given: Document) -> Document:
        # Of these nothing is the same as not given.
        new = {**old, **{name: value for name, value in given.items() if value or name not in KEPT}}
        if "title" in given:
            new["title"] = core.name(given["title"], "title")
        if given.get("bucketId") is not None:
            new["bucketId"] = self._bucket(unit, doer, plan, given["bucketId"])
        if "assignments" in given:
            new["assignments"] = self._core.changing(unit, doer).assignments(old["assignments"], given["assignments"])
        if "appliedCategories" in given:
            new["appliedCategories"] = maps.categories(old["appliedCategories"], given["appliedCategories"])
        for hinted in ("orderHint", "assigneePriority"):
            if given.get(hinted):
                new[hinted] = order.hint(given[hinted], hinted, unit.now)
        _check_numbers(new)
        return new | _completion(old, new, doer, moment(unit.now))

    def _bucket(self, unit: Unit, doer: Doer, plan: Item, bucket: str) -> str:
        """Its id in the one form that is kept. Raises Invalid for one of another plan."""
        found = self._core.found(unit, doer, BUCKET, bucket)
        if found.parent is None or found.parent.number != plan.number:
            raise Invalid("bucketId", "a bucket of the plan that the task is of")
        return ids.immutable(found)

    def _link(self, unit: Unit, item: Item) -> None:
        """Have it found by who does it."""
        before, after = set(unit.links.targets(ASSIGNED, item)), {one.lower() for one in item.document["assignments"]}
        for user in before - after:
            unit.links.unlink(ASSIGNED, item, user)
        for user in after - before:
            unit.links.link(ASSIGNED, item, user)


def _shown(unit: Unit, item: Item) -> Document:
    assert item.parent is not None, "a task lies in its plan"
    (details,) = unit.items.children(item, TASK_DETAILS)
    counted = parts.counts(details.document)
    return core.document(item, createdDateTime=core.created(item), planId=ids.immutable(item.parent), **counted)


def _check_numbers(document: Document) -> None:
    for field, most in (("percentComplete", DONE), ("priority", MOST_PRIORITY)):
        value = document[field]
        if not isinstance(value, int) or not 0 <= value <= most:
            raise Invalid(field, f"a whole number from 0 to {most}")


def _completion(old: Document, new: Document, doer: Doer, now: str) -> Document:
    """When and by whom it was done, from how far it is."""
    was, done = old["percentComplete"] == DONE, new["percentComplete"] == DONE
    if was == done:
        return {}
    return {"completedDateTime": now if done else None, "completedBy": doer.identity if done else None}
