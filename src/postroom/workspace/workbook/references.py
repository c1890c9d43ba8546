"""References inside formulas: found, moved, renamed, written in R1C1 and read from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from postroom.workspace.workbook.addresses import COLUMNS, ROWS, Area, letters, number, quoted, split_sheet
from postroom.workspace.workbook.errors import InvalidArgument

BROKEN: Final = "#REF!"
_CORNER = re.compile(r"(?:(\$?)([A-Za-z]{1,3}))?(?:(\$?)([1-9][0-9]{0,6}))?")
_R1C1_CORNER = re.compile(r"(?:[Rr](\d+|\[-?\d+\])?)?(?:[Cc](\d+|\[-?\d+\])?)?")


@dataclass(frozen=True, slots=True)
class Corner:
    """One side of a reference; 0 is every row or every column."""

    row: int
    column: int
    row_fixed: bool = False
    column_fixed: bool = False

    def text(self) -> str:
        column = ("$" if self.column_fixed else "") + letters(self.column) if self.column else ""
        row = ("$" if self.row_fixed else "") + str(self.row) if self.row else ""
        return column + row


@dataclass(frozen=True, slots=True)
class Reference:
    """`prefix` is what stands before the cells, with its `!`."""

    prefix: str
    first: Corner
    last: Corner | None = None

    @property
    def sheet(self) -> str | None:
        return split_sheet(self.prefix)[0]

    @property
    def area(self) -> Area:
        last = self.last or self.first
        rows = sorted((self.first.row, last.row)) if self.first.row else [1, ROWS]
        columns = sorted((self.first.column, last.column)) if self.first.column else [1, COLUMNS]
        return Area(rows[0], columns[0], rows[1], columns[1])

    def text(self) -> str:
        return self.prefix + self.first.text() + (":" + self.last.text() if self.last else "")

    def at(self, area: Area) -> Reference:
        """The same kind of reference to another place."""
        first = replace(self.first, row=area.top if self.first.row else 0,
                        column=area.left if self.first.column else 0)  # fmt: skip
        last = self.last and replace(self.last, row=area.bottom if self.last.row else 0,
                                     column=area.right if self.last.column else 0)  # fmt: skip
        return Reference(self.prefix, first, last)


def read(text: str) -> Reference | None:
    """A reference to cells; None for names, references into tables or other files."""
    before, mark, cells = text.rpartition("!")
    first, colon, second = cells.partition(":")
    one = _corner(first)
    other = _corner(second) if colon else None
    if one is None or (colon and other is None) or "[" in before:
        return None
    whole = not (one.row and one.column)
    if whole != (colon != "" and other is not None and not (other.row and other.column)):
        return None
    if other is not None and (bool(one.row), bool(one.column)) != (bool(other.row), bool(other.column)):
        return None
    return Reference(before + mark, one, other)


def _corner(text: str) -> Corner | None:
    found = _CORNER.fullmatch(text)
    if not text or found is None:
        return None
    column, row = number(found[2]) if found[2] else 0, int(found[4] or 0)
    if column > COLUMNS or row > ROWS:
        return None
    return Corner(row, column, bool(found[3]), bool(found[1]))


def tokens(formula: str) -> list[Token]:
    """Raises InvalidArgument for what is no formula."""
    try:
        found: list[Token] = Tokenizer(formula).items
    except (TokenizerError, IndexError) as error:
        raise InvalidArgument(f"The formula {formula[:100]!r} cannot be read.") from error
    return found


def rewrite(formula: str, change: Callable[[str], str]) -> str:
    """The formula with each reference or name replaced. Raises InvalidArgument."""
    changed = False
    parts = ["="]
    for token in tokens(formula):
        value = token.value
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            value = change(value)
            changed = changed or value != token.value
        parts.append(value)
    return "".join(parts) if changed else formula


def moved(formula: str, sheet: str, own: str, move: Callable[[Area], Area | None]) -> str:
    """The formula after cells of `sheet` moved; `own` is the sheet that it stands in. What is gone is `#REF!`."""

    def change(text: str) -> str:
        reference = read(text)
        if reference is None or (reference.sheet or own).lower() != sheet.lower():
            return text
        area = reference.area
        target = move(area)
        if target is None:
            return reference.prefix + BROKEN
        return text if target == area else reference.at(target).text()

    return rewrite(formula, change)


def renamed(formula: str, old: str, new: str) -> str:
    """The formula after a sheet got another name."""

    def change(text: str) -> str:
        sheet, rest = split_sheet(text)
        return f"{quoted(new)}!{rest}" if sheet is not None and sheet.lower() == old.lower() else text

    return rewrite(formula, change)


def without_sheet(formula: str, sheet: str) -> str:
    """The formula after a sheet is gone."""

    def change(text: str) -> str:
        named, _ = split_sheet(text)
        return BROKEN if named is not None and named.lower() == sheet.lower() else text

    return rewrite(formula, change)


def renamed_table(formula: str, old: str, new: str) -> str:
    """The formula after a table got another name."""

    def change(text: str) -> str:
        table, bracket, rest = text.partition("[")
        return f"{new}{bracket}{rest}" if table.lower() == old.lower() else text

    return rewrite(formula, change)


def translated(formula: str, rows: int, columns: int) -> str:
    """The formula as a copy of it, so many cells further, has it."""

    def corner(one: Corner) -> Corner | None:
        row = one.row + rows if one.row and not one.row_fixed else one.row
        column = one.column + columns if one.column and not one.column_fixed else one.column
        fits = (not one.row or 1 <= row <= ROWS) and (not one.column or 1 <= column <= COLUMNS)
        return replace(one, row=row, column=column) if fits else None

    def change(text: str) -> str:
        reference = read(text)
        if reference is None:
            return text
        first, last = corner(reference.first), reference.last and corner(reference.last)
        if first is None or (reference.last and last is None):
            return reference.prefix + BROKEN
        return Reference(reference.prefix, first, last).text()

    return rewrite(formula, change)


def to_r1c1(formula: str, row: int, column: int) -> str:
    """A formula of the cell in this row and column, in R1C1 notation."""

    def axis(letter: str, value: int, own: int, *, fixed: bool) -> str:
        if fixed:
            return f"{letter}{value}"
        return letter if value == own else f"{letter}[{value - own}]"

    def corner(one: Corner) -> str:
        rows = axis("R", one.row, row, fixed=one.row_fixed) if one.row else ""
        return rows + (axis("C", one.column, column, fixed=one.column_fixed) if one.column else "")

    def change(text: str) -> str:
        reference = read(text)
        if reference is None:
            return text
        first, last = corner(reference.first), corner(reference.last) if reference.last else ""
        return reference.prefix + (first if last in ("", first) else f"{first}:{last}")

    return rewrite(formula, change)


def from_r1c1(formula: str, row: int, column: int) -> str:
    """The other way. Raises InvalidArgument for a reference that leads out of the sheet."""

    def axis(text: str | None, own: int, most: int) -> tuple[int, bool]:
        fixed = text is not None and not text.startswith("[")
        value = int(text) if text is not None and fixed else own + int((text or "[0]")[1:-1])
        if not 1 <= value <= most:
            raise InvalidArgument("A reference of the formula leads out of the sheet.")
        return value, fixed

    def corner(text: str) -> Corner | None:
        found = _R1C1_CORNER.fullmatch(text)
        if not text or found is None:
            return None
        has_row, has_column = text[0] in "Rr", "c" in text.lower()
        at_row, row_fixed = axis(found[1], row, ROWS) if has_row else (0, False)
        at_column, column_fixed = axis(found[2], column, COLUMNS) if has_column else (0, False)
        return Corner(at_row, at_column, row_fixed, column_fixed)

    def change(text: str) -> str:
        before, mark, cells = text.rpartition("!")
        first, colon, second = cells.partition(":")
        one, other = corner(first), corner(second) if colon else None
        if one is None or (colon and other is None):
            return text
        if not (one.row and one.column) and other is None:
            other = one
        return Reference(before + mark, one, other).text()

    # The brackets of R[1]C[-1] are not those of tables: the tokenizer takes both as part of an operand.
    return rewrite(formula, change)
