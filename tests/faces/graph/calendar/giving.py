"""Events as programs give them."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def at(text: str, zone: str = "UTC") -> Document:
    return {"dateTime": text, "timeZone": zone}


def event(start: str, end: str, zone: str = "UTC", subject: str = "Round", **more: Any) -> Document:
    return {"subject": subject, "start": at(start, zone), "end": at(end, zone), **more}


def recurrence(pattern: Document, range_: Document | None = None) -> Document:
    return {
        "pattern": {"interval": 1, **pattern},
        "range": {"type": "noEnd", "startDate": "2024-01-01", **(range_ or {})},
    }


def weekly(*days: str, **range_: Any) -> Document:
    return recurrence({"type": "weekly", "daysOfWeek": list(days)}, range_)


def view(begin: str, end: str, path: str = "/me/calendarView", more: str = "") -> str:
    return f"{path}?startDateTime={begin}&endDateTime={end}{more}"


def starts(answer: Document) -> list[str]:
    return [one["start"]["dateTime"][:16] for one in answer["value"]]
