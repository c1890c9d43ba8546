"""A workbook on a connection that records."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.mail.doubles import Answer, Recorder

from O365.connection import MSGraphProtocol
from O365.drive import Drive, File
from O365.excel import EXCEL_XLSX_MIME_TYPE, Range, Table, WorkBook, WorkSheet

BOOK = "/me/drive/items/I1/workbook"
SHEET_URL = f"{BOOK}/worksheets('%7BW1%7D')"
SHEET: dict[str, Any] = {"id": "{W1}", "name": "Year's end", "position": 0, "visibility": "Visible"}
CELLS: dict[str, Any] = {
    "address": "'Year''s end'!A1:B2",
    "addressLocal": "'Year''s end'!A1:B2",
    "cellCount": 4,
    "columnCount": 2,
    "columnIndex": 0,
    "rowCount": 2,
    "rowIndex": 0,
    "columnHidden": False,
    "rowHidden": False,
    "hidden": False,
    "values": [["Price", 2], [3, 4]],
    "formulas": [["Price", "=1+1"], [3, 4]],
    "formulasLocal": [["Price", "=1+1"], [3, 4]],
    "formulasR1C1": [["Price", "=1+1"], [3, 4]],
    "numberFormat": [["General", "0.00"], ["General", "General"]],
    "text": [["Price", "2.00"], ["3", "4"]],
    "valueTypes": [["String", "Double"], ["Double", "Double"]],
}
TABLE: dict[str, Any] = {"id": "{T1}", "name": "Prices", "showHeaders": True, "showTotals": False, "style": "Light1"}
SESSION = {"workbook-session-id": "S1"}


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def file(con: Recorder) -> File:
    drive = Drive(con=con, protocol=MSGraphProtocol(timezone="UTC"))
    told = {"id": "I1", "name": "book.xlsx", "file": {"mimeType": EXCEL_XLSX_MIME_TYPE}}
    return File(parent=drive, __cloud_data__=told)


@pytest.fixture
def book(con: Recorder, file: File) -> WorkBook:
    con.will(Answer({"id": "S1", "persistChanges": True}, 201))
    made = WorkBook(file)
    con.calls.clear()
    return made


@pytest.fixture
def sheet(con: Recorder, book: WorkBook) -> WorkSheet:
    return WorkSheet(parent=book, __cloud_data__=SHEET)


@pytest.fixture
def cells(sheet: WorkSheet) -> Range:
    return Range(parent=sheet, __cloud_data__=CELLS)


@pytest.fixture
def table(book: WorkBook) -> Table:
    return Table(parent=book, __cloud_data__=TABLE)
