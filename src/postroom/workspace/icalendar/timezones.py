"""VTIMEZONE: what others must know of a time zone to understand our times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from postroom.workspace.icalendar.zones import Change

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST: Final = 1970
_YEARS: Final = 5
"""For which a rule must hold."""
_AHEAD: Final = 20
"""Years for which changes that no rule says are written out one by one."""
_HOUR: Final = timedelta(hours=1)


@lru_cache(256)
def component(name: str, zone: tzinfo, year: int) -> Timezone:
    """The zone from this year on. It is shared: not to be changed."""
    found = Timezone()
    found.add("tzid", name)
    changes = _changes(zone, year)
    rules = [_rule(zone, one) for one in changes]
    if len(changes) == 2 and all(rules):
        for change, rule in zip(changes, rules, strict=True):
            found.add_component(_observance(zone, change, rule))
    elif not changes and not _changes(zone, year + 1):
        found.add_component(_observance(zone, datetime(year, 1, 1, tzinfo=UTC), None))
    else:
        return Timezone.from_tzinfo(zone, name, date(year, 1, 1), date(min(year + _AHEAD, 9990), 1, 1))
    return found


def _changes(zone: tzinfo, year: int) -> list[datetime]:
    """When clocks are changed in a year, in UTC, to the minute."""
    found = []
    for day in range(366):
        begin = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
        end = begin + timedelta(days=1)
        if begin.year == year and _offset(zone, begin) != _offset(zone, end):
            while end - begin > timedelta(minutes=1):
                middle = begin + (end - begin) / 2
                middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
                begin, end = (middle, end) if _offset(zone, middle) == _offset(zone, begin) else (begin, middle)
            found.append(end)
    return found


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _rule(zone: tzinfo, change: datetime) -> Change | None:
    """The rule that names this change and those of the years after it."""
    local = _local(zone, change)
    for nth in (-1, (local.day - 1) // 7 + 1):
        rule = Change(_offset(zone, change + _HOUR), local.month, nth, local.weekday(), local.hour)
        if all(any(_fits(zone, one, rule) for one in _changes(zone, change.year + n)) for n in range(_YEARS)):
            return rule
    return None


def _fits(zone: tzinfo, change: datetime, rule: Change) -> bool:
    local = _local(zone, change)
    return local.replace(minute=0, second=0) == rule.at(local.year) and local.month == rule.month


def _local(zone: tzinfo, change: datetime) -> datetime:
    """By the clocks that are changed: those of before."""
    return (change + _offset(zone, change - _HOUR)).replace(tzinfo=None)


def _observance(zone: tzinfo, change: datetime, rule: Change | None) -> TimezoneStandard | TimezoneDaylight:
    """Begins in 1970, since events of before this year's change have an offset, too."""
    daylight = bool((change + _HOUR).astimezone(zone).dst())
    made = TimezoneDaylight() if daylight else TimezoneStandard()
    local = _local(zone, change)
    made.add("dtstart", rule.at(_FIRST).replace(minute=local.minute) if rule else datetime(_FIRST, 1, 1))
    made.add("tzoffsetfrom", _offset(zone, change - _HOUR))
    made.add("tzoffsetto", _offset(zone, change + _HOUR))
    if rule is not None:
        day = f"{rule.nth}{_DAYS[rule.weekday]}"
        made.add("rrule", vRecur({"FREQ": "YEARLY", "BYDAY": day, "BYMONTH": rule.month}))
    return made
