"""Columns of tables: made, named, removed, and what the header says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openpyxl.worksheet.table import TableColumn

from postroom.workspace.workbook import addresses, ranges, references, shifting, structured
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.errors import InvalidArgument, InvalidOperation, ItemAlreadyExists, ItemNotFound
from postroom.workspace.workbook.tables import MISMATCH, Document, Held, escaped, free_column, index_of, make_room
from postroom.workspace.workbook.values import shown


def column_at(table: Any, key: str) -> int:
    """Its place, by id or name. Raises ItemNotFound."""
    for at, column in enumerate(table.tableColumns):
        if key == str(column.id) or key.lower() == column.name.lower():
            return at
    raise ItemNotFound(f"There is no column {key!r}.")


def column_area(table: Any, at: int) -> Area:
    whole = addresses.parse(table.ref)
    return Area(whole.top, whole.left + at, whole.bottom, whole.left + at)


def column_document(book: Book, held: Held, at: int) -> Document:
    sheet, table = held
    column = table.tableColumns[at]
    return {
        "id": str(column.id), "name": column.name, "index": at,
        "values": ranges.values(book, sheet, column_area(table, at)),
    }  # fmt: skip


def add_column(book: Book, held: Held, index: object, values: object, name: object) -> int:
    """Where it is. Raises InvalidArgument, InsertDeleteConflict."""
    sheet, table = held
    whole = addresses.parse(table.ref)
    count = len(table.tableColumns)
    at = count if index is None else index_of("index", index, count)
    rows = _column_values(values, whole.rows)
    place = Area(whole.top, whole.left + at, whole.bottom, whole.left + at)
    if at == count:
        make_room(book, sheet, table, place)
    else:
        shifting.insert(book, sheet, place, "Right", inside=table)
    column = TableColumn(id=max(one.id for one in table.tableColumns) + 1, name="")
    title = name if name is not None else (rows[0] if rows and table.headerRowCount != 0 else None)
    column.name = _column_name(table, title)
    table.tableColumns.insert(at, column)
    shifting.set_area(table, Area(whole.top, whole.left, whole.bottom, whole.right + 1))
    if rows is not None:
        ranges.change(book, sheet, place, {"values": [[one] for one in rows]})
    if table.headerRowCount != 0:
        book.write(sheet, whole.top, place.left, column.name)
    _clear_filter_places(table)
    book.touch_all()
    book.changed()
    return at


def _column_name(table: Any, given: object) -> str:
    taken = [one.name for one in table.tableColumns]
    if given is None or given == "":
        return free_column(f"Column{len(taken) + 1}", taken)
    if not isinstance(given, str | int | float) or len(str(given)) > 255:
        raise InvalidArgument("A column's name is a text of 255 characters at most.")
    return free_column(str(given), taken)


def _column_values(values: object, rows: int) -> list[Any] | None:
    """One below the other, the header first."""
    if values is None:
        return None
    if not isinstance(values, list):
        return [values] * rows
    flat = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in values]
    if len(flat) != rows or any(isinstance(one, list | dict) for one in flat):
        raise InvalidArgument(MISMATCH)
    return flat


def change_column(book: Book, held: Held, at: int, given: Mapping[str, Any]) -> None:
    """Name, values. Raises InvalidArgument, ItemAlreadyExists."""
    sheet, table = held
    place = column_area(table, at)
    if given.get("values") is not None:
        rows = _column_values(given["values"], place.rows) or []
        ranges.change(book, sheet, place, {"values": [[one] for one in rows]})
        follow_header(book, held)
    if given.get("name") is not None:
        name, others = given["name"], [one.name.lower() for index, one in enumerate(table.tableColumns) if index != at]
        if not isinstance(name, str) or not 1 <= len(name) <= 255:
            raise InvalidArgument("A column's name is a text of 1 to 255 characters.")
        if name.lower() in others:
            raise ItemAlreadyExists(f"There is a column named {name!r} already.")
        _name_column(book, held, at, name)
    book.touch_all()
    book.changed()


def _name_column(book: Book, held: Held, at: int, name: str) -> None:
    sheet, table = held
    old = table.tableColumns[at].name
    table.tableColumns[at].name = name
    _rename_in_formulas(book, table.displayName, old, name)
    if table.headerRowCount != 0:
        place = column_area(table, at)
        book.write(sheet, place.top, place.left, name)


def _rename_in_formulas(book: Book, table: str, old: str, new: str | None) -> None:
    """A column has another name; without one it is gone, and so is every reference to it."""
    named = re.compile(r"\[(@?)" + re.escape(escaped(old)) + r"\]", re.IGNORECASE)

    def change_(text: str) -> str:
        if text.partition("[")[0].lower() not in (table.lower(), "") or not named.search(text):
            return text
        return references.BROKEN if new is None else named.sub(lambda found: f"[{found[1]}{escaped(new)}]", text)

    shifting.adjust(book, lambda text, _: references.rewrite(text, change_) if "[" in text else text)


def follow_header(book: Book, held: Held) -> None:
    """After cells were written: names of columns are what the header says, texts, each once."""
    sheet, table = held
    whole, header, _, _ = structured.parts(table)
    if header is None:
        return
    names: list[str] = []
    for at, column in enumerate(table.tableColumns):
        value = shown(book.value(sheet.title, header.top, whole.left + at))
        name = free_column(str(value) if value != "" else f"Column{at + 1}", names)
        names.append(name)
        if name != value:
            book.write(sheet, header.top, whole.left + at, name)
        if name != column.name:
            old, column.name = column.name, name
            _rename_in_formulas(book, table.displayName, old, name)


def delete_column(book: Book, held: Held, at: int) -> None:
    """Raises InvalidOperation for the last one, InsertDeleteConflict."""
    sheet, table = held
    if len(table.tableColumns) == 1:
        raise InvalidOperation("A table needs a column.")
    whole = addresses.parse(table.ref)
    shifting.delete(book, sheet, column_area(table, at), "Left", inside=table)
    _rename_in_formulas(book, table.displayName, table.tableColumns[at].name, None)
    del table.tableColumns[at]
    shifting.set_area(table, Area(whole.top, whole.left, whole.bottom, whole.right - 1))
    _clear_filter_places(table)
    book.touch_all()
    book.changed()


def _clear_filter_places(table: Any) -> None:
    """Filters name columns by their place, which is another now."""
    if table.autoFilter is not None:
        table.autoFilter.filterColumn = []


def follow_headers(book: Book, sheet: Sheet, place: Area) -> None:
    """After cells of a sheet were written."""
    for table in sheet.tables.values():
        header = structured.parts(table)[1]
        if header is not None and header.meet(place):
            follow_header(book, (sheet, table))
