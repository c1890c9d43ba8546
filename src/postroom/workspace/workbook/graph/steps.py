"""Requests to a workbook, their answers, and the table of what leads where.

Source: Microsoft Graph v1.0, workbook types with their functions and actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from postroom.workspace.workbook.errors import InvalidArgument, ItemNotFound, UnsupportedOperation

if TYPE_CHECKING:
    from postroom.workspace.workbook.book import Book  # openpyxl takes half a second, and only workers need it

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One segment of a path. `key` stood in its parentheses; `arguments` of a function have names in lower case.

    `raw` is all of it, for keys that only look like a call: a sheet may be named `Data (2)`.
    """

    name: str
    key: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """`parameters` of the query have names in lower case. `select` and `expand` name properties."""

    verb: str
    steps: tuple[Step, ...]
    body: Any = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    top: int | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` is an object, a list of them with `many`, or a plain value with `plain`; nothing where `status` is 204.

    `type` is the Graph type without namespace. `next` is where the next page begins, `total` how many there are.
    """

    status: int = 200
    value: Any = None
    type: str = ""
    many: bool = False
    plain: bool = False
    next: int | None = None
    total: int | None = None


NOTHING: Final = Answer(204)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step or an action is given: its body, its arguments, the parameters of the query, in this order."""

    body: Mapping[str, Any]
    arguments: Mapping[str, str]

    def given(self, name: str, default: Any = None) -> Any:
        low = name.lower()
        for key, value in self.body.items():
            if key.lower() == low:
                return value
        return self.arguments.get(low, default)

    def number(self, name: str, default: int | None = None) -> int:
        """Raises InvalidArgument."""
        value = self.given(name, default)
        if isinstance(value, str):
            text = value.strip()
            if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 12:
                value = int(text)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31:
            raise InvalidArgument(f"{name} is a whole number.")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self.given(name, default)
        if isinstance(value, dict):
            value = value.get("address")
        if not isinstance(value, str):
            raise InvalidArgument(f"{name} is a text.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.given(name, default)
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower(), value)
        value = default if value is None else value
        if not isinstance(value, bool):
            raise InvalidArgument(f"{name} is true or false.")
        return value


@dataclass(frozen=True)
class Node:
    """A thing in a workbook. `type` is the Graph type of what it shows."""

    book: Book
    type: ClassVar[str] = ""

    def get(self) -> Document:
        raise UnsupportedOperation("This cannot be read by itself.")

    def shown(self, select: tuple[str, ...]) -> Document:
        """What is selected at least; where the rest is expensive, no more than that."""
        del select
        return self.get()

    def patch(self, given: Mapping[str, Any]) -> None:
        del given
        raise UnsupportedOperation("This cannot be changed.")

    def delete(self) -> None:
        raise UnsupportedOperation("This cannot be deleted.")


@dataclass(frozen=True)
class Collection(Node):
    """Many things; `type` is that of one."""

    def rows(self) -> list[Node]:
        """In their order."""
        return []

    def find(self, key: str) -> Node:
        raise ItemNotFound(f"There is nothing named {key!r} here.")

    def add(self, ask: Ask) -> Node | Document:
        del ask
        raise UnsupportedOperation("Nothing can be added here.")


N = TypeVar("N", bound=Node)
Go = Callable[[Any, Ask], Node]
Act = Callable[[Any, Ask], Answer]
GO: Final[dict[type[Node], dict[str, Go]]] = {}
"""Names in lower case that lead from a thing to another one."""
DO: Final[dict[type[Node], dict[str, tuple[Act, bool]]]] = {}
"""Actions, and whether they change the workbook."""


def goes(kind: type[N], *names: str) -> Callable[[Callable[[N, Ask], Node]], Callable[[N, Ask], Node]]:
    def register(go: Callable[[N, Ask], Node]) -> Callable[[N, Ask], Node]:
        for name in names:
            GO.setdefault(kind, {})[name.lower()] = go
        return go

    return register


def does(
    kind: type[N], *names: str, changes: bool = True
) -> Callable[[Callable[[N, Ask], Answer]], Callable[[N, Ask], Answer]]:
    def register(act: Callable[[N, Ask], Answer]) -> Callable[[N, Ask], Answer]:
        for name in names:
            DO.setdefault(kind, {})[name.lower()] = (act, changes)
        return act

    return register


def one(node: Node, status: int = 200) -> Answer:
    """A thing as the answer."""
    return Answer(status, node.get(), node.type)
