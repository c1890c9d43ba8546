"""Workbooks, their sessions, sheets and names."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.clients.o365.excel.conftest import BOOK, CELLS, SESSION, SHEET, SHEET_URL, TABLE
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.drive import File
from O365.excel import FunctionException, NamedRange, WorkBook, WorkbookApplication, WorkSheet

NAME = {"name": "total", "comment": "", "scope": "Workbook", "type": "Range", "value": "Sheet1!A1", "visible": True}


def test_a_book_begins_a_session_that_all_requests_name(file: File, con: Recorder) -> None:
    con.will(Answer({"id": "S1"}, 201), page(SHEET))
    book = WorkBook(file)
    assert (repr(book), repr(book.session), book.object_id) == (
        "Workbook: book.xlsx",
        "Workbook Session: S1",
        "Workbook:I1",
    )
    assert (con.asked, con.last.data) == ([("post", f"{BOOK}/createSession")], {"persistChanges": True})
    assert [repr(one) for one in book.get_worksheets()] == ["Worksheet: Year's end"]
    assert (con.last.path, con.last.headers) == (f"{BOOK}/worksheets", SESSION)
    con.will(REFUSED)
    with pytest.raises(RuntimeError, match="Could not create session"):
        WorkBook(file)


def test_without_a_session_requests_name_none(file: File, con: Recorder) -> None:
    con.will(page())
    book = WorkBook(file, use_session=False, persist=False)
    assert book.get_tables() == []
    assert (con.last.headers, bool(book.session), book.session.refresh_session()) == (None, False, False)
    file.mime_type = "text/csv"
    with pytest.raises(ValueError, match="not a valid Excel"):
        WorkBook(file)


def test_a_session_that_was_idle_is_made_anew_if_it_kept_its_changes(book: WorkBook, con: Recorder) -> None:
    session = book.session
    session.last_activity -= dt.timedelta(minutes=8)
    con.will(Answer({"id": "S2"}, 201), page())
    book.get_tables()
    assert (session.session_id, con.last.headers) == ("S2", {"workbook-session-id": "S2"})
    session.persist = False
    session.last_activity -= dt.timedelta(minutes=8)
    with pytest.raises(RuntimeError, match="expired"):
        book.get_tables()


def test_a_session_that_the_service_forgot_earlier_is_made_anew(book: WorkBook, con: Recorder) -> None:
    gone = {"error": {"code": "invalidSessionReCreatable", "message": "It is over."}}
    con.will(Answer(gone, 404, json.dumps(gone).encode()), Answer({"id": "S2"}, 201), page(TABLE))
    assert len(book.get_tables()) == 1
    assert [call.headers for call in con.calls] == [SESSION, None, {"workbook-session-id": "S2"}]
    other = {"error": {"code": "itemNotFound", "message": "There is none."}}
    con.will(Answer(other, 404, json.dumps(other).encode()))
    assert book.get_table("none") is None


def test_a_session_is_refreshed_and_closed_once(book: WorkBook, con: Recorder) -> None:
    con.will(*[Answer(status_code=204)] * 2)
    assert book.session.refresh_session()
    assert book.session.close_session()
    assert con.asked == [("post", f"{BOOK}/refreshSession"), ("post", f"{BOOK}/closeSession")]
    assert (bool(book.session), book.session.close_session()) == (False, False)


def test_sheets_are_found_made_changed_and_deleted(book: WorkBook, con: Recorder) -> None:
    con.will(Answer(SHEET), Answer(SHEET, 201), Answer({**SHEET, "name": "New", "position": 1}))
    sheet = book.get_worksheet("Year's end")
    assert sheet is not None
    assert con.last.path == f"{BOOK}/worksheets/Year%27s%20end"
    assert (sheet.name, sheet.position, sheet.visibility, sheet.workbook) == ("Year's end", 0, "Visible", book)
    assert book.add_worksheet("New") == sheet
    assert con.last.data == {"name": "New"}
    assert sheet.update(name="New", position=1)
    assert (con.last.path, con.last.data, sheet.name) == (SHEET_URL, {"name": "New", "position": 1}, "New")
    with pytest.raises(ValueError, match="at least one"):
        sheet.update()
    assert sheet.delete()
    assert book.delete_worksheet("{W1}")
    assert con.asked[-2:] == [("delete", SHEET_URL), ("delete", f"{BOOK}/worksheets/%7BW1%7D")]


def test_tables_and_names_of_books_and_sheets(book: WorkBook, sheet: WorkSheet, con: Recorder) -> None:
    con.will(Answer(TABLE), page(TABLE), Answer(TABLE, 201), page(NAME))
    assert repr(book.get_table("Prices")) == "Table: Prices"
    assert len(sheet.get_tables()) == 1
    assert sheet.add_table("A1:B2", has_headers=True) is not None
    assert con.last.data == {"address": "A1:B2", "hasHeaders": True}
    (name,) = book.get_named_ranges()
    assert isinstance(name, NamedRange)
    assert (repr(name), name.data_type, name.scope, name.visible) == (
        "Named Range: total (Sheet1!A1)",
        "Range",
        "Workbook",
        True,
    )
    con.will(Answer(CELLS), Answer({**NAME, "comment": "sum"}))
    cells = name.get_range()
    assert cells is not None
    assert (con.last.path, cells.object_id) == (f"{BOOK}/names/total/range", "A1:B2")
    assert name.update(comment="sum")
    assert (name.comment, con.last.data) == ("sum", {"comment": "sum"})
    with pytest.raises(ValueError, match="visible"):
        name.update()


def test_names_stand_for_addresses_or_formulas(book: WorkBook, sheet: WorkSheet, con: Recorder) -> None:
    con.will(*[Answer(NAME, 201)] * 3)
    assert book.add_named_range("total", "=Sheet1!A1", "sum") is not None
    assert con.last.data == {"name": "total", "reference": "=Sheet1!A1", "comment": "sum"}
    assert sheet.add_named_range("total", "=SUM(A1:A2)", is_formula=True) is not None
    assert con.last.path == f"{SHEET_URL}/names/addFormulaLocal"
    assert con.last.data == {"name": "total", "formula": "=SUM(A1:A2)", "comment": ""}
    assert sheet.get_named_range("total") is not None


def test_functions_have_values_or_raise(book: WorkBook, con: Recorder) -> None:
    con.will(Answer({"value": 3, "error": None}), Answer({"value": None, "error": "#DIV/0!"}), REFUSED)
    assert book.invoke_function("sum", values=[1, 2]) == 3
    assert (con.last.path, con.last.data) == (f"{BOOK}/functions/sum", {"values": [1, 2]})
    with pytest.raises(FunctionException, match="#DIV/0!"):
        book.invoke_function("quotient", numerator=1, denominator=0)
    assert book.invoke_function("sum") is None


def test_the_application_of_a_book(book: WorkBook, con: Recorder) -> None:
    application = book.get_workbookapplication()
    assert repr(application) == "WorkbookApplication for Workbook: book.xlsx"
    con.will(Answer({"calculationMode": "Automatic"}), Answer(status_code=204))
    assert application.get_details() == {"calculationMode": "Automatic"}
    assert con.last.headers == SESSION
    assert application.run_calculations("Full")
    assert (con.last.path, con.last.data) == (f"{BOOK}/application/calculate", {"calculationType": "Full"})
    with pytest.raises(ValueError, match="calculation type"):
        application.run_calculations("Half")
    with pytest.raises(ValueError, match="Workbook"):
        WorkbookApplication("book")  # type: ignore[arg-type] # what is tested
