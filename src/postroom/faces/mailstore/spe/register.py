"""The registers of handlers of this API, and how its JSON objects become the words of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from postroom.errors import Invalid
from postroom.faces.mailstore.server.call import Call as ServerCall
from postroom.faces.mailstore.server.dispatch import Handler
from postroom.faces.mailstore.server.dispatch import implements as registers
from postroom.faces.mailstore.server.documents import json_object
from postroom.faces.mailstore.spe.call import Call

P = ParamSpec("P")
R = TypeVar("R")

MANAGEMENT: Final[dict[str, Handler]] = {}
"""Functions of the installation: `(call, **arguments)`."""

INSTANCE: Final[dict[str, Handler]] = {}
"""Functions of an instance that the Server has not, or otherwise: `(Server's call, **arguments)`, no instanceID."""


def implements(name: str) -> Callable[[Callable[Concatenate[Call, P], R]], Callable[Concatenate[Call, P], R]]:
    """As `server.dispatch.implements`, for a function of the installation."""

    def register(handler: Callable[Concatenate[Call, P], R]) -> Callable[Concatenate[Call, P], R]:
        if name in MANAGEMENT:
            raise ValueError(f"{name} has two handlers.")
        MANAGEMENT[name] = handler
        return handler

    return register


def implements_instance(
    name: str,
) -> Callable[[Callable[Concatenate[ServerCall, P], R]], Callable[Concatenate[ServerCall, P], R]]:
    """The same for one of an instance."""
    return registers(name, INSTANCE)


def given(config: Any, keys: Mapping[str, str]) -> dict[str, object]:
    """A configuration in the engine's words. Raises Invalid for what is no object, and for an unknown key."""
    document = json_object("config", config)
    if unknown := sorted(document.keys() - keys.keys()):
        raise Invalid(unknown[0], f"one of the keys {', '.join(keys)}")
    return {keys[key]: value for key, value in document.items()}


@contextmanager
def named(keys: Mapping[str, str]) -> Iterator[None]:
    """Errors of values under the API's names."""
    try:
        yield
    except Invalid as error:
        field = error.field.replace(" ", "_")
        raise Invalid(
            next((key for key, word in keys.items() if word == field), error.field), error.expected
        ) from error
