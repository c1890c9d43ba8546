"""Ranges: values, the ranges around them, what is done with cells, how these look."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.excel.conftest import BOOK, CELLS, SESSION, SHEET, SHEET_URL
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder

from O365.excel import NamedRange, Range, RangeFormat, WorkBook, WorkSheet

RANGE_URL = f"{SHEET_URL}/range(address='A1%3AB2')"
FONT = {"bold": False, "color": "#000000", "italic": False, "name": "Arial", "size": 11, "underline": "None"}
FORMAT = {"columnWidth": 60.0, "rowHeight": 15.0, "horizontalAlignment": "Center", "wrapText": None}


def test_a_range_has_what_the_service_told(sheet: WorkSheet, con: Recorder) -> None:
    con.will(Answer(CELLS))
    cells = sheet.get_range("'Year''s end'!A1:B2")
    assert cells is not None
    assert (con.last.path, con.last.headers) == (RANGE_URL, SESSION)
    assert (repr(cells), cells.object_id) == ("Range address: 'Year''s end'!A1:B2", "A1:B2")
    assert (cells.values, cells.formulas[0][1], cells.number_format[0][1]) == (CELLS["values"], "=1+1", "0.00")
    assert (cells.text[0][1], cells.value_types[0][0], cells.formulas_r1_c1) == (
        "2.00",
        "String",
        CELLS["formulasR1C1"],
    )
    assert (cells.row_count, cells.column_count, cells.cell_count, cells.row_index, cells.hidden) == (2, 2, 4, 0, False)


def test_addresses_lose_their_sheet() -> None:
    addresses = ["'Year''s end'!A1:B2", "Sheet1!A1", "A1", "Sheet1!A:B", "'a!b'!C3"]
    assert [WorkSheet.remove_sheet_name_from_address(one) for one in addresses] == ["A1:B2", "A1", "A1", "A:B", "C3"]


def test_what_is_set_is_sent_and_what_comes_back_is_taken(cells: Range, con: Recorder) -> None:
    assert cells.update()
    assert con.calls == []
    con.will(Answer({**CELLS, "values": [[1, 2], [3, 4]], "text": [["1", "2"], ["3", "4"]]}))
    cells.values = [[1, 2], [3, "=1+3"]]
    cells.number_format = "0.00"
    cells.row_hidden = True
    assert cells.update()
    assert con.last.path == RANGE_URL
    assert con.last.data == {"values": [[1, 2], [3, "=1+3"]], "numberFormat": "0.00", "rowHidden": True}
    assert (cells.values, cells.text, cells.row_hidden) == ([[1, 2], [3, 4]], [["1", "2"], ["3", "4"]], False)
    con.will(REFUSED)
    cells.values = 5
    assert not cells.update()
    assert set(cells.to_api_data()) == {
        *("columnHidden", "rowHidden", "formulas", "formulasLocal", "formulasR1C1", "numberFormat", "values")
    }


def test_one_value_stands_for_a_cell_or_fills_a_range(sheet: WorkSheet, cells: Range, con: Recorder) -> None:
    con.will(Answer({**CELLS, "address": "'Year''s end'!C3", "cellCount": 1}), Answer(CELLS), Answer(CELLS))
    cell = sheet.get_cell(2, 2)
    assert cell is not None
    assert cell.object_id == "C3"
    cell.values = 35
    assert cell.values == [[35]]
    assert cell.update()
    assert (con.last.path, con.last.data) == (f"{SHEET_URL}/range(address='C3')", {"values": [[35]]})
    cells.values = 35
    assert cells.update()
    assert con.last.data == {"values": 35}


AROUND: list[tuple[str, tuple[Any, ...], str, str, Any]] = [
    ("get_cell", (1, 2), "get", "/cell(row=1,column=2)", None),
    ("get_column", (1,), "get", "/column(column=1)", None),
    ("get_row", (1,), "post", "/row", {"row": 1}),
    ("get_bounding_rect", ("A1:D4",), "get", "/boundingRect", {"anotherRange": "A1:D4"}),
    ("get_intersection", ("A1",), "get", "/intersection", {"anotherRange": "A1"}),
    ("get_offset_range", (1, -2), "get", "/offsetRange", {"rowOffset": 1, "columnOffset": -2}),
    ("get_resized_range", (1, -2), "get", "/resizedRange(deltaRows=1,deltaColumns=-2)", None),
    ("get_columns_after", (), "post", "/columnsAfter(count=1)", None),
    ("get_columns_before", (2,), "post", "/columnsBefore(count=2)", None),
    ("get_rows_above", (), "post", "/rowsAbove(count=1)", None),
    ("get_rows_below", (2,), "post", "/rowsBelow(count=2)", None),
    ("get_entire_column", (), "get", "/entireColumn", None),
    ("get_last_cell", (), "get", "/lastCell", None),
    ("get_last_column", (), "get", "/lastColumn", None),
    ("get_last_row", (), "get", "/lastRow", None),
    ("get_used_range", (False,), "get", "/usedRange(valuesOnly=false)", None),
    ("insert_range", ("down",), "post", "/insert", {"shift": "Down"}),
]


@pytest.mark.parametrize(("name", "arguments", "method", "path", "sent"), AROUND)
def test_other_ranges_are_those_of_the_same_sheet(
    cells: Range, con: Recorder, name: str, arguments: tuple[Any, ...], method: str, path: str, sent: Any
) -> None:
    con.will(Answer({**CELLS, "address": "'Year''s end'!C3:D4"}), Answer(CELLS))
    found = getattr(cells, name)(*arguments)
    assert isinstance(found, Range)
    assert (con.last.method, con.last.path) == (method, f"{RANGE_URL}{path}")
    assert (con.last.params or con.last.data) == sent
    found.values = [[1, 2], [3, 4]]
    assert found.update()
    assert con.last.path == f"{SHEET_URL}/range(address='C3%3AD4')"


def test_cells_are_cleared_taken_out_and_merged(cells: Range, con: Recorder) -> None:
    con.will(*[Answer(status_code=204)] * 4)
    assert cells.clear("formats")
    assert cells.delete("left")
    assert cells.merge(across=True)
    assert cells.unmerge()
    assert [(call.path.removeprefix(RANGE_URL), call.data) for call in con.calls] == [
        ("/clear", {"applyTo": "Formats"}),
        ("/delete", {"shift": "Left"}),
        ("/merge", {"across": True}),
        ("/unmerge", None),
    ]
    for call in (lambda: cells.clear("much"), lambda: cells.delete("down"), lambda: cells.insert_range("up")):
        with pytest.raises(ValueError, match="expected one of"):
            call()


def test_a_range_of_a_name_is_written_below_its_sheet(book: WorkBook, con: Recorder) -> None:
    con.will(Answer(CELLS), Answer(CELLS))
    cells = NamedRange(parent=book, __cloud_data__={"name": "total"}).get_range()
    assert cells is not None
    cells.values = [[1, 2], [3, 4]]
    assert cells.update()
    assert con.last.path == f"{BOOK}/worksheets('Year%27%27s%20end')/range(address='A1%3AB2')"


def test_a_range_knows_its_sheet(cells: Range, con: Recorder) -> None:
    con.will(Answer({"address": "x", "worksheet": SHEET}), Answer(CELLS))
    sheet = cells.get_worksheet()
    assert isinstance(sheet, WorkSheet)
    assert con.last.params == {"$select": "address", "$expand": "worksheet"}
    sheet.get_range("A1:B2")
    assert (con.last.path, con.last.headers) == (RANGE_URL, SESSION)


def test_rows_are_written_where_they_belong(sheet: WorkSheet, con: Recorder) -> None:
    con.will(Answer(CELLS), Answer(CELLS))
    assert sheet.update_cells("A1:B2", [[1, 2], [3, 4]])
    con.will(Answer(CELLS))
    with pytest.raises(ValueError, match="not the same size"):
        sheet.update_cells("A1:B2", [[1, 2]])
    two = {**CELLS, "address": "x!A6:B6", "rowCount": 1, "cellCount": 2}
    con.will(Answer({**CELLS, "rowIndex": 3}), Answer(two), Answer(two))
    assert sheet.append_rows([[5, 6]])
    assert con.calls[-2].path == f"{SHEET_URL}/range(address='A6%3AB6')"
    con.will(Answer({**CELLS, "cellCount": 1, "rowCount": 1, "values": [[""]]}), Answer(two), Answer(two))
    assert sheet.append_rows([[5, 6]])
    assert con.calls[-2].path == f"{SHEET_URL}/range(address='A1%3AB1')"
    asked = len(con.calls)
    assert sheet.append_rows([])
    assert len(con.calls) == asked


@pytest.fixture
def looks(cells: Range, con: Recorder) -> RangeFormat:
    con.will(Answer(FORMAT))
    found = cells.get_format()
    assert found is not None
    con.calls.clear()
    return found


def test_a_format_has_what_the_service_told(looks: RangeFormat, con: Recorder) -> None:
    assert (looks.column_width, looks.horizontal_alignment, looks.wrap_text, looks.vertical_alignment) == (
        60.0,
        "Center",
        None,
        None,
    )
    con.will(Answer(FONT), Answer({"color": "#FFFFFF"}))
    assert (looks.font.name, looks.font.size, looks.font.bold, looks.background_color) == (
        "Arial",
        11,
        False,
        "#FFFFFF",
    )
    assert con.asked == [("get", f"{RANGE_URL}/format/font"), ("get", f"{RANGE_URL}/format/fill")]


def test_a_format_sends_what_was_set_of_each_part(looks: RangeFormat, con: Recorder) -> None:
    looks.font.bold = True
    looks.font.underline = "Single"
    looks.column_width = 80
    looks.wrap_text = True
    looks.background_color = "#FF0000"
    assert looks.update()
    assert [(call.method, call.path.removeprefix(f"{RANGE_URL}/format"), call.data) for call in con.calls] == [
        ("patch", "", {"columnWidth": 80, "wrapText": True}),
        ("patch", "/font", {"bold": True, "underline": "Single"}),
        ("patch", "/fill", {"color": "#FF0000"}),
    ]
    con.calls.clear()
    assert looks.update()
    assert con.calls == []
    looks.background_color = None
    assert looks.update()
    assert con.asked == [("post", f"{RANGE_URL}/format/fill/clear")]


def test_a_format_is_asked_for_anew(looks: RangeFormat, con: Recorder) -> None:
    looks.font.bold = True
    looks.column_width = 80
    looks.background_color = "#FF0000"
    con.will(Answer({**FORMAT, "columnWidth": 70.0}), Answer(FONT), Answer({"color": "#FFFFFF"}))
    assert looks.refresh()
    asked = len(con.calls)
    assert (looks.column_width, looks.font.bold, looks.background_color) == (70.0, False, "#FFFFFF")
    assert looks.update()
    assert len(con.calls) == asked == 3


def test_cells_are_fitted_and_framed(looks: RangeFormat, con: Recorder) -> None:
    assert looks.auto_fit_columns()
    assert looks.auto_fit_rows()
    assert looks.set_borders("Continuous")
    assert [call.path.removeprefix(f"{RANGE_URL}/format/") for call in con.calls] == [
        *("autofitColumns", "autofitRows"),
        *(f"borders/{side}" for side in ("EdgeTop", "EdgeBottom", "EdgeLeft", "EdgeRight")),
        *(f"borders/{side}" for side in ("InsideHorizontal", "InsideVertical")),
    ]
    assert con.last.data == {"style": "Continuous"}
    assert looks.set_borders()
    assert con.last.data == {"style": "None"}
