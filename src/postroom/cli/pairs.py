"""Arguments of the form KEY=VALUE, for configurations whose keys the engine knows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from postroom.errors import Invalid

Pairs = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY=VALUE...",
        help="Keys of the configuration. A value @FILE is the first line of a file, @- that of standard input: so a "
        "password is in no list of processes. A key that is repeated has several values.",
        show_default=False,
    ),
]


def given(pairs: Sequence[str]) -> dict[str, Any]:
    """The values by key, a list where a key is repeated. Raises Invalid."""
    found: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Invalid(pair, "KEY=VALUE")
        value = first_line(value[1:]) if value.startswith("@") else value
        found[key] = value if key not in found else [*_many(found[key]), value]
    return found


def first_line(name: str) -> str:
    """Of a file, or of standard input for `-`."""
    text = sys.stdin.readline() if name == "-" else Path(name).expanduser().read_text("utf-8")
    return text.partition("\n")[0].rstrip("\r")


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
