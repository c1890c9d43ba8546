"""Mail folders: the tree, counts, moving and copying, folders that are searches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.query.tree import And, Compare, Literal, Path
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import copying, places, searches, well_known
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.errors import Distinguished
from postroom.workspace.workloads.mail.kinds import FOLDERS, SEARCH_FOLDER

READ_ONLY: Final = ("id", "parentFolderId", "childFolderCount", "totalItemCount", "unreadItemCount", "isSupported")
FIXED: Final = ("id", "parentFolderId")
NAME_CHARS: Final = 255
MOST_LEVELS: Final = 300
"""Of folders in one another, as with Exchange."""
_VISIBLE: Final = Compare("ne", Path(("isHidden",)), Literal(True))


class Folders:
    """Names are unique among siblings, without regard to case. Folders are named by id or by well-known name."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, parent: str | None, wish: Wish = PLAIN) -> Page:
        """The folders in a folder, None: those at the top."""
        places.prepare(self._core, mailbox, parent)
        with self._core.store.read() as unit:
            listing = self._listing(unit, mailbox, parent, wish)
            found = unit.items.page(listing)
            return Page([self._shown(unit, one, wish) for one in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, name: str, wish: Wish = PLAIN, parent: str | None = None) -> Document:
        """With `parent` only when it lies in it."""
        places.prepare(self._core, mailbox, name, parent)
        with self._core.store.read() as unit:
            found = places.folder(unit, mailbox, name)
            if parent is not None:
                self._check_place(unit, mailbox, found, parent)
            return self._shown(unit, found, wish)

    def create(self, mailbox: str, parent: str | None, given: Mapping[str, Any]) -> Document:
        """A folder, or with `@odata.type` of one a search folder."""
        places.prepare(self._core, mailbox, parent)
        kind = searches.kind_of(given)
        document = checked(SCHEMA.entity(kind), dict(given), read_only=READ_ONLY, partial=False)
        document.pop("@odata.type", None)
        with self._core.store.write() as unit:
            above = places.folder(unit, mailbox, parent or well_known.ROOT)
            _check_levels(unit, above, 1)
            document["displayName"] = self._free_name(unit, above, document.get("displayName"))
            document["isHidden"] = bool(document.get("isHidden"))
            if kind == SEARCH_FOLDER:
                document = searches.complete(unit, mailbox, document)
            return self._shown(unit, unit.items.add(mailbox, kind, above, document), PLAIN)

    def update(self, mailbox: str, name: str, given: Mapping[str, Any]) -> Document:
        """A new name, or what a search folder looks for."""
        places.prepare(self._core, mailbox, name)
        with self._core.store.write() as unit:
            found = places.folder(unit, mailbox, name)
            check_fixed(given, document_of(unit, found), FIXED)
            document = checked(SCHEMA.entity(found.kind), dict(given), read_only=READ_ONLY, partial=True)
            document.pop("@odata.type", None)
            if "displayName" in document:
                document["displayName"] = self._new_name(unit, found, document["displayName"])
            if found.kind == SEARCH_FOLDER:
                document = searches.complete(unit, mailbox, found.document | document)
            return self._shown(unit, unit.items.update(found, found.document | document), PLAIN)

    def delete(self, mailbox: str, name: str, *, permanently: bool = False) -> None:
        """Into Deleted Items; from there, or permanently, it goes with all that is in it."""
        places.prepare(self._core, mailbox, name)
        with self._core.store.write() as unit:
            found = self._movable(unit, mailbox, name)
            search = found.kind == SEARCH_FOLDER
            if permanently or search or places.is_within(unit, found, well_known.DELETED):
                unit.items.remove(found)
            else:
                self._put(unit, found, places.known(unit, mailbox, well_known.DELETED))

    def move(self, mailbox: str, name: str, destination: str) -> Document:
        places.prepare(self._core, mailbox, name, destination)
        with self._core.store.write() as unit:
            found = self._movable(unit, mailbox, name)
            target = places.folder(unit, mailbox, destination)
            _check_levels(unit, target, _levels(unit, found))
            self._free_name(unit, target, found.document.get("displayName"), but=found)
            return self._shown(unit, unit.items.move(found, target), PLAIN)

    def copy(self, mailbox: str, name: str, destination: str) -> Document:
        """With all messages and folders in it."""
        places.prepare(self._core, mailbox, name, destination)
        with self._core.store.write() as unit:
            found, target = places.folder(unit, mailbox, name), places.folder(unit, mailbox, destination)
            if found.number in (target.number, *(above.number for above in unit.items.path(target))):
                raise WrongState("A folder cannot be copied into itself or into a folder below it.")
            _check_levels(unit, target, _levels(unit, found))
            self._free_name(unit, target, found.document.get("displayName"))
            return self._shown(unit, copying.copy(unit, found, target), PLAIN)

    def delta(self, mailbox: str, parent: str | None, wish: Wish = PLAIN) -> tuple[list[Document], Delta]:
        """Changed folders; what is gone is in the second."""
        places.prepare(self._core, mailbox, parent)
        with self._core.store.read() as unit:
            above = ANY if parent is None else places.folder(unit, mailbox, parent)
            listing = Listing(mailbox, FOLDERS, above, options=wish.options, view=lambda one: document_of(unit, one))
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor)
            shown = replace(wish, options=replace(found.options, expand=()))
            # What lies in nothing is no folder of the user's.
            found = replace(found, items=[one for one in found.items if one.parent is not None])
            return [self._shown(unit, one, shown) for one in found.items], found

    def _listing(self, unit: Unit, mailbox: str, parent: str | None, wish: Wish) -> Listing:
        above = places.folder(unit, mailbox, parent or well_known.ROOT)
        options = wish.options
        if "includehiddenfolders" not in wish.flags:
            options = replace(options, filter=And((_VISIBLE, options.filter)) if options.filter else _VISIBLE)
        return Listing(mailbox, FOLDERS, above, options=options, view=lambda one: document_of(unit, one))

    def _shown(self, unit: Unit, item: Item, wish: Wish) -> Document:
        document = document_of(unit, item)
        expand = wish.expands("childFolders")
        if expand is not None:
            inner = replace(wish, options=expand.options)
            found = unit.items.page(self._listing(unit, item.mailbox, ids.immutable(item), inner))
            document["childFolders"] = [self._shown(unit, one, inner) for one in found.rows]
        options = Options(select=wish.options.select, expand=wish.options.expand)
        return project(document, options, SCHEMA.entity(item.kind))

    def _movable(self, unit: Unit, mailbox: str, name: str) -> Item:
        found = places.folder(unit, mailbox, name)
        if places.is_known(found):
            raise Distinguished(str(found.document["displayName"]))
        return found

    def _put(self, unit: Unit, item: Item, target: Item) -> None:
        """Move it, under another name where its own is taken."""
        name = str(item.document["displayName"])
        number = 1
        while _sibling(unit, target, name if number == 1 else f"{name}{number}", item):
            number += 1
        if number > 1:
            item = unit.items.update(item, item.document | {"displayName": f"{name}{number}"})
        unit.items.move(item, target)

    def _new_name(self, unit: Unit, item: Item, name: Any) -> str:
        if places.is_known(item) and name != item.document["displayName"]:
            raise Distinguished(str(item.document["displayName"]))
        above = next(unit.items.at([item.parent.number] if item.parent else []), None)
        return self._free_name(unit, above, name, but=item) if above else str(name)

    def _free_name(self, unit: Unit, above: Item, name: Any, but: Item | None = None) -> str:
        if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS:
            raise Invalid("displayName", f"a name of 1 to {NAME_CHARS} characters")
        if _sibling(unit, above, name, but):
            raise AlreadyExists("folder", name)
        return name.strip()

    def _check_place(self, unit: Unit, mailbox: str, item: Item, parent: str) -> None:
        above = places.folder(unit, mailbox, parent)
        if item.parent is None or item.parent.number != above.number:
            raise NotFound("folder", ids.immutable(item))


def _check_levels(unit: Unit, above: Item, levels: int) -> None:
    """Whether so many levels find room in a folder. Raises Invalid."""
    if len(list(unit.items.path(above))) + levels > MOST_LEVELS:
        raise Invalid("parentFolderId", f"no more than {MOST_LEVELS} folders in one another")


def _levels(unit: Unit, item: Item) -> int:
    """How deep a folder is, itself counted."""
    found, level = 0, [item]
    while level:
        found, level = found + 1, [child for one in level for child in unit.items.children(one, *FOLDERS)]
    return found


def _sibling(unit: Unit, above: Item, name: str, but: Item | None) -> bool:
    found = [one for kind in FOLDERS for one in unit.items.all(above.mailbox, kind, parent=above, where={"name": name})]
    return any(but is None or one.number != but.number for one in found)


def document_of(unit: Unit, item: Item) -> Document:
    """A folder as Graph has it. Its id is the one that never changes: so it is with Exchange, too."""
    total, unread = searches.counts(unit, item) if item.kind == SEARCH_FOLDER else places.counts(unit, item)
    document: Document = {
        "id": ids.immutable(item),
        "displayName": item.document.get("displayName"),
        "parentFolderId": ids.immutable(item.parent) if item.parent else ids.immutable(item),
        "childFolderCount": places.child_count(unit, item),
        "unreadItemCount": unread,
        "totalItemCount": total,
        "isHidden": bool(item.document.get("isHidden")),
    }
    if item.kind == SEARCH_FOLDER:
        shown = {name: value for name, value in item.document.items() if not name.startswith("_")}
        document = {"@odata.type": f"#microsoft.graph.{SEARCH_FOLDER}", **document, **shown}
    return document
