"""Filters as the API has them: names separated by commas, with `*` and `?`, without regard to case."""

from __future__ import annotations

import re
from collections.abc import Callable

from postroom.archive.instance.identifiers import name_key


def fits(pattern: str | None) -> Callable[[str], bool]:
    """Whether a name is meant; None means all."""
    if pattern is None:
        return lambda _name: True
    parts = [_expression(part) for text in pattern.split(",") if (part := text.strip())]
    expression = re.compile("|".join(parts) or r"(?!)", re.DOTALL)
    return lambda name: expression.fullmatch(name_key(name)) is not None


def _expression(part: str) -> str:
    first, *others = ("".join("." if char == "?" else re.escape(char) for char in piece)
                      for piece in name_key(part).split("*"))  # fmt: skip
    if not others:
        return first
    # What lies between two stars is found where it comes first, for good: tried at all places, a few stars more would
    # take for ever.
    between = "".join(f"(?>.*?{piece})" for piece in others[:-1])
    return f"{first}{between}.*{others[-1]}"
