"""What programs keep with an item, by a name of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.kinds import EXTENSION
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish

MOST_EXTENSIONS: Final = 50


class Extensions:
    """The open extensions of items of one kind. Source: Microsoft Graph, openTypeExtension."""

    def __init__(self, store: Store, *owners: str) -> None:
        self._store, self._owners = store, owners

    def page(self, mailbox: str, owner_id: str, wish: Wish = PLAIN) -> Page:
        with self._store.read() as unit:
            rows = all_of(unit, self.owner(unit, mailbox, owner_id))
        return page_of(rows, wish.options, SCHEMA.entity("extension"), None, 1000)

    def get(self, mailbox: str, owner_id: str, name: str) -> Document:
        with self._store.read() as unit:
            return _shown(self._named(unit, mailbox, owner_id, name))

    def create(self, mailbox: str, owner_id: str, given: Mapping[str, Any]) -> Document:
        name = given.get("extensionName")
        if not isinstance(name, str) or not name:
            raise Invalid("extensionName", "a name")
        with self._store.write() as unit:
            owner = self.owner_to_change(unit, mailbox, owner_id)
            found = unit.items.children(owner, EXTENSION)
            if any(one.document["extensionName"] == name for one in found):
                raise AlreadyExists("extension", name)
            if len(found) >= MOST_EXTENSIONS:
                raise Invalid("extensions", f"at most {MOST_EXTENSIONS} extensions")
            return _shown(unit.items.add(mailbox, EXTENSION, owner, _given(given)))

    def update(self, mailbox: str, owner_id: str, name: str, given: Mapping[str, Any]) -> Document:
        """What is given is all it has then, besides its name."""
        with self._store.write() as unit:
            item = self._named(unit, mailbox, owner_id, name)
            whole = {**item.document, **_given(given), "extensionName": item.document["extensionName"]}
            whole = {key: value for key, value in whole.items() if value is not None}
            return _shown(unit.items.update(item, whole))

    def delete(self, mailbox: str, owner_id: str, name: str) -> None:
        with self._store.write() as unit:
            unit.items.remove(self._named(unit, mailbox, owner_id, name))

    def owner(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        """What has the extensions. Raises NotFound, Invalid."""
        return unit.items.get(mailbox, owner_id, *self._owners)

    def owner_to_change(self, unit: Unit, mailbox: str, owner_id: str) -> Item:
        """The same, about to have one more."""
        return self.owner(unit, mailbox, owner_id)

    def _named(self, unit: Unit, mailbox: str, owner_id: str, name: str) -> Item:
        owner = self.owner(unit, mailbox, owner_id)
        name = name.removeprefix("Microsoft.OutlookServices.OpenTypeExtension.")
        for found in unit.items.children(owner, EXTENSION):
            if str(found.document["extensionName"]).lower() == name.lower():
                return found
        raise NotFound("extension", name)


def all_of(unit: Unit, owner: Item) -> list[Document]:
    """All extensions of an item, as `$expand` shows them."""
    return [_shown(one) for one in unit.items.children(owner, EXTENSION)]


def _given(given: Mapping[str, Any]) -> Document:
    return {key: value for key, value in given.items() if not key.startswith(("@odata", "_")) and key != "id"}


def _shown(item: Item) -> Document:
    shown: Document = {name: value for name, value in item.document.items() if not name.startswith("_")}
    return {"@odata.type": "#microsoft.graph.openTypeExtension", **shown, "id": item.document["extensionName"]}
