"""Folders of contacts: the tree below the default one, and moving in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import AlreadyExists, Denied, Invalid, NotFound, WrongState
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.contacts import places
from postroom.workspace.workloads.contacts.kinds import FOLDER
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

NAME_CHARS: Final = 255
_TYPE: Final = SCHEMA.entity(FOLDER)
_OTHERS: Final = ("contacts", "childFolders", "singleValueExtendedProperties", "multiValueExtendedProperties")


class Folders:
    """Names are unique among siblings, without regard to case. The default folder is in no list; it can be named."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, mailbox: str, parent: str | None, wish: Wish = PLAIN) -> Page:
        """The folders in a folder, None: in the default one."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.items.page(self._listing(unit, mailbox, parent, wish))
            return Page([self._shown(unit, one, wish) for one in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, name: str, wish: Wish = PLAIN, parent: str | None = None) -> Document:
        """With `parent` only when it lies in it."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = places.folder(unit, mailbox, name)
            above = places.folder(unit, mailbox, parent) if parent else None
            if above and (found.parent is None or found.parent.number != above.number):
                raise NotFound("folder", name)
            return self._shown(unit, found, wish)

    def create(self, mailbox: str, parent: str | None, given: Mapping[str, Any]) -> Document:
        document = _given(given, ("id", "parentFolderId"))
        with self._store.write() as unit:
            above = places.folder(unit, mailbox, parent)
            places.check_levels(unit, above, 1)
            name = _free_name(unit, above, document.get("displayName"))
            return _document(unit.items.add(mailbox, FOLDER, above, {"displayName": name}))

    def update(self, mailbox: str, name: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Another name, or with `parentFolderId` another place."""
        document = _given(given, ("id",))
        with self._store.write() as unit:
            found = places.folder(unit, mailbox, name)
            check_match(found, wish.if_match)
            check_fixed(given, _document(found), ("id",))
            found = _moved(unit, found, document.get("parentFolderId"))
            if document.get("displayName", found.document["displayName"]) != found.document["displayName"]:
                found = _renamed(unit, found, document["displayName"])
            return self._shown(unit, found, wish)

    def delete(self, mailbox: str, name: str, if_match: str | None = None) -> None:
        """With all that is in it, for good."""
        with self._store.write() as unit:
            found = places.folder(unit, mailbox, name)
            check_match(found, if_match)
            _check_own(found)
            unit.items.remove(found)

    def delta(self, mailbox: str, parent: str | None, wish: Wish = PLAIN) -> tuple[list[Document], Delta]:
        """Changed folders; what is gone is in the second. Without `parent` all of the mailbox but the default one."""
        places.prepare(self._store, mailbox)
        with self._store.read() as unit:
            above = places.folder(unit, mailbox, parent) if parent else ANY
            listing = Listing(mailbox, (FOLDER,), above, options=wish.options, view=_document)
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor)
            found = replace(found, items=[one for one in found.items if one.parent is not None])
            shown = replace(wish, options=replace(found.options, expand=()))
            return [self._shown(unit, one, shown) for one in found.items], found

    def _listing(self, unit: Unit, mailbox: str, parent: str | None, wish: Wish) -> Listing:
        above = places.folder(unit, mailbox, parent)
        return Listing(mailbox, (FOLDER,), above, options=wish.options, view=_document)

    def _shown(self, unit: Unit, item: Item, wish: Wish) -> Document:
        document = _document(item)
        expand = wish.expands("childFolders")
        if expand is not None:
            inner = replace(wish, options=expand.options)
            found = unit.items.page(self._listing(unit, item.mailbox, ids.immutable(item), inner))
            document["childFolders"] = [self._shown(unit, one, inner) for one in found.rows]
        return project(document, Options(select=wish.options.select, expand=wish.options.expand), _TYPE)


def _given(given: Mapping[str, Any], read_only: tuple[str, ...]) -> Document:
    document = checked(_TYPE, dict(given), read_only=(*read_only, *_OTHERS), partial=True)
    document.pop("@odata.type", None)
    return document


def _moved(unit: Unit, item: Item, destination: Any) -> Item:
    """Raises WrongState for a folder below itself."""
    if destination is None:
        return item
    target = places.folder(unit, item.mailbox, destination)
    if item.parent is not None and item.parent.number == target.number:
        return item
    if places.is_default(item) and target.number == item.number:
        return item  # as it is shown
    _check_own(item)
    places.check_levels(unit, target, places.levels(unit, item))
    if item.number in (target.number, *(above.number for above in unit.items.path(target))):
        raise WrongState("A folder cannot be moved into itself or into a folder below it.")
    _free_name(unit, target, item.document["displayName"], but=item)
    return unit.items.move(item, target)


def _renamed(unit: Unit, item: Item, name: Any) -> Item:
    _check_own(item)
    assert item.parent is not None
    (above,) = unit.items.at([item.parent.number])
    return unit.items.update(item, item.document | {"displayName": _free_name(unit, above, name, but=item)})


def _check_own(item: Item) -> None:
    """Raises Denied for the default folder."""
    if places.is_default(item):
        raise Denied("The folder Contacts is there always: it cannot be renamed, moved or deleted.")


def _free_name(unit: Unit, above: Item, name: Any, but: Item | None = None) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS:
        raise Invalid("displayName", f"a name of 1 to {NAME_CHARS} characters")
    same = unit.items.all(above.mailbox, FOLDER, parent=above, where={"name": name.strip()})
    if any(but is None or one.number != but.number for one in same):
        raise AlreadyExists("folder", name)
    return name.strip()


def _document(item: Item) -> Document:
    """A folder as Graph has it. Its id never changes."""
    return {
        "id": ids.immutable(item),
        "displayName": item.document.get("displayName"),
        "parentFolderId": ids.immutable(item.parent or item),
    }
