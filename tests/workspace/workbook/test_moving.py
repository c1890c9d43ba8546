from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formatting.rule import CellIsRule
from openpyxl.worksheet.datavalidation import DataValidation
from tests.workspace.workbook.desk import Desk, desk

from postroom.workspace.workbook import addresses
from postroom.workspace.workbook.errors import InsertDeleteConflict, InvalidArgument, InvalidOperation


@pytest.mark.parametrize(
    ("place", "how", "formula", "expected"),
    [
        ("2:3", "Down", "=SUM(A1:A5)+A2+$A$5", "=SUM(A1:A7)+A4+$A$7"),
        ("1:1", "Down", "=A1+Other!A1", "=A2+Other!A1"),
        ("B:B", "Right", "=A1+B1+SUM(B:B)+1:1", None),
        ("A2:A3", "Down", "=A2+B2+SUM(A1:A5)+SUM(A1:B5)", "=A4+B2+SUM(A1:A7)+SUM(A1:B5)"),
    ],
)
def test_formulas_follow_what_was_inserted(
    book: Desk, place: str, how: str, formula: str, expected: str | None
) -> None:
    book.ask("POST", "worksheets", {"name": "Other"})
    book.write("H20", formula)
    book.ask("POST", f"worksheets/Sheet1/range(address='{place}')/insert", {"shift": how})
    area = addresses.parse(place)
    at = "H20" if not area.whole_rows else f"H{20 + area.rows}"
    at = "I20" if area.whole_columns else at
    assert book.one(at, "formulas") == (expected or "=A1+C1+SUM(C:C)+1:1")


@pytest.mark.parametrize(
    ("place", "how", "formula", "expected"),
    [
        ("2:3", "Up", "=SUM(A1:A5)+A5", "=SUM(A1:A3)+A3"),
        ("2:3", "Up", "=A2+SUM(A2:A3)+SUM(A3:A9)", "=#REF!+SUM(#REF!)+SUM(A2:A7)"),
        ("B:C", "Left", "=SUM(A1:D1)+B1+D1", "=SUM(A1:B1)+#REF!+B1"),
        ("A1:A2", "Up", "=A3+A1", "=A1+#REF!"),
    ],
)  # fmt: skip
def test_formulas_follow_what_was_deleted(book: Desk, place: str, how: str, formula: str, expected: str) -> None:
    book.write("H20", formula)
    book.ask("POST", f"worksheets/Sheet1/range(address='{place}')/delete", {"shift": how})
    at = {"2:3": "H18", "B:C": "F20"}.get(place, "H20")
    assert book.one(at, "formulas") == expected


lines = st.integers(1, 12)


@given(
    st.lists(st.tuples(lines, st.integers(1, 4), lines, lines), min_size=1, max_size=8),
    lines,
    st.integers(1, 3),
    st.booleans(),
)
def test_nothing_that_is_inserted_changes_a_sum(
    tmp_path_factory: pytest.TempPathFactory, sums: list[tuple[int, int, int, int]], at: int, count: int, down: bool
) -> None:
    book = desk(tmp_path_factory.mktemp("sums"))
    book.write("A1:D12", [[row * 10 + column for column in range(4)] for row in range(12)])
    formulas = [f"=SUM({'ABCD'[column - 1]}{min(one, other)}:{'ABCD'[column - 1]}{max(one, other)})*{factor}"
                for one, column, other, factor in sums]  # fmt: skip
    book.write(f"F14:F{13 + len(formulas)}", [[formula] for formula in formulas])
    before = book.read(f"F14:F{13 + len(formulas)}")
    place = f"{at}:{at + count - 1}" if down else f"{'ABCDEFGH'[at % 4]}:{'ABCDEFGH'[at % 4 + count - 1]}"
    book.ask("POST", f"worksheets/Sheet1/range(address='{place}')/insert", {"shift": "Down"})
    area = addresses.parse("F14:F14").moved(count if down else 0, 0 if down else count)
    after = addresses.Area(area.top, area.left, area.top + len(formulas) - 1, area.right)
    assert book.read(after.text()) == before


def test_names_validations_formats_and_merged_cells_move_along(tmp_path: Path) -> None:
    def prepare(made: Any) -> None:
        sheet = made.worksheets[0]
        rule = DataValidation("list", formula1="$A$5:$A$9", sqref="B5:B9")
        sheet.add_data_validation(rule)
        sheet.conditional_formatting.add("C5:C9", CellIsRule("greaterThan", ["$A$5"]))  # type: ignore[no-untyped-call]
        sheet.merge_cells("D5:E6")
        sheet.row_dimensions[5].height = 40
        sheet["A5"].hyperlink = "https://example.com/"
        sheet.print_area = "A5:C9"

    book = desk(tmp_path, prepare)
    book.ask("POST", "names/add", {"name": "Here", "reference": "=Sheet1!A5:A9"})
    book.ask("POST", "worksheets/Sheet1/range(address='1:2')/insert", {"shift": "Down"})
    book.save()
    sheet = book.book.worksheet("Sheet1")
    assert book.ask("GET", "names/Here")["value"] == "Sheet1!$A$7:$A$11"
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B7:B11", "$A$7:$A$11")
    (found,) = sheet.conditional_formatting
    assert (str(found.sqref), found.rules[0].formula) == ("C7:C11", ["$A$7"])
    assert [str(one) for one in sheet.merged_cells.ranges] == ["D7:E8"]
    assert sheet.row_dimensions[7].height == 40
    assert sheet["A7"].hyperlink.target == "https://example.com/"
    assert sheet.print_area == "'Sheet1'!$A$7:$C$11"


@pytest.mark.parametrize(("place", "shift"), [("A1:A2", "Down"), ("C2:C3", "Down"), ("A2:A4", "Right")])
def test_what_belongs_together_is_not_torn(book: Desk, place: str, shift: str) -> None:
    book.write("A1:B2", [["a", "b"], [1, 2]])
    book.ask("POST", "worksheets/Sheet1/tables/add", {"address": "A1:B3", "hasHeaders": True})
    book.ask("POST", "worksheets/Sheet1/range(address='C3:D4')/merge", {})
    with pytest.raises(InsertDeleteConflict):
        book.ask("POST", f"worksheets/Sheet1/range(address='{place}')/insert", {"shift": shift})
    assert book.read("A1:B2") == [["a", "b"], [1, 2]]


def test_cells_with_values_are_not_pushed_off_the_sheet(book: Desk) -> None:
    book.write("A1048576", 1)
    with pytest.raises(InsertDeleteConflict):
        book.ask("POST", "worksheets/Sheet1/range(address='5:5')/insert", {"shift": "Down"})
    with pytest.raises(InvalidArgument):
        book.ask("POST", "worksheets/Sheet1/range(address='A1')/insert", {"shift": "Up"})


def test_a_sorted_range_has_numbers_before_texts_and_blanks_last(book: Desk) -> None:
    book.write("A1:B6", [["k", "v"], ["b", 1], [2, 2], [None, 3], ["A", 4], [True, "=A6"]])
    book.ask("POST", "worksheets/Sheet1/range(address='A1:B6')/sort/apply",
             {"fields": [{"key": 0, "ascending": True}], "hasHeaders": True})  # fmt: skip
    assert book.read("A1:A6") == [["k"], [2], ["A"], ["b"], [True], [""]]
    assert book.one("B5", "formulas") == "=A5", "a formula that names its own row still does"
    book.ask("POST", "worksheets/Sheet1/range(address='A1:B6')/sort/apply",
             {"fields": [{"key": 0, "ascending": False}], "hasHeaders": True})  # fmt: skip
    assert book.read("A1:A6") == [["k"], [True], ["b"], ["A"], [2], [""]]


def test_columns_are_sorted_by_a_row(book: Desk) -> None:
    book.write("A1:C2", [[3, 1, 2], ["c", "a", "b"]])
    fields = {"fields": [{"key": 0}], "orientation": "Columns"}
    book.ask("POST", "worksheets/Sheet1/range(address='A1:C2')/sort/apply", fields)
    assert book.read("A1:C2") == [[1, 2, 3], ["a", "b", "c"]]


def test_merged_cells_keep_the_first_value_and_hide_the_rest(book: Desk) -> None:
    book.write("A1:B2", [[1, 2], [3, 4]])
    book.ask("POST", "worksheets/Sheet1/range(address='A1:B2')/merge", {"across": True})
    assert book.read("A1:B2") == [[1, ""], [3, ""]]
    with pytest.raises(InvalidOperation):
        book.write("B1", 5)
    book.ask("POST", "worksheets/Sheet1/range(address='A1:B2')/unmerge")
    book.write("B1", 5)
    assert book.read("A1:B2") == [[1, 5], [3, ""]]
