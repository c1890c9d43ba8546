"""What stands in an iCalendar object, between its text and Graph's documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from postroom.errors import Invalid

Document = dict[str, Any]
Method = Literal["", "PUBLISH", "REQUEST", "REPLY", "CANCEL", "COUNTER"]
Original = datetime | date
"""When an occurrence begins by the rule of its series: aware, or the day where events take whole days."""


class Unreadable(Invalid):
    """A text that is no iCalendar object, or one beyond what is read."""

    def __init__(self, expected: str) -> None:
        super().__init__("iCalendar", expected)


class NoSuchRule(Invalid):
    """A recurrence that the patterns of Graph cannot say."""

    def __init__(self, rule: str) -> None:
        super().__init__("RRULE", f"a recurrence that a calendar here can keep, not {rule[:200]!r}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. `document` has the properties of Graph's event that it gives, `start` and `end` in the zone given."""

    uid: str
    document: Document
    sequence: int = 0
    stamp: datetime | None = None
    """When it was written."""
    original: Original | None = None
    """It is this occurrence of a series."""
    excluded: tuple[Original, ...] = ()
    """Occurrences of its series that do not take place."""
    text: str = ""
    """The body without markup, beside `document`'s."""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`skipped` says of each event that could not be read why."""

    method: str
    entries: tuple[Entry, ...]
    skipped: tuple[str, ...] = field(default=())


def day_in(original: Original, zone: tzinfo) -> date:
    """The day of an occurrence, as a series in this zone names it."""
    return original.astimezone(zone).date() if isinstance(original, datetime) else original
