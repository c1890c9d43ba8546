"""Tables: made, changed, their columns and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, Final

from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableFormula, TableStyleInfo

from postroom.workspace.workbook import addresses, entering, ranges, references, shifting, structured
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.calc.convert import Faulty, NotComputed
from postroom.workspace.workbook.errors import (
    InvalidArgument,
    InvalidOperation,
    ItemAlreadyExists,
    ItemNotFound,
)
from postroom.workspace.workbook.values import shown

Document = dict[str, Any]
Held = tuple[Sheet, Any]
"""A table with its sheet."""
_NAME: Final = re.compile(r"[^\W\d][\w.]{0,254}|\\[\w.]{0,254}")
_STYLE: Final = "TableStyleMedium2"
_FLAGS: Final = {
    "highlightFirstColumn": "showFirstColumn",
    "highlightLastColumn": "showLastColumn",
    "showBandedColumns": "showColumnStripes",
    "showBandedRows": "showRowStripes",
}


def all_of(book: Book, sheet: Sheet | None = None) -> list[Held]:
    sheets = book.workbook.worksheets if sheet is None else [sheet]
    return [(one, table) for one in sheets for table in one.tables.values()]


def find(book: Book, sheet: Sheet | None, key: str) -> Held:
    """By id or name. Raises ItemNotFound."""
    for held in all_of(book, sheet):
        if key.lower() in (str(held[1].id), f"{{{held[1].id}}}", held[1].displayName.lower()):
            return held
    raise ItemNotFound(f"There is no table {key!r}.")


def document(table: Any) -> Document:
    style = table.tableStyleInfo
    found: Document = {"id": str(table.id), "legacyId": str(table.id), "name": table.displayName}
    found |= {name: bool(style is not None and getattr(style, part)) for name, part in _FLAGS.items()}
    return found | {
        "showFilterButton": table.autoFilter is not None,
        "showHeaders": table.headerRowCount != 0,
        "showTotals": bool(table.totalsRowCount),
        "style": style.name if style is not None and style.name else "",
    }


def add(book: Book, sheet: Sheet, place: Area, *, has_headers: bool) -> Any:
    """Raises InvalidArgument, ItemAlreadyExists where there is one already, InsertDeleteConflict."""
    entering.check_bounded(book, place)
    if any(addresses.parse(other.ref).meet(place) for other in sheet.tables.values()):
        raise ItemAlreadyExists("A table cannot overlap another one.")
    if any(addresses.parse(one.coord).meet(place) for one in sheet.merged_cells.ranges):
        raise InvalidOperation("A table cannot have merged cells.")
    if not has_headers:
        shifting.insert(book, sheet, Area(place.top, place.left, place.top, place.right), "Down")
        place = Area(place.top, place.left, place.bottom + 1, place.right)
    elif place.rows == 1:
        place = Area(place.top, place.left, place.bottom + 1, place.right)
    table = Table(id=_free_id(book), displayName=_free_name(book), ref=place.text(), headerRowCount=1)
    names = _header(book, sheet, place)
    table.tableColumns = [TableColumn(id=at + 1, name=name) for at, name in enumerate(names)]
    table.autoFilter = AutoFilter(ref=place.text())
    table.tableStyleInfo = TableStyleInfo(name=_STYLE, showRowStripes=True, showColumnStripes=False,
                                          showFirstColumn=False, showLastColumn=False)  # fmt: skip
    sheet.add_table(table)
    book.touch_all()
    book.changed()
    return table


def _free_id(book: Book) -> int:
    return max((table.id or 0 for _, table in all_of(book)), default=0) + 1


def _free_name(book: Book) -> str:
    number = 1
    while structured.find(book, f"Table{number}") or book.defined(f"Table{number}", ""):
        number += 1
    return f"Table{number}"


def _header(book: Book, sheet: Sheet, place: Area) -> list[str]:
    """Texts, each once: written into the first row."""
    names: list[str] = []
    for column in range(place.left, place.right + 1):
        value = shown(book.value(sheet.title, place.top, column))
        name = _free_column(str(value) if value != "" else f"Column{column - place.left + 1}", names)
        names.append(name)
        book.write(sheet, place.top, column, name)
    return names


def _free_column(wanted: str, taken: Sequence[str]) -> str:
    low = {one.lower() for one in taken}
    name, number = wanted[:255], 2
    while name.lower() in low:
        name, number = f"{wanted[:250]}{number}", number + 1
    return name


def change(book: Book, held: Held, given: Mapping[str, Any]) -> None:
    """Raises InvalidArgument, ItemAlreadyExists, InsertDeleteConflict."""
    sheet, table = held
    if given.get("name") is not None:
        _rename(book, sheet, table, given["name"])
    style = table.tableStyleInfo = table.tableStyleInfo or TableStyleInfo(name=_STYLE)
    for name, part in _FLAGS.items():
        if given.get(name) is not None:
            setattr(style, part, _flag(name, given[name]))
    if given.get("style") is not None:
        if not isinstance(given["style"], str) or len(given["style"]) > 255:
            raise InvalidArgument("style is the name of a table style, like TableStyleMedium2.")
        style.name = given["style"] or None
    if given.get("showTotals") is not None:
        _show_totals(book, held, shows=_flag("showTotals", given["showTotals"]))
    if given.get("showHeaders") is not None:
        _show_headers(book, held, shows=_flag("showHeaders", given["showHeaders"]))
    if given.get("showFilterButton") is not None:
        shows = _flag("showFilterButton", given["showFilterButton"])
        table.autoFilter = AutoFilter(ref=table.ref) if shows else None
        shifting.set_area(table, addresses.parse(table.ref))
    book.changed()


def _flag(name: str, given: object) -> bool:
    if not isinstance(given, bool):
        raise InvalidArgument(f"{name} is true or false.")
    return given


def _rename(book: Book, sheet: Sheet, table: Any, given: object) -> None:
    if not isinstance(given, str) or not _NAME.fullmatch(given) or addresses.read(given) is not None:
        raise InvalidArgument("A table's name begins with a letter and has letters, digits, points and underscores.")
    old = table.displayName
    taken = structured.find(book, given)
    if (taken is not None and taken[1] is not table) or book.defined(given, sheet.title):
        raise ItemAlreadyExists(f"The name {given!r} exists already.")
    shifting.adjust(book, lambda text, _: references.renamed_table(text, old, given))
    del sheet.tables[table.name]
    table.displayName = table.name = given
    sheet.add_table(table)
    book.touch_all()


def _show_totals(book: Book, held: Held, *, shows: bool) -> None:
    sheet, table = held
    whole, _, _, totals = structured.parts(table)
    if shows and totals is None:
        row = Area(whole.bottom + 1, whole.left, whole.bottom + 1, whole.right)
        _make_room(book, sheet, table, row)
        table.totalsRowCount, table.totalsRowShown = 1, True
        shifting.set_area(table, Area(whole.top, whole.left, row.bottom, whole.right))
        _fill_totals(book, sheet, table, row)
    elif not shows and totals is not None:
        table.totalsRowCount = None
        shifting.delete(book, sheet, totals, "Up", inside=table)
        shifting.set_area(table, Area(whole.top, whole.left, whole.bottom - 1, whole.right))
    book.touch_all()


def _fill_totals(book: Book, sheet: Sheet, table: Any, row: Area) -> None:
    columns = table.tableColumns
    if len(columns) > 1:
        columns[0].totalsRowLabel = "Total"
        book.write(sheet, row.top, row.left, "Total")
    last = columns[-1]
    last.totalsRowFunction = "sum"
    formula = f"=SUBTOTAL(109,{table.displayName}[{_escaped(last.name)}])"
    book.write(sheet, row.top, row.right, formula, is_formula=True)


def _show_headers(book: Book, held: Held, *, shows: bool) -> None:
    sheet, table = held
    whole, header, _, _ = structured.parts(table)
    if not shows and header is not None:
        for column in range(header.left, header.right + 1):
            book.write(sheet, header.top, column, None)
        table.headerRowCount, table.autoFilter = 0, None
        shifting.set_area(table, Area(whole.top + 1, whole.left, whole.bottom, whole.right))
    elif shows and header is None:
        row = Area(whole.top, whole.left, whole.top, whole.right)
        if whole.top > 1 and _is_empty(sheet, row.moved(-1, 0)):
            row = row.moved(-1, 0)
        else:
            shifting.insert(book, sheet, row, "Down", inside=table)
            whole = whole.moved(1, 0)
        table.headerRowCount = 1
        table.autoFilter = AutoFilter(ref=table.ref)
        shifting.set_area(table, Area(row.top, whole.left, whole.bottom, whole.right))
        for at, column in enumerate(table.tableColumns):
            book.write(sheet, row.top, row.left + at, column.name)
    book.touch_all()


def _is_empty(sheet: Sheet, place: Area) -> bool:
    others = any(addresses.parse(one.ref).meet(place) for one in sheet.tables.values())
    return not others and all(cell.value is None for _, cell in ranges.within(sheet, place))


def _make_room(book: Book, sheet: Sheet, table: Any, place: Area) -> None:
    """Cells beside a table become free: those that are used move on."""
    if place.bottom > addresses.ROWS or place.right > addresses.COLUMNS:
        raise InvalidOperation("The table reaches the end of the sheet.")
    whole = addresses.parse(table.ref)
    is_below = place.top > whole.bottom
    if not _is_empty(sheet, place):
        shifting.insert(book, sheet, place, "Down" if is_below else "Right", inside=table)


def delete(book: Book, held: Held) -> None:
    """With all that is in it."""
    sheet, table = held
    place = addresses.parse(table.ref)
    name = table.displayName
    del sheet.tables[table.name]

    def gone(text: str) -> str:
        return references.BROKEN if text.partition("[")[0].lower() == name.lower() else text

    shifting.adjust(book, lambda text, _: references.rewrite(text, gone))
    ranges.clear(book, sheet, place, "All")
    book.touch_all()


def to_range(book: Book, held: Held) -> Area:
    """Its cells stay; what named it names the cells. Raises InvalidOperation where that cannot be said."""
    sheet, table = held
    name = table.displayName
    for other in book.workbook.worksheets:
        for key in list(book.formulas_in(other.title, addresses.SHEET)):
            cell: Any = other._cells[key[1], key[2]]
            if isinstance(cell._value, str):
                cell._value = references.rewrite(cell._value, partial(_as_cells, book, name, key))
    del sheet.tables[table.name]
    book.touch_all()
    book.changed()
    return addresses.parse(table.ref)


def _as_cells(book: Book, name: str, key: tuple[str, int, int], text: str) -> str:
    if text.partition("[")[0].lower() not in (name.lower(), "") or ("[" not in text and text.lower() != name.lower()):
        return text
    try:
        found = structured.table_range(book, text, key)
    except (Faulty, NotComputed) as error:
        raise InvalidOperation(f"A formula in {key[0]} names the table in a way that has no cells.") from error
    if found is None:
        return text
    area, prefix = found.area, addresses.quoted(found.sheet) + "!"
    first = f"${addresses.letters(area.left)}${area.top}"
    last = "" if area.cells == 1 else f":${addresses.letters(area.right)}${area.bottom}"
    return prefix + first + last


# Columns.


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
    at = count if index is None else _index("index", index, count)
    rows = _column_values(values, whole.rows)
    place = Area(whole.top, whole.left + at, whole.bottom, whole.left + at)
    if at == count:
        _make_room(book, sheet, table, place)
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


def _index(name: str, given: object, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not -1 <= given <= most:
        raise InvalidArgument(f"{name} is a number from 0 to {most}, or -1 for the end.")
    return most if given == -1 else given


def _column_name(table: Any, given: object) -> str:
    taken = [one.name for one in table.tableColumns]
    if given is None or given == "":
        return _free_column(f"Column{len(taken) + 1}", taken)
    if not isinstance(given, str | int | float) or len(str(given)) > 255:
        raise InvalidArgument("A column's name is a text of 255 characters at most.")
    return _free_column(str(given), taken)


def _column_values(values: object, rows: int) -> list[Any] | None:
    """One below the other, the header first."""
    if values is None:
        return None
    if not isinstance(values, list):
        return [values] * rows
    flat = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in values]
    if len(flat) != rows or any(isinstance(one, list | dict) for one in flat):
        raise InvalidArgument(
            "The number of rows or columns in the input array doesn't match the size or dimensions of the range."
        )
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
    named = re.compile(r"\[(@?)" + re.escape(_escaped(old)) + r"\]", re.IGNORECASE)

    def change_(text: str) -> str:
        if text.partition("[")[0].lower() not in (table.lower(), "") or not named.search(text):
            return text
        return references.BROKEN if new is None else named.sub(lambda found: f"[{found[1]}{_escaped(new)}]", text)

    shifting.adjust(book, lambda text, _: references.rewrite(text, change_) if "[" in text else text)


def _escaped(name: str) -> str:
    return re.sub(r"(['\[\]#@])", r"'\1", name)


def follow_header(book: Book, held: Held) -> None:
    """After cells were written: names of columns are what the header says, texts, each once."""
    sheet, table = held
    whole, header, _, _ = structured.parts(table)
    if header is None:
        return
    names: list[str] = []
    for at, column in enumerate(table.tableColumns):
        value = shown(book.value(sheet.title, header.top, whole.left + at))
        name = _free_column(str(value) if value != "" else f"Column{at + 1}", names)
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


# Rows.


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
    at = count if index is None else _index("index", index, count)
    top = (data.top if data is not None else whole.bottom + 1) + at
    place = Area(top, whole.left, top + len(rows) - 1, whole.right)
    entering.check_bounded(book, place)
    if at == count and totals is None:
        _make_room(book, sheet, table, place)
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
        raise InvalidArgument(
            "The number of rows or columns in the input array doesn't match the size or dimensions of the range."
        )
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


def follow_headers(book: Book, sheet: Sheet, place: Area) -> None:
    """After cells of a sheet were written."""
    for table in sheet.tables.values():
        header = structured.parts(table)[1]
        if header is not None and header.meet(place):
            follow_header(book, (sheet, table))
