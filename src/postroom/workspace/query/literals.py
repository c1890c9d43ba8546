"""Values as OData writes them: dates with 0 to 7 digits of a second, durations, times of day.

Functions return None for a text that is no such value.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

DATE: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,12})?)?"
# A `+` that nobody encoded arrives as a space.
OFFSET: Final = r"(?:[Zz]|[+\- ](?:[01][0-9]|2[0-3]):[0-5][0-9])"
INSTANT: Final = rf"{DATE}[Tt]{CLOCK}{OFFSET}?"
GUID: Final = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

_INSTANT: Final = re.compile(rf"({DATE})[Tt]({CLOCK})({OFFSET})?", re.ASCII)
_DATE: Final = re.compile(DATE, re.ASCII)
_CLOCK: Final = re.compile(CLOCK, re.ASCII)
_GUID: Final = re.compile(GUID)
_DURATION: Final = re.compile(
    r"([+-])?P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,12}))?S)?)?",
    re.ASCII,
)


def instant(text: str, zone: tzinfo = UTC) -> datetime | None:
    """An instant, aware; without an offset it is of `zone`. Finer parts than microseconds are cut."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    day, clock, offset = match.groups()
    try:
        plain = datetime.fromisoformat(f"{day}T{_six_digits(clock)}")
        return plain.replace(tzinfo=_offset(offset) if offset else zone)
    except ValueError:  # the thirtieth of February
        return None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def time_of_day(text: str) -> time | None:
    return time.fromisoformat(_six_digits(text)) if _CLOCK.fullmatch(text) else None


def duration(text: str) -> timedelta | None:
    """ISO 8601 with days as its largest part, for years and months have no fixed length."""
    match = _DURATION.fullmatch(text.upper())
    if match is None or text.upper()[-1] in "PT":
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups(default="0")
    micros = int(fraction.ljust(6, "0")[:6])
    try:
        length = timedelta(int(days), int(seconds), micros, 0, int(minutes), int(hours))
    except OverflowError:
        return None
    return -length if sign == "-" else length


def instant_text(moment: datetime) -> str:
    """In UTC, `2024-01-31T10:00:00Z`; a fraction only where there is one.

    Raises OverflowError when UTC has it before the year 1 or after 9999.
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def time_text(clock: time) -> str:
    """With seven digits of a second, as `Edm.TimeOfDay` is written."""
    return f"{clock.isoformat(timespec='microseconds')}0"


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def duration_text(length: timedelta) -> str:
    """`P1DT2H3M4.5S`, negative ones with a sign in front."""
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    parts = ((hours, "H"), (minutes, "M"), (f"{seconds}{fraction}", "S"))
    clock = "".join(f"{number}{unit}" for number, unit in parts if number not in (0, "0"))
    days = f"{length.days}D" if length.days else ""
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days}" if days else "PT0S"


def _six_digits(clock: str) -> str:
    whole, dot, fraction = clock.partition(".")
    return f"{whole}.{fraction[:6].ljust(6, '0')}" if dot else whole


def _offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{text.replace(' ', '+')}").tzinfo
    return zone or UTC
