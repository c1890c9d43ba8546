"""What has changed in a drive, or in a folder of it, since a token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from postroom.workspace.clock import to_ms
from postroom.workspace.query.literals import instant
from postroom.workspace.query.options import Options
from postroom.workspace.store.changes import LATEST, Delta
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import places
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.expanding import MOST, PAGE
from postroom.workspace.workloads.files.kinds import ITEM
from postroom.workspace.workloads.files.views import View

DATE_CHARS: Final = 40
"""No token is so short; a date is."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows, and the token of the next page or of what comes later: while `more`, it is the first."""

    rows: list[Document]
    token: str
    more: bool


class Deltas:
    def __init__(self, core: Core) -> None:
        self._core = core

    def since(self, look: Look, at: At, token: str | None) -> Changes:
        """Without a token all there is. Each item is told once, as it is now, after the folders that it lies in; what
        is gone has `deleted`. `latest` and a date are tokens too. Raises Invalid, TooOld.
        """
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            top = places.find(unit, self._core, look, at)
            # Only what is shown of items may be asked for: all else the token stands for.
            options = Options(
                select=look.wish.options.select, top=look.wish.options.top, page_size=look.wish.options.page_size
            )
            listing = Listing(top.mailbox, (ITEM,), ANY, top, options, default_page=PAGE, most=MOST)
            found = unit.changes.since(listing, _token(unit, listing, token))
            shown = replace(look, wish=replace(look.wish, options=replace(found.options, top=None)))
            rows = View(unit, self._core, shown).all(self._with_folders(unit, top, found))
            gone = [_gone(unit, top, one) for one in found.removed_ids(immutable=True)]
            return Changes([*rows, *gone], found.token, found.more)

    def _with_folders(self, unit: Unit, top: Item, found: Delta) -> list[Item]:
        """With the folders that the items lie in, up to the one that was asked about."""
        told: dict[int, Item] = {}
        seen: set[int] = set()
        for item in found.items:
            above = item.parent.number if item.parent else 0
            if above not in seen:
                seen.add(above)
                path = [one for one in unit.items.path(item) if one.kind == ITEM]
                numbers = [one.number for one in path]
                kept = path[: numbers.index(top.number) + 1] if top.number in numbers else []
                told |= {one.number: one for one in reversed(kept) if one.number not in told}
            told[item.number] = item
        return list(told.values())


def _token(unit: Unit, listing: Listing, token: str | None) -> str | None:
    if token is None or token == LATEST or len(token) > DATE_CHARS:
        return token
    moment = instant(token)
    return token if moment is None else unit.changes.token_at(listing, to_ms(moment))


def _gone(unit: Unit, top: Item, item_id: str) -> Document:
    return {
        "id": item_id,
        "deleted": {"state": "deleted"},
        "parentReference": {"driveId": View.drive_id(unit, top)},
    }
