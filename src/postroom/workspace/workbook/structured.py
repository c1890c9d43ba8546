"""References into tables: `Sales[Price]`, `Sales[[#Totals],[Price]]`, `[@Price]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from postroom.workspace.workbook import addresses
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.calc.convert import Faulty, NotComputed, Range
from postroom.workspace.workbook.values import REF, VALUE

if TYPE_CHECKING:
    from postroom.workspace.workbook.book import Book

_WHOLE = re.compile(r"([^\[\]]*)\[(.*)\]", re.DOTALL)
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")
_ESCAPED = re.compile(r"'(.)")
_PARTS: Final = frozenset({"#all", "#data", "#headers", "#totals", "#this row"})


def table_range(book: Book, text: str, key: tuple[str, int, int]) -> Range | None:
    """The cells, or None for what names no table. Raises Faulty for a column that is not there, NotComputed."""
    found = _WHOLE.fullmatch(text)
    name, inner = (found[1], found[2].strip()) if found else (text, "")
    if found is not None and name.isdecimal():
        return None  # another file
    held = find(book, name) if name else _around(book, key)
    if held is None:
        if found is not None:
            raise NotComputed("A reference into a table that is not here.")
        return None
    sheet, table = held
    return Range(sheet, _area(table, inner, key))


def find(book: Book, name: str) -> tuple[str, Any] | None:
    low = name.lower()
    for sheet in book.workbook.worksheets:
        for table in sheet.tables.values():
            if table.displayName.lower() == low:
                return sheet.title, table
    return None


def _around(book: Book, key: tuple[str, int, int]) -> tuple[str, Any] | None:
    sheet = book.find_sheet(key[0])
    for table in sheet.tables.values() if sheet is not None else ():
        if addresses.parse(table.ref).holds(key[1], key[2]):
            return key[0], table
    return None


def parts(table: Any) -> tuple[Area, Area | None, Area | None, Area | None]:
    """Of a table: all of it, its header, its data, its totals."""
    whole = addresses.parse(table.ref)
    header = table.headerRowCount != 0
    totals = bool(table.totalsRowCount)
    top, bottom = whole.top + header, whole.bottom - totals
    return (
        whole,
        Area(whole.top, whole.left, whole.top, whole.right) if header else None,
        Area(top, whole.left, bottom, whole.right) if top <= bottom else None,
        Area(whole.bottom, whole.left, whole.bottom, whole.right) if totals else None,
    )


def _area(table: Any, inner: str, key: tuple[str, int, int]) -> Area:
    asked, columns = _asked(inner)
    whole, header, data, totals = parts(table)
    rows = {"#all": whole, "#headers": header, "#data": data, "#totals": totals}
    if "#this row" in asked:
        if data is None or not data.top <= key[1] <= data.bottom:
            raise Faulty(VALUE)
        area: Area | None = Area(key[1], whole.left, key[1], whole.right)
    else:
        area = None
        for one in asked or ["#data"]:
            part = rows[one]
            if part is None:
                raise Faulty(REF)
            area = part if area is None else area.around(part)
    assert area is not None
    if not columns:
        return area
    names = [one.name.lower() for one in table.tableColumns]
    try:
        places = [names.index(one.lower()) for one in columns]
    except ValueError as error:
        raise Faulty(REF) from error
    return Area(area.top, whole.left + min(places), area.bottom, whole.left + max(places))


def _asked(inner: str) -> tuple[list[str], list[str]]:
    """Parts and columns that stand in the brackets."""
    this_row = inner.startswith("@")
    inner = inner.removeprefix("@")
    items = _ITEM.findall(inner) if inner.startswith("[") else ([inner] if inner else [])
    plain = [_ESCAPED.sub(r"\1", one) for one in items]
    asked = [one.lower() for one in plain if one.lower() in _PARTS]
    columns = [one for one in plain if one.lower() not in _PARTS]
    return (["#this row", *asked] if this_row else asked), columns
