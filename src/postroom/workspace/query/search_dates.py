"""Dates in a `$search`: days as the world and as Americans write them, and words for times around now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query import literals
from postroom.workspace.query.search import OPTION
from postroom.workspace.query.values import begin

WEEK_BEGINS: Final = 6
"""Sunday, counted from Monday: as in the language of the words."""
_AMERICAN: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on, before `end`."""

    start: datetime
    end: datetime


def span(text: str, now: datetime, zone: tzinfo) -> Span:
    """The time that a text names. Raises Invalid."""
    moment = literals.instant(text.strip(), zone)
    try:
        if moment is not None:
            return Span(moment, moment + timedelta(seconds=1))
        first, last = _days(" ".join(text.lower().split()), now.astimezone(zone).date())
        return Span(begin(first, zone), begin(last + _DAY, zone))
    except OverflowError as error:
        raise Invalid(OPTION, f"a date that there is instead of {text[:40]!r}") from error


def _days(text: str, today: date) -> tuple[date, date]:
    """The first and the last."""
    if text in ("today", "yesterday"):
        day = today if text == "today" else today - _DAY
        return day, day
    which, _, unit = text.partition(" ")
    if which in ("this", "last") and unit in _UNITS:
        first = _UNITS[unit](today)
        return (first, _last_of(first, unit)) if which == "this" else (_UNITS[unit](first - _DAY), first - _DAY)
    given = literals.day(text) or _american(text)
    if given is None:
        raise Invalid(OPTION, f"a date like 2024-01-31, 1/31/2024, today or 'last week' instead of {text[:40]!r}")
    return given, given


def _american(text: str) -> date | None:
    match = _AMERICAN.fullmatch(text)
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:  # 2/30/2024
        return None


def _week(day: date) -> date:
    return day - timedelta(days=(day.weekday() - WEEK_BEGINS) % 7)


def _month(day: date) -> date:
    return day.replace(day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


_UNITS: Final = {"week": _week, "month": _month, "year": _year}
_LONGER: Final = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=366)}


def _last_of(first: date, unit: str) -> date:
    return _UNITS[unit](first + _LONGER[unit]) - _DAY
