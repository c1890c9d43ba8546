"""Recurrences that callers give, checked, and as they are shown: all fields, those that say nothing with Graph's
values for that.

Source: Microsoft Graph v1.0, patternedRecurrence, recurrencePattern, recurrenceRange.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from postroom.errors import Invalid
from postroom.workspace.query.literals import day as day_of
from postroom.workspace.recurrence.days import days, nth
from postroom.workspace.recurrence.rule import Rule, Type

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
POSITIONS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
MOST_INTERVAL: Final = 9_999
FIRST_YEAR: Final = 1601
NO_DATE: Final = "0001-01-01"
"""As Graph writes that there is no end."""
PATTERN: Final = "recurrence/pattern"
RANGE: Final = "recurrence/range"
_WITH_DAYS: Final = frozenset({"weekly", "relativeMonthly", "relativeYearly"})
_ABSOLUTE: Final = frozenset({"absoluteMonthly", "absoluteYearly"})
_YEARLY: Final = frozenset({"absoluteYearly", "relativeYearly"})


class BadRecurrence(Invalid):
    """A recurrence, or a part of it, that cannot be."""


def rule_of(recurrence: Mapping[str, Any], start: date, most: int) -> Rule:
    """The rule that begins on `start` or, where the pattern does not name that day, on the next one that it names.

    `recurrence` is as `schema.check` leaves it; its own `startDate` is not looked at. A number of occurrences may be
    `most`. Raises BadRecurrence.
    """
    pattern, range_ = _object(recurrence, "pattern"), _object(recurrence, "range")
    rule = _ruled(pattern, start)
    first = next(days(rule), None)
    if first is None:
        raise BadRecurrence(PATTERN, "a pattern with an occurrence before the year 10000")
    rule = replace(rule, start=date.fromordinal(first))
    until = _until(range_, rule, most)
    if until is not None and until.toordinal() < first:
        raise BadRecurrence(f"{RANGE}/endDate", f"a day with an occurrence, {rule.start} or later")
    return replace(rule, until=until)


def shown(recurrence: Mapping[str, Any], rule: Rule, zone_name: str) -> dict[str, Any]:
    """The recurrence with all its fields; its zone is `zone_name` unless it names one."""
    range_ = recurrence["range"]
    kind = range_["type"]
    pattern: dict[str, Any] = {
        "type": rule.type,
        "interval": rule.interval,
        "month": rule.month,
        "dayOfMonth": rule.day,
    }
    if rule.days:
        pattern["daysOfWeek"] = [WEEKDAYS[day] for day in rule.days]
    pattern["firstDayOfWeek"] = WEEKDAYS[rule.first_day]
    pattern["index"] = next(name for name, place in POSITIONS.items() if place == rule.position)
    return {
        "pattern": pattern,
        "range": {
            "type": kind,
            "startDate": rule.start.isoformat(),
            "endDate": range_["endDate"] if kind == "endDate" else NO_DATE,
            "recurrenceTimeZone": range_.get("recurrenceTimeZone") or zone_name,
            "numberOfOccurrences": range_["numberOfOccurrences"] if kind == "numbered" else 0,
        },
    }


def _ruled(pattern: Mapping[str, Any], start: date) -> Rule:
    kind: Type | None = pattern.get("type")
    if kind is None:
        raise BadRecurrence(f"{PATTERN}/type", "the type of the pattern")
    if start.year < FIRST_YEAR:
        raise BadRecurrence("start", f"the year {FIRST_YEAR} or later")
    return Rule(
        kind,
        _number(pattern, "interval", MOST_INTERVAL, default=1),
        start,
        None,
        _days(pattern) if kind in _WITH_DAYS else (),
        WEEKDAYS.index(pattern.get("firstDayOfWeek") or "sunday"),
        POSITIONS[pattern.get("index") or "first"] if kind.startswith("relative") else 1,
        _number(pattern, "dayOfMonth", 31) if kind in _ABSOLUTE else 0,
        _number(pattern, "month", 12) if kind in _YEARLY else 0,
    )


def _until(range_: Mapping[str, Any], rule: Rule, most: int) -> date | None:
    kind = range_.get("type")
    if kind == "endDate":
        end = day_of(str(range_.get("endDate") or ""))
        if end is None or end == date.min:
            raise BadRecurrence(f"{RANGE}/endDate", "the last day")
        return end
    if kind == "numbered":
        last = nth(rule, _number(range_, "numberOfOccurrences", most, where=RANGE))
        return None if last is None else date.fromordinal(last)
    if kind == "noEnd":
        return None
    raise BadRecurrence(f"{RANGE}/type", "endDate, noEnd or numbered")


def _days(pattern: Mapping[str, Any]) -> tuple[int, ...]:
    found = {WEEKDAYS.index(name) for name in pattern.get("daysOfWeek") or () if name}
    if not found:
        raise BadRecurrence(f"{PATTERN}/daysOfWeek", "one day of the week or more")
    return tuple(sorted(found))


def _number(given: Mapping[str, Any], name: str, most: int, *, where: str = PATTERN, default: int = 0) -> int:
    value = given.get(name)
    value = default if value is None else value
    if not isinstance(value, int) or not 1 <= value <= most:
        raise BadRecurrence(f"{where}/{name}", f"a number from 1 to {most}")
    return value


def _object(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name)
    if not isinstance(found, dict):
        raise BadRecurrence(f"recurrence/{name}", "an object")
    return found
