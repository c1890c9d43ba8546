"""Worksheet functions called by themselves: `functions/vlookup`, with values and ranges as their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from postroom.workspace.workbook.book import Book
from postroom.workspace.workbook.calc.convert import Faulty, NotComputed
from postroom.workspace.workbook.calc.names import FUNCTION_NAMES
from postroom.workspace.workbook.calc.registry import FUNCTIONS
from postroom.workspace.workbook.calc.tree import Call, Cells, Constant, Missing, Node, Rows, Unreadable
from postroom.workspace.workbook.errors import InvalidArgument, UnsupportedOperation
from postroom.workspace.workbook.references import read
from postroom.workspace.workbook.values import ERRORS, Error, Scalar, shown

Document = dict[str, Any]
_MANY: Final = "values"
"""The parameter that stands for any number of arguments."""


def invoke(book: Book, name: str, given: Mapping[str, Any]) -> Document:
    """`{value, error}`. Raises UnsupportedOperation for a function that is not computed here, InvalidArgument."""
    called = name.upper().replace("_", ".")
    if called not in FUNCTIONS:
        raise UnsupportedOperation(f"The function {called} is not computed here.")
    low = {key.lower(): value for key, value in given.items()}
    arguments = list(_arguments(FUNCTION_NAMES[name.lower()], low))
    while arguments and isinstance(arguments[-1], Missing):
        arguments.pop()
    own = book.workbook.worksheets[0].title
    book.machine.begin()
    for one in arguments:
        _check(book, one)
    try:
        value = book.machine.call(Call(called, tuple(arguments)), (own, 1, 1))
    except Faulty as fault:
        value = fault.error
    except (NotComputed, Unreadable) as error:
        raise UnsupportedOperation(f"{called} cannot be computed with these parameters: {error}") from error
    if isinstance(value, Error):
        return {"error": value.code, "value": None}
    return {"error": None, "value": shown(value)}


def _arguments(names: list[str], given: Mapping[str, Any]) -> Iterator[Node]:
    for name in names:
        value = given.get(name.lower())
        if name == _MANY and isinstance(value, list):
            for one in value:
                yield _argument(name, one)
        elif name.lower() not in given:
            yield Missing()
        else:
            yield _argument(name, value)


def _argument(name: str, value: Any) -> Node:
    match value:
        case dict():
            return _reference(name, value.get("address", value.get("Address")))
        case list():
            rows = value if value and all(isinstance(row, list) for row in value) else [value]
            if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
                raise InvalidArgument(f"The rows of {name} differ in length.")
            return Rows(tuple(tuple(_scalar(name, one) for one in row) for row in rows))
        case _:
            return Constant(_scalar(name, value))


def _scalar(name: str, value: Any) -> Scalar:
    if isinstance(value, str) and value in ERRORS:
        return ERRORS[value]
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int) and abs(value) < 2**1023:
        return value
    raise InvalidArgument(f"{name} is a value, a list of values, or an object with the address of a range.")


def _reference(name: str, address: Any) -> Node:
    if not isinstance(address, str):
        raise InvalidArgument(f"{name} needs the address of a range.")
    reference = read(address.removeprefix("="))
    if reference is None:
        raise InvalidArgument(f"{name} has no address like Sheet1!A1:B2.")
    return Cells(reference)


def _check(book: Book, node: Node) -> None:
    """Cells with formulas are computed before they are asked for. Raises ItemNotFound for an unknown sheet."""
    if isinstance(node, Cells):
        sheet = node.reference.sheet
        title = book.worksheet(sheet).title if sheet is not None else book.workbook.worksheets[0].title
        for key in list(book.formulas_in(title, node.reference.area)):
            book.machine.result(key)
