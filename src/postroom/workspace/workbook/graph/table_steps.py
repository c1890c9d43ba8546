"""Tables, their columns and rows, filters and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from openpyxl.worksheet.filters import SortCondition, SortState

from postroom.workspace.workbook import addresses, filters, sorting, structured, table_columns, table_rows, tables
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Sheet
from postroom.workspace.workbook.errors import InvalidOperation, ItemNotFound
from postroom.workspace.workbook.graph.range_steps import RangeAt, read
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


@dataclass(frozen=True)
class TableAt(Node):
    held: tables.Held
    type: ClassVar[str] = "workbookTable"

    @property
    def table(self) -> Any:
        return self.held[1]

    def get(self) -> Document:
        return tables.document(self.table)

    def patch(self, given: Mapping[str, Any]) -> None:
        tables.change(self.book, self.held, given)

    def delete(self) -> None:
        tables.delete(self.book, self.held)

    def range(self, place: Area | None) -> RangeAt:
        """Raises ItemNotFound for a part that the table has not."""
        if place is None:
            raise ItemNotFound("The table has no such part.")
        return RangeAt(self.book, self.held[0], place)


@dataclass(frozen=True)
class Tables(Collection):
    sheet: Sheet | None
    type: ClassVar[str] = "workbookTable"

    def rows(self) -> list[Node]:
        return [TableAt(self.book, held) for held in tables.all_of(self.book, self.sheet)]

    def find(self, key: str) -> Node:
        return TableAt(self.book, tables.find(self.book, self.sheet, key))

    def add(self, ask: Ask) -> Node:
        address, sheet = ask.text("address"), self.sheet
        if sheet is None and "!" not in address:
            sheet = self.book.workbook.worksheets[0]
        at = read(self.book, sheet, address)
        made = tables.add(self.book, at.sheet, at.place, has_headers=ask.flag("hasHeaders", default=True))
        return TableAt(self.book, (at.sheet, made))


_PARTS = {"range": 0, "headerRowRange": 1, "dataBodyRange": 2, "totalRowRange": 3}


def _part(name: str, at: int) -> None:
    @goes(TableAt, name)
    def of_table(table: TableAt, _: Ask) -> Node:
        return table.range(structured.parts(table.table)[at])

    @goes(ColumnAt, name)
    def of_column(column: ColumnAt, _: Ask) -> Node:
        rows = structured.parts(column.of.table)[at]
        return column.of.range(rows and rows.meet(table_columns.column_area(column.of.table, column.index)))


@does(TableAt, "convertToRange")
def convert(at: TableAt, _: Ask) -> Answer:
    return one(RangeAt(at.book, at.held[0], tables.to_range(at.book, at.held)))


@does(TableAt, "clearFilters")
def clear_filters(at: TableAt, _: Ask) -> Answer:
    filters.clear(at.book, at.held)
    return NOTHING


@does(TableAt, "reapplyFilters")
def reapply_filters(at: TableAt, _: Ask) -> Answer:
    filters.reapply(at.book, at.held)
    return NOTHING


@dataclass(frozen=True)
class ColumnAt(Node):
    of: TableAt
    index: int
    type: ClassVar[str] = "workbookTableColumn"

    def get(self) -> Document:
        return table_columns.column_document(self.book, self.of.held, self.index)

    def patch(self, given: Mapping[str, Any]) -> None:
        table_columns.change_column(self.book, self.of.held, self.index, given)

    def delete(self) -> None:
        table_columns.delete_column(self.book, self.of.held, self.index)


for _name, _at in _PARTS.items():
    _part(_name, _at)


@dataclass(frozen=True)
class Columns(Collection):
    of: TableAt
    type: ClassVar[str] = "workbookTableColumn"

    def rows(self) -> list[Node]:
        return [ColumnAt(self.book, self.of, at) for at in range(len(self.of.table.tableColumns))]

    def find(self, key: str) -> Node:
        return ColumnAt(self.book, self.of, table_columns.column_at(self.of.table, key))

    def add(self, ask: Ask) -> Node:
        index = table_columns.add_column(
            self.book, self.of.held, ask.given("index"), ask.given("values"), ask.given("name")
        )
        return ColumnAt(self.book, self.of, index)


@goes(TableAt, "columns")
def columns(at: TableAt, _: Ask) -> Node:
    return Columns(at.book, at)


@does(ColumnAt, "delete")
def column_delete(at: ColumnAt, _: Ask) -> Answer:
    at.delete()
    return NOTHING


@dataclass(frozen=True)
class RowAt(Node):
    of: TableAt
    index: int
    type: ClassVar[str] = "workbookTableRow"

    def get(self) -> Document:
        return table_rows.row_document(self.book, self.of.held, self.index)

    def patch(self, given: Mapping[str, Any]) -> None:
        table_rows.change_row(self.book, self.of.held, self.index, given)

    def delete(self) -> None:
        table_rows.delete_row(self.book, self.of.held, self.index)


@dataclass(frozen=True)
class Rows(Collection):
    of: TableAt
    type: ClassVar[str] = "workbookTableRow"

    def rows(self) -> list[Node]:
        return [RowAt(self.book, self.of, index) for index in range(table_rows.row_count(self.of.table))]

    def find(self, key: str) -> Node:
        if not (key.isascii() and key.isdecimal() and len(key) < 10):
            raise ItemNotFound(f"The table has no row {key!r}.")
        table_rows.row_area(self.of.table, int(key))
        return RowAt(self.book, self.of, int(key))

    def add(self, ask: Ask) -> Document:
        return table_rows.add_rows(self.book, self.of.held, ask.given("index"), ask.given("values"))


@goes(TableAt, "rows")
def rows(at: TableAt, _: Ask) -> Node:
    return Rows(at.book, at)


@does(RowAt, "delete")
def row_delete(at: RowAt, _: Ask) -> Answer:
    at.delete()
    return NOTHING


@goes(RowAt, "range")
def row_range(at: RowAt, _: Ask) -> Node:
    return at.of.range(table_rows.row_area(at.of.table, at.index))


# Filters.


@dataclass(frozen=True)
class FilterAt(Node):
    of: ColumnAt
    type: ClassVar[str] = "workbookFilter"

    def get(self) -> Document:
        return filters.document(self.book, self.of.of.held, self.of.index)

    def apply(self, criteria: object) -> Answer:
        filters.apply(self.book, self.of.of.held, self.of.index, criteria)
        return NOTHING


@goes(ColumnAt, "filter")
def filter_(at: ColumnAt, _: Ask) -> Node:
    return FilterAt(at.book, at)


@does(FilterAt, "apply")
def filter_apply(at: FilterAt, ask: Ask) -> Answer:
    return at.apply(ask.given("criteria"))


@does(FilterAt, "clear")
def filter_clear(at: FilterAt, _: Ask) -> Answer:
    filters.clear(at.book, at.of.of.held, at.of.index)
    return NOTHING


def _special(name: str, on: str, parameter: str, property_: str) -> None:
    @does(FilterAt, name)
    def special(at: FilterAt, ask: Ask) -> Answer:
        return at.apply({"filterOn": on, property_: ask.given(parameter)})


for _on in ("TopItems", "BottomItems"):
    _special(f"apply{_on}Filter", _on, "count", "criterion1")
for _on in ("TopPercent", "BottomPercent"):
    _special(f"apply{_on}Filter", _on, "percent", "criterion1")
_special("applyCellColorFilter", "CellColor", "color", "color")
_special("applyFontColorFilter", "FontColor", "color", "color")
_special("applyDynamicFilter", "Dynamic", "criteria", "dynamicCriteria")
_special("applyIconFilter", "Icon", "icon", "icon")
_special("applyValuesFilter", "Values", "values", "values")


@does(FilterAt, "applyCustomFilter")
def filter_custom(at: FilterAt, ask: Ask) -> Answer:
    given = {"criterion1": ask.given("criteria1"), "criterion2": ask.given("criteria2"), "operator": ask.given("oper")}
    return at.apply({"filterOn": "Custom", **given})


# The order of a table: the last one is kept, so that it can be made again.


@dataclass(frozen=True)
class TableSort(Node):
    of: TableAt
    type: ClassVar[str] = "workbookTableSort"

    def get(self) -> Document:
        state = self.of.table.sortState
        found = _kept_fields(self.of.table)
        shown = [
            {"key": one.key, "ascending": one.ascending, "sortOn": one.on, "dataOption": "Normal"} for one in found
        ]
        return {"fields": shown, "matchCase": bool(state and state.caseSensitive), "method": "PinYin"}

    def sort(self, by: list[sorting.Field], *, match_case: bool) -> None:
        data = structured.parts(self.of.table)[2]
        if data is not None:
            sorting.sort(self.book, self.of.held[0], data, by, match_case=match_case, has_headers=False)
            filters.reapply(self.book, self.of.held)


def _kept_fields(table: Any) -> list[sorting.Field]:
    whole = addresses.parse(table.ref)
    conditions = table.sortState.sortCondition if table.sortState is not None else []
    return [sorting.Field(addresses.parse(each.ref).left - whole.left, not each.descending) for each in conditions]


@goes(TableAt, "sort")
def sort(at: TableAt, _: Ask) -> Node:
    return TableSort(at.book, at)


@does(TableSort, "apply")
def sort_apply(at: TableSort, ask: Ask) -> Answer:
    table = at.of.table
    by = sorting.fields(ask.given("fields"), len(table.tableColumns))
    match_case = ask.flag("matchCase", default=False)
    at.sort(by, match_case=match_case)
    data = structured.parts(table)[2]
    if data is not None and all(one_.on == "Value" for one_ in by):
        made = [
            SortCondition(
                ref=Area(data.top, data.left + one_.key, data.bottom, data.left + one_.key).text(),
                descending=not one_.ascending or None,
            )
            for one_ in by
        ]
        table.sortState = SortState(ref=data.text(), caseSensitive=match_case or None, sortCondition=made)
    return NOTHING


@does(TableSort, "reapply")
def sort_reapply(at: TableSort, _: Ask) -> Answer:
    by = _kept_fields(at.of.table)
    if not by:
        raise InvalidOperation("The table is in no order that could be made again.")
    at.sort(by, match_case=bool(at.of.table.sortState.caseSensitive))
    return NOTHING


@does(TableSort, "clear")
def sort_clear(at: TableSort, _: Ask) -> Answer:
    at.of.table.sortState = None
    at.book.changed()
    return NOTHING
