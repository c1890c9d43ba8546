"""Buckets: the columns of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.workloads.items.doer import Document, Doer
from postroom.workspace.workloads.planner import core, order
from postroom.workspace.workloads.planner.core import Core
from postroom.workspace.workloads.planner.kinds import BUCKET, PLAN, TASK

FIXED: Final = ("planId",)
MOST_OF_PLAN: Final = 200


class Buckets:
    def __init__(self, base: Core) -> None:
        self._core = base

    def of_plan(self, doer: Doer, plan: str, options: Options = NONE) -> Page:
        with self._core.store.read() as unit:
            items = unit.items.children(self._core.found(unit, doer, PLAN, plan), BUCKET)
        return core.page(BUCKET, [_shown(item) for item in items], options)

    def get(self, doer: Doer, bucket: str, options: Options = NONE) -> Document:
        with self._core.store.read() as unit:
            return core.shown(BUCKET, _shown(self._core.found(unit, doer, BUCKET, bucket)), options)

    def create(self, doer: Doer, given: Mapping[str, Any]) -> Document:
        document = core.new(BUCKET, given, ())
        plan, name = document.get("planId"), core.name(document.get("name"), "name")
        if not isinstance(plan, str):
            raise Invalid("planId", "the id of the plan that the bucket is of")
        with self._core.store.write() as unit:
            above = self._core.found(unit, doer, PLAN, plan)
            if len(unit.items.children(above, BUCKET)) >= MOST_OF_PLAN:
                raise Invalid("planId", f"a plan with fewer than {MOST_OF_PLAN} buckets")
            hint = order.hint(document.get("orderHint") or order.FIRST, "orderHint", unit.now)
            return _shown(unit.items.add(above.mailbox, BUCKET, above, {"name": name, "orderHint": hint}))

    def update(self, doer: Doer, bucket: str, given: Mapping[str, Any], if_match: str | None) -> Document:
        with self._core.store.write() as unit:
            item = self._core.changeable(unit, doer, BUCKET, bucket, if_match)
            document = core.changes(BUCKET, given, _shown(item), FIXED)
            if "name" in document:
                document["name"] = core.name(document["name"], "name")
            if "orderHint" in document:
                document["orderHint"] = order.hint(document["orderHint"], "orderHint", unit.now)
            return _shown(unit.items.update(item, item.document | document))

    def delete(self, doer: Doer, bucket: str, if_match: str | None) -> None:
        """With its tasks."""
        with self._core.store.write() as unit:
            item = self._core.changeable(unit, doer, BUCKET, bucket, if_match)
            plan = self._core.found(unit, doer, PLAN, _plan_id(item))
            for task in unit.items.children(plan, TASK):
                if task.document.get("bucketId") == ids.immutable(item):
                    unit.items.remove(task)
            unit.items.remove(item)


def _shown(item: Item) -> Document:
    return core.document(item, planId=_plan_id(item))


def _plan_id(item: Item) -> str:
    assert item.parent is not None, "a bucket lies in its plan"
    return ids.immutable(item.parent)
