"""What the public documentation of the original shows of workbooks works as shown, in our words, on our server."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest
from examples.o365 import workbook as workbook_example
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table as OpenTable
from tests.clients.o365.guides import connecting, run_guide

from O365 import Account
from O365.drive import File, Folder
from O365.excel import FunctionException, WorkBook, WorkSheet
from postroom.testing import LocalGraph, User


@pytest.fixture(scope="module")
def anna(session_graph: LocalGraph) -> User:
    return session_graph.user("anna@books.example", name="Anna Berg")


@pytest.fixture(scope="module")
def account(session_graph: LocalGraph, anna: User) -> Account:
    return session_graph.account(anna)


def a_book() -> bytes:
    """A sheet with a table and a formula, as openpyxl writes it."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "my_worksheet"
    for row in (("Part", "Pieces"), ("Tile", 3), ("Beam", 4)):
        sheet.append(row)
    sheet.add_table(OpenTable(displayName="my_table", ref="A1:B3"))
    sheet["D1"] = "=SUM(B2:B3)"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.fixture
def my_file_instance(account: Account, request: pytest.FixtureRequest) -> File:
    root = cast(Folder, account.storage().get_default_drive().get_root_folder())
    name = f"{request.node.name[:60]}.xlsx"
    return cast(File, root.upload_file(None, name, stream=io.BytesIO(a_book())))


@pytest.fixture
def ws(my_file_instance: File) -> WorkSheet:
    return cast(WorkSheet, WorkBook(my_file_instance).get_worksheet("my_worksheet"))


def saved(file: File) -> Any:
    """The workbook as another library reads it."""
    output = io.BytesIO()
    assert file.download(output=output)
    return load_workbook(output)


def test_a_cell_is_written(my_file_instance: File) -> None:
    excel_file = WorkBook(my_file_instance)
    ws = excel_file.get_worksheet("my_worksheet")
    assert ws is not None
    cella1 = ws.get_range("A1")
    assert cella1 is not None
    cella1.values = "Teil"
    assert cella1.update()
    cell = cast(Any, ws.get_range("B2"))
    cell.values = 35
    assert cell.update()
    assert cast(Any, ws.get_range("D1")).values == [[39]]
    assert excel_file.session.close_session()
    assert saved(my_file_instance)["my_worksheet"]["B2"].value == 35


def test_a_book_without_a_session(my_file_instance: File) -> None:
    excel_file = WorkBook(my_file_instance, use_session=False, persist=False)
    assert [sheet.name for sheet in excel_file.get_worksheets()] == ["my_worksheet"]
    assert excel_file.add_worksheet("second") is not None
    assert saved(my_file_instance).sheetnames == ["my_worksheet", "second"]


def test_cells_get_a_format(ws: WorkSheet) -> None:
    my_range = ws.get_range("B2:C10")
    assert my_range is not None
    fmt = my_range.get_format()
    assert fmt is not None
    fmt.font.bold = True
    fmt.background_color = "#FF0000"
    assert fmt.update()
    assert fmt.auto_fit_columns()
    assert fmt.set_borders("Continuous")
    again = cast(Any, my_range.get_format())
    assert (again.font.bold, again.background_color) == (True, "#FF0000")


def test_values_of_a_table(ws: WorkSheet) -> None:
    table = ws.get_table("my_table")
    assert table is not None
    column = table.get_column_at_index(1)
    assert column is not None
    assert column.values[0] == ["Pieces"]
    row = table.add_rows(["Nail", 5])
    assert row is not None
    assert (row.index, [one.values for one in table.get_rows()]) == (2, [[["Tile", 3]], [["Beam", 4]], [["Nail", 5]]])
    assert table.delete_row(0)
    assert cast(Any, table.get_data_body_range()).values == [["Beam", 4], ["Nail", 5]]
    assert cast(Any, table.get_worksheet()).name == "my_worksheet"


def test_ranges_around_a_range(ws: WorkSheet) -> None:
    cells = cast(Any, ws.get_range("A1:B2"))
    found = {
        "cell": cells.get_cell(1, 1),
        "column": cells.get_column(1),
        "row": cells.get_row(1),
        "bounding": cells.get_bounding_rect("C3"),
        "common": cells.get_intersection("B2:C3"),
        "offset": cells.get_offset_range(1, 1),
        "resized": cells.get_resized_range(1, 0),
        "after": cells.get_columns_after(),
        "below": cells.get_rows_below(2),
        "last": cells.get_last_cell(),
        "used": ws.get_used_range(),
    }
    assert {name: one.object_id for name, one in found.items()} == {
        "cell": "B2",
        "column": "B1:B2",
        "row": "A2:B2",
        "bounding": "A1:C3",
        "common": "B2",
        "offset": "B2:C3",
        "resized": "A1:B3",
        "after": "C1:C2",
        "below": "A3:B4",
        "last": "B2",
        "used": "A1:D3",
    }
    assert ws.append_rows([["Nail", 5]])
    assert cast(Any, ws.get_range("A4:B4")).values == [["Nail", 5]]
    assert cells.get_worksheet() == ws


def test_names_and_functions(my_file_instance: File) -> None:
    book = WorkBook(my_file_instance)
    named = book.add_named_range("pieces", "=my_worksheet!$B$2:$B$3", "of all parts")
    assert named is not None
    assert cast(Any, named.get_range()).values == [[3], [4]]
    assert [one.name for one in book.get_named_ranges()] == ["pieces"]
    assert book.invoke_function("sum", values=[{"address": "my_worksheet!B2:B3"}]) == 7
    with pytest.raises(FunctionException, match="#DIV/0!"):
        book.invoke_function("quotient", numerator=1, denominator=0)
    assert cast(Any, book.get_workbookapplication().get_details())["calculationMode"] == "Automatic"


def test_the_example_of_workbooks(
    session_graph: LocalGraph,
    anna: User,
    my_file_instance: File,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(workbook_example, "connect", connecting(session_graph, anna))
    workbook_example.main([f"/{my_file_instance.name}"])
    assert capsys.readouterr().out == "Roof: 2471\n"
    sheet = saved(my_file_instance)["Roof"]
    assert (sheet["A2"].value, sheet["C6"].value, sheet["A1"].font.b) == ("Tile", "=SUMPRODUCT(B2:B4,C2:C4)", True)


def test_the_guide_of_workbooks(my_file_instance: File, capsys: pytest.CaptureFixture[str]) -> None:
    found = run_guide("excel.md", file=my_file_instance)
    assert capsys.readouterr().out.splitlines() == [
        "[[6214]] [['6,214']]",
        "[['Pieces'], [1200], [14], [5000], [800], [6]]",
        "7020",
    ]
    assert found["look"].font.bold
