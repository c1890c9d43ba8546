"""Functions by their name, and what they are given.

A function is called with values; `scalar` ones with single values, of which an array makes an array. `lazy` ones get
the trees of their arguments, since not all are computed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Array, Faulty, NotComputed, Range, Value
from postroom.workspace.workbook.calc.tree import Missing, Node
from postroom.workspace.workbook.values import NA, VALUE, Error, Scalar

MOST_ARGUMENTS: Final = 255


class Machine(Protocol):
    """What functions may ask while a formula is computed."""

    def evaluate(self, node: Node, *, arrays: bool | None = None) -> Value: ...
    def single(self, value: Value) -> Scalar: ...
    def array(self, value: Value) -> Array: ...
    def entries(self, value: Value) -> Iterator[Scalar]: ...
    def shape(self, value: Value) -> tuple[int, int]: ...
    def is_hidden(self, sheet: str, row: int) -> bool: ...
    def has_subtotal(self, sheet: str, row: int, column: int) -> bool: ...
    @property
    def place(self) -> tuple[str, int, int]: ...
    @property
    def today(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Function:
    call: Callable[[Machine, Sequence[Any]], Value]
    least: int
    most: int
    lazy: bool = False
    arrays: bool = False
    """Whether its arguments are computed as arrays."""
    is_scalar: bool = False
    """Whether it takes single values."""


FUNCTIONS: Final[dict[str, Function]] = {}
VOLATILE: Final = frozenset({"NOW", "TODAY"})
"""Their value changes by itself."""

_KINDS: Final[dict[str, Callable[[Scalar], Any]]] = {
    "n": convert.number,
    "i": convert.whole,
    "t": convert.text,
    "b": convert.truth,
    "v": lambda value: _no_error(value),
    "e": lambda value: value,
}


def _no_error(value: Scalar) -> Scalar:
    if isinstance(value, Error):
        raise Faulty(value)
    return value


def scalar(names: str, kinds: str) -> Callable[[Callable[..., Scalar]], Callable[..., Scalar]]:
    """Register a function of single values. `kinds` has a letter for each parameter: number, integer, text, boolean,
    value, or `e` for a value that may be an error. What is left out has the parameter's default."""

    def register(function: Callable[..., Scalar]) -> Callable[..., Scalar]:
        defaults = [one.default for one in inspect.signature(function).parameters.values()]
        least = sum(1 for one in defaults if one is inspect.Parameter.empty)
        converters = [_KINDS[letter] for letter in kinds]

        def once(values: Sequence[Scalar | Missing]) -> Scalar:
            given = [
                (0 if default is inspect.Parameter.empty else default)
                if isinstance(value, Missing)
                else convert_(value)
                for value, convert_, default in zip(values, converters, defaults, strict=False)
            ]
            found = function(*given)
            return convert.checked(found) if isinstance(found, float) else found

        def call(machine: Machine, values: Sequence[Value | Missing]) -> Value:
            return spread(machine, once, values)

        for name in names.split():
            FUNCTIONS[name] = Function(call, least, len(defaults), is_scalar=True)
        return function

    return register


def spread(machine: Machine, once: Callable[[Sequence[Any]], Scalar], values: Sequence[Any]) -> Value:
    """A function of single values applied to arrays, element by element."""
    if not any(isinstance(value, Array | Range) and machine.shape(value) != (1, 1) for value in values):
        return once([value if isinstance(value, Missing) else machine.single(value) for value in values])
    arrays = [value if isinstance(value, Missing) else machine.array(value) for value in values]
    height = max(one.height for one in arrays if isinstance(one, Array))
    width = max(one.width for one in arrays if isinstance(one, Array))
    return Array(tuple(
        tuple(_caught(once, [element(one, row, column) for one in arrays]) for column in range(width))
        for row in range(height)
    ))  # fmt: skip


def _caught(once: Callable[[Sequence[Any]], Scalar], values: Sequence[Any]) -> Scalar:
    try:
        return once(values)
    except Faulty as fault:
        return fault.error


def element(one: Array | Missing, row: int, column: int) -> Scalar | Missing:
    """A row or column alone is repeated; beyond an array there is nothing."""
    if isinstance(one, Missing):
        return one
    row = 0 if one.height == 1 else row
    column = 0 if one.width == 1 else column
    return one.rows[row][column] if row < one.height and column < one.width else NA


def function(
    names: str, least: int, most: int = MOST_ARGUMENTS, *, lazy: bool = False, arrays: bool = False
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function that gets the machine and its arguments as they are."""

    def register(call: Callable[..., Value]) -> Callable[..., Value]:
        for name in names.split():
            FUNCTIONS[name] = Function(lambda machine, values: call(machine, *values), least, most, lazy, arrays)
        return call

    return register


def numbers(machine: Machine, values: Iterable[Value | Missing]) -> Iterator[float]:
    """The numbers among cells; what is given by itself is made one. Raises Faulty for the first error."""
    for value in values:
        if isinstance(value, Range | Array):
            for one in machine.entries(value):
                if isinstance(one, Error):
                    raise Faulty(one)
                if isinstance(one, int | float) and not isinstance(one, bool):
                    yield float(one)
        elif not isinstance(value, Missing):
            yield convert.number(value)
        else:
            yield 0.0


def all_values(machine: Machine, values: Iterable[Value | Missing]) -> Iterator[Scalar]:
    """Every value that is there, in cells or by itself; blank cells are None."""
    for value in values:
        if isinstance(value, Range | Array):
            yield from machine.entries(value)
        else:
            yield 0 if isinstance(value, Missing) else value


def cells(value: Value | Missing) -> Range:
    """An argument that must be a reference."""
    if isinstance(value, Error):
        raise Faulty(value)
    if not isinstance(value, Range):
        raise NotComputed("A reference is needed here.")
    return value


def same_shape(machine: Machine, first: Value, *others: Value) -> None:
    if any(machine.shape(first) != machine.shape(other) for other in others):
        raise Faulty(VALUE)
