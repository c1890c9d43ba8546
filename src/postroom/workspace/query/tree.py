"""What a `$filter` says, as a tree. Made by the parser; evaluated on documents, or translated to SQL.

Names of properties stand as the caller wrote them: they match without regard to case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal as OneOf

Value = str | int | float | bool | date | datetime | time | timedelta | None
Comparison = OneOf["eq", "ne", "gt", "ge", "lt", "le", "has"]
Arithmetic = OneOf["add", "sub", "mul", "div", "mod"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. Dates are aware; a text that looks like a date stays a text. The position makes no other constant."""

    value: Value
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """`from/emailAddress/address`; the first name may be the variable of a lambda. A cast is a name with a dot.

    `position` is where it stands in the text, from 0.
    """

    names: tuple[str, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function, its name in lower case: `contains`, `startswith`, `tolower`, …"""

    function: str
    arguments: tuple[Node, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Comparison
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compute:
    operator: Arithmetic
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class In:
    left: Node
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Lambda:
    """`path/any(variable: body)`; without a body, whether there is an element."""

    quantifier: OneOf["any", "all"]
    path: Path
    variable: str
    body: Node | None


Node = Literal | Path | Call | Compare | Compute | In | And | Or | Not | Lambda
