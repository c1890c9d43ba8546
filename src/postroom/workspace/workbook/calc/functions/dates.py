"""Functions of dates, which are numbers of days since 1900."""

from __future__ import annotations

import calendar
import math
from datetime import datetime, timedelta
from typing import Any, Final

from postroom.workspace.workbook import typed
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Faulty, NotComputed, Value
from postroom.workspace.workbook.calc.registry import Machine, function, numbers, scalar
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import LAST_SERIAL, NUM, VALUE, Scalar, from_serial, to_serial

_STRANGE: Final = 61
"""Before it Excel's days are others: it has a 29th of February 1900."""
_FIRST_DAYS: Final = {1: 6, 2: 0, 11: 0, 12: 1, 13: 2, 14: 3, 15: 4, 16: 5, 17: 6}
"""Of WEEKDAY and WEEKNUM: where the week begins, Monday is 0."""


def _moment(serial: float) -> datetime:
    if serial < 0 or serial >= LAST_SERIAL + 1:
        raise Faulty(NUM)
    if serial < _STRANGE:
        raise NotComputed("Dates before March 1900.")
    return from_serial(serial)


def _day(serial: float) -> datetime:
    return _moment(math.floor(serial))


def _serial(moment: datetime) -> float:
    if moment.year < 1900:
        raise Faulty(NUM)
    return math.floor(to_serial(moment))


@scalar("DATE", "iii")
def date(year: int, month: int, day: int) -> Scalar:
    if year < 1900:
        year += 1900
    if not 1900 <= year <= 9999 or abs(month) > 120_000 or abs(day) > 4_000_000:
        raise Faulty(NUM)
    months = year * 12 + month - 1
    try:
        found = datetime(months // 12, months % 12 + 1, 1) + timedelta(days=day - 1)
    except (ValueError, OverflowError) as error:
        raise Faulty(NUM) from error
    serial = _serial(found)
    if serial < _STRANGE:
        raise NotComputed("Dates before March 1900.")
    return serial


@scalar("DATEVALUE", "t")
def date_value(value: str) -> Scalar:
    found = typed.moment(value.strip())
    if found is None or not isinstance(found.value, int | float):
        raise Faulty(VALUE)
    return float(math.floor(found.value)) if found.format not in (typed.TIME, typed.LONG_TIME) else 0.0


@scalar("TIMEVALUE", "t")
def time_value(value: str) -> Scalar:
    found = typed.moment(value.strip())
    if found is None or not isinstance(found.value, int | float):
        raise Faulty(VALUE)
    return found.value % 1


@scalar("TIME", "iii")
def time(hour: int, minute: int, second: int) -> Scalar:
    total = hour * 3600 + minute * 60 + second
    if total < 0 or max(hour, minute, second) > 32_767:
        raise Faulty(NUM)
    return (total % 86_400) / 86_400


@scalar("YEAR", "n")
def year_of(serial: float) -> Scalar:
    return _day(serial).year


@scalar("MONTH", "n")
def month_of(serial: float) -> Scalar:
    return _day(serial).month


@scalar("DAY", "n")
def day_of(serial: float) -> Scalar:
    return _day(serial).day


def _clock(serial: float) -> int:
    """Seconds of the day."""
    if serial < 0:
        raise Faulty(NUM)
    return round((serial % 1) * 86_400) % 86_400


@scalar("HOUR", "n")
def hour_of(serial: float) -> Scalar:
    return _clock(serial) // 3600


@scalar("MINUTE", "n")
def minute_of(serial: float) -> Scalar:
    return _clock(serial) // 60 % 60


@scalar("SECOND", "n")
def second_of(serial: float) -> Scalar:
    return _clock(serial) % 60


@scalar("WEEKDAY", "ni")
def weekday(serial: float, kind: int = 1) -> Scalar:
    day = _day(serial).weekday()
    if kind == 3:
        return day
    if kind not in _FIRST_DAYS:
        raise Faulty(NUM)
    return (day - _FIRST_DAYS[kind]) % 7 + 1


@scalar("WEEKNUM", "ni")
def week_number(serial: float, kind: int = 1) -> Scalar:
    day = _day(serial)
    if kind == 21:
        return day.isocalendar().week
    if kind not in _FIRST_DAYS:
        raise Faulty(NUM)
    first = (datetime(day.year, 1, 1).weekday() - _FIRST_DAYS[kind]) % 7
    return (day.timetuple().tm_yday - 1 + first) // 7 + 1


@scalar("ISOWEEKNUM", "n")
def iso_week_number(serial: float) -> Scalar:
    return _day(serial).isocalendar().week


def _months_later(serial: float, months: int) -> datetime:
    day = _day(serial)
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    if not 1900 <= year <= 9999:
        raise Faulty(NUM)
    return datetime(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@scalar("EDATE", "ni")
def edate(serial: float, months: int) -> Scalar:
    return _serial(_months_later(serial, months))


@scalar("EOMONTH", "ni")
def eomonth(serial: float, months: int) -> Scalar:
    day = _months_later(serial, months)
    return _serial(day.replace(day=calendar.monthrange(day.year, day.month)[1]))


@scalar("DAYS", "nn")
def days(end: float, start: float) -> Scalar:
    return float(math.floor(end) - math.floor(start))


@scalar("DAYS360", "nnb")
def days360(start: float, end: float, european: bool = False) -> Scalar:
    one, other = _day(start), _day(end)
    first, last = one.day, other.day
    if european:
        first, last = min(first, 30), min(last, 30)
    else:
        is_last = one.month == 2 and first == calendar.monthrange(one.year, 2)[1]
        first = 30 if first == 31 or is_last else first
        last = 30 if last == 31 and first == 30 else last
    return (other.year - one.year) * 360 + (other.month - one.month) * 30 + last - first


@scalar("DATEDIF", "nnt")
def datedif(start: float, end: float, unit: str) -> Scalar:
    if start > end:
        raise Faulty(NUM)
    one, other = _day(start), _day(end)
    months = (other.year - one.year) * 12 + other.month - one.month - (other.day < one.day)
    match unit.upper():
        case "Y":
            return months // 12
        case "M":
            return months
        case "D":
            return (other - one).days
        case "YM":
            return months % 12
        case _:
            raise NotComputed("DATEDIF with this unit.")


def _holidays(machine: Machine, value: Any) -> set[int]:
    return set() if value is None or isinstance(value, Missing) else {math.floor(n) for n in numbers(machine, [value])}


def _works(serial: int, holidays: set[int]) -> bool:
    return _day(serial).weekday() < 5 and serial not in holidays


@function("NETWORKDAYS", 2, 3)
def networkdays(machine: Machine, start: Any, end: Any, free: Any = None) -> Value:
    one, other = (math.floor(convert.number(machine.single(value))) for value in (start, end))
    sign = 1 if one <= other else -1
    one, other = sorted((one, other))
    first = _day(one).weekday()
    _day(other)
    weeks, rest = divmod(other - one + 1, 7)
    total = weeks * 5 + sum(1 for at in range(rest) if (first + at) % 7 < 5)
    holidays = _holidays(machine, free)
    total -= sum(1 for day in holidays if one <= day <= other and _day(day).weekday() < 5)
    return sign * total


@function("WORKDAY", 2, 3)
def workday(machine: Machine, start: Any, count: Any, free: Any = None) -> Value:
    serial, left = math.floor(convert.number(machine.single(start))), convert.whole(machine.single(count))
    holidays = _holidays(machine, free)
    if abs(left) > 100_000:
        raise Faulty(NUM)
    step = 1 if left > 0 else -1
    while left:
        serial += step
        left -= step if _works(serial, holidays) else 0
    return float(serial)


@function("TODAY", 0, 0)
def today(machine: Machine) -> Value:
    return float(math.floor(machine.today))


@function("NOW", 0, 0)
def now(machine: Machine) -> Value:
    return machine.today
