"""A tree made into functions once, to be asked of many documents.

Answers are true, false or None: not known. A comparison with null is not known, nor is its opposite; only `eq null`
and `ne null` are always answered. Over Many values a comparison holds when it holds for any; `ne` is the opposite of
`eq`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from postroom.workspace.query.access import Frame, Many, Names, Reader, reader, type_at
from postroom.workspace.query.budget import Budget
from postroom.workspace.query.cast import cast_reader, isof_reader
from postroom.workspace.query.functions import FUNCTIONS, Surroundings, fold
from postroom.workspace.query.tree import (
    And,
    Call,
    Compare,
    Comparison,
    Compute,
    In,
    Lambda,
    Literal,
    Node,
    Not,
    Or,
    Path,
)
from postroom.workspace.query.values import compare, compute

Truth = bool | None
Test = Callable[[Frame], Truth]
_NULL: Final = Literal(None)


def value_of(node: Node, names: Names, around: Surroundings) -> Reader:
    """What a node is worth; of a condition, its answer."""
    match node:
        case Literal(value):
            return lambda _: value
        case Path():
            return reader(node, names)
        case Call():
            return _call(node, names, around)
        case Compute(sign, left, right):
            first, second = value_of(left, names, around), value_of(right, names, around)
            return lambda frame: _mapped(lambda a, b: compute(sign, a, b), (first(frame), second(frame)), around.budget)
        case _:
            return condition(node, names, around)


def condition(node: Node, names: Names, around: Surroundings) -> Test:
    """Whether it holds."""
    return Conditions(names, around).of(node)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes functions of conditions in which `names` are known."""

    names: Names
    around: Surroundings

    def of(self, node: Node) -> Test:
        match node:
            case And(parts):
                tests = [self.of(part) for part in parts]
                return lambda frame: every(one(frame) for one in tests)
            case Or(parts):
                tests = [self.of(part) for part in parts]
                return lambda frame: some(one(frame) for one in tests)
            case Not(part):
                return _opposite(self.of(part))
            case Compare():
                return self._compare(node)
            case In():
                return self._in(node)
            case Lambda():
                return self._lambda(node)
            case _:
                value = value_of(node, self.names, self.around)
                return lambda frame: _as_truth(value(frame))

    def _value(self, node: Node) -> Reader:
        return value_of(node, self.names, self.around)

    def _compare(self, node: Compare) -> Test:
        if node.operator == "ne":
            return _opposite(self._compare(Compare("eq", node.left, node.right)))
        left, right = (node.right, node.left) if node.left == _NULL else (node.left, node.right)
        if node.operator == "eq":
            return self._equals(self._value(left), right)
        return self._compare_any(node.operator, self._value(node.left), self._value(node.right))

    def _equals(self, left: Reader, right: Node) -> Test:
        if right == _NULL:
            return _is_null(left)
        if isinstance(right, Literal) and isinstance(right.value, str):
            return self._equals_text(left, right.value)
        return self._compare_any("eq", left, self._value(right))

    def _compare_any(self, sign: Comparison, left: Reader, right: Reader) -> Test:
        zone, budget = self.around.zone, self.around.budget

        def holds(frame: Frame) -> Truth:
            first, second = left(frame), right(frame)
            if not isinstance(first, Many) and not isinstance(second, Many):
                return compare(sign, first, second, zone)
            budget.spend(len(_each(first)) * len(_each(second)))
            return some(compare(sign, a, b, zone) for a in _each(first) for b in _each(second))

        return holds

    def _equals_text(self, value: Reader, text: str) -> Test:
        """The most frequent comparison, with what can be done beforehand done beforehand."""
        folded = fold(text)
        slowly = self._compare_any("eq", value, lambda _: text)

        def holds(frame: Frame) -> Truth:
            found = value(frame)
            return fold(found) == folded if isinstance(found, str) else slowly(frame)

        return holds

    def _in(self, node: In) -> Test:
        """The value is found once and put behind the frame: lists in one another would multiply."""
        if node.left == _NULL:
            return lambda _: _NULL in node.values
        value, place = self._value(node.left), self.names.depth + 1
        tests = [self._equals(lambda frame: frame[place], one) for one in node.values]

        def holds(frame: Frame) -> Truth:
            found = [*frame[:place], value(frame)]
            return some(one(found) for one in tests)

        return holds

    def _lambda(self, node: Lambda) -> Test:
        elements = reader(node.path, self.names, raw=True)
        if node.body is None:
            return lambda frame: bool(_elements(elements(frame)))
        names = self.names.with_variable(node.variable, type_at(node.path, self.names))
        body, slot = Conditions(names, self.around).of(node.body), names.depth
        together, budget = some if node.quantifier == "any" else every, self.around.budget

        def holds(frame: Frame) -> Truth:
            found = _elements(elements(frame))
            budget.spend(len(found))
            return together(body([*frame[:slot], element]) for element in found)

        return holds


def _call(node: Call, names: Names, around: Surroundings) -> Reader:
    function = FUNCTIONS[node.function]
    if function.work is None:
        return cast_reader(node, names) if function.name == "cast" else isof_reader(node, names)
    work = function.work
    arguments = [value_of(argument, names, around) for argument in node.arguments]
    return lambda frame: _mapped(
        lambda *values: work(values, around), tuple(one(frame) for one in arguments), around.budget
    )


def _mapped(work: Callable[..., Any], values: tuple[Any, ...], budget: Budget) -> Any:
    """A function of Many values is Many values."""
    place = next((place for place, value in enumerate(values) if isinstance(value, Many)), None)
    if place is None:
        return None if any(isinstance(value, dict) for value in values) else work(*values)
    budget.spend(len(values[place]))
    below = (_mapped(work, (*values[:place], value, *values[place + 1 :]), budget) for value in values[place])
    return Many(one for found in below for one in _each(found))


def _is_null(value: Reader) -> Test:
    def holds(frame: Frame) -> Truth:
        found = value(frame)
        return any(one is None for one in found) if isinstance(found, Many) else found is None

    return holds


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, Many) else (value,)


def _elements(value: Any) -> tuple[Any, ...]:
    """What a lambda goes through; null is an empty collection."""
    return () if value is None else _each(value)


def _as_truth(value: Any) -> Truth:
    if isinstance(value, Many):
        return some(_as_truth(one) for one in value)
    return value if isinstance(value, bool) else None


def _opposite(part: Test) -> Test:
    def holds(frame: Frame) -> Truth:
        found = part(frame)
        return None if found is None else not found

    return holds


def some(answers: Iterable[Truth]) -> Truth:
    """True when any is; else not known when any is not known."""
    known: Truth = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            known = None
    return known


def every(answers: Iterable[Truth]) -> Truth:
    """False when any is; else not known when any is not known."""
    known: Truth = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            known = None
    return known
