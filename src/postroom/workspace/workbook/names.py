"""Defined names: of the workbook, and of single worksheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from openpyxl.workbook.defined_name import DefinedName

from postroom.workspace.workbook import addresses, entering, references, structured
from postroom.workspace.workbook.addresses import Area, letters, quoted
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.calc.convert import Faulty, NotComputed, Range
from postroom.workspace.workbook.calc.machine import Formula
from postroom.workspace.workbook.calc.tree import Unreadable
from postroom.workspace.workbook.errors import (
    InvalidArgument,
    InvalidOperation,
    ItemAlreadyExists,
    ItemNotFound,
)
from postroom.workspace.workbook.values import BUSY, Error, Scalar, shown

Document = dict[str, Any]
_NAME: Final = re.compile(r"[^\W\d][\w.?]{0,254}|\\[\w.?]{0,254}")
_HIDDEN: Final = "_xlnm."


def all_of(book: Book, sheet: Sheet | None) -> Iterator[DefinedName]:
    held = book.workbook.defined_names if sheet is None else sheet.defined_names
    return (one for one in held.values() if not str(one.name).startswith(_HIDDEN))


def find(book: Book, sheet: Sheet | None, key: str) -> DefinedName:
    """Raises ItemNotFound."""
    for one in all_of(book, sheet):
        if str(one.name).lower() == key.lower():
            return one
    raise ItemNotFound(f"There is no name {key!r}.")


def document(book: Book, sheet: Sheet | None, one: DefinedName) -> Document:
    kind, value = _meaning(book, sheet, one)
    return {
        "id": one.name,
        "name": one.name,
        "comment": one.comment or "",
        "scope": "Workbook" if sheet is None else "Worksheet",
        "type": kind,
        "value": value,
        "visible": not one.hidden,
    }


def _meaning(book: Book, sheet: Sheet | None, one: DefinedName) -> tuple[str, Any]:
    text = str(one.attr_text)
    if _read(book, sheet, text) is not None:
        return "Range", text
    value = _computed(book, sheet, text)
    if isinstance(value, bool):
        return "Boolean", value
    if isinstance(value, int | float):
        found = shown(value)
        return ("Integer" if isinstance(found, int) else "Double"), found
    return ("Error", value.code) if isinstance(value, Error) else ("String", shown(value))


def _computed(book: Book, sheet: Sheet | None, text: str) -> Scalar:
    own = sheet or book.workbook.worksheets[0]
    book.machine.begin()
    try:
        return book.machine.fresh(Formula(f"={text}"), (own.title, 1, 1))
    except Faulty as fault:
        return fault.error
    except (NotComputed, Unreadable):
        return BUSY


def _read(book: Book, sheet: Sheet | None, text: str) -> Range | None:
    reference = references.read(text)
    if reference is not None:
        named = reference.sheet or (sheet.title if sheet is not None else "")
        title = book.sheet(named) if named else None
        return Range(title, reference.area) if title is not None else None
    held = structured.find(book, text)
    return Range(held[0], addresses.parse(held[1].ref)) if held else None


def place(book: Book, sheet: Sheet | None, one: DefinedName) -> tuple[Sheet, Area]:
    """The range of a name. Raises InvalidOperation when it is none."""
    found = _read(book, sheet, str(one.attr_text))
    if found is None:
        raise InvalidOperation(f"The name {one.name!r} is no range.")
    return book.worksheet(found.sheet), found.area


def _checked(book: Book, sheet: Sheet | None, name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.lower() in ("r", "c", "true", "false"):
        raise InvalidArgument("A name begins with a letter and has letters, digits, points and underscores.")
    if addresses.read(name) is not None or re.fullmatch(r"[Rr]\d*[Cc]\d*", name):
        raise InvalidArgument(f"The name {name!r} is the address of a cell.")
    if any(str(one.name).lower() == name.lower() for one in all_of(book, sheet)) or structured.find(book, name):
        raise ItemAlreadyExists(f"The name {name!r} exists already.")
    return name


def add(book: Book, sheet: Sheet | None, name: object, meaning: object, comment: object) -> DefinedName:
    """`meaning` is a formula, an address or an object with one. Raises InvalidArgument, ItemAlreadyExists."""
    checked = _checked(book, sheet, name)
    if isinstance(meaning, dict):
        meaning = meaning.get("address")
    if not isinstance(meaning, str | int | float) or meaning == "":
        raise InvalidArgument("A name means an address, a value or a formula.")
    if comment is not None and (not isinstance(comment, str) or len(comment) > 255):
        raise InvalidArgument("A comment is a text of 255 characters at most.")
    made = DefinedName(checked, comment=comment or None, attr_text=_text(book, sheet, meaning))
    held = book.workbook.defined_names if sheet is None else sheet.defined_names
    held[checked] = made
    book.touch_formulas(rf"\b{re.escape(checked)}\b")
    book.changed()
    return made


def _text(book: Book, sheet: Sheet | None, meaning: str | float) -> str:
    if isinstance(meaning, bool):
        return str(meaning).upper()
    if not isinstance(meaning, str):
        return str(shown(meaning))
    text = meaning if meaning.startswith("=") else f"={meaning}"
    plain = entering.formula(text)[1:]
    reference = references.read(plain)
    return plain if reference is None else _fixed(book, sheet, reference)


def _fixed(book: Book, sheet: Sheet | None, reference: references.Reference) -> str:
    """With the sheet, and with `$`: without them it would mean something else in each cell."""
    named = reference.sheet or (sheet.title if sheet is not None else book.workbook.worksheets[0].title)
    title = book.worksheet(named).title
    area = reference.area
    if area.whole_columns:
        return f"{quoted(title)}!${letters(area.left)}:${letters(area.right)}"
    if area.whole_rows:
        return f"{quoted(title)}!${area.top}:${area.bottom}"
    first = f"${letters(area.left)}${area.top}"
    last = "" if area.cells == 1 else f":${letters(area.right)}${area.bottom}"
    return f"{quoted(title)}!{first}{last}"


def change(book: Book, one: DefinedName, given: Mapping[str, Any]) -> None:
    """Raises InvalidArgument."""
    if "visible" in given:
        if not isinstance(given["visible"], bool):
            raise InvalidArgument("visible is true or false.")
        one.hidden = not given["visible"] or None
    if "comment" in given:
        if not isinstance(given["comment"], str | None):
            raise InvalidArgument("comment is a text.")
        one.comment = given["comment"] or None
    book.changed()


def delete(book: Book, sheet: Sheet | None, one: DefinedName) -> None:
    held = book.workbook.defined_names if sheet is None else sheet.defined_names
    del held[str(one.name)]
    book.touch_formulas(rf"\b{re.escape(str(one.name))}\b")
    book.changed()
