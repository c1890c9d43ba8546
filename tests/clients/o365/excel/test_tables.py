"""Tables: their columns, rows and ranges."""

from __future__ import annotations

import pytest
from tests.clients.o365.excel.conftest import BOOK, CELLS, SESSION, SHEET, TABLE
from tests.clients.o365.mail.doubles import Answer, Recorder, page

from O365.excel import Range, Table, TableColumn, TableRow, WorkSheet

TABLE_URL = f"{BOOK}/tables('%7BT1%7D')"
COLUMN = {"id": "1", "index": 0, "name": "Price", "values": [["Price"], [3]]}
ROW = {"index": 1, "values": [[3, 4]]}


def asked(con: Recorder) -> list[tuple[str, str]]:
    return [(method, path.removeprefix(TABLE_URL)) for method, path in con.asked]


def test_columns_are_found_added_and_deleted(table: Table, con: Recorder) -> None:
    following = "https://graph.microsoft.com/v1.0/next"
    con.will(page(COLUMN, link=following), page(COLUMN), page(COLUMN), *[Answer(COLUMN)] * 4)
    assert [column.name for column in table.get_columns()] == ["Price", "Price"]
    assert con.last.headers == SESSION
    table.get_columns(top=1, skip=2)
    assert con.last.params == {"$top": 1, "$skip": 2}
    assert table.get_column("Price") == table.get_column_at_index(1)
    column = table.add_column("Weight", index=None, values=[["Weight"], [1]])
    assert con.last.data == {"name": "Weight", "values": [["Weight"], [1]]}
    assert isinstance(column, TableColumn)
    table.add_column("Weight")
    assert con.last.data == {"name": "Weight", "index": 0}
    assert table.delete_column("Price")
    assert asked(con)[3:] == [
        ("get", "/columns/Price"),
        ("get", "/columns/itemAt(index=1)"),
        ("post", "/columns/add"),
        ("post", "/columns/add"),
        ("post", "/columns/Price/delete"),
    ]


def test_rows_are_found_added_and_deleted(table: Table, con: Recorder) -> None:
    con.will(page(ROW), *[Answer(ROW)] * 4)
    assert [row.values for row in table.get_rows(top=1)] == [[[3, 4]]]
    assert table.get_row(1) == table.get_row_at_index(1)
    row = table.add_rows([3, 4])
    assert (repr(row), con.last.data) == ("Row number: 1", {"values": [[3, 4]]})
    table.add_rows([[3, 4], [5, 6]], index=0)
    assert con.last.data == {"values": [[3, 4], [5, 6]], "index": 0}
    assert table.delete_row(1)
    assert asked(con) == [
        ("get", "/rows"),
        ("get", "/rows/1"),
        ("get", "/rows/itemAt(index=1)"),
        ("post", "/rows/add"),
        ("post", "/rows/add"),
        ("delete", "/rows/$/itemAt(index=1)"),
    ]


def test_a_row_is_written_and_deleted(table: Table, con: Recorder) -> None:
    row = TableRow(parent=table, __cloud_data__=ROW)
    con.will(Answer({**ROW, "values": [[7, 8]]}), Answer(CELLS))
    assert row.update([7, 8])
    assert (row.values, con.last.data) == ([[7, 8]], {"values": [[7, 8]]})
    assert isinstance(row.get_range(), Range)
    assert row.delete()
    place = "/rows/itemAt(index=1)"
    assert asked(con) == [("patch", place), ("get", f"{place}/range"), ("post", f"{place}/delete")]


def test_a_column_is_written_filtered_and_deleted(table: Table, con: Recorder) -> None:
    column = TableColumn(parent=table, __cloud_data__=COLUMN)
    criteria = {"filterOn": "values", "values": ["3"]}
    con.will(Answer({**COLUMN, "values": [["Price"], [9]]}), *[Answer(CELLS)] * 4)
    assert column.update([["Price"], [9]])
    assert column.values == [["Price"], [9]]
    for found in (
        column.get_data_body_range(),
        column.get_header_row_range(),
        column.get_total_row_range(),
        column.get_range(),
    ):
        assert isinstance(found, Range)
    assert column.apply_filter(criteria)
    assert con.last.data == {"criteria": criteria}
    con.will(Answer({"name": "Price", "filter": {"criteria": criteria}}), Answer({"name": "Price", "filter": None}))
    assert column.get_filter() == criteria
    assert column.get_filter() is None
    assert column.clear_filter()
    assert column.delete()
    assert [path.removeprefix("/columns('1')") for _, path in asked(con)] == [
        *("", "/dataBodyRange", "/headerRowRange", "/totalRowRange", "/range"),
        *("/filter/apply", "", "", "/filter/clear", "/delete"),
    ]


def test_a_table_is_changed_and_becomes_cells(table: Table, con: Recorder) -> None:
    con.will(Answer({**TABLE, "name": "Costs", "showTotals": True}), *[Answer(CELLS)] * 5)
    assert table.update(name="Costs", show_totals=True)
    assert (table.name, table.show_totals, con.last.data) == ("Costs", True, {"name": "Costs", "showTotals": True})
    with pytest.raises(ValueError, match="at least one"):
        table.update()
    for found in (table.get_data_body_range(), table.get_header_row_range(), table.get_total_row_range()):
        assert isinstance(found, Range)
    assert isinstance(table.get_range(), Range)
    assert isinstance(table.convert_to_range(), Range)
    con.will(Answer({"name": "Costs", "worksheet": SHEET}))
    assert isinstance(table.get_worksheet(), WorkSheet)
    assert table.clear_filters()
    assert table.reapply_filters()
    assert table.delete()
    assert asked(con) == [
        ("patch", ""),
        ("get", "/dataBodyRange"),
        ("get", "/headerRowRange"),
        ("get", "/totalRowRange"),
        ("get", "/range"),
        ("post", "/convertToRange"),
        ("get", ""),
        ("post", "/clearFilters"),
        ("post", "/reapplyFilters"),
        ("delete", ""),
    ]
