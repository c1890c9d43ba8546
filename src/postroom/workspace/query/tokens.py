"""A `$filter` cut into tokens, each with its position from 0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query import literals

MOST_CHARACTERS: Final = 65_536
"""Of one option. Longer ones are no questions but attacks."""

_NAME = r"[@$]?[^\W\d]\w*(?:\.[^\W\d]\w*)*"
# The first that matches wins: a GUID may begin like a number or a name, an instant like a date.
# What is quoted ends at a lone quote; doubled ones belong to it.
_PATTERNS: Final = {
    "space": r"\s+",
    "quoted": r"'(?:[^']|'')*+'",
    "typed": rf"{_NAME}'(?:[^']|'')*+'",
    "guid": rf"{literals.GUID}(?!\w)",
    "instant": rf"{literals.INSTANT}(?!\w)",
    "day": rf"{literals.DATE}(?!\w)",
    "time": rf"{literals.CLOCK}(?!\w)",
    "number": r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+\-]?[0-9]{1,3})?[fFdDmMlL]?(?!\w)",
    "name": _NAME,
    "mark": r"[()/,:*-]",
}
_TOKEN: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is a key of the patterns, or `end`."""

    kind: str
    text: str
    position: int

    @property
    def low(self) -> str:
        return self.text.lower()

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text if len(self.text) <= 40 else f"{self.text[:40]}…")


def tokens(text: str, option: str, offset: int = 0) -> list[Token]:
    """All tokens and one of the kind `end`. `option` is for the error's field. Raises Invalid."""
    check_length(text, option)
    return [*_tokens(text, option, offset), Token("end", "", offset + len(text))]


def check_length(text: str, option: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise Invalid(option, f"at most {MOST_CHARACTERS:,} characters")


def _tokens(text: str, option: str, offset: int) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _strange(text[at], option, offset + at)
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "", match[0], offset + at)
        at = match.end()


def _strange(char: str, option: str, position: int) -> Invalid:
    if char == "'":
        return Invalid(option, f"a quote that ends the text which begins at position {position}")
    if char.isdigit():
        return Invalid(option, f"a number, date or GUID at position {position}")
    return Invalid(option, f"no character {char!r} at position {position}")
