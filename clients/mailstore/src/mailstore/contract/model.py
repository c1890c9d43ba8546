"""What a row of the contract is made of. Standard library only: the server imports it too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

Type = Literal["string", "number", "bool", "json"]
"""As get-metadata spells them."""


class Argument(TypedDict):
    """One argument in an answer of get-metadata; `nullable` false means that a call without it is refused."""

    name: str
    type: Type
    nullable: bool


class Metadata(TypedDict):
    """One function in an answer of get-metadata."""

    name: str
    args: list[Argument]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a function.

    `required`: the server refuses a call without it. `default`: what the client's method sends when the caller
    leaves the argument out, and what the server takes when it is absent; None = it is not sent and means null.
    `values`: all that is allowed, or anything when empty. `many`: a comma-separated list of strings.
    """

    name: str
    type: Type
    doc: str
    required: bool = True
    values: tuple[str, ...] = ()
    many: bool = False
    default: str | int | bool | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 4096
    """In characters of the text on the wire."""
    secret: bool = False
    """Never to be logged or shown."""
    shape: Any = None
    """The Python type of a JSON parameter."""
    ours: bool = False
    """Unknown to the original product."""

    def optional(self) -> Param:
        return replace(self, required=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What a function answers: a Python type made of the classes in `shapes`, and a sample of it."""

    type: Any
    sample: Any


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the API.

    `params` are in the order of the client's positional arguments. `slow`: it starts a process and answers with a
    token. `result` None: it answers null. `source`: section of the facts and how sure they are. `since`: product
    version or year of the first sure sighting. `built`: Postroom's server has it. `ours`: the original lacks it.
    `users`: Postroom answers it to users without the privilege admin too, about the archives they may read.
    `secret`: its JSON parameters or its result may hold secrets.
    """

    name: str
    doc: str
    params: tuple[Param, ...] = ()
    slow: bool = False
    result: Result | None = None
    source: str = ""
    since: str = "9"
    built: bool = False
    ours: bool = False
    users: bool = False
    secret: bool = False

    @property
    def paged(self) -> bool:
        """With `limit` given it answers `{"items": [...], "next": token or null}` in place of the bare list."""
        return not self.ours and any(param.name == "after" for param in self.params)

    def metadata(self) -> Metadata:
        """The function as get-metadata describes it."""
        args: list[Argument] = [
            {"name": param.name, "type": param.type, "nullable": not param.required} for param in self.params
        ]
        return {"name": self.name, "args": args}


def string(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "string", doc, **more)


def number(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "number", doc, **{"max_length": 20, **more})


def flag(name: str, doc: str, **more: Any) -> Param:
    return Param(name, "bool", doc, **{"max_length": 5, **more})


def document(name: str, doc: str, shape: Any = dict[str, Any], **more: Any) -> Param:
    """A JSON parameter."""
    return Param(name, "json", doc, **{"max_length": 1 << 20, "shape": shape, **more})


def names(name: str, doc: str, **more: Any) -> Param:
    """A comma-separated list."""
    return Param(name, "string", doc, **{"max_length": 1 << 16, "many": True, **more})


def table(*functions: Function) -> dict[str, Function]:
    """The functions by name; a name given twice is an error."""
    by_name = {function.name: function for function in functions}
    if len(by_name) != len(functions):
        raise ValueError("a function is in the table twice")
    return by_name
