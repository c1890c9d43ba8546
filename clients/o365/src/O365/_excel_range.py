"""Ranges of cells: their values, and the ranges around them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from O365._attributes import ALWAYS, Attribute, Field, Json, maybe_flag, number, plain, text, unknown_flag_field
from O365._excel_format import RangeFormat
from O365._excel_part import Part, key, split_address, workbook_of

if TYPE_CHECKING:
    from O365.excel import WorkSheet


def _matrix(_: Any, given: Any) -> Any:
    """Rows of columns; one value stands for one cell, or for all cells of the range."""
    return given if isinstance(given, list | tuple) else [[given]]


def _one_or_all(cells: Range, value: Any) -> Any:
    """One value for a range of many cells is sent as such: the service fills the range with it."""
    alone = isinstance(value, list | tuple) and len(value) == 1 and len(value[0]) == 1
    return value[0][0] if alone and cells.cell_count > 1 else value


def _cells(name: str) -> Field[Any]:
    return Field(name, None, _matrix, missing=[], write=_one_or_all, sent=ALWAYS)


def _id(_: Range, told: str | None) -> str:
    return split_address(told or "")[1]


class Range(Part):
    """Some cells. What is set is sent by `update`."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_cell": "/cell(row={},column={})",
        "get_column": "/column(column={})",
        "get_bounding_rect": "/boundingRect",
        "columns_after": "/columnsAfter(count={})",
        "columns_before": "/columnsBefore(count={})",
        "entire_column": "/entireColumn",
        "intersection": "/intersection",
        "last_cell": "/lastCell",
        "last_column": "/lastColumn",
        "last_row": "/lastRow",
        "offset_range": "/offsetRange",
        "get_row": "/row",
        "rows_above": "/rowsAbove(count={})",
        "rows_below": "/rowsBelow(count={})",
        "get_used_range": "/usedRange(valuesOnly={})",
        "clear_range": "/clear",
        "delete_range": "/delete",
        "insert_range": "/insert",
        "merge_range": "/merge",
        "unmerge_range": "/unmerge",
        "get_resized_range": "/resizedRange(deltaRows={},deltaColumns={})",
        "get_format": "/format",
    }
    range_format_constructor = RangeFormat

    object_id = Attribute("address", _id)
    address = text("address")
    address_local = text("addressLocal")
    cell_count = number("cellCount")
    column_count = number("columnCount")
    column_index = number("columnIndex")
    row_count = number("rowCount")
    row_index = number("rowIndex")
    hidden = maybe_flag("hidden")
    text: Attribute[list[list[Any]]] = plain("text", [])
    value_types: Attribute[list[list[Any]]] = plain("valueTypes", [])
    column_hidden = unknown_flag_field("columnHidden", sent=ALWAYS)
    row_hidden = unknown_flag_field("rowHidden", sent=ALWAYS)
    formulas = _cells("formulas")
    formulas_local = _cells("formulasLocal")
    formulas_r1_c1 = _cells("formulasR1C1")
    number_format = _cells("numberFormat")
    values = _cells("values")

    def _own_place(self, parent: Any) -> str:
        """Below its sheet, wherever it was asked for."""
        sheet, cells = split_address(self.address)
        place = f"/range(address='{key(cells)}')" if cells else "/range"
        if getattr(parent, "_is_sheet", False):
            return place
        if isinstance(parent, Range) and parent._sheet_place:
            self.main_resource = parent._sheet_place
        elif sheet is not None:
            self.main_resource = f"{workbook_of(self.main_resource)}/worksheets('{key(sheet)}')"
        else:
            return "/range"
        return place

    @property
    def _sheet_place(self) -> str:
        return self.main_resource.rpartition("/range(")[0]

    def __repr__(self) -> str:
        return f"Range address: {self.address}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Range):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """What can be changed of it, as JSON: all, or only some keys."""
        return self._json(restrict_keys, known=True)

    def update(self) -> bool:
        """Send what was set."""
        if not self._track_changes:
            return True
        data = self.to_api_data(restrict_keys=self._track_changes)
        response = self.session.patch(self.build_url(""), data=data)
        if not response:
            return False
        self._track_changes.clear()
        told = response.json() or {}
        self._renew(told, *(row.key for row in self._table))
        return True

    # Ranges within it and around it.

    def get_cell(self, row: int, column: int) -> Range | None:
        """A cell, counted from its first one, which is 0, 0; it may lie outside."""
        return self._at("get_cell", row, column)

    def get_column(self, index: int) -> Range | None:
        """A column of it."""
        return self._at("get_column", index)

    def get_row(self, index: int) -> Range | None:
        """A row of it."""
        return self._range(self.session.post(self._url("get_row"), data={"row": index}))

    def get_bounding_rect(self, address: str) -> Range | None:
        """The smallest range that holds this one and another."""
        return self._get_range("get_bounding_rect", anotherRange=address)

    def get_intersection(self, address: str) -> Range | None:
        """What it has in common with another range."""
        return self._get_range("intersection", anotherRange=address)

    def get_offset_range(self, row_offset: int, column_offset: int) -> Range | None:
        """A range of the same size elsewhere."""
        return self._get_range("offset_range", rowOffset=row_offset, columnOffset=column_offset)

    def get_resized_range(self, rows: int, columns: int) -> Range | None:
        """A range with so many more rows and columns, or fewer."""
        return self._at("get_resized_range", rows, columns)

    def get_columns_after(self, columns: int = 1) -> Range | None:
        """Columns to the right of it."""
        return self._beside("columns_after", columns)

    def get_columns_before(self, columns: int = 1) -> Range | None:
        """Columns to the left of it."""
        return self._beside("columns_before", columns)

    def get_rows_above(self, rows: int = 1) -> Range | None:
        return self._beside("rows_above", rows)

    def get_rows_below(self, rows: int = 1) -> Range | None:
        return self._beside("rows_below", rows)

    def get_entire_column(self) -> Range | None:
        """Its columns, from the top of the sheet to the bottom."""
        return self._get_range("entire_column")

    def get_last_cell(self) -> Range | None:
        return self._get_range("last_cell")

    def get_last_column(self) -> Range | None:
        return self._get_range("last_column")

    def get_last_row(self) -> Range | None:
        return self._get_range("last_row")

    def get_used_range(self, only_values: bool = True) -> Range | None:
        """The part of it where something is; cells that only have a format count unless `only_values` is set."""
        return self._at("get_used_range", str(bool(only_values)).lower())

    # What is done with its cells.

    def clear(self, apply_to: str = "all") -> bool:
        """Empty it: `all`, `formats` or `contents`. Raises ValueError."""
        _chosen("apply_to", apply_to, {"all", "formats", "contents"})
        return self._do("clear_range", applyTo=apply_to.capitalize())

    def delete(self, shift: str = "up") -> bool:
        """Take its cells out; others move `up` or `left`. Raises ValueError."""
        _chosen("shift", shift, {"up", "left"})
        return self._do("delete_range", shift=shift.capitalize())

    def insert_range(self, shift: str) -> Range | None:
        """New cells in its place; the others move `down` or `right`. Raises ValueError."""
        _chosen("shift", shift, {"down", "right"})
        return self._range(self.session.post(self._url("insert_range"), data={"shift": shift.capitalize()}))

    def merge(self, across: bool = False) -> bool:
        """Make one cell of it, or with `across` one of each row."""
        return self._do("merge_range", across=across)

    def unmerge(self) -> bool:
        return bool(self.session.post(self._url("unmerge_range")))

    def get_worksheet(self) -> WorkSheet | None:
        """The sheet that it is in."""
        from O365.excel import WorkSheet

        params = {"$select": "address", "$expand": "worksheet"}
        response = self.session.get(self.build_url(""), params=params)
        if not response:
            return None
        return WorkSheet.of_part(self, response.json()["worksheet"])

    def get_format(self) -> RangeFormat | None:
        """How it looks."""
        found: RangeFormat | None = self._row(self.range_format_constructor, self.session.get(self._url("get_format")))
        return found

    def _range_kind(self) -> Any:
        return type(self)

    def _at(self, endpoint: str, *numbers: Any) -> Range | None:
        return self._range(self.session.get(self._place_of(endpoint, *numbers)))

    def _beside(self, endpoint: str, count: int) -> Range | None:
        return self._range(self.session.post(self._place_of(endpoint, count)))

    def _place_of(self, endpoint: str, *numbers: Any) -> str:
        return self.build_url(self._endpoints[endpoint].format(*(quote(str(one)) for one in numbers)))

    def _do(self, endpoint: str, **data: Any) -> bool:
        return bool(self.session.post(self._url(endpoint), data=data))


def _chosen(name: str, value: str, known: set[str]) -> None:
    if str(value).lower() not in known:
        raise ValueError(f"{name}: expected one of {', '.join(sorted(known))}, not {value!r}")
