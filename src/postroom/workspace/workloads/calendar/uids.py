"""The ids that events have for calendars everywhere: `iCalUId`.

Ours have the form of Outlook's: hexadecimal, with place for the day of an occurrence. Source: MS-OXOCAL 2.2.1.27,
PidLidGlobalObjectId.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Final

_PREFIX: Final = "040000008200E00074C5B7101A82E008"
_NO_DAY: Final = "00000000"
_SIZE: Final = "10000000"
_SINCE: Final = datetime(1601, 1, 1, tzinfo=UTC)


def new(now: datetime) -> str:
    """One that nobody has."""
    ticks = (now - _SINCE) // timedelta(microseconds=1) * 10
    return f"{_PREFIX}{_NO_DAY}{ticks.to_bytes(8, 'little').hex()}{'00' * 8}{_SIZE}{secrets.token_hex(16)}".upper()


def of_occurrence(uid: str, day: int) -> str:
    """Of the occurrence of a day (an ordinal) of the series with this id."""
    on = date.fromordinal(day)
    if not uid.upper().startswith(_PREFIX):
        return f"{uid}_{on:%Y%m%d}"
    at = len(_PREFIX)
    return f"{uid[:at]}{on.year:04X}{on.month:02X}{on.day:02X}{uid[at + len(_NO_DAY) :]}"
