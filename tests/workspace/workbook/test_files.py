"""Files as others wrote them, and as others read what was written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from tests.workspace.workbook.desk import Desk, desk

from postroom.workspace.workbook.book import Book, Bounds
from postroom.workspace.workbook.errors import (
    InvalidArgument,
    InvalidOperation,
    TooMuch,
    UnsupportedWorkbook,
    WorkbookError,
)
from postroom.workspace.workbook.package import Limits


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The same package with other parts: `change` gives their content, None to leave one out."""
    other = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in more.items():
            new.writestr(name, content)
    return other


def same(_: str, content: bytes) -> bytes:
    return content


def test_another_library_reads_what_was_written(book: Desk) -> None:
    book.write("A1:C2", [[1.5, "=A1*2", "1/15/2024"], ["text ü", True, '=A1&"!"']])
    book.ask("POST", "worksheets", {"name": "Two"})
    book.save()
    found = book.read_by_another()
    assert found[0][:2] == [1.5, 3.0]
    assert found[0][2].isoformat() == "2024-01-15"
    assert found[1] == ["text ü", True, "1.5!"]
    assert book.read_by_another("Two") == []


def test_what_excel_wrote_stays_when_something_else_changes(tmp_path: Path) -> None:
    def prepare(made: Any) -> None:
        sheet = made.worksheets[0]
        sheet["A1"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
        sheet["A2"] = "2024-01-01"
        sheet["A3"] = 45000.123456789
        sheet["A3"].number_format = "yyyy-mm-dd hh:mm:ss"
        sheet["A4"] = ArrayFormula("A4", "=SUM(A3:A3*2)")
        sheet.freeze_panes = "B2"
        sheet.sheet_properties.tabColor = "FF0000"
        made.properties.title = "Kept"

    book = desk(tmp_path, prepare)
    book.write("C1", 1)
    book.save()
    assert book.one("A1") == "plain bold"
    assert book.one("A3") == 45000.123456789
    assert book.one("A4") == 90000.246913578
    kept = openpyxl.load_workbook(book.path, rich_text=True)
    sheet: Any = kept.worksheets[0]
    assert isinstance(sheet["A1"].value, CellRichText)
    assert (sheet.freeze_panes, sheet.sheet_properties.tabColor.rgb, kept.properties.title) == (
        "B2",
        "00FF0000",
        "Kept",
    )
    assert sheet["A4"].value.text == "=SUM(A3:A3*2)"


def test_errors_of_later_excels_stay_what_they_are(tmp_path: Path) -> None:
    cells = b'<sheetData><row r="1"><c r="A1" t="e"><v>#SPILL!</v></c><c r="B1" t="e"><f>A1</f><v>#CALC!</v></c></row>'
    path = rewritten(
        desk(tmp_path).path, lambda _, content: content.replace(b"<sheetData></sheetData>", cells + b"</sheetData>")
    )
    book = Desk(path, Book.open(path))
    assert book.read("A1:B1") == [["#SPILL!", "#CALC!"]]


def test_nothing_is_computed_where_dates_count_from_1904(tmp_path: Path) -> None:
    def prepare(made: Any) -> None:
        made.epoch = CALENDAR_MAC_1904
        made.worksheets[0].append([1, "=A1+1"])
        made.worksheets[0]["A2"] = 0
        made.worksheets[0]["A2"].number_format = "yyyy-mm-dd"

    book = desk(tmp_path, prepare)
    assert book.read("A1:B1") == [[1, "#BUSY!"]]
    assert book.one("A2", "text") == "1904-01-01"


def _chart(made: Any) -> None:
    chart = BarChart()
    made.worksheets[0]["A1"] = 1
    chart.add_data(Reference(made.worksheets[0], min_col=1, min_row=1, max_row=1))
    made.worksheets[0].add_chart(chart, "C3")


def _comment(made: Any) -> None:
    made.worksheets[0]["A1"].comment = Comment("a note", "Anna")


def _array(made: Any) -> None:
    made.worksheets[0]["A1"] = ArrayFormula("A1:A3", "=B1:B3*2")


@pytest.mark.parametrize(
    ("prepare", "named"),
    [(_chart, "xl/charts/chart1.xml"), (_comment, "xl/comments/comment1.xml"), (_array, "array formula")],
)
def test_what_would_be_lost_is_named_and_nothing_changes(
    tmp_path: Path, prepare: Callable[[Any], None], named: str
) -> None:
    book = desk(tmp_path, prepare)
    assert book.ask("GET", "worksheets/Sheet1")["name"] == "Sheet1"
    assert len(book.ask("GET", "worksheets/Sheet1/charts")) == (prepare is _chart)
    assert len(book.ask("GET", "comments")) == (prepare is _comment)
    for verb, path, body in (
        ("PATCH", "worksheets/Sheet1/range(address='B9')", {"values": 1}),
        ("POST", "worksheets", {}),
        ("DELETE", "worksheets/Sheet1", None),
        ("POST", "worksheets/Sheet1/range(address='1:1')/insert", {"shift": "Down"}),
    ):
        with pytest.raises(UnsupportedWorkbook, match=named.replace("[", ".")):
            book.ask(verb, path, body)
    assert not book.book.is_changed_at_all


@pytest.mark.parametrize(
    ("part", "content", "named"),
    [
        ("xl/media/image1.png", b"\x89PNG", "xl/media/image1.png"),
        ("xl/pivotTables/pivotTable1.xml", b"<x/>", "xl/pivotTables"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "xl/externalLinks"),
        ("xl/vbaProject.bin", b"x", "xl/vbaProject.bin"),
        ("customXml/item1.xml", b"<x/>", "customXml"),
    ],
)
def test_every_part_that_is_not_known_forbids_changes(tmp_path: Path, part: str, content: bytes, named: str) -> None:
    path = rewritten(desk(tmp_path).path, same, **{part: content})
    opened = Book.open(path)
    with pytest.raises(UnsupportedWorkbook, match=named):
        opened.check_kept()


def test_extensions_of_a_sheet_forbid_changes_too(tmp_path: Path) -> None:
    extension = b'<extLst><ext uri="{x}"/></extLst></worksheet>'
    path = rewritten(desk(tmp_path).path, lambda _, content: content.replace(b"</worksheet>", extension))
    with pytest.raises(UnsupportedWorkbook, match="extLst"):
        Book.open(path).check_kept()


SECOND = (
    b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" name="Sheet1" sheetId="1" '
    b'r:id="rId1"/>'
)
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("docProps/core.xml", lambda content: BOMB + content),
        ("xl/workbook.xml", lambda content: BOMB + content),
        ("xl/worksheets/sheet1.xml", lambda content: content.decode().encode("utf-16")),
        ("xl/worksheets/sheet1.xml", lambda content: content[:200]),
        ("xl/workbook.xml", lambda _: b"<x/>"),
        ("[Content_Types].xml", lambda content: content.replace(b"sheet.main", b"sheet.other")),
        ("xl/worksheets/sheet1.xml", lambda content: b'<?xml version="1.0" encoding="UTF-7"?>' + content),
        ("xl/worksheets/sheet1.xml", lambda content: content.decode().encode("utf-16-le")),
        ("xl/workbook.xml", lambda content: content.replace(b"<sheets>", b"<sheets>" + SECOND)),
        ("xl/styles.xml", lambda _: b"not xml"),
        ("xl/_rels/workbook.xml.rels", lambda content: content.replace(b"sheet1", b"../../../etc/passwd")),
    ],
)  # fmt: skip
def test_a_package_that_harms_or_does_not_fit_is_refused(
    tmp_path: Path, name: str, change: Callable[[bytes], bytes]
) -> None:
    book = desk(tmp_path, lambda made: made.worksheets[0].append(["a"]))
    path = rewritten(book.path, lambda part, content: change(content) if part == name else content)
    with pytest.raises(WorkbookError):
        Book.open(path).worksheet("Sheet1")


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 100, b"a,b\n1,2\n"):
        path = tmp_path / "x.xlsx"
        path.write_bytes(content)
        with pytest.raises(UnsupportedWorkbook):
            Book.open(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = rewritten(desk(tmp_path).path, same, **{"xl/theme/theme2.xml": b"<x>" + b" " * (20 << 20)})
    assert path.stat().st_size < 100_000
    with pytest.raises(TooMuch):
        Book.open(path, Limits(unpacked_bytes=10 << 20))


@pytest.mark.parametrize(
    "hostile",
    [b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>',
     b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks></worksheet>'],
)  # fmt: skip
def test_areas_without_end_are_refused(tmp_path: Path, hostile: bytes) -> None:
    path = rewritten(desk(tmp_path).path, lambda _, content: content.replace(b"</worksheet>", hostile))
    with pytest.raises(TooMuch):
        Book.open(path)


def test_formulas_that_never_end_or_are_too_deep_are_not_computed(tmp_path: Path) -> None:
    def prepare(made: Any) -> None:
        for number in range(100):
            text = f"twice_{number + 1}+twice_{number + 1}"
            made.defined_names[f"twice_{number}"] = DefinedName(f"twice_{number}", attr_text=text)
        made.worksheets[0].append(["=twice_0", "=" + "+".join(["1"] * 4000), "=QUOTIENT(1E+300,1E-300)", "=1+1"])

    assert desk(tmp_path, prepare).read("A1:D1") == [["#BUSY!", "#BUSY!", "#NUM!", 2]]


def _many(made: Any) -> None:
    for _ in range(20):
        made.worksheets[0].append([1] * 10)


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    book = desk(tmp_path, _many)
    with pytest.raises(TooMuch):
        Book.open(book.path, Limits(cells=100))
    few = Desk(book.path, Book.open(book.path, bounds=Bounds(cells=200)))
    with pytest.raises((TooMuch, InvalidOperation)):
        few.write("Z1", 1)


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "names/add", {"name": "one", "reference": "=1", "comment": "\ufffe"}),
        ("PATCH", "worksheets/Sheet1/range(address='A1')/format/font", {"name": "\x01"}),
        ("PATCH", "worksheets/Sheet1/range(address='A1')", {"values": [["\uffff"]]}),
    ],
)
def test_a_text_that_no_file_can_hold_is_refused(book: Desk, verb: str, path: str, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        book.ask(verb, path, body)
    book.save()
    assert book.ask("POST", "functions/clean", {"text": "a\x07"})["value"] == "a"
