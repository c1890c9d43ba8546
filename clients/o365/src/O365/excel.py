"""Workbooks of Excel (.xlsx) in a drive: sheets, ranges, tables, names and functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from O365._attributes import maybe_text, number, text
from O365._component import ApiComponent as ApiComponent
from O365._excel_format import RangeFormat as RangeFormat
from O365._excel_format import RangeFormatFont as RangeFormatFont
from O365._excel_names import NamedRange as NamedRange
from O365._excel_part import NON_PERSISTENT_SESSION_INACTIVITY_MAX_AGE as NON_PERSISTENT_SESSION_INACTIVITY_MAX_AGE
from O365._excel_part import PERSISTENT_SESSION_INACTIVITY_MAX_AGE as PERSISTENT_SESSION_INACTIVITY_MAX_AGE
from O365._excel_part import FunctionException as FunctionException
from O365._excel_part import Part, key, split_address, workbook_of
from O365._excel_part import WorkbookSession as WorkbookSession
from O365._excel_range import Range as Range
from O365._excel_table import Table as Table
from O365._excel_table import TableColumn as TableColumn
from O365._excel_table import TableRow as TableRow
from O365._recipients import TrackerSet as TrackerSet
from O365._urls import segment
from O365.drive import File as File
from O365.utils.casing import to_snake_case as to_snake_case
from O365.utils.range import col_index_to_label as col_index_to_label

Rows: TypeAlias = Sequence[Sequence[Any]]
UnsetSentinel = object()
EXCEL_XLSX_MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CALCULATIONS = ("Recalculate", "Full", "FullRebuild")


class _HasTablesAndNames(Part):
    """What a workbook and a sheet of it have in common."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_tables": "/tables",
        "get_table": "/tables/{id}",
        "get_named_range": "/names/{name}",
        "add_named_range": "/names/add",
        "add_named_range_f": "/names/addFormulaLocal",
    }
    table_constructor = Table
    named_range_constructor = NamedRange

    def get_tables(self) -> list[Table]:
        """The tables within."""
        return self._rows(self.table_constructor, self._url("get_tables"))

    def get_table(self, id_or_name: str) -> Table | None:
        response = self.session.get(self._url("get_table", id=quoted(id_or_name)))
        found: Table | None = self._row(self.table_constructor, response)
        return found

    def get_named_range(self, name: str) -> NamedRange | None:
        response = self.session.get(self._url("get_named_range", name=quoted(name)))
        found: NamedRange | None = self._row(self.named_range_constructor, response)
        return found

    def add_named_range(
        self, name: str, reference: str, comment: str = "", is_formula: bool = False
    ) -> NamedRange | None:
        """A name for an address, or with `is_formula` for a formula."""
        kind, endpoint = ("formula", "add_named_range_f") if is_formula else ("reference", "add_named_range")
        data = {self._cc("name"): name, self._cc(kind): reference, self._cc("comment"): comment}
        found: NamedRange | None = self._row(
            self.named_range_constructor, self.session.post(self._url(endpoint), data=data)
        )
        return found


class WorkSheet(_HasTablesAndNames):
    """A sheet of a workbook."""

    _endpoints: ClassVar[dict[str, str]] = {
        **_HasTablesAndNames._endpoints,
        "get_range": "/range",
        "range": "/range(address='{address}')",
        "add_table": "/tables/add",
        "get_used_range": "/usedRange(valuesOnly={only})",
        "get_cell": "/cell(row={row},column={column})",
    }
    _place = "/worksheets('{id}')"
    _is_sheet = True
    table_constructor = Table
    range_constructor = Range
    named_range_constructor = NamedRange

    object_id = maybe_text("id")
    name = text("name")
    position = number("position")
    visibility = text("visibility")

    def __init__(self, parent: Any = None, session: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, session=session, **kwargs)
        self.workbook = parent if isinstance(parent, WorkBook) else None

    @classmethod
    def of_part(cls, part: Part, told: dict[str, Any]) -> WorkSheet:
        """The sheet of a range or a table."""
        place = workbook_of(part.main_resource)
        return cls(session=part.session, main_resource=place, **{cls._cloud_data_key: told})

    def __repr__(self) -> str:
        return f"Worksheet: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkSheet):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    def delete(self) -> bool:
        """Take it out of the workbook."""
        return bool(self.session.delete(self.build_url("")))

    def update(self, *, name: str | None = None, position: int | None = None, visibility: str | None = None) -> bool:
        """Rename, move, show or hide it (`Visible`, `Hidden`, `VeryHidden`). Raises ValueError for nothing."""
        if name is None and position is None and visibility is None:
            raise ValueError("Provide at least one parameter to update")
        return self._update(name=name, position=position, visibility=visibility)

    def add_table(self, address: str, has_headers: bool) -> Table | None:
        """Make a table of cells; without headers it gets some."""
        data = {self._cc("address"): address, self._cc("hasHeaders"): has_headers}
        found: Table | None = self._row(self.table_constructor, self.session.post(self._url("add_table"), data=data))
        return found

    # Cells.

    def get_range(self, address: str | None = None) -> Range | None:
        """The cells at an address, or all."""
        if address is None:
            return self._get_range("get_range")
        cells = self.remove_sheet_name_from_address(address)
        return self._range(self.session.get(self._url("range", address=key(cells))))

    def get_used_range(self, only_values: bool = True) -> Range | None:
        """The part where something is; cells that only have a format count unless `only_values` is set."""
        return self._range(self.session.get(self._url("get_used_range", only=str(bool(only_values)).lower())))

    def get_cell(self, row: int, column: int) -> Range | None:
        """A cell; the first one is 0, 0."""
        return self._range(self.session.get(self._url("get_cell", row=row, column=column)))

    def update_cells(self, address: str | Range, rows: Rows) -> bool:
        """Write values into cells. Raises ValueError when there are not as many of both."""
        cells = address if isinstance(address, Range) else self.get_range(address)
        if not isinstance(cells, Range):
            raise ValueError(f"There are no cells at {address!r}")  # noqa: TRY004 - as of the original
        if cells.row_count != len(rows) or any(len(row) != cells.column_count for row in rows):
            raise ValueError(
                "rows and columns are not the same size as the range selected. "
                "This is required by the Microsoft Graph API."
            )
        cells.values = rows
        return cells.update()

    def append_rows(self, rows: Rows) -> bool:
        """Write values into the rows behind the last one with something in it, from column A on."""
        if not rows or not rows[0]:
            return True
        used = self.get_used_range()
        if used is None:
            return False
        # The used range of an empty sheet is its first cell.
        is_empty = used.cell_count == 1 and used.values in ([[""]], [[None]], [])
        first = 1 if is_empty else used.row_index + used.row_count + 1
        last = first + len(rows) - 1
        return self.update_cells(f"A{first}:{col_index_to_label(len(rows[0]) - 1)}{last}", rows)

    @staticmethod
    def remove_sheet_name_from_address(address: str) -> str:
        """`A1:B2` of `'My sheet'!A1:B2`."""
        return split_address(address)[1]


class WorkbookApplication(ApiComponent):
    """Excel itself, as far as it is about a workbook."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_details": "/application",
        "post_calculation": "/application/calculate",
    }

    def __init__(self, workbook: WorkBook) -> None:
        if not isinstance(workbook, WorkBook):
            raise ValueError("workbook was not an accepted type: Workbook")  # noqa: TRY004 - as of the original
        self.parent = workbook
        self._adopt(workbook, None, {})

    def __repr__(self) -> str:
        return f"WorkbookApplication for Workbook: {self.parent.name}"

    def __bool__(self) -> bool:
        return bool(self.parent)

    def get_details(self) -> dict[str, Any] | None:
        """What the service tells of it: `{"calculationMode": "Automatic"}`."""
        response = self.parent.session.get(self.build_url(self._endpoints["get_details"]))
        found: dict[str, Any] | None = response.json() if response else None
        return found

    def run_calculations(self, calculation_type: str) -> bool:
        """Calculate all open workbooks: `Recalculate`, `Full` or `FullRebuild`. Raises ValueError for another."""
        if calculation_type not in CALCULATIONS:
            raise ValueError(f"calculation type must be one of: {', '.join(CALCULATIONS)}")
        url = self.build_url(self._endpoints["post_calculation"])
        data = {self._cc("calculationType"): calculation_type}
        return bool(self.parent.session.post(url, data=data))


class WorkBook(_HasTablesAndNames):
    """A workbook. With a session, which is the default, it is fast; see `WorkbookSession`."""

    _endpoints: ClassVar[dict[str, str]] = {
        **_HasTablesAndNames._endpoints,
        "get_worksheets": "/worksheets",
        "get_worksheet": "/worksheets/{id}",
        "function": "/functions/{name}",
        "get_names": "/names",
    }
    application_constructor = WorkbookApplication
    worksheet_constructor = WorkSheet
    table_constructor = Table
    named_range_constructor = NamedRange

    def __init__(self, file_item: File, *, use_session: bool = True, persist: bool = True) -> None:
        if not isinstance(file_item, File) or file_item.mime_type != EXCEL_XLSX_MIME_TYPE:
            raise ValueError("This file is not a valid Excel xlsx file.")
        place = f"{file_item.main_resource}/items/{segment(file_item._place_id())}/workbook"
        session = WorkbookSession(parent=file_item, persist=persist, main_resource=place)
        super().__init__(session=session)
        self.name = file_item.name
        self.object_id = f"Workbook:{file_item.object_id}"
        if use_session:
            session.create_session()

    def _own_place(self, parent: Any) -> str:  # noqa: ARG002
        return ""

    def __repr__(self) -> str:
        return f"Workbook: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkBook):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    def get_workbookapplication(self) -> WorkbookApplication:
        return self.application_constructor(self)

    def get_worksheets(self) -> list[WorkSheet]:
        """All sheets."""
        return self._rows(self.worksheet_constructor, self._url("get_worksheets"))

    def get_worksheet(self, id_or_name: str) -> WorkSheet | None:
        response = self.session.get(self._url("get_worksheet", id=quoted(id_or_name)))
        found: WorkSheet | None = self._row(self.worksheet_constructor, response)
        return found

    def add_worksheet(self, name: str | None = None) -> WorkSheet | None:
        """A new sheet, behind the others; the service finds a name when none is given."""
        data = {self._cc("name"): name} if name else None
        response = self.session.post(self._url("get_worksheets"), data=data)
        found: WorkSheet | None = self._row(self.worksheet_constructor, response)
        return found

    def delete_worksheet(self, worksheet_id: str) -> bool:
        """Take a sheet out, by its id or name."""
        return bool(self.session.delete(self._url("get_worksheet", id=quoted(worksheet_id))))

    def invoke_function(self, function_name: str, **function_params: Any) -> Any:
        """The value of a function of Excel: `invoke_function("pmt", rate=0.01, nper=12, pv=1000)`.

        Parameters have Excel's names; a range is `{"address": "Sheet1!A1:A3"}`. Raises FunctionException.
        """
        response = self.session.post(self._url("function", name=segment(function_name)), data=function_params)
        if not response:
            return None
        told = response.json()
        if error := told.get(self._cc("error")):
            raise FunctionException(error)
        return told.get(self._cc("value"))

    def get_named_ranges(self) -> list[NamedRange]:
        """All names."""
        return self._rows(self.named_range_constructor, self._url("get_names"))


def quoted(name: str) -> str:
    """An id or a name as a segment of a path; braces and spaces are escaped too."""
    return key(name).replace("%27%27", "%27")
