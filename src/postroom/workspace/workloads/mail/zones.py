"""Time zones by their Windows and their IANA names."""

from __future__ import annotations

from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz

from postroom.errors import Invalid

WINDOWS = win_tz
"""Windows name to IANA name."""


@cache
def _names() -> dict[str, str]:
    """IANA names by either name in lower case."""
    found = {name.lower(): name for name in available_timezones()}
    found |= {name.lower(): zone for name, zone in WINDOWS.items()}
    return found | {"utc": "UTC", "tzone://microsoft/utc": "UTC", "z": "UTC"}


def find(name: str) -> tzinfo:
    """Raises Invalid for a zone that nobody knows."""
    found = _names().get(name.strip().lower())
    if found is None:
        raise Invalid("timeZone", f"the name of a time zone, not {name!r}")
    return ZoneInfo(found)


def proper(name: str) -> str:
    """A known name as it is written. Raises Invalid."""
    find(name)
    known = {one.lower(): one for one in (*WINDOWS, *available_timezones())}
    return known.get(name.strip().lower(), "UTC")
