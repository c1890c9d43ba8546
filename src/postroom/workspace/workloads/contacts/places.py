"""Folders of contacts inside a unit, by id; the default one by its name too, made when it is missing."""

from __future__ import annotations

import hashlib
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.store.ids import KEY_BYTES
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.contacts.kinds import FOLDER

DEFAULT: Final = "contacts"
"""Stands for the id of the default folder, in any case."""
LABEL: Final = "Contacts"
MOST_LEVELS: Final = 300
"""Of folders in one another, as with mail."""


def key_of(mailbox: str) -> bytes:
    """The key of the default folder: found without a search, and made once whoever is first."""
    return hashlib.sha256(f"contacts {mailbox}".encode()).digest()[:KEY_BYTES]


def prepare(store: Store, mailbox: str) -> None:
    """Make the default folder where it is missing."""
    with store.read() as unit:
        if unit.items.find(key_of(mailbox)) is not None:
            return
    with store.write() as unit:
        default(unit, mailbox)


def default(unit: Unit, mailbox: str) -> Item:
    """The default folder; in a unit that may write it is made where it is missing."""
    key = key_of(mailbox)
    found = unit.items.find(key)
    return found or unit.items.add(mailbox, FOLDER, None, {"displayName": LABEL}, key=key)


def folder(unit: Unit, mailbox: str, name: str | None) -> Item:
    """By id, or the default one for its name and for None. Raises NotFound, Invalid."""
    if name is None or name.lower() == DEFAULT:
        return default(unit, mailbox)
    return unit.items.get(mailbox, name, FOLDER)


def is_default(item: Item) -> bool:
    return item.key == key_of(item.mailbox)


def check_levels(unit: Unit, above: Item, levels: int) -> None:
    """Whether so many levels find room in a folder. Raises Invalid."""
    if len(list(unit.items.path(above))) + levels > MOST_LEVELS:
        raise Invalid("parentFolderId", f"no more than {MOST_LEVELS} folders in one another")


def levels(unit: Unit, item: Item) -> int:
    """How deep a folder is, itself counted."""
    found, level = 0, [item]
    while level:
        found, level = found + 1, [child for one in level for child in unit.items.children(one, FOLDER)]
    return found
