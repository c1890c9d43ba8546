"""Values of cells: numbers, texts, booleans, errors, and nothing. Dates are numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from postroom.workspace.workbook.errors import InvalidArgument

MOST_CHARACTERS: Final = 32_767
"""In a cell."""


@dataclass(frozen=True, slots=True)
class Error:
    """`#DIV/0!` and its like, as a value."""

    code: str

    def __str__(self) -> str:
        return self.code


Scalar = float | int | str | bool | Error | None

NULL: Final = Error("#NULL!")
DIV0: Final = Error("#DIV/0!")
VALUE: Final = Error("#VALUE!")
REF: Final = Error("#REF!")
NAME: Final = Error("#NAME?")
NUM: Final = Error("#NUM!")
NA: Final = Error("#N/A")
BUSY: Final = Error("#BUSY!")
"""What stands where a formula could not be computed here; Excel says so of what it has not computed yet."""
ERRORS: Final = {one.code: one for one in (NULL, DIV0, VALUE, REF, NAME, NUM, NA)}
"""Those that may be written, in the order of ERROR.TYPE."""

_DAY: Final = timedelta(days=1)
_FIRST_1900: Final = datetime(1899, 12, 30)
_FIRST_1904: Final = datetime(1904, 1, 1)
_LEAP: Final = 60
"""The 29th of February 1900, which never was and has a serial number all the same."""
LAST_SERIAL: Final = 2_958_465
"""The last day of 9999."""


def to_serial(moment: datetime, *, is_1904: bool = False) -> float:
    """The number of a date. Source: ECMA-376, dates and times."""
    if is_1904:
        return (moment - _FIRST_1904) / _DAY
    days = (moment - _FIRST_1900) / _DAY
    return days if days > _LEAP else days - 1


def from_serial(serial: float, *, is_1904: bool = False) -> datetime:
    """Raises ValueError for a number that no date has. The 29th of February 1900 is the 28th here."""
    if not 0 <= serial < LAST_SERIAL + 1:
        raise ValueError(serial)
    first = _FIRST_1904 if is_1904 else _FIRST_1900
    days = serial if is_1904 or serial >= _LEAP else serial + 1
    # Whole milliseconds: a number of 15 digits has no more of them.
    return first + timedelta(milliseconds=round(days * 86_400_000))


def kind(value: Scalar) -> str:
    """The name that valueTypes has for it."""
    match value:
        case None | "":
            return "Empty"
        case bool():
            return "Boolean"
        case int() | float():
            return "Integer" if float(value).is_integer() and abs(value) < 2**31 else "Double"
        case Error():
            return "Error"
        case _:
            return "String"


def shown(value: Scalar) -> float | int | str | bool:
    """As `values` has it: blank is an empty text, an error its code, a whole number without a fraction."""
    match value:
        case None:
            return ""
        case Error(code=code):
            return code
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case _:
            return value


def general(number: float) -> str:
    """A number as the format General shows it: eleven characters at most."""
    if number == 0 or not math.isfinite(number):
        return "0"
    magnitude = math.floor(math.log10(abs(number)))
    if -4 <= magnitude <= 10:
        decimals = max(0, min(9, 9 - magnitude) if magnitude >= 0 else 9)
        text = f"{number:.{decimals}f}"
        return _plain(text)
    text = _plain(f"{number:.12f}")
    if magnitude < 0 and float(text) == number and len(text.lstrip("-")) <= 11:
        return text
    return scientific(number, 5)


def scientific(number: float, decimals: int) -> str:
    mantissa, _, exponent = f"{number:.{decimals}E}".partition("E")
    return f"{_plain(mantissa)}E{exponent}"


def number_text(number: float) -> str:
    """A number where a formula takes it as a text: fifteen digits."""
    if number == 0:
        return "0"
    rounded = float(f"{number:.14e}")
    magnitude = math.floor(math.log10(abs(rounded)))
    if -10 < magnitude < 20:
        return _plain(f"{rounded:.{max(0, 14 - magnitude)}f}")
    return scientific(rounded, 14)


def _plain(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML has no way to write."""


def check_writable(value: object) -> None:
    """Raises InvalidArgument where a text somewhere in a document has what no file can hold."""
    match value:
        case str() if _UNWRITABLE.search(value):
            raise InvalidArgument("A text has control characters, or others that no file can hold.")
        case list():
            for one in value:
                check_writable(one)
        case dict():
            for name, one in value.items():
                check_writable(name)
                check_writable(one)


def checked_text(text: str) -> str:
    """Raises InvalidArgument for what no cell can hold."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidArgument("A cell holds 32,767 characters at most.")
    if _UNWRITABLE.search(text):
        raise InvalidArgument("A cell holds no control characters.")
    return text
