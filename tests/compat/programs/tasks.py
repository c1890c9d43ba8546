"""What the README of the original shows of tasks, with words of ours. Runs on either O365."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def run(account: Any, given: dict[str, Any], _folder: Path) -> dict[str, Any]:
    todo = account.tasks()
    seen: dict[str, Any] = {}
    seen["lists"] = sorted(one.name for one in todo.list_folders())
    seen["default"] = todo.get_default_folder().name
    garden = todo.new_folder("Garden")
    garden.name = "Yard"
    seen["renamed"] = garden.update()
    seen["by id"] = todo.get_folder(folder_id=garden.folder_id).name
    seen["changed lists"] = sorted(one.name for one in todo.list_folders_delta())

    task = garden.new_task("Mow")
    task.body = "<p>all of it</p>"
    task.due = datetime(2026, 2, 2, 9, tzinfo=UTC)
    task.reminder = datetime(2026, 2, 1, 18, tzinfo=UTC)
    seen["saved"] = task.save()
    again = garden.get_task(task.task_id)
    seen["task"] = (again.subject, again.status, again.is_completed, again.is_reminder_on, again.importance)
    seen["due"] = again.due.date().isoformat()
    seen["reminder"] = again.reminder.astimezone(UTC).isoformat()
    seen["body"] = "all of it" in again.body

    for name in ("Paper", "Scissors"):
        seen[f"item {name}"] = again.new_checklist_item(name).save()
    paper = next(one for one in again.get_checklist_items() if one.displayname == "Paper")
    paper.mark_checked()
    seen["checked"] = paper.save()
    seen["items"] = [(one.displayname, one.is_checked) for one in again.get_checklist_items()]
    seen["item by id"] = again.get_checklist_item(paper.item_id).is_checked
    seen["item deleted"] = paper.delete()

    again.mark_completed()
    seen["done"] = again.save()
    done = garden.get_task(task.task_id)
    seen["is done"] = (done.is_completed, done.status, done.completed is not None)
    done.mark_uncompleted()
    seen["undone"] = done.save()
    seen["is undone"] = garden.get_task(task.task_id).is_completed

    other = todo.new_task("Call")
    seen["in the default list"] = other.save()
    seen["default tasks"] = [one.subject for one in todo.get_tasks()]
    garden.new_task("Rake").save()
    seen["found"] = [one.subject for one in garden.get_tasks(query="title eq 'Rake'")]
    seen["ordered"] = [one.subject for one in garden.get_tasks(batch=10, order_by="title desc")]
    seen["deleted"] = done.delete()
    seen["list deleted"] = garden.delete()
    seen["left"] = sorted(one.name for one in todo.list_folders())
    return seen


def expected(_given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "lists": ["Flagged Emails", "Tasks"],
        "default": "Tasks",
        "renamed": True,
        "by id": "Yard",
        "changed lists": ["Flagged Emails", "Tasks", "Yard"],
        "saved": True,
        "task": ("Mow", "notStarted", False, True, "normal"),
        "due": "2026-02-02",
        "reminder": "2026-02-01T18:00:00+00:00",
        "body": True,
        "item Paper": True,
        "item Scissors": True,
        "checked": True,
        "items": [("Paper", True), ("Scissors", False)],
        "item by id": True,
        "item deleted": True,
        "done": True,
        "is done": (True, "completed", True),
        "undone": True,
        "is undone": False,
        "in the default list": True,
        "default tasks": ["Call"],
        "found": ["Rake"],
        "ordered": ["Rake", "Mow"],
        "deleted": True,
        "list deleted": True,
        "left": ["Flagged Emails", "Tasks"],
    }
