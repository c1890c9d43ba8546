"""A pattern with its range, ready to be counted with. It knows days of the calendar, and nothing of hours or zones."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Type = Literal["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"]


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """Days of the week count from Monday, 0. It is stored as a JSON array: new fields come last, with a default."""

    type: Type
    interval: int
    """Every so many days, weeks, months or years."""
    start: date
    """No day before this one; weeks, months and years are counted from the one it lies in."""
    until: date | None
    """The last day there may be one; None is no end. A number of occurrences is turned into this once."""
    days: tuple[int, ...] = ()
    """Of weekly and relative patterns."""
    first_day: int = 6
    """With which weeks begin."""
    position: int = 1
    """Which one in the month of a relative pattern: 1 to 4, -1 is the last."""
    day: int = 0
    """Of the month, in absolute patterns. Shorter months have it on their last day, as Outlook does."""
    month: int = 0
    """Of yearly patterns."""
