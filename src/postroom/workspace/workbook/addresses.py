"""Addresses of cells: `A1`, `Sheet1!A1:B2`, `A:C`, `2:3`, `R1C1`. Rows and columns count from 1 in here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from postroom.workspace.workbook.errors import InvalidReference

ROWS: Final = 1_048_576
COLUMNS: Final = 16_384
_LONGEST: Final = 255
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})")
_ROW = re.compile(r"\$?([1-9][0-9]{0,6})")
_R1C1 = re.compile(r"[Rr]([1-9][0-9]{0,6})[Cc]([1-9][0-9]{0,4})")
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        return self.right - self.left + 1

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    @property
    def whole_columns(self) -> bool:
        return self.top == 1 and self.bottom == ROWS

    @property
    def whole_rows(self) -> bool:
        return self.left == 1 and self.right == COLUMNS

    @property
    def unbounded(self) -> bool:
        return self.whole_columns or self.whole_rows

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def covers(self, other: Area) -> bool:
        return self.holds(other.top, other.left) and self.holds(other.bottom, other.right)

    def meet(self, other: Area) -> Area | None:
        """The cells of both."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Area(top, left, bottom, right) if top <= bottom and left <= right else None

    def around(self, other: Area) -> Area:
        """The smallest area with both."""
        return Area(
            min(self.top, other.top), min(self.left, other.left),
            max(self.bottom, other.bottom), max(self.right, other.right),
        )  # fmt: skip

    def moved(self, rows: int, columns: int) -> Area:
        """Raises InvalidReference."""
        return area(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def text(self) -> str:
        """In A1 notation."""
        if self.whole_columns:
            return f"{letters(self.left)}:{letters(self.right)}"
        if self.whole_rows:
            return f"{self.top}:{self.bottom}"
        first = f"{letters(self.left)}{self.top}"
        return first if self.cells == 1 else f"{first}:{letters(self.right)}{self.bottom}"


SHEET: Final = Area(1, 1, ROWS, COLUMNS)


def area(top: int, left: int, bottom: int, right: int) -> Area:
    """Raises InvalidReference for what is not within a sheet."""
    if not (1 <= top <= bottom <= ROWS and 1 <= left <= right <= COLUMNS):
        raise InvalidReference("The range is not within a sheet of 1,048,576 rows and 16,384 columns.")
    return Area(top, left, bottom, right)


@lru_cache(maxsize=COLUMNS)
def letters(column: int) -> str:
    """`28` is `AB`."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


@lru_cache(maxsize=COLUMNS)
def number(name: str) -> int:
    """`AB` is 28; more than 16,384 for what no sheet has."""
    found = 0
    for letter in name.upper():
        found = found * 26 + ord(letter) - 64
    return found


def quoted(sheet: str) -> str:
    """A sheet's name as an address has it: in quotes where it could be read as something else."""
    plain = _PLAIN_SHEET.fullmatch(sheet) and not _CELL.fullmatch(sheet) and not _looks_r1c1(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def _looks_r1c1(name: str) -> bool:
    return re.fullmatch(r"[Rr]?\d*[Cc]?\d*", name) is not None


def split_sheet(text: str) -> tuple[str | None, str]:
    """The sheet of an address without its quotes, None where it names none, and the rest."""
    before, mark, rest = text.rpartition("!")
    if not mark:
        return None, text
    if before.startswith("'") and before.endswith("'") and len(before) > 1:
        before = before[1:-1].replace("''", "'")
    return before, rest


def parse(text: str) -> Area:
    """An address without a sheet. Raises InvalidReference."""
    found = read(text.strip())
    if found is None:
        raise InvalidReference(f"The address {text[:_LONGEST]!r} is none, like A1:B2, A:A, 2:2 or R1C1.")
    return found


def read(text: str) -> Area | None:
    """The same; None for what is no address of cells within a sheet."""
    if len(text) > _LONGEST:
        return None
    first, _, second = text.partition(":")
    one = _end(first)
    other = _end(second) if second else one
    if one is None or other is None or (second != "") != (":" in text):
        return None
    if not second and one.cells != 1:
        return None  # a letter or a number alone
    if (one.whole_columns, one.whole_rows) != (other.whole_columns, other.whole_rows):
        return None
    return one.around(other)


def _end(text: str) -> Area | None:
    """One side of the colon."""
    if cell := _CELL.fullmatch(text):
        row, column = int(cell[2]), number(cell[1])
        return _within(row, column, row, column)
    if absolute := _R1C1.fullmatch(text):
        row, column = int(absolute[1]), int(absolute[2])
        return _within(row, column, row, column)
    if named := _COLUMN.fullmatch(text):
        column = number(named[1])
        return _within(1, column, ROWS, column)
    if numbered := _ROW.fullmatch(text):
        row = int(numbered[1])
        return _within(row, 1, row, COLUMNS)
    return None


def _within(top: int, left: int, bottom: int, right: int) -> Area | None:
    return Area(top, left, bottom, right) if bottom <= ROWS and right <= COLUMNS else None
