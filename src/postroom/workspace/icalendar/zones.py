"""Time zones of iCalendar texts: what a TZID means to those who know Windows and IANA names only."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from tzlocal.windows_tz import win_tz

from postroom.workspace.query.zones import zone

_DAYS: Final = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_OFFSET: Final = re.compile(r"([+-])([01]\d|2[0-3])([0-5]\d)(?:[0-5]\d)?", re.ASCII)
_BYDAY: Final = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """Clocks are set to `offset` once a year: on the `nth` weekday of a month, or for ever when `month` is 0."""

    offset: timedelta
    month: int = 0
    nth: int = 1
    weekday: int = 0
    hour: int = 0

    def at(self, year: int) -> datetime:
        """By the clocks that are changed then."""
        begins, last = calendar.monthrange(year, self.month)
        first = 1 + (self.weekday - begins) % 7
        day = first + 7 * (self.nth - 1) if self.nth > 0 else first + 7 * ((last - first) // 7)
        return datetime(year, self.month, min(day, last), self.hour)


@dataclass(frozen=True, slots=True)
class Definition:
    """A VTIMEZONE, as far as its newest rules go."""

    changes: tuple[Change, ...]
    location: str = ""

    def offset(self, local: datetime) -> timedelta:
        """From UTC, at a time by its clocks."""
        yearly = [one for one in self.changes if one.month]
        if not yearly:
            return self.changes[0].offset
        passed = [(one.at(local.year), one.offset) for one in yearly if one.at(local.year) <= local]
        # Before the first change of a year it is as after the last one of the year before.
        _, found = max(passed or [(one.at(local.year), one.offset) for one in yearly], key=lambda one: one[0])
        return found

    def offsets(self, year: int) -> tuple[timedelta | None, ...]:
        """What two zones that are the same have in common: the offsets in the middle of each month."""
        return tuple(self.offset(datetime(year, month, 15, 12)) for month in range(1, 13))


def defined(zones: Iterable[list[str]]) -> Mapping[str, Definition]:
    """The definitions of a text, by TZID; what cannot be read is left out."""
    found: dict[str, Definition] = {}
    for lines in zones:
        values = dict(map(_line, lines))
        changes = tuple(filter(None, map(_change, _parts(lines))))
        if changes and values.get("TZID"):
            found[values["TZID"].lstrip("/")] = Definition(changes, values.get("X-LIC-LOCATION", ""))
    return found


def name_of(tzid: str, known: Mapping[str, Definition], year: int) -> str | None:
    """A name that `query.zones` knows for a TZID; None when only its definition says what it means, or nothing does."""
    definition = known.get(tzid)
    paths = tzid.split("/")
    tries = [tzid, definition.location if definition else "", "/".join(paths[-2:]), "/".join(paths[-3:])]
    for name in filter(None, tries):
        if zone(name) is not None:
            return name
    return _alike(definition, min(max(year, 1), 9998)) if definition else None


@lru_cache(256)
def _alike(definition: Definition, year: int) -> str | None:
    """Outlook calls zones what it likes, "(UTC+01:00) Amsterdam, …" or "Customized Time Zone"."""
    wanted = definition.offsets(year)
    return next((name for name in sorted(win_tz) if _offsets(name, year) == wanted), None)


@lru_cache(1024)
def _offsets(name: str, year: int) -> tuple[timedelta | None, ...]:
    found: tzinfo = zone(name) or UTC
    return tuple(datetime(year, month, 15, 12, tzinfo=found).utcoffset() for month in range(1, 13))


def _parts(lines: Iterable[str]) -> list[dict[str, str]]:
    """STANDARD and DAYLIGHT, of each kind the one that began last."""
    newest: dict[str, dict[str, str]] = {}
    part: dict[str, str] | None = None
    kind = ""
    for name, value in map(_line, lines):
        if name == "BEGIN":
            kind, part = value.upper(), {}
        elif name == "END" and part is not None:
            if part.get("DTSTART", "") >= newest.get(kind, {}).get("DTSTART", ""):
                newest[kind] = part
            part = None
        elif part is not None:
            part[name] = value
    return [one for kind, one in newest.items() if kind in ("STANDARD", "DAYLIGHT")]


def _change(part: Mapping[str, str]) -> Change | None:
    offset, start = _offset(part.get("TZOFFSETTO", "")), _DATE.match(part.get("DTSTART", ""))
    if offset is None or start is None:
        return None
    rule = dict(one.partition("=")[::2] for one in part.get("RRULE", "").upper().split(";"))
    day, month = _BYDAY.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", start[2])
    if day is None or not month.isdecimal() or not 1 <= int(month) <= 12:
        return Change(offset)
    hour = min(int(start[4] or 0), 23)
    return Change(offset, int(month), -1 if int(day[1]) < 0 else int(day[1]), _DAYS[day[2]], hour)


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -length if match[1] == "-" else length


def _line(line: str) -> tuple[str, str]:
    """Name, without parameters, and value."""
    name, _, value = line.partition(":")
    return name.partition(";")[0].strip().upper(), value.strip()
