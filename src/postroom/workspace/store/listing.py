"""What a list asks of the store, and a page of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Final

from postroom.workspace.query.options import NONE, Options, Order
from postroom.workspace.store.reading import ANY, Any_, Where
from postroom.workspace.store.rows import Item, view

_MOST_SKIPPED: Final = 2**62


@dataclass(frozen=True, slots=True)
class Listing:
    """Items of these kinds in a mailbox, in `parent` (None: roots) or anywhere `below` an item.

    `default_page` None is all at once. What columns do not answer is looked for in the `view` of items.
    """

    mailbox: str
    kinds: tuple[str, ...]
    parent: Where | Any_ | None = ANY
    below: Where | None = None
    options: Options = NONE
    default_order: tuple[Order, ...] = ()
    default_page: int | None = 10
    most: int = 1000
    view: Callable[[Item], dict[str, Any]] = field(default=view)
    zone: tzinfo = UTC

    @property
    def order(self) -> tuple[Order, ...]:
        return self.options.orderby or self.default_order

    @property
    def size(self) -> int | None:
        """How many rows a page has."""
        asked = [size for size in (self.options.top, self.options.page_size) if size is not None]
        if asked:
            return min(*asked, self.most)
        return self.default_page

    @property
    def skip(self) -> int:
        """How many rows are passed over; no more than SQLite can count."""
        return min(self.options.skip, _MOST_SKIPPED)

    @property
    def identity(self) -> list[Any]:
        """What a token is good for: this list in this order, whatever the options besides."""
        parent = -1 if isinstance(self.parent, Any_) else self.parent and self.parent.number
        order = [["/".join(one.path.names).lower(), one.descending] for one in self.order]
        return [self.mailbox, list(self.kinds), parent, self.below and self.below.number, order]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """`cursor` is there exactly while more follows; `count` is the total before paging, when it was asked for."""

    rows: list[Item]
    cursor: str | None = None
    count: int | None = None
