"""Contacts inside a unit: put there, changed, with what they are found by."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.contacts import given as given_as
from postroom.workspace.workloads.contacts import views
from postroom.workspace.workloads.contacts.kinds import CONTACT
from postroom.workspace.workloads.items.wish import Document

_ADDRESS: Final = "INSERT OR IGNORE INTO contact_address (address, mailbox, item) VALUES (?, ?, ?)"
_NO_ADDRESS: Final = "DELETE FROM contact_address WHERE item = ?"


def add(unit: Unit, folder: Item, document: Document) -> Item:
    """One that was checked, in a unit that may write."""
    made = unit.items.add(folder.mailbox, CONTACT, folder, given_as.completed({}, document))
    _follow(unit, made)
    return made


def change(unit: Unit, item: Item, document: Document) -> Item:
    """What was checked, in a unit that may write."""
    changed = unit.items.update(item, given_as.completed(item.document, document))
    _follow(unit, changed)
    return changed


def _follow(unit: Unit, item: Item) -> None:
    """What is kept beside the document to find a contact by."""
    unit.connection.execute(_NO_ADDRESS, (item.number,))
    rows = [(address, item.mailbox, item.number) for address in given_as.addresses_of(item.document)]
    unit.connection.executemany(_ADDRESS, rows)
    views.index(unit, item)
