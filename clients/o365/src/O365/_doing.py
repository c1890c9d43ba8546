"""Waiting, and things done one after another: a connection has a say there, for that of O365.aio must not block."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from O365._flows.steps import Flow, Request, Step, Wait, run

T = TypeVar("T")
R = TypeVar("R")


def pause(con: Any, seconds: float) -> None:
    """Wait. `con` may be whatever programs use in the place of a connection."""
    getattr(con, "_sleep", time.sleep)(seconds)


def each(con: Any, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """What the function gives for each item, in their order. In O365.aio some are done at the same time."""
    at_once = getattr(con, "_each", None)
    return [function(item) for item in items] if at_once is None else at_once(function, items)


def drive(con: Any, flow: Flow[T]) -> T:
    """Drive a flow with the methods of a connection, or of what stands in its place."""
    return run(flow, lambda step: _performed(con, step))


def _performed(con: Any, step: Step) -> Any:
    if isinstance(step, Wait):
        return pause(con, step.seconds)
    assert isinstance(step, Request)
    if step.signed:
        return getattr(con, step.method)(step.url, **step.options)
    return con.naive_request(step.url, step.method, **step.options)
