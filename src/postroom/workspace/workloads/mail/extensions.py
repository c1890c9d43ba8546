"""What programs keep with a message, by a name of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import views
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import EXTENSION, MESSAGE
from postroom.workspace.workloads.mail.wish import PLAIN, Document, Wish

MOST_EXTENSIONS: Final = 50


class Extensions:
    """What programs keep with a message, by a name of their own. Source: Microsoft Graph, openTypeExtension."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, message_id: str, wish: Wish = PLAIN) -> Page:
        with self._core.store.read() as unit:
            message = unit.items.get(mailbox, message_id, MESSAGE)
            rows = [views.extension(one) for one in unit.items.children(message, EXTENSION)]
        return page_of(rows, wish.options, SCHEMA.entity("extension"), None, 1000)

    def get(self, mailbox: str, message_id: str, name: str) -> Document:
        with self._core.store.read() as unit:
            return views.extension(self._named(unit, mailbox, message_id, name))

    def create(self, mailbox: str, message_id: str, given: Mapping[str, Any]) -> Document:
        name = given.get("extensionName")
        if not isinstance(name, str) or not name:
            raise Invalid("extensionName", "a name")
        document = {key: value for key, value in given.items() if not key.startswith(("@odata", "_")) and key != "id"}
        with self._core.store.write() as unit:
            message = unit.items.get(mailbox, message_id, MESSAGE)
            found = unit.items.children(message, EXTENSION)
            if any(one.document["extensionName"] == name for one in found):
                raise AlreadyExists("extension", name)
            if len(found) >= MOST_EXTENSIONS:
                raise Invalid("extensions", f"at most {MOST_EXTENSIONS} extensions")
            return views.extension(unit.items.add(mailbox, EXTENSION, message, document))

    def update(self, mailbox: str, message_id: str, name: str, given: Mapping[str, Any]) -> Document:
        """What is given is all it has then, besides its name."""
        document = {key: value for key, value in given.items() if not key.startswith(("@odata", "_")) and key != "id"}
        with self._core.store.write() as unit:
            item = self._named(unit, mailbox, message_id, name)
            whole = {**item.document, **document, "extensionName": item.document["extensionName"]}
            whole = {key: value for key, value in whole.items() if value is not None}
            return views.extension(unit.items.update(item, whole))

    def delete(self, mailbox: str, message_id: str, name: str) -> None:
        with self._core.store.write() as unit:
            unit.items.remove(self._named(unit, mailbox, message_id, name))

    def _named(self, unit: Unit, mailbox: str, message_id: str, name: str) -> Item:
        message = unit.items.get(mailbox, message_id, MESSAGE)
        name = name.removeprefix("Microsoft.OutlookServices.OpenTypeExtension.")
        for found in unit.items.children(message, EXTENSION):
            if str(found.document["extensionName"]).lower() == name.lower():
                return found
        raise NotFound("extension", name)
