from __future__ import annotations

from typing import Any

import pytest
from tests.workspace.workbook.desk import Desk

from postroom.workspace.workbook.errors import (
    InvalidArgument,
    InvalidOperation,
    InvalidReference,
    ItemAlreadyExists,
    ItemNotFound,
    TooMuch,
    UnsupportedOperation,
    WorkbookError,
)

SHEET = "worksheets/Sheet1"


def test_a_range_shows_each_cell_in_each_way(book: Desk) -> None:
    book.write("A1:C2", [[1.5, "=A1*2", "1/15/2024"], ["text", True, "=1/0"]])
    found = book.ask("GET", f"{SHEET}/range(address='A1:C2')")
    assert found["address"] == "Sheet1!A1:C2"
    assert (found["rowCount"], found["columnCount"], found["cellCount"]) == (2, 3, 6)
    assert (found["rowIndex"], found["columnIndex"]) == (0, 0)
    assert found["values"] == [[1.5, 3, 45306], ["text", True, "#DIV/0!"]]
    assert found["text"] == [["1.5", "3", "1/15/2024"], ["text", "TRUE", "#DIV/0!"]]
    assert found["formulas"] == [[1.5, "=A1*2", 45306], ["text", True, "=1/0"]]
    assert found["formulasR1C1"][0][1] == "=RC[-1]*2"
    assert found["numberFormat"] == [["General", "General", "m/d/yyyy"], ["General"] * 3]
    assert found["valueTypes"] == [["Double", "Integer", "Integer"], ["String", "Boolean", "Error"]]


def test_null_leaves_a_cell_and_an_empty_text_clears_it(book: Desk) -> None:
    book.write("A1:C1", [[1, 2, 3]])
    book.write("A1:C1", [[None, "", 9]])
    assert book.read("A1:C1") == [[1, "", 9]]
    assert book.one("B1", "valueTypes") == "Empty"


def test_one_value_fills_a_range(book: Desk) -> None:
    book.write("A1:B2", 7)
    book.write("A3:B3", [["x"]])
    assert book.read("A1:B3") == [[7, 7], [7, 7], ["x", "x"]]


def test_formulas_are_written_in_either_notation(book: Desk) -> None:
    book.write("B2", "=R[-1]C[-1]+R1C1", name="formulasR1C1")
    assert book.one("B2", "formulas") == "=A1+$A$1"
    book.write("B2", "=sum(a1:a2)+ifs(true,1)", name="formulas")
    assert book.one("B2", "formulas") == "=SUM(A1:A2)+IFS(TRUE,1)"
    assert book.book.content(book.book.worksheet("Sheet1"), 2, 2) == "=SUM(A1:A2)+_xlfn.IFS(TRUE,1)"


def test_cells_of_texts_keep_what_is_typed(book: Desk) -> None:
    book.write("A1", "@", name="numberFormat")
    book.write("A1", "007")
    assert (book.one("A1"), book.one("A1", "valueTypes")) == ("007", "String")


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("A1:B2", {"values": [[1, 2]]}),
        ("A1", {"values": None}),
        ("A1", {"values": [[{}]]}),
        ("A1", {"values": [["x" * 32768]]}),
        ("A1", {"values": [["\x01"]]}),
        ("A1", {"values": [[10**400]]}),
        ("A:A", {"values": [[1]]}),
        ("A1", {"formulas": [["=" + "1+" * 5000 + "1"]]}),
        ("A1", {"numberFormat": [[5]]}),
        ("A1", {"rowHidden": "x"}),
    ],
)
def test_what_no_range_can_hold_is_refused(book: Desk, address: str, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        book.ask("PATCH", f"{SHEET}/range(address='{address}')", body)


def test_whole_columns_have_an_address_but_no_cells(book: Desk) -> None:
    found = book.ask("GET", f"{SHEET}/range(address='B:C')")
    assert (found["address"], found["values"], found["rowCount"]) == ("Sheet1!B:C", None, 1048576)


def test_too_large_a_range_is_refused(book: Desk) -> None:
    with pytest.raises(TooMuch):
        book.read("A1:Z100000")
    with pytest.raises(TooMuch):
        book.write("A1:Z100000", 1)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("cell(row=1,column=2)", "D3"), ("cell(row=9,column=0)", "B11"), ("column(column=1)", "C2:C4"),
        ("row(row=2)", "B4:D4"), ("columnsAfter(count=2)", "E2:F4"), ("columnsBefore", "A2:A4"), ("rowsAbove", "B1:D1"),
        ("rowsBelow(count=2)", "B5:D6"), ("boundingRect(anotherRange='F9')", "B2:F9"),
        ("intersection(anotherRange='C3:Z9')", "C3:D4"), ("offsetRange(rowOffset=-1,columnOffset=2)", "D1:F3"),
        ("resizedRange(deltaRows=1,deltaColumns=-1)", "B2:C5"), ("entireRow", "2:4"), ("entireColumn", "B:D"),
        ("lastCell", "D4"), ("lastRow", "B4:D4"), ("lastColumn", "D2:D4"), ("usedRange(valuesOnly=true)", "C3"),
        ("usedRange/offsetRange(rowOffset=1,columnOffset=0)/entireRow", "4:4"),
    ],
)  # fmt: skip
def test_ranges_lead_to_others(book: Desk, step: str, expected: str) -> None:
    book.write("C3", 1)
    assert book.ask("GET", f"{SHEET}/range(address='B2:D4')/{step}/address") == f"Sheet1!{expected}"


@pytest.mark.parametrize(
    "step",
    [
        "rowsAbove(count=2)",
        "offsetRange(rowOffset=-5,columnOffset=0)",
        "resizedRange(deltaRows=-3,deltaColumns=0)",
        "intersection(anotherRange='Z9')",
        "cell(row=-9,column=0)",
        "columnsAfter(count=0)",
    ],
)
def test_steps_off_the_sheet_are_refused(book: Desk, step: str) -> None:
    with pytest.raises((InvalidReference, ItemNotFound)):
        book.ask("GET", f"{SHEET}/range(address='B2:D4')/{step}")


def test_python_o365_posts_and_puts_arguments_anywhere(book: Desk) -> None:
    at = f"{SHEET}/range(address='B2:D4')"
    assert book.ask("POST", f"{at}/columnsAfter(count=1)", None)["address"] == "Sheet1!E2:E4"
    assert book.ask("POST", f"{at}/row", {"row": 1})["address"] == "Sheet1!B3:D3"
    found = book.ask("GET", f"{at}/boundingRect", parameters={"anotherrange": "F9"})
    assert found["address"] == "Sheet1!B2:F9"


def test_an_empty_sheet_uses_a1_and_formats_count_when_asked(book: Desk) -> None:
    assert book.ask("GET", f"{SHEET}/usedRange/address") == "Sheet1!A1"
    book.ask("PATCH", f"{SHEET}/range(address='C5')/format/font", {"bold": True})
    assert book.ask("GET", f"{SHEET}/usedRange/address") == "Sheet1!C5"
    assert book.ask("GET", f"{SHEET}/usedRange(valuesOnly=true)/address") == "Sheet1!A1"


def test_only_what_is_selected_is_told_and_a_sheet_can_be_expanded(book: Desk) -> None:
    found = book.ask("GET", f"{SHEET}/range(address='A1')", select=("address",), expand=("worksheet",))
    assert set(found) == {"address", "worksheet"}
    assert found["worksheet"]["name"] == "Sheet1"


def test_clearing_takes_contents_or_formats(book: Desk) -> None:
    at = f"{SHEET}/range(address='A1')"
    book.write("A1", "5%")
    book.ask("POST", f"{at}/clear", {"applyTo": "Contents"})
    assert (book.one("A1"), book.one("A1", "numberFormat")) == ("", "0%")
    book.write("A1", 1)
    book.ask("POST", f"{at}/clear", {"applyTo": "Formats"})
    assert (book.one("A1"), book.one("A1", "numberFormat")) == (1, "General")
    with pytest.raises(InvalidArgument):
        book.ask("POST", f"{at}/clear", {"applyTo": "Nothing"})


def test_looks_are_read_and_written_and_null_where_they_differ(book: Desk) -> None:
    at = f"{SHEET}/range(address='A1:B2')/format"
    book.ask(
        "PATCH", f"{at}/font", {"bold": True, "color": "#ff0000", "size": 14, "name": "Arial", "underline": "Double"}
    )
    book.ask("PATCH", f"{at}/fill", {"color": "yellow"})
    book.ask("PATCH", at, {"horizontalAlignment": "Center", "wrapText": True, "columnWidth": 96, "rowHeight": 30})
    book.ask("PATCH", f"{at}/protection", {"locked": False})
    book.ask("PATCH", f"{at}/borders/EdgeBottom", {"style": "Continuous", "weight": "Thick", "color": "#00FF00"})
    book.save()
    assert book.ask("GET", f"{at}/font") == {"bold": True, "italic": False, "name": "Arial", "size": 14.0,
                                             "underline": "Double", "color": "#FF0000"}  # fmt: skip
    assert book.ask("GET", f"{at}/fill") == {"color": "#FFFF00"}
    found = book.ask("GET", at)
    assert (found["horizontalAlignment"], found["wrapText"], found["rowHeight"]) == ("Center", True, 30.0)
    assert found["columnWidth"] == pytest.approx(96, abs=0.1)
    assert book.ask("GET", f"{at}/protection")["locked"] is False
    edge = book.ask("GET", f"{at}/borders/EdgeBottom")
    assert (edge["style"], edge["weight"], edge["color"]) == ("Continuous", "Thick", "#00FF00")
    assert book.ask("GET", f"{SHEET}/range(address='A1:C1')/format/font")["bold"] is None
    book.ask("POST", f"{at}/fill/clear")
    assert book.ask("GET", f"{at}/fill") == {"color": "#FFFFFF"}
    for wrong in ({"color": "nothing"}, {"size": "x"}, {"bold": 1}, {"underline": "x"}):
        with pytest.raises(InvalidArgument):
            book.ask("PATCH", f"{at}/font", wrong)


def test_columns_fit_what_they_show(book: Desk) -> None:
    book.write("A1", "a long text that needs room")
    book.ask("POST", f"{SHEET}/range(address='A1:A2')/format/autofitColumns")
    book.ask("POST", f"{SHEET}/range(address='A1:A2')/format/autofitRows")
    assert book.ask("GET", f"{SHEET}/range(address='A1')/format")["columnWidth"] > 150


def test_rows_and_columns_are_hidden(book: Desk) -> None:
    book.write("A1:C3", [[1, 2, 3]] * 3)
    book.ask("PATCH", f"{SHEET}/range(address='2:2')", {"rowHidden": True})
    book.ask("PATCH", f"{SHEET}/range(address='B:B')", {"columnHidden": True})
    found = book.ask("GET", f"{SHEET}/range(address='A1:C3')")
    assert (found["rowHidden"], found["columnHidden"], found["hidden"]) == (None, None, None)
    assert book.ask("GET", f"{SHEET}/range(address='A2')")["rowHidden"] is True
    view = book.ask("GET", f"{SHEET}/range(address='A1:C3')/visibleView")
    assert (view["values"], view["rowCount"]) == ([[1, 3], [1, 3]], 2)
    book.ask("PATCH", f"{SHEET}/range(address='1:3')", {"rowHidden": False})
    assert book.ask("GET", f"{SHEET}/range(address='A1:C3')")["rowHidden"] is False


def test_sheets_are_made_named_moved_hidden_and_removed(book: Desk) -> None:
    book.write("A1", "=Data!A1")
    made = book.answer("POST", "worksheets/add", {"name": "Data"})
    assert (made.status, made.value["position"]) == (201, 1)
    sheet_id = made.value["id"]
    assert book.ask("POST", "worksheets")["name"] == "Sheet3"
    book.write("A1", 5, sheet="Data")
    assert book.one("A1") == 5
    book.ask("PATCH", f"worksheets('{sheet_id}')", {"name": "It's new", "position": 0})
    assert book.one("A1", "formulas") == "='It''s new'!A1"
    book.save()
    assert book.ask("GET", f"worksheets/{sheet_id}")["position"] == 0
    for name in ("SHEET1", "a/b", "", "x" * 32, 5):
        with pytest.raises((ItemAlreadyExists, InvalidArgument)):
            book.ask("POST", "worksheets", {"name": name})
    book.ask("DELETE", f"worksheets/{sheet_id}")
    assert book.one("A1") == "#REF!"
    book.ask("PATCH", "worksheets/Sheet3", {"visibility": "VeryHidden"})
    with pytest.raises(InvalidOperation):
        book.ask("DELETE", "worksheets/Sheet1")
    with pytest.raises(ItemNotFound):
        book.ask("GET", f"worksheets/{sheet_id}")


def test_a_protected_sheet_keeps_its_locked_cells(book: Desk) -> None:
    book.ask("PATCH", f"{SHEET}/range(address='B1')/format/protection", {"locked": False})
    book.ask("POST", f"{SHEET}/protection/protect", {"options": {"allowSort": True}})
    found = book.ask("GET", f"{SHEET}/protection")
    assert (found["protected"], found["options"]["allowSort"], found["options"]["allowInsertRows"]) == (
        True,
        True,
        False,
    )
    book.write("B1", 1)
    with pytest.raises(InvalidOperation):
        book.write("A1", 1)
    with pytest.raises(InvalidOperation):
        book.ask("POST", f"{SHEET}/range(address='1:1')/insert", {"shift": "Down"})
    book.ask("POST", f"{SHEET}/protection/unprotect")
    book.write("A1", 1)


def test_names_mean_ranges_values_and_formulas(book: Desk) -> None:
    book.write("A1:A3", [[1], [2], [3]])
    book.ask("POST", "names/add", {"name": "Numbers", "reference": {"address": "Sheet1!A1:A3"}, "comment": "three"})
    book.ask("POST", "names/addFormulaLocal", {"name": "Total", "formula": "=SUM(Numbers)", "comment": ""})
    book.ask("POST", f"{SHEET}/names/add", {"name": "Rate", "reference": "=0.5"})
    book.write("B1", "=Total*Rate")
    assert book.one("B1") == 3
    shown = {one["name"]: (one["type"], one["value"], one["scope"]) for one in book.ask("GET", "names")}
    assert shown == {"Numbers": ("Range", "Sheet1!$A$1:$A$3", "Workbook"), "Total": ("Integer", 6, "Workbook")}
    assert book.ask("GET", f"{SHEET}/names/rate")["value"] == 0.5
    assert book.ask("GET", "names/Numbers/range/values") == [[1], [2], [3]]
    assert book.ask("GET", f"{SHEET}/range(address='Numbers')/address") == "Sheet1!A1:A3"
    book.ask("PATCH", "names/Numbers", {"visible": False, "comment": "hidden"})
    book.save()
    found = book.ask("GET", "names/Numbers")
    assert (found["visible"], found["comment"]) == (False, "hidden")
    for name in ("A1", "R1C1", "1x", "a b", "numbers"):
        with pytest.raises((InvalidArgument, ItemAlreadyExists)):
            book.ask("POST", "names/add", {"name": name, "reference": "=1"})
    with pytest.raises(InvalidOperation):
        book.ask("GET", "names/Total/range")


def test_functions_are_called_by_themselves(book: Desk) -> None:
    book.write("A1:B3", [["a", 1], ["b", 2], ["c", "=B1+B2"]])
    assert book.ask("POST", "functions/sum", {"values": [1, {"address": "Sheet1!B1:B3"}]}) == {
        "error": None,
        "value": 7,
    }
    asked = {"lookupValue": "b", "tableArray": {"Address": "Sheet1!A1:B3"}, "colIndexNum": 2, "rangeLookup": False}
    assert book.ask("POST", "functions/vlookup", asked)["value"] == 2
    assert book.ask("POST", "functions/median", {"values": [[2, 9, 4]]})["value"] == 4
    assert book.ask("POST", "functions/stDev_S", {"values": [1, 2, 3]})["value"] == 1
    assert book.ask("POST", "functions/sqrt", {"number": -1}) == {"error": "#NUM!", "value": None}
    assert book.ask("POST", "functions/abs", {"number": "x", "other": 1})["error"] == "#VALUE!"
    for name in ("besselI", "sum"):
        with pytest.raises(UnsupportedOperation, match="computed"):
            book.ask("POST", f"functions/{name}", {})


def test_charts_and_the_like_are_shown_as_there_are_none(book: Desk) -> None:
    for path in (f"{SHEET}/charts", f"{SHEET}/pivotTables", "comments", "operations"):
        assert book.ask("GET", path) == []
    assert book.ask("GET", f"{SHEET}/charts/count") == 0
    assert book.ask("GET", "application")["calculationMode"] == "Automatic"
    assert book.answer("POST", "application/calculate", {"calculationType": "Full"}).status == 204
    with pytest.raises(UnsupportedOperation):
        book.ask("POST", f"{SHEET}/charts/add", {"type": "Line", "sourceData": "A1:B2"})


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        f"{SHEET}/nothing",
        f"{SHEET}/range(address='A1')/x",
        "tables/1",
        "names/x",
        "worksheets/itemAt(index=9)",
        f"{SHEET}/range(address='Other!A1')",
        f"{SHEET}/range(address=5)",
    ],
)
def test_paths_that_lead_nowhere_are_refused(book: Desk, path: str) -> None:
    with pytest.raises(WorkbookError):
        book.ask("GET", path)
