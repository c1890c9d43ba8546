"""Copies of messages and folders: documents, bodies, words and files, with all that lies in them."""

from __future__ import annotations

from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail.kinds import MESSAGE
from postroom.workspace.workloads.mail.words import index

SHALLOW = frozenset({"_name"})


def copy(unit: Unit, item: Item, target: Item) -> Item:
    """A copy in `target`, of which nothing knows that it is one."""
    document = {name: value for name, value in item.document.items() if name not in SHALLOW}
    made = unit.items.add(item.mailbox, item.kind, target, document, body=unit.items.body(item))
    for role, blob in unit.items.blobs(item).items():
        unit.items.attach(made, role, blob)
    for child in unit.items.children(item):
        copy(unit, child, made)
    if made.kind == MESSAGE:
        index(unit, made)
    return made
