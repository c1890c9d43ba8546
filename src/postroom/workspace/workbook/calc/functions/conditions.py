"""Criteria as COUNTIF and its like read them: `>5`, `<>x`, `a*`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from postroom.workspace.workbook import typed
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Faulty, Range, Value
from postroom.workspace.workbook.calc.registry import Machine, cells, function, same_shape
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import DIV0, ERRORS, VALUE, Error, Scalar

Test = Callable[[Scalar], bool]
_OPERATOR = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def wildcard(pattern: str) -> re.Pattern[str]:
    """`*` is any text, `?` a character, `~` takes their meaning."""
    parts, at = [], 0
    while at < len(pattern):
        one = pattern[at]
        if one == "~" and at + 1 < len(pattern) and pattern[at + 1] in "*?~":
            at += 1
            parts.append(re.escape(pattern[at]))
        elif one == "*":
            if parts[-1:] != [".*"]:  # one is as good as many, and does not take for ever
                parts.append(".*")
        else:
            parts.append("." if one == "?" else re.escape(one))
        at += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def criterion(asked: Scalar) -> Test:
    """What a criterion asks of a value."""
    if not isinstance(asked, str):
        return _equal(0 if asked is None else asked)
    found = _OPERATOR.fullmatch(asked)
    operator, rest = (found[1] or "", found[2]) if found else ("", asked)
    if operator in _ORDERS:
        return _ordered(operator, rest)
    test = _equal_text(rest, is_bare=not operator)
    return (lambda value: not test(value)) if operator == "<>" else test


def _equal_text(text: str, *, is_bare: bool) -> Test:
    if not text:
        # `=` is a blank cell, an empty criterion also an empty text.
        return (lambda value: value in (None, "")) if is_bare else (lambda value: value is None)
    meant = _meant(text)
    if not isinstance(meant, str):
        return _equal(meant)
    pattern = wildcard(text)
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _meant(text: str) -> Scalar:
    """The number, truth or error that a criterion has as a text."""
    bare = text.strip()
    if bare.upper() in ("TRUE", "FALSE"):
        return bare.upper() == "TRUE"
    if bare.upper() in ERRORS:
        return ERRORS[bare.upper()]
    found = typed.number(bare) or typed.moment(bare)
    return found.value if found else text


def _equal(asked: Scalar) -> Test:
    if isinstance(asked, bool | Error):
        return lambda value: type(value) is type(asked) and value == asked
    if isinstance(asked, str):
        return lambda value: isinstance(value, str) and value.casefold() == asked.casefold()
    number = convert.rounded(float(asked or 0))

    def equal(value: Scalar) -> bool:
        if isinstance(value, str):
            found = typed.number(value.strip())
            return found is not None and found.value == asked
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and convert.rounded(float(value)) == number  # type: ignore[arg-type]

    return equal


def _ordered(operator: str, text: str) -> Test:
    asked, fits = _meant(text), _ORDERS[operator]

    def test(value: Scalar) -> bool:
        if value is None or isinstance(value, Error) or isinstance(asked, Error):
            return False
        return convert.rank(value) == convert.rank(asked) and fits(convert.compare(value, asked))

    return test


def _matching(machine: Machine, pairs: tuple[Any, ...]) -> Iterator[tuple[int, int]]:
    """Places within the first range that fit all criteria: range, criterion, range, criterion, …"""
    if len(pairs) % 2 or not pairs:
        raise Faulty(VALUE)
    ranges, asked = pairs[::2], pairs[1::2]
    same_shape(machine, cells(ranges[0]), *ranges[1:])
    tests = [criterion(None if isinstance(one, Missing) else machine.single(one)) for one in asked]
    arrays = [machine.array(one).rows for one in ranges]
    for row, firsts in enumerate(arrays[0]):
        for column, _ in enumerate(firsts):
            values = (_at(array, row, column) for array in arrays)
            if all(test(value) for test, value in zip(tests, values, strict=True)):
                yield row, column


def _at(rows: tuple[tuple[Scalar, ...], ...], row: int, column: int) -> Scalar:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else None


@function("COUNTIF", 2, 2)
def count_if(machine: Machine, value: Any, asked: Any) -> Value:
    return _counted(machine, value, asked)


@function("COUNTIFS", 2)
def count_ifs(machine: Machine, *pairs: Any) -> Value:
    return _counted(machine, *pairs)


def _counted(machine: Machine, *pairs: Any) -> int:
    total = sum(1 for _ in _matching(machine, pairs))
    tests = [criterion(None if isinstance(one, Missing) else machine.single(one)) for one in pairs[1::2]]
    if all(test(None) for test in tests):
        rows, columns = machine.shape(pairs[0])
        array = machine.array(pairs[0])
        total += rows * columns - array.height * array.width  # what is beyond the used part of whole columns
    return total


def _numbers_at(machine: Machine, summed: Range, pairs: tuple[Any, ...]) -> list[float]:
    first = cells(pairs[0])
    area = Area(summed.area.top, summed.area.left, summed.area.top + first.area.rows - 1,
                summed.area.left + first.area.columns - 1)  # fmt: skip
    rows = machine.array(Range(summed.sheet, area)).rows
    found = []
    for row, column in _matching(machine, pairs):
        one = _at(rows, row, column)
        if isinstance(one, Error):
            raise Faulty(one)
        if isinstance(one, int | float) and not isinstance(one, bool):
            found.append(float(one))
    return found


@function("SUMIF", 2, 3)
def sum_if(machine: Machine, value: Any, asked: Any, summed: Any = None) -> Value:
    return math.fsum(_numbers_at(machine, cells(value if summed is None else summed), (value, asked)))


@function("AVERAGEIF", 2, 3)
def average_if(machine: Machine, value: Any, asked: Any, summed: Any = None) -> Value:
    return _mean(_numbers_at(machine, cells(value if summed is None else summed), (value, asked)))


def _many(machine: Machine, summed: Any, pairs: tuple[Any, ...]) -> list[float]:
    same_shape(machine, cells(summed), pairs[0])
    return _numbers_at(machine, cells(summed), pairs)


@function("SUMIFS", 3)
def sum_ifs(machine: Machine, summed: Any, *pairs: Any) -> Value:
    return math.fsum(_many(machine, summed, pairs))


@function("AVERAGEIFS", 3)
def average_ifs(machine: Machine, summed: Any, *pairs: Any) -> Value:
    return _mean(_many(machine, summed, pairs))


@function("MAXIFS", 3)
def max_ifs(machine: Machine, summed: Any, *pairs: Any) -> Value:
    return max(_many(machine, summed, pairs), default=0.0)


@function("MINIFS", 3)
def min_ifs(machine: Machine, summed: Any, *pairs: Any) -> Value:
    return min(_many(machine, summed, pairs), default=0.0)


def _mean(found: list[float]) -> float:
    if not found:
        raise Faulty(DIV0)
    return math.fsum(found) / len(found)
