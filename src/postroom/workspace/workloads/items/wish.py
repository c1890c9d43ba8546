"""How a caller wants to be answered: query options, and what the Prefer header said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from postroom.workspace.query.options import NONE, Expand, Options
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, Place


@dataclass(frozen=True, slots=True)
class Wish:
    """`text`: bodies as text. `unsafe`: HTML as it came. `immutable`: ids that survive moves."""

    options: Options = NONE
    immutable: bool = False
    text: bool = False
    unsafe: bool = False
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    """As the caller calls it."""
    if_match: str | None = None
    basic: bool = False
    """Without what is in an item: bodies, attachments, extensions."""
    flags: frozenset[str] = field(default_factory=frozenset)
    """`includeHiddenFolders`, in lower case."""

    raw: bool = False
    """Values of a document that is only read may stay JSON text (`msgspec.Raw`)."""

    def id_of(self, item: Item | Place) -> str:
        return ids.immutable(item) if self.immutable else ids.ordinary(item)

    def shows(self, name: str, *, by_default: bool = True) -> bool:
        """Whether a property is in the answer."""
        if not self.options.select:
            return by_default
        low = name.lower()
        return any(path.names[0].lower() == low for path in self.options.select)

    def expands(self, *names: str) -> Expand | None:
        """The expansion of a navigation property, by any of its names."""
        wanted = {name.lower() for name in names}
        return next((one for one in self.options.expand if one.path.names[-1].lower() in wanted), None)


PLAIN = Wish()

Document = dict[str, Any]
