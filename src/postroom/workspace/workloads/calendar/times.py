"""Beginnings and ends of events: as callers give them, as they are stored, as they are shown.

Stored are UTC and seven digits of a second. Whole days lie in no zone: their midnights are stored as if they were those
of UTC, and shown in any zone as midnights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from postroom.workspace.query.literals import day, instant
from postroom.workspace.query.zones import zone
from postroom.workspace.store.kinds import to_us
from postroom.workspace.workloads.calendar.errors import BadTimes, UnknownZone

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = timedelta(days=1)
FIRST: Final = datetime(1601, 1, 2)
LAST: Final = datetime(9999, 12, 30)
"""A day from the ends of what `datetime` has, so that every zone has it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """As clocks in the zone show it. `zone` is the name that was given."""

    wall: datetime
    zone: str

    @property
    def at(self) -> datetime:
        """The instant. An hour that is left out is passed; of one that comes twice it is the first."""
        return self.wall.replace(tzinfo=zone_of(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """When an event is; of whole days the zones say nothing."""

    start: Moment
    end: Moment
    is_all_day: bool

    @property
    def begin(self) -> datetime:
        return self.start.wall.replace(tzinfo=UTC) if self.is_all_day else self.start.at

    @property
    def finish(self) -> datetime:
        return self.end.wall.replace(tzinfo=UTC) if self.is_all_day else self.end.at

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "start": stored(self.begin),
            "end": stored(self.finish),
            "isAllDay": self.is_all_day,
            "originalStartTimeZone": self.start.zone,
            "originalEndTimeZone": self.end.zone,
        }


def zone_of(name: str) -> tzinfo:
    """Raises UnknownZone."""
    found = zone(name)
    if found is None:
        raise UnknownZone(name)
    return found


def moment(given: Mapping[str, Any], name: str) -> Moment:
    """A dateTimeTimeZone. A date alone is its midnight. Without a zone it is of UTC; an offset counts, and the zone is
    where it is looked at then. Raises BadTimes, UnknownZone."""
    zone_name = str(given.get("timeZone") or "UTC")
    where, text = zone_of(zone_name), str(given.get("dateTime") or "")
    found = instant(text, where)
    if found is None and (date := day(text)) is not None:
        found = datetime(date.year, date.month, date.day, tzinfo=where)
    if found is None or not FIRST <= found.replace(tzinfo=None) <= LAST:
        raise BadTimes(f"{name}/dateTime", "a date and time from the year 1601 on, like 2024-01-31T10:00:00")
    if found.tzinfo is not where:
        found = found.astimezone(where)
    return Moment(found.replace(tzinfo=None, fold=0), zone_name)


def times_of(given: Mapping[str, Any], before: Times | None) -> Times:
    """The times that an event has then; what is not given is as `before`. Raises BadTimes, UnknownZone."""
    start = _moment(given, "start", before.start if before else None)
    end = _moment(given, "end", before.end if before else None)
    is_all_day = given.get("isAllDay")
    if is_all_day is None:
        is_all_day = before is not None and before.is_all_day
    found = Times(start, end, is_all_day)
    _check(found)
    return found


def _moment(given: Mapping[str, Any], name: str, before: Moment | None) -> Moment:
    value = given.get(name)
    if isinstance(value, Mapping):
        found = moment(value, name)
        # Who sends back what was shown in UTC has not chosen another zone.
        return before if before is not None and found.at == before.at and found.zone == "UTC" else found
    if before is None or (name in given and value is None):
        raise BadTimes(name, "a date and time with its time zone")
    return before


def _check(found: Times) -> None:
    if found.is_all_day:
        if zone_of(found.start.zone) != zone_of(found.end.zone):
            raise BadTimes("end/timeZone", "the time zone of the start, for an event of whole days")
        if found.start.wall.time() != datetime.min.time() or found.end.wall.time() != datetime.min.time():
            raise BadTimes("start, end", "midnights, for an event of whole days")
        if found.end.wall <= found.start.wall:
            raise BadTimes("end", "the midnight after the last day, for an event of whole days")
    elif found.finish < found.begin:
        raise BadTimes("end", "the start or later")


def read(document: Mapping[str, Any]) -> Times:
    """Those of a stored document."""
    is_all_day = bool(document.get("isAllDay"))
    start = _read(document["start"], str(document.get("originalStartTimeZone") or "UTC"), is_all_day)
    end = _read(document["end"], str(document.get("originalEndTimeZone") or "UTC"), is_all_day)
    return Times(start, end, is_all_day)


def _read(value: Mapping[str, Any], zone_name: str, is_all_day: bool) -> Moment:
    at = instant_of(value)
    shown_in = UTC if is_all_day else zone(zone_name) or UTC
    return Moment(at.astimezone(shown_in).replace(tzinfo=None, fold=0), zone_name)


def instant_of(value: Mapping[str, Any]) -> datetime:
    """What is stored, as an instant."""
    return datetime.fromisoformat(value["dateTime"][:26]).replace(tzinfo=UTC)


def us_of(value: Mapping[str, Any]) -> int:
    """The same as microseconds since 1970."""
    return to_us(instant_of(value))


def stored(at: datetime) -> dict[str, str]:
    return {"dateTime": _text(at.astimezone(UTC)), "timeZone": "UTC"}


def stored_us(us: int) -> dict[str, str]:
    return stored(EPOCH + timedelta(microseconds=us))


def shown(value: Mapping[str, Any], where: tzinfo, zone_name: str, *, is_all_day: bool) -> dict[str, str]:
    """In the zone that is asked for, under the name that it was asked by."""
    if is_all_day:
        return {"dateTime": value["dateTime"], "timeZone": zone_name}
    if where is UTC:
        return {"dateTime": value["dateTime"], "timeZone": zone_name}
    return {"dateTime": _text(instant_of(value).astimezone(where)), "timeZone": zone_name}


def _text(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}0"
