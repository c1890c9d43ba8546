"""What the README of the original shows of workbooks, with words of ours, and the rest of its workbooks."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="my_worksheet" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
}
"""The smallest workbook that there is."""


def run(account: Any, _given: dict[str, Any], folder: Path) -> dict[str, Any]:
    from O365.excel import WorkBook

    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
    root = account.storage().get_default_drive().get_root_folder()
    file = root.upload_file(path)
    seen: dict[str, Any] = {}
    book: Any = WorkBook(file)
    sheet: Any = book.get_worksheet("my_worksheet")
    _ranges(sheet, seen)
    _table(book, sheet, seen)
    _rest(book, sheet, seen)
    private: Any = WorkBook(file, persist=False)
    cell = private.get_worksheet("my_worksheet").get_range("A1")
    cell.values = "private"
    seen["private"] = (cell.update(), private.get_worksheet("my_worksheet").get_range("A1").values)
    private.session.close_session()
    without: Any = WorkBook(file, use_session=False)
    seen["kept"] = without.get_worksheet("my_worksheet").get_range("A1").values
    return seen


def _ranges(sheet: Any, seen: dict[str, Any]) -> None:
    cella1 = sheet.get_range("A1")
    cella1.values = 35
    seen["updated"] = (cella1.update(), sheet.get_range("A1").values)
    sheet.update_cells("A2:B3", [["x", "=A1*2"], [1.5, True]])
    sheet.append_rows([["last", 4]])
    used = sheet.get_used_range()
    seen["used"] = (used.address, used.values, used.text[1], used.value_types[2], used.formulas[1])
    at = sheet.get_range("B2:C3")
    seen["others"] = [
        one.address
        for one in (
            at.get_cell(0, 0), at.get_column(1), at.get_row(1), at.get_bounding_rect("E9"), at.get_columns_after(2),
            at.get_columns_before(1), at.get_entire_column(), at.get_last_cell(), at.get_last_column(),
            at.get_last_row(), at.get_offset_range(1, 1), at.get_rows_above(1), at.get_rows_below(2),
            at.get_resized_range(1, 1), at.get_used_range(), sheet.get_cell(4, 4),
        )
    ]  # fmt: skip
    seen["inserted"] = sheet.get_range("D1:D2").insert_range("down").address
    seen["merged"] = (sheet.get_range("E1:F1").merge(), sheet.get_range("E1:F1").unmerge())
    seen["cleared"] = (sheet.get_range("A4:B4").clear(), sheet.get_range("A4:B4").values)
    seen["deleted"] = sheet.get_range("D1:D2").delete()
    shown = sheet.get_range("A1:B2")
    shown.number_format = "0.00"
    seen["format"] = (shown.update(), sheet.get_range("A1").text)
    fmt = shown.get_format()
    fmt.horizontal_alignment = "Center"
    fmt.background_color = "#FF0000"
    seen["looks"] = (fmt.update(), fmt.auto_fit_columns(), fmt.auto_fit_rows(), shown.get_format().background_color)
    fmt = shown.get_format()
    seen["aligned"] = fmt.horizontal_alignment


def _table(book: Any, sheet: Any, seen: dict[str, Any]) -> None:
    sheet.update_cells("H1:I3", [["Name", "Price"], ["apple", 3], ["pear", 1]])
    table = sheet.add_table("H1:I3", True)
    seen["table"] = (table.name, table.show_headers, table.style)
    seen["named"] = (table.update(name="my_table", show_totals=True), table.name)
    table = sheet.get_table("my_table")
    column = table.get_column_at_index(1)
    seen["column"] = (column.name, column.values)
    seen["row"] = table.add_rows([["plum", 2]]).values
    seen["rows"] = [row.values[0] for row in table.get_rows()]
    row = table.get_row_at_index(0)
    seen["row changed"] = (row.update([["fig", 5]]), table.get_row(0).values)
    seen["total"] = table.get_total_row_range().values
    seen["parts"] = [one.address for one in (
        table.get_range(), table.get_header_row_range(), table.get_data_body_range(), row.get_range(),
        column.get_range(), column.get_data_body_range(),
    )]  # fmt: skip
    added = table.add_column("Count", index=2, values=[["Count"], [1], [2], [3], [None]])
    seen["column added"] = (added.name, [one.name for one in table.get_columns()])
    seen["column gone"] = added.delete()
    criteria = {"filterOn": "Custom", "criterion1": ">1", "operator": "And"}
    seen["filter"] = (column.apply_filter(criteria), table.reapply_filters(), table.clear_filters())
    seen["row gone"] = (table.delete_row(0), table.get_row_at_index(1).delete(), len(list(table.get_rows())))
    seen["tables"] = [one.name for one in book.get_tables()]


def _rest(book: Any, sheet: Any, seen: dict[str, Any]) -> None:
    named = book.add_named_range("my_name", "=my_worksheet!A1:A2", "a comment")
    seen["named range"] = (named.name, named.comment, named.get_range().address)
    formula = book.add_named_range("my_sum", "=SUM(my_worksheet!$A$1:$A$1)", is_formula=True)
    seen["named formula"] = (formula.name, sorted(one.name for one in book.get_named_ranges()))
    changed = book.get_named_range("my_name")
    seen["named changed"] = (changed.update(comment="another"), book.get_named_range("my_name").comment)
    seen["function"] = book.invoke_function("sum", values=[1, 2, {"address": "my_worksheet!A1"}])
    application = book.get_workbookapplication()
    seen["application"] = (application.get_details()["calculationMode"], application.run_calculations("Full"))
    other = book.add_worksheet("Other")
    seen["sheets"] = (other.name, other.position, [one.name for one in book.get_worksheets()])
    seen["sheet changed"] = (other.update(name="Another", position=1, visibility="Hidden"), other.name)
    seen["sheet gone"] = (book.delete_worksheet(other.object_id), [one.name for one in book.get_worksheets()])
    seen["refreshed"] = book.session.refresh_session()


def expected(_given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    return {
        "updated": [True, [[35]]],
        "used": [
            "my_worksheet!A1:B4",
            [[35, ""], ["x", 70], [1.5, True], ["last", 4]],
            ["x", "70"],
            ["Double", "Boolean"],
            ["x", "=A1*2"],
        ],
        "others": [
            "my_worksheet!B2",
            "my_worksheet!C2:C3",
            "my_worksheet!B3:C3",
            "my_worksheet!B2:E9",
            "my_worksheet!D2:E3",
            "my_worksheet!A2:A3",
            "my_worksheet!B:C",
            "my_worksheet!C3",
            "my_worksheet!C2:C3",
            "my_worksheet!B3:C3",
            "my_worksheet!C3:D4",
            "my_worksheet!B1:C1",
            "my_worksheet!B4:C5",
            "my_worksheet!B2:D4",
            "my_worksheet!B2:B3",
            "my_worksheet!E5",
        ],
        "inserted": "my_worksheet!D1:D2",
        "merged": [True, True],
        "cleared": [True, [["", ""]]],
        "deleted": True,
        "format": [True, [["35.00"]]],
        "looks": [True, True, True, "#FF0000"],
        "aligned": "Center",
        "table": ["Table1", True, "TableStyleMedium2"],
        "named": [True, "my_table"],
        "column": ["Price", [["Price"], [3], [1], [4]]],
        "row": [["plum", 2]],
        "rows": [["apple", 3], ["pear", 1], ["plum", 2]],
        "row changed": [True, [["fig", 5]]],
        "total": [["Total", 8]],
        "parts": [
            "my_worksheet!H1:I5",
            "my_worksheet!H1:I1",
            "my_worksheet!H2:I4",
            "my_worksheet!H2:I2",
            "my_worksheet!I1:I5",
            "my_worksheet!I2:I4",
        ],
        "column added": ["Count", ["Name", "Price", "Count"]],
        "column gone": True,
        "filter": [True, True, True],
        "row gone": [True, True, 1],
        "tables": ["my_table"],
        "named range": ["my_name", "a comment", "my_worksheet!A1:A2"],
        "named formula": ["my_sum", ["my_name", "my_sum"]],
        "named changed": [True, "another"],
        "function": 38,
        "application": ["Automatic", True],
        "sheets": ["Other", 1, ["my_worksheet", "Other"]],
        "sheet changed": [True, "Another"],
        "sheet gone": [True, ["my_worksheet"]],
        "refreshed": True,
        "private": [True, [["private"]]],
        "kept": [[35]],
    }
