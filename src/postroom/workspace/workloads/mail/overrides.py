"""Senders whose mail is always in focus, or never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postroom.errors import Invalid
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import OVERRIDE
from postroom.workspace.workloads.mail.small import given as given_as
from postroom.workspace.workloads.mail.small import shown


class Overrides:
    """Senders whose mail is always in focus, or never. Source: Microsoft Graph, inferenceClassificationOverride."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, wish: Wish = PLAIN) -> Page:
        with self._core.store.read() as unit:
            rows = [shown(one) for one in unit.items.roots(mailbox, OVERRIDE)]
        return page_of(rows, wish.options, SCHEMA.entity(OVERRIDE), None, 1000)

    def create(self, mailbox: str, given: Mapping[str, Any]) -> Document:
        """For a sender that has one already it is changed."""
        document = given_as(OVERRIDE, given, partial=False)
        address = str((document.get("senderEmailAddress") or {}).get("address") or "").lower()
        if not address:
            raise Invalid("senderEmailAddress", "an address")
        document["classifyAs"] = document.get("classifyAs") or "focused"
        with self._core.store.write() as unit:
            for one in unit.items.roots(mailbox, OVERRIDE):
                if str(one.document["senderEmailAddress"]["address"]).lower() == address:
                    return shown(unit.items.update(one, one.document | document))
            return shown(unit.items.add(mailbox, OVERRIDE, None, document))

    def update(self, mailbox: str, override_id: str, given: Mapping[str, Any]) -> Document:
        document = given_as(OVERRIDE, given, partial=True)
        document.pop("senderEmailAddress", None)
        with self._core.store.write() as unit:
            item = unit.items.get(mailbox, override_id, OVERRIDE)
            return shown(unit.items.update(item, item.document | document))

    def delete(self, mailbox: str, override_id: str) -> None:
        with self._core.store.write() as unit:
            unit.items.remove(unit.items.get(mailbox, override_id, OVERRIDE))
