"""The categories that a mailbox has names and colours for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.errors import AlreadyExists, Denied, Invalid
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import CATEGORY
from postroom.workspace.workloads.mail.small import given as given_as
from postroom.workspace.workloads.mail.small import shown


class Categories:
    """The categories that a mailbox has names and colours for. Source: Microsoft Graph, outlookCategory."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, wish: Wish = PLAIN) -> Page:
        with self._core.store.read() as unit:
            rows = [shown(one) for one in unit.items.roots(mailbox, CATEGORY)]
        return page_of(rows, wish.options, SCHEMA.entity(CATEGORY), None, 1000)

    def get(self, mailbox: str, category_id: str) -> Document:
        with self._core.store.read() as unit:
            return shown(unit.items.get(mailbox, category_id, CATEGORY))

    def create(self, mailbox: str, given: Mapping[str, Any]) -> Document:
        """Raises AlreadyExists for a name that is there."""
        document = given_as(CATEGORY, given, partial=False)
        name = str(document.get("displayName") or "").strip()
        if not name or len(name) > 255:
            raise Invalid("displayName", "a name of 1 to 255 characters")
        with self._core.store.write() as unit:
            names = {str(one.document["displayName"]).casefold() for one in unit.items.roots(mailbox, CATEGORY)}
            if name.casefold() in names:
                raise AlreadyExists("category", name)
            document |= {"displayName": name, "color": document.get("color") or "none"}
            return shown(unit.items.add(mailbox, CATEGORY, None, document))

    def update(self, mailbox: str, category_id: str, given: Mapping[str, Any]) -> Document:
        """Another colour: the name stays, because messages have it."""
        document = given_as(CATEGORY, given, partial=True)
        with self._core.store.write() as unit:
            item = unit.items.get(mailbox, category_id, CATEGORY)
            if document.get("displayName", item.document["displayName"]) != item.document["displayName"]:
                raise Denied("The name of a category cannot be changed. Make another one.")
            return shown(unit.items.update(item, item.document | document))

    def delete(self, mailbox: str, category_id: str) -> None:
        with self._core.store.write() as unit:
            unit.items.remove(unit.items.get(mailbox, category_id, CATEGORY))
