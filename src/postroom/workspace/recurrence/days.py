"""The days that a rule names, in order, from any day on without counting from the first.

Days are proleptic ordinals, as `date.toordinal` gives them: there is arithmetic to do with them.
"""

from __future__ import annotations

from calendar import monthrange
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import count, islice, pairwise, takewhile
from typing import Final

from postroom.workspace.recurrence.rule import Rule, Type

LAST: Final = date.max.toordinal()
_MONTHS: Final = 12
_GAPS: Final = 14
"""After so many days the distances between them come again, but for lengths of months."""


def days(rule: Rule, begin: int = 0) -> Iterator[int]:
    """All days from `begin` on; without an end they go on to the year 9999."""
    first = max(begin, rule.start.toordinal())
    last = LAST if rule.until is None else rule.until.toordinal()
    found = takewhile(lambda day: day <= last, _EVERY[rule.type](rule, first))
    # The week or month in which the first day lies may begin before it.
    return (day for day in found if day >= first)


def is_day(rule: Rule, day: int) -> bool:
    """Whether the rule names this day."""
    return next(days(rule, day), None) == day


def previous(rule: Rule, day: int) -> int | None:
    """The last day before this one; looked for backwards, ever further."""
    back, start = 31 * rule.interval, rule.start.toordinal()
    while day > start:
        found = deque(takewhile(lambda one: one < day, days(rule, max(day - back, start))), maxlen=1)
        if found or day - back <= start:
            return found[0] if found else None
        back *= 12
    return None


def backwards(rule: Rule, day: int) -> Iterator[int]:
    """The days before this one, the last first."""
    found = previous(rule, day)
    while found is not None:
        yield found
        found = previous(rule, found)


def nth(rule: Rule, number: int) -> int | None:
    """The day of the occurrence with this number, the first is 1; None when there are fewer."""
    return next(islice(days(rule), number - 1, None), None)


def shortest_gap(rule: Rule) -> int:
    """How many days lie at least from one to the next; a rule with one day has `LAST`."""
    found = list(islice(days(rule), _GAPS))
    return min((after - before for before, after in pairwise(found)), default=LAST)


def _daily(rule: Rule, first: int) -> Iterator[int]:
    start = rule.start.toordinal()
    skipped = -(-(first - start) // rule.interval)
    return count(start + skipped * rule.interval, rule.interval)


def _weekly(rule: Rule, first: int) -> Iterator[int]:
    start, step = rule.start.toordinal(), 7 * rule.interval
    week = start - (_weekday(start) - rule.first_day) % 7
    offsets = sorted((day - rule.first_day) % 7 for day in rule.days)
    week += (first - week) // step * step
    return (one + offset for one in count(week, step) for offset in offsets)


def _monthly(rule: Rule, first: int) -> Iterator[int]:
    """Months are numbers, those since the year 0."""
    yearly = rule.type in ("absoluteYearly", "relativeYearly")
    step = rule.interval * (_MONTHS if yearly else 1)
    base = rule.start.year * _MONTHS + (rule.month if yearly else rule.start.month) - 1
    at = date.fromordinal(min(first, LAST))
    begin = base + max(0, (at.year * _MONTHS + at.month - 1 - base) // step) * step
    end = date.max.year * _MONTHS + _MONTHS
    return (_in_month(rule, *divmod(month, _MONTHS)) for month in range(begin, end, step))


def _in_month(rule: Rule, year: int, month: int) -> int:
    """The one day of a month, which is counted from 0 here."""
    first = date(year, month + 1, 1).toordinal()
    size = monthrange(year, month + 1)[1]
    if rule.day:
        return first + min(rule.day, size) - 1
    return first + _placed(_weekday(first), size, rule.days, rule.position)


@lru_cache(maxsize=4096)
def _placed(weekday: int, size: int, wanted: tuple[int, ...], position: int) -> int:
    """In a month of this size that begins on this weekday: how far it is to the day at this position."""
    found = [day for day in range(size) if (weekday + day) % 7 in wanted]
    return found[position if position < 0 else position - 1]


def _weekday(day: int) -> int:
    return (day - 1) % 7


_EVERY: Final[dict[Type, Callable[[Rule, int], Iterator[int]]]] = {
    "daily": _daily,
    "weekly": _weekly,
    "absoluteMonthly": _monthly,
    "relativeMonthly": _monthly,
    "absoluteYearly": _monthly,
    "relativeYearly": _monthly,
}
