"""Which instance a call is about, and how to sign in at a management server: shared by its clients. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Literal, TypeVar

from mailstore.contract import Function
from mailstore.core import Core, named
from mailstore.session import Session

R = TypeVar("R")
NAME = "instanceID"
COOKIE_PORT = 8470
SignIn = Literal["auto", "cookie", "basic"]
"""By cookie, with each request: `auto` is by cookie on port 8470 and with each request on any other."""


def instance_first(method: Callable[..., R]) -> Callable[..., R]:
    """The method with the client's own `instanceID` where a call leaves it out and names all other arguments."""

    @wraps(method)
    def call(self: Any, *values: object, **arguments: object) -> R:
        return method(self, *values, **with_default(self.instanceID, values, arguments))

    return call


def with_default(
    instance: str | None, values: tuple[object, ...], arguments: Mapping[str, object]
) -> dict[str, object]:
    """The named arguments, with the instance if it is not among them and no argument stands where it would."""
    if values or NAME in arguments or instance is None:
        return {**arguments}
    return {NAME: instance, **arguments}


def session(kind: SignIn, port: int, username: str, password: str) -> Session | None:
    """A session for a client that signs in by cookie. Raises ValueError for a kind that is none."""
    if kind not in {"auto", "cookie", "basic"}:
        raise ValueError("session: expected auto, cookie or basic")
    by_cookie = kind == "cookie" or (kind == "auto" and port == COOKIE_PORT)
    return Session(username, password) if by_cookie else None


class InstanceFirst(Core):
    """A client whose methods take the instance as their first argument."""

    instanceID: str | None = None  # noqa: N815

    def _named(
        self, function: Function, values: tuple[object, ...], arguments: Mapping[str, object]
    ) -> dict[str, object]:
        if has_instance(function):
            arguments = with_default(self.instanceID, values, arguments)
        return named(function, values, arguments)


class InstanceApart(Core):
    """A client that is told the instance once, and adds it to every call of a function that has one."""

    instanceID: str | None = None  # noqa: N815

    def _named(
        self, function: Function, values: tuple[object, ...], arguments: Mapping[str, object]
    ) -> dict[str, object]:
        others = replace(function, params=tuple(param for param in function.params if param.name != NAME))
        return self._added(function, named(others, values, arguments))

    def _added(self, function: Function | None, arguments: Mapping[str, object]) -> dict[str, object]:
        """The arguments with the instance, if the function has one and they do not."""
        if function is None or not has_instance(function) or arguments.get(NAME) is not None:
            return {**arguments}
        return {NAME: self.instanceID, **{name: value for name, value in arguments.items() if name != NAME}}


def has_instance(function: Function) -> bool:
    """Whether the function is about one instance."""
    return any(param.name == NAME for param in function.params)
