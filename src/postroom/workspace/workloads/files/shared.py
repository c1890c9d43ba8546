"""What was shared with a user, what they used last, and what they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.tree import And, Compare, Literal, Path
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import SELECT, Item, items
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, drives, expanding, places
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import ITEM, ITEM_TYPE
from postroom.workspace.workloads.files.views import DOWNLOAD, View

FOLLOWS: Final = "follows"
REMOTE: Final = (
    "id", "name", "size", "webUrl", "file", "folder", "image", "fileSystemInfo", "parentReference", "shared",
    "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime",
)  # fmt: skip
_GIVEN: Final = """ JOIN drive_permission ON drive_permission.item = item.number
  WHERE grantee = :user OR address = :address
    OR item.number IN (SELECT permission FROM drive_redeemed WHERE user = :user) ORDER BY item.number DESC"""
_FILES: Final = Compare("ne", Path(("file",)), Literal(None))
_NEWEST: Final = (Order(Path(("lastModifiedDateTime",)), descending=True),)


class Shared:
    def __init__(self, core: Core) -> None:
        self._core = core

    def with_me(self, look: Look, at: At) -> Page:
        """Of the user whose drive is asked; the items are in `remoteItem`."""
        user = self._check(look, at)
        person = self._core.person(user)
        with self._core.store.read() as unit:
            named = {"user": user, "address": person.address.lower() if person else None}
            given = items(unit.connection.execute(SELECT + _GIVEN, named))
            found = self._targets(unit, given, user)
            rows = [_remote(one) for one in View(unit, self._core, look).documents(found)]
            return page_of(rows, look.wish.options, ITEM_TYPE, expanding.PAGE, expanding.MOST)

    def _targets(self, unit: Unit, given: Sequence[Item], user: str) -> list[Item]:
        numbers = [one.parent.number for one in given if one.parent and not access.is_over(unit, one.document)]
        found = unit.items.at(dict.fromkeys(numbers))
        return [one for one in found if one.mailbox != user and places.is_in(unit, one, places.drive_of(unit, one))]

    def recent(self, look: Look, at: At) -> Page:
        """Files of a drive, the last changed first."""
        self._check(look, at)
        with self._core.store.read() as unit:
            root = drives.part(unit, drives.drive_at(unit, at), ITEM)
            listing = expanding.listing_of(unit, self._core, look, root)
            asked = look.wish.options.filter
            options = replace(look.wish.options, filter=And((_FILES, asked)) if asked else _FILES)
            found = unit.items.page(replace(listing, parent=ANY, below=root, options=options, default_order=_NEWEST))
            return Page(expanding.shown(unit, self._core, look, found.rows), found.cursor, found.count)

    def follow(self, look: Look, at: At) -> Document:
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at)
            if look.doer.user is not None:
                unit.links.link(FOLLOWS, item, look.doer.user)
            return View(unit, self._core, look).one(item)

    def unfollow(self, look: Look, at: At) -> None:
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at)
            if look.doer.user is not None:
                unit.links.unlink(FOLLOWS, item, look.doer.user)

    def following(self, look: Look, at: At) -> Page:
        """What the owner of a drive follows, wherever it lies, while they may see it."""
        user = self._check(look, at)
        with self._core.store.read() as unit:
            found = [one for one in unit.links.sources(FOLLOWS, user) if self._sees(unit, look, one)]
            rows = View(unit, self._core, look).documents(found)
            return page_of(rows, look.wish.options, ITEM_TYPE, expanding.PAGE, expanding.MOST)

    def _sees(self, unit: Unit, look: Look, item: Item) -> bool:
        drive = places.drive_of(unit, item)
        return (
            places.is_in(unit, item, drive) and access.role_of(unit, self._core, look, drive, item) is not None
        )  # fmt: skip

    def _check(self, look: Look, at: At) -> str:
        """The owner of a drive. Raises Denied for who may not see all of it."""
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            drive = drives.drive_at(unit, at)
            access.check("owner" if access.is_own(self._core, look, drive) else None, "owner")
            return drive.mailbox


def _remote(document: Document) -> dict[str, Any]:
    """As an item that lies elsewhere is shown."""
    shown = {name: value for name, value in document.items() if name not in ("@odata.etag", "eTag", "cTag", DOWNLOAD)}
    shown.pop("parentReference")
    return shown | {"remoteItem": {name: document[name] for name in REMOTE if name in document}}
