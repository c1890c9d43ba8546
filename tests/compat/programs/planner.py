"""Plans of a group, buckets, tasks with who does them, details."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CORNERS, STAIRS = "95e27074-6c4a-447a-aa24-9d718a0b86fa", "b2e5c1a0-7d0f-4a10-9e55-000000000001"
ASSIGNED = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    planner = account.planner()
    friend = account.directory().get_user(given["friend"]).object_id
    seen: dict[str, Any] = {}

    plan = planner.create_plan(owner=given["group"], title="Yard")
    seen["plan"] = (plan.title, plan.group_id == given["group"])
    seen["plans"] = [one.title for one in planner.list_group_plans(given["group"])]
    seen["renamed"] = (plan.update(title="The Yard"), planner.get_plan_by_id(plan.object_id).title)

    details = plan.get_details()
    seen["categories"] = details.update(category_descriptions={"category1": "Wet"}, shared_with={friend: True})
    again = plan.get_details()
    seen["named"] = (again.category_descriptions["category1"], list(again.shared_with.values()))

    later = plan.create_bucket("Later")
    now = plan.create_bucket("Now", order_hint=" !")
    seen["order"] = now.order_hint < later.order_hint
    seen["buckets"] = sorted(one.name for one in plan.list_buckets())
    seen["bucket"] = (later.update(name="Some day"), planner.get_bucket_by_id(later.object_id).name)

    task = now.create_task("Sweep", assignments={friend: ASSIGNED}, priority=3)
    other = later.create_task("Paint")
    seen["task"] = (task.title, task.priority, list(task.assignments) == [friend], task.percent_complete)
    seen["tasks"] = [sorted(one.title for one in found.list_tasks()) for found in (plan, now, later)]
    seen["theirs"] = [one.title for one in planner.list_user_tasks(friend)]
    seen["mine"] = [one.title for one in planner.get_my_tasks()]

    due = datetime(2031, 5, 1, 12, tzinfo=UTC)
    seen["updated"] = task.update(title="Sweep well", due_date_time=due, percent_complete=50, bucket_id=later.object_id)
    seen["done"] = task.update(percent_complete=100, applied_categories={"category1": True})
    found = planner.get_task_by_id(task.object_id)
    seen["found"] = (found.title, found.percent_complete, found.due_date_time == due, found.applied_categories)
    seen["moved"] = (found.bucket_id == later.object_id, found.completed_date is not None)

    about = found.get_details()
    items = {CORNERS: {"title": "Corners", "isChecked": True}, STAIRS: {"title": "Stairs"}}
    links = {"https://example.com/a@b#c": {"alias": "How", "type": "Other"}}
    seen["about"] = about.update(
        description="With a broom", checklist=items, references=links, preview_type="checklist"
    )
    told = planner.get_task_by_id(task.object_id)
    seen["counts"] = (told.checklist_item_count, told.active_checklist_item_count, told.reference_count)
    seen["description"] = (told.has_description, told.preview_type)
    details = told.get_details()
    seen["details"] = (details.description, sorted(one["title"] for one in details.checklist.values()),
                       list(details.references))  # fmt: skip

    seen["removed"] = (other.delete(), told.delete(), len(plan.list_tasks()), now.delete())
    seen["gone"] = (planner.get_plan_by_id(plan.object_id).delete(), planner.list_group_plans(given["group"]))
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "plan": ("Yard", True),
        "plans": ["Yard"],
        "renamed": (True, "The Yard"),
        "categories": True,
        "named": ("Wet", [True]),
        "order": True,
        "buckets": ["Later", "Now"],
        "bucket": (True, "Some day"),
        "task": ("Sweep", 3, True, 0),
        "tasks": [["Paint", "Sweep"], ["Sweep"], ["Paint"]],
        "theirs": ["Sweep"],
        "mine": [],
        "updated": True,
        "done": True,
        "found": ("Sweep well", 100, True, {"category1": True}),
        "moved": (True, True),
        "about": True,
        "counts": (2, 1, 1),
        "description": (True, "checklist"),
        "details": ("With a broom", ["Corners", "Stairs"], ["https%3A//example%2Ecom/a%40b%23c"]),
        "removed": (True, True, 0, True),
        "gone": (True, []),
    }
