"""Opening with openpyxl, and writing again: dates stay numbers, and formulas keep their values for other readers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from lxml import etree
from openpyxl.cell._writer import write_cell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_WORKBOOK, SHEET_MAIN_NS

from postroom.workspace.workbook.calc.machine import Key
from postroom.workspace.workbook.values import Error, Scalar

Ask = Callable[[Key], Scalar]
_KINDS: Final[Mapping[type, str]] = {str: "str", bool: "b", Error: "e"}


class Reader(ExcelReader):
    """Reads numbers of dates as numbers, and texts with their fonts."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, rich_text=True)
        self.parts: dict[str, str] = {}
        """Names of sheets → the parts they are in."""
        self.numbers: dict[str, int] = {}
        self.wb: Any

    def read_worksheets(self) -> None:
        self.parts = {sheet.name: rel.target for sheet, rel in self.parser.find_sheets()}
        self.numbers = {sheet.name: sheet.sheetId for sheet, _ in self.parser.find_sheets()}
        self.wb._date_formats = set()
        self.wb._timedelta_formats = set()
        super().read_worksheets()


class _Sheet(WorksheetWriter):
    """Writes a sheet with the values of its formulas."""

    ws: Any
    _rels: Any

    def __init__(self, sheet: Any, ask: Ask) -> None:
        super().__init__(sheet)
        self._ask = ask

    def write_row(self, xf: Any, row: Any, row_idx: int) -> None:
        attributes = {"r": str(row_idx), **dict(self.ws.row_dimensions.get(row_idx, {}))}
        with xf.element("row", attributes):
            for cell in row:
                if cell._value is None and not cell.has_style and cell.hyperlink is None:
                    continue
                if cell.data_type == "f":
                    self._formula(xf, cell)
                else:
                    write_cell(xf, self.ws, cell, cell.has_style)

    def _formula(self, xf: Any, cell: Any) -> None:
        value = self._ask((self.ws.title, cell.row, cell.column))
        attributes = {"r": cell.coordinate, **({"s": str(cell.style_id)} if cell.has_style else {})}
        if value is not None and type(value) in _KINDS:
            attributes["t"] = _KINDS[type(value)]
        if cell.hyperlink is not None:
            self.ws._hyperlinks.append(cell.hyperlink)
        formula = cell._value
        is_array = isinstance(formula, ArrayFormula)
        with xf.element("c", attributes):
            with xf.element("f", dict(formula) if is_array else {}):
                xf.write((formula.text if is_array else formula)[1:])
            if value is not None:
                with xf.element("v"):
                    xf.write(str(int(value)) if isinstance(value, bool) else str(value))


class _Tables(list[Any]):
    """openpyxl numbers tables by their place; here a table keeps its number."""

    def __len__(self) -> int:
        return int(self[-1].id) if super().__len__() else 0


class _Archive(zipfile.ZipFile):
    """openpyxl numbers sheets by their order, too; the number is put right when the part comes by."""

    numbers: Mapping[str, int] = {}

    def writestr(self, zinfo_or_arcname: Any, data: Any, *given: Any, **more: Any) -> None:
        if zinfo_or_arcname == ARC_WORKBOOK:
            tree = etree.fromstring(data)
            for sheet in tree.iter(f"{{{SHEET_MAIN_NS}}}sheet"):
                sheet.set("sheetId", str(self.numbers[str(sheet.get("name"))]))
            data = etree.tostring(tree)
        super().writestr(zinfo_or_arcname, data, *given, **more)


class Writer(ExcelWriter):
    _archive: zipfile.ZipFile

    def __init__(self, workbook: Workbook, archive: zipfile.ZipFile, ask: Ask) -> None:
        super().__init__(workbook, archive)
        self._ask = ask
        self._tables = _Tables()

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = _Sheet(ws, self._ask)
        try:
            writer.write()
            ws._rels = writer._rels
            self._archive.write(str(writer.out), ws.path[1:])
            self.manifest.append(ws)
        finally:
            writer.cleanup()


def save(workbook: Workbook, path: Path, ask: Ask, numbers: Mapping[str, int]) -> None:
    """`ask` tells the value of a formula; None where it is not known, and Excel computes it. `numbers` of sheets."""
    _number_tables(workbook)
    with _Archive(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.numbers = numbers
        Writer(workbook, archive, ask).write_data()


def _number_tables(workbook: Workbook) -> None:
    """New ones, which have no number that is theirs alone."""
    tables = [table for sheet in workbook.worksheets for table in sheet.tables.values()]
    taken: set[int] = set()
    for table in tables:
        if not table.id or table.id in taken:
            table.id = max([*taken, *(one.id or 0 for one in tables)]) + 1
        taken.add(table.id)
