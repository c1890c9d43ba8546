"""Time zones: IANA names and the names that Windows, and so Exchange, has for them. The data is Unicode CLDR's."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import tz_win, win_tz

# Names that tzdata keeps for old programs and CLDR does not list.
_OLD_NAMES = {
    "CST6CDT": "Central Standard Time",
    "Canada/East-Saskatchewan": "Canada Central Standard Time",
    "EST5EDT": "Eastern Standard Time",
    "Europe/Uzhgorod": "FLE Standard Time",
    "Europe/Zaporozhye": "FLE Standard Time",
    "GMT": "UTC",
    "MST7MDT": "Mountain Standard Time",
    "PST8PDT": "Pacific Standard Time",
    "US/East-Indiana": "US Eastern Standard Time",
    "US/Pacific-New": "Pacific Standard Time",
}
# Windows names that servers still send and CLDR has dropped.
_OLD_WINDOWS_NAMES = {
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mid-Atlantic Standard Time": "Etc/GMT+2",
}

IANA_TO_WIN: dict[str, str] = {**_OLD_NAMES, **tz_win}
WIN_TO_IANA: dict[str, str] = {**_OLD_WINDOWS_NAMES, **win_tz}
"""The zone that CLDR calls the territory 001 of each Windows name: `W. Europe Standard Time` is Europe/Berlin."""


def get_windows_tz(iana_tz: ZoneInfo | str) -> str:
    """The Windows name of a zone. Raises ZoneInfoNotFoundError when Windows has none (Antarctica/Troll)."""
    key = iana_tz if isinstance(iana_tz, str) else iana_tz.key
    found = IANA_TO_WIN.get(key)
    if found is None:
        raise ZoneInfoNotFoundError(f"The time zone {key} has no Windows name.")
    return found


def get_iana_tz(windows_tz: str) -> ZoneInfo:
    """The zone of a Windows name, also without its " Standard Time". Raises ZoneInfoNotFoundError."""
    key = WIN_TO_IANA.get(windows_tz) or WIN_TO_IANA.get(f"{windows_tz} Standard Time")
    if key is None:
        raise ZoneInfoNotFoundError(f"There is no Windows time zone named {windows_tz!r}.")
    return ZoneInfo(key)
