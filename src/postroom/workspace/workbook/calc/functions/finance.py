"""Payments of the same amount, and series of payments."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from postroom.workspace.workbook.calc import convert
from postroom.workspace.workbook.calc.convert import Faulty, Value
from postroom.workspace.workbook.calc.registry import Machine, function, numbers, scalar
from postroom.workspace.workbook.calc.tree import Missing
from postroom.workspace.workbook.values import DIV0, NUM, Scalar

_TRIES: Final = 100
_CLOSE: Final = 1e-10


def _grown(rate: float, periods: float) -> float:
    try:
        return float(convert.power(1 + rate, periods))
    except (OverflowError, ValueError) as error:
        raise Faulty(NUM) from error


def _payment(rate: float, periods: float, present: float, future: float, due: float) -> float:
    if periods == 0:
        raise Faulty(NUM)
    if rate == 0:
        return -(present + future) / periods
    grown = _grown(rate, periods)
    return -(present * grown + future) * rate / ((1 + rate * due) * (grown - 1))


def _future(rate: float, periods: float, payment: float, present: float, due: float) -> float:
    if rate == 0:
        return -(present + payment * periods)
    grown = _grown(rate, periods)
    return -(present * grown + payment * (1 + rate * due) * (grown - 1) / rate)


def _due(kind: float) -> float:
    return 1.0 if kind else 0.0


@scalar("PMT", "nnnnn")
def pmt(rate: float, periods: float, present: float, future: float = 0, kind: float = 0) -> Scalar:
    return _payment(rate, periods, present, future, _due(kind))


@scalar("FV", "nnnnn")
def fv(rate: float, periods: float, payment: float, present: float = 0, kind: float = 0) -> Scalar:
    return _future(rate, periods, payment, present, _due(kind))


@scalar("PV", "nnnnn")
def pv(rate: float, periods: float, payment: float, future: float = 0, kind: float = 0) -> Scalar:
    if rate == 0:
        return -(future + payment * periods)
    grown = _grown(rate, periods)
    return -(future + payment * (1 + rate * _due(kind)) * (grown - 1) / rate) / grown


@scalar("NPER", "nnnnn")
def nper(rate: float, payment: float, present: float, future: float = 0, kind: float = 0) -> Scalar:
    if rate == 0:
        if payment == 0:
            raise Faulty(NUM)
        return -(present + future) / payment
    paid = payment * (1 + rate * _due(kind)) / rate
    if present + paid == 0 or (paid - future) / (present + paid) <= 0 or rate <= -1:
        raise Faulty(NUM)
    return math.log((paid - future) / (present + paid)) / math.log(1 + rate)


def _interest(rate: float, at: float, periods: float, present: float, future: float, due: float) -> float:
    if not 1 <= at < periods + 1:
        raise Faulty(NUM)
    payment = _payment(rate, periods, present, future, due)
    if due and at == 1:
        return 0.0
    owed = _future(rate, at - 1, payment, present, due)
    return (owed - payment * due) * rate if due else owed * rate


@scalar("IPMT", "nnnnnn")
def ipmt(rate: float, at: float, periods: float, present: float, future: float = 0, kind: float = 0) -> Scalar:
    interest = _interest(rate, at, periods, present, future, _due(kind))
    return interest / (1 + rate) if kind and at > 1 else interest


@scalar("PPMT", "nnnnnn")
def ppmt(rate: float, at: float, periods: float, present: float, future: float = 0, kind: float = 0) -> Scalar:
    interest = ipmt(rate, at, periods, present, future, kind)
    return _payment(rate, periods, present, future, _due(kind)) - convert.number(interest)


@scalar("SLN", "nnn")
def sln(cost: float, salvage: float, life: float) -> Scalar:
    if life == 0:
        raise Faulty(DIV0)
    return (cost - salvage) / life


@scalar("SYD", "nnnn")
def syd(cost: float, salvage: float, life: float, at: float) -> Scalar:
    if life <= 0 or not 1 <= at <= life:
        raise Faulty(NUM)
    return (cost - salvage) * (life - at + 1) * 2 / (life * (life + 1))


@scalar("EFFECT", "ni")
def effect(nominal: float, periods: int) -> Scalar:
    if nominal <= 0 or periods < 1:
        raise Faulty(NUM)
    return _grown(nominal / periods, periods) - 1


@scalar("NOMINAL", "ni")
def nominal(effective: float, periods: int) -> Scalar:
    if effective <= 0 or periods < 1:
        raise Faulty(NUM)
    return (_grown(effective, 1 / periods) - 1) * periods


@function("NPV", 2)
def npv(machine: Machine, rate: Any, *values: Any) -> Value:
    asked = convert.number(machine.single(rate))
    if asked == -1:
        return DIV0
    return convert.checked(_present(asked, list(numbers(machine, values))) / (1 + asked))


def _present(rate: float, flows: list[float]) -> float:
    """Worth of payments of which the first is now."""
    try:
        return math.fsum(flow / (1 + rate) ** at for at, flow in enumerate(flows))
    except (OverflowError, ZeroDivisionError) as error:
        raise Faulty(NUM) from error


@function("IRR", 1, 2)
def irr(machine: Machine, values: Any, guess: Any = None) -> Value:
    flows = list(numbers(machine, [values]))
    if not flows or min(flows) >= 0 or max(flows) <= 0:
        return NUM
    start = 0.1 if guess is None or isinstance(guess, Missing) else convert.number(machine.single(guess))
    return _root(lambda rate: _present(rate, flows), start)


@scalar("RATE", "nnnnnn")
def rate_(
    periods: float, payment: float, present: float, future: float = 0, kind: float = 0, guess: float = 0.1
) -> Scalar:
    due = _due(kind)
    return _root(lambda rate: future - _future(rate, periods, payment, present, due), guess)


def _root(function_: Callable[[float], float], guess: float) -> float:
    """Where a function is 0, by secants. Raises Faulty where none is found."""
    one, other = guess, guess + 0.01
    at_one, at_other = function_(one), function_(other)
    for _ in range(_TRIES):
        if at_one == at_other:
            break
        one, other = other, other - at_other * (other - one) / (at_other - at_one)
        if other <= -1 or not math.isfinite(other):
            break
        at_one, at_other = at_other, function_(other)
        if abs(other - one) < _CLOSE:
            return other
    raise Faulty(NUM)
