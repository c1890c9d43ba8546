"""Time zones by the names that documents and clients give them: Windows names, IANA names, Outlook's own for UTC."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

_WINDOWS: Final = {name.lower(): key for name, key in win_tz.items()}
_LONGEST: Final = 100
_UTC: Final = frozenset({"utc", "z", "etc/utc", "tzone://microsoft/utc"})


@lru_cache(1024)
def zone(name: str) -> tzinfo | None:
    """None for a name that nobody knows."""
    low = name.strip().lower()
    if low in _UTC:
        return UTC
    if len(low) > _LONGEST:  # folders of folders, which would be looked for one in another
        return None
    try:
        return ZoneInfo(_WINDOWS.get(low, name.strip()))
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a folder of zones
        return None
