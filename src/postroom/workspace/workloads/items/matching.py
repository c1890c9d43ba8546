"""Whether an item is still what its caller has seen."""

from __future__ import annotations

from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.workloads.items.errors import Conflict


def check_match(item: Item, if_match: str | None) -> None:
    """Raises Conflict when the item is no longer what the caller has seen."""
    if if_match and if_match.strip() != "*":
        wanted = [one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")]
        if ids.change_key(item) not in wanted:
            raise Conflict
