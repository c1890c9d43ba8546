"""One open workbook: its sheets and cells, the values of its formulas, and what has changed since it was opened."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from postroom.workspace.workbook import addresses, package, saving
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.calc import functions as _functions  # noqa: F401  registers them
from postroom.workspace.workbook.calc.convert import NotComputed, Range
from postroom.workspace.workbook.calc.machine import Formula, Key, Machine
from postroom.workspace.workbook.errors import InvalidOperation, ItemNotFound, TooMuch, UnsupportedWorkbook
from postroom.workspace.workbook.package import Limits
from postroom.workspace.workbook.structured import table_range
from postroom.workspace.workbook.values import BUSY, Error, Scalar, to_serial

Sheet = Any
"""A worksheet of openpyxl, of which more is used than its types tell."""
EPOCH_1904: Final = 1904


@dataclass(frozen=True, slots=True)
class Bounds:
    """`range_cells` at most are read or written at once."""

    range_cells: int = 200_000
    cells: int = 1_000_000
    calculate_s: float = 5.0


class Book:
    """openpyxl's workbook and what it does not know. Not safe to use from threads."""

    def __init__(
        self, workbook: Workbook, kept: dict[Key, Scalar], lost: list[str], bounds: Bounds | None = None
    ) -> None:
        self.workbook, self.lost, self.bounds = workbook, lost, bounds or Bounds()
        self.is_1904 = workbook.epoch.year == EPOCH_1904
        self.machine = Machine(self, kept, self.bounds.calculate_s)
        self.sheet_ids = {one.title: index + 1 for index, one in enumerate(workbook.worksheets)}
        """Numbers of worksheets, which stay when their order changes."""
        self._sheets: dict[str, Sheet] = {one.title: one for one in workbook.worksheets}
        self._formulas: dict[str, dict[int, list[int]]] = {}
        self._changed: dict[str, set[tuple[int, int]]] = {}
        self._all_changed = False
        self.is_changed_at_all = False

    @staticmethod
    def open(path: Path, limits: Limits | None = None, bounds: Bounds | None = None) -> Book:
        """Raises UnsupportedWorkbook, TooMuch."""
        look = package.look(path, limits or Limits())
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                # Opened here: the name of the file of a drive does not end with .xlsx.
                with path.open("rb") as file:
                    reader = saving.Reader(file)
                    reader.read()
                # By name: openpyxl gives the second of two sheets of one name another.
                numbers = {sheet.title: reader.numbers[sheet.title] for sheet in reader.wb.worksheets}
            except MemoryError as error:
                raise TooMuch("The workbook needs too much memory.") from error
            except Exception as error:  # whatever a file can do to a parser
                raise UnsupportedWorkbook("The workbook cannot be read: its parts do not fit together.") from error
        lost = look.lost + [str(one.message)[:200] for one in told]
        kept = {
            (sheet, row, column): value
            for sheet, part in reader.parts.items()
            for (row, column), value in look.results.get(part, {}).items()
        }
        book = Book(reader.wb, kept, lost, bounds)
        book.sheet_ids = numbers
        return book

    def save(self, path: Path) -> None:
        """Write it; values of formulas that could not be computed are left out, and Excel computes them."""
        self.check_kept()
        self.machine.begin()
        saving.save(self.workbook, path, self._for_file, self.sheet_ids)
        self._settle()

    def _for_file(self, key: Key) -> Scalar:
        value = self.machine.result(key)
        return None if value == BUSY else value

    def _settle(self) -> None:
        """What was computed for the file is what formulas have from now on."""
        kept = self.machine.kept
        kept.clear()
        for sheet in self.workbook.worksheets:
            for key in self.formulas_in(sheet.title, addresses.SHEET):
                value = self.machine.result(key)
                if value != BUSY:
                    kept[key] = value
        self.machine.forget()
        self._changed.clear()
        self._all_changed = self.is_changed_at_all = False

    def check_kept(self) -> None:
        """Raises UnsupportedWorkbook when a change would lose something."""
        if self.lost:
            named = ", ".join(sorted(self.lost, key=_plainness)[:3])
            raise UnsupportedWorkbook(
                f"The workbook can be read but not changed here: a change would lose {named}"
                f"{' and more' if len(self.lost) > 3 else ''}."
            )

    # Sheets.

    def worksheet(self, name: str) -> Sheet:
        """By name without its case. Raises ItemNotFound."""
        found = self.find_sheet(name)
        if found is None:
            raise ItemNotFound(f"There is no worksheet {name!r}.")
        return found

    def find_sheet(self, name: str) -> Sheet | None:
        low = name.lower()
        return next((one for one in self.workbook.worksheets if one.title.lower() == low), None)

    # Changes.

    def touch(self, sheet: str, row: int, column: int) -> None:
        """This cell changed."""
        self._changed.setdefault(sheet, set()).add((row, column))
        self.is_changed_at_all = True

    def touch_all(self) -> None:
        """So much changed that every formula is computed anew."""
        self._all_changed = self.is_changed_at_all = True
        self.machine.kept.clear()

    def touch_formulas(self, pattern: str) -> None:
        """Formulas with this in them changed their meaning: a regular expression, without regard to case."""
        sought = re.compile(pattern, re.IGNORECASE)
        for sheet in self.workbook.worksheets:
            for key in list(self.formulas_in(sheet.title, addresses.SHEET)):
                formula = self.formula(key)
                if formula is not None and sought.search(formula.text):
                    self.touch(*key)

    def renamed(self, old: str, new: str) -> None:
        """A sheet has another name: its formulas keep their values."""
        kept = self.machine.kept
        for key in [key for key in kept if key[0] == old]:
            kept[new, key[1], key[2]] = kept.pop(key)
        if old in self._changed:
            self._changed[new] = self._changed.pop(old)

    def changed(self) -> None:
        """After changes: formulas are looked for and computed again when they are asked for."""
        self.is_changed_at_all = True
        self._sheets = {one.title: one for one in self.workbook.worksheets}
        self._formulas.clear()
        self.machine.forget()

    # Cells.

    def write(self, sheet: Sheet, row: int, column: int, value: Scalar, *, is_formula: bool = False) -> None:
        """Put a value into a cell. Raises InvalidOperation for one that a merged area hides."""
        cell: Any = sheet._cells.get((row, column))
        if isinstance(cell, MergedCell):
            if value in (None, ""):
                return
            raise InvalidOperation(f"The cell {addresses.letters(column)}{row} is hidden in a merged area.")
        if cell is None:
            if value in (None, ""):
                return
            self._check_count(sheet)
            cell = sheet._cells[row, column] = Cell(sheet, row=row, column=column)
        cell._value, cell.data_type = stored(value, is_formula=is_formula)
        self.touch(sheet.title, row, column)

    def _check_count(self, sheet: Sheet) -> None:
        if len(sheet._cells) >= self.bounds.cells:
            raise TooMuch(f"A sheet has {self.bounds.cells:,} cells at most.")

    def content(self, sheet: Sheet, row: int, column: int) -> str | Scalar:
        """The formula of a cell, or its value."""
        formula = self.formula((sheet.title, row, column))
        return formula.text if formula else self.constant((sheet.title, row, column))

    def value(self, sheet: str, row: int, column: int) -> Scalar:
        """What a cell has, computed where it is a formula."""
        key = (sheet, row, column)
        if self.formula(key) is None:
            return self.constant(key)
        return self.machine.result(key)

    def format_of(self, sheet: Sheet, row: int, column: int) -> str:
        cell: Any = sheet._cells.get((row, column))
        return str(cell.number_format) if cell is not None and cell.has_style else "General"

    # As formulas see it.

    def _cell(self, key: Key) -> Any:
        sheet = self._sheets.get(key[0])
        return sheet._cells.get((key[1], key[2])) if sheet is not None else None

    def formula(self, key: Key) -> Formula | None:
        cell = self._cell(key)
        return None if cell is None else self.formula_of(cell)

    def formula_of(self, cell: Any) -> Formula | None:
        """The formula of a cell of openpyxl's."""
        if cell.data_type != "f" or isinstance(cell, MergedCell):
            return None
        value = cell._value
        if isinstance(value, ArrayFormula):
            return Formula(str(value.text), arrays=True)
        return None if isinstance(value, DataTableFormula) else Formula(str(value))

    def constant(self, key: Key) -> Scalar:
        cell = self._cell(key)
        return None if cell is None else _constant(cell, is_1904=self.is_1904)

    def constant_of(self, cell: Any) -> Scalar:
        return _constant(cell, is_1904=self.is_1904)

    def constants(self, sheet: str, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        """The cells of an area that hold values, no formulas."""
        cells: dict[tuple[int, int], Any] = self._sheets[sheet]._cells
        if area.cells <= len(cells):
            places = ((row, column) for row in range(area.top, area.bottom + 1)
                      for column in range(area.left, area.right + 1))  # fmt: skip
            found = ((place, cells[place]) for place in places if place in cells)
        else:
            found = ((place, cell) for place, cell in sorted(cells.items()) if area.holds(*place))
        for (row, column), cell in found:
            if cell.data_type != "f":
                value = _constant(cell, is_1904=self.is_1904)
                if value is not None:
                    yield row, column, value

    def formulas_in(self, sheet: str, area: Area) -> Iterator[Key]:
        """The cells of an area that hold formulas, row after row of each column."""
        index = self._index(sheet)
        if area.columns <= len(index):
            columns: Iterator[int] = (one for one in range(area.left, area.right + 1) if one in index)
        else:
            columns = (one for one in sorted(index) if area.left <= one <= area.right)
        for column in columns:
            rows = index[column]
            for at in range(bisect_left(rows, area.top), bisect_right(rows, area.bottom)):
                yield sheet, rows[at], column

    def _index(self, sheet: str) -> dict[int, list[int]]:
        found = self._formulas.get(sheet)
        if found is None:
            found = self._formulas[sheet] = {}
            cells: dict[tuple[int, int], Any] = self._sheets[sheet]._cells
            for row, column in sorted(place for place, cell in cells.items() if cell.data_type == "f"):
                found.setdefault(column, []).append(row)
        return found

    def used(self, sheet: str) -> Area:
        return used_area(self._sheets[sheet], values_only=False)

    def sheet(self, name: str) -> str | None:
        found = self.find_sheet(name)
        return found.title if found else None

    def name(self, text: str, key: Key) -> str | Range | None:
        """What a name or a reference into a table means. Raises NotComputed."""
        sheet, rest = addresses.split_sheet(text)
        table = table_range(self, rest, key)
        if table is not None:
            return table
        if "[" in text:
            raise NotComputed("A reference into another file.")
        found = self.defined(rest, sheet or key[0])
        return None if found is None else f"={found}"

    def defined(self, name: str, sheet: str) -> str | None:
        """The text of a defined name, of this sheet or of the workbook."""
        low = name.lower()
        own = self.find_sheet(sheet)
        for names in (own.defined_names if own is not None else {}, self.workbook.defined_names):
            for key, one in names.items():
                if key.lower() == low:
                    return str(one.attr_text)
        return None

    def changed_in(self, sheet: str, area: Area) -> bool:
        places = self._changed.get(sheet, ())
        return self._all_changed or any(area.holds(row, column) for row, column in places)

    def is_changed(self, key: Key) -> bool:
        return self._all_changed or (key[1], key[2]) in self._changed.get(key[0], ())

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has changed that a formula could depend on."""
        return not self._all_changed and not self._changed

    def is_hidden(self, sheet: str, row: int) -> bool:
        dimensions = self._sheets[sheet].row_dimensions
        return row in dimensions and bool(dimensions[row].hidden)

    @property
    def today(self) -> float:
        """Now in UTC, as a number."""
        return to_serial(datetime.now(UTC).replace(tzinfo=None), is_1904=self.is_1904)


def _plainness(name: str) -> tuple[bool, bool, bool]:
    """What tells people most comes first: parts, and of them not those that only lead to others."""
    return " in " in name, name.endswith(".rels"), "drawing" in name.lower()


def stored(value: Scalar, *, is_formula: bool) -> tuple[Any, str]:
    """Value and type as openpyxl keeps them."""
    match value:
        case None | "":
            return None, "n"
        case bool():
            return value, "b"
        case int() | float():
            return value, "n"
        case Error(code=code):
            return code, "e"
        case _:
            return value, "f" if is_formula else "s"


def _constant(cell: Any, *, is_1904: bool) -> Scalar:
    value, held = cell._value, cell.data_type
    if value is None or held == "f":
        return None
    if held == "n" and type(value) is not datetime:
        return value  # type: ignore[no-any-return]  # a number
    if held == "e":
        return Error(str(value))
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return to_serial(value, is_1904=is_1904)
    return str(value)


def used_area(sheet: Sheet, *, values_only: bool) -> Area:
    """The smallest area with all cells that have something; A1 where there is none."""
    cells: dict[tuple[int, int], Any] = sheet._cells
    places = [
        place
        for place, cell in cells.items()
        if not isinstance(cell, MergedCell) and (cell._value is not None or (not values_only and cell.has_style))
    ]
    if not places:
        return Area(1, 1, 1, 1)
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return Area(min(rows), min(columns), max(rows), max(columns))
