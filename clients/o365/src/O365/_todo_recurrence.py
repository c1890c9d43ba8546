"""How a task recurs, as the service tells it."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from O365._attributes import Attribute, Field, Json, Resource

E = TypeVar("E", bound=Enum)


class RecurrencePatternType(Enum):
    DAILY = "daily"
    WEEKLY = "weekly"
    ABSOLUTEMONTHLY = "absoluteMonthly"
    RELATIVEMONTHLY = "relativeMonthly"
    ABSOLUTEYEARLY = "absoluteYearly"
    RELATIVEYEARLY = "relativeYearly"


class RecurrenceRangeType(Enum):
    ENDDATE = "endDate"
    NOEND = "noEnd"
    NUMBERED = "numbered"


class WeekIndex(Enum):
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


def _choice(key: str, kind: type[E]) -> Field[E | None]:
    """A member of an enumeration, whatever its casing; None for what is missing or new."""

    def read(_: Any, told: str | None) -> E | None:
        return next((one for one in kind if one.value.lower() == str(told).lower()), None)

    return Field(key, read)


def _told(key: str) -> Field[Any]:
    return Field(key, None)


class Pattern(Resource):
    """Which days."""

    pattern_type = _choice("type", RecurrencePatternType)
    interval: Field[int | None] = _told("interval")
    days_of_week: Field[list[str] | None] = _told("daysOfWeek")
    day_of_month: Field[int | None] = _told("dayOfMonth")
    month: Field[int | None] = _told("month")
    index = _choice("index", WeekIndex)
    first_day_of_the_week: Field[str | None] = _told("firstDayOfWeek")

    def __str__(self) -> str:
        return f"Pattern: {self.pattern_type.value if self.pattern_type else None}, interval {self.interval}"


class Range(Resource):
    """From when, until when, how often; the dates are texts."""

    range_type = _choice("type", RecurrenceRangeType)
    start_date: Field[str | None] = _told("startDate")
    end_date: Field[str | None] = _told("endDate")
    no_of_occurrences: Field[int | None] = _told("numberOfOccurrences")
    recurrence_timezone: Field[str | None] = _told("recurrenceTimeZone")

    def __str__(self) -> str:
        return f"Range: {self.range_type.value if self.range_type else None}, from {self.start_date}"


def _read_pattern(recurrence: Recurrence, told: Json | None) -> Pattern:
    return recurrence.pattern_constructor(parent=recurrence, **{recurrence._cloud_data_key: told})


def _read_range(recurrence: Recurrence, told: Json | None) -> Range:
    return recurrence.range_constructor(parent=recurrence, **{recurrence._cloud_data_key: told})


class Recurrence(Resource):
    """How a task recurs."""

    pattern_constructor = Pattern
    range_constructor = Range

    pattern = Attribute("pattern", _read_pattern)
    range = Attribute("range", _read_range)

    def __str__(self) -> str:
        return f"{self.pattern}; {self.range}"
