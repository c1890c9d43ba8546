"""Filters of a table's columns: kept with the table, and the rows hidden that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from openpyxl.styles import Color, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.filters import (
    AutoFilter,
    ColorFilter,
    CustomFilter,
    CustomFilters,
    DynamicFilter,
    FilterColumn,
    Filters,
    Top10,
)

from postroom.workspace.workbook import formats, formatting, ranges, structured
from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.calc.functions.conditions import criterion
from postroom.workspace.workbook.errors import InvalidArgument, InvalidOperation, UnsupportedOperation
from postroom.workspace.workbook.tables import Document, Held
from postroom.workspace.workbook.values import Scalar, from_serial

Fits = Callable[[int], bool]
"""Whether a row of the sheet fits."""
_OPERATORS: Final[dict[str, Any]] = {
    "<=": "lessThanOrEqual", ">=": "greaterThanOrEqual", "<>": "notEqual", "<": "lessThan", ">": "greaterThan",
    "=": "equal",
}  # fmt: skip
_SIGNS: Final = {name: sign for sign, name in _OPERATORS.items()}
_TOPS: Final = {
    "topitems": (True, False), "toppercent": (True, True), "bottomitems": (False, False),
    "bottompercent": (False, True),
}  # fmt: skip
"""From the top; in percent."""
_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DYNAMIC: Final = ("aboveAverage", "belowAverage", "today", "yesterday", "tomorrow", "thisMonth", "lastMonth",
                   "nextMonth", "thisYear", "lastYear", "nextYear")  # fmt: skip


def apply(book: Book, held: Held, at: int, criteria: object) -> None:
    """Raises InvalidArgument, InvalidOperation, UnsupportedOperation."""
    if not isinstance(criteria, dict):
        raise InvalidArgument("criteria is an object with filterOn.")
    given = {str(name)[:1].lower() + str(name)[1:]: value for name, value in criteria.items()}
    _, table = held
    if table.headerRowCount == 0:
        raise InvalidOperation("A table without a header has no filters.")
    made = _column(book, at, given)
    filters = table.autoFilter = table.autoFilter or AutoFilter(ref=table.ref)
    filters.filterColumn = [one for one in filters.filterColumn if one.colId != at] + [made]
    reapply(book, held)


def _column(book: Book, at: int, given: Mapping[str, Any]) -> FilterColumn:
    made = FilterColumn(colId=at)
    on = str(given.get("filterOn", "")).lower()
    if on == "values":
        made.filters = _values(given.get("values"))
    elif on == "custom":
        made.customFilters = _custom(given)
    elif on in _TOPS:
        top, percent = _TOPS[on]
        made.top10 = Top10(top=top, percent=percent, val=_count(given.get("criterion1"), percent=percent))
    elif on == "dynamic":
        made.dynamicFilter = DynamicFilter(type=_dynamic(given.get("dynamicCriteria")))
    elif on in ("cellcolor", "fontcolor"):
        made.colorFilter = _color(book, given.get("color"), of_cells=on == "cellcolor")
    elif on == "icon":
        raise UnsupportedOperation("Filters by icons are not offered.")
    else:
        raise InvalidArgument("filterOn is Values, Custom, TopItems, TopPercent, BottomItems, BottomPercent, Dynamic, "
                              "CellColor or FontColor.")  # fmt: skip
    return made


def _values(given: object) -> Filters:
    if not isinstance(given, list) or not all(isinstance(one, str | int | float) for one in given):
        raise InvalidArgument("values is a list of texts.")
    texts = [str(one) for one in given]
    return Filters(filter=[one for one in texts if one], blank="" in texts or None)


def _custom(given: Mapping[str, Any]) -> CustomFilters:
    asked = [one for one in (given.get("criterion1"), given.get("criterion2")) if one is not None]
    if not asked or not all(isinstance(one, str | int | float) for one in asked):
        raise InvalidArgument("criterion1 is a text like >5 or =a*.")
    is_and = str(given.get("operator") or "And").lower() != "or"
    return CustomFilters(_and=is_and and len(asked) > 1, customFilter=[_test(str(one)) for one in asked])


def _test(text: str) -> CustomFilter:
    sign = next((one for one in _OPERATORS if text.startswith(one)), "")
    return CustomFilter(operator=_OPERATORS[sign or "="], val=text[len(sign) :])


def _count(given: object, *, percent: bool) -> float:
    try:
        number = float(str(given))
    except ValueError:
        number = 0
    if not 1 <= number <= (100 if percent else 500):
        raise InvalidArgument("criterion1 is a number of items up to 500, or of percent up to 100.")
    return number


def _dynamic(given: object) -> Any:
    found = next((one for one in _DYNAMIC if one.lower() == str(given).lower()), None)
    if found is None:
        raise UnsupportedOperation(f"Dynamic filters are {', '.join(_DYNAMIC)}.")
    return found


def _color(book: Book, given: object, *, of_cells: bool) -> ColorFilter:
    shade = Color(rgb=formatting.color(given))
    style = DifferentialStyle(fill=PatternFill("solid", fgColor=shade, bgColor=shade))
    number = book.workbook._differential_styles.add(style)  # type: ignore[attr-defined]
    return ColorFilter(dxfId=number, cellColor=of_cells)


def clear(book: Book, held: Held, at: int | None = None) -> None:
    """Of one column or of all."""
    _, table = held
    if table.autoFilter is not None:
        table.autoFilter.filterColumn = [one for one in table.autoFilter.filterColumn if at not in (None, one.colId)]
    reapply(book, held)


def reapply(book: Book, held: Held) -> None:
    """Hide the rows that do not fit, show the others."""
    sheet, table = held
    data = structured.parts(table)[2]
    if data is None:
        return
    columns = table.autoFilter.filterColumn if table.autoFilter is not None else []
    tests = [_fits(book, sheet, one, Area(data.top, data.left + one.colId, data.bottom, data.left + one.colId))
             for one in columns]  # fmt: skip
    for row in range(data.top, data.bottom + 1):
        hidden = not all(test(row) for test in tests)
        if hidden or row in sheet.row_dimensions:
            sheet.row_dimensions[row].hidden = hidden
    book.touch_formulas(ranges.HIDING)
    book.changed()


def _fits(book: Book, sheet: Sheet, one: FilterColumn, place: Area) -> Fits:
    def value(row: int) -> Scalar:
        return book.value(sheet.title, row, place.left)

    if one.filters is not None:
        return _in_values(book, sheet, one.filters, place.left)
    if one.customFilters is not None:
        tests = [criterion(_SIGNS[each.operator or "equal"] + str(each.val)) for each in one.customFilters.customFilter]
        every = all if one.customFilters._and else any
        return lambda row: every([test(value(row)) for test in tests])
    if one.top10 is not None:
        return _top(book, sheet, one.top10, place)
    if one.dynamicFilter is not None:
        return _dynamic_fits(book, sheet, str(one.dynamicFilter.type), place)
    if one.colorFilter is not None:
        return _color_fits(book, sheet, one.colorFilter, place.left)
    if one.iconFilter is not None:
        raise UnsupportedOperation("Filters by icons are not offered.")
    return lambda _: True


def _in_values(book: Book, sheet: Sheet, filters: Filters, column: int) -> Fits:
    wanted = {str(one).lower() for one in filters.filter}
    if filters.dateGroupItem:
        raise UnsupportedOperation("Filters by groups of dates are not offered.")

    def fits(row: int) -> bool:
        form = book.format_of(sheet, row, column)
        text = formats.shown(book.value(sheet.title, row, column), form, is_1904=book.is_1904)
        return text.lower() in wanted if text else bool(filters.blank)

    return fits


def _numbers(book: Book, sheet: Sheet, place: Area) -> dict[int, float]:
    found = {row: book.value(sheet.title, row, place.left) for row in range(place.top, place.bottom + 1)}
    return {row: float(one) for row, one in found.items() if isinstance(one, int | float) and not isinstance(one, bool)}


def _top(book: Book, sheet: Sheet, asked: Top10, place: Area) -> Fits:
    numbers = _numbers(book, sheet, place)
    count = int(asked.val)
    if asked.percent:
        count = max(1, len(numbers) * count // 100)
    is_top = asked.top is not False
    ordered = sorted(numbers.values(), reverse=is_top)
    if not ordered:
        return lambda _: False
    edge = ordered[min(count, len(ordered)) - 1]
    return lambda row: row in numbers and (numbers[row] >= edge if is_top else numbers[row] <= edge)


def _dynamic_fits(book: Book, sheet: Sheet, kind: str, place: Area) -> Fits:
    numbers = _numbers(book, sheet, place)
    if kind.endswith("Average"):
        mean = sum(numbers.values()) / len(numbers) if numbers else 0.0
        above = kind == "aboveAverage"
        return lambda row: row in numbers and (numbers[row] > mean if above else numbers[row] < mean)
    today = from_serial(book.today, is_1904=book.is_1904)

    def fits(row: int) -> bool:
        if row not in numbers or numbers[row] < 0:
            return False
        try:
            moment = from_serial(numbers[row], is_1904=book.is_1904)
        except ValueError:
            return False
        if kind in _DAYS:
            return moment.date() == (today + timedelta(days=_DAYS[kind])).date()
        step = {"this": 0, "last": -1, "next": 1}.get(kind[:4])
        if step is None:
            raise UnsupportedOperation(f"The dynamic filter {kind} is not offered.")
        if kind.endswith("Year"):
            return moment.year == today.year + step
        return moment.year * 12 + moment.month == today.year * 12 + today.month + step

    return fits


def _color_fits(book: Book, sheet: Sheet, asked: ColorFilter, column: int) -> Fits:
    style = book.workbook._differential_styles[asked.dxfId]  # type: ignore[attr-defined]
    shade = formatting.color_text(style.fill.fgColor)
    properties = formatting.FILL if asked.cellColor is not False else formatting.FONT

    def fits(row: int) -> bool:
        place = Area(row, column, row, column)
        return bool(formatting.read(sheet, place, {"color": properties["color"]})["color"] == shade)

    return fits


def document(book: Book, held: Held, at: int) -> Document:
    """Its criteria; null where there are none."""
    _, table = held
    columns = table.autoFilter.filterColumn if table.autoFilter is not None else []
    one = next((each for each in columns if each.colId == at), None)
    return {"criteria": None if one is None else _criteria(book, one)}


def _criteria(book: Book, one: FilterColumn) -> Document:
    found: Document = {
        "filterOn": "Values", "criterion1": None, "criterion2": None, "operator": "And", "values": None, "color": None,
        "dynamicCriteria": "Unknown", "icon": None,
    }  # fmt: skip
    if one.filters is not None:
        found["values"] = [str(each) for each in one.filters.filter] + ([""] if one.filters.blank else [])
    elif one.customFilters is not None:
        texts = [_SIGNS[each.operator or "equal"] + str(each.val) for each in one.customFilters.customFilter]
        found |= {"filterOn": "Custom", "criterion1": texts[0], "criterion2": texts[1] if len(texts) > 1 else None,
                  "operator": "And" if one.customFilters._and or len(texts) < 2 else "Or"}  # fmt: skip
    elif one.top10 is not None:
        name = ("Bottom" if one.top10.top is False else "Top") + ("Percent" if one.top10.percent else "Items")
        found |= {"filterOn": name, "criterion1": str(int(one.top10.val))}
    elif one.dynamicFilter is not None:
        kind = str(one.dynamicFilter.type)
        found |= {"filterOn": "Dynamic", "dynamicCriteria": kind[:1].upper() + kind[1:]}
    elif one.colorFilter is not None:
        style = book.workbook._differential_styles[one.colorFilter.dxfId]  # type: ignore[attr-defined]
        on = "CellColor" if one.colorFilter.cellColor is not False else "FontColor"
        found |= {"filterOn": on, "color": formatting.color_text(style.fill.fgColor)}
    return found
