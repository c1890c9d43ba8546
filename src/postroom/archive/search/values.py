"""Dates and sizes as people write them in queries, as ranges of seconds and bytes; both ends belong to the range.

Every function raises ValueError with what was expected, as a noun phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, TypeAlias

Ends: TypeAlias = tuple[int | None, int | None]
Span: TypeAlias = tuple[int, int]

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SECONDS: Final = (-62_135_596_800, 253_402_300_799)  # the years 1 to 9999, which datetime can write
_BYTES: Final = (0, 1 << 62)
_SIZE: Final = re.compile(r"(\d{1,19})(\.\d{1,6})?([kmg]?)b?", re.ASCII | re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)t(\d\d:\d\d(?::\d\d)?)(z?)", re.ASCII)
_DATE_HELP: Final = (
    "a date (2024, 2024-06, 2024-06-30, 2024-06-30T12:00, today, yesterday, thisweek, lastweek, thismonth, lastmonth, "
    "thisyear, lastyear), a range of dates (2024-01..2024-06, 2024.., ..2024) or a bound (>2024, <=2024-06)"
)
_SIZE_HELP: Final = "a size (20000, 10k, 1.5M, 1G), a range of sizes (10k..2M, 1M.., ..1M) or a bound (>1M, <=10k)"


def date_range(text: str, zone: tzinfo, now_s: float) -> Ends:
    """Seconds in UTC of a date, a range of dates or a bound, in a time zone."""
    return _range(text.lower(), lambda point: _date_span(point, zone, now_s), lambda span: span, _SECONDS, _DATE_HELP)


def size_range(text: str) -> Ends:
    """Bytes. A size with a unit and nothing else is all sizes that are that many whole units."""
    return _range(text, _size_span, lambda span: (span[0], span[0]), _BYTES, _SIZE_HELP)


def print_date(seconds: int) -> str:
    """A moment as `date_range` reads it in any zone."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"


def _range(
    text: str, point: Callable[[str], Span | None], edge: Callable[[Span], Span], limits: Span, what: str
) -> Ends:
    """`edge` is what a point stands for where it bounds a range."""

    def bound(part: str) -> Span:
        span = point(part)
        if span is None:
            raise ValueError(what)
        return edge(span)

    low: int | None = None
    high: int | None = None
    first, dots, last = text.partition("..")
    if dots:
        if not first and not last:
            raise ValueError(what)
        low = bound(first)[0] if first else None
        high = bound(last)[1] if last else None
    elif text.startswith(">="):
        low = bound(text[2:])[0]
    elif text.startswith(">"):
        low = bound(text[1:])[1] + 1
    elif text.startswith("<="):
        high = bound(text[2:])[1]
    elif text.startswith("<"):
        high = bound(text[1:])[0] - 1
    else:
        whole = point(text)
        if whole is None:
            raise ValueError(what)
        low, high = whole
    if any(end is not None and not limits[0] <= end <= limits[1] for end in (low, high)):
        raise ValueError(what)
    if low is not None and high is not None and low > high:
        raise ValueError("a range whose end is not before its start")
    return low, high


def _size_span(text: str) -> Span | None:
    found = _SIZE.fullmatch(text)
    if not found:
        return None
    unit = _UNITS[found[3].lower()]
    if found[2]:
        exact = int(float(found[1] + found[2]) * unit)
        return exact, exact
    size = int(found[1]) * unit
    return size, size + unit - 1


def _date_span(text: str, zone: tzinfo, now_s: float) -> Span | None:
    try:
        moment = _MOMENT.fullmatch(text)
        if moment:
            return _moment_span(moment, zone)
        found = _DAY.fullmatch(text)
        days = _days(found) if found else _named_days(text, datetime.fromtimestamp(now_s, zone).date())
        return None if days is None else (_start(days[0], zone), _start(days[1], zone) - 1)
    except (ValueError, OverflowError):  # the 31st of June, the year 0
        return None


def _moment_span(moment: re.Match[str], zone: tzinfo) -> Span:
    at = datetime.fromisoformat(f"{moment[1]}T{moment[2]}").replace(tzinfo=UTC if moment[3] else zone)
    start = int(at.timestamp())
    return start, start + (0 if moment[2].count(":") == 2 else 59)


def _days(found: re.Match[str]) -> tuple[date, date]:
    """First day of a year, month or day, and the day after its last."""
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if day:
        start = date(year, month, day)
        return start, start + timedelta(1)
    if found[2]:
        return date(year, month, 1), _next_month(date(year, month, 1))
    return date(year, 1, 1), date(year + 1, 1, 1)


def _named_days(name: str, today: date) -> tuple[date, date] | None:
    week = today - timedelta(today.weekday())
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    previous_month = (month - timedelta(1)).replace(day=1)
    return {
        "today": (today, today + timedelta(1)),
        "yesterday": (today - timedelta(1), today),
        "thisweek": (week, week + timedelta(7)),
        "lastweek": (week - timedelta(7), week),
        "thismonth": (month, _next_month(month)),
        "lastmonth": (previous_month, month),
        "thisyear": (year, year.replace(year=year.year + 1)),
        "lastyear": (year.replace(year=year.year - 1), year),
    }.get(name)


def _next_month(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)


def _start(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
