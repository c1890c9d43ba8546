"""Values and formulas as they are entered: one cell at a time, or an array of them into a range."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from openpyxl.formula.tokenizer import Token

from postroom.workspace.workbook import references, typed
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.errors import InvalidArgument, InvalidOperation, TooMuch, UnsupportedOperation
from postroom.workspace.workbook.values import Scalar, checked_text

_LONGEST: Final = 8192
_LATER: Final = frozenset({
    "ACOT", "ACOTH", "AGGREGATE", "ARABIC", "BASE", "BETA.DIST", "BETA.INV", "BINOM.DIST", "BINOM.INV", "BITAND",
    "BITLSHIFT", "BITOR", "BITRSHIFT", "BITXOR", "CEILING.MATH", "CEILING.PRECISE", "CHISQ.DIST", "CHISQ.INV",
    "CHISQ.TEST", "COMBINA", "CONCAT", "CONFIDENCE.NORM", "CONFIDENCE.T", "COT", "COTH", "COVARIANCE.P", "COVARIANCE.S",
    "CSC", "CSCH", "DAYS", "DECIMAL", "ERF.PRECISE", "ERFC.PRECISE", "EXPON.DIST", "F.DIST", "F.INV", "F.TEST",
    "FLOOR.MATH", "FLOOR.PRECISE", "FORMULATEXT", "GAMMA", "GAMMA.DIST", "GAMMA.INV", "GAUSS", "IFNA", "IFS",
    "ISFORMULA", "ISOWEEKNUM", "LOGNORM.DIST", "LOGNORM.INV", "MAXIFS", "MINIFS", "MODE.MULT", "MODE.SNGL", "MUNIT",
    "NEGBINOM.DIST", "NORM.DIST", "NORM.INV", "NORM.S.DIST", "NORM.S.INV", "NUMBERVALUE", "PDURATION", "PERCENTILE.EXC",
    "PERCENTILE.INC", "PERCENTRANK.EXC", "PERCENTRANK.INC", "PERMUTATIONA", "PHI", "POISSON.DIST", "QUARTILE.EXC",
    "QUARTILE.INC", "RANK.AVG", "RANK.EQ", "RRI", "SEC", "SECH", "SHEET", "SHEETS", "SKEW.P", "STDEV.P", "STDEV.S",
    "SWITCH", "T.DIST", "T.INV", "T.TEST", "TEXTJOIN", "UNICHAR", "UNICODE", "VAR.P", "VAR.S", "WEIBULL.DIST",
    "XLOOKUP", "XMATCH", "XOR", "Z.TEST",
})  # fmt: skip
"""Functions that came after 2007; in a file their names have a prefix."""
_SPILLING: Final = frozenset({"FILTER", "LAMBDA", "LET", "RANDARRAY", "SEQUENCE", "SORT", "SORTBY", "UNIQUE"})
"""Excel keeps them in a way that this engine does not write."""


@lru_cache(maxsize=10_000)
def formula(text: str) -> str:
    """A formula as the file has it. Raises InvalidArgument, UnsupportedOperation."""
    checked_text(text)
    if len(text) > _LONGEST:
        raise InvalidArgument("A formula has 8,192 characters at most.")
    return "=" + "".join(map(_token, references.tokens(text)))


def _token(token: Token) -> str:
    value: str = token.value
    if token.type == Token.FUNC and token.subtype == Token.OPEN:
        name = value[:-1].upper().removeprefix("_XLFN.")
        if name in _SPILLING:
            raise UnsupportedOperation(f"Formulas with {name} cannot be written here.")
        return f"_xlfn.{name}(" if name in _LATER else f"{name}("
    if token.type == Token.OPERAND and token.subtype == Token.RANGE:
        reference = references.read(value)
        return reference.text() if reference else _truth(value)
    return value


def _truth(text: str) -> str:
    """To the tokenizer `true` is a name."""
    return text.upper() if text.upper() in ("TRUE", "FALSE") else text


def shown_formula(text: str) -> str:
    """A formula of the file as people write it."""
    return text.replace("_xlfn.", "").replace("_xlws.", "").replace("_xlpm.", "") if "_xl" in text else text


def enter(book: Book, sheet: Sheet, row: int, column: int, value: Any) -> None:
    """One value as JSON has it: null leaves the cell alone, an empty text clears it. Raises InvalidArgument."""
    match value:
        case None:
            return
        case str():
            _text(book, sheet, row, column, value)
        case bool() | int() | float():
            book.write(sheet, row, column, _number(value))
        case _:
            raise InvalidArgument("A cell takes a text, a number, true, false or null.")


def _number(value: float) -> Scalar:
    if isinstance(value, bool):
        return value
    try:
        number = float(value)
    except OverflowError as error:
        raise InvalidArgument("The number is too large for a cell.") from error
    if not math.isfinite(number):
        raise InvalidArgument("The number is too large for a cell.")
    return value if abs(number) < 2**53 else number


def _text(book: Book, sheet: Sheet, row: int, column: int, text: str) -> None:
    form = book.format_of(sheet, row, column)
    if form == "@":
        book.write(sheet, row, column, checked_text(text.removeprefix("'")))
        return
    found = typed.read(text, is_1904=book.is_1904)
    if found.is_formula:
        book.write(sheet, row, column, formula(text), is_formula=True)
        return
    book.write(sheet, row, column, found.value)
    if found.format is not None and form == "General" and found.value is not None:
        sheet.cell(row, column).number_format = found.format


def from_r1c1(book: Book, sheet: Sheet, row: int, column: int, value: Any) -> None:
    if isinstance(value, str) and value.startswith("=") and len(value) > 1:
        value = references.from_r1c1(value, row, column)
    enter(book, sheet, row, column, value)


def number_format(book: Book, sheet: Sheet, row: int, column: int, value: Any) -> None:
    """Raises InvalidArgument."""
    if value is None:
        return
    if not isinstance(value, str) or len(value) > 255:
        raise InvalidArgument("A number format is a text of 255 characters at most.")
    sheet.cell(row, column).number_format = checked_text(value) or "General"
    book.touch(sheet.title, row, column)


Put = Callable[[Book, Sheet, int, int, Any], None]
WRITERS: Final[dict[str, Put]] = {
    "numberFormat": number_format,
    "values": enter,
    "formulas": enter,
    "formulasLocal": enter,
    "formulasR1C1": from_r1c1,
}
"""Properties of ranges that are arrays, in the order in which they are written."""


def check_bounded(book: Book, area: Area) -> None:
    """Raises InvalidArgument for whole rows or columns, TooMuch."""
    if area.unbounded:
        raise InvalidArgument("Cells of whole rows or columns cannot be written at once.")
    if area.cells > book.bounds.range_cells:
        raise TooMuch(f"A range has {book.bounds.range_cells:,} cells at most; this one has {area.cells:,}.")


def check_protected(sheet: Sheet, area: Area) -> None:
    """Raises InvalidOperation when a cell of it is locked."""
    if not sheet.protection.sheet:
        return
    for row in range(area.top, min(area.bottom, area.top + 1_000_000) + 1):
        for column in range(area.left, area.right + 1):
            cell = sheet._cells.get((row, column))
            if cell is None or cell.protection.locked:
                raise InvalidOperation("The worksheet is protected; its locked cells cannot be changed.")


def put(book: Book, sheet: Sheet, area: Area, name: str, given: Any) -> None:
    """An array of the shape of the area, or one value for all of it. Raises InvalidArgument, TooMuch."""
    check_bounded(book, area)
    check_protected(sheet, area)
    rows = _array(given, area)
    writer = WRITERS[name]
    for at, row in enumerate(rows):
        for along, value in enumerate(row):
            writer(book, sheet, area.top + at, area.left + along, value)
    book.changed()


def _array(given: Any, area: Area) -> list[list[Any]]:
    if given is None:
        raise InvalidArgument("The property may not be null.")
    if not isinstance(given, list):
        return [[given] * area.columns for _ in range(area.rows)]
    rows = given if given and all(isinstance(row, list) for row in given) else None
    if rows is not None and area.cells > 1 and len(rows) == 1 and len(rows[0]) == 1:
        return [[rows[0][0]] * area.columns for _ in range(area.rows)]
    if rows is None or len(rows) != area.rows or any(len(row) != area.columns for row in rows):
        raise InvalidArgument(
            "The number of rows or columns in the input array doesn't match the size or dimensions of the range."
        )
    return rows
