"""The primitive types of OData: whether a JSON value is one, and how we write it.

Instants are written in UTC and times of day with seven digits of a second; other texts stay as they came.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query import literals

Check = Callable[[object], object]


def checked(value: object, type_name: str, where: str) -> object:
    """The value as the type has it. Raises Invalid; a type that we do not know takes anything."""
    row = _TYPES.get(type_name)
    if row is None:
        return value
    check, expected = row
    found = check(value)
    if found is None:
        raise Invalid(where, expected)
    return found


def text(value: object) -> str | None:
    # Half a character, which JSON can carry, can be stored nowhere.
    if not isinstance(value, str) or any("\ud800" <= char <= "\udfff" for char in value):
        return None
    return value


def _whole(bits: int) -> Check:
    limit = 2 ** (bits - 1)

    def check(value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        return int(value) if value == int(value) and -limit <= value < limit else None

    return check


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) <= 1.7976931348623157e308 else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _that(reads: Callable[[str], object]) -> Check:
    """A text that can be read so."""

    def check(value: object) -> str | None:
        return value if isinstance(value, str) and value and reads(value) is not None else None

    return check


def _instant(value: object) -> str | None:
    moment = literals.instant(value) if isinstance(value, str) else None
    try:
        return literals.instant_text(moment) if moment else None
    except OverflowError:  # before the year 1 in UTC, or after 9999
        return None


def _time(value: object) -> str | None:
    clock = literals.time_of_day(value) if isinstance(value, str) else None
    return None if clock is None else literals.time_text(clock)


def _binary(value: object) -> str | None:
    """Base64, of the alphabet for URLs too, written with the other one and its padding."""
    if not isinstance(value, str):
        return None
    text = "".join(value.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64encode(base64.b64decode(text + "=" * (-len(text) % 4), validate=True)).decode()
    except (binascii.Error, ValueError):
        return None


_INT: Final = "a whole number"
_TYPES: Final[dict[str, tuple[Check, str]]] = {
    "Edm.String": (text, "text"),
    "Edm.Boolean": (_flag, "true or false"),
    "Edm.Int16": (_whole(16), _INT),
    "Edm.Int32": (_whole(32), _INT),
    "Edm.Int64": (_whole(64), _INT),
    "Edm.Double": (_number, "a number"),
    "Edm.Guid": (_that(lambda text: literals.is_guid(text) or None), "a GUID"),
    "Edm.Date": (_that(literals.day), "a date like 2024-01-31"),
    "Edm.DateTimeOffset": (_instant, "an instant like 2024-01-31T10:00:00Z"),
    "Edm.TimeOfDay": (_time, "a time of day like 08:00:00"),
    "Edm.Duration": (_that(literals.duration), "a duration like PT1H"),
    "Edm.Binary": (_binary, "bytes in base64"),
}
