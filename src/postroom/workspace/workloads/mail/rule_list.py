"""The rules of the inbox, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Denied, Invalid
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import headers, mime_out, places, well_known
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import RULE
from postroom.workspace.workloads.mail.small import given as given_as
from postroom.workspace.workloads.mail.small import shown

FOLDER_ACTIONS: Final = ("moveToFolder", "copyToFolder")
SENDING_ACTIONS: Final = ("forwardTo", "forwardAsAttachmentTo", "redirectTo")
READ_ONLY: Final = ("hasError", "isReadOnly")
MOST_RULES: Final = 500


class Rules:
    """Rules of the inbox. Source: Microsoft Graph, messageRule."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, mailbox: str, folder: str, wish: Wish = PLAIN) -> Page:
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            listed = unit.items.children(_inbox(unit, mailbox, folder), RULE)
        rows = sorted(map(shown, listed), key=lambda one: one["sequence"])
        return page_of(rows, wish.options, SCHEMA.entity(RULE), None, 1000)

    def get(self, mailbox: str, folder: str, rule_id: str) -> Document:
        places.prepare(self._core, mailbox)
        with self._core.store.read() as unit:
            _inbox(unit, mailbox, folder)
            return shown(unit.items.get(mailbox, rule_id, RULE))

    def create(self, mailbox: str, folder: str, given: Mapping[str, Any]) -> Document:
        places.prepare(self._core, mailbox)
        document = given_as(RULE, given, partial=False, read_only=READ_ONLY)
        if not document.get("displayName"):
            raise Invalid("displayName", "a name")
        if not document.get("actions"):
            raise Invalid("actions", "at least one action")
        with self._core.store.write() as unit:
            inbox = _inbox(unit, mailbox, folder)
            known = unit.items.children(inbox, RULE)
            if len(known) >= MOST_RULES:
                raise Invalid("messageRules", f"at most {MOST_RULES} rules")
            last = max((one.document["sequence"] for one in known), default=0)
            whole = {"sequence": last + 1, "isEnabled": True} | {k: v for k, v in document.items() if v is not None}
            whole |= {"hasError": False, "isReadOnly": False}
            return shown(unit.items.add(mailbox, RULE, inbox, _with_folders(unit, mailbox, whole)))

    def update(self, mailbox: str, folder: str, rule_id: str, given: Mapping[str, Any]) -> Document:
        places.prepare(self._core, mailbox)
        document = given_as(RULE, given, partial=True, read_only=READ_ONLY)
        with self._core.store.write() as unit:
            _inbox(unit, mailbox, folder)
            item = unit.items.get(mailbox, rule_id, RULE)
            check_fixed(given, shown(item), ("id", *READ_ONLY))
            return shown(unit.items.update(item, _with_folders(unit, mailbox, item.document | document)))

    def delete(self, mailbox: str, folder: str, rule_id: str) -> None:
        places.prepare(self._core, mailbox)
        with self._core.store.write() as unit:
            _inbox(unit, mailbox, folder)
            unit.items.remove(unit.items.get(mailbox, rule_id, RULE))


def _inbox(unit: Unit, mailbox: str, folder: str) -> Item:
    inbox = places.folder(unit, mailbox, folder)
    if inbox.document.get("_name") != well_known.INBOX:
        raise Denied("Only the Inbox has rules.")
    return inbox


def _with_folders(unit: Unit, mailbox: str, document: dict[str, Any]) -> dict[str, Any]:
    """The folders of actions by the id that stays. Raises NotFound, Invalid."""
    actions = dict(document.get("actions") or {})
    for name in FOLDER_ACTIONS:
        if actions.get(name):
            actions[name] = ids.immutable(places.folder(unit, mailbox, actions[name]))
    for name in SENDING_ACTIONS:
        for one in actions.get(name) or []:
            _check_recipient(f"actions/{name}", one)
    sequence = document.get("sequence")
    if not isinstance(sequence, int) or sequence < 1:
        raise Invalid("sequence", "a number from 1")
    return document | {"actions": actions}


def _check_recipient(field: str, one: dict[str, Any]) -> None:
    """To whom no mail can be sent would stop all delivery to this mailbox. Raises Invalid."""
    (address,) = headers.addresses([one])
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(letter.isspace() for letter in address):
        raise Invalid(field, f"addresses, which {address!r} is not")
    mime_out.address({"emailAddress": {"address": address}})
