"""The items of a page, each made of its row when it is wanted: a program may look at few of a thousand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from O365._flows.paging import Page

T = TypeVar("T")
_MISSING: Any = object()


class Rows(Generic[T]):
    """`make` makes the item of a row. With `keep` each is made once and stays; otherwise only whoever wanted it has it:
    what a program is done with leaves memory before the page does, and Python's collector has little to look at.
    """

    __slots__ = ("_items", "_make", "_rows", "_told")

    def __init__(self, page: Page, make: Callable[[Any], T], *, keep: bool = False) -> None:
        self._rows, self._told, self._make = page.rows, page.told, make
        self._items: list[T] | None = [_MISSING] * len(page.rows) if keep else None

    @classmethod
    def of(cls, items: list[T]) -> Rows[T]:
        """Of items that are there."""
        return cls(Page(items, None), lambda item: item)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> T:
        if self._items is None:
            return self._make(self._told(self._rows[place]))
        found = self._items[place]
        if found is _MISSING:
            found = self._items[place] = self._make(self._told(self._rows[place]))
            self._rows[place] = None  # the text of a page goes when all of it was read
        return found

    def all(self) -> list[T]:
        """All of them; from now on these stay."""
        if self._items is None:
            self._items = [self._make(self._told(row)) for row in self._rows]
        for place in range(len(self._items)):
            self[place]
        return self._items
