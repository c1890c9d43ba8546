"""What collections of a few things have in common: shown, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.workloads.items.wish import Document


def shown(item: Item) -> Document:
    """The document with the id that never changes."""
    return {"id": ids.immutable(item), **{name: one for name, one in item.document.items() if not name.startswith("_")}}


def given(kind: str, given: Mapping[str, Any], *, partial: bool, read_only: tuple[str, ...] = ()) -> dict[str, Any]:
    document = checked(SCHEMA.entity(kind), dict(given), read_only=("id", *read_only), partial=partial)
    document.pop("@odata.type", None)
    return document
