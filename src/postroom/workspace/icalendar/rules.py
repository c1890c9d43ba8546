"""RRULE and patternedRecurrence, both ways.

What differs: RFC 5545 passes over months that are too short for BYMONTHDAY, Outlook takes their last day. So its day 30
is written as the last of the days 28 to 30; a BYMONTHDAY of 29 to 31 alone is read as Outlook reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final

from icalendar import vRecur

from postroom.workspace.icalendar.model import Document, NoSuchRule

DAYS: Final = {
    "SU": "sunday", "MO": "monday", "TU": "tuesday", "WE": "wednesday", "TH": "thursday", "FR": "friday",
    "SA": "saturday",
}  # fmt: skip
INDEXES: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_CODES: Final = {day: code for code, day in DAYS.items()}
_NUMBERS: Final = {name: number for number, name in INDEXES.items()}
_ORDER: Final = tuple(DAYS)
_SHORTEST: Final = 28
_DAY: Final = re.compile(r"([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)", re.ASCII)
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
_NEVER: Final = "0001-01-01"


def written(recurrence: Mapping[str, Any], zone: tzinfo, clock: time | None) -> vRecur:
    """The rule of a series in this zone that begins at this time of day; None: of whole days."""
    pattern, limits = recurrence["pattern"], recurrence["range"]
    kind = str(pattern["type"])
    rule: dict[str, Any] = {"INTERVAL": int(pattern.get("interval") or 1)}
    days = [_CODES[str(day).lower()] for day in pattern.get("daysOfWeek") or []]
    days.sort(key=_ORDER.index)
    match kind:
        case "daily":
            rule["FREQ"] = "DAILY"
        case "weekly":
            first = str(pattern.get("firstDayOfWeek") or "sunday").lower()
            rule |= {"FREQ": "WEEKLY", "BYDAY": days, "WKST": _CODES[first]}
        case "absoluteMonthly" | "absoluteYearly":
            rule |= _month_days(int(pattern["dayOfMonth"]))
        case _:
            rule |= _relative(days, _NUMBERS[str(pattern.get("index") or "first").lower()])
    if kind.endswith("Monthly"):
        rule["FREQ"] = "MONTHLY"
    elif kind.endswith("Yearly"):
        rule |= {"FREQ": "YEARLY", "BYMONTH": int(pattern["month"])}
    return vRecur(rule | _end(limits, zone, clock))


def _month_days(day: int) -> dict[str, Any]:
    if day <= _SHORTEST:
        return {"BYMONTHDAY": day}
    if day == 31:
        return {"BYMONTHDAY": -1}
    return {"BYMONTHDAY": list(range(_SHORTEST, day + 1)), "BYSETPOS": -1}


def _relative(days: list[str], index: int) -> dict[str, Any]:
    return {"BYDAY": f"{index}{days[0]}"} if len(days) == 1 else {"BYDAY": days, "BYSETPOS": index}


def _end(limits: Mapping[str, Any], zone: tzinfo, clock: time | None) -> dict[str, Any]:
    kind = str(limits["type"]).lower()
    if kind == "numbered":
        return {"COUNT": int(limits["numberOfOccurrences"])}
    if kind != "enddate":
        return {}
    last = date.fromisoformat(str(limits["endDate"]))
    return {"UNTIL": last if clock is None else datetime.combine(last, clock, zone).astimezone(UTC)}


def read(rule: vRecur, start: datetime | date) -> Document:
    """The patternedRecurrence of a series that begins then. Raises NoSuchRule."""
    values = {str(name).upper(): list(found) for name, found in rule.items()}
    unknown = values.keys() - _KNOWN
    if unknown or len(values.get("BYMONTH", [])) > 1 or len(values.get("FREQ", [])) != 1:
        raise _refused(rule)
    first = start.date() if isinstance(start, datetime) else start
    pattern = _pattern(rule, values, first)
    interval = int((values.get("INTERVAL") or [1])[0])
    if interval < 1 or interval > 999:
        raise _refused(rule)
    week = DAYS[str((values.get("WKST") or ["MO"])[0])]
    whole = {"interval": interval, "firstDayOfWeek": week if pattern["type"] == "weekly" else "sunday"}
    whole |= {"month": 0, "dayOfMonth": 0, "index": "first"}
    return {"pattern": whole | pattern, "range": _range(rule, values, start)}


def _pattern(rule: vRecur, values: Mapping[str, list[Any]], first: date) -> Document:
    frequency = str(values["FREQ"][0]).upper()
    days = [_day(rule, str(one)) for one in values.get("BYDAY", [])]
    if frequency in ("DAILY", "WEEKLY"):
        return _weekly(rule, values, days, first, frequency)
    if frequency not in ("MONTHLY", "YEARLY"):
        raise _refused(rule)
    suffix, month = "Monthly", {}
    if frequency == "YEARLY":
        if days and "BYMONTH" not in values:
            raise _refused(rule)  # the first Monday of a year
        suffix, month = "Yearly", {"month": int((values.get("BYMONTH") or [first.month])[0])}
    elif "BYMONTH" in values:
        raise _refused(rule)
    if days:
        return {"type": f"relative{suffix}", **_weekdays(rule, values, days), **month}
    return {"type": f"absolute{suffix}", "dayOfMonth": _month_day(rule, values, first), **month}


def _weekly(
    rule: vRecur, values: Mapping[str, list[Any]], days: list[tuple[int, str]], first: date, frequency: str
) -> Document:
    others = values.keys() & {"BYMONTHDAY", "BYMONTH", "BYSETPOS"}
    every = values.get("INTERVAL", [1]) == [1]
    if others or any(nth for nth, _ in days) or (frequency == "DAILY" and days and not every):
        raise _refused(rule)
    if frequency == "DAILY" and not days:
        return {"type": "daily"}
    names = [day for _, day in days] or [DAYS[_ORDER[first.isoweekday() % 7]]]
    return {"type": "weekly", "daysOfWeek": _sorted(names)}


def _weekdays(rule: vRecur, values: Mapping[str, list[Any]], days: list[tuple[int, str]]) -> Document:
    """Of BYDAY=2MO, or of BYDAY=MO,TU;BYSETPOS=2."""
    positions, numbers = values.get("BYSETPOS", []), {nth for nth, _ in days}
    if positions:
        fits = len(positions) == 1 and numbers == {0}
        index = int(positions[0]) if fits else 0
    else:
        index = days[0][0] if len(days) == 1 else 0
    if index not in INDEXES or "BYMONTHDAY" in values:
        raise _refused(rule)
    return {"index": INDEXES[index], "daysOfWeek": _sorted([day for _, day in days])}


def _month_day(rule: vRecur, values: Mapping[str, list[Any]], first: date) -> int:
    days = sorted(int(one) for one in values.get("BYMONTHDAY") or [first.day])
    if "BYSETPOS" in values:
        if values["BYSETPOS"] == [-1] and days == list(range(_SHORTEST, days[-1] + 1)):
            return days[-1]
        raise _refused(rule)
    if len(days) != 1 or not (days[0] == -1 or 1 <= days[0] <= 31):
        raise _refused(rule)
    return 31 if days[0] == -1 else days[0]


def _day(rule: vRecur, text: str) -> tuple[int, str]:
    match = _DAY.fullmatch(text)
    if match is None:
        raise _refused(rule)
    return int(match[1] or 0), DAYS[match[2]]


def _sorted(days: list[str]) -> list[str]:
    return sorted(set(days), key=lambda day: _ORDER.index(_CODES[day]))


def _range(rule: vRecur, values: Mapping[str, list[Any]], start: datetime | date) -> Document:
    first = start.date() if isinstance(start, datetime) else start
    found: Document = {"type": "noEnd", "startDate": first.isoformat(), "endDate": _NEVER, "numberOfOccurrences": 0}
    if "COUNT" in values:
        count = int(values["COUNT"][0])
        if count < 1:
            raise _refused(rule)
        return found | {"type": "numbered", "numberOfOccurrences": count}
    if "UNTIL" in values:
        until = values["UNTIL"][0]
        if not isinstance(until, date):  # a time of day
            raise _refused(rule)
        return found | {"type": "endDate", "endDate": _last_day(until, start).isoformat()}
    return found


def _last_day(until: datetime | date, start: datetime | date) -> date:
    """UNTIL is an instant: of its day only what begins before it belongs to the series."""
    if not isinstance(until, datetime) or not isinstance(start, datetime):
        return until.date() if isinstance(until, datetime) else until
    local = until.astimezone(start.tzinfo) if until.tzinfo else until.replace(tzinfo=start.tzinfo)
    early = local.time() < start.time()
    return date.fromordinal(max(local.date().toordinal() - early, 1))


def _refused(rule: vRecur) -> NoSuchRule:
    return NoSuchRule(";".join(f"{name}={','.join(map(str, values))}" for name, values in rule.items()))
