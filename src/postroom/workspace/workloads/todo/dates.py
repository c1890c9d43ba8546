"""The dates of tasks: days, kept as midnights of UTC, and the instants of reminders, kept in UTC.

Source: Microsoft Graph, todoTask; graph-api.md, time zones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.query.literals import instant
from postroom.workspace.query.zones import zone

DAYS: Final = ("dueDateTime", "startDateTime", "completedDateTime")
REMINDER: Final = "reminderDateTime"

Date = dict[str, str]
"""A `dateTimeTimeZone`."""


def day(value: Mapping[str, Any], name: str) -> Date:
    """The day that a date is in its own zone. Raises Invalid."""
    return of_day(_read(value, name).date())


def moment(value: Mapping[str, Any], name: str) -> Date:
    """The same instant in UTC. Raises Invalid."""
    try:
        return _written(_read(value, name).astimezone(UTC))
    except OverflowError as error:
        raise Invalid(f"{name}/dateTime", "a date and time that UTC has") from error


def of_day(found: date) -> Date:
    return _written(datetime.combine(found, datetime.min.time()))


def day_of(value: Mapping[str, Any]) -> date:
    """Of one that is kept."""
    return datetime.fromisoformat(value["dateTime"]).date()


def later(value: Mapping[str, Any], days: int, zone_name: str = "UTC") -> Date:
    """So many days later, at the same time of day there. Raises OverflowError after the year 9999."""
    there = zone(zone_name) or UTC
    wall = datetime.fromisoformat(value["dateTime"]).replace(tzinfo=UTC).astimezone(there) + timedelta(days=days)
    return _written(wall.astimezone(UTC))


def _read(value: Mapping[str, Any], name: str) -> datetime:
    where = _zone(value.get("timeZone"), name)
    found = instant(str(value.get("dateTime") or ""), where)
    if found is None:
        raise Invalid(f"{name}/dateTime", "a date and time like 2024-01-31T00:00:00")
    try:
        return found.astimezone(where)
    except OverflowError as error:
        raise Invalid(f"{name}/dateTime", "a date and time that its zone has") from error


def _zone(name: object, owner: str) -> tzinfo:
    found = zone(str(name)) if name else UTC
    if found is None:
        raise Invalid(f"{owner}/timeZone", "the name of a time zone, of Windows or of the IANA")
    return found


def _written(found: datetime) -> Date:
    whole = found.replace(tzinfo=None, microsecond=0)
    return {"dateTime": f"{whole.isoformat()}.0000000", "timeZone": "UTC"}
