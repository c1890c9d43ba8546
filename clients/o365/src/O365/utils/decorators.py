"""Decorators for fluent classes and for names on their way out."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def deprecated(version: str, *replacement: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Warn the caller that a function goes away, and name what replaces it."""

    def decorate(func: Callable[P, R]) -> Callable[P, R]:
        message = f"{func.__qualname__} is deprecated since version {version}."
        if replacement:
            message += f" Use {' or '.join(replacement)} instead."

        @wraps(func)
        def warned(*args: P.args, **kwargs: P.kwargs) -> R:
            warnings.warn(message, DeprecationWarning, stacklevel=2)
            return func(*args, **kwargs)

        return warned

    return decorate


def fluent(func: Callable[Concatenate[S, P], Any]) -> Callable[Concatenate[S, P], S]:
    """A method that returns the object it was called on."""

    @wraps(func)
    def chained(self: S, *args: P.args, **kwargs: P.kwargs) -> S:
        func(self, *args, **kwargs)
        return self

    return cast(Callable[Concatenate[S, P], S], chained)


def action(func: Callable[Concatenate[S, P], Any]) -> Callable[Concatenate[S, P], S]:
    """A method that works on a shallow copy of its object and returns that copy."""

    @wraps(func)
    def copied(self: S, *args: P.args, **kwargs: P.kwargs) -> S:
        twin = copy.copy(self)
        func(twin, *args, **kwargs)
        return twin

    return cast(Callable[Concatenate[S, P], S], copied)
