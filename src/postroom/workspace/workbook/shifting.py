"""Cells inserted and deleted: others move, and with them whatever names them. What would be torn apart is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.formula import ArrayFormula

from postroom.workspace.workbook import addresses, ranges, references, structured
from postroom.workspace.workbook.addresses import COLUMNS, ROWS, Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.entering import check_protected
from postroom.workspace.workbook.errors import InsertDeleteConflict, InvalidArgument


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of areas. `place` is inserted or removed; what lies behind it moves by its size."""

    place: Area
    vertical: bool
    removes: bool

    @property
    def size(self) -> int:
        return self.place.rows if self.vertical else self.place.columns

    @property
    def zone(self) -> Area:
        """All cells that are removed or move."""
        place = self.place
        if self.vertical:
            return Area(place.top, place.left, ROWS, place.right)
        return Area(place.top, place.left, place.bottom, COLUMNS)

    def touches(self, area: Area) -> bool:
        return area.meet(self.zone) is not None

    def tears(self, area: Area) -> bool:
        """Whether a part of it would move and another part, beside it, stay."""
        if not self.touches(area):
            return False
        zone = self.zone
        if self.vertical:
            return not zone.left <= area.left <= area.right <= zone.right
        return not zone.top <= area.top <= area.bottom <= zone.bottom

    def target(self, area: Area) -> Area | None:
        """Where an area is afterwards, None where it is gone. One that would be torn stays as it is."""
        if self.tears(area) or not self.touches(area):
            return area
        if self.vertical:
            if area.whole_columns:
                return area
            span = self._span(area.top, area.bottom, self.place.top, ROWS)
            return span and Area(span[0], area.left, span[1], area.right)
        if area.whole_rows:
            return area
        span = self._span(area.left, area.right, self.place.left, COLUMNS)
        return span and Area(area.top, span[0], area.bottom, span[1])

    def _span(self, first: int, last: int, start: int, most: int) -> tuple[int, int] | None:
        if not self.removes:
            first = first + self.size if first >= start else first
            last = last + self.size if last >= start else last
            return (first, min(last, most)) if first <= most else None
        end = start + self.size - 1
        if start <= first and last <= end:
            return None
        first = first - self.size if first > end else min(first, start)
        last = last - self.size if last > end else min(last, start - 1)
        return first, last


def insert(book: Book, sheet: Sheet, place: Area, shift: str, *, inside: Any = None) -> None:
    """`Down` or `Right`. `inside` is a table whose columns are being changed. Raises InsertDeleteConflict."""
    low = shift.lower()
    if low not in ("down", "right"):
        raise InvalidArgument("shift is Down or Right.")
    move = Move(place, _is_vertical(place, low == "down"), removes=False)
    _check_room(sheet, move)
    _apply(book, sheet, move, inside)


def delete(book: Book, sheet: Sheet, place: Area, shift: str, *, inside: Any = None) -> None:
    """`Up` or `Left`. Raises InsertDeleteConflict."""
    low = shift.lower()
    if low not in ("up", "left"):
        raise InvalidArgument("shift is Up or Left.")
    _apply(book, sheet, Move(place, _is_vertical(place, low == "up"), removes=True), inside)


def _is_vertical(place: Area, asked: bool) -> bool:
    """Whole rows move down and whole columns to the right, whatever was asked for."""
    if place.whole_rows and place.whole_columns:
        raise InvalidArgument("All cells of a sheet cannot move.")
    return True if place.whole_rows else (False if place.whole_columns else asked)


def _check_room(sheet: Sheet, move: Move) -> None:
    zone = move.zone
    last = (
        Area(ROWS - move.size + 1, zone.left, ROWS, zone.right)
        if move.vertical
        else Area(zone.top, COLUMNS - move.size + 1, zone.bottom, COLUMNS)
    )
    if any(last.holds(*key) and cell.value is not None for key, cell in sheet._cells.items()):
        raise InsertDeleteConflict("Cells with values would be moved off the sheet.")


def _apply(book: Book, sheet: Sheet, move: Move, inside: Any) -> None:
    check_protected(sheet, _held(sheet, move))
    _check(sheet, move, inside)
    book.touch_all()
    _cells(sheet, move)
    _merged(sheet, move)
    _lines(sheet, move)
    _tables(sheet, move, inside)
    _ranges(sheet, move)
    adjust(book, lambda text, own: references.moved(text, sheet.title, own, move.target))
    book.changed()


def _held(sheet: Sheet, move: Move) -> Area:
    """The part of the zone that has cells."""
    zone = move.zone
    rows = [row for row, column in sheet._cells if zone.holds(row, column)]
    columns = [column for row, column in sheet._cells if zone.holds(row, column)]
    return Area(zone.top, zone.left, max(rows, default=zone.top), max(columns, default=zone.left))


def _check(sheet: Sheet, move: Move, inside: Any) -> None:
    for one in _whole_things(sheet):
        if move.tears(one):
            raise InsertDeleteConflict(f"The cells {one.text()} belong together, and only some of them would move.")
    for table in sheet.tables.values():
        if table is not inside:
            _check_table(table, move)


def _whole_things(sheet: Sheet) -> Iterable[Area]:
    for merged in sheet.merged_cells.ranges:
        yield addresses.parse(merged.coord)
    for cell in sheet._cells.values():
        if isinstance(cell._value if not isinstance(cell, MergedCell) else None, ArrayFormula):
            yield addresses.parse(cell._value.ref)
    for one in sheet.conditional_formatting:
        yield from map(_area, one.sqref.ranges)
    for rule in sheet.data_validations.dataValidation:
        yield from map(_area, rule.sqref.ranges)
    if sheet.auto_filter.ref:
        yield addresses.parse(sheet.auto_filter.ref)


def _area(one: CellRange) -> Area:
    return Area(one.min_row or 1, one.min_col or 1, one.max_row or 1, one.max_col or 1)


def _check_table(table: Any, move: Move) -> None:
    whole, header, data, _ = structured.parts(table)
    name = table.displayName
    if not move.touches(whole):
        return
    if move.tears(whole):
        raise InsertDeleteConflict(f"Only some cells of the table {name} would move.")
    target, place = move.target(whole), move.place
    if target is None or (target.rows, target.columns) == (whole.rows, whole.columns):
        return
    if not move.vertical:
        raise InsertDeleteConflict(f"Columns of the table {name} are added and removed as its columns.")
    if move.removes and header is not None and place.meet(header):
        raise InsertDeleteConflict(f"The header of the table {name} cannot be deleted.")
    if move.removes and data is not None and place.top <= data.top and data.bottom <= place.bottom:
        raise InsertDeleteConflict(f"The table {name} needs a row.")


def _cells(sheet: Sheet, move: Move) -> None:
    zone = move.zone
    rows, columns = (move.size, 0) if move.vertical else (0, move.size)
    sign = -1 if move.removes else 1
    taken = [(key, sheet._cells.pop(key)) for key in [key for key in sheet._cells if zone.holds(*key)]]
    for (row, column), cell in taken:
        if move.removes and move.place.holds(row, column):
            continue
        cell.row, cell.column = row + sign * rows, column + sign * columns
        sheet._cells[cell.row, cell.column] = cell
        if cell.hyperlink is not None:
            cell.hyperlink.ref = cell.coordinate
    for cell in sheet._cells.values():
        value = None if isinstance(cell, MergedCell) else cell._value
        if isinstance(value, ArrayFormula):
            target = move.target(addresses.parse(value.ref))
            value.ref = target.text() if target else value.ref


def _merged(sheet: Sheet, move: Move) -> None:
    for merged in list(sheet.merged_cells.ranges):
        area = addresses.parse(merged.coord)
        target = move.target(area)
        if target == area:
            continue
        sheet.merged_cells.remove(merged)
        for key in [key for key, cell in sheet._cells.items() if isinstance(cell, MergedCell) and area.holds(*key)]:
            del sheet._cells[key]
        if target is not None:
            for key in [
                key for key, cell in sheet._cells.items() if isinstance(cell, MergedCell) and target.holds(*key)
            ]:
                del sheet._cells[key]
            if target.cells > 1:
                sheet.merge_cells(target.text())


def _lines(sheet: Sheet, move: Move) -> None:
    """Heights of rows and widths of columns go with whole rows and columns."""
    if move.vertical and move.place.whole_rows:
        _shift(sheet.row_dimensions, move, lambda one, at: setattr(one, "index", at))
    elif not move.vertical and move.place.whole_columns:
        if sheet.column_dimensions:
            ranges.single_columns(sheet, addresses.SHEET)
        numbered = {addresses.number(key): one for key, one in sheet.column_dimensions.items()}
        sheet.column_dimensions.clear()
        for at, one in sorted(numbered.items()):
            span = move._span(at, at, move.place.left, COLUMNS)
            if span is not None:
                one.index, one.min, one.max = addresses.letters(span[0]), span[0], span[0]
                sheet.column_dimensions[one.index] = one


def _shift(dimensions: Any, move: Move, rename: Callable[[Any, int], None]) -> None:
    kept = dict(dimensions)
    dimensions.clear()
    for at, one in sorted(kept.items()):
        span = move._span(at, at, move.place.top, ROWS)
        if span is not None:
            rename(one, span[0])
            dimensions[span[0]] = one


def _tables(sheet: Sheet, move: Move, inside: Any) -> None:
    for name, table in [(name, sheet.tables[name]) for name in list(sheet.tables)]:
        if table is inside:
            continue
        target = move.target(addresses.parse(table.ref))
        if target is None:
            del sheet.tables[name]
            continue
        set_area(table, target)


def set_area(table: Any, target: Area) -> None:
    """Another place for a table; its filter covers its header and data."""
    table.ref = target.text()
    if table.autoFilter is not None:
        bottom = target.bottom - (1 if table.totalsRowCount else 0)
        table.autoFilter.ref = Area(target.top, target.left, bottom, target.right).text()
    table.sortState = None


def _ranges(sheet: Sheet, move: Move) -> None:
    """Conditional formats, validations, the filter of the sheet, what is printed."""
    for rule in list(sheet.data_validations.dataValidation):
        rule.sqref = _moved_ranges(rule.sqref, move)
        if not rule.sqref.ranges:
            sheet.data_validations.dataValidation.remove(rule)
    formats = [(one, list(one.rules)) for one in sheet.conditional_formatting]
    if any(move.touches(_area(area)) for one, _ in formats for area in one.sqref.ranges):
        fresh = type(sheet.conditional_formatting)()
        for one, rules in formats:
            moved = _moved_ranges(one.sqref, move)
            for rule in rules if moved.ranges else ():
                fresh.add(str(moved), rule)
        sheet.conditional_formatting = fresh
    if sheet.auto_filter.ref:
        target = move.target(addresses.parse(sheet.auto_filter.ref))
        sheet.auto_filter.ref = target.text() if target else None
    if sheet.print_area:
        areas = [
            addresses.read(addresses.split_sheet(part)[1].replace("$", "")) for part in str(sheet.print_area).split(",")
        ]
        targets = [move.target(one) for one in areas if one is not None]
        sheet.print_area = ",".join(one.text() for one in targets if one is not None) or None


def _moved_ranges(given: Any, move: Move) -> MultiCellRange:
    targets = [move.target(_area(one)) for one in given.ranges]
    return MultiCellRange([CellRange(one.text()) for one in targets if one is not None])


def adjust(book: Book, change: Callable[[str, str], str]) -> None:
    """Give every formula of the workbook to `change`, with the sheet it stands in."""
    for sheet in book.workbook.worksheets:
        _adjust_sheet(sheet, change)
    for name in book.workbook.defined_names.values():
        name.attr_text = change(f"={name.attr_text}", "")[1:]


def _adjust_sheet(sheet: Any, change: Callable[[str, str], str]) -> None:
    own = sheet.title
    for cell in sheet._cells.values():
        if cell.data_type != "f" or isinstance(cell, MergedCell):
            continue
        if isinstance(cell._value, ArrayFormula):
            cell._value.text = change(str(cell._value.text), own)
        elif isinstance(cell._value, str):
            cell._value = change(cell._value, own)
    for name in sheet.defined_names.values():
        name.attr_text = change(f"={name.attr_text}", own)[1:]
    for rule in sheet.data_validations.dataValidation:
        for part in ("formula1", "formula2"):
            text = getattr(rule, part)
            if text:
                setattr(rule, part, change(f"={text}", own)[1:])
    for one in sheet.conditional_formatting:
        for rule in one.rules:
            rule.formula = [change(f"={text}", own)[1:] for text in rule.formula or ()]
    for table in sheet.tables.values():
        for column in table.tableColumns:
            formula = column.calculatedColumnFormula
            if formula is not None and formula.attr_text:
                formula.attr_text = change(f"={formula.attr_text}", own)[1:]
