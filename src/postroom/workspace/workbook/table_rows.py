"""Rows of tables: added, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from openpyxl.worksheet.table import TableFormula

from postroom.workspace.workbook import addresses, entering, ranges, shifting, structured
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.errors import InvalidArgument, ItemNotFound
from postroom.workspace.workbook.tables import MISMATCH, Document, Held, index_of, make_room


def row_count(table: Any) -> int:
    data = structured.parts(table)[2]
    return data.rows if data is not None else 0


def row_area(table: Any, index: int) -> Area:
    """Raises ItemNotFound."""
    data = structured.parts(table)[2]
    if data is None or not 0 <= index < data.rows:
        raise ItemNotFound(f"The table has no row {index}.")
    return Area(data.top + index, data.left, data.top + index, data.right)


def row_document(book: Book, held: Held, index: int) -> Document:
    return {"index": index, "values": ranges.values(book, held[0], row_area(held[1], index))}


def add_rows(book: Book, held: Held, index: object, values: object) -> Document:
    """Index of the first and values of all. Raises InvalidArgument, InsertDeleteConflict."""
    sheet, table = held
    whole, _, data, totals = structured.parts(table)
    rows = _row_values(values, whole.columns)
    count = data.rows if data is not None else 0
    at = count if index is None else index_of("index", index, count)
    top = (data.top if data is not None else whole.bottom + 1) + at
    place = Area(top, whole.left, top + len(rows) - 1, whole.right)
    entering.check_bounded(book, place)
    if at == count and totals is None:
        make_room(book, sheet, table, place)
    else:
        shifting.insert(book, sheet, place, "Down", inside=table)
    shifting.set_area(table, Area(whole.top, whole.left, whole.bottom + len(rows), whole.right))
    _continue_format(sheet, place, at)
    _fill_formulas(book, sheet, table, place)
    ranges.change(book, sheet, place, {"values": rows})
    book.touch_all()
    book.changed()
    return {"index": at, "values": ranges.values(book, sheet, place)}


def _row_values(values: object, columns: int) -> list[list[Any]]:
    if values is None:
        return [[None] * columns]
    if not isinstance(values, list):
        return [[values] * columns]
    rows = values if values and all(isinstance(one, list) for one in values) else [values]
    if any(len(row) != columns for row in rows):
        raise InvalidArgument(MISMATCH)
    return rows


def _continue_format(sheet: Sheet, place: Area, at: int) -> None:
    """New rows look as the one above them, where that is a row of data."""
    if at == 0:
        return
    for column in range(place.left, place.right + 1):
        model = sheet._cells.get((place.top - 1, column))
        if model is not None and model.has_style:
            for row in range(place.top, place.bottom + 1):
                sheet.cell(row, column)._style = copy(model._style)


def _fill_formulas(book: Book, sheet: Sheet, table: Any, place: Area) -> None:
    for at, column in enumerate(table.tableColumns):
        formula: TableFormula | None = column.calculatedColumnFormula
        if formula is not None and formula.attr_text and not formula.array:
            for row in range(place.top, place.bottom + 1):
                book.write(sheet, row, place.left + at, f"={formula.attr_text}", is_formula=True)


def change_row(book: Book, held: Held, index: int, given: Mapping[str, Any]) -> None:
    if "values" in given:
        values = given["values"]
        if isinstance(values, list) and values and not isinstance(values[0], list):
            values = [values]
        ranges.change(book, held[0], row_area(held[1], index), {"values": values})


def delete_row(book: Book, held: Held, index: int) -> None:
    """The last one becomes empty: a table needs a row."""
    sheet, table = held
    place = row_area(table, index)
    if row_count(table) == 1:
        ranges.clear(book, sheet, place, "Contents")
        return
    whole = addresses.parse(table.ref)
    shifting.delete(book, sheet, place, "Up", inside=table)
    shifting.set_area(table, Area(whole.top, whole.left, whole.bottom - 1, whole.right))
    book.touch_all()
    book.changed()
