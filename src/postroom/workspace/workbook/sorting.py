"""Rows sorted by columns: numbers before texts before truths before errors, blank ones last, whatever the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, Final

from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.formula import ArrayFormula

from postroom.workspace.workbook import formatting, references
from postroom.workspace.workbook.addresses import Area, parse
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.entering import check_bounded, check_protected
from postroom.workspace.workbook.errors import InvalidArgument, InvalidOperation, UnsupportedOperation
from postroom.workspace.workbook.values import Error, Scalar

_MOST_FIELDS: Final = 64
_KINDS: Final = ("Value", "CellColor", "FontColor")


@dataclass(frozen=True, slots=True)
class Field:
    """`key` is a column (or row) within the range. With a `color` those that have it come first, or last."""

    key: int
    ascending: bool = True
    on: str = "Value"
    color: str | None = None


def fields(given: object, most: int) -> list[Field]:
    """Raises InvalidArgument, UnsupportedOperation."""
    given = [given] if isinstance(given, dict) else given
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_FIELDS:
        raise InvalidArgument("fields is a list of 1 to 64 fields.")
    return [_field(one, most) for one in given]


def _field(given: object, most: int) -> Field:
    if not isinstance(given, Mapping):
        raise InvalidArgument("A field is an object with key and ascending.")
    key, ascending = given.get("key"), given.get("ascending", True)
    if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < most:
        raise InvalidArgument(f"key is a number from 0 to {most - 1}.")
    if not isinstance(ascending, bool):
        raise InvalidArgument("ascending is true or false.")
    on = next(
        (
            one
            for one in ("Value", "CellColor", "FontColor")
            if one.lower() == str(given.get("sortOn", "Value")).lower()
        ),
        None,
    )
    if on is None:
        raise UnsupportedOperation("sortOn is Value, CellColor or FontColor.")
    if str(given.get("dataOption") or "Normal").lower() not in ("normal", "textasnumber"):
        raise InvalidArgument("dataOption is Normal or TextAsNumber.")
    color = None if on == "Value" else "#" + formatting.color(given.get("color"))[2:]
    return Field(key, ascending, on, color)


def sort(
    book: Book, sheet: Sheet, place: Area, by: list[Field], *, match_case: bool, has_headers: bool, across: bool = False
) -> None:
    """`across` sorts columns by rows. Raises InvalidOperation for merged cells and array formulas."""
    check_bounded(book, place)
    check_protected(sheet, place)
    if any(parse(one.coord).meet(place) for one in sheet.merged_cells.ranges):
        raise InvalidOperation("Cells that are merged cannot be sorted.")
    if has_headers:
        place = Area(place.top, place.left + 1, place.bottom, place.right) if across else Area(
            place.top + 1, place.left, place.bottom, place.right)  # fmt: skip
    lines = range(place.left, place.right + 1) if across else range(place.top, place.bottom + 1)
    keys = {line: [_key(book, sheet, place, line, one, across=across) for one in by] for line in lines}

    def order(one: int, other: int) -> int:
        for field, left, right in zip(by, keys[one], keys[other], strict=True):
            found = _compare(left, right, field, match_case=match_case)
            if found:
                return found
        return 0

    _place(book, sheet, place, sorted(lines, key=cmp_to_key(order)), across=across)


def _key(book: Book, sheet: Sheet, place: Area, line: int, field: Field, *, across: bool) -> Scalar:
    row, column = (place.top + field.key, line) if across else (line, place.left + field.key)
    if field.on == "Value":
        return book.value(sheet.title, row, column)
    properties = formatting.FILL if field.on == "CellColor" else formatting.FONT
    found = formatting.read(sheet, Area(row, column, row, column), {"color": properties["color"]})["color"]
    return 0 if found == field.color else 1


def _compare(left: Scalar, right: Scalar, field: Field, *, match_case: bool) -> int:
    ranks = _rank(left), _rank(right)
    if ranks[0] != ranks[1]:
        if 4 in ranks:
            return ranks[0] - ranks[1]
        return (ranks[0] - ranks[1]) * (1 if field.ascending else -1)
    if ranks[0] >= 3:
        return 0
    found = convert.compare(left, right)
    if found == 0 and match_case and isinstance(left, str) and isinstance(right, str) and left != right:
        found = -1 if left.swapcase() < right.swapcase() else 1
    return found if field.ascending else -found


def _rank(value: Scalar) -> int:
    if value is None or value == "":
        return 4
    return 3 if isinstance(value, Error) else convert.rank(value)


def _place(book: Book, sheet: Sheet, place: Area, order: list[int], *, across: bool) -> None:
    """Cells at their new places; relative references of formulas go along."""
    taken: dict[int, dict[int, Any]] = {}
    for row in range(place.top, place.bottom + 1):
        for column in range(place.left, place.right + 1):
            cell = sheet._cells.pop((row, column), None)
            if cell is not None:
                line, other = (column, row) if across else (row, column)
                taken.setdefault(line, {})[other] = cell
    first = place.left if across else place.top
    for at, line in enumerate(order):
        for other, cell in taken.get(line, {}).items():
            target = first + at
            row, column = (other, target) if across else (target, other)
            _put(sheet, cell, row, column)
    book.touch_all()
    book.changed()


def _put(sheet: Sheet, cell: Any, row: int, column: int) -> None:
    if not isinstance(cell, MergedCell) and cell.data_type == "f":
        if isinstance(cell._value, ArrayFormula):
            cell._value.ref = Area(row, column, row, column).text()
            cell._value.text = references.translated(str(cell._value.text), row - cell.row, column - cell.column)
        else:
            cell._value = references.translated(cell._value, row - cell.row, column - cell.column)
    cell.row, cell.column = row, column
    sheet._cells[row, column] = cell
    if cell.hyperlink is not None:
        cell.hyperlink.ref = cell.coordinate
