"""Tables: made, changed, their columns and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

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
MISMATCH: Final = "The number of rows or columns in the input array doesn't match the size or dimensions of the range."
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
        name = free_column(str(value) if value != "" else f"Column{column - place.left + 1}", names)
        names.append(name)
        book.write(sheet, place.top, column, name)
    return names


def free_column(wanted: str, taken: Sequence[str]) -> str:
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
        make_room(book, sheet, table, row)
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
    data = structured.parts(table)[2]
    column = ranges.values(book, sheet, Area(data.top, data.right, data.bottom, data.right)) if data else []
    is_text = any(isinstance(value, str) and value for (value,) in column)
    last.totalsRowFunction = "count" if is_text else "sum"
    formula = f"=SUBTOTAL({103 if is_text else 109},{table.displayName}[{escaped(last.name)}])"
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


def make_room(book: Book, sheet: Sheet, table: Any, place: Area) -> None:
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


def index_of(name: str, given: object, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not -1 <= given <= most:
        raise InvalidArgument(f"{name} is a number from 0 to {most}, or -1 for the end.")
    return most if given == -1 else given


def escaped(name: str) -> str:
    return re.sub(r"(['\[\]#@])", r"'\1", name)
