"""Times between Graph and Python: ISO texts, `{dateTime, timeZone}` pairs, and naive values that users give."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from O365.utils.windows_tz import get_iana_tz, get_windows_tz

log = logging.getLogger("O365")

_WIRE = "%Y-%m-%dT%H:%M:%S"


# A message has up to four times, which are mostly the same one or two.
@lru_cache(maxsize=256)
def parse_instant(text: str | None, zone: ZoneInfo) -> dt.datetime | None:
    """A plain ISO text (`2024-01-31T10:00:00Z`) as a time in `zone`; None when there is none.

    A text without an offset is UTC, as all such properties of Graph are. Raises ValueError for what is no time.
    """
    if not text:
        return None
    value = _parsed(text)
    return _moved(value if value.tzinfo else value.replace(tzinfo=dt.UTC), zone)


def parse_zoned(
    value: Mapping[str, Any] | str | None, zone: ZoneInfo, *, is_all_day: bool = False
) -> dt.datetime | None:
    """A `{dateTime, timeZone}` pair (or a plain text) as a time in `zone`. An all-day value keeps its wall clock."""
    if value is None or isinstance(value, str):
        return parse_instant(value, zone)
    text = _key(value, "dateTime")
    if not text:
        return None
    try:
        local = _parsed(text)
    except (ValueError, OverflowError):
        log.warning("There is no such time: %r", text)
        return None
    if is_all_day:
        return local.replace(tzinfo=zone)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone_named(_key(value, "timeZone"), zone))
    return _moved(local, zone)


def build_zoned(value: dt.datetime, zone: ZoneInfo) -> dict[str, str]:
    """A `{dateTime, timeZone}` pair; a naive time is in `zone`. The server is told the Windows name of the zone."""
    local = value if value.tzinfo else value.replace(tzinfo=zone)
    if not isinstance(local.tzinfo, ZoneInfo):
        # A fixed offset has no name that a server knows: the same instant in the zone of the protocol has.
        local = local.astimezone(dt.UTC if local.utcoffset() == dt.timedelta(0) else zone)
    name = name_of(local.tzinfo)
    # A Windows name stands for several zones, whose rules may differ from ours; and of two equal hours, when summer
    # time ends, text and name mean the first.
    if local.replace(tzinfo=zone_named(name, zone), fold=0).utcoffset() != local.utcoffset():
        local, name = local.astimezone(dt.UTC), "UTC"
    return {"dateTime": local.strftime(_WIRE), "timeZone": name}


def aware(value: dt.datetime | dt.date, zone: ZoneInfo) -> dt.datetime:
    """What users give: a date is its midnight, a naive time is in `zone`."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def utc_text(value: dt.datetime) -> str:
    """`2024-01-31T10:00:00Z`, as properties of the type DateTimeOffset are written."""
    return value.astimezone(dt.UTC).strftime(_WIRE) + "Z"


def zone_named(name: str | None, default: ZoneInfo) -> dt.tzinfo:
    """The zone of a Windows or IANA name; `default` when nobody knows the name."""
    if not name:
        return default
    if name == "UTC":
        return dt.UTC
    try:
        return get_iana_tz(name)
    except ZoneInfoNotFoundError:
        return _iana(name, default)


def name_of(zone: dt.tzinfo | None) -> str:
    """What a server calls a zone: its Windows name, or the IANA name where Windows has none (Graph takes both)."""
    if not isinstance(zone, ZoneInfo):
        return "UTC"
    try:
        return get_windows_tz(zone)
    except ZoneInfoNotFoundError:
        return zone.key


def _iana(name: str, default: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("The time zone %r is not known here; %s is taken instead.", name, default.key)
        return default


def _parsed(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        from dateutil.parser import parse  # slow to load, and seldom needed

        return parse(text)


def _moved(value: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """The first and last years (0001-01-01 means "never" to Exchange) have no equivalent in some zones."""
    try:
        return value.astimezone(zone)
    except OverflowError:
        return None


def _key(value: Mapping[str, Any], key: str) -> str | None:
    """Outlook REST writes the keys in PascalCase."""
    found = value.get(key, value.get(key[0].upper() + key[1:]))
    return None if found is None else str(found)
