"""A look at the file before openpyxl sees it: is it bounded, and would openpyxl keep all that is in it?

Source: ECMA-376 parts 1 and 2 for the names of parts and elements; what openpyxl 3.1 writes again for which are kept.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from lxml import etree

from postroom.workspace.workbook import addresses
from postroom.workspace.workbook.errors import TooMuch, UnsupportedWorkbook
from postroom.workspace.workbook.values import Error, Scalar

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CONTENT: Final = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_KEPT: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core|custom)\.xml|xl/workbook\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|xl/theme/theme\d*\.xml|xl/sharedStrings\.xml"
    r"|xl/worksheets/[^/]+\.xml|xl/worksheets/_rels/[^/]+\.rels|xl/tables/[^/]+\.xml"
)
_DROPPED: Final = re.compile(r"xl/calcChain\.xml|xl/printerSettings/.*|docProps/thumbnail\..*|.*/")
"""Lost without harm: Excel makes the order of calculation again, the others belong to one printer or are a picture."""
_ELEMENTS: Final = frozenset({
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter",
    "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "tableParts", "phoneticPr", "sheetCalcPr", "scenarios",
})  # fmt: skip
"""What of a sheet is written again, or may be lost."""
_WORKSHEET: Final = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_BEGIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!\x00)(?:\?xml\s[^>]*?encoding\s*=\s*[\"'](?P<encoding>[^\"']*))?")
_DECLARED: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_READ: Final = (f"{MAIN}row", f"{MAIN}mergeCell", f"{MAIN}hyperlink")
_RICH: Final = etree.XPath("*[@cm or @vm]")
_CHUNK: Final = 1 << 20
_LONGEST_ERROR: Final = 32
_MOST_PARTS: Final = 5_000
_MOST_SPREAD: Final = 1_000_000
"""Cells in merged areas and links over areas: openpyxl makes an object of each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`unpacked_bytes` of all parts together; `cells` of all sheets."""

    unpacked_bytes: int = 256 << 20
    cells: int = 1_000_000


@dataclass
class Look:
    """What was found. `lost` names what a change would lose; `results` has the values of formulas, by part and cell."""

    lost: list[str] = field(default_factory=list)
    results: dict[str, dict[tuple[int, int], Scalar]] = field(default_factory=dict)
    cells: int = 0
    spread: int = 0


def look(path: Path, limits: Limits) -> Look:
    """Raises UnsupportedWorkbook for what is no workbook or would harm, TooMuch."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _look(archive, limits)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise UnsupportedWorkbook("The file is no .xlsx workbook, or it is damaged or encrypted.") from error


def _look(archive: zipfile.ZipFile, limits: Limits) -> Look:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(one.file_size for one in parts) > limits.unpacked_bytes:
        raise TooMuch(f"The workbook is larger than {limits.unpacked_bytes:,} bytes when it is unpacked.")
    names = [one.filename for one in parts]
    if len(set(names)) != len(names):
        raise UnsupportedWorkbook("The file has two parts of one name.")
    if "[Content_Types].xml" not in names or _CONTENT not in archive.read("[Content_Types].xml"):
        raise UnsupportedWorkbook("The file is no .xlsx workbook; others are not read.")
    found = Look()
    for name in names:
        _part(archive, name, found, limits)
    return found


def _part(archive: zipfile.ZipFile, name: str, found: Look, limits: Limits) -> None:
    if not _KEPT.fullmatch(name) and not _DROPPED.fullmatch(name):
        found.lost.append(name)
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    is_sheet, begins = False, True
    with archive.open(name) as file:
        for chunk in _overlapping(file):
            # Comments and texts have no such marks in them: `<` is written as `&lt;` there.
            if _DECLARED.search(chunk) or (begins and not _is_utf8(chunk)):
                raise UnsupportedWorkbook(f"The part {name} declares a document type or is not in UTF-8.")
            is_sheet, begins = is_sheet or _WORKSHEET.search(chunk) is not None, False
    if is_sheet:
        with archive.open(name) as file:
            _sheet(file, name, found, limits)


def _is_utf8(chunk: bytes) -> bool:
    """By the begin of a part: in another encoding marks look otherwise, and some parsers know many."""
    found = _BEGIN.match(chunk)
    return found is not None and (found["encoding"] or b"utf-8").lower() in (b"utf-8", b"us-ascii")


def _overlapping(file: IO[bytes]) -> Iterator[bytes]:
    """Pieces of a part; each begins with the end of the one before, so that no mark is cut in two."""
    tail = b""
    while chunk := file.read(_CHUNK):
        yield tail + chunk
        tail = chunk[-64:]


def _sheet(file: IO[bytes], name: str, found: Look, limits: Limits) -> None:
    results: dict[tuple[int, int], Scalar] = {}
    reader = etree.iterparse(file, tag=_READ, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        for _, element in reader:
            if element.tag == _READ[0]:
                _row(element, name, results, found, limits)
                parent = element.getparent()
                if parent is not None:
                    parent.remove(element)
            else:
                _spread(element, found)
    except etree.XMLSyntaxError as error:
        raise UnsupportedWorkbook(f"The part {name} is not well-formed.") from error
    for element in reader.root if reader.root is not None else ():
        if isinstance(element.tag, str):  # comments have none
            _top(etree.QName(element).localname, name, found)
    found.results[name] = results


def _top(tag: str, name: str, found: Look) -> None:
    if tag not in _ELEMENTS and f"{tag} in {name}" not in found.lost:
        found.lost.append(f"{tag} in {name}")


def _spread(element: etree._Element, found: Look) -> None:
    area = addresses.read(element.get("ref") or "")
    found.spread += area.cells if area else 0
    if found.spread > _MOST_SPREAD:
        raise TooMuch("Merged areas and links cover too many cells.")


def _row(row: etree._Element, name: str, results: dict[tuple[int, int], Scalar], found: Look, limits: Limits) -> None:
    found.cells += len(row)
    if found.cells > limits.cells:
        raise TooMuch(f"The workbook has more than {limits.cells:,} cells.")
    if _RICH(row):
        _top("a dynamic array or a rich value", name, found)
    for formula in row.iter(f"{MAIN}f"):
        cell = formula.getparent()
        if cell is not None:
            _formula(cell, formula, name, results, found)


def _formula(
    cell: etree._Element, formula: etree._Element, name: str, results: dict[tuple[int, int], Scalar], found: Look
) -> None:
    kind, ref = formula.get("t"), formula.get("ref") or ""
    if kind == "dataTable" or (kind == "array" and ":" in ref):
        _top("an array formula over several cells, or a data table,", name, found)
    value = cell.findtext(f"{MAIN}v")
    place = addresses.read(cell.get("r") or "")
    if place is not None and value and not value.isspace():
        results[place.top, place.left] = _value(value, cell.get("t") or "n")


def _value(text: str, kind: str) -> Scalar:
    match kind:
        case "str":
            return text
        case "b":
            return text.strip() in ("1", "true")
        case "e":
            return Error(text[:_LONGEST_ERROR])
        case _:
            number = float(text)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
