"""From the name of a function and a form to a handler and its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import msgspec

from mailstore.contract import Function, Metadata, Param
from postroom.errors import NotFound
from postroom.faces.mailstore.server.call import Call
from postroom.faces.mailstore.server.errors import ArgumentInvalid, ArgumentMissing, ArgumentUnknown

P = ParamSpec("P")
R = TypeVar("R")
Handler = Callable[..., object]

HANDLERS: dict[str, Handler] = {}
"""Filled by `implements`, when the modules in `handlers` are imported."""


def implements(
    name: str, registry: dict[str, Handler] = HANDLERS
) -> Callable[[Callable[Concatenate[Call, P], R]], Callable[Concatenate[Call, P], R]]:
    """Make a function the handler of an API function: `(call, **arguments)`, named as in the contract.

    Arguments come as str, int, bool, decoded JSON, or tuple[str, ...] for a list; None when absent without default.
    What it returns is the result: anything msgspec writes as JSON.
    """

    def register(handler: Callable[Concatenate[Call, P], R]) -> Callable[Concatenate[Call, P], R]:
        if name in registry:
            raise ValueError(f"{name} has two handlers.")
        registry[name] = handler
        return handler

    return register


class Dispatch:
    """The built functions of a contract with their handlers."""

    def __init__(
        self, functions: Mapping[str, Function], handlers: Mapping[str, Handler], *, strict: bool = False
    ) -> None:
        self._functions = {name: function for name, function in functions.items() if function.built}
        self._handlers, self._strict = handlers, strict

    def functions(self) -> list[Function]:
        """All that can be called."""
        return [function for name, function in self._functions.items() if name in self._handlers]

    def function(self, name: str) -> Function:
        """Raises NotFound."""
        if name not in self._functions or name not in self._handlers:
            raise NotFound("function", name[:100])
        return self._functions[name]

    def handler(self, function: Function) -> Handler:
        return self._handlers[function.name]

    def metadata(self) -> list[Metadata]:
        """All that can be called, as get-metadata lists it."""
        return [function.metadata() for function in self.functions()]

    def faults(self) -> Iterator[str]:
        """Where contract and handlers disagree, one sentence each."""
        for name in self._functions.keys() - self._handlers.keys():
            yield f"{name} is built but has no handler."
        for name in self._handlers.keys() - self._functions.keys():
            yield f"{name} has a handler but is not built."
        for name in self._functions.keys() & self._handlers.keys():
            expected = [param.name for param in self._functions[name].params]
            found = list(inspect.signature(self._handlers[name]).parameters)[1:]
            if sorted(found) != sorted(expected):
                yield f"{name}: the contract has {expected}, the handler {found}."

    def arguments(self, function: Function, form: Iterable[tuple[str, str]]) -> dict[str, object]:
        """The arguments by the contract's names. Raises ArgumentMissing, ArgumentInvalid, ArgumentUnknown."""
        given = self._given(function, form)
        return {param.name: argument(param, given.get(param.name)) for param in function.params}

    def _given(self, function: Function, form: Iterable[tuple[str, str]]) -> dict[str, str]:
        # The original's spelling is irregular (timeZoneID, timeZoneId): any case will do.
        names = {param.name.lower(): param.name for param in function.params}
        given: dict[str, str] = {}
        for key, value in form:
            name = names.get(key.strip().lower())
            if name is None:
                if self._strict:
                    raise ArgumentUnknown(key)
            elif name in given:
                raise ArgumentInvalid(name, "one value, not several")
            else:
                given[name] = value
        return given


def argument(param: Param, text: str | None) -> object:
    """One argument as its type, the default when it is absent.

    An empty text means absent, except for text that may be empty.
    """
    # Scripts were seen to send line ends with their values; a password may begin or end with a blank.
    text = text if text is None or param.secret else text.strip()
    may_be_empty = param.type == "string" and not (param.values and not param.many)
    if text is None or (text == "" and not may_be_empty):
        if param.required:
            raise ArgumentMissing(param.name)
        return param.default
    if len(text) > param.max_length:
        raise ArgumentInvalid(param.name, f"at most {param.max_length} characters")
    return _CONVERT[param.type](param, text)


def _string(param: Param, text: str) -> str | tuple[str, ...]:
    if param.many:
        return tuple(_allowed(param, item) for part in text.split(",") if (item := part.strip()))
    return _allowed(param, text)


def _allowed(param: Param, text: str) -> str:
    if not param.values:
        return text
    known = {value.lower(): value for value in param.values}
    if text.lower() not in known:
        raise ArgumentInvalid(param.name, _one_of(param.values))
    return known[text.lower()]


def _one_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "one of " + ", ".join(values)


def _number(param: Param, text: str) -> int:
    # Not int(): it takes "1_000" and digits of other scripts.
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or not _within(param, int(text)):
        raise ArgumentInvalid(param.name, _range(param))
    return int(text)


def _within(param: Param, number: int) -> bool:
    # What an engine cannot store (64 bits) it need not see.
    low = -(2**63) if param.minimum is None else param.minimum
    high = 2**63 - 1 if param.maximum is None else param.maximum
    return low <= number <= high


def _range(param: Param) -> str:
    if param.minimum is None:
        return "a whole number"
    if param.maximum is None:
        return f"a whole number, at least {param.minimum}"
    return f"a whole number from {param.minimum} to {param.maximum}"


def _boolean(param: Param, text: str) -> bool:
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    if value is None:
        raise ArgumentInvalid(param.name, "true or false")
    return value


def _json(param: Param, text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ArgumentInvalid(param.name, f"JSON ({error})") from error
    except (RecursionError, UnicodeEncodeError) as error:
        raise ArgumentInvalid(param.name, "JSON of sane depth and characters") from error


_CONVERT: Mapping[str, Callable[[Param, str], object]] = {
    "string": _string,
    "number": _number,
    "bool": _boolean,
    "json": _json,
}
