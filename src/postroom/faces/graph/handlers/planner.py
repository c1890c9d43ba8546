"""Planner: plans of groups, buckets, tasks."""

from __future__ import annotations

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import WIRE, Row, codes
from postroom.faces.graph.handlers.doing import doer
from postroom.faces.graph.result import Created, Many, Nothing, One, Result
from postroom.faces.graph.routes.planner import BOARDS
from postroom.workspace.workloads.planner import errors
from postroom.workspace.workloads.planner.kinds import TASK_DETAILS
from postroom.workspace.workloads.planner.parts import NAMES
from postroom.workspace.workloads.planner.planner import Planner

# Planner's own errors have no code.
WIRE.update({
    errors.MatchNeeded: Row(400, codes("", "", "", ""), lambda *_: "The If-Match header must be specified: the ETag "
                            "of the object to change, as it was read."),
    errors.Stale: Row(412, codes("", "", "", "")),
})  # fmt: skip


def planner(call: Call) -> Planner:
    return call.workspace.planner


@implements("planner.plans.of_group")
def plans_of_group(call: Call, group: str) -> Result:
    return Many(planner(call).plans.of_group(doer(call), group, call.options))


@implements("planner.plans.of_user")
def plans_of_user(call: Call) -> Result:
    return Many(planner(call).plans.of_user(doer(call), call.mailbox, call.options))


@implements("planner.plans.create")
def create_plan(call: Call) -> Result:
    return Created(planner(call).plans.create(doer(call), call.document))


@implements("planner.plans.get")
def plan(call: Call, plan: str) -> Result:
    return One(planner(call).plans.get(doer(call), plan, call.options))


@implements("planner.plans.change")
def change_plan(call: Call, plan: str) -> Result:
    return One(planner(call).plans.update(doer(call), plan, call.document, call.if_match))


@implements("planner.plans.delete")
def delete_plan(call: Call, plan: str) -> Result:
    planner(call).plans.delete(doer(call), plan, call.if_match)
    return Nothing()


@implements("planner.plan_details.get")
def plan_details(call: Call, plan: str) -> Result:
    return One(planner(call).plans.details(doer(call), plan, call.options))


@implements("planner.plan_details.change")
def change_plan_details(call: Call, plan: str) -> Result:
    return One(planner(call).plans.update_details(doer(call), plan, call.document, call.if_match))


@implements("planner.plans.buckets")
def buckets(call: Call, plan: str) -> Result:
    return Many(planner(call).buckets.of_plan(doer(call), plan, call.options))


@implements("planner.plans.tasks")
def tasks_of_plan(call: Call, plan: str) -> Result:
    return Many(planner(call).tasks.of_plan(doer(call), plan, call.options))


@implements("planner.buckets.create")
def create_bucket(call: Call) -> Result:
    return Created(planner(call).buckets.create(doer(call), call.document))


@implements("planner.buckets.get")
def bucket(call: Call, bucket: str) -> Result:
    return One(planner(call).buckets.get(doer(call), bucket, call.options))


@implements("planner.buckets.change")
def change_bucket(call: Call, bucket: str) -> Result:
    return One(planner(call).buckets.update(doer(call), bucket, call.document, call.if_match))


@implements("planner.buckets.delete")
def delete_bucket(call: Call, bucket: str) -> Result:
    planner(call).buckets.delete(doer(call), bucket, call.if_match)
    return Nothing()


@implements("planner.buckets.tasks")
def tasks_of_bucket(call: Call, bucket: str) -> Result:
    return Many(planner(call).tasks.of_bucket(doer(call), bucket, call.options))


@implements("planner.tasks.of_user")
def tasks_of_user(call: Call) -> Result:
    return Many(planner(call).tasks.of_user(doer(call), call.mailbox, call.options))


@implements("planner.tasks.create")
def create_task(call: Call) -> Result:
    return Created(planner(call).tasks.create(doer(call), call.document))


@implements("planner.tasks.get")
def task(call: Call, task: str) -> Result:
    return One(planner(call).tasks.get(doer(call), task, call.options))


@implements("planner.tasks.change")
def change_task(call: Call, task: str) -> Result:
    return One(planner(call).tasks.update(doer(call), task, call.document, call.if_match))


@implements("planner.tasks.delete")
def delete_task(call: Call, task: str) -> Result:
    planner(call).tasks.delete(doer(call), task, call.if_match)
    return Nothing()


def _part_of_task(key: str, kind: str) -> None:
    """What has an ETag of its own below a task."""

    @implements(f"planner.{key}.get")
    def part(call: Call, task: str) -> Result:
        return One(planner(call).parts.get(doer(call), task, kind, call.options))

    @implements(f"planner.{key}.change")
    def change_part(call: Call, task: str) -> Result:
        return One(planner(call).parts.update(doer(call), task, kind, call.document, call.if_match))


_part_of_task("task_details", TASK_DETAILS)
for _board in BOARDS:
    _part_of_task(_board, NAMES[_board])
