"""Worksheets: their ids, names, order, visibility, protection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from postroom.workspace.workbook import references, shifting
from postroom.workspace.workbook.addresses import quoted
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.errors import InvalidArgument, InvalidOperation, ItemAlreadyExists, ItemNotFound
from postroom.workspace.workbook.values import checked_text

Document = dict[str, Any]
_FORBIDDEN: Final = re.compile(r"[:\\/?*\[\]]")
_STATES: Final = {"visible": "visible", "hidden": "hidden", "veryhidden": "veryHidden"}
_SHOWN: Final = {"visible": "Visible", "hidden": "Hidden", "veryHidden": "VeryHidden"}
OPTIONS: Final = {
    "allowAutoFilter": "autoFilter",
    "allowDeleteColumns": "deleteColumns",
    "allowDeleteRows": "deleteRows",
    "allowFormatCells": "formatCells",
    "allowFormatColumns": "formatColumns",
    "allowFormatRows": "formatRows",
    "allowInsertColumns": "insertColumns",
    "allowInsertHyperlinks": "insertHyperlinks",
    "allowInsertRows": "insertRows",
    "allowPivotTables": "pivotTables",
    "allowSort": "sort",
}
"""What may be done all the same. In the file such an option forbids."""


def sheet_id(book: Book, sheet: Sheet) -> str:
    return f"{{00000000-0001-0000-{book.sheet_ids[sheet.title]:04X}-000000000000}}"


def find(book: Book, key: str) -> Sheet:
    """By id or name. Raises ItemNotFound."""
    for sheet in book.workbook.worksheets:
        if sheet_id(book, sheet).lower() == key.lower():
            return sheet
    return book.worksheet(key)


def document(book: Book, sheet: Sheet) -> Document:
    return {
        "id": sheet_id(book, sheet),
        "name": sheet.title,
        "position": book.workbook.worksheets.index(sheet),
        "visibility": _SHOWN[sheet.sheet_state],
    }


def _checked_name(book: Book, name: object, own: Sheet | None = None) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= 31 or _FORBIDDEN.search(name):
        raise InvalidArgument("A worksheet's name has 1 to 31 characters, none of : \\ / ? * [ ].")
    if name.startswith("'") or name.endswith("'") or name.lower() == "history":
        raise InvalidArgument("A worksheet's name is not History, and does not begin or end with an apostrophe.")
    taken = book.find_sheet(name)
    if taken is not None and taken is not own:
        raise ItemAlreadyExists(f"A worksheet named {name!r} exists already.")
    return checked_text(name)


def add(book: Book, name: object = None) -> Sheet:
    """At the end. Without a name it gets one. Raises InvalidArgument, ItemAlreadyExists."""
    if name is None:
        number = len(book.workbook.worksheets) + 1
        while book.find_sheet(f"Sheet{number}"):
            number += 1
        name = f"Sheet{number}"
    title = _checked_name(book, name)
    sheet = book.workbook.create_sheet(title)
    book.sheet_ids[sheet.title] = max(book.sheet_ids.values(), default=0) + 1
    book.changed()
    return sheet


def change(book: Book, sheet: Sheet, given: Mapping[str, Any]) -> None:
    """Name, position, visibility. Raises InvalidArgument, InvalidOperation, ItemAlreadyExists."""
    if "visibility" in given:
        _set_visibility(book, sheet, given["visibility"])
    if "position" in given:
        _move(book, sheet, given["position"])
    if "name" in given:
        _rename(book, sheet, _checked_name(book, given["name"], sheet))
    book.changed()


def _set_visibility(book: Book, sheet: Sheet, given: object) -> None:
    state = _STATES.get(str(given).lower())
    if state is None:
        raise InvalidArgument("visibility is Visible, Hidden or VeryHidden.")
    if state != "visible":
        _check_another_visible(book, sheet)
    sheet.sheet_state = state
    _look_at_a_visible_one(book)


def _check_another_visible(book: Book, sheet: Sheet) -> None:
    if not any(one.sheet_state == "visible" for one in book.workbook.worksheets if one is not sheet):
        raise InvalidOperation("A workbook needs a visible worksheet.")


def _look_at_a_visible_one(book: Book) -> None:
    active: Any = book.workbook.active
    if active is None or active.sheet_state != "visible":
        book.workbook.active = next(one for one in book.workbook.worksheets if one.sheet_state == "visible")


def _move(book: Book, sheet: Sheet, given: object) -> None:
    sheets = book.workbook.worksheets
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < len(sheets):
        raise InvalidArgument(f"position is a number from 0 to {len(sheets) - 1}.")
    active: Any = book.workbook.active
    book.workbook.move_sheet(sheet, given - sheets.index(sheet))
    book.workbook.active = active


def _rename(book: Book, sheet: Sheet, name: str) -> None:
    old = sheet.title
    if name == old:
        return
    shifting.adjust(book, lambda text, _: references.renamed(text, old, name))
    number = book.sheet_ids.pop(old)
    if name.lower() == old.lower():
        sheet.title = "\N{MIDDLE DOT}"  # openpyxl takes the same name in other letters for a second sheet
    sheet.title = name
    book.sheet_ids[name] = number
    book.renamed(old, name)


def delete(book: Book, sheet: Sheet) -> None:
    """Raises InvalidOperation for the last visible one."""
    _check_another_visible(book, sheet)
    title = sheet.title
    book.workbook.remove(sheet)
    del book.sheet_ids[title]
    shifting.adjust(book, lambda text, _: references.without_sheet(text, title))
    _look_at_a_visible_one(book)
    book.touch_all()
    book.changed()


# Protection.


def protection(sheet: Sheet) -> Document:
    rules = sheet.protection
    options = {name: not getattr(rules, part) for name, part in OPTIONS.items()} if rules.sheet else None
    return {"id": quoted(sheet.title), "options": options, "protected": bool(rules.sheet)}


def protect(book: Book, sheet: Sheet, options: object) -> None:
    """Raises InvalidArgument, InvalidOperation when it is protected."""
    if sheet.protection.sheet:
        raise InvalidOperation("The worksheet is protected already.")
    given = {} if options is None else options
    if not isinstance(given, dict):
        raise InvalidArgument("options is an object.")
    for name, part in OPTIONS.items():
        allowed = given.get(name, False)
        if not isinstance(allowed, bool):
            raise InvalidArgument(f"{name} is true or false.")
        setattr(sheet.protection, part, not allowed)
    sheet.protection.enable()
    book.changed()


def unprotect(book: Book, sheet: Sheet) -> None:
    """Raises InvalidOperation where a password is needed: the API has none to give."""
    if sheet.protection.sheet and (sheet.protection.password or sheet.protection.hashValue):
        raise InvalidOperation("The worksheet is protected with a password.")
    sheet.protection.disable()
    book.changed()


# Charts are read only: openpyxl does not keep what it does not know of them.


def charts(sheet: Sheet) -> list[Document]:
    return [
        {"id": f"{{{index:08X}-0000-0000-0000-000000000000}}", "name": f"Chart {index + 1}",
         "height": round(float(chart.height) / 2.54 * 72, 2), "width": round(float(chart.width) / 2.54 * 72, 2),
         "left": 0.0, "top": 0.0}
        for index, chart in enumerate(sheet._charts)
    ]  # fmt: skip


def chart(sheet: Sheet, key: str) -> Document:
    found = next((one for one in charts(sheet) if key.lower() in (one["id"].lower(), one["name"].lower())), None)
    if found is None:
        raise ItemNotFound(f"There is no chart {key!r}.")
    return found
