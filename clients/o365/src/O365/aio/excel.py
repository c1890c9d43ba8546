"""The async classes of `O365.excel`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from O365._attributes import Json
    from O365.excel import Rows


class WorkbookApplication(Twin):
    """Excel itself, as far as it is about a workbook."""

    _home = "O365.excel:WorkbookApplication"

    async def get_details(self) -> dict[str, Any] | None:
        """What the service tells of it: `{"calculationMode": "Automatic"}`."""
        return await self._awaited(self._it.get_details)

    async def run_calculations(self, calculation_type: str) -> bool:
        """Calculate all open workbooks: `Recalculate`, `Full` or `FullRebuild`. Raises ValueError for another."""
        return await self._awaited(self._it.run_calculations, calculation_type)


class WorkbookSession(Twin):
    """Requests to one workbook that the service keeps open between them, which makes them fast."""

    _home = "O365._excel_part:WorkbookSession"

    async def close_session(self) -> bool:
        """End it; requests without a session follow. False without a session."""
        return await self._awaited(self._it.close_session)

    async def create_session(self) -> bool:
        """Begin a session. Raises RuntimeError when the service refuses it."""
        return await self._awaited(self._it.create_session)

    async def delete(self, *args: Any, **kwargs: Any) -> Any:
        return await self._awaited(self._it.delete, *args, **kwargs)

    async def get(self, *args: Any, **kwargs: Any) -> Any:
        return await self._awaited(self._it.get, *args, **kwargs)

    async def patch(self, *args: Any, **kwargs: Any) -> Any:
        return await self._awaited(self._it.patch, *args, **kwargs)

    async def post(self, *args: Any, **kwargs: Any) -> Any:
        return await self._awaited(self._it.post, *args, **kwargs)

    async def prepare_request(self, kwargs: dict[str, Any]) -> None:
        """Name the session in the headers of a request."""
        return await self._awaited(self._it.prepare_request, kwargs)

    async def put(self, *args: Any, **kwargs: Any) -> Any:
        return await self._awaited(self._it.put, *args, **kwargs)

    async def refresh_session(self) -> bool:
        """Have the service keep it for longer. False without a session."""
        return await self._awaited(self._it.refresh_session)


class NamedRange(Twin):
    """A name for some cells or a formula."""

    _home = "O365._excel_names:NamedRange"

    async def get_range(self) -> Range | None:
        """The cells that it names."""
        return await self._awaited(self._it.get_range)

    async def update(self, *, visible: bool | None = None, comment: str | None = None) -> bool:
        """Change whether it is shown, and its comment. Raises ValueError for neither."""
        return await self._awaited(self._it.update, visible=visible, comment=comment)


class Range(Twin):
    """Some cells. What is set is sent by `update`."""

    _home = "O365._excel_range:Range"

    async def clear(self, apply_to: str = "all") -> bool:
        """Empty it: `all`, `formats` or `contents`. Raises ValueError."""
        return await self._awaited(self._it.clear, apply_to)

    async def delete(self, shift: str = "up") -> bool:
        """Take its cells out; others move `up` or `left`. Raises ValueError."""
        return await self._awaited(self._it.delete, shift)

    async def get_bounding_rect(self, address: str) -> Range | None:
        """The smallest range that holds this one and another."""
        return await self._awaited(self._it.get_bounding_rect, address)

    async def get_cell(self, row: int, column: int) -> Range | None:
        """A cell, counted from its first one, which is 0, 0; it may lie outside."""
        return await self._awaited(self._it.get_cell, row, column)

    async def get_column(self, index: int) -> Range | None:
        """A column of it."""
        return await self._awaited(self._it.get_column, index)

    async def get_columns_after(self, columns: int = 1) -> Range | None:
        """Columns to the right of it."""
        return await self._awaited(self._it.get_columns_after, columns)

    async def get_columns_before(self, columns: int = 1) -> Range | None:
        """Columns to the left of it."""
        return await self._awaited(self._it.get_columns_before, columns)

    async def get_entire_column(self) -> Range | None:
        """Its columns, from the top of the sheet to the bottom."""
        return await self._awaited(self._it.get_entire_column)

    async def get_format(self) -> RangeFormat | None:
        """How it looks."""
        return await self._awaited(self._it.get_format)

    async def get_intersection(self, address: str) -> Range | None:
        """What it has in common with another range."""
        return await self._awaited(self._it.get_intersection, address)

    async def get_last_cell(self) -> Range | None:
        return await self._awaited(self._it.get_last_cell)

    async def get_last_column(self) -> Range | None:
        return await self._awaited(self._it.get_last_column)

    async def get_last_row(self) -> Range | None:
        return await self._awaited(self._it.get_last_row)

    async def get_offset_range(self, row_offset: int, column_offset: int) -> Range | None:
        """A range of the same size elsewhere."""
        return await self._awaited(self._it.get_offset_range, row_offset, column_offset)

    async def get_resized_range(self, rows: int, columns: int) -> Range | None:
        """A range with so many more rows and columns, or fewer."""
        return await self._awaited(self._it.get_resized_range, rows, columns)

    async def get_row(self, index: int) -> Range | None:
        """A row of it."""
        return await self._awaited(self._it.get_row, index)

    async def get_rows_above(self, rows: int = 1) -> Range | None:
        return await self._awaited(self._it.get_rows_above, rows)

    async def get_rows_below(self, rows: int = 1) -> Range | None:
        return await self._awaited(self._it.get_rows_below, rows)

    async def get_used_range(self, only_values: bool = True) -> Range | None:
        """The part of it where something is; cells that only have a format count unless `only_values` is set."""
        return await self._awaited(self._it.get_used_range, only_values)

    async def get_worksheet(self) -> WorkSheet | None:
        """The sheet that it is in."""
        return await self._awaited(self._it.get_worksheet)

    async def insert_range(self, shift: str) -> Range | None:
        """New cells in its place; the others move `down` or `right`. Raises ValueError."""
        return await self._awaited(self._it.insert_range, shift)

    async def merge(self, across: bool = False) -> bool:
        """Make one cell of it, or with `across` one of each row."""
        return await self._awaited(self._it.merge, across)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """What can be changed of it, as JSON: all, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)

    async def unmerge(self) -> bool:
        return await self._awaited(self._it.unmerge)

    async def update(self) -> bool:
        """Send what was set."""
        return await self._awaited(self._it.update)


class RangeFormat(Twin):
    """The format of a range. What is set is sent by `update`."""

    _home = "O365._excel_format:RangeFormat"

    async def auto_fit_columns(self) -> bool:
        """Make the columns as wide as their contents."""
        return await self._awaited(self._it.auto_fit_columns)

    async def auto_fit_rows(self) -> bool:
        """Make the rows as high as their contents."""
        return await self._awaited(self._it.auto_fit_rows)

    @property
    def background_color(self) -> Awaitable[str | None]:
        return self._awaited(lambda: self._it.background_color)

    async def refresh(self) -> bool:
        """Ask for all of it anew, with font and background; what was set and not sent is forgotten."""
        return await self._awaited(self._it.refresh)

    async def set_borders(self, side_style: str = "") -> bool:
        """Lines around all cells, as `Continuous`, `Dash`, `Dot` or `Double`; none by default."""
        return await self._awaited(self._it.set_borders, side_style)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """Sizes and alignment as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)

    async def update(self) -> bool:
        """Send what was set, of the font and the background too."""
        return await self._awaited(self._it.update)


class Table(Twin):
    """A table."""

    _home = "O365._excel_table:Table"

    async def add_column(self, name: str, *, index: int | None = 0, values: Rows | None = None) -> TableColumn | None:
        """A new column at a place, at the end for None. Values, if any, begin with its name."""
        return await self._awaited(self._it.add_column, name, index=index, values=values)

    async def add_rows(self, values: Any = None, index: int | None = None) -> TableRow | None:
        """New rows at a place, at the end by default: several, or the values of one. The first of them."""
        return await self._awaited(self._it.add_rows, values, index)

    async def clear_filters(self) -> bool:
        return await self._awaited(self._it.clear_filters)

    async def convert_to_range(self) -> Range | None:
        """Make ordinary cells of it; these."""
        return await self._awaited(self._it.convert_to_range)

    async def delete(self) -> bool:
        return await self._awaited(self._it.delete)

    async def delete_column(self, id_or_name: str) -> bool:
        return await self._awaited(self._it.delete_column, id_or_name)

    async def delete_row(self, index: int) -> bool:
        return await self._awaited(self._it.delete_row, index)

    async def get_column(self, id_or_name: str) -> TableColumn | None:
        return await self._awaited(self._it.get_column, id_or_name)

    async def get_column_at_index(self, index: int) -> TableColumn | None:
        """The column at a place, from 0 on."""
        return await self._awaited(self._it.get_column_at_index, index)

    def get_columns(self, *, top: int | None = None, skip: int | None = None) -> Listing[TableColumn]:
        """The columns: all, or `top` of them after `skip`."""
        return self._listed(self._it.get_columns, top=top, skip=skip)

    async def get_data_body_range(self) -> Range | None:
        return await self._awaited(self._it.get_data_body_range)

    async def get_header_row_range(self) -> Range | None:
        return await self._awaited(self._it.get_header_row_range)

    async def get_range(self) -> Range | None:
        """All of it: header, body and totals."""
        return await self._awaited(self._it.get_range)

    async def get_row(self, index: int) -> TableRow | None:
        return await self._awaited(self._it.get_row, index)

    async def get_row_at_index(self, index: int) -> TableRow | None:
        """The row at a place, from 0 on."""
        return await self._awaited(self._it.get_row_at_index, index)

    def get_rows(self, *, top: int | None = None, skip: int | None = None) -> Listing[TableRow]:
        """The rows: all, or `top` of them after `skip`."""
        return self._listed(self._it.get_rows, top=top, skip=skip)

    async def get_total_row_range(self) -> Range | None:
        return await self._awaited(self._it.get_total_row_range)

    async def get_worksheet(self) -> WorkSheet | None:
        """The sheet that it is in."""
        return await self._awaited(self._it.get_worksheet)

    async def reapply_filters(self) -> bool:
        return await self._awaited(self._it.reapply_filters)

    async def update(
        self,
        *,
        name: str | None = None,
        show_headers: bool | None = None,
        show_totals: bool | None = None,
        style: str | None = None,
    ) -> bool:
        """Change some of it. Raises ValueError for nothing."""
        return await self._awaited(
            self._it.update, name=name, show_headers=show_headers, show_totals=show_totals, style=style
        )


class TableColumn(Twin):
    """A column of a table; its values begin with its name."""

    _home = "O365._excel_table:TableColumn"

    async def apply_filter(self, criteria: dict[str, Any]) -> bool:
        """Show only some rows, by criteria of Excel: `{"filterOn": "values", "values": ["roof"]}`."""
        return await self._awaited(self._it.apply_filter, criteria)

    async def clear_filter(self) -> bool:
        return await self._awaited(self._it.clear_filter)

    async def delete(self) -> bool:
        return await self._awaited(self._it.delete)

    async def get_data_body_range(self) -> Range | None:
        return await self._awaited(self._it.get_data_body_range)

    async def get_filter(self) -> dict[str, Any] | None:
        """The criteria that are applied now; None when there are none."""
        return await self._awaited(self._it.get_filter)

    async def get_header_row_range(self) -> Range | None:
        return await self._awaited(self._it.get_header_row_range)

    async def get_range(self) -> Range | None:
        """All of it: header, body and total."""
        return await self._awaited(self._it.get_range)

    async def get_total_row_range(self) -> Range | None:
        return await self._awaited(self._it.get_total_row_range)

    async def update(self, values: Rows) -> bool:
        """Give it other values, its name first: `[["Price"], [3], [4]]`."""
        return await self._awaited(self._it.update, values)


class TableRow(Twin):
    """A row of a table."""

    _home = "O365._excel_table:TableRow"

    async def delete(self) -> bool:
        return await self._awaited(self._it.delete)

    async def get_range(self) -> Range | None:
        return await self._awaited(self._it.get_range)

    async def update(self, values: Any) -> bool:
        """Give it other values: a row of a matrix, or the values themselves."""
        return await self._awaited(self._it.update, values)


class WorkBook(Twin):
    """A workbook. With a session, which is the default, it is fast; see `WorkbookSession`."""

    _home = "O365.excel:WorkBook"

    async def add_named_range(
        self, name: str, reference: str, comment: str = "", is_formula: bool = False
    ) -> NamedRange | None:
        """A name for an address, or with `is_formula` for a formula."""
        return await self._awaited(self._it.add_named_range, name, reference, comment, is_formula)

    async def add_worksheet(self, name: str | None = None) -> WorkSheet | None:
        """A new sheet, behind the others; the service finds a name when none is given."""
        return await self._awaited(self._it.add_worksheet, name)

    async def delete_worksheet(self, worksheet_id: str) -> bool:
        """Take a sheet out, by its id or name."""
        return await self._awaited(self._it.delete_worksheet, worksheet_id)

    async def get_named_range(self, name: str) -> NamedRange | None:
        return await self._awaited(self._it.get_named_range, name)

    def get_named_ranges(self) -> Listing[NamedRange]:
        """All names."""
        return self._listed(self._it.get_named_ranges)

    async def get_table(self, id_or_name: str) -> Table | None:
        return await self._awaited(self._it.get_table, id_or_name)

    def get_tables(self) -> Listing[Table]:
        """The tables within."""
        return self._listed(self._it.get_tables)

    def get_workbookapplication(self) -> WorkbookApplication:
        return self._given(self._it.get_workbookapplication)

    async def get_worksheet(self, id_or_name: str) -> WorkSheet | None:
        return await self._awaited(self._it.get_worksheet, id_or_name)

    def get_worksheets(self) -> Listing[WorkSheet]:
        """All sheets."""
        return self._listed(self._it.get_worksheets)

    async def invoke_function(self, function_name: str, **function_params: Any) -> Any:
        """The value of a function of Excel: `invoke_function("pmt", rate=0.01, nper=12, pv=1000)`."""
        return await self._awaited(self._it.invoke_function, function_name, **function_params)


class WorkSheet(Twin):
    """A sheet of a workbook."""

    _home = "O365.excel:WorkSheet"

    async def add_named_range(
        self, name: str, reference: str, comment: str = "", is_formula: bool = False
    ) -> NamedRange | None:
        """A name for an address, or with `is_formula` for a formula."""
        return await self._awaited(self._it.add_named_range, name, reference, comment, is_formula)

    async def add_table(self, address: str, has_headers: bool) -> Table | None:
        """Make a table of cells; without headers it gets some."""
        return await self._awaited(self._it.add_table, address, has_headers)

    async def append_rows(self, rows: Rows) -> bool:
        """Write values into the rows behind the last one with something in it, from column A on."""
        return await self._awaited(self._it.append_rows, rows)

    async def delete(self) -> bool:
        """Take it out of the workbook."""
        return await self._awaited(self._it.delete)

    async def get_cell(self, row: int, column: int) -> Range | None:
        """A cell; the first one is 0, 0."""
        return await self._awaited(self._it.get_cell, row, column)

    async def get_named_range(self, name: str) -> NamedRange | None:
        return await self._awaited(self._it.get_named_range, name)

    async def get_range(self, address: str | None = None) -> Range | None:
        """The cells at an address, or all."""
        return await self._awaited(self._it.get_range, address)

    async def get_table(self, id_or_name: str) -> Table | None:
        return await self._awaited(self._it.get_table, id_or_name)

    def get_tables(self) -> Listing[Table]:
        """The tables within."""
        return self._listed(self._it.get_tables)

    async def get_used_range(self, only_values: bool = True) -> Range | None:
        """The part where something is; cells that only have a format count unless `only_values` is set."""
        return await self._awaited(self._it.get_used_range, only_values)

    def remove_sheet_name_from_address(self, address: str) -> str:
        """`A1:B2` of `'My sheet'!A1:B2`."""
        return self._given(self._it.remove_sheet_name_from_address, address)

    async def update(
        self, *, name: str | None = None, position: int | None = None, visibility: str | None = None
    ) -> bool:
        """Rename, move, show or hide it (`Visible`, `Hidden`, `VeryHidden`). Raises ValueError for nothing."""
        return await self._awaited(self._it.update, name=name, position=position, visibility=visibility)

    async def update_cells(self, address: str | Range, rows: Rows) -> bool:
        """Write values into cells. Raises ValueError when there are not as many of both."""
        return await self._awaited(self._it.update_cells, address, rows)
