"""Functions of single numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Final

from postroom.workspace.workbook.calc.convert import Faulty, power
from postroom.workspace.workbook.calc.registry import scalar
from postroom.workspace.workbook.values import DIV0, NUM, Scalar

_ONE: Final[dict[str, Callable[[float], float]]] = {
    "ABS": abs,
    "ACOS": math.acos,
    "ACOSH": math.acosh,
    "ASIN": math.asin,
    "ASINH": math.asinh,
    "ATAN": math.atan,
    "ATANH": math.atanh,
    "COS": math.cos,
    "COSH": math.cosh,
    "DEGREES": math.degrees,
    "EXP": math.exp,
    "INT": math.floor,
    "LN": math.log,
    "LOG10": math.log10,
    "RADIANS": math.radians,
    "SIGN": lambda one: (one > 0) - (one < 0),
    "SIN": math.sin,
    "SINH": math.sinh,
    "SQRT": math.sqrt,
    "TAN": math.tan,
    "TANH": math.tanh,
}
_DIGITS: Final = 15


def _of_one(function: Callable[[float], float]) -> Callable[[float], Scalar]:
    def guarded(number: float) -> Scalar:
        try:
            return float(function(number))
        except (ValueError, OverflowError) as error:
            raise Faulty(NUM) from error

    return guarded


for _name, _function in _ONE.items():
    scalar(_name, "n")(_of_one(_function))


@scalar("PI", "")
def pi() -> Scalar:
    return math.pi


@scalar("POWER", "nn")
def power_of(base: float, exponent: float) -> Scalar:
    return power(base, exponent)


@scalar("LOG", "nn")
def log(number: float, base: float = 10) -> Scalar:
    if number <= 0 or base <= 0:
        raise Faulty(NUM)
    if base == 1:
        raise Faulty(DIV0)
    return math.log10(number) if base == 10 else math.log(number) / math.log(base)


@scalar("ATAN2", "nn")
def atan2(x: float, y: float) -> Scalar:
    if x == 0 and y == 0:
        raise Faulty(DIV0)
    return math.atan2(y, x)


@scalar("MOD", "nn")
def mod(number: float, divisor: float) -> Scalar:
    if divisor == 0:
        raise Faulty(DIV0)
    quotient = number / divisor
    if abs(quotient) >= 2**50:
        raise Faulty(NUM)
    return number - divisor * math.floor(quotient)


@scalar("QUOTIENT", "nn")
def quotient(number: float, divisor: float) -> Scalar:
    if divisor == 0:
        raise Faulty(DIV0)
    return float(math.trunc(number / divisor))


def exact(number: float) -> Decimal:
    """The fifteen digits that Excel keeps of a number."""
    return Decimal(f"{number:.{_DIGITS - 1}e}")


def to_digits(number: float, digits: int, rounding: str) -> float:
    """Rounded to so many digits behind the point; before it, where they are negative."""
    if not -330 < digits < 330:
        return 0.0 if digits < 0 else number
    value = exact(number)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return number
    return float(value.quantize(Decimal(1).scaleb(-digits), rounding=rounding))


@scalar("ROUND", "ni")
def round_(number: float, digits: int) -> Scalar:
    return to_digits(number, digits, ROUND_HALF_UP)


@scalar("ROUNDUP", "ni")
def round_up(number: float, digits: int) -> Scalar:
    return to_digits(number, digits, ROUND_UP)


@scalar("ROUNDDOWN", "ni")
def round_down(number: float, digits: int) -> Scalar:
    return to_digits(number, digits, ROUND_DOWN)


@scalar("TRUNC", "ni")
def trunc(number: float, digits: int = 0) -> Scalar:
    return to_digits(number, digits, ROUND_DOWN)


def to_multiple(number: float, step: float, rounding: str) -> float:
    if step == 0:
        return 0.0
    times = (exact(number) / exact(step)).quantize(Decimal(1), rounding=rounding) if abs(number / step) < 1e15 else None
    if times is None:
        raise Faulty(NUM)
    return float(times * exact(step))


@scalar("CEILING", "nn")
def ceiling(number: float, significance: float) -> Scalar:
    if number > 0 and significance < 0:
        raise Faulty(NUM)
    return to_multiple(number, significance, ROUND_CEILING)


@scalar("FLOOR", "nn")
def floor(number: float, significance: float) -> Scalar:
    if number > 0 and significance < 0:
        raise Faulty(NUM)
    if significance == 0 and number != 0:
        raise Faulty(DIV0)
    return to_multiple(number, significance, ROUND_FLOOR)


@scalar("CEILING.MATH", "nnn")
def ceiling_math(number: float, significance: float = 1, mode: float = 0) -> Scalar:
    away = number < 0 and mode != 0
    return to_multiple(number, abs(significance), ROUND_FLOOR if away else ROUND_CEILING)


@scalar("FLOOR.MATH", "nnn")
def floor_math(number: float, significance: float = 1, mode: float = 0) -> Scalar:
    toward = number < 0 and mode != 0
    return to_multiple(number, abs(significance), ROUND_CEILING if toward else ROUND_FLOOR)


@scalar("MROUND", "nn")
def mround(number: float, multiple: float) -> Scalar:
    if number * multiple < 0:
        raise Faulty(NUM)
    return to_multiple(number, multiple, ROUND_HALF_UP)


@scalar("EVEN", "n")
def even(number: float) -> Scalar:
    return to_multiple(number, 2, ROUND_UP)


@scalar("ODD", "n")
def odd(number: float) -> Scalar:
    size = math.ceil(abs(exact(number)))
    size += 1 - size % 2
    return float(-size if number < 0 else size)


def _count(number: float, most: float) -> int:
    if not 0 <= number < most:
        raise Faulty(NUM)
    return math.trunc(number)


@scalar("FACT", "n")
def fact(number: float) -> Scalar:
    return float(math.factorial(_count(number, 171)))


@scalar("COMBIN", "nn")
def combin(number: float, chosen: float) -> Scalar:
    one, other = _count(number, 10_000), _count(chosen, 10_000)
    if one < other:
        raise Faulty(NUM)
    return _large(math.comb(one, other))


@scalar("PERMUT", "nn")
def permut(number: float, chosen: float) -> Scalar:
    one, other = _count(number, 10_000), _count(chosen, 10_000)
    if one < other:
        raise Faulty(NUM)
    return _large(math.perm(one, other))


def _large(number: int) -> float:
    try:
        return float(number)
    except OverflowError as error:
        raise Faulty(NUM) from error
