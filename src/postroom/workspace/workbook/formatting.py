"""How a range looks: font, fill, borders, alignment, sizes, protection. What differs within a range is null."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Protection, Side
from openpyxl.styles.colors import COLOR_INDEX

from postroom.workspace.workbook import formats, ranges
from postroom.workspace.workbook.addresses import COLUMNS, Area
from postroom.workspace.workbook.book import Book, Sheet
from postroom.workspace.workbook.entering import check_protected
from postroom.workspace.workbook.errors import InvalidArgument, ItemNotFound, TooMuch

Document = dict[str, Any]
_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})")
_NAMED: Final = {
    "black": "000000", "white": "FFFFFF", "red": "FF0000", "lime": "00FF00", "blue": "0000FF", "yellow": "FFFF00",
    "cyan": "00FFFF", "magenta": "FF00FF", "gray": "808080", "silver": "C0C0C0", "maroon": "800000", "olive": "808000",
    "green": "008000", "purple": "800080", "teal": "008080", "navy": "000080", "orange": "FFA500", "pink": "FFC0CB",
    "brown": "A52A2A", "gold": "FFD700",
}  # fmt: skip
_THEME: Final = ("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47")
"""Office's own theme, in the order of its numbers."""
_STANDARD_WIDTH: Final = 8.43
"""Characters of the standard font, in which the file measures columns; they are 48 points wide."""
_STANDARD_HEIGHT: Final = 15.0
_HORIZONTAL: Final = {
    "General": None, "Left": "left", "Center": "center", "Right": "right", "Fill": "fill", "Justify": "justify",
    "CenterAcrossSelection": "centerContinuous", "Distributed": "distributed",
}  # fmt: skip
_VERTICAL: Final = {
    "Top": "top", "Center": "center", "Bottom": None, "Justify": "justify", "Distributed": "distributed",
}  # fmt: skip
_UNDERLINES: Final = {
    "None": None, "Single": "single", "Double": "double", "SingleAccountant": "singleAccounting",
    "DoubleAccountant": "doubleAccounting",
}  # fmt: skip
SIDES: Final = ("EdgeTop", "EdgeBottom", "EdgeLeft", "EdgeRight", "InsideVertical", "InsideHorizontal",
                "DiagonalDown", "DiagonalUp")  # fmt: skip
_LINES: Final[dict[tuple[str, str], str]] = {
    ("Continuous", "Hairline"): "hair", ("Continuous", "Thin"): "thin", ("Continuous", "Medium"): "medium",
    ("Continuous", "Thick"): "thick", ("Dash", "Thin"): "dashed", ("Dash", "Medium"): "mediumDashed",
    ("DashDot", "Thin"): "dashDot", ("DashDot", "Medium"): "mediumDashDot", ("DashDotDot", "Thin"): "dashDotDot",
    ("DashDotDot", "Medium"): "mediumDashDotDot", ("Dot", "Thin"): "dotted", ("Double", "Thick"): "double",
    ("SlantDashDot", "Medium"): "slantDashDot",
}  # fmt: skip
"""Style and weight → the line of the file."""
_STYLES: Final = {line: pair for pair, line in _LINES.items()}


def color_text(color: Any) -> str:
    """`#RRGGBB`; black for what is automatic."""
    if color is None:
        return "#000000"
    if color.type == "rgb" and isinstance(color.rgb, str):
        return f"#{color.rgb[-6:].upper()}"
    if color.type == "theme" and color.theme < len(_THEME):
        return "#" + _tinted(_THEME[color.theme], color.tint or 0.0)
    if color.type == "indexed":
        return f"#{COLOR_INDEX[color.indexed][-6:]}" if color.indexed < len(COLOR_INDEX) else "#000000"
    return "#000000"


def _tinted(base: str, tint: float) -> str:
    parts = [int(base[at : at + 2], 16) for at in (0, 2, 4)]
    mixed = [part * (1 + tint) if tint < 0 else part + (255 - part) * tint for part in parts]
    return "".join(f"{round(part):02X}" for part in mixed)


def color(given: object) -> str:
    """As the file has it. Raises InvalidArgument."""
    text = given.strip() if isinstance(given, str) else ""
    found = _COLOR.fullmatch(text)
    if found is None and text.lower() not in _NAMED:
        raise InvalidArgument("A colour is #RRGGBB or one of its names.")
    return "FF" + (found[1].upper() if found else _NAMED[text.lower()])


@dataclass(frozen=True, slots=True)
class Property:
    """Reads from a cell; makes a part of its style with a value. `part` is the attribute of a cell."""

    part: str
    read: Callable[[Any], Any]
    make: Callable[[Any, Any], Any]


def _flag(given: object) -> bool:
    if not isinstance(given, bool):
        raise InvalidArgument("Expected true or false.")
    return given


def _changed(part: Any, **values: Any) -> Any:
    made = copy(part)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _choice(choices: Mapping[str, Any], given: object) -> Any:
    for name, value in choices.items():
        if isinstance(given, str) and name.lower() == given.lower():
            return value
    raise InvalidArgument(f"Expected one of {', '.join(choices)}.")


def _name_of(choices: Mapping[str, Any], value: Any, default: str) -> str:
    return next((name for name, one in choices.items() if one == value), default)


def _size(given: object) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not 1 <= given <= 409:
        raise InvalidArgument("A size is a number from 1 to 409.")
    return float(given)


def _font_name(given: object) -> str:
    if not isinstance(given, str) or not 1 <= len(given) <= 31:
        raise InvalidArgument("A font's name has 1 to 31 characters.")
    return given


FONT: Final[dict[str, Property]] = {
    "bold": Property("font", lambda font: bool(font.b), lambda font, given: _changed(font, b=_flag(given))),
    "italic": Property("font", lambda font: bool(font.i), lambda font, given: _changed(font, i=_flag(given))),
    "name": Property("font", lambda font: font.name, lambda font, given: _changed(
        font, name=_font_name(given), scheme=None)),
    "size": Property("font", lambda font: font.sz, lambda font, given: _changed(font, sz=_size(given))),
    "underline": Property(
        "font",
        lambda font: _name_of(_UNDERLINES, font.u, "None"),
        lambda font, given: _changed(font, u=_choice(_UNDERLINES, given)),
    ),
    "color": Property(
        "font",
        lambda font: color_text(font.color),
        lambda font, given: _changed(font, color=Color(rgb=color(given))),
    ),
}  # fmt: skip
FILL: Final[dict[str, Property]] = {
    "color": Property(
        "fill",
        lambda fill: color_text(fill.fgColor) if getattr(fill, "fill_type", None) else "#FFFFFF",
        lambda _, given: PatternFill("solid", fgColor=color(given)),
    ),
}
ALIGNMENT: Final[dict[str, Property]] = {
    "horizontalAlignment": Property(
        "alignment",
        lambda one: _name_of(_HORIZONTAL, one.horizontal, "General"),
        lambda one, given: _changed(one, horizontal=_choice(_HORIZONTAL, given)),
    ),
    "verticalAlignment": Property(
        "alignment",
        lambda one: _name_of(_VERTICAL, one.vertical, "Bottom"),
        lambda one, given: _changed(one, vertical=_choice(_VERTICAL, given)),
    ),
    "wrapText": Property(
        "alignment", lambda one: bool(one.wrap_text), lambda one, given: _changed(one, wrap_text=_flag(given))
    ),
}
PROTECTION: Final[dict[str, Property]] = {
    "locked": Property(
        "protection", lambda one: bool(one.locked), lambda one, given: _changed(one, locked=_flag(given))
    ),
    "formulaHidden": Property(
        "protection", lambda one: bool(one.hidden), lambda one, given: _changed(one, hidden=_flag(given))
    ),
}
_BLANK: Final[dict[str, Any]] = {
    "font": Font(name="Calibri", sz=11.0),
    "fill": PatternFill(),
    "alignment": Alignment(),
    "protection": Protection(),
    "border": Border(),
}


def _parts(sheet: Sheet, place: Area, part: str) -> list[Any]:
    """That part of the style of all cells; a blank one stands for those that are not there."""
    found = [getattr(cell, part) for _, cell in ranges.within(sheet, place)]
    if len(found) < place.cells:
        blank = sheet.parent._named_styles["Normal"].font if part == "font" else _BLANK[part]
        found.append(blank)
    return found


def read(sheet: Sheet, place: Area, properties: Mapping[str, Property]) -> Document:
    """Null where cells differ."""
    found: Document = {}
    for name, one in properties.items():
        values = {one.read(part) for part in _parts(sheet, place, one.part)}
        found[name] = values.pop() if len(values) == 1 else None
    return found


def write(book: Book, sheet: Sheet, place: Area, properties: Mapping[str, Property], given: Mapping[str, Any]) -> None:
    """Raises InvalidArgument, TooMuch."""
    wanted = {name: value for name, value in given.items() if name in properties and value is not None}
    if not wanted:
        return
    for cell in _cells(book, sheet, place):
        for name, value in wanted.items():
            one = properties[name]
            setattr(cell, one.part, one.make(getattr(cell, one.part), value))
    book.changed()


def _cells(book: Book, sheet: Sheet, place: Area) -> list[Any]:
    """All cells of an area, made where they are not there; of whole rows and columns those that are used."""
    check_protected(sheet, place)
    if place.unbounded:
        place = place.meet(book.used(sheet.title)) or place
    if place.unbounded or place.cells > book.bounds.range_cells:
        raise TooMuch(f"{book.bounds.range_cells:,} cells at most are formatted at once.")
    rows, columns = range(place.top, place.bottom + 1), range(place.left, place.right + 1)
    return [sheet.cell(row, column) for row in rows for column in columns]


def clear_fill(book: Book, sheet: Sheet, place: Area) -> None:
    for cell in _cells(book, sheet, place):
        cell.fill = PatternFill()
    book.changed()


# Sizes, in points.


def sizes(sheet: Sheet, place: Area) -> Document:
    """Width and height of its columns and rows; null where they differ."""
    widths = {_width(sheet, column) for column in range(place.left, min(place.right, place.left + 1000) + 1)}
    known = [one.height for row, one in sheet.row_dimensions.items() if place.top <= row <= place.bottom]
    heights = {_STANDARD_HEIGHT if height is None else float(height) for height in known}
    if len(known) < place.rows:
        heights.add(float(sheet.sheet_format.defaultRowHeight or _STANDARD_HEIGHT))
    return {
        "columnWidth": widths.pop() if len(widths) == 1 else None,
        "rowHeight": heights.pop() if len(heights) == 1 else None,
    }


def _width(sheet: Sheet, column: int) -> float:
    standard = sheet.sheet_format.defaultColWidth or sheet.sheet_format.baseColWidth + 0.43
    width = standard
    for one in sheet.column_dimensions.values():
        one.reindex()
        if (one.min or 0) <= column <= (one.max or 0) and one.customWidth:
            width = one.width
    return round(float(width) * (48 / _STANDARD_WIDTH), 2)


def set_sizes(book: Book, sheet: Sheet, place: Area, given: Mapping[str, Any]) -> None:
    """Raises InvalidArgument."""
    if given.get("columnWidth") is not None:
        width = _measure(given["columnWidth"], 255 * 48 / _STANDARD_WIDTH)
        check_protected(sheet, place)
        for one in ranges.single_columns(sheet, place):
            one.width = width / (48 / _STANDARD_WIDTH)
    if given.get("rowHeight") is not None:
        height = _measure(given["rowHeight"], 409.5)
        check_protected(sheet, place)
        if place.rows > COLUMNS:
            raise InvalidArgument("So many rows cannot be given a height at once.")
        for row in range(place.top, place.bottom + 1):
            sheet.row_dimensions[row].height = height
    book.changed()


def _measure(given: object, most: float) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 <= given <= most:
        raise InvalidArgument(f"A size is a number of points up to {most:.1f}.")
    return float(given)


def autofit_columns(book: Book, sheet: Sheet, place: Area) -> None:
    """As wide as the longest text, by its number of characters: fonts are not measured here."""
    check_protected(sheet, place)
    longest: dict[int, int] = {}
    for (row, column), _ in ranges.within(sheet, place):
        value = book.value(sheet.title, row, column)
        text = formats.shown(value, book.format_of(sheet, row, column), is_1904=book.is_1904)
        length = max((len(line) for line in text.splitlines()), default=0)
        longest[column] = max(longest.get(column, 0), length)
    for column, length in longest.items():
        if length:
            (one,) = ranges.single_columns(sheet, Area(1, column, 1, column))
            one.width = min(255.0, length * 1.1 + 2)
    book.changed()


def autofit_rows(book: Book, sheet: Sheet, place: Area) -> None:
    """Excel fits rows that have no height of their own when it opens the file."""
    check_protected(sheet, place)
    for row, one in sheet.row_dimensions.items():
        if place.top <= row <= place.bottom:
            one.height = None
    book.changed()


# Borders.


def _edges(place: Area, side: str) -> list[tuple[Area, str]]:
    """Cells, and the side of them that is meant."""
    match side:
        case "EdgeTop":
            return [(Area(place.top, place.left, place.top, place.right), "top")]
        case "EdgeBottom":
            return [(Area(place.bottom, place.left, place.bottom, place.right), "bottom")]
        case "EdgeLeft":
            return [(Area(place.top, place.left, place.bottom, place.left), "left")]
        case "EdgeRight":
            return [(Area(place.top, place.right, place.bottom, place.right), "right")]
        case "InsideVertical" if place.columns > 1:
            return [(Area(place.top, place.left, place.bottom, place.right - 1), "right"),
                    (Area(place.top, place.left + 1, place.bottom, place.right), "left")]  # fmt: skip
        case "InsideHorizontal" if place.rows > 1:
            return [(Area(place.top, place.left, place.bottom - 1, place.right), "bottom"),
                    (Area(place.top + 1, place.left, place.bottom, place.right), "top")]  # fmt: skip
        case "DiagonalDown" | "DiagonalUp":
            return [(place, "diagonal")]
        case _:
            return []


def side_named(key: str) -> str:
    """Raises ItemNotFound."""
    found = next((one for one in SIDES if one.lower() == key.lower()), None)
    if found is None:
        raise ItemNotFound(f"There is no border {key!r}; there are {', '.join(SIDES)}.")
    return found


def border(sheet: Sheet, place: Area, side: str) -> Document:
    values = set()
    for area, name in _edges(place, side)[:1]:
        for part in _parts(sheet, area, "border"):
            line: Side | None = getattr(part, name)
            drawn = side not in ("DiagonalDown", "DiagonalUp") or getattr(part, side[0].lower() + side[1:])
            style = str(line.style) if line is not None and line.style and drawn else None
            values.add((style, color_text(line.color) if style and line is not None else "#000000"))
    (style, shade) = values.pop() if len(values) == 1 else (None, None if values else "#000000")
    named = _STYLES.get(style or "", ("None", "Thin")) if style or shade else (None, None)
    return {"id": side, "sideIndex": side, "style": named[0], "weight": named[1], "color": shade}


def set_border(book: Book, sheet: Sheet, place: Area, side: str, given: Mapping[str, Any]) -> None:
    """Raises InvalidArgument."""
    before = border(sheet, place, side)
    style = given.get("style") or (before["style"] if before["style"] not in (None, "None") else "Continuous")
    weight = given.get("weight") or (before["weight"] if "style" not in given else None)
    line = _line(style, weight)
    shade = color(given["color"]) if given.get("color") else "FF" + (before["color"] or "#000000")[1:]
    drawn: Any = Side(style=line, color=shade) if line else Side()  # type: ignore[arg-type]  # a name of its list
    for area, name in _edges(place, side):
        for cell in _cells(book, sheet, area):
            made = _changed(cell.border, **{name: drawn})
            if name == "diagonal":
                setattr(made, side[0].lower() + side[1:], line is not None)
            cell.border = made
    book.changed()


def _line(style: object, weight: object) -> str | None:
    """The line of the file; a style without its weight has the first that it comes with."""
    if isinstance(style, str) and style.lower() == "none":
        return None
    named = [pair for pair in _LINES if isinstance(style, str) and pair[0].lower() == style.lower()]
    if not named:
        raise InvalidArgument("style is None, Continuous, Dash, DashDot, DashDotDot, Dot, Double or SlantDashDot.")
    if weight is None:
        preferred = [pair for pair in named if pair[1] == "Thin"]
        return _LINES[(preferred or named)[0]]
    found = next((pair for pair in named if isinstance(weight, str) and pair[1].lower() == weight.lower()), None)
    if found is None:
        if str(weight).lower() not in ("hairline", "thin", "medium", "thick"):
            raise InvalidArgument("weight is Hairline, Thin, Medium or Thick.")
        return _LINES[named[-1]]
    return _LINES[found]
