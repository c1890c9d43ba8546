"""Recurring tasks: what a recurrence is kept as, and the task that follows on one that is done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from postroom.workspace.clock import moment
from postroom.workspace.recurrence.days import days
from postroom.workspace.recurrence.given import rule_of, shown
from postroom.workspace.workloads.items.wish import Document
from postroom.workspace.workloads.todo import dates

MOST: Final = 999
"""Occurrences of a series that ends after so many."""


def kept(document: Document, today: date) -> Document:
    """With the recurrence whole, and due on its first day; the due date says from when on. Raises Invalid."""
    recurrence = document["recurrence"]
    due = document.get("dueDateTime")
    start = dates.day_of(due) if due else _start(recurrence) or today
    rule = rule_of(recurrence, start, MOST)
    return document | {"recurrence": shown(recurrence, rule, "UTC"), "dueDateTime": dates.of_day(rule.start)}


def following(document: Document, now: datetime) -> Document | None:
    """The task that is to be done next, None when this was the last one. `document` is of one with a recurrence."""
    due, recurrence = dates.day_of(document["dueDateTime"]), document["recurrence"]
    rule = rule_of(recurrence, date.fromisoformat(recurrence["range"]["startDate"]), MOST)
    found = next(days(rule, due.toordinal() + 1), None)
    if found is None:
        return None
    by = found - due.toordinal()
    made = document | {"status": "notStarted", "completedDateTime": None}
    made["bodyLastModifiedDateTime"] = moment(now)
    made["dueDateTime"] = dates.of_day(date.fromordinal(found))
    return made | _later(document, by, recurrence["range"]["recurrenceTimeZone"])


def _later(document: Document, by: int, zone_name: str) -> Document:
    """Its other dates as far from the due date as they were."""
    found: Document = {}
    for name, where in (("startDateTime", "UTC"), (dates.REMINDER, zone_name)):
        if document.get(name):
            found[name] = dates.later(document[name], by, where)
    return found


def _start(recurrence: dict[str, Any]) -> date | None:
    given = (recurrence.get("range") or {}).get("startDate")
    return date.fromisoformat(given) if given else None
