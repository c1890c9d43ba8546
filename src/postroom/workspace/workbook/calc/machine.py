"""Formulas computed: each cell after those it needs, with an end to the work.

A value that the file came with is kept as long as nothing it depends on has changed: Excel computed it. What changed is
computed here, or is `#BUSY!` where it cannot be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from postroom.workspace.workbook.addresses import Area
from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Array, Faulty, NotComputed, Range, Value
from postroom.workspace.workbook.calc.names import PLAIN
from postroom.workspace.workbook.calc.registry import FUNCTIONS, MOST_ARGUMENTS, VOLATILE, Function, spread
from postroom.workspace.workbook.calc.tree import (
    Binary,
    Call,
    Cells,
    Constant,
    Missing,
    Name,
    Node,
    Rows,
    Unary,
    Unreadable,
    parse,
    walk,
)
from postroom.workspace.workbook.values import BUSY, NAME, NUM, Error, Scalar

Key = tuple[str, int, int]
"""Sheet, row, column."""
MOST_DEPTH: Final = 60
"""Of names in one another."""
MOST_FOLLOWED: Final = 10_000
"""How often one formula may ask what a name means."""
MOST_ELEMENTS: Final = 2_000_000
"""Of an array inside a formula."""


@dataclass(frozen=True, slots=True)
class Formula:
    """What stands in a cell. `arrays`: it was entered as an array formula."""

    text: str
    arrays: bool = False


class Source(Protocol):
    """The cells that formulas are about."""

    def formula(self, key: Key) -> Formula | None: ...
    def constant(self, key: Key) -> Scalar: ...
    def constants(self, sheet: str, area: Area) -> Iterator[tuple[int, int, Scalar]]: ...
    def formulas_in(self, sheet: str, area: Area) -> Iterator[Key]: ...
    def used(self, sheet: str) -> Area: ...
    def sheet(self, name: str) -> str | None: ...
    def name(self, text: str, key: Key) -> str | Range | None: ...
    def changed_in(self, sheet: str, area: Area) -> bool: ...
    def is_changed(self, key: Key) -> bool: ...
    def is_hidden(self, sheet: str, row: int) -> bool: ...
    @property
    def today(self) -> float: ...
    @property
    def is_1904(self) -> bool: ...
    @property
    def is_untouched(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Needs:
    """What a formula reads, as far as its text tells. `known` is false where it does not."""

    ranges: tuple[Range, ...] = ()
    known: bool = True
    volatile: bool = False


@dataclass
class Machine:
    """Computes cells of a source. `kept` has the values that formulas had."""

    source: Source
    kept: dict[Key, Scalar]
    budget_s: float = 5.0
    _done: dict[Key, Scalar] = field(default_factory=dict)
    _clean: set[Key] = field(default_factory=set)
    _needs: dict[Key, Needs] = field(default_factory=dict)
    _ends: float = 0.0
    _was_late: bool = False
    _arrays: bool = False
    _place: Key = ("", 1, 1)
    _depth: int = 0
    _followed: int = 0

    def begin(self) -> None:
        """A new computation: time counts from now, and what there was none for is tried again."""
        self._ends = time.monotonic() + self.budget_s
        if self._was_late:
            self._done = {key: value for key, value in self._done.items() if value != BUSY}
            self._was_late = False

    def forget(self) -> None:
        """After a change: nothing that was computed counts any more."""
        self._done.clear()
        self._clean.clear()
        self._needs.clear()

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self._ends

    def result(self, key: Key) -> Scalar:
        """The value of a cell with a formula."""
        if key not in self._done:
            self._compute(key)
        return self._done[key]

    def _compute(self, key: Key) -> None:
        """Without recursion: a column of sums may be as long as a sheet."""
        waiting, opened = [key], set()
        while waiting:
            at = waiting[-1]
            if at in self._done:
                waiting.pop()
            elif at in opened or self.is_late:
                self._done[at] = self._finish(at)
                waiting.pop()
            else:
                opened.add(at)
                waiting += [one for one in self._precedents(at) if one not in self._done and one not in opened]

    def _precedents(self, key: Key) -> Iterator[Key]:
        for needed in self._needs_of(key).ranges:
            yield from self.source.formulas_in(needed.sheet, needed.area)

    def _finish(self, key: Key) -> Scalar:
        """The value of a cell whose precedents are computed, as far as there is no circle."""
        if self._is_clean(key):
            self._clean.add(key)
            return self.kept[key]
        if self.is_late:
            self._was_late = True
            return BUSY
        formula = self.source.formula(key)
        if formula is None:
            return self.source.constant(key)
        try:
            return self.scalar(formula, key)
        except Faulty as fault:
            return fault.error
        except (NotComputed, Unreadable, RecursionError, OverflowError):
            return BUSY

    def _is_clean(self, key: Key) -> bool:
        needs = self._needs_of(key)
        if key not in self.kept or needs.volatile:
            return False
        if self.source.is_untouched:
            return True
        if not needs.known or self.source.is_changed(key):
            return False
        if any(self.source.changed_in(one.sheet, one.area) for one in needs.ranges):
            return False
        return all(one in self._clean for one in self._precedents(key))

    def scalar(self, formula: Formula, key: Key) -> Scalar:
        """What a formula in this place is. Raises Faulty, NotComputed, Unreadable."""
        return self.call(parse(formula.text), key, arrays=formula.arrays)

    def fresh(self, formula: Formula, key: Key) -> Scalar:
        """What a formula would be in this place, where it does not stand. Raises as `scalar` does."""
        for needed in self._read_needs(formula.text, key).ranges:
            for one in list(self.source.formulas_in(needed.sheet, needed.area)):
                self.result(one)
        return self.scalar(formula, key)

    def call(self, tree: Node, key: Key, *, arrays: bool = False) -> Scalar:
        """What a tree is in this place; the cells that it names are computed. Raises as `scalar` does."""
        if self.source.is_1904:
            raise NotComputed("Dates of this workbook count from 1904, and functions here from 1900.")
        self._place, self._arrays, self._depth, self._followed = key, arrays, 0, 0
        found = self.evaluate(tree)
        if isinstance(found, Range | Array) and self.shape(found) != (1, 1):
            raise NotComputed("The result has several cells.")
        value = self.single(found)
        return 0 if value is None else value

    def _needs_of(self, key: Key) -> Needs:
        found = self._needs.get(key)
        if found is None:
            formula = self.source.formula(key)
            found = self._needs[key] = self._read_needs(formula.text, key) if formula else Needs()
        return found

    def _read_needs(self, text: str, key: Key) -> Needs:
        """Of this text and of what names in it mean, each once: names that double one another have no end else."""
        ranges: list[Range] = []
        waiting, seen = [text], set[str]()
        known, volatile = True, False
        while waiting:
            for node in _nodes(waiting.pop()):
                match node:
                    case Cells(reference=reference):
                        sheet = self.source.sheet(reference.sheet or key[0])
                        if sheet is None:
                            known = False
                        else:
                            ranges.append(Range(sheet, reference.area))
                    case Name(text=name) if name.lower() not in seen:
                        seen.add(name.lower())
                        meaning = self._meaning(name, key)
                        if isinstance(meaning, Range):
                            ranges.append(meaning)
                        elif meaning is None:
                            known = False
                        else:
                            waiting.append(meaning)
                    case Call(name=name):
                        known = known and (name in FUNCTIONS or name in PLAIN)
                        volatile = volatile or name in VOLATILE
                    case None:
                        known = False
        return Needs(tuple(ranges), known, volatile)

    def _meaning(self, name: str, key: Key) -> str | Range | None:
        """None where it is not known: it may change without a cell changing; then everything counts as changed."""
        try:
            return self.source.name(name, key)
        except (NotComputed, Faulty):
            return None

    # What functions ask.

    @property
    def place(self) -> Key:
        return self._place

    @property
    def today(self) -> float:
        return self.source.today

    def is_hidden(self, sheet: str, row: int) -> bool:
        return self.source.is_hidden(sheet, row)

    def has_subtotal(self, sheet: str, row: int, column: int) -> bool:
        formula = self.source.formula((sheet, row, column))
        return formula is not None and "SUBTOTAL(" in formula.text.upper()

    def evaluate(self, node: Node, *, arrays: bool | None = None) -> Value:
        """Raises Faulty, NotComputed, Unreadable."""
        if arrays is not None and arrays != self._arrays:
            before, self._arrays = self._arrays, arrays
            try:
                return self._evaluate(node)
            finally:
                self._arrays = before
        return self._evaluate(node)

    def _evaluate(self, node: Node) -> Value:
        match node:
            case Constant(value=value):
                return value
            case Cells(reference=reference):
                return self._range(reference.sheet, reference.area)
            case Binary(operator=operator, left=left, right=right):
                operands = [self.evaluate(left), self.evaluate(right)]
                return self._elementwise(lambda both: convert.operate(operator, both[0], both[1]), operands)
            case Unary(operator=operator, of=of):
                return self._elementwise(lambda one: _signed(operator, one[0]), [self.evaluate(of)])
            case Call(name=name, arguments=arguments):
                return self._call(name, arguments)
            case Name(text=text):
                return self._named(text)
            case Rows(rows=rows):
                return Array(rows)
            case Missing():
                return 0

    def _range(self, name: str | None, area: Area) -> Value:
        sheet = self.source.sheet(name or self._place[0])
        if sheet is None:
            raise NotComputed(f"There is no sheet {name!r} in this workbook.")
        return Range(sheet, area)

    def _elementwise(self, once: Callable[[list[Scalar]], Scalar], operands: list[Value]) -> Value:
        self._check_arrays(operands)
        return spread(self, once, operands)  # type: ignore[arg-type]

    def _check_arrays(self, values: list[Value]) -> None:
        """Excel takes one cell of several here, or spills: the file does not say which."""
        if not self._arrays and any(isinstance(one, Range) and one.area.cells > 1 for one in values):
            raise NotComputed("Several cells stand where one is needed.")

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Value:
        found = FUNCTIONS.get(name)
        if found is None:
            raise NotComputed(f"The function {name} is not computed here.")
        if not found.least <= len(arguments) <= min(found.most, MOST_ARGUMENTS):
            raise NotComputed(f"{name} takes {found.least} to {found.most} arguments.")
        self._depth += 1
        try:
            return self.apply(found, arguments)
        finally:
            self._depth -= 1

    def apply(self, found: Function, arguments: tuple[Node, ...]) -> Value:
        if self.is_late:
            self._was_late = True
            raise NotComputed("The time is over.")
        try:
            return found.call(self, arguments if found.lazy else self._values_of(found, arguments))
        except (ArithmeticError, ValueError) as error:  # numbers so large or small that Python has no answer
            raise Faulty(NUM) from error

    def _values_of(self, found: Function, arguments: tuple[Node, ...]) -> list[Value | Missing]:
        arrays = True if found.arrays else None
        values = [one if isinstance(one, Missing) else self._argument(one, arrays) for one in arguments]
        if found.is_scalar and not self._arrays:
            self._check_arrays([one for one in values if not isinstance(one, Missing)])
        return values

    def _argument(self, node: Node, arrays: bool | None) -> Value:
        """An error is a value here: some functions ask for it."""
        try:
            return self.evaluate(node, arrays=arrays)
        except Faulty as fault:
            return fault.error

    def _named(self, text: str) -> Value:
        meaning = self.source.name(text, self._place)
        if meaning is None:
            raise Faulty(NAME)
        if isinstance(meaning, Range):
            return meaning
        if self._depth > MOST_DEPTH or self._followed > MOST_FOLLOWED:
            raise NotComputed("Names lead in a circle, or to too many others.")
        self._depth, self._followed = self._depth + 1, self._followed + 1
        try:
            return self.evaluate(parse(meaning))
        finally:
            self._depth -= 1

    def single(self, value: Value) -> Scalar:
        """One value of one cell. Raises NotComputed for several."""
        if isinstance(value, Array):
            if (value.height, value.width) != (1, 1):
                raise NotComputed("Several values stand where one is needed.")
            return value.rows[0][0]
        if isinstance(value, Range):
            if value.area.cells != 1:
                raise NotComputed("Several cells stand where one is needed.")
            return self._cell((value.sheet, value.area.top, value.area.left))
        return value

    def _cell(self, key: Key) -> Scalar:
        if self.source.formula(key) is None:
            return self.source.constant(key)
        if key not in self._done:
            raise NotComputed("The cell depends on itself, or on what only its value tells.")
        return _known(self._done[key])

    def array(self, value: Value) -> Array:
        """All its values; cells of rows and columns that nothing uses are left out."""
        if isinstance(value, Array):
            return value
        if not isinstance(value, Range):
            return Array(((value,),))
        area = self._clipped(value)
        if area.cells > MOST_ELEMENTS:
            raise NotComputed("The range is too large.")
        rows: list[list[Scalar]] = [[None] * area.columns for _ in range(area.rows)]
        for row, column, one in self._values(Range(value.sheet, area)):
            rows[row - area.top][column - area.left] = one
        return Array(tuple(tuple(row) for row in rows))

    def _clipped(self, value: Range) -> Area:
        """Whole columns and rows as far as they are used."""
        if not value.area.unbounded:
            return value.area
        used = self.source.used(value.sheet)
        top = value.area
        bottom = min(top.bottom, max(used.bottom, top.top)) if top.whole_columns else top.bottom
        right = min(top.right, max(used.right, top.left)) if top.whole_rows else top.right
        return Area(top.top, top.left, bottom, right)

    def _values(self, value: Range) -> Iterator[tuple[int, int, Scalar]]:
        yield from self.source.constants(value.sheet, value.area)
        for key in self.source.formulas_in(value.sheet, value.area):
            yield key[1], key[2], self._cell(key)

    def entries(self, value: Value) -> Iterator[Scalar]:
        """The values that are there; blank cells of a range are left out."""
        if isinstance(value, Range):
            for _, _, one in self._values(value):
                yield one
        elif isinstance(value, Array):
            yield from value
        else:
            yield value

    def shape(self, value: Value) -> tuple[int, int]:
        if isinstance(value, Range):
            return value.area.rows, value.area.columns
        return (value.height, value.width) if isinstance(value, Array) else (1, 1)


def _nodes(text: str) -> Sequence[Node | None]:
    """All of a formula; None stands for one that cannot be read."""
    try:
        return list(walk(parse(text)))
    except (Unreadable, RecursionError):
        return [None]


def _known(value: Scalar) -> Scalar:
    if value == BUSY:
        raise NotComputed("A cell that it needs is not computed.")
    return value


def _signed(operator: str, value: Scalar) -> Scalar:
    if isinstance(value, Error):
        raise Faulty(value)
    if operator == "+":
        return value
    number = convert.number(value)
    return -number if operator == "-" else number / 100
