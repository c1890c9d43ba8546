"""Sums, means and order over many numbers."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Array, Faulty, NotComputed, Range, Value
from postroom.workspace.workbook.calc.registry import (
    Machine,
    all_values,
    function,
    numbers,
    same_shape,
)
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import DIV0, NA, NUM, VALUE, Error, Scalar

_MOST: Final = 2**53


def _some(found: list[float], least: int = 1, otherwise: Error = DIV0) -> list[float]:
    if len(found) < least:
        raise Faulty(otherwise)
    return found


def _mean(found: list[float]) -> float:
    return math.fsum(_some(found)) / len(found)


def _variance(found: list[float], free: int) -> float:
    _some(found, 1 + free)
    mean = math.fsum(found) / len(found)
    return math.fsum((one - mean) ** 2 for one in found) / (len(found) - free)


def _product(found: list[float]) -> float:
    return math.prod(found) if found else 0.0


def _mode(found: list[float]) -> float:
    counted = Counter(found)
    value, times = max(counted.items(), key=lambda pair: pair[1], default=(0.0, 0))
    if times < 2:
        raise Faulty(NA)
    return value


def _positive(found: list[float]) -> list[float]:
    if not found or min(found) <= 0:
        raise Faulty(NUM)
    return found


def _whole(found: list[float]) -> list[int]:
    if any(not 0 <= one < _MOST for one in found):
        raise Faulty(NUM)
    return [math.trunc(one) for one in found]


OVER: Final[dict[str, Callable[[list[float]], float]]] = {
    "SUM": math.fsum,
    "AVERAGE": _mean,
    "MAX": lambda found: max(found, default=0.0),
    "MIN": lambda found: min(found, default=0.0),
    "PRODUCT": _product,
    "SUMSQ": lambda found: math.fsum(one * one for one in found),
    "MEDIAN": lambda found: statistics.median(_some(found, otherwise=NUM)),
    "STDEV": lambda found: math.sqrt(_variance(found, 1)),
    "STDEV.S": lambda found: math.sqrt(_variance(found, 1)),
    "STDEVP": lambda found: math.sqrt(_variance(found, 0)),
    "STDEV.P": lambda found: math.sqrt(_variance(found, 0)),
    "VAR": lambda found: _variance(found, 1),
    "VAR.S": lambda found: _variance(found, 1),
    "VARP": lambda found: _variance(found, 0),
    "VAR.P": lambda found: _variance(found, 0),
    "DEVSQ": lambda found: _variance(found, 0) * len(found),
    "AVEDEV": lambda found: _mean([abs(one - _mean(found)) for one in _some(found, otherwise=NUM)]),
    "MODE": _mode,
    "MODE.SNGL": _mode,
    "GEOMEAN": lambda found: math.exp(math.fsum(map(math.log, _positive(found))) / len(found)),
    "HARMEAN": lambda found: len(found) / math.fsum(1 / one for one in _positive(found)),
    "GCD": lambda found: float(math.gcd(*_whole(found))),
    "LCM": lambda found: float(math.lcm(*_whole(found))),
}
"""Functions of the numbers among their arguments."""


def _over(call: Callable[[list[float]], float]) -> Callable[..., Value]:
    def aggregate(machine: Machine, *values: Any) -> Value:
        try:
            return convert.checked(call(list(numbers(machine, values))))
        except OverflowError as error:
            raise Faulty(NUM) from error

    return aggregate


for _name, _call in OVER.items():
    function(_name, 1)(_over(_call))


def _all_numbers(machine: Machine, values: Sequence[Any]) -> list[float]:
    """Truths are 1 and 0, texts 0: what the functions that end with A count."""
    found = []
    for one in all_values(machine, values):
        if isinstance(one, Error):
            raise Faulty(one)
        if one is not None:
            found.append(0.0 if isinstance(one, str) else float(one))
    return found


@function("AVERAGEA", 1)
def average_a(machine: Machine, *values: Any) -> Value:
    return _mean(_all_numbers(machine, values))


@function("MAXA", 1)
def max_a(machine: Machine, *values: Any) -> Value:
    return max(_all_numbers(machine, values), default=0.0)


@function("MINA", 1)
def min_a(machine: Machine, *values: Any) -> Value:
    return min(_all_numbers(machine, values), default=0.0)


@function("COUNT", 1)
def count(machine: Machine, *values: Any) -> Value:
    total = 0
    for value in values:
        inside = isinstance(value, Range | Array)
        for one in machine.entries(0 if isinstance(value, Missing) else value):
            total += _counts(one, inside=inside)
    return total


def _counts(one: Scalar, *, inside: bool) -> bool:
    if isinstance(one, bool):
        return not inside
    if isinstance(one, str) and not inside:
        try:
            convert.number(one)
        except Faulty:
            return False
        return True
    return isinstance(one, int | float)


@function("COUNTA", 1)
def count_a(machine: Machine, *values: Any) -> Value:
    return sum(1 for one in all_values(machine, values) if one is not None)


@function("COUNTBLANK", 1, 1)
def count_blank(machine: Machine, value: Any) -> Value:
    rows, columns = machine.shape(value)
    return rows * columns - sum(1 for one in machine.entries(value) if one not in (None, ""))


@function("SUMPRODUCT", 1, arrays=True)
def sum_product(machine: Machine, *values: Any) -> Value:
    same_shape(machine, values[0], *values[1:])
    arrays = [machine.array(value) for value in values]
    total = []
    for row in zip(*(tuple(array) for array in arrays), strict=True):
        for one in row:
            if isinstance(one, Error):
                raise Faulty(one)
        is_number = [isinstance(one, int | float) and not isinstance(one, bool) for one in row]
        total.append(math.prod(row) if all(is_number) else 0.0)
    return convert.checked(math.fsum(total))


def _sorted(machine: Machine, value: Any) -> list[float]:
    return sorted(_some(list(numbers(machine, [value])), otherwise=NUM))


@function("LARGE", 2, 2)
def large(machine: Machine, value: Any, place: Any) -> Value:
    found, at = _sorted(machine, value), math.ceil(convert.number(machine.single(place)))
    return found[-at] if 1 <= at <= len(found) else NUM


@function("SMALL", 2, 2)
def small(machine: Machine, value: Any, place: Any) -> Value:
    found, at = _sorted(machine, value), math.ceil(convert.number(machine.single(place)))
    return found[at - 1] if 1 <= at <= len(found) else NUM


def _percentile(found: list[float], part: float) -> float:
    if not 0 <= part <= 1:
        raise Faulty(NUM)
    place = part * (len(found) - 1)
    below = math.floor(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (place - below) * (found[above] - found[below])


@function("PERCENTILE PERCENTILE.INC", 2, 2)
def percentile(machine: Machine, value: Any, part: Any) -> Value:
    return _percentile(_sorted(machine, value), convert.number(machine.single(part)))


@function("QUARTILE QUARTILE.INC", 2, 2)
def quartile(machine: Machine, value: Any, part: Any) -> Value:
    return _percentile(_sorted(machine, value), convert.whole(machine.single(part)) / 4)


@function("RANK RANK.EQ", 2, 3)
def rank(machine: Machine, number: Any, value: Any, order: Any = 0) -> Value:
    asked, found = convert.number(machine.single(number)), list(numbers(machine, [value]))
    if asked not in found:
        return NA
    ascending = not isinstance(order, Missing) and convert.number(machine.single(order)) != 0
    return 1 + sum(1 for one in found if (one < asked if ascending else one > asked))


_SUBTOTALS: Final = ("AVERAGE", "COUNT", "COUNTA", "MAX", "MIN", "PRODUCT", "STDEV", "STDEVP", "SUM", "VAR", "VARP")


@function("SUBTOTAL", 2)
def subtotal(machine: Machine, kind: Any, *values: Any) -> Value:
    """Rows that are hidden do not count with kinds above 100, cells that are subtotals never.

    Rows that a filter hides never count; the file does not tell them from others, so with the lower kinds nothing may
    be hidden.
    """
    number = convert.whole(machine.single(kind))
    name = _SUBTOTALS[(number - 1) % 100] if number in (*range(1, 12), *range(101, 112)) else ""
    if not name:
        return VALUE
    found: list[Scalar] = []
    for value in values:
        if not isinstance(value, Range):
            raise NotComputed("SUBTOTAL takes references.")
        found += _visible(machine, value, skipped=number > 100)
    if name == "COUNT":
        return sum(1 for one in found if _counts(one, inside=True))
    if name == "COUNTA":
        return sum(1 for one in found if one is not None)
    array = Array((tuple(found) or (None,),))
    return convert.checked(OVER[name](list(numbers(machine, [array]))))


def _visible(machine: Machine, value: Range, *, skipped: bool) -> list[Scalar]:
    area = value.area
    if area.unbounded:
        raise NotComputed("SUBTOTAL of whole rows or columns.")
    rows = machine.array(value).rows
    found: list[Scalar] = []
    for at, row in enumerate(rows):
        if machine.is_hidden(value.sheet, area.top + at):
            if not skipped:
                raise NotComputed("Hidden rows may be filtered ones.")
            continue
        found += [
            one
            for index, one in enumerate(row)
            if one is not None and not machine.has_subtotal(value.sheet, area.top + at, area.left + index)
        ]
    return found
