"""Periods of the calendar, in UTC: how long something is kept. Pure functions.

A day that its month does not have is the first moment of the next month: no period is ever shorter than it says, and
what began later never ends earlier.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args

Unit = Literal["day", "month", "year"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
MOST: Final[dict[Unit, int]] = {"day": 366_000, "month": 12_000, "year": 1_000}
"""The longest period of each unit: a thousand years."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
FIRST_MS: Final = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _MS
LAST_MS: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MS
"""What ends later, ends here: the calendar of Python goes no further."""


def moment(time_ms: int) -> datetime:
    """UTC milliseconds as a time. Raises OverflowError before the year 1 and after 9999."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def later_ms(start_ms: int, count: int, unit: Unit, *, year_end: bool = False) -> int:
    """When a period ends that begins at `start_ms`, or with `year_end` at the end of that year."""
    try:
        start = moment(start_ms)
        if year_end:
            start = datetime(start.year + 1, 1, 1, tzinfo=UTC)
        end = start + timedelta(days=count) if unit == "day" else _months_later(start, count * _MONTHS[unit])
    except (OverflowError, ValueError):
        return LAST_MS
    return min((end - _EPOCH) // _MS, LAST_MS)


_MONTHS: Final[dict[Unit, int]] = {"month": 1, "year": 12}


def _months_later(start: datetime, months: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    if start.day <= monthrange(year, month)[1]:
        return start.replace(year=year, month=month)
    return datetime(year, month + 1, 1, tzinfo=UTC)  # December has all days, so there is a next month


def newest_over_ms(now_ms: int, count: int, unit: Unit, *, year_end: bool = False) -> int:
    """The latest start whose period is over at `now_ms`; FIRST_MS - 1 when there is none.

    So a million messages are judged by comparing two numbers each.
    """
    low, high = FIRST_MS - 1, max(now_ms, FIRST_MS)
    while low < high:
        middle = (low + high + 1) // 2
        if later_ms(middle, count, unit, year_end=year_end) <= now_ms:
            low = middle
        else:
            high = middle - 1
    return low
