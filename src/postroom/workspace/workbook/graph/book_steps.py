"""The workbook itself, its worksheets, names, functions; and what of it is only shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from openpyxl.workbook.defined_name import DefinedName

from postroom.workspace.workbook import names, ranges, sheets
from postroom.workspace.workbook.addresses import SHEET
from postroom.workspace.workbook.book import Sheet
from postroom.workspace.workbook.calc.names import FUNCTION_NAMES
from postroom.workspace.workbook.calling import invoke
from postroom.workspace.workbook.errors import InvalidArgument, ItemNotFound, UnsupportedOperation
from postroom.workspace.workbook.graph.range_steps import RangeAt, read
from postroom.workspace.workbook.graph.steps import NOTHING, Answer, Ask, Collection, Document, Node, does, goes
from postroom.workspace.workbook.graph.table_steps import TableAt, Tables

_CALCULATIONS: Final = frozenset({"recalculate", "full", "fullrebuild"})
_MODES: Final = {"auto": "Automatic", "autoNoTable": "AutomaticExceptTables", "manual": "Manual"}


@dataclass(frozen=True)
class Root(Node):
    type: ClassVar[str] = "workbook"

    def get(self) -> Document:
        return {}


@dataclass(frozen=True)
class SheetAt(Node):
    sheet: Sheet
    type: ClassVar[str] = "workbookWorksheet"

    def get(self) -> Document:
        return sheets.document(self.book, self.sheet)

    def patch(self, given: Mapping[str, Any]) -> None:
        sheets.change(self.book, self.sheet, {name: value for name, value in given.items() if value is not None})

    def delete(self) -> None:
        sheets.delete(self.book, self.sheet)


@dataclass(frozen=True)
class Sheets(Collection):
    type: ClassVar[str] = "workbookWorksheet"

    def rows(self) -> list[Node]:
        return [SheetAt(self.book, sheet) for sheet in self.book.workbook.worksheets]

    def find(self, key: str) -> Node:
        return SheetAt(self.book, sheets.find(self.book, key))

    def add(self, ask: Ask) -> Node:
        return SheetAt(self.book, sheets.add(self.book, ask.given("name")))


@goes(Root, "worksheets")
def worksheets(at: Root, _: Ask) -> Node:
    return Sheets(at.book)


@goes(RangeAt, "worksheet")
def worksheet_of_range(at: RangeAt, _: Ask) -> Node:
    return SheetAt(at.book, at.sheet)


@goes(TableAt, "worksheet")
def worksheet_of_table(at: TableAt, _: Ask) -> Node:
    return SheetAt(at.book, at.held[0])


@goes(SheetAt, "range")
def range_(at: SheetAt, ask: Ask) -> Node:
    text = ask.given("address")
    if text is None:
        return RangeAt(at.book, at.sheet, SHEET)
    return read(at.book, at.sheet, ask.text("address"))


@goes(SheetAt, "usedRange")
def used(at: SheetAt, ask: Ask) -> Node:
    only = ask.flag("valuesOnly", default=False)
    return RangeAt(at.book, at.sheet, ranges.used(at.sheet, None, values_only=only))


@goes(SheetAt, "cell")
def cell(at: SheetAt, ask: Ask) -> Node:
    return RangeAt(at.book, at.sheet, ranges.cell_of(SHEET, ask.number("row"), ask.number("column")))


@goes(Root, "tables")
def tables(at: Root, _: Ask) -> Node:
    return Tables(at.book, None)


@goes(SheetAt, "tables")
def tables_of_sheet(at: SheetAt, _: Ask) -> Node:
    return Tables(at.book, at.sheet)


# Names.


@dataclass(frozen=True)
class NameAt(Node):
    sheet: Sheet | None
    name: DefinedName
    type: ClassVar[str] = "workbookNamedItem"

    def get(self) -> Document:
        return names.document(self.book, self.sheet, self.name)

    def patch(self, given: Mapping[str, Any]) -> None:
        names.change(self.book, self.name, given)

    def delete(self) -> None:
        names.delete(self.book, self.sheet, self.name)


@dataclass(frozen=True)
class Names(Collection):
    sheet: Sheet | None
    type: ClassVar[str] = "workbookNamedItem"

    def rows(self) -> list[Node]:
        return [NameAt(self.book, self.sheet, name) for name in names.all_of(self.book, self.sheet)]

    def find(self, key: str) -> Node:
        return NameAt(self.book, self.sheet, names.find(self.book, self.sheet, key))

    def add(self, ask: Ask) -> Node:
        # python-o365 gives a formula as the reference, too.
        meaning = ask.given("reference", ask.given("formula"))
        made = names.add(self.book, self.sheet, ask.given("name"), meaning, ask.given("comment"))
        return NameAt(self.book, self.sheet, made)


@goes(Root, "names")
def names_of_book(at: Root, _: Ask) -> Node:
    return Names(at.book, None)


@goes(SheetAt, "names")
def names_of_sheet(at: SheetAt, _: Ask) -> Node:
    return Names(at.book, at.sheet)


@does(Names, "addFormulaLocal")
def add_formula(at: Names, ask: Ask) -> Answer:
    meaning = ask.given("formula", ask.given("reference"))
    if isinstance(meaning, str) and not meaning.startswith("="):
        meaning = f"={meaning}"
    made = names.add(at.book, at.sheet, ask.given("name"), meaning, ask.given("comment"))
    return Answer(201, names.document(at.book, at.sheet, made), at.type)


@goes(NameAt, "range")
def range_of_name(at: NameAt, _: Ask) -> Node:
    return RangeAt(at.book, *names.place(at.book, at.sheet, at.name))


@goes(NameAt, "worksheet")
def sheet_of_name(at: NameAt, _: Ask) -> Node:
    if at.sheet is None:
        raise ItemNotFound("The name belongs to the workbook.")
    return SheetAt(at.book, at.sheet)


# Protection.


@dataclass(frozen=True)
class Protection(Node):
    sheet: Sheet
    type: ClassVar[str] = "workbookWorksheetProtection"

    def get(self) -> Document:
        return sheets.protection(self.sheet)


@goes(SheetAt, "protection")
def protection(at: SheetAt, _: Ask) -> Node:
    return Protection(at.book, at.sheet)


@does(Protection, "protect")
def protect(at: Protection, ask: Ask) -> Answer:
    sheets.protect(at.book, at.sheet, ask.given("options"))
    return NOTHING


@does(Protection, "unprotect")
def unprotect(at: Protection, _: Ask) -> Answer:
    sheets.unprotect(at.book, at.sheet)
    return NOTHING


# The application.


@dataclass(frozen=True)
class Application(Node):
    type: ClassVar[str] = "workbookApplication"

    def get(self) -> Document:
        mode = self.book.workbook.calculation.calcMode if self.book.workbook.calculation else None
        return {"calculationMode": _MODES.get(str(mode), "Automatic")}

    def patch(self, given: Mapping[str, Any]) -> None:
        wanted = str(given.get("calculationMode"))
        mode: Any = next((key for key, name in _MODES.items() if name.lower() == wanted.lower()), None)
        if mode is None:
            raise InvalidArgument("calculationMode is Automatic, AutomaticExceptTables or Manual.")
        self.book.workbook.calculation.calcMode = mode
        self.book.changed()


@goes(Root, "application")
def application(at: Root, _: Ask) -> Node:
    return Application(at.book)


@does(Application, "calculate", changes=False)
def calculate(at: Application, ask: Ask) -> Answer:
    """Values are computed when they are asked for; all that could be kept of earlier ones is forgotten."""
    if ask.text("calculationType", "Recalculate").lower() not in _CALCULATIONS:
        raise InvalidArgument("calculationType is Recalculate, Full or FullRebuild.")
    at.book.machine.forget()
    return NOTHING


# Functions.


@dataclass(frozen=True)
class Functions(Node):
    type: ClassVar[str] = "workbookFunctions"

    def get(self) -> Document:
        return {}


@goes(Root, "functions")
def functions(at: Root, _: Ask) -> Node:
    return Functions(at.book)


def _function(name: str) -> None:
    @does(Functions, name, changes=False)
    def call(at: Functions, ask: Ask) -> Answer:
        return Answer(200, invoke(at.book, name, ask.body), "workbookFunctionResult")


for _name in FUNCTION_NAMES:
    _function(_name)


# What is only shown.


@dataclass(frozen=True)
class Shown(Node):
    document: Document

    def get(self) -> Document:
        return self.document


class ChartAt(Shown):
    type: ClassVar[str] = "workbookChart"


@dataclass(frozen=True)
class Charts(Collection):
    sheet: Sheet
    type: ClassVar[str] = "workbookChart"

    def rows(self) -> list[Node]:
        return [ChartAt(self.book, one) for one in sheets.charts(self.sheet)]

    def find(self, key: str) -> Node:
        return ChartAt(self.book, sheets.chart(self.sheet, key))

    def add(self, ask: Ask) -> Node:
        del ask
        raise UnsupportedOperation("Charts are shown, but not made or changed here.")


@goes(SheetAt, "charts")
def charts(at: SheetAt, _: Ask) -> Node:
    return Charts(at.book, at.sheet)


class PivotAt(Shown):
    type: ClassVar[str] = "workbookPivotTable"


@dataclass(frozen=True)
class Pivots(Collection):
    sheet: Sheet
    type: ClassVar[str] = "workbookPivotTable"

    def rows(self) -> list[Node]:
        found = [str(one.name) for one in self.sheet._pivots]
        return [PivotAt(self.book, {"id": name, "name": name}) for name in found]

    def find(self, key: str) -> Node:
        found = [one for one in self.rows() if one.get()["name"].lower() == key.lower()]
        if not found:
            raise ItemNotFound(f"There is no pivot table {key!r}.")
        return found[0]


@goes(SheetAt, "pivotTables")
def pivots(at: SheetAt, _: Ask) -> Node:
    return Pivots(at.book, at.sheet)


class CommentAt(Shown):
    type: ClassVar[str] = "workbookComment"


@dataclass(frozen=True)
class Comments(Collection):
    type: ClassVar[str] = "workbookComment"

    def rows(self) -> list[Node]:
        found = [
            {"id": f"{sheet.title}!{cell.coordinate}", "content": str(cell.comment.text), "contentType": "Plain"}
            for sheet in self.book.workbook.worksheets
            for cell in list(sheet._cells.values())
            if cell.comment is not None
        ]
        return [CommentAt(self.book, one) for one in found]

    def find(self, key: str) -> Node:
        found = [one for one in self.rows() if one.get()["id"].lower() == key.lower()]
        if not found:
            raise ItemNotFound(f"There is no comment {key!r}.")
        return found[0]


@goes(Root, "comments")
def comments(at: Root, _: Ask) -> Node:
    return Comments(at.book)


class Replies(Collection):
    """Of notes there are none; conversations are in a part that openpyxl does not read."""

    type: ClassVar[str] = "workbookCommentReply"


@goes(CommentAt, "replies")
def replies(at: CommentAt, _: Ask) -> Node:
    return Replies(at.book)


class Operations(Collection):
    """Nothing takes so long that it would go on by itself."""

    type: ClassVar[str] = "workbookOperation"


@goes(Root, "operations")
def operations(at: Root, _: Ask) -> Node:
    return Operations(at.book)
