"""What somebody gives as a task, checked, and the whole task after a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import taking
from postroom.workspace.workloads.items.wish import Document
from postroom.workspace.workloads.todo import dates, recurring
from postroom.workspace.workloads.todo.kinds import TASK

TYPE: Final = SCHEMA.entity(TASK)
FIXED: Final = ("id", "createdDateTime")
READ_ONLY: Final = (*FIXED, "lastModifiedDateTime", "bodyLastModifiedDateTime", "hasAttachments")
PARTS: Final = ("checklistItems", "linkedResources", "attachments")
"""What a new task may be given with; a change passes it over."""
_OTHERS: Final = ("attachmentSessions", "extensions")
MOST_CATEGORIES: Final = 200
DEFAULTS: Final[Document] = {
    "title": "", "status": "notStarted", "importance": "normal", "isReminderOn": False, "hasAttachments": False,
    "categories": [], "recurrence": None, "dueDateTime": None, "startDateTime": None, "reminderDateTime": None,
    "completedDateTime": None,
}  # fmt: skip
_DONE: Final = "completed"


def given(values: Mapping[str, Any]) -> tuple[Document, Body | None, dict[str, list[Document]]]:
    """Document, body, and what else it was given with. Raises Invalid, UnknownProperty."""
    document = dict(values)
    parts = {name: taking.objects(document, name) for name in PARTS}
    document = checked(TYPE, document, read_only=(*READ_ONLY, *_OTHERS), partial=True)
    document.pop("@odata.type", None)
    body = document.pop("body") or {} if "body" in document else None
    for name in dates.DAYS:
        if document.get(name):
            document[name] = dates.day(document[name], name)
    if document.get(dates.REMINDER):
        document[dates.REMINDER] = dates.moment(document[dates.REMINDER], dates.REMINDER)
    if len(document.get("categories") or ()) > MOST_CATEGORIES:
        raise Invalid("categories", f"at most {MOST_CATEGORIES} of them")
    return document, None if body is None else _body(body), parts


def completed(old: Document, new: Document, now: datetime) -> Document:
    """The whole task after a change: what is done has a date, what has a reminder reminds. Raises Invalid."""
    whole = {**DEFAULTS, **old, **new}
    whole["title"] = whole["title"] or ""
    if "completedDateTime" in new and "status" not in new:
        whole["status"] = _DONE if new["completedDateTime"] else _undone(whole["status"])
    if whole["status"] == _DONE:
        whole["completedDateTime"] = whole["completedDateTime"] or dates.of_day(now.date())
    else:
        whole["completedDateTime"] = None
    if dates.REMINDER in new and "isReminderOn" not in new:
        whole["isReminderOn"] = bool(new[dates.REMINDER])
    if new.get("recurrence"):
        return recurring.kept(whole, now.date())
    # What is due on no day recurs on none.
    return whole if whole["dueDateTime"] else whole | {"recurrence": None}


def is_done(document: Document) -> bool:
    return bool(document.get("status") == _DONE)


def _undone(status: str) -> str:
    return "notStarted" if status == _DONE else status


def _body(found: Mapping[str, Any]) -> Body:
    html = str(found.get("contentType") or "text").lower() == "html"
    return Body("html" if html else "text", str(found.get("content") or ""))
