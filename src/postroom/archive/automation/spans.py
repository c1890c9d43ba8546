"""What a report covers: a day, a week or a month in a zone (pure functions). Weeks begin on Monday."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import MO, relativedelta

from postroom.archive.automation.calendar import from_ms, moment_of, to_ms
from postroom.errors import Invalid

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
MONTH: Final = relativedelta(months=1)


class Span(NamedTuple):
    """From `since_ms` up to, not including, `until_ms`."""

    name: str
    since_ms: int
    until_ms: int
    zone: ZoneInfo


def _month(today: date) -> date:
    return today.replace(day=1)


def _week(today: date) -> date:
    return today + relativedelta(weekday=MO(-1))


_DAYS: Final[Mapping[str, Callable[[date], tuple[date, date]]]] = {
    "today": lambda today: (today, today + DAY),
    "yesterday": lambda today: (today - DAY, today),
    "thisweek": lambda today: (_week(today), _week(today) + WEEK),
    "lastweek": lambda today: (_week(today) - WEEK, _week(today)),
    "thismonth": lambda today: (_month(today), _month(today) + MONTH),
    "lastmonth": lambda today: (_month(today) - MONTH, _month(today)),
}


def span_of(name: str, zone: ZoneInfo, now_ms: int) -> Span:
    """The span of this name, as far as it is over. Raises Invalid("timespan")."""
    days = _DAYS.get(name)
    if days is None:
        raise Invalid("timespan", f"one of {', '.join(_DAYS)}")
    first, after = days(from_ms(now_ms).astimezone(zone).date())
    return Span(name, _midnight(first, zone), min(_midnight(after, zone), now_ms), zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_ms(moment_of(datetime.combine(day, time()), zone))
