"""Maintenance windows: times of the week in which the server runs no profile by itself. Pure functions.

A text like `Mon-Fri 08:00-18:00, Sun 22:00-02:00` or `22:00-06:00`, in the zone of the server. The reference does not
say how the original writes them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple

from postroom.errors import Invalid

FIELD: Final = "automaticMaintenanceWindows"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
MOST_CHARS: Final = 1_000

_WINDOW: Final = re.compile(
    r"(?:([a-z]{3})[a-z]*(?:\s*-\s*([a-z]{3})[a-z]*)?\s+)?(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)", re.IGNORECASE
)


class Window(NamedTuple):
    """Minutes since Monday 00:00; `end` is not part of it, and may lie in the next week."""

    start: int
    end: int


def checked_windows(text: str | None) -> str | None:
    """The text as it is kept; None for none. Raises Invalid."""
    text = (text or "").strip()
    if len(text) > MOST_CHARS:
        raise Invalid(FIELD, f"at most {MOST_CHARS} characters")
    windows(text)
    return text or None


def windows(text: str | None) -> tuple[Window, ...]:
    """What a text says. Raises Invalid."""
    parts = [part.strip() for part in re.split(r"[,;]", text or "") if part.strip()]
    return tuple(window for part in parts for window in _of(part))


def open_again(text: str | None, now: datetime) -> int | None:
    """Minutes until no window holds at `now`, a local time; None when none holds now. A week when it never ends."""
    minute = now.weekday() * DAY_MINUTES + now.hour * 60 + now.minute
    found, after = windows(text), 0
    while after < WEEK_MINUTES:
        ends = [end - at for start, end in found for at in _both(minute + after) if start <= at < end]
        if not ends:
            return after or None
        after += max(ends)
    return WEEK_MINUTES


def _both(minute: int) -> tuple[int, int]:
    """A minute of the week, and the same seen from the week before."""
    minute %= WEEK_MINUTES
    return minute, minute + WEEK_MINUTES


def _of(part: str) -> tuple[Window, ...]:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise Invalid(FIELD, f"windows like 'Mon-Fri 08:00-18:00, 22:00-06:00', not {part[:80]!r}")
    first, last, *times = found.groups()
    start, end = _minute(*times[:2]), _minute(*times[2:])
    length = (end - start) % DAY_MINUTES or DAY_MINUTES
    return tuple(Window(d * DAY_MINUTES + start, d * DAY_MINUTES + start + length) for d in _days(first, last))


def _minute(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > DAY_MINUTES:
        raise Invalid(FIELD, f"a time from 00:00 to 24:00, not {hour}:{minute}")
    return value


def _days(first: str | None, last: str | None) -> list[int]:
    if first is None:
        return list(range(7))
    begin, end = _day(first), _day(last or first)
    return [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]


def _day(name: str) -> int:
    if name.lower() not in DAYS:
        raise Invalid(FIELD, f"a day like {', '.join(DAYS)}, not {name!r}")
    return DAYS.index(name.lower())
