"""What operators and functions make of values: numbers of texts, texts of numbers, comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from postroom.workspace.workbook import typed
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.values import DIV0, NUM, VALUE, Error, Scalar, number_text


class Faulty(Exception):
    """A computation ends with an error as its value."""

    def __init__(self, error: Error) -> None:
        self.error = error
        super().__init__(error.code)


class NotComputed(Exception):
    """This cannot be computed here; the reason is for people."""


@dataclass(frozen=True, slots=True)
class Range:
    """Cells that a formula names."""

    sheet: str
    area: Area


@dataclass(frozen=True, slots=True)
class Array:
    """Values in rows of the same length."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def __iter__(self) -> Iterator[Scalar]:
        for row in self.rows:
            yield from row


Value = Scalar | Range | Array
_DIGITS: Final = 14
"""Behind the first one: comparisons see fifteen."""


def number(value: Scalar) -> float:
    """Raises Faulty."""
    match value:
        case None:
            return 0.0
        case bool():
            return float(value)
        case int() | float():
            return float(value)
        case Error():
            raise Faulty(value)
        case _:
            found = typed.number(value.strip()) or typed.moment(value.strip())
            if found is None or not isinstance(found.value, int | float):
                raise Faulty(VALUE)
            return float(found.value)


def whole(value: Scalar) -> int:
    """Without its fraction."""
    found = number(value)
    if not math.isfinite(found):
        raise Faulty(NUM)
    return math.trunc(found)


def text(value: Scalar) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return number_text(float(value))
        case Error():
            raise Faulty(value)
        case _:
            return value


def truth(value: Scalar) -> bool:
    match value:
        case None:
            return False
        case bool():
            return value
        case int() | float():
            return value != 0
        case Error():
            raise Faulty(value)
        case _:
            if value.upper() in ("TRUE", "FALSE"):
                return value.upper() == "TRUE"
            raise Faulty(VALUE)


def checked(value: float) -> float:
    """A result that a cell can hold. Raises Faulty."""
    if isinstance(value, complex) or math.isnan(value) or math.isinf(value) or abs(value) > 1.7976931348623157e308:
        raise Faulty(NUM)
    return value


def rounded(value: float) -> float:
    """To the digits that comparisons see."""
    return float(f"{value:.{_DIGITS}e}")


def rank(value: Scalar) -> int:
    """Numbers stand before texts, texts before truths."""
    if isinstance(value, bool):
        return 2
    return 1 if isinstance(value, str) else 0


def compare(left: Scalar, right: Scalar) -> int:
    """-1, 0 or 1. Texts without their case. Raises Faulty for errors."""
    for one in (left, right):
        if isinstance(one, Error):
            raise Faulty(one)
    left, right = _blank_as(left, right), _blank_as(right, left)
    if rank(left) != rank(right):
        return -1 if rank(left) < rank(right) else 1
    one, other = _comparable(left), _comparable(right)
    return (one > other) - (one < other)  # type: ignore[operator]  # of one rank, so of one kind


def _blank_as(value: Scalar, other: Scalar) -> Scalar:
    """Nothing is what it is compared with: an empty text, false, or 0."""
    if value is not None:
        return value
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0


def _comparable(value: Scalar) -> float | str | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.casefold()
    return rounded(float(value))  # type: ignore[arg-type]  # neither blank nor an error


def operate(operator: str, left: Scalar, right: Scalar) -> Scalar:
    """An operator between two values. Raises Faulty."""
    if operator == "&":
        joined = text(left) + text(right)
        if len(joined) > 32_767:
            raise Faulty(VALUE)
        return joined
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return _TESTS[operator](compare(left, right))
    return checked(_arithmetic(operator, number(left), number(right)))


_TESTS: Final[dict[str, Callable[[int], bool]]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def _arithmetic(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return _snapped(left + right, left, right)
        case "-":
            return _snapped(left - right, left, right)
        case "*":
            return left * right
        case "/":
            if right == 0:
                raise Faulty(DIV0)
            return left / right
        case _:
            return power(left, right)


def _snapped(result: float, left: float, right: float) -> float:
    """0 where only the noise of the last digits is left, as Excel has it."""
    return 0.0 if abs(result) < max(abs(left), abs(right)) * 2**-50 else result


def power(base: float, exponent: float) -> float:
    if base == 0 and exponent == 0:
        raise Faulty(NUM)
    if base == 0 and exponent < 0:
        raise Faulty(DIV0)
    try:
        found = base**exponent
    except OverflowError as error:
        raise Faulty(NUM) from error
    if isinstance(found, complex):
        raise Faulty(NUM)
    return float(found)
