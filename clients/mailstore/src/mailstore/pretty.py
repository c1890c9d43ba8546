"""Answers in a form for people: key, four blanks, value; what is inside is indented by four; nulls are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

INDENT = " " * 4
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but tab and line feed, what turns the direction of writing, and half characters."""


def pretty(value: object) -> str:
    """The value as lines of text, without a line end at the end."""
    return "\n".join(_lines(value))


def pretty_print(value: object, file: TextIO | None = None) -> None:
    """Print it, to standard output if no file is given."""
    print(visible(pretty(value)), file=file)


def visible(text: str) -> str:
    """The text without what a terminal would obey: names and subjects are written by strangers."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _member(key, item)
    elif isinstance(value, (list, tuple)):
        yield from _items(value)
    else:
        yield str(value)


def _member(key: object, value: Any) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, (Mapping, list, tuple)):
        yield str(key)
        yield from (f"{INDENT}{line}".rstrip() for line in _lines(value))
    else:
        first, *rest = str(value).splitlines() or [""]
        yield f"{key}{INDENT}{first}".rstrip()
        yield from (f"{INDENT}{line}".rstrip() for line in rest)


def _items(values: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    """Plain items a line each; a blank line between objects."""
    for number, value in enumerate(values):
        if number and isinstance(value, Mapping):
            yield ""
        yield from _lines(value)
