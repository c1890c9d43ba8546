"""When a schedule is due: its forms, and the next moment after another (pure functions).

Days are counted in the schedule's zone. A time of day that the clocks skip counts as the first moment after it; one
that they show twice counts once, the first time. Intervals are real time, counted from midnight UTC.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

import msgspec
from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule

from postroom.errors import Invalid

INTERVALS: Final = (5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720)
# A misprint in old pages of the product, which scripts have copied.
MISPRINTS: Final = {260: 240}
WEEKDAYS: Final = {
    "Sunday": SU, "Monday": MO, "Tuesday": TU, "Wednesday": WE, "Thursday": TH, "Friday": FR, "Saturday": SA,
}  # fmt: skip
LAST: Final = "Last"
DAYS: Final = {**{str(day): day for day in range(1, 32)}, LAST: -1}
LAST_YEAR: Final = 9000  # far from where calendars of programs end
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


class Schedule(msgspec.Struct, frozen=True, rename="camel"):
    """One form of: `date` (once), `interval` (minutes), `time` of day, alone or with a day of the week, of the month,
    or both. Made by `schedule_of`."""

    date: str | None = None
    interval: int | None = None
    time: str | None = None
    day_of_week: str | None = None
    day_of_month: str | None = None


def schedule_of(
    zone: tzinfo,
    *,
    date: str | None = None,
    interval: int | None = None,
    time: str | None = None,
    day_of_week: str | None = None,
    day_of_month: str | None = None,
) -> Schedule:
    """The schedule that these make; an empty text is none. Raises Invalid naming what is wrong, missing or too much."""
    forms = [
        name for name, value in (("date", date), ("interval", interval), ("time", time)) if value not in (None, "")
    ]
    if (day_of_week or day_of_month) and forms != ["time"]:
        raise Invalid("time", "the time of day, and neither date nor interval, with dayOfWeek or dayOfMonth")
    if not forms:
        raise Invalid("date, interval or time", "one of them, for the schedule")
    if len(forms) > 1:
        raise Invalid(forms[1], f"nothing beside {forms[0]}; a job has one form of schedule")
    return Schedule(
        date=_date(date, zone) if date else None,
        interval=None if interval is None else _interval(interval),
        time=_time(time) if time else None,
        day_of_week=_one_of("dayOfWeek", day_of_week, WEEKDAYS) if day_of_week else None,
        day_of_month=_one_of("dayOfMonth", day_of_month, DAYS) if day_of_month else None,
    )


def next_after(schedule: Schedule, zone: tzinfo, after: datetime) -> datetime | None:
    """The first moment of a schedule that is later than `after`, in UTC; None when there is none."""
    if schedule.interval is not None:
        step = schedule.interval * MINUTE
        return after.astimezone(UTC) + step - (after - EPOCH) % step
    for wall in _walls(schedule, after.astimezone(zone).replace(tzinfo=None)):
        moment = moment_of(wall, zone)
        if moment > after:
            return moment
    return None


def still_due(schedule: Schedule, zone: tzinfo, due: datetime, now: datetime) -> datetime:
    """When a schedule is due that was thought to be due at `due`.

    Usually `due`. After the clock was set back, the moment that the last run stood for comes again and is left out;
    but it is the only one, so that a clock which ran far ahead for a while does not silence a job until then. After a
    zone got other rules, `due` may be no moment of the schedule any more.
    """
    first = next_after(schedule, zone, now)
    if due <= now or first is None:
        return due
    return due if due in (first, next_after(schedule, zone, first)) else first


def moment_of(wall: datetime, zone: tzinfo) -> datetime:
    """When clocks in a zone show this, in UTC: the first of two times, or the first moment after a skipped one."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(early, zone) == wall:
        return early
    # Skipped: read by the offset after the change it lies before the change, by the one before it lies behind.
    start = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    seconds = range(int((early - start).total_seconds()) + 1)
    return start + timedelta(
        seconds=bisect_left(seconds, wall, key=lambda s: _shown(start + timedelta(seconds=s), zone))
    )


def local_text(ms: int, zone: tzinfo) -> str:
    """A moment as the API writes it, in a zone."""
    return from_ms(ms).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def wall_time(field: str, text: str, zone: tzinfo) -> datetime:
    """What clocks in `zone` show at a time given as `2026-01-31T12:00:00`, or with an offset. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text.strip())
        shown = moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError) as error:
        raise Invalid(field, "a time like 2026-01-31T12:00:00") from error
    if not EPOCH.year <= shown.year <= LAST_YEAR:
        raise Invalid(field, f"a year from {EPOCH.year} to {LAST_YEAR}")
    return shown.replace(microsecond=0, fold=0)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """In UTC."""
    return EPOCH + timedelta(milliseconds=ms)


def _walls(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """What clocks show at the moments of a schedule with days, from somewhat before `after` on."""
    if schedule.date is not None:
        yield datetime.fromisoformat(schedule.date)
        return
    # A zone can skip a whole day; what was due in it comes after it.
    start = datetime.combine((after - 2 * DAY).date(), time.fromisoformat(schedule.time or ""))
    weekday = WEEKDAYS[schedule.day_of_week] if schedule.day_of_week else None
    day = DAYS[schedule.day_of_month] if schedule.day_of_month else None
    # The narrowest frequency that has them all: a rule only looks at the days that may be among them.
    if day is not None:
        yield from rrule(MONTHLY, dtstart=start, bymonthday=day, byweekday=weekday)
    else:
        yield from rrule(DAILY if weekday is None else WEEKLY, dtstart=start, byweekday=weekday)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _date(text: str, zone: tzinfo) -> str:
    return wall_time("date", text, zone).isoformat()


def _interval(minutes: int) -> int:
    minutes = MISPRINTS.get(minutes, minutes)
    if minutes not in INTERVALS:
        raise Invalid("interval", f"one of {', '.join(map(str, INTERVALS))} minutes")
    return minutes


def _time(text: str) -> str:
    found = _CLOCK.fullmatch(text.strip())
    try:
        hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
        parsed = time(hour, minute, second)
    except ValueError as error:
        raise Invalid("time", "a time of day from 00:00 to 23:59") from error
    return parsed.isoformat("seconds" if parsed.second else "minutes")


def _one_of(field: str, text: str, known: Iterable[str]) -> str:
    for name in known:
        if name.lower() == text.strip().lower():
            return name
    raise Invalid(field, f"one of {', '.join(known)}")
