"""The names of the categories that a message, an event or a contact is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from O365._attributes import ASKED, Field
from O365.category import Category


def name_of(category: str | Category) -> str:
    return category.name if isinstance(category, Category) else category


def categories_field(*, sent: str = ASKED) -> Field[list[str]]:
    """Names; categories can be given too, or a single one."""
    return Field("categories", lambda _, told: list(told or ()), _accept, sent=sent)


def _accept(_: Any, given: str | Category | Iterable[str | Category]) -> list[str]:
    if isinstance(given, str | Category):
        given = [given]
    if not isinstance(given, list | tuple | set):
        raise ValueError(f"categories: expected names, not {given!r}")  # noqa: TRY004 - documented
    return [name_of(one) for one in given]
