"""Lists of tasks. Every mailbox has two of its own, which stay."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from postroom.errors import Invalid, WrongState
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.ids import KEY_BYTES
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items import extensions
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo.kinds import LIST

DEFAULT: Final = "defaultList"
KNOWN: Final = {DEFAULT: "Tasks", "flaggedEmails": "Flagged Emails"}
"""The lists that every mailbox has, by their well-known names."""
NAME_CHARS: Final = 255
_TYPE: Final = SCHEMA.entity(LIST)
_READ_ONLY: Final = ("id", "isOwner", "isShared", "wellknownListName")


class Lists:
    """Names need not be unique. Lists are named by id or by well-known name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, mailbox: str, wish: Wish = PLAIN) -> Page:
        """All at once."""
        prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.items.page(_listing(mailbox, wish))
            return Page([_shown(unit, one, wish) for one in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, name: str, wish: Wish = PLAIN) -> Document:
        prepare(self._store, mailbox)
        with self._store.read() as unit:
            return _shown(unit, named(unit, mailbox, name), wish)

    def create(
        self, mailbox: str, given: Mapping[str, Any], more: Mapping[str, Any] = MappingProxyType({})
    ) -> Document:
        """`more` is kept with it, under names that begin with `_`."""
        name = _name(_given(given).get("displayName"))
        prepare(self._store, mailbox)
        with self._store.write() as unit:
            return view(unit.items.add(mailbox, LIST, None, {"displayName": name, **more}))

    def update(self, mailbox: str, name: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Raises WrongState for another name of one that every mailbox has; Conflict, Invalid."""
        document = _given(given)
        prepare(self._store, mailbox)
        with self._store.write() as unit:
            found = named(unit, mailbox, name)
            check_match(found, wish.if_match)
            check_fixed(given, view(found), _READ_ONLY)
            old = found.document["displayName"]
            wanted = _name(document.get("displayName", old))
            if wanted != old:
                _check_own(found)
                found = unit.items.update(found, found.document | {"displayName": wanted})
            return _shown(unit, found, wish)

    def delete(self, mailbox: str, name: str, if_match: str | None = None) -> None:
        """With its tasks, for good. Raises WrongState for one that every mailbox has."""
        with self._store.write() as unit:
            found = named(unit, mailbox, name)
            check_match(found, if_match)
            _check_own(found)
            unit.items.remove(found)

    def delta(self, mailbox: str, wish: Wish = PLAIN) -> tuple[list[Document], Delta]:
        """Changed lists; what is gone is in the second."""
        prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.changes.since(_listing(mailbox, wish), wish.options.delta or wish.options.cursor)
            shown = replace(wish, options=found.options)
            return [_shown(unit, one, shown) for one in found.items], found


def prepare(store: Store, mailbox: str) -> None:
    """Make the lists that every mailbox has."""
    with store.read() as unit:
        missing = [name for name in KNOWN if unit.items.find(key_of(mailbox, name)) is None]
    if missing:
        with store.write() as unit:
            for name in KNOWN:
                _known(unit, mailbox, name)


def key_of(mailbox: str, name: str) -> bytes:
    """The key of such a list: found without a search, and made once whoever is first."""
    return hashlib.sha256(f"todo {mailbox} {name}".encode()).digest()[:KEY_BYTES]


def named(unit: Unit, mailbox: str, name: str) -> Item:
    """By id, or by well-known name in any case. Raises NotFound, Invalid."""
    known = next((one for one in KNOWN if one.lower() == name.lower()), None)
    found = unit.items.find(key_of(mailbox, known)) if known else None
    return found or unit.items.get(mailbox, name, LIST)


def view(item: Item) -> Document:
    """A list as Graph has it. Its id never changes."""
    return {
        "@odata.etag": ids.etag(item),
        "id": ids.immutable(item),
        "displayName": item.document["displayName"],
        "isOwner": True,
        "isShared": False,
        "wellknownListName": item.document.get("_name", "none"),
    }


def _known(unit: Unit, mailbox: str, name: str) -> None:
    key = key_of(mailbox, name)
    if unit.items.find(key) is None:
        unit.items.add(mailbox, LIST, None, {"displayName": KNOWN[name], "_name": name}, key=key)


def _listing(mailbox: str, wish: Wish) -> Listing:
    return Listing(mailbox, (LIST,), None, options=wish.options, default_page=None, view=view)


def _shown(unit: Unit, item: Item, wish: Wish) -> Document:
    document = project(view(item), Options(select=wish.options.select), _TYPE)
    if wish.expands("extensions") is not None:
        document["extensions"] = extensions.all_of(unit, item)
    return document


def _given(given: Mapping[str, Any]) -> Document:
    return checked(_TYPE, dict(given), read_only=(*_READ_ONLY, "extensions", "tasks"), partial=True)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS:
        raise Invalid("displayName", f"a name of 1 to {NAME_CHARS} characters")
    return name.strip()


def _check_own(item: Item) -> None:
    if item.document.get("_name"):
        raise WrongState(f"{item.document['displayName']!r} belongs to every mailbox: it keeps its name and stays.")
