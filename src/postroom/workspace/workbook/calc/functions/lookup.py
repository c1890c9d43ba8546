"""Looking things up in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Array, Faulty, NotComputed, Range, Value
from postroom.workspace.workbook.calc.functions.conditions import wildcard
from postroom.workspace.workbook.calc.registry import Machine, cells, function
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import NA, REF, VALUE, Error, Scalar


def _asked(machine: Machine, value: Any) -> Scalar:
    found = None if isinstance(value, Missing) else machine.single(value)
    if isinstance(found, Error):
        raise Faulty(found)
    return found


def exactly(asked: Scalar, among: Sequence[Scalar]) -> int | None:
    """The first place of a value; texts may have wildcards."""
    if isinstance(asked, str) and any(one in asked for one in "*?~"):
        pattern = wildcard(asked)
        return next((at for at, one in enumerate(among) if isinstance(one, str) and pattern.fullmatch(one)), None)
    asked = 0 if asked is None else asked
    for at, one in enumerate(among):
        if one is not None and not isinstance(one, Error) and convert.compare(one, asked) == 0:
            return at
    return None


def nearest(asked: Scalar, among: Sequence[Scalar]) -> int | None:
    """The last place whose value is not above, of a list in ascending order.

    Of a list in no order Excel's answer depends on how it halves it. Raises NotComputed for one.
    """
    asked = 0 if asked is None else asked
    found, before = None, None
    for at, one in enumerate(among):
        if one is None or isinstance(one, Error) or convert.rank(one) != convert.rank(asked):
            continue
        if before is not None and convert.compare(before, one) > 0:
            raise NotComputed("The list is in no ascending order.")
        before = one
        if convert.compare(one, asked) <= 0:
            found = at
    return found


def _is_near(machine: Machine, value: Any, *, default: bool = True) -> bool:
    if isinstance(value, Missing):
        return False
    return default if value is None else convert.truth(machine.single(value))


def _looked_up(machine: Machine, asked: Any, table: Any, index: Any, near: Any, *, down: bool) -> Value:
    array = machine.array(table)
    keys = [row[0] for row in array.rows] if down else list(array.rows[0])
    at = convert.whole(_asked(machine, index)) - 1
    rows, columns = machine.shape(table)
    if at < 0:
        return VALUE
    if at >= (columns if down else rows):
        return REF
    place = (nearest if _is_near(machine, near) else exactly)(_asked(machine, asked), keys)
    if place is None:
        return NA
    return array.rows[place][at] if down else array.rows[at][place]


@function("VLOOKUP", 3, 4)
def vlookup(machine: Machine, asked: Any, table: Any, index: Any, near: Any = None) -> Value:
    return _looked_up(machine, asked, table, index, near, down=True)


@function("HLOOKUP", 3, 4)
def hlookup(machine: Machine, asked: Any, table: Any, index: Any, near: Any = None) -> Value:
    return _looked_up(machine, asked, table, index, near, down=False)


def _line(array: Array) -> list[Scalar]:
    if array.height != 1 and array.width != 1:
        raise Faulty(NA)
    return list(array)


@function("MATCH", 2, 3)
def match(machine: Machine, asked: Any, among: Any, kind: Any = 1) -> Value:
    line, value = _line(machine.array(among)), _asked(machine, asked)
    how = 0 if isinstance(kind, Missing) else convert.number(machine.single(kind))
    if how == 0:
        place = exactly(value, line)
    elif how > 0:
        place = nearest(value, line)
    else:
        place = _descending(value, line)
    return NA if place is None else place + 1


def _descending(asked: Scalar, among: Sequence[Scalar]) -> int | None:
    asked = 0 if asked is None else asked
    found, before = None, None
    for at, one in enumerate(among):
        if one is None or isinstance(one, Error) or convert.rank(one) != convert.rank(asked):
            continue
        if before is not None and convert.compare(before, one) < 0:
            raise NotComputed("The list is in no descending order.")
        before = one
        if convert.compare(one, asked) >= 0:
            found = at
    return found


@function("LOOKUP", 2, 3)
def lookup(machine: Machine, asked: Any, among: Any, results: Any = None) -> Value:
    array = machine.array(among)
    if results is None and min(array.height, array.width) > 1:
        raise NotComputed("LOOKUP in an array of several rows and columns.")
    line = _line(array)
    place = nearest(_asked(machine, asked), line)
    if place is None:
        return NA
    found = line if results is None else _line(machine.array(results))
    return found[place] if place < len(found) else NA


@function("XLOOKUP", 3, 4)
def xlookup(machine: Machine, asked: Any, among: Any, results: Any, otherwise: Any = None) -> Value:
    """Exact matches alone, without wildcards, and one row or column of results."""
    line, found = _line(machine.array(among)), _line(machine.array(results))
    if len(line) != len(found):
        return VALUE
    value = _asked(machine, asked)
    for key, result in zip(line, found, strict=True):
        same = (key is None) == (value is None) and not isinstance(key, Error)
        if same and (key is None or convert.compare(key, value) == 0):
            return result
    return NA if otherwise is None or isinstance(otherwise, Missing) else machine.single(otherwise)


@function("INDEX", 2, 3)
def index_(machine: Machine, value: Any, row: Any, column: Any = None) -> Value:
    rows, columns = machine.shape(value)
    at = 0 if isinstance(row, Missing) else convert.whole(_asked(machine, row))
    along = 0 if column is None or isinstance(column, Missing) else convert.whole(_asked(machine, column))
    if column is None and rows == 1:
        at, along = (1 if at else 0), at
    elif column is None and columns == 1:
        along = 1
    if at < 0 or along < 0:
        return VALUE
    if at > rows or along > columns:
        return REF
    return _part(machine, value, at, along)


def _part(machine: Machine, value: Any, row: int, column: int) -> Value:
    """One cell; a whole row or column where the other number is 0."""
    rows, columns = machine.shape(value)
    top, bottom = (row, row) if row else (1, rows)
    left, right = (column, column) if column else (1, columns)
    if isinstance(value, Range):
        area = value.area
        return Range(value.sheet, Area(area.top + top - 1, area.left + left - 1, area.top + bottom - 1,
                                       area.left + right - 1))  # fmt: skip
    array = machine.array(value)
    return Array(tuple(line[left - 1 : right] for line in array.rows[top - 1 : bottom]))


@function("ROWS", 1, 1)
def rows_(machine: Machine, value: Any) -> Value:
    return machine.shape(value)[0]


@function("COLUMNS", 1, 1)
def columns_(machine: Machine, value: Any) -> Value:
    return machine.shape(value)[1]


@function("ROW", 0, 1)
def row_(machine: Machine, value: Any = None) -> Value:
    return machine.place[1] if value is None else _one(cells(value)).top


@function("COLUMN", 0, 1)
def column_(machine: Machine, value: Any = None) -> Value:
    return machine.place[2] if value is None else _one(cells(value)).left


def _one(value: Range) -> Area:
    if value.area.rows > 1 and value.area.columns > 1:
        raise NotComputed("Several rows or columns.")
    return value.area
