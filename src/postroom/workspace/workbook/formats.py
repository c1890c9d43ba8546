"""Number formats: a value as its cell shows it. Source: ECMA-376 part 1, 18.8.31 (numFmts)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from postroom.workspace.workbook.values import Error, Scalar, from_serial, general

_PIECE = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P|[ymdhs]+|E[+-]|\.0+|[0#?]+|[.,%@/]|.',
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_DATE_LETTERS: Final = frozenset("ymdhs")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_WEEKDAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip
TOO_WIDE: Final = "########"
"""What stands where a date cannot be shown."""
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class _Section:
    pieces: tuple[str, ...]
    condition: tuple[str, float] | None = None

    @property
    def is_date(self) -> bool:
        return any(_is_date(piece) for piece in self.pieces)

    @property
    def is_general(self) -> bool:
        return any(piece.lower() == "general" for piece in self.pieces)


def shown(value: Scalar, form: str, *, is_1904: bool = False) -> str:
    """The text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case Error(code=code):
            return code
        case str():
            return _text(value, _sections(form))
        case _:
            return _number(float(value), _sections(form), is_1904=is_1904)


def is_date(form: str) -> bool:
    """Whether numbers of this format are shown as dates or times."""
    return _sections(form)[0].is_date


@lru_cache(maxsize=512)
def _sections(form: str) -> tuple[_Section, ...]:
    pieces = _PIECE.findall(form[:_LONGEST])
    found: list[list[str]] = [[]]
    for piece in pieces:
        if piece == ";":
            found.append([])
        else:
            found[-1].append(piece)
    return tuple(_section(one) for one in found[:4])


def _section(pieces: list[str]) -> _Section:
    condition = None
    kept = []
    for piece in pieces:
        asked = _CONDITION.fullmatch(piece)
        if asked:
            condition = (asked[1], float(asked[2]))
        elif piece.startswith("[") and not _ELAPSED.fullmatch(piece) and not piece.startswith("[$"):
            continue  # a colour
        else:
            kept.append(piece)
    return _Section(tuple(kept), condition)


def _text(value: str, sections: tuple[_Section, ...]) -> str:
    section = sections[3] if len(sections) == 4 else sections[-1]
    if "@" not in section.pieces:
        return value
    return "".join(value if piece == "@" else _literal(piece) for piece in section.pieces)


def _number(value: float, sections: tuple[_Section, ...], *, is_1904: bool) -> str:
    section, value = _chosen(value, sections)
    if not section.pieces:
        return "" if len(sections) > 1 else general(value)
    if section.is_general:
        return "".join(general(value) if piece.lower() == "general" else _literal(piece) for piece in section.pieces)
    if section.is_date:
        return _moment(value, section.pieces, is_1904=is_1904)
    if "@" in section.pieces:
        return "".join(general(value) if piece == "@" else _literal(piece) for piece in section.pieces)
    return _digits(value, section.pieces)


_TESTS: Final = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "=": lambda one, other: one == other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "<>": lambda one, other: one != other,
}


def _chosen(value: float, sections: tuple[_Section, ...]) -> tuple[_Section, float]:
    """The section for a number, and the number as it shows it: a section for negative ones has its own sign."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _TESTS[section.condition[0]](value, section.condition[1]):
                return section, value
        return sections[-1], value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    return (sections[2], value) if value == 0 and len(sections) > 2 else (sections[0], value)


def _literal(piece: str) -> str:
    if piece.startswith('"'):
        return piece[1:-1]
    if piece.startswith("\\"):
        return piece[1:]
    if piece.startswith("_"):
        return " "
    if piece.startswith("*"):
        return ""
    if money := _CURRENCY.fullmatch(piece):
        return money[1]
    return piece


# Numbers.


def _digits(value: float, pieces: tuple[str, ...]) -> str:
    if "/" in pieces:
        return _fraction(value, pieces)
    first = next((at for at, piece in enumerate(pieces) if _is_slot(piece)), None)
    if first is None:
        return ("-" if value < 0 else "") + "".join(_literal(piece) for piece in pieces)
    last = max(at for at, piece in enumerate(pieces) if _is_slot(piece))
    behind = last
    while behind + 1 < len(pieces) and pieces[behind + 1] == ",":
        behind += 1
    value *= 100.0 ** pieces.count("%")
    value /= 1000.0 ** (behind - last)
    exponent = next((at for at in range(first, last) if pieces[at].lower() in ("e+", "e-")), None)
    if exponent is not None:
        body = _exponential(value, pieces[first:exponent], pieces[exponent], pieces[exponent + 1 : last + 1])
    else:
        body = _fixed(abs(value), pieces[first : last + 1])
    sign = "-" if value < 0 and any(one in "123456789" for one in body) else ""
    before = "".join(_literal(piece) for piece in pieces[:first])
    return sign + before + body + "".join(_literal(piece) for piece in pieces[behind + 1 :])


def _is_slot(piece: str) -> bool:
    return piece[0] in "0#?" or (piece[0] == "." and len(piece) > 1) or piece == "."


def _fixed(value: float, pieces: tuple[str, ...]) -> str:
    """Slots with what stands between them."""
    point = next((at for at, piece in enumerate(pieces) if piece.startswith(".")), None)
    whole = pieces if point is None else pieces[:point]
    tail = () if point is None else pieces[point:]
    slots = "".join(piece.lstrip(".") for piece in tail if _is_slot(piece))
    text = _rounded(value, len(slots))
    before, _, after = text.partition(".")
    grouped = "," in whole
    return _whole(before, whole, grouped=grouped) + _decimals(after, slots, tail)


def _rounded(value: float, decimals: int) -> str:
    """Halves away from zero, as Excel does, of the fifteen digits that it keeps."""
    decimals = min(decimals, 30)
    if value == 0 or value >= 1e21:
        return f"{value:.{decimals}f}"
    kept = max(0, 14 - math.floor(math.log10(value)))
    exact = f"{value:.{min(kept, 60)}f}"
    if kept <= decimals:
        return f"{float(exact):.{decimals}f}"
    before, _, after = exact.partition(".")
    cut = int(before + after[:decimals]) + (1 if after[decimals : decimals + 1] >= "5" else 0)
    padded = str(cut).rjust(decimals + 1, "0")
    return f"{padded[:-decimals]}.{padded[-decimals:]}" if decimals else padded


def _whole(digits: str, pieces: tuple[str, ...], *, grouped: bool) -> str:
    slots = "".join(piece for piece in pieces if _is_slot(piece))
    least = len(slots) - min((slots.index(one) for one in "0?" if one in slots), default=len(slots))
    shown = digits.lstrip("0").rjust(least, "0")
    if grouped:
        return f"{int(shown):,}".rjust(len(shown), "0") if shown else ""
    if all(_is_slot(piece) for piece in pieces):
        return shown
    return _spread(shown, pieces)


def _spread(digits: str, pieces: tuple[str, ...]) -> str:
    """Digits from the right into slots with literals between them: `000-0000`."""
    found: list[str] = []
    left = list(digits)
    first = True
    for piece in reversed(pieces):
        if not _is_slot(piece):
            found.append(_literal(piece))
            continue
        taken = [left.pop() if left else ("0" if slot == "0" else "") for slot in reversed(piece)]
        found.append("".join(reversed(taken)))
        first = False
    return "".join(left) + "".join(reversed(found)) if not first else "".join(reversed(found))


def _decimals(digits: str, slots: str, pieces: tuple[str, ...]) -> str:
    if not pieces:
        return ""
    needed = max((at + 1 for at, slot in enumerate(slots) if slot in "0?"), default=0)
    kept = digits.rstrip("0").ljust(needed, "0") if len(digits) >= needed else digits
    literals = "".join(_literal(piece) for piece in pieces if not _is_slot(piece))
    return f".{kept}{literals}"


def _exponential(value: float, mantissa: tuple[str, ...], mark: str, power: tuple[str, ...]) -> str:
    whole = "".join(piece for piece in mantissa if not piece.startswith("."))
    slots = sum(len(piece.lstrip(".")) for piece in mantissa if piece.startswith(".") or piece[0] in "0#?")
    decimals = slots - len(whole)
    step = max(1, len(whole))
    exponent = 0 if value == 0 else math.floor(math.log10(abs(value)) / step) * step
    text = _fixed(abs(value) / 10.0**exponent, mantissa)
    if text.partition(".")[0] == "1" + "0" * step and decimals >= 0:
        exponent += step
        text = _fixed(abs(value) / 10.0**exponent, mantissa)
    sign = "-" if exponent < 0 else ("+" if mark.endswith("+") else "")
    return f"{text}E{sign}{str(abs(exponent)).rjust(len(''.join(power)), '0')}"


def _fraction(value: float, pieces: tuple[str, ...]) -> str:
    """`# ?/?`: the nearest fraction with so many digits below the line."""
    at = pieces.index("/")
    below = "".join(piece for piece in pieces[at + 1 :] if _is_slot(piece) or piece.isdecimal())
    has_whole = sum(1 for piece in pieces[:at] if _is_slot(piece)) > 1
    whole = int(abs(value)) if has_whole else 0
    rest = abs(value) - whole
    top, bottom = _nearest(rest, below)
    if has_whole and top == bottom:
        whole, top = whole + 1, 0
    sign = "-" if value < 0 else ""
    if top == 0 and has_whole:
        return f"{sign}{whole} " + " " * (2 * len(below) + 1)
    parts = f"{top}/{bottom}"
    return f"{sign}{whole} {parts}" if has_whole and whole else f"{sign}{parts}"


def _nearest(value: float, below: str) -> tuple[int, int]:
    if below.isdecimal() and set(below) != {"0"}:
        return round(value * int(below)), int(below)
    most = min(10 ** max(1, len(below)) - 1, 999)
    bottom = min(range(1, most + 1), key=lambda one: (abs(round(value * one) / one - value), one))
    return round(value * bottom), bottom


# Dates and times.


def _is_date(piece: str) -> bool:
    low = piece.lower()
    return _ELAPSED.fullmatch(piece) is not None or (low[0] in _DATE_LETTERS and set(low) == {low[0]})


def _moment(value: float, pieces: tuple[str, ...], *, is_1904: bool) -> str:
    parts = max((len(piece) - 1 for piece in pieces if re.fullmatch(r"\.0+", piece)), default=0)
    try:
        moment = from_serial(value, is_1904=is_1904)
    except ValueError:
        return TOO_WIDE
    unit = timedelta(microseconds=10 ** (6 - min(parts, 3)))
    moment = datetime.min + round((moment - datetime.min) / unit) * unit
    twelve = any(piece.upper() in ("AM/PM", "A/P") for piece in pieces)
    weekday = (int(value) - 1) % 7 if not is_1904 else (moment.weekday() + 1) % 7
    return "".join(
        _date_piece(piece, moment, value, weekday, twelve=twelve, minutes=_means_minutes(pieces, at), parts=parts)
        for at, piece in enumerate(pieces)
    )


def _means_minutes(pieces: tuple[str, ...], at: int) -> bool:
    """An `m` is minutes behind hours and in front of seconds."""
    before = next((piece.lower() for piece in reversed(pieces[:at]) if _is_date(piece)), "")
    after = next((piece.lower() for piece in pieces[at + 1 :] if _is_date(piece)), "")
    return before.strip("[]").startswith("h") or after.strip("[]").startswith("s")


def _date_piece(
    piece: str, moment: datetime, value: float, weekday: int, *, twelve: bool, minutes: bool, parts: int
) -> str:
    low = piece.lower()
    if elapsed := _ELAPSED.fullmatch(piece):
        unit = {"h": 24, "m": 1440, "s": 86_400}[elapsed[1][0].lower()]
        return str(math.floor(value * unit + 1e-6)).rjust(len(elapsed[1]), "0")
    if low == "am/pm":
        return "AM" if moment.hour < 12 else "PM"
    if low == "a/p":
        return "A" if moment.hour < 12 else "P"
    if re.fullmatch(r"\.0+", piece):
        return f".{moment.microsecond // 1000:03}"[: parts + 1]
    if not _is_date(piece):
        return _literal(piece)
    if low[0] == "y":
        return f"{moment.year % 100:02}" if len(low) <= 2 else str(moment.year)
    if low[0] == "d":
        return _named(low, moment.day, _WEEKDAYS[weekday])
    if low[0] == "m" and not minutes:
        name = _MONTHS[moment.month - 1]
        return name[0] if len(low) == 5 else _named(low, moment.month, name)
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    number = {"h": hour, "m": moment.minute, "s": moment.second}[low[0]]
    return f"{number:02}" if len(low) > 1 else str(number)


def _named(letters: str, number: int, name: str) -> str:
    match len(letters):
        case 1:
            return str(number)
        case 2:
            return f"{number:02}"
        case 3:
            return name[:3]
        case _:
            return name
