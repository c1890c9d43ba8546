"""What a value is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Faulty
from postroom.workspace.workbook.calc.registry import scalar
from postroom.workspace.workbook.values import ERRORS, NA, Error, Scalar


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TESTS: Final[dict[str, Callable[[Scalar], bool]]] = {
    "ISBLANK": lambda value: value is None,
    "ISERR": lambda value: isinstance(value, Error) and value != NA,
    "ISERROR": lambda value: isinstance(value, Error),
    "ISLOGICAL": lambda value: isinstance(value, bool),
    "ISNA": lambda value: value == NA,
    "ISNONTEXT": lambda value: not isinstance(value, str),
    "ISNUMBER": _is_number,
    "ISTEXT": lambda value: isinstance(value, str),
}


def _asked(test: Callable[[Scalar], bool]) -> Callable[[Scalar], Scalar]:
    def ask(value: Scalar) -> Scalar:
        return test(value)

    return ask


for _name, _test in _TESTS.items():
    scalar(_name, "e")(_asked(_test))


@scalar("ISEVEN", "i")
def is_even(number: int) -> Scalar:
    return number % 2 == 0


@scalar("ISODD", "i")
def is_odd(number: int) -> Scalar:
    return number % 2 == 1


@scalar("NA", "")
def not_available() -> Scalar:
    return NA


@scalar("N", "v")
def n(value: Scalar) -> Scalar:
    return convert.number(value) if isinstance(value, int | float) else 0


@scalar("T", "v")
def t(value: Scalar) -> Scalar:
    return value if isinstance(value, str) else ""


@scalar("TYPE", "e")
def type_(value: Scalar) -> Scalar:
    if isinstance(value, Error):
        return 16
    if isinstance(value, bool):
        return 4
    return 2 if isinstance(value, str) else 1


@scalar("ERROR.TYPE", "e")
def error_type(value: Scalar) -> Scalar:
    if not isinstance(value, Error) or value.code not in ERRORS:
        raise Faulty(NA)
    return list(ERRORS).index(value.code) + 1
