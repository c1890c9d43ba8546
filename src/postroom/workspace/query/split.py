"""Cutting the text of an option at a separator, outside of quotes and parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query.tokens import check_length

MOST_PARTS: Final = 500
_PIECE: Final = re.compile(r"""'[^']*+'|"(?:[^"\\]|\\.)*+"|[^'"(),;]++|.""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    position: int


def split(text: str, separator: str, option: str) -> list[Part]:
    """The parts that are not empty, without spaces around. Raises Invalid for parentheses or quotes left open."""
    check_length(text, option)
    parts, start, depth = [], 0, 0
    for piece in _PIECE.finditer(text):
        depth += (piece[0] == "(") - (piece[0] == ")")
        if depth < 0 or piece[0] in ("'", '"'):
            raise Invalid(option, f"no {piece[0]} at position {piece.start()}")
        if piece[0] == separator and depth == 0:
            parts.append(_part(text, start, piece.start()))
            start = piece.end()
    if depth:
        raise Invalid(option, f"a closing parenthesis at position {len(text)}")
    if len(parts) >= MOST_PARTS:
        raise Invalid(option, f"at most {MOST_PARTS} parts")
    return [part for part in [*parts, _part(text, start, len(text))] if part.text]


def _part(text: str, start: int, stop: int) -> Part:
    cut = text[start:stop]
    return Part(cut.strip(), start + len(cut) - len(cut.lstrip()))
