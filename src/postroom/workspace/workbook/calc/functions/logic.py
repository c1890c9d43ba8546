"""Truths and choices. Of a choice only what is taken is computed."""

from __future__ import annotations

from typing import Any

from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Array, Faulty, NotComputed, Range, Value
from postroom.workspace.workbook.calc.registry import Machine, function, scalar
from postroom.workspace.workbook.calc.tree import Missing, Node
from postroom.workspace.workbook.values import NA, VALUE, Error, Scalar


def _test(machine: Machine, node: Node) -> Scalar:
    """The value of an argument that decides; what is left out is nothing."""
    if isinstance(node, Missing):
        return None
    found = machine.evaluate(node)
    if isinstance(found, Range | Array) and machine.shape(found) != (1, 1):
        raise NotComputed("Several values decide.")
    return machine.single(found)


def _taken(machine: Machine, node: Node) -> Value:
    return 0 if isinstance(node, Missing) else machine.evaluate(node)


@function("IF", 2, 3, lazy=True)
def if_(machine: Machine, test: Node, then: Node, otherwise: Node | None = None) -> Value:
    if convert.truth(_test(machine, test)):
        return _taken(machine, then)
    return False if otherwise is None else _taken(machine, otherwise)


@function("IFS", 2, lazy=True)
def ifs(machine: Machine, *arguments: Node) -> Value:
    if len(arguments) % 2:
        raise NotComputed("IFS takes pairs.")
    for test, then in zip(arguments[::2], arguments[1::2], strict=True):
        if convert.truth(_test(machine, test)):
            return _taken(machine, then)
    return NA


@function("SWITCH", 3, lazy=True)
def switch(machine: Machine, asked: Node, *arguments: Node) -> Value:
    value = _test(machine, asked)
    pairs = len(arguments) // 2 * 2
    for one, then in zip(arguments[:pairs:2], arguments[1:pairs:2], strict=True):
        if convert.compare(value, _test(machine, one)) == 0:
            return _taken(machine, then)
    return _taken(machine, arguments[-1]) if len(arguments) % 2 else NA


@function("CHOOSE", 2, lazy=True)
def choose(machine: Machine, index: Node, *choices: Node) -> Value:
    at = convert.whole(_test(machine, index))
    if not 1 <= at <= len(choices):
        return VALUE
    return _taken(machine, choices[at - 1])


def _tried(machine: Machine, node: Node) -> Value:
    try:
        found = _taken(machine, node)
        return machine.single(found)
    except Faulty as fault:
        return fault.error


@function("IFERROR", 2, 2, lazy=True)
def iferror(machine: Machine, tried: Node, otherwise: Node) -> Value:
    found = _tried(machine, tried)
    return _taken(machine, otherwise) if isinstance(found, Error) else found


@function("IFNA", 2, 2, lazy=True)
def ifna(machine: Machine, tried: Node, otherwise: Node) -> Value:
    found = _tried(machine, tried)
    return _taken(machine, otherwise) if found == NA else found


def _truths(machine: Machine, values: tuple[Any, ...]) -> list[bool]:
    """Texts among cells do not count. Raises Faulty, also when there is nothing to decide."""
    found = []
    for value in values:
        inside = isinstance(value, Range | Array)
        for one in machine.entries(0 if isinstance(value, Missing) else value):
            if isinstance(one, Error):
                raise Faulty(one)
            if not (inside and (isinstance(one, str) or one is None)):
                found.append(convert.truth(one))
    if not found:
        raise Faulty(VALUE)
    return found


@function("AND", 1)
def and_(machine: Machine, *values: Any) -> Value:
    return all(_truths(machine, values))


@function("OR", 1)
def or_(machine: Machine, *values: Any) -> Value:
    return any(_truths(machine, values))


@function("XOR", 1)
def xor(machine: Machine, *values: Any) -> Value:
    return sum(_truths(machine, values)) % 2 == 1


@scalar("NOT", "b")
def not_(value: bool) -> Scalar:
    return not value


@scalar("TRUE", "")
def true() -> Scalar:
    return True


@scalar("FALSE", "")
def false() -> Scalar:
    return False
