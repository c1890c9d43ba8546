"""What goes between the server and the process of a workbook, as MessagePack: nothing in it can run anything."""

from __future__ import annotations

from typing import Any

import msgspec

from postroom.workspace.workbook.errors import ALL, WorkbookError
from postroom.workspace.workbook.graph.steps import Answer, Request


class Start(msgspec.Struct, array_like=True, frozen=True):
    """What a process may use. `idle_s`: it ends when nothing is asked for so long."""

    memory_bytes: int
    unpacked_bytes: int
    cells: int
    range_cells: int
    calculate_s: float
    idle_s: float


class Order(msgspec.Struct, array_like=True, frozen=True):
    """Open this file first, if `path` names one; then answer. What changed is saved to `target`."""

    path: str = ""
    request: Request | None = None
    target: str = ""


class Outcome(msgspec.Struct, array_like=True, frozen=True):
    """`values` has the JSON of the answer's value, member by member where it is an object.

    `spoiled`: the workbook in memory is not what the file is. `broken` tells of an error that nobody expected.
    """

    answer: Answer | None = None
    values: dict[str, bytes] = {}
    saved: bool = False
    error: tuple[str, str] | None = None
    spoiled: bool = False
    broken: str = ""


WHOLE = "value"
"""The one member of `values` where the value is no object."""


def packed(answer: Answer) -> dict[str, bytes]:
    """The value as JSON, which is written once and never read in between."""
    value = answer.value
    members = value if isinstance(value, dict) else {WHOLE: value}
    return {name: msgspec.json.encode(one) for name, one in members.items()}


def raised(error: tuple[str, str]) -> WorkbookError:
    """The error that a process told."""
    kind = ALL.get(error[0], WorkbookError)
    return kind(error[1])


def told(error: WorkbookError) -> tuple[str, str]:
    return type(error).__name__, str(error)


def encoded(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)
