"""The facade of contacts: what faces and the command line call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.query.options import Order
from postroom.workspace.query.page import Page
from postroom.workspace.query.tree import Path
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.contacts import given as given_as
from postroom.workspace.workloads.contacts import keeping, places, views
from postroom.workspace.workloads.contacts.exchange import Exchange
from postroom.workspace.workloads.contacts.folders import Folders
from postroom.workspace.workloads.contacts.kinds import CONTACT
from postroom.workspace.workloads.items import photos
from postroom.workspace.workloads.items.extensions import Extensions
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.photos import Photo
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

BY_NAME: Final = (Order(Path(("displayName",))),)
_KNOWN: Final = "SELECT 1 FROM contact_address WHERE address = ? AND mailbox = ? LIMIT 1"


class Contacts:
    """All methods take the UUID of a mailbox first; `folder` is an id, None the default folder."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.folders = Folders(store)
        self.extensions = Extensions(store, CONTACT)
        self.pictures = Pictures(store)
        self.exchange = Exchange(store)

    def page(self, mailbox: str, folder: str | None, wish: Wish = PLAIN) -> Page:
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.items.page(_listing(unit, mailbox, folder, wish))
            return Page([views.shown(unit, one, wish) for one in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, contact: str, wish: Wish = PLAIN, folder: str | None = None) -> Document:
        """With `folder` only when it lies in it."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.items.get(mailbox, contact, CONTACT)
            above = places.folder(unit, mailbox, folder) if folder else None
            if above and (found.parent is None or found.parent.number != above.number):
                raise NotFound(CONTACT, contact)
            return views.shown(unit, found, wish)

    def create(self, mailbox: str, folder: str | None, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        document = given_as.given(values)
        document.pop("parentFolderId", None)
        with self._store.write() as unit:
            return views.shown(unit, keeping.add(unit, places.folder(unit, mailbox, folder), document), wish)

    def update(self, mailbox: str, contact: str, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Also to another folder, with `parentFolderId`. Raises Conflict, Invalid."""
        document = given_as.given(values)
        with self._store.write() as unit:
            found = unit.items.get(mailbox, contact, CONTACT)
            check_match(found, wish.if_match)
            check_fixed(values, views.whole(found), given_as.FIXED)
            found = _moved(unit, found, document.pop("parentFolderId", None))
            return views.shown(unit, keeping.change(unit, found, document), wish)

    def delete(self, mailbox: str, contact: str, if_match: str | None = None) -> None:
        """For good: there is no place from which contacts could be recovered."""
        with self._store.write() as unit:
            found = unit.items.get(mailbox, contact, CONTACT)
            check_match(found, if_match)
            unit.items.remove(found)

    def delta(self, mailbox: str, folder: str | None, wish: Wish = PLAIN) -> tuple[list[Document], Delta]:
        """Changed contacts as they are now; what is gone is in the second."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            listing = _listing(unit, mailbox, folder, wish)
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor)
            shown = replace(wish, options=found.options)
            return [views.shown(unit, one, shown) for one in found.items], found


class Pictures:
    """One picture of each contact, as it came, in one size."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, mailbox: str, contact: str) -> Document:
        with self._store.read() as unit:
            return photos.document(_pictured(unit, mailbox, contact))

    def content(self, mailbox: str, contact: str, size: str | None = None) -> Photo:
        if size is not None:
            photos.check_size(size)
        with self._store.read() as unit:
            return photos.read(unit, _pictured(unit, mailbox, contact))

    def put(self, mailbox: str, contact: str, content: bytes) -> None:
        """Raises Invalid for what is no picture, TooLarge."""
        with self._store.write() as unit:
            photos.keep(unit, unit.items.get(mailbox, contact, CONTACT), content)

    def remove(self, mailbox: str, contact: str) -> None:
        with self._store.write() as unit:
            photos.remove(unit, _pictured(unit, mailbox, contact))


def is_known(unit: Unit, mailbox: str, address: str) -> bool:
    """Whether somebody with this address is a contact, in whatever folder."""
    return unit.connection.execute(_KNOWN, (address.strip().lower(), mailbox)).fetchone() is not None


def _listing(unit: Unit, mailbox: str, folder: str | None, wish: Wish) -> Listing:
    order = () if wish.options.search else BY_NAME
    above = places.folder(unit, mailbox, folder)
    return Listing(
        mailbox, (CONTACT,), above, options=wish.options, default_order=order, view=views.for_filter, zone=wish.zone
    )


def _moved(unit: Unit, item: Item, destination: Any) -> Item:
    if destination is None:
        return item
    target = places.folder(unit, item.mailbox, destination)
    return item if item.parent is not None and item.parent.number == target.number else unit.items.move(item, target)


def _pictured(unit: Unit, mailbox: str, contact: str) -> Item:
    """Raises NotFound for a contact without a picture: in Outlook it is an item like others."""
    found = unit.items.get(mailbox, contact, CONTACT)
    if not found.document.get("_photo"):
        raise NotFound("picture", contact)
    return found
