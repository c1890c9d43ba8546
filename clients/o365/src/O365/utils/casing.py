"""Casing of names: snake_case in Python, camelCase (Graph) or PascalCase (Outlook REST) on the wire."""

from __future__ import annotations

import re
from functools import lru_cache

_SEPARATED = re.compile(r"(?<=.)[-_.\s]+(\w)")
_TO_UNDERSCORE = re.compile(r"[-.\s]")
_CAPITAL = re.compile(r"[A-Z]")


# A program uses few names, and each of them once per object read: the cache makes casing disappear from profiles.
@lru_cache(maxsize=4096)
def to_snake_case(value: str) -> str:
    """`createdDateTime` → `created_date_time`; every capital after the first letter begins a word."""
    text = _TO_UNDERSCORE.sub("_", value)
    return text[:1].lower() + _CAPITAL.sub(lambda found: "_" + found.group().lower(), text[1:])


@lru_cache(maxsize=4096)
def to_camel_case(value: str) -> str:
    """`created_date_time` → `createdDateTime`; what is in camel case already stays; a path is cased by its segments."""
    return _path(value, False)


@lru_cache(maxsize=4096)
def to_pascal_case(value: str) -> str:
    """`created_date_time` → `CreatedDateTime`."""
    return _path(value, True)


def to_upper_lower_case(value: str, upper: bool = True) -> str:
    """The value with its first letter in upper or lower case."""
    return (value[:1].upper() if upper else value[:1].lower()) + value[1:]


def _path(value: str, upper: bool) -> str:
    """All names of a path; options in parentheses behind it (`rel($filter=id eq 'x')`) are the program's own."""
    names, bracket, options = value.partition("(")
    return "/".join(_segment(part, upper) for part in names.split("/")) + bracket + options


def _segment(part: str, upper: bool) -> str:
    """One name. Annotations (`@odata.type`) and type names (`microsoft.graph.event`) are not ours to change."""
    if "@" in part or part.lower().startswith("microsoft."):
        return part
    text = _SEPARATED.sub(lambda found: found.group(1).upper(), part.strip())
    return to_upper_lower_case(text, upper)
