"""Ranges: others from one, what is done with them, how they look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from postroom.workspace.workbook import addresses, formatting, names, ranges, shifting, sorting, table_columns
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.errors import InvalidReference, ItemNotFound
from postroom.workspace.workbook.graph.steps import (
    NOTHING,
    Answer,
    Ask,
    Collection,
    Document,
    Node,
    does,
    goes,
    one,
)

_HEAVY: Final = frozenset(ranges.ARRAYS)


@dataclass(frozen=True)
class RangeAt(Node):
    sheet: Sheet
    place: Area
    type: ClassVar[str] = "workbookRange"

    def get(self) -> Document:
        return self.shown(())

    def shown(self, select: tuple[str, ...]) -> Document:
        wanted = {name.lower() for name in select}
        arrays = None if not wanted or "*" in wanted else [name for name in _HEAVY if name.lower() in wanted]
        return ranges.document(self.book, self.sheet, self.place, arrays)

    def patch(self, given: Mapping[str, Any]) -> None:
        ranges.change(self.book, self.sheet, self.place, given)
        table_columns.follow_headers(self.book, self.sheet, self.place)

    def at(self, place: Area) -> RangeAt:
        return RangeAt(self.book, self.sheet, place)


def read(book: Book, sheet: Sheet | None, text: str) -> RangeAt:
    """An address, with a sheet or without one, or a name. Raises InvalidReference, ItemNotFound."""
    named, rest = addresses.split_sheet(text.strip().removeprefix("="))
    own = book.worksheet(named) if named is not None else sheet
    place = addresses.read(rest)
    if place is not None and own is not None:
        if sheet is not None and own is not sheet:
            raise InvalidReference("The address names another worksheet.")
        return RangeAt(book, own, place)
    if place is None:
        for scope in (own, None):
            for found in names.all_of(book, scope):
                if str(found.name).lower() == rest.lower():
                    return RangeAt(book, *names.place(book, scope, found))
    raise InvalidReference(f"The address {text[:100]!r} is none, like A1:B2, A:A or 2:2, and no name of a range.")


@goes(RangeAt, "cell")
def cell(at: RangeAt, ask: Ask) -> Node:
    return at.at(ranges.cell_of(at.place, ask.number("row"), ask.number("column")))


@goes(RangeAt, "column")
def column(at: RangeAt, ask: Ask) -> Node:
    return at.at(ranges.line(at.place, column=ask.number("column")))


@goes(RangeAt, "row")
def row(at: RangeAt, ask: Ask) -> Node:
    return at.at(ranges.line(at.place, row=ask.number("row")))


def _beside(name: str) -> None:
    @goes(RangeAt, name)
    def beside(at: RangeAt, ask: Ask) -> Node:
        return at.at(ranges.beside(at.place, name, ask.number("count", 1)))


for _name in ("columnsAfter", "columnsBefore", "rowsAbove", "rowsBelow"):
    _beside(_name)


@goes(RangeAt, "boundingRect")
def bounding(at: RangeAt, ask: Ask) -> Node:
    return at.at(at.place.around(read(at.book, at.sheet, ask.text("anotherRange")).place))


@goes(RangeAt, "intersection")
def intersection(at: RangeAt, ask: Ask) -> Node:
    found = at.place.meet(read(at.book, at.sheet, ask.text("anotherRange")).place)
    if found is None:
        raise ItemNotFound("The ranges have no cell in common.")
    return at.at(found)


@goes(RangeAt, "offsetRange")
def offset(at: RangeAt, ask: Ask) -> Node:
    return at.at(at.place.moved(ask.number("rowOffset"), ask.number("columnOffset")))


@goes(RangeAt, "resizedRange")
def resized(at: RangeAt, ask: Ask) -> Node:
    return at.at(ranges.resized(at.place, ask.number("deltaRows"), ask.number("deltaColumns")))


@goes(RangeAt, "entireRow")
def entire_row(at: RangeAt, _: Ask) -> Node:
    return at.at(ranges.entire(at.place, rows=True))


@goes(RangeAt, "entireColumn")
def entire_column(at: RangeAt, _: Ask) -> Node:
    return at.at(ranges.entire(at.place, rows=False))


@goes(RangeAt, "lastCell")
def last_cell(at: RangeAt, _: Ask) -> Node:
    return at.at(Area(at.place.bottom, at.place.right, at.place.bottom, at.place.right))


@goes(RangeAt, "lastRow")
def last_row(at: RangeAt, _: Ask) -> Node:
    return at.at(Area(at.place.bottom, at.place.left, at.place.bottom, at.place.right))


@goes(RangeAt, "lastColumn")
def last_column(at: RangeAt, _: Ask) -> Node:
    return at.at(Area(at.place.top, at.place.right, at.place.bottom, at.place.right))


@goes(RangeAt, "usedRange")
def used(at: RangeAt, ask: Ask) -> Node:
    return at.at(ranges.used(at.sheet, at.place, values_only=ask.flag("valuesOnly", default=False)))


@does(RangeAt, "clear")
def clear(at: RangeAt, ask: Ask) -> Answer:
    ranges.clear(at.book, at.sheet, at.place, ask.text("applyTo", "All"))
    table_columns.follow_headers(at.book, at.sheet, at.place)
    return NOTHING


@does(RangeAt, "insert")
def insert(at: RangeAt, ask: Ask) -> Answer:
    shifting.insert(at.book, at.sheet, at.place, ask.text("shift"))
    return one(at)


@does(RangeAt, "delete")
def delete(at: RangeAt, ask: Ask) -> Answer:
    shifting.delete(at.book, at.sheet, at.place, ask.text("shift"))
    return NOTHING


@does(RangeAt, "merge")
def merge(at: RangeAt, ask: Ask) -> Answer:
    ranges.merge(at.book, at.sheet, at.place, across=ask.flag("across", default=False))
    return NOTHING


@does(RangeAt, "unmerge")
def unmerge(at: RangeAt, _: Ask) -> Answer:
    ranges.unmerge(at.book, at.sheet, at.place)
    return NOTHING


# The part of a range that is not hidden.


@dataclass(frozen=True)
class View(Node):
    of: RangeAt
    index: int | None = None
    type: ClassVar[str] = "workbookRangeView"

    def get(self) -> Document:
        return _view(self.of, self.index)


def _view(of: RangeAt, index: int | None) -> Document:
    place = of.place
    whole = ranges.document(of.book, of.sheet, place)
    if place.unbounded:
        return {"rowCount": 0, "columnCount": 0, "index": 0}
    rows = [at for at in range(place.rows) if not of.book.is_hidden(of.sheet.title, place.top + at)]
    hidden = [ranges.document(of.book, of.sheet, Area(1, place.left + at, 1, place.left + at), ())["columnHidden"]
              for at in range(place.columns)]  # fmt: skip
    columns = [at for at in range(place.columns) if not hidden[at]]
    rows = rows if index is None else rows[index : index + 1]
    found = {name: [[whole[name][row][column] for column in columns] for row in rows] for name in ranges.ARRAYS}
    places = [
        [ranges.address(of.sheet, Area(place.top + row, place.left + column, place.top + row, place.left + column))
         for column in columns] for row in rows
    ]  # fmt: skip
    return {"cellAddresses": places, "columnCount": len(columns), "rowCount": len(rows), "index": index or 0, **found}


@goes(RangeAt, "visibleView")
def visible(at: RangeAt, _: Ask) -> Node:
    return View(at.book, at)


@dataclass(frozen=True)
class Views(Collection):
    of: RangeAt
    type: ClassVar[str] = "workbookRangeView"

    def rows(self) -> list[Node]:
        count = _view(self.of, None)["rowCount"]
        return [View(self.book, self.of, index) for index in range(count)]


@goes(View, "rows")
def view_rows(at: View, _: Ask) -> Node:
    return Views(at.book, at.of)


@goes(View, "range")
def view_range(at: View, _: Ask) -> Node:
    return at.of


# Sorting.


@dataclass(frozen=True)
class Sort(Node):
    of: RangeAt
    type: ClassVar[str] = "workbookRangeSort"

    def get(self) -> Document:
        return {}


@goes(RangeAt, "sort")
def sort(at: RangeAt, _: Ask) -> Node:
    return Sort(at.book, at)


@does(Sort, "apply")
def sort_apply(at: Sort, ask: Ask) -> Answer:
    place = at.of.place
    across = str(ask.given("orientation") or "Rows").lower() == "columns"
    by = sorting.fields(ask.given("fields"), place.rows if across else place.columns)
    match_case, has_headers = ask.flag("matchCase", default=False), ask.flag("hasHeaders", default=False)
    sorting.sort(at.book, at.of.sheet, place, by, match_case=match_case, has_headers=has_headers, across=across)
    return NOTHING


# Formats.


@dataclass(frozen=True)
class FormatAt(Node):
    of: RangeAt
    type: ClassVar[str] = "workbookRangeFormat"

    def get(self) -> Document:
        found = formatting.sizes(self.of.sheet, self.of.place)
        return found | formatting.read(self.of.sheet, self.of.place, formatting.ALIGNMENT)

    def patch(self, given: Mapping[str, Any]) -> None:
        formatting.set_sizes(self.book, self.of.sheet, self.of.place, given)
        formatting.write(self.book, self.of.sheet, self.of.place, formatting.ALIGNMENT, given)


@dataclass(frozen=True)
class StyleAt(Node):
    """Font, fill or protection of a range."""

    of: RangeAt
    properties: Mapping[str, formatting.Property]

    def get(self) -> Document:
        return formatting.read(self.of.sheet, self.of.place, self.properties)

    def patch(self, given: Mapping[str, Any]) -> None:
        formatting.write(self.book, self.of.sheet, self.of.place, self.properties, given)


class FontAt(StyleAt):
    type: ClassVar[str] = "workbookRangeFont"


class FillAt(StyleAt):
    type: ClassVar[str] = "workbookRangeFill"


class LockAt(StyleAt):
    type: ClassVar[str] = "workbookFormatProtection"


@dataclass(frozen=True)
class BorderAt(Node):
    of: RangeAt
    side: str
    type: ClassVar[str] = "workbookRangeBorder"

    def get(self) -> Document:
        return formatting.border(self.of.sheet, self.of.place, self.side)

    def patch(self, given: Mapping[str, Any]) -> None:
        formatting.set_border(self.book, self.of.sheet, self.of.place, self.side, given)


@dataclass(frozen=True)
class Borders(Collection):
    of: RangeAt
    type: ClassVar[str] = "workbookRangeBorder"

    def rows(self) -> list[Node]:
        return [BorderAt(self.book, self.of, side) for side in formatting.SIDES]

    def find(self, key: str) -> Node:
        return BorderAt(self.book, self.of, formatting.side_named(key))


@goes(RangeAt, "format")
def format_(at: RangeAt, _: Ask) -> Node:
    return FormatAt(at.book, at)


@goes(FormatAt, "font")
def font(at: FormatAt, _: Ask) -> Node:
    return FontAt(at.book, at.of, formatting.FONT)


@goes(FormatAt, "fill")
def fill(at: FormatAt, _: Ask) -> Node:
    return FillAt(at.book, at.of, formatting.FILL)


@goes(FormatAt, "protection")
def lock(at: FormatAt, _: Ask) -> Node:
    return LockAt(at.book, at.of, formatting.PROTECTION)


@goes(FormatAt, "borders")
def borders(at: FormatAt, _: Ask) -> Node:
    return Borders(at.book, at.of)


@does(FillAt, "clear")
def fill_clear(at: FillAt, _: Ask) -> Answer:
    formatting.clear_fill(at.book, at.of.sheet, at.of.place)
    return NOTHING


@does(FormatAt, "autofitColumns")
def autofit_columns(at: FormatAt, _: Ask) -> Answer:
    formatting.autofit_columns(at.book, at.of.sheet, at.of.place)
    return NOTHING


@does(FormatAt, "autofitRows")
def autofit_rows(at: FormatAt, _: Ask) -> Answer:
    formatting.autofit_rows(at.book, at.of.sheet, at.of.place)
    return NOTHING
