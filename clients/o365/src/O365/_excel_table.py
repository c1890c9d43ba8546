"""Tables of a workbook, their columns and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from O365._attributes import Attribute, maybe_flag, maybe_text, plain, text
from O365._excel_part import Part
from O365._excel_range import Range
from O365._urls import segment

if TYPE_CHECKING:
    from O365.excel import WorkSheet

Rows = list[list[Any]]


class TableRow(Part):
    """A row of a table."""

    _endpoints: ClassVar[dict[str, str]] = {"get_range": "/range", "delete": "/delete"}
    range_constructor = Range

    object_id: Attribute[int | None] = plain("index")
    index: Attribute[int] = plain("index", 0)
    values: Attribute[Rows] = plain("values", [[]])

    def __init__(self, parent: Any = None, session: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, session=session, **kwargs)
        self.table = parent

    def _own_place(self, parent: Any) -> str:  # noqa: ARG002
        return f"/rows/itemAt(index={self.index})"

    def __repr__(self) -> str:
        return f"Row number: {self.index}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TableRow):
            return NotImplemented
        return self is other or (self.object_id == other.object_id and self.table == other.table)

    __hash__ = None  # type: ignore[assignment] # the index changes

    def get_range(self) -> Range | None:
        return self._get_range("get_range")

    def update(self, values: Any) -> bool:
        """Give it other values: a row of a matrix, or the values themselves."""
        return self._update(values=matrix(values))

    def delete(self) -> bool:
        return bool(self.session.post(self._url("delete")))


class TableColumn(Part):
    """A column of a table; its values begin with its name."""

    _endpoints: ClassVar[dict[str, str]] = {
        "delete": "/delete",
        "data_body_range": "/dataBodyRange",
        "header_row_range": "/headerRowRange",
        "total_row_range": "/totalRowRange",
        "entire_range": "/range",
        "clear_filter": "/filter/clear",
        "apply_filter": "/filter/apply",
    }
    _place = "/columns('{id}')"
    range_constructor = Range

    object_id = maybe_text("id")
    name = text("name")
    index: Attribute[int] = plain("index", 0)
    values: Attribute[Rows] = plain("values", [[]])

    def __init__(self, parent: Any = None, session: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, session=session, **kwargs)
        self.table = parent

    def __repr__(self) -> str:
        return f"Table Column: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TableColumn):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    def delete(self) -> bool:
        return bool(self.session.post(self._url("delete")))

    def update(self, values: Rows) -> bool:
        """Give it other values, its name first: `[["Price"], [3], [4]]`."""
        return self._update(values=values)

    def get_data_body_range(self) -> Range | None:
        return self._get_range("data_body_range")

    def get_header_row_range(self) -> Range | None:
        return self._get_range("header_row_range")

    def get_total_row_range(self) -> Range | None:
        return self._get_range("total_row_range")

    def get_range(self) -> Range | None:
        """All of it: header, body and total."""
        return self._get_range("entire_range")

    def clear_filter(self) -> bool:
        return bool(self.session.post(self._url("clear_filter")))

    def apply_filter(self, criteria: dict[str, Any]) -> bool:
        """Show only some rows, by criteria of Excel: `{"filterOn": "values", "values": ["roof"]}`."""
        return bool(self.session.post(self._url("apply_filter"), data={self._cc("criteria"): criteria}))

    def get_filter(self) -> dict[str, Any] | None:
        """The criteria that are applied now; None when there are none."""
        response = self.session.get(self.build_url(""), params={"$select": "name", "$expand": "filter"})
        told = response.json().get(self._cc("filter")) if response else None
        criteria: dict[str, Any] | None = told.get(self._cc("criteria")) if told else None
        return criteria


class Table(Part):
    """A table."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_columns": "/columns",
        "get_column": "/columns/{id}",
        "delete_column": "/columns/{id}/delete",
        "get_column_index": "/columns/itemAt(index={id})",
        "add_column": "/columns/add",
        "get_rows": "/rows",
        "get_row": "/rows/{id}",
        "delete_row": "/rows/$/itemAt(index={id})",
        "get_row_index": "/rows/itemAt(index={id})",
        "add_rows": "/rows/add",
        "data_body_range": "/dataBodyRange",
        "header_row_range": "/headerRowRange",
        "total_row_range": "/totalRowRange",
        "entire_range": "/range",
        "convert_to_range": "/convertToRange",
        "clear_filters": "/clearFilters",
        "reapply_filters": "/reapplyFilters",
    }
    _place = "/tables('{id}')"
    column_constructor = TableColumn
    row_constructor = TableRow
    range_constructor = Range

    object_id = maybe_text("id")
    name = text("name")
    legacy_id = maybe_text("legacyId")
    style = maybe_text("style")
    show_headers = maybe_flag("showHeaders")
    show_totals = maybe_flag("showTotals")
    show_banded_columns = maybe_flag("showBandedColumns")
    show_banded_rows = maybe_flag("showBandedRows")
    show_filter_button = maybe_flag("showFilterButton")
    highlight_first_column = maybe_flag("highlightFirstColumn")
    highlight_last_column = maybe_flag("highlightLastColumn")

    def __init__(self, parent: Any = None, session: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, session=session, **kwargs)
        self.parent = parent

    def __repr__(self) -> str:
        return f"Table: {self.name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    # Columns.

    def get_columns(self, *, top: int | None = None, skip: int | None = None) -> list[TableColumn]:
        """The columns: all, or `top` of them after `skip`."""
        return self._listed(self.column_constructor, "get_columns", top, skip)

    def get_column(self, id_or_name: str) -> TableColumn | None:
        found: TableColumn | None = self._one(self.column_constructor, "get_column", id_or_name)
        return found

    def get_column_at_index(self, index: int) -> TableColumn | None:
        """The column at a place, from 0 on."""
        found: TableColumn | None = self._one(self.column_constructor, "get_column_index", index)
        return found

    def delete_column(self, id_or_name: str) -> bool:
        return bool(self.session.post(self._url("delete_column", id=segment(id_or_name))))

    def add_column(self, name: str, *, index: int | None = 0, values: Rows | None = None) -> TableColumn | None:
        """A new column at a place, at the end for None. Values, if any, begin with its name."""
        data = {"name": name, "index": index, "values": values}
        found: TableColumn | None = self._added(self.column_constructor, "add_column", data)
        return found

    # Rows.

    def get_rows(self, *, top: int | None = None, skip: int | None = None) -> list[TableRow]:
        """The rows: all, or `top` of them after `skip`."""
        return self._listed(self.row_constructor, "get_rows", top, skip)

    def get_row(self, index: int) -> TableRow | None:
        found: TableRow | None = self._one(self.row_constructor, "get_row", index)
        return found

    def get_row_at_index(self, index: int) -> TableRow | None:
        """The row at a place, from 0 on."""
        found: TableRow | None = self._one(self.row_constructor, "get_row_index", index)
        return found

    def delete_row(self, index: int) -> bool:
        return bool(self.session.delete(self._url("delete_row", id=segment(index))))

    def add_rows(self, values: Any = None, index: int | None = None) -> TableRow | None:
        """New rows at a place, at the end by default: several, or the values of one. The first of them."""
        data = {"values": None if values is None else matrix(values), "index": index}
        found: TableRow | None = self._added(self.row_constructor, "add_rows", data)
        return found

    # The table.

    def update(
        self,
        *,
        name: str | None = None,
        show_headers: bool | None = None,
        show_totals: bool | None = None,
        style: str | None = None,
    ) -> bool:
        """Change some of it. Raises ValueError for nothing."""
        changes = {"name": name, "showHeaders": show_headers, "showTotals": show_totals, "style": style}
        if all(value is None for value in changes.values()):
            raise ValueError("Provide at least one parameter to update")
        return self._update(**changes)

    def delete(self) -> bool:
        return bool(self.session.delete(self.build_url("")))

    def get_data_body_range(self) -> Range | None:
        return self._get_range("data_body_range")

    def get_header_row_range(self) -> Range | None:
        return self._get_range("header_row_range")

    def get_total_row_range(self) -> Range | None:
        return self._get_range("total_row_range")

    def get_range(self) -> Range | None:
        """All of it: header, body and totals."""
        return self._get_range("entire_range")

    def convert_to_range(self) -> Range | None:
        """Make ordinary cells of it; these."""
        return self._range(self.session.post(self._url("convert_to_range")))

    def clear_filters(self) -> bool:
        return bool(self.session.post(self._url("clear_filters")))

    def reapply_filters(self) -> bool:
        return bool(self.session.post(self._url("reapply_filters")))

    def get_worksheet(self) -> WorkSheet | None:
        """The sheet that it is in."""
        from O365.excel import WorkSheet

        response = self.session.get(self.build_url(""), params={"$select": "name", "$expand": "worksheet"})
        return WorkSheet.of_part(self, response.json()["worksheet"]) if response else None

    def _listed(self, kind: Any, endpoint: str, top: int | None, skip: int | None) -> list[Any]:
        params = {key: value for key, value in (("$top", top), ("$skip", skip)) if value is not None}
        return self._rows(kind, self._url(endpoint), params)[:top]

    def _one(self, kind: Any, endpoint: str, found: Any) -> Any:
        return self._row(kind, self.session.get(self._url(endpoint, id=segment(found))))

    def _added(self, kind: Any, endpoint: str, data: dict[str, Any]) -> Any:
        given = {self._cc(key): value for key, value in data.items() if value is not None}
        return self._row(kind, self.session.post(self._url(endpoint), data=given or None))


def matrix(values: Any) -> Rows:
    """Rows of columns; the values of one row may stand alone."""
    rows = list(values)
    return rows if rows and isinstance(rows[0], list | tuple) else [rows]
