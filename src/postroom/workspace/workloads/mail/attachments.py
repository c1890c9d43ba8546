"""Attachments of messages: lists, one, its bytes; more and fewer on drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.errors import NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.attaching import DIRECT_BYTES, add_file
from postroom.workspace.workloads.items.kinds import ATTACHMENTS
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import attaching, contents
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import MESSAGE
from postroom.workspace.workloads.mail.words import index


class Attachments:
    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, message_id: str, wish: Wish = PLAIN) -> Page:
        """All at once, but for `$top`."""
        with self._core.store.read() as unit:
            message = unit.items.get(mailbox, message_id, MESSAGE)
            found = unit.items.children(message, *ATTACHMENTS)
            cut = contents.Contents(unit, message)
            shown = [contents.shown(cut, one, wish) for one in found]
            return page_of(shown, wish.options, SCHEMA.entity("attachment"), None, 1000)

    def get(self, mailbox: str, message_id: str, attachment_id: str, wish: Wish = PLAIN) -> Document:
        with self._core.store.read() as unit:
            message, found = self._found(unit, mailbox, message_id, attachment_id)
            return contents.shown(contents.Contents(unit, message), found, wish)

    def content(self, mailbox: str, message_id: str, attachment_id: str) -> tuple[str, bytes]:
        """Media type and bytes. Raises NotFound for a link."""
        with self._core.store.read() as unit:
            message, found = self._found(unit, mailbox, message_id, attachment_id)
            return contents.raw(contents.Contents(unit, message), found)

    def add(self, mailbox: str, message_id: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Raises TooLarge for a file that needs an upload session, Denied when it is no draft."""
        with self._core.store.write() as unit:
            message = unit.items.get(mailbox, message_id, MESSAGE)
            attaching.check_draft(message)
            message = attaching.own_contents(unit, message)
            made = attaching.add(unit, message, given, most_bytes=DIRECT_BYTES)
            message = attaching.follow(unit, message)
            index(unit, message)
            return contents.shown(contents.Contents(unit, message), made, wish)

    def delete(self, mailbox: str, message_id: str, attachment_id: str) -> None:
        """Raises Denied when it is no draft."""
        with self._core.store.write() as unit:
            message, found = self._found(unit, mailbox, message_id, attachment_id)
            attaching.check_draft(message)
            message = attaching.own_contents(unit, message)
            unit.items.remove(found)
            index(unit, attaching.follow(unit, message))

    def _found(self, unit: Unit, mailbox: str, message_id: str, attachment_id: str) -> tuple[Item, Item]:
        message = unit.items.get(mailbox, message_id, MESSAGE)
        found = unit.items.get(mailbox, attachment_id, *ATTACHMENTS)
        if found.parent is None or found.parent.number != message.number:
            raise NotFound("attachment", attachment_id)
        return message, found


class Drafts:
    """Files that come in ranges become attachments of drafts."""

    def check(self, owner: Item) -> None:
        attaching.check_draft(owner)

    def attach(self, unit: Unit, owner: Item, values: Mapping[str, Any], whole: Blob) -> str:
        message = attaching.own_contents(unit, owner)
        made = add_file(unit, message, values, whole)
        message = attaching.follow(unit, message)
        index(unit, message)
        place = f"users('{message.mailbox}')/messages('{ids.ordinary(message)}')"
        return f"{place}/Attachments('{ids.ordinary(made)}')"
