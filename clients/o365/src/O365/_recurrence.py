"""How an event recurs: a pattern (which days) and a range (from when, until when, how often)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Generic, TypeVar, overload

from O365._attributes import Json
from O365._component import ApiComponent
from O365._dates import name_of
from O365._event_words import MONTH_NAMES

T = TypeVar("T")

WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
FIRST = "first"
_OF_TYPES = {
    "daily": (),
    "weekly": ("daysOfWeek", "firstDayOfWeek"),
    "absolutemonthly": ("dayOfMonth",),
    "relativemonthly": ("daysOfWeek", "index"),
    "absoluteyearly": ("dayOfMonth", "month"),
    "relativeyearly": ("daysOfWeek", "index", "month"),
}
"""What counts in a pattern; services fill in the other keys with zeros and the like."""


class Part(Generic[T]):
    """An attribute of a recurrence; a change is a change of its event."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> Part[T]: ...
    @overload
    def __get__(self, instance: Any, owner: type) -> T: ...
    def __get__(self, instance: Any, owner: type) -> Part[T] | T:
        if instance is None:
            return self
        found: T = getattr(instance, self._key)
        return found

    def __set__(self, instance: EventRecurrence, value: T) -> None:
        setattr(instance, self._key, value)
        instance._changed()


class EventRecurrence(ApiComponent):
    """The recurrence of an event. Which kind it is follows from what is set."""

    interval = Part[int | None]()
    first_day_of_week = Part[str | None]()
    day_of_month = Part[int | None]()
    month = Part[int | None]()
    index = Part[str]()
    occurrences = Part[int | None]()
    recurrence_time_zone = Part[str]()

    def __init__(self, event: Any, recurrence: Json | None = None) -> None:
        self._adopt_all(event)
        self._event = event
        self._empty()
        if recurrence:
            self._read(recurrence)

    def _empty(self) -> None:
        self._interval: int | None = None
        self._days_of_week: set[str] = set()
        self._first_day_of_week: str | None = None
        self._day_of_month: int | None = None
        self._month: int | None = None
        self._index = FIRST
        self._occurrences: int | None = None
        self._start_date: dt.date | None = None
        self._end_date: dt.date | None = None
        self._recurrence_time_zone = name_of(self.protocol.timezone)

    def _read(self, told: Json) -> None:
        cc = self._cc
        pattern, span = told.get(cc("pattern")) or {}, told.get(cc("range")) or {}
        counting = _OF_TYPES.get(str(pattern.get(cc("type"))).lower(), ())
        found = {key: pattern.get(cc(key)) for key in counting}
        self._interval = pattern.get(cc("interval"))
        self._days_of_week = {day.lower() for day in found.get("daysOfWeek") or ()}
        self._first_day_of_week = found.get("firstDayOfWeek")
        self._day_of_month = found.get("dayOfMonth")
        self._month = found.get("month")
        self._index = (found.get("index") or FIRST).lower()
        kind = str(span.get(cc("type"))).lower()
        self._start_date = _date(span.get(cc("startDate")))
        self._end_date = _date(span.get(cc("endDate"))) if kind == "enddate" else None
        self._occurrences = span.get(cc("numberOfOccurrences")) if kind == "numbered" else None
        self._recurrence_time_zone = span.get(cc("recurrenceTimeZone")) or self._recurrence_time_zone

    def __bool__(self) -> bool:
        return bool(self._interval)

    def __repr__(self) -> str:
        if not self:
            return "No recurrence enabled"
        kind = self.recurrence_type or ""
        title = "".join(f" {letter}" if letter.isupper() else letter for letter in kind).title()
        return f"{title}: {self._days()}every {self.interval} {self._unit(kind)}. {self._span()}"

    # What it is.

    @property
    def days_of_week(self) -> set[str]:
        """Names of days in English."""
        return self._days_of_week

    @days_of_week.setter
    def days_of_week(self, value: str | Iterable[str]) -> None:
        self._days_of_week = {value} if isinstance(value, str) else set(value)
        self._changed()

    @property
    def start_date(self) -> dt.date | None:
        """The first day that may be one; that on which the event begins unless it was set."""
        if self._start_date or not self:
            return self._start_date
        start: dt.datetime | None = self._event.start
        return start.date() if start else dt.datetime.now(self.protocol.timezone).date()

    @start_date.setter
    def start_date(self, value: dt.date) -> None:
        self._start_date = _given(value, "start_date")
        self._changed()

    @property
    def end_date(self) -> dt.date | None:
        """The last day that may be one."""
        return self._end_date

    @end_date.setter
    def end_date(self, value: dt.date) -> None:
        self._end_date = _given(value, "end_date")
        self._changed()

    @property
    def recurrence_type(self) -> str | None:
        """`weekly`, `absoluteMonthly` and so on; None when the event does not recur."""
        if not self:
            return None
        if self._days_of_week:
            if self._first_day_of_week:
                return "weekly"
            return "relativeYearly" if self._month else "relativeMonthly"
        if self._day_of_month:
            return "absoluteYearly" if self._month else "absoluteMonthly"
        return "daily"

    def to_api_data(self) -> Json:
        """The recurrence as JSON, empty when there is none."""
        return {self._cc("pattern"): self._pattern(), self._cc("range"): self._range()} if self else {}

    # Setting it.

    def set_range(
        self, start: dt.date | None = None, end: dt.date | None = None, occurrences: int | None = None
    ) -> None:
        """From when it recurs, by default when the event begins; until when, or how often, by default for ever."""
        self._start_date = None if start is None else _given(start, "start")
        self._end_date = None if end is None else _given(end, "end")
        self._occurrences = occurrences
        self._changed()

    def set_daily(self, interval: int, **kwargs: Any) -> None:
        """Every so many days. The keywords, here and below, are those of `set_range`."""
        self._set(interval, kwargs)

    def set_weekly(self, interval: int, *, days_of_week: Iterable[str], first_day_of_week: str, **kwargs: Any) -> None:
        """On some days of every so many weeks."""
        self._set(interval, kwargs)
        self.days_of_week = days_of_week
        self._first_day_of_week = first_day_of_week

    def set_monthly(
        self,
        interval: int,
        *,
        day_of_month: int | None = None,
        days_of_week: Iterable[str] | None = None,
        index: str | None = None,
        **kwargs: Any,
    ) -> None:
        """On a day of every so many months, or on the first, second, third, fourth or last (`index`) of weekdays."""
        if not (day_of_month or days_of_week):
            raise ValueError("Must provide day_of_month or days_of_week values")
        if day_of_month and days_of_week:
            raise ValueError("Must provide only one of the two options: day_of_month or days_of_week")
        self._set(interval, kwargs)
        self._day_of_month = day_of_month
        if days_of_week:
            self.days_of_week = days_of_week
            self._index = index or FIRST

    def set_yearly(
        self,
        interval: int,
        month: int,
        *,
        day_of_month: int | None = None,
        days_of_week: Iterable[str] | None = None,
        index: str | None = None,
        **kwargs: Any,
    ) -> None:
        """The same in one month of every so many years."""
        self.set_monthly(interval, day_of_month=day_of_month, days_of_week=days_of_week, index=index, **kwargs)
        self._month = month

    def clear(self) -> None:
        """Let the event recur no more."""
        self._empty()
        self._changed()

    # How.

    def _set(self, interval: int, span: Json) -> None:
        self._empty()
        self._interval = interval
        self.set_range(**span)

    def _changed(self) -> None:
        self._event._track_changes.add("recurrence")

    def _pattern(self) -> Json:
        cc, kind = self._cc, self.recurrence_type or ""
        values: Json = {
            "daysOfWeek": sorted(self._days_of_week, key=_place),
            "firstDayOfWeek": self._first_day_of_week,
            "dayOfMonth": self._day_of_month,
            "month": self._month,
            "index": self._index,
        }
        chosen = {cc(key): values[key] for key in _OF_TYPES[kind.lower()]}
        return {cc("type"): kind, cc("interval"): self._interval, **chosen}

    def _range(self) -> Json:
        cc, start = self._cc, self.start_date
        kind = "endDate" if self._end_date else "numbered" if self._occurrences else "noEnd"
        found: Json = {
            cc("type"): kind,
            cc("startDate"): start.isoformat() if start else None,
            cc("recurrenceTimeZone"): self._recurrence_time_zone,
        }
        if self._end_date:
            found[cc("endDate")] = self._end_date.isoformat()
        elif self._occurrences:
            found[cc("numberOfOccurrences")] = self._occurrences
        return found

    def _days(self) -> str:
        month = f" of {MONTH_NAMES[self._month - 1]}" if self._month else ""
        if self._day_of_month:
            return f"on day {self._day_of_month}{month} "
        days = " or ".join(sorted(self._days_of_week, key=_place))
        index = "" if self._first_day_of_week or not days else f"{self._index} "
        return f"on {index}{days}{month} " if days else ""

    def _unit(self, kind: str) -> str:
        unit = {"daily": "day", "weekly": "week"}.get(kind) or ("month" if kind.endswith("Monthly") else "year")
        return unit if self._interval == 1 else f"{unit}s"

    def _span(self) -> str:
        if self._end_date:
            rest = f"ending on {self._end_date}"
        else:
            rest = f"up to {self._occurrences} occurrences" if self._occurrences else "with no end"
        return f"Starting on {self.start_date} {rest}"


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text[:10]) if text else None


def _given(value: dt.date, name: str) -> dt.date:
    if not isinstance(value, dt.date):
        raise ValueError(f"{name} value must be a valid date object, not {value!r}")  # noqa: TRY004 - documented
    return value.date() if isinstance(value, dt.datetime) else value


def _place(day: str) -> int:
    """Days in their order; what is no day goes last, and the service says so."""
    name = day.lower()
    return WEEK.index(name) if name in WEEK else len(WEEK)
