"""Values compared and computed with. None is null, and what no answer can be given for."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from postroom.workspace.query import literals
from postroom.workspace.query.functions import fold, is_number
from postroom.workspace.query.tree import Arithmetic, Comparison, Value

_COMPARE: Final[dict[Comparison, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def compare(sign: Comparison, left: Value, right: Value, zone: tzinfo) -> bool | None:
    """Text without regard to case, dates as the instants at which they begin in `zone`.

    None when either is null, and when the two cannot be compared.
    """
    if sign == "has":
        return _has(left, right)
    pair = _alike(left, right, zone)
    if pair is None or (isinstance(left, bool) and sign not in ("eq", "ne")):
        return None
    return _COMPARE[sign](*pair)


def read_like(text: str, other: Value, zone: tzinfo) -> Value:
    """A text as a value of the kind of `other`; None when it is none."""
    match other:
        case datetime():
            return literals.instant(text, zone) or literals.day(text)
        case date():
            return literals.day(text) or literals.instant(text, zone)
        case time():
            return literals.time_of_day(text)
        case timedelta():
            return literals.duration(text)
        case _:
            return None


def _alike(left: Value, right: Value, zone: tzinfo) -> tuple[Any, Any] | None:
    """Both as values of one kind."""
    if isinstance(left, str) and isinstance(right, str):
        return fold(left), fold(right)
    if isinstance(left, str):
        left = read_like(left, right, zone)
    elif isinstance(right, str):
        right = read_like(right, left, zone)
    if isinstance(left, date) and isinstance(right, date):
        return _dates(left, right, zone)
    kind = _kind(left)
    return (left, right) if kind == _kind(right) and kind in _COMPARABLE else None


def _dates(left: date, right: date, zone: tzinfo) -> tuple[date, date]:
    if isinstance(left, datetime) or isinstance(right, datetime):
        return begin(left, zone), begin(right, zone)
    return left, right


def begin(moment: date, zone: tzinfo) -> datetime:
    """The instant itself, or that at which the day begins."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)


_COMPARABLE: Final = range(1, 6)


def _kind(value: Value) -> int:
    """Values of different kinds are not compared; 0 is null."""
    match value:
        case None:
            return 0
        case bool():
            return 1
        case int() | float():
            return 2
        case date():
            return 3
        case time():
            return 4
        case timedelta():
            return 5
        case _:
            return 6


def rank(value: Value, zone: tzinfo) -> tuple[int, Any]:
    """A key to sort by: nulls first, then by kind and value."""
    if isinstance(value, str):
        return _kind(value), fold(value)
    return _kind(value), 0 if value is None else begin(value, zone) if isinstance(value, date) else value


def _has(left: Value, right: Value) -> bool | None:
    """Enums with flags are lists of names, with commas between."""
    if isinstance(left, str) and isinstance(right, str):
        return _names(right) <= _names(left)
    if isinstance(left, int) and isinstance(right, int):
        return left & right == right
    return None


def _names(text: str) -> set[str]:
    return {fold(name.strip()) for name in text.split(",")}


def compute(sign: Arithmetic, left: Value, right: Value) -> Value:
    """Null for what cannot be computed: another kind of value, a division by zero, more than there are numbers."""
    try:
        if is_number(left) and is_number(right):
            return _numbers(sign, left, right)
        return _moments(sign, left, right)
    except (OverflowError, ZeroDivisionError):
        return None


def _numbers(sign: Arithmetic, left: int | float, right: int | float) -> Value:
    result = _ARITHMETIC[sign](left, right)
    return result if math.isfinite(result) else None


def _quotient(left: int | float, right: int | float) -> int | float:
    """Of whole numbers a whole one, cut towards zero."""
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def _remainder(left: int | float, right: int | float) -> int | float:
    """Has the sign of what is divided."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


_ARITHMETIC: Final[dict[Arithmetic, Callable[[Any, Any], Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _quotient,
    "mod": _remainder,
}


def _moments(sign: Arithmetic, left: Value, right: Value) -> Value:
    match sign, left, right:
        case "add", date() | timedelta(), timedelta():
            return left + right
        case "sub", date() | timedelta(), timedelta():
            return left - right
        case "sub", datetime(), datetime():
            return left - right
        case _:
            return None
