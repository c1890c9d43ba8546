"""Folders inside a unit: found by id or by well-known name, made where they are missing, counted, walked."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.errors import NotFound
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import well_known
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import FOLDER, FOLDERS


def prepare(core: Core, mailbox: str, *names: str | None) -> None:
    """Make the folders that every mailbox has, and those of `names` that are well-known."""
    asked = [name.lower() for name in names if name and name.lower() in well_known.FOLDERS]
    missing = [name for name in (*well_known.AT_ONCE, *asked) if (mailbox, name) not in core.ready]
    if not missing:
        return
    with core.store.read() as unit:
        absent = [name for name in missing if unit.items.find(well_known.key_of(mailbox, name)) is None]
    if absent:
        core.person(mailbox)
        with core.store.write() as unit:
            for name in absent:
                known(unit, mailbox, name)
    core.ready.update((mailbox, name) for name in missing)


def ensure(core: Core, unit: Unit, mailbox: str) -> None:
    """The folders that every mailbox has, in a unit that may write."""
    missing = [(mailbox, name) for name in well_known.AT_ONCE if (mailbox, name) not in core.ready]
    for _, name in missing:
        known(unit, mailbox, name)
    if missing:
        unit.after_commit.append(lambda: core.ready.update(missing))


def known(unit: Unit, mailbox: str, name: str) -> Item:
    """A well-known folder; in a unit that may write it is made where it is missing."""
    name = name.lower()
    key, told = well_known.key_of(mailbox, name), well_known.FOLDERS[name]
    found = unit.items.find(key)
    if found is not None:
        return found
    above = known(unit, mailbox, told.above) if told.above else None
    document = {"displayName": told.label, "isHidden": told.hidden, "_name": name}
    return unit.items.add(mailbox, FOLDER, above, document, key=key)


def folder(unit: Unit, mailbox: str, text: str) -> Item:
    """By id or by well-known name in any case. Raises NotFound, Invalid."""
    name = text.lower()
    if name in well_known.FOLDERS:
        found = unit.items.find(well_known.key_of(mailbox, name))
        if found is None:
            raise NotFound("folder", text)
        return found
    return unit.items.get(mailbox, text, *FOLDERS)


def is_known(item: Item) -> bool:
    return bool(item.document.get("_name"))


def is_within(unit: Unit, item: Item, name: str) -> bool:
    """Whether something lies in a well-known folder, at any depth."""
    return any(above.document.get("_name") == name for above in unit.items.path(item))


def below(unit: Unit, item: Item) -> Iterator[Item]:
    """A folder and all folders in it."""
    yield item
    for child in unit.items.children(item, *FOLDERS):
        yield from below(unit, child)


def counts(unit: Unit, item: Item) -> tuple[int, int]:
    """How many messages lie in a folder, and how many of them are unread."""
    row = unit.connection.execute("SELECT total, unread FROM message_count WHERE parent = ?", (item.number,)).fetchone()
    return (int(row["total"]), int(row["unread"])) if row else (0, 0)


def child_count(unit: Unit, item: Item) -> int:
    """How many folders lie in it, hidden ones left out."""
    found = unit.items.children(item, *FOLDERS)
    return sum(not one.document.get("isHidden") for one in found)
