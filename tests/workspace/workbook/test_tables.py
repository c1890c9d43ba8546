from __future__ import annotations

from typing import Any

import pytest
from tests.workspace.workbook.desk import Desk

from postroom.workspace.workbook.errors import (
    InsertDeleteConflict,
    InvalidArgument,
    InvalidOperation,
    ItemAlreadyExists,
    ItemNotFound,
    UnsupportedOperation,
)

ROWS = [["Name", "Price"], ["apple", 3], ["pear", 1], ["plum", 2]]
SHEET = "worksheets/Sheet1"


@pytest.fixture
def sales(book: Desk) -> Desk:
    """A table A1:B4 named Sales, and cells below and beside it."""
    book.write("A1:B4", ROWS)
    book.write("A8:B8", [["below", "=SUM(B2:B4)"]])
    book.write("D1", "=SUM(Sales[Price])", name="formulas")
    book.ask("POST", f"{SHEET}/tables/add", {"address": "A1:B4", "hasHeaders": True})
    book.ask("PATCH", "tables/Table1", {"name": "Sales"})
    return book


def test_a_table_is_found_by_its_id_and_its_name(sales: Desk) -> None:
    found = sales.ask("GET", "tables/1")
    assert (found["id"], found["name"], found["showHeaders"], found["style"]) == (
        "1",
        "Sales",
        True,
        "TableStyleMedium2",
    )
    assert sales.ask("GET", f"{SHEET}/tables('sales')/worksheet")["name"] == "Sheet1"
    assert sales.ask("GET", "tables/itemAt(index=0)/name") == "Sales"
    parts = ("range", "headerRowRange", "dataBodyRange")
    assert [sales.ask("GET", f"tables/Sales/{one}/address") for one in parts] == [
        "Sheet1!A1:B4", "Sheet1!A1:B1", "Sheet1!A2:B4"]  # fmt: skip
    with pytest.raises(ItemNotFound):
        sales.ask("GET", "tables/Sales/totalRowRange")
    assert sales.one("D1") == 6


def test_rows_are_added_at_the_end_and_between(sales: Desk) -> None:
    made = sales.answer("POST", "tables/Sales/rows/add", {"index": None, "values": [["fig", 4], ["date", 5]]})
    assert (made.status, made.value) == (201, {"index": 3, "values": [["fig", 4], ["date", 5]]})
    assert sales.ask("POST", "tables/Sales/rows", {"index": 0, "values": [["kiwi", 9]]})["index"] == 0
    assert sales.ask("GET", "tables/Sales/range/address") == "Sheet1!A1:B7"
    assert sales.one("D1") == 24
    assert sales.ask("GET", "tables/Sales/rows/$/itemAt(index=0)/values") == [["kiwi", 9]]
    page = sales.answer("GET", "tables/Sales/rows", top=2, skip=1)
    assert ([one["index"] for one in page.value], page.next, page.total) == ([1, 2], 3, 6)
    assert sales.ask("GET", "tables/Sales/rows/count()") == 6
    with pytest.raises(InvalidArgument):
        sales.ask("POST", "tables/Sales/rows", {"values": [[1, 2, 3]]})


def test_what_lies_below_makes_room(sales: Desk) -> None:
    sales.ask("POST", "tables/Sales/rows", {"values": [["x", 1]] * 6})
    assert sales.ask("GET", "tables/Sales/range/address") == "Sheet1!A1:B10"
    assert sales.read("A14:B14") == [["below", 6]], "the sum of what was there"
    sales.save()
    assert sales.ask("GET", "tables/Sales/rows/count") == 9


def test_rows_are_changed_and_deleted(sales: Desk) -> None:
    sales.ask("PATCH", "tables/Sales/rows/itemAt(index=1)", {"values": [["cherry", 7]]})
    assert sales.ask("GET", "tables/Sales/rows/itemAt(index=1)/range/values") == [["cherry", 7]]
    sales.ask("DELETE", "tables/Sales/rows/$/itemAt(index=0)")
    sales.ask("POST", "tables/Sales/rows/itemAt(index=0)/delete")
    assert sales.read("A1:B2") == [["Name", "Price"], ["plum", 2]]
    sales.ask("DELETE", "tables/Sales/rows/0")
    assert sales.ask("GET", "tables/Sales/range/values") == [["Name", "Price"], ["", ""]], "a table needs a row"
    with pytest.raises(ItemNotFound):
        sales.ask("GET", "tables/Sales/rows/5")


def test_columns_are_added_named_and_deleted(sales: Desk) -> None:
    made = sales.answer("POST", "tables/Sales/columns", {"index": 1, "values": [["Count"], [1], [2], [3]]})
    assert (made.status, made.value["name"], made.value["index"]) == (201, "Count", 1)
    sales.ask(
        "POST",
        "tables/Sales/columns/add",
        {"name": "Sum", "index": None, "values": [["x"], *[["=[@Count]*[@Price]"]] * 3]},
    )
    assert sales.ask("GET", "tables/Sales/range/values")[1:] == [
        ["apple", 1, 3, 3],
        ["pear", 2, 1, 2],
        ["plum", 3, 2, 6],
    ]
    assert sales.one("E1") == 6, "the sum beside it moved"
    sales.ask("PATCH", "tables/Sales/columns/Price", {"name": "Each"})
    assert sales.one("E1", "formulas") == "=SUM(Sales[Each])"
    assert sales.ask("GET", "tables/Sales/columns/Sum/dataBodyRange/formulas")[0] == ["=[@Count]*[@Each]"]
    sales.ask("POST", "tables/Sales/columns/Count/delete")
    assert [one["name"] for one in sales.ask("GET", "tables/Sales/columns")] == ["Name", "Each", "Sum"]
    assert sales.ask("GET", "tables/Sales/columns/itemAt(index=2)/values")[1] == ["#REF!"]
    sales.save()
    assert [one["name"] for one in sales.ask("GET", "tables/Sales/columns")] == ["Name", "Each", "Sum"]
    with pytest.raises(ItemAlreadyExists):
        sales.ask("PATCH", "tables/Sales/columns/Each", {"name": "name"})


def test_a_header_that_is_written_names_the_column(sales: Desk) -> None:
    sales.write("A1:B1", [["Fruit", "fruit"]])
    assert [one["name"] for one in sales.ask("GET", "tables/Sales/columns")] == ["Fruit", "fruit2"]
    assert sales.one("D1", "formulas") == "=SUM(Sales[fruit2])"


def test_totals_and_headers_are_shown_or_not(sales: Desk) -> None:
    sales.ask("PATCH", "tables/Sales", {"showTotals": True, "showBandedColumns": True, "style": "TableStyleLight1"})
    assert sales.ask("GET", "tables/Sales/totalRowRange/values") == [["Total", 6]]
    sales.ask("POST", "tables/Sales/rows", {"values": [["fig", 4]]})
    assert sales.ask("GET", "tables/Sales/totalRowRange/values") == [["Total", 10]]
    sales.save()
    assert sales.ask("GET", "tables/Sales/columns/Price/totalRowRange/values") == [[10]]
    sales.ask("PATCH", "tables/Sales", {"showTotals": False, "showHeaders": False})
    found = sales.ask("GET", "tables/Sales")
    assert (found["showTotals"], found["showHeaders"], found["showFilterButton"]) == (False, False, False)
    assert sales.ask("GET", "tables/Sales/range/address") == "Sheet1!A2:B5"
    sales.save()
    sales.ask("PATCH", "tables/Sales", {"showHeaders": True})
    assert sales.ask("GET", "tables/Sales/headerRowRange/values") == [["Name", "Price"]]


def test_a_last_column_of_texts_is_counted(book: Desk) -> None:
    book.write("A1:A3", [["Name"], ["x"], ["y"]])
    book.ask("POST", f"{SHEET}/tables/add", {"address": "A1:A3", "hasHeaders": True})
    book.ask("PATCH", "tables/Table1", {"showTotals": True})
    assert book.ask("GET", "tables/Table1/totalRowRange/values") == [[2]]


def test_a_table_without_headers_gets_some(book: Desk) -> None:
    book.write("A1:B2", [[1, 2], [3, 4]])
    book.ask("POST", "tables/add", {"address": "Sheet1!A1:B2", "hasHeaders": False})
    assert book.read("A1:B3") == [["Column1", "Column2"], [1, 2], [3, 4]]


def test_headers_are_made_texts_each_once(book: Desk) -> None:
    book.write("A1:C2", [["x", "X", 5], [1, 2, 3]])
    book.ask("POST", f"{SHEET}/tables/add", {"address": "A1:D2", "hasHeaders": True})
    assert book.read("A1:D1") == [["x", "X2", "5", "Column4"]]
    with pytest.raises(ItemAlreadyExists):
        book.ask("POST", f"{SHEET}/tables/add", {"address": "D2:E3"})


def test_numbers_of_tables_stay_when_one_goes(sales: Desk) -> None:
    sales.write("J1:J2", [["k"], [1]])
    sales.ask("POST", f"{SHEET}/tables/add", {"address": "J1:J2", "hasHeaders": True})
    sales.ask("DELETE", "tables/Sales/")
    sales.save()
    assert [one["id"] for one in sales.ask("GET", "tables")] == ["2"]
    assert sales.read("A1:B4") == [["", ""]] * 4
    assert sales.one("D1") == "#REF!"


def test_a_table_becomes_a_range_with_formulas_that_name_cells(sales: Desk) -> None:
    assert sales.ask("POST", "tables/Sales/convertToRange")["address"] == "Sheet1!A1:B4"
    assert sales.ask("GET", "tables") == []
    assert (sales.one("D1"), sales.one("D1", "formulas")) == (6, "=SUM(Sheet1!$B$2:$B$4)")


def names(sales: Desk) -> list[Any]:
    return [row[0] for row in sales.ask("GET", "tables/Sales/dataBodyRange/visibleView/values")]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"filterOn": "Values", "values": ["apple", "plum"]}, ["apple", "plum"]),
        ({"filterOn": "Custom", "criterion1": "=p*"}, ["pear", "plum"]),
        ({"filterOn": "Custom", "criterion1": "=apple", "criterion2": "=pear", "operator": "Or"}, ["apple", "pear"]),
        ({"filterOn": "Custom", "criterion1": ">b", "operator": "And", "criterion2": "<pl"}, ["pear"]),
    ],
)
def test_filters_hide_what_does_not_fit(sales: Desk, criteria: dict[str, Any], expected: list[str]) -> None:
    sales.ask("POST", "tables/Sales/columns/Name/filter/apply", {"criteria": criteria})
    assert names(sales) == expected
    sales.save()
    assert names(sales) == expected
    found = sales.ask("GET", "tables/Sales/columns/Name", expand=("filter",))["filter"]["criteria"]
    assert {key: found[key] for key in criteria} == criteria
    sales.ask("POST", "tables/Sales/clearFilters")
    assert len(names(sales)) == 3


def test_numbers_and_colours_are_filtered_too(sales: Desk) -> None:
    at = "tables/Sales/columns/Price/filter"
    sales.ask("POST", f"{at}/applyTopItemsFilter", {"count": 2})
    assert names(sales) == ["apple", "plum"]
    sales.ask("POST", f"{at}/applyBottomPercentFilter", {"percent": 34})
    assert names(sales) == ["pear"]
    sales.ask("POST", f"{at}/applyDynamicFilter", {"criteria": "AboveAverage"})
    assert names(sales) == ["apple"]
    sales.ask("PATCH", f"{SHEET}/range(address='B3')/format/fill", {"color": "#FF0000"})
    sales.ask("POST", f"{at}/applyCellColorFilter", {"color": "#FF0000"})
    assert names(sales) == ["pear"]
    assert sales.ask("GET", f"{at}/criteria")["filterOn"] == "CellColor"
    sales.ask("POST", f"{at}/applyCustomFilter", {"criteria1": ">1", "criteria2": "<3", "oper": "And"})
    assert names(sales) == ["plum"]
    sales.write("B2", 2)
    sales.ask("POST", "tables/Sales/reapplyFilters")
    assert names(sales) == ["apple", "plum"]
    sales.ask("POST", f"{at}/clear")
    assert len(names(sales)) == 3
    with pytest.raises(UnsupportedOperation):
        sales.ask("POST", f"{at}/applyIconFilter", {"icon": {"set": "x", "index": 0}})
    with pytest.raises(InvalidArgument):
        sales.ask("POST", f"{at}/apply", {"criteria": {"filterOn": "x"}})


def test_a_table_is_sorted_and_sorted_again(sales: Desk) -> None:
    sales.ask("POST", "tables/Sales/sort/apply", {"fields": [{"key": 1, "ascending": False}]})
    assert names(sales) == ["apple", "plum", "pear"]
    assert sales.ask("GET", "tables/Sales/sort")["fields"][0]["ascending"] is False
    sales.write("B2", 0)
    sales.ask("POST", "tables/Sales/sort/reapply")
    assert names(sales) == ["plum", "pear", "apple"]
    sales.ask("POST", "tables/Sales/sort/clear")
    with pytest.raises(InvalidOperation):
        sales.ask("POST", "tables/Sales/sort/reapply")


def test_rows_of_the_sheet_may_be_inserted_into_a_table_but_its_header_stays(sales: Desk) -> None:
    sales.ask("POST", f"{SHEET}/range(address='3:3')/insert", {"shift": "Down"})
    assert sales.ask("GET", "tables/Sales/range/address") == "Sheet1!A1:B5"
    with pytest.raises(InsertDeleteConflict):
        sales.ask("POST", f"{SHEET}/range(address='1:1')/delete", {"shift": "Up"})
    with pytest.raises(InsertDeleteConflict):
        sales.ask("POST", f"{SHEET}/range(address='A2:A3')/delete", {"shift": "Up"})
    sales.ask("POST", f"{SHEET}/range(address='1:5')/delete", {"shift": "Up"})
    assert sales.ask("GET", "tables") == []
