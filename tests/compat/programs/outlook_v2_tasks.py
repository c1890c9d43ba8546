"""Tasks of the generation before 2.1 with Outlook REST: folders and tasks, with words of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def run(account: Any, _given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    todo = account.tasks()
    seen: dict[str, Any] = {}
    seen["default"] = todo.get_default_folder().name
    yard = todo.new_folder("Yard")
    seen["folders"] = sorted(one.name for one in todo.list_folders())

    task = yard.new_task("Mow")
    task.body = "<p>all of it</p>"
    task.due = datetime(2026, 2, 2, tzinfo=UTC)
    seen["saved"] = task.save()
    seen["made"] = bool(task.task_id) and task.created is not None
    again = yard.get_task(task.task_id)
    seen["task"] = (again.subject, again.is_completed, "all of it" in again.body)
    seen["due"] = again.due.astimezone(UTC).date().isoformat()
    again.subject = "Mow all"
    seen["changed"] = again.save()
    again.mark_completed()
    seen["done"] = again.save()
    seen["is done"] = yard.get_task(task.task_id).is_completed
    again.mark_uncompleted()
    seen["undone"] = again.save()

    yard.new_task("Rake").save()
    seen["in the default folder"] = todo.new_task("Call").save()
    seen["of the folder"] = sorted(one.subject for one in yard.get_tasks())
    seen["ordered"] = [one.subject for one in yard.get_tasks(order_by="Subject desc")]
    seen["of the default folder"] = sorted(one.subject for one in todo.get_tasks())
    seen["deleted"] = again.delete()
    seen["folder deleted"] = yard.delete()
    seen["left"] = sorted(one.name for one in todo.list_folders())
    return seen


def expected(_given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "default": "Tasks",
        "folders": ["Flagged Emails", "Tasks", "Yard"],
        "saved": True,
        "made": True,
        "task": ("Mow", False, True),
        "due": "2026-02-02",
        "changed": True,
        "done": True,
        "is done": True,
        "undone": True,
        "in the default folder": True,
        "of the folder": ["Mow all", "Rake"],
        "ordered": ["Rake", "Mow all"],
        "of the default folder": ["Call"],
        "deleted": True,
        "folder deleted": True,
        "left": ["Flagged Emails", "Tasks"],
    }
