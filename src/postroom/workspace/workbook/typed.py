"""What a text means that somebody types into a cell: a number, a date, a truth, an error, a formula or a text.

Source: Microsoft Graph, writing ranges: texts are read as if typed. Dates are read as Excel in English (United States)
reads them; without a year they stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from postroom.workspace.workbook.values import ERRORS, Scalar, checked_text, to_serial

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_TIME = re.compile(r"(\d{1,4}):([0-5]?\d)(?::([0-5]?\d(?:\.\d{1,3})?))?(?:\s*([AaPp])[Mm]?)?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG: Final = ("january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
                "december")  # fmt: skip
_NAMES: Final[Mapping[str, int]] = {
    **{name: index + 1 for index, name in enumerate(_MONTHS)},
    **{name: _MONTHS.index(name[:3]) + 1 for name in _LONG},
}
_DATES: Final = (
    re.compile(r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[ -](?P<m>[A-Za-z]{3,9})[ -](?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<m>[A-Za-z]{3,9}) (?P<d>\d{1,2}), ?(?P<y>\d{4})"),
    re.compile(r"(?P<m>[A-Za-z]{3,9})-(?P<d>\d{1,2})-(?P<y>\d{4})"),
)
_MOST_DIGITS: Final = 320
DATE, DATE_TIME, TIME, LONG_TIME = "m/d/yyyy", "m/d/yyyy h:mm", "h:mm", "h:mm:ss"


@dataclass(frozen=True, slots=True)
class Typed:
    """`format` is the number format that comes with a value where the cell has none of its own."""

    value: Scalar
    format: str | None = None
    is_formula: bool = False


def read(text: str, *, is_1904: bool = False) -> Typed:
    """Raises InvalidArgument for a text that no cell can hold."""
    checked_text(text)
    if text.startswith("'"):
        return Typed(text[1:])
    if text.startswith("=") and len(text) > 1:
        return Typed(text, is_formula=True)
    bare = text.strip()
    if bare.upper() in ("TRUE", "FALSE"):
        return Typed(bare.upper() == "TRUE")
    if bare.upper() in ERRORS:
        return Typed(ERRORS[bare.upper()])
    return number(bare) or moment(bare, is_1904=is_1904) or Typed(text)


def number(text: str) -> Typed | None:
    """`1,234.5`, `12%`, `$5`, `(3)`, `1e3`."""
    if not text or len(text) > _MOST_DIGITS or not text.isascii():
        return None
    sign, kept, form = 1.0, text, None
    if kept.startswith("(") and kept.endswith(")"):
        sign, kept = -1.0, kept[1:-1]
    if kept.startswith("-$"):
        sign, kept = -sign, kept[1:]
    if kept.startswith("$"):
        kept, form = kept[1:].strip(), "$#,##0.00"
    percent = kept.endswith("%")
    kept = kept[:-1].strip() if percent else kept
    if not any(one.isdigit() for one in kept.lower().partition("e")[0]) or not _NUMBER.fullmatch(kept):
        return None
    found = sign * float(kept.replace(",", "")) / (100 if percent else 1)
    if abs(found) > 9.99999999999999e307:
        return None
    if percent:
        form = "0.00%" if "." in kept else "0%"
    return Typed(int(found) if found.is_integer() and abs(found) < 2**53 else found, form or _grouped(kept))


def _grouped(text: str) -> str | None:
    if "e" in text.lower():
        return "0.00E+00"
    if "," not in text:
        return None
    return "#,##0.00" if "." in text else "#,##0"


def moment(text: str, *, is_1904: bool = False) -> Typed | None:
    """A date, a time, or both with a blank between them."""
    if not text[:1].isalnum() or len(text) > 40:
        return None
    clock = time_of_day(text)
    if clock is not None:
        return Typed(clock, LONG_TIME if text.count(":") > 1 else TIME)
    date = _date(text)
    if date is not None:
        return _serial(date, 0.0, DATE, is_1904=is_1904)
    before, _, after = text.partition(" ")
    clock, date = time_of_day(after), _date(before)
    if clock is None or date is None or clock >= 1:
        return None
    return _serial(date, clock, DATE_TIME, is_1904=is_1904)


def _serial(date: datetime, clock: float, form: str, *, is_1904: bool) -> Typed | None:
    serial = to_serial(date, is_1904=is_1904) + clock
    return None if serial < 0 else Typed(int(serial) if serial.is_integer() else serial, form)


def time_of_day(text: str) -> float | None:
    """Hours, minutes and seconds as a part of a day."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, half = int(found[1]), (found[4] or "").lower()
    if half and not 0 <= hours <= 12:
        return None
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    spent = timedelta(hours=hours, minutes=int(found[2]), seconds=float(found[3] or 0))
    return spent / timedelta(days=1)


def _date(text: str) -> datetime | None:
    for form in _DATES:
        found = form.fullmatch(text)
        if found is not None:
            return _made(found["y"], found["m"], found["d"])
    return None


def _made(year_text: str, month_text: str, day_text: str) -> datetime | None:
    month = int(month_text) if month_text.isdecimal() else _NAMES.get(month_text.lower(), 0)
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year < 30 else 1900
    try:
        made = datetime(year, month, int(day_text))
    except ValueError:
        return None
    return made if year >= 1900 else None
