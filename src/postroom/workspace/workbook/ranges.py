"""A range as Graph shows it, and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from openpyxl.cell.cell import MergedCell
from openpyxl.styles.cell_style import StyleArray

from postroom.workspace.workbook import entering, formats, references
from postroom.workspace.workbook.addresses import COLUMNS, ROWS, Area, area, letters, parse, quoted
from postroom.workspace.workbook.book import Book, Sheet, used_area
from postroom.workspace.workbook.entering import check_protected, put
from postroom.workspace.workbook.errors import InvalidArgument, InvalidReference, TooMuch
from postroom.workspace.workbook.values import Scalar, kind, shown

Document = dict[str, Any]
HIDING: Final = r"\b(SUBTOTAL|AGGREGATE)\("
"""Formulas to which hidden rows are not the same as others."""


def address(sheet: Sheet, place: Area) -> str:
    return f"{quoted(sheet.title)}!{place.text()}"


class One(NamedTuple):
    """A cell that is shown. `formula` is None where it holds a value."""

    value: Scalar
    formula: str | None
    form: str
    row: int
    column: int


def _text(one: One, *, is_1904: bool) -> str:
    value = one.value
    if type(value) is int and one.form == "General" and -(10**10) < value < 10**10:
        return str(value)  # most numbers, and quickly
    return formats.shown(value, one.form, is_1904=is_1904)


def _formula(one: One) -> Any:
    return shown(one.value) if one.formula is None else entering.shown_formula(one.formula)


def _r1c1(one: One) -> Any:
    if one.formula is None:
        return shown(one.value)
    return references.to_r1c1(entering.shown_formula(one.formula), one.row, one.column)


ARRAYS: Final[Mapping[str, Callable[[One], Any]]] = {
    "values": lambda one: shown(one.value),
    "text": partial(_text, is_1904=False),
    "formulas": _formula,
    "formulasLocal": _formula,
    "formulasR1C1": _r1c1,
    "numberFormat": lambda one: one.form,
    "valueTypes": lambda one: kind(one.value),
}
"""Properties with a value for each cell. `formulasLocal` are those of English."""


def _ones(book: Book, sheet: Sheet, place: Area) -> list[list[One]]:
    columns = range(place.left, place.right + 1)
    return [[_one(book, sheet, row, column) for column in columns] for row in range(place.top, place.bottom + 1)]


def _one(book: Book, sheet: Sheet, row: int, column: int) -> One:
    cell = sheet._cells.get((row, column))
    if cell is None:
        return One(None, None, "General", row, column)
    form = cell.number_format if cell.has_style else "General"
    formula = book.formula_of(cell)
    if formula is None:
        return One(book.constant_of(cell), None, form, row, column)
    return One(book.machine.result((sheet.title, row, column)), formula.text, form, row, column)


def document(book: Book, sheet: Sheet, place: Area, names: Collection[str] | None = None) -> Document:
    """All properties, or those that are asked for; arrays cost time. Raises TooMuch."""
    found: Document = {
        "address": address(sheet, place),
        "addressLocal": address(sheet, place),
        "cellCount": place.cells if place.cells < 2**31 else -1,
        "columnCount": place.columns,
        "columnIndex": place.left - 1,
        "rowCount": place.rows,
        "rowIndex": place.top - 1,
        "columnHidden": _hidden_columns(sheet, place),
        "rowHidden": _hidden_rows(sheet, place),
    }
    found["hidden"] = _either(found["columnHidden"], found["rowHidden"])
    wanted = [name for name in ARRAYS if names is None or name in names]
    if wanted and not place.unbounded and place.cells > book.bounds.range_cells:
        raise TooMuch(f"A range has {book.bounds.range_cells:,} cells at most; this one has {place.cells:,}.")
    if place.unbounded:
        return found | dict.fromkeys(wanted)
    rows = _ones(book, sheet, place) if wanted else []
    for name in wanted:
        of_one = partial(_text, is_1904=True) if name == "text" and book.is_1904 else ARRAYS[name]
        found[name] = [list(map(of_one, row)) for row in rows]
    return found


def values(book: Book, sheet: Sheet, place: Area) -> list[list[Any]]:
    return [[shown(one.value) for one in row] for row in _ones(book, sheet, place)]


def _all_or_none(flags: Collection[bool], count: int) -> bool | None:
    """None where they differ; `count` is how many there are, with those that have no flag."""
    total = sum(flags)
    return None if 0 < total < count else total > 0


def _either(one: bool | None, other: bool | None) -> bool | None:
    return True if one or other else (None if one is None or other is None else False)


def _hidden_rows(sheet: Sheet, place: Area) -> bool | None:
    hidden = [bool(one.hidden) for row, one in sheet.row_dimensions.items() if place.top <= row <= place.bottom]
    return _all_or_none(hidden, place.rows)


def _hidden_columns(sheet: Sheet, place: Area) -> bool | None:
    count = 0
    for one in sheet.column_dimensions.values():
        one.reindex()
        first, last = max(one.min or 1, place.left), min(one.max or 1, place.right)
        count += max(0, last - first + 1) if one.hidden else 0
    return None if 0 < count < place.columns else count > 0


def change(book: Book, sheet: Sheet, place: Area, given: Mapping[str, Any]) -> None:
    """Write what was given. Raises InvalidArgument."""
    for name in ("columnHidden", "rowHidden"):
        if name in given:
            if not isinstance(given[name], bool):
                raise InvalidArgument(f"{name} is true or false.")
            _hide(book, sheet, place, name, hidden=given[name])
    for name in entering.WRITERS:
        if name in given:
            put(book, sheet, place, name, given[name])


def _hide(book: Book, sheet: Sheet, place: Area, name: str, *, hidden: bool) -> None:
    check_protected(sheet, place)
    count = place.rows if name == "rowHidden" else place.columns
    if count > COLUMNS:
        raise InvalidArgument("So many rows cannot be hidden at once.")
    if name == "rowHidden":
        for row in range(place.top, place.bottom + 1):
            sheet.row_dimensions[row].hidden = hidden
    else:
        for column in single_columns(sheet, place):
            column.hidden = hidden
    book.touch_formulas(HIDING)
    book.changed()


def single_columns(sheet: Sheet, place: Area) -> list[Any]:
    """The dimension of each column of an area; those that stand for several columns are taken apart before."""
    for one in list(sheet.column_dimensions.values()):
        one.reindex()
        first, last = one.min or 0, one.max or 0
        if first < last and place.left <= last and first <= place.right:
            for column in range(first + 1, min(last, COLUMNS) + 1):
                copy = sheet.column_dimensions[letters(column)]
                copy.width, copy.hidden, copy._style = one.width, one.hidden, one._style
                copy.min = copy.max = column
            one.min = one.max = first
    return [sheet.column_dimensions[letters(column)] for column in range(place.left, place.right + 1)]


def clear(book: Book, sheet: Sheet, place: Area, what: str) -> None:
    """`All`, `Contents` or `Formats`. Raises InvalidArgument."""
    low = what.lower()
    if low not in ("all", "contents", "formats"):
        raise InvalidArgument("applyTo is All, Contents or Formats.")
    check_protected(sheet, place)
    for key, cell in within(sheet, place):
        if isinstance(cell, MergedCell):
            continue
        if low != "formats":
            book.write(sheet, *key, None)
        if low != "contents":
            cell._style = StyleArray()
            book.touch(sheet.title, *key)
    if low == "all":
        for key, _ in within(sheet, place):
            if not isinstance(sheet._cells[key], MergedCell):
                del sheet._cells[key]
    book.changed()


def within(sheet: Sheet, place: Area) -> list[tuple[tuple[int, int], Any]]:
    """The cells of an area that are there."""
    if place.cells < len(sheet._cells):
        keys = ((row, column) for row in range(place.top, place.bottom + 1)
                for column in range(place.left, place.right + 1))  # fmt: skip
        return [(key, sheet._cells[key]) for key in keys if key in sheet._cells]
    return [(key, cell) for key, cell in sheet._cells.items() if place.holds(*key)]


def merge(book: Book, sheet: Sheet, place: Area, *, across: bool) -> None:
    """One cell of many, or one of each row; what the others held is lost. Raises InvalidArgument, TooMuch."""
    entering.check_bounded(book, place)
    check_protected(sheet, place)
    for table in sheet.tables.values():
        if parse(table.ref).meet(place):
            raise InvalidArgument("Cells of a table cannot be merged.")
    unmerge(book, sheet, place)
    rows = range(place.top, place.bottom + 1)
    parts = [Area(row, place.left, row, place.right) for row in rows] if across else [place]
    for part in parts:
        if part.cells > 1:
            for key, _ in within(sheet, part):
                book.touch(sheet.title, *key)
            sheet.merge_cells(part.text())
    book.changed()


def unmerge(book: Book, sheet: Sheet, place: Area) -> None:
    for one in list(sheet.merged_cells.ranges):
        if parse(one.coord).meet(place):
            sheet.unmerge_cells(one.coord)
    book.changed()


# Other ranges, from one.


def used(sheet: Sheet, place: Area | None, *, values_only: bool) -> Area:
    """What of a sheet or of an area is used; its first cell where nothing is."""
    found = used_area(sheet, values_only=values_only)
    if place is None:
        return found
    if place.covers(found):
        return found
    meeting = [
        key for key, cell in within(sheet, place)
        if not isinstance(cell, MergedCell) and (cell._value is not None or (not values_only and cell.has_style))
    ]  # fmt: skip
    if not meeting:
        return Area(place.top, place.left, place.top, place.left)
    rows, columns = [row for row, _ in meeting], [column for _, column in meeting]
    return Area(min(rows), min(columns), max(rows), max(columns))


def cell_of(place: Area, row: int, column: int) -> Area:
    """May lie outside of the range, but within the sheet. Raises InvalidReference."""
    return area(place.top + row, place.left + column, place.top + row, place.left + column)


def line(place: Area, *, row: int | None = None, column: int | None = None) -> Area:
    """A row or a column of a range. Raises InvalidReference."""
    if row is not None:
        return area(place.top + row, place.left, place.top + row, place.right)
    at = place.left + (column or 0)
    return area(place.top, at, place.bottom, at)


def beside(place: Area, side: str, count: int) -> Area:
    """So many rows or columns on one side; a negative number is the other side's. Raises InvalidReference."""
    if count == 0:
        raise InvalidReference("The number of rows or columns is 0.")
    if count < 0:
        side, count = _OPPOSITE[side], -count
    match side:
        case "columnsAfter":
            return area(place.top, place.right + 1, place.bottom, place.right + count)
        case "columnsBefore":
            return area(place.top, place.left - count, place.bottom, place.left - 1)
        case "rowsAbove":
            return area(place.top - count, place.left, place.top - 1, place.right)
        case _:
            return area(place.bottom + 1, place.left, place.bottom + count, place.right)


_OPPOSITE: Final = {
    "columnsAfter": "columnsBefore",
    "columnsBefore": "columnsAfter",
    "rowsAbove": "rowsBelow",
    "rowsBelow": "rowsAbove",
}


def resized(place: Area, rows: int, columns: int) -> Area:
    return area(place.top, place.left, place.bottom + rows, place.right + columns)


def entire(place: Area, *, rows: bool) -> Area:
    return Area(place.top, 1, place.bottom, COLUMNS) if rows else Area(1, place.left, ROWS, place.right)
