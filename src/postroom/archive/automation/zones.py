"""Time zones by the names callers use: `$Local`, IANA names, and those of Windows (CLDR, as tzlocal has it)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal import get_localzone_name
from tzlocal.windows_tz import win_tz

from postroom.errors import Invalid

LOCAL = "$Local"
FIELD = "timeZoneId"


def checked_zone(name: str) -> str:
    """The name in its proper case. Raises Invalid for a zone that is none."""
    known = _names().get(name.strip().lower())
    if known is None:
        raise Invalid(FIELD, f"a zone that GetTimeZones lists, like {LOCAL}, Europe/Berlin, W. Europe Standard Time")
    return known


def zone_of(name: str) -> ZoneInfo:
    """The zone; `$Local` is what the machine's zone is now. Raises Invalid."""
    known = checked_zone(name)
    return ZoneInfo((get_localzone_name() or "UTC") if known == LOCAL else win_tz.get(known, known))


@cache
def _names() -> Mapping[str, str]:
    # "localtime" is what some systems call their own zone's file.
    names = [LOCAL, *(available_timezones() - {"localtime"}), *win_tz]
    return {name.lower(): name for name in names}
