"""Calendars and their groups inside a unit: found by id, the default ones made where they are missing."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.store.ids import KEY_BYTES
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.calendar.core import Core
from postroom.workspace.workloads.calendar.kinds import CALENDAR, GROUP

DEFAULT_GROUP: Final = "My Calendars"
DEFAULT_CALENDAR: Final = "Calendar"
GROUP_CLASS: Final = "0006f0b7-0000-0000-c000-000000000046"
"""Of the group that every mailbox has."""


def key_of(mailbox: str, name: str) -> bytes:
    """The key that a default group or calendar has: found without a search, and made once whoever is first."""
    return hashlib.sha256(f"calendar {mailbox} {name}".encode()).digest()[:KEY_BYTES]


def prepare(core: Core, mailbox: str) -> None:
    """Make the default group and calendar where they are missing. Raises NotFound for a mailbox of nobody."""
    if mailbox in core.ready:
        return
    with core.store.read() as unit:
        there = unit.items.find(key_of(mailbox, DEFAULT_CALENDAR)) is not None
    if not there:
        core.owner(mailbox)
        with core.store.write() as unit:
            ensure(unit, mailbox)
    core.ready.add(mailbox)


def ensure(unit: Unit, mailbox: str) -> Item:
    """The default calendar, in a unit that may write."""
    found = unit.items.find(key_of(mailbox, DEFAULT_CALENDAR))
    if found is not None:
        return found
    document: dict[str, Any] = {"name": DEFAULT_GROUP, "classId": GROUP_CLASS}
    group_ = unit.items.add(mailbox, GROUP, None, document, key=key_of(mailbox, DEFAULT_GROUP))
    return unit.items.add(mailbox, CALENDAR, group_, new(DEFAULT_CALENDAR), key=key_of(mailbox, DEFAULT_CALENDAR))


def new(name: str) -> dict[str, Any]:
    """A calendar as it begins."""
    return {"name": name, "color": "auto", "hexColor": "", "isTallyingResponses": name == DEFAULT_CALENDAR}


def calendar(unit: Unit, mailbox: str, calendar_id: str | None) -> Item:
    """By its id; None is the default one. Raises NotFound, Invalid."""
    if calendar_id is not None:
        return unit.items.get(mailbox, calendar_id, CALENDAR)
    found = unit.items.find(key_of(mailbox, DEFAULT_CALENDAR))
    if found is None:
        raise NotFound(CALENDAR, DEFAULT_CALENDAR)
    return found


def group(unit: Unit, mailbox: str, group_id: str | None) -> Item:
    """By its id; None is the default one. Raises NotFound, Invalid."""
    if group_id is not None:
        return unit.items.get(mailbox, group_id, GROUP)
    found = unit.items.find(key_of(mailbox, DEFAULT_GROUP))
    if found is None:
        raise NotFound(GROUP, DEFAULT_GROUP)
    return found


def is_default(item: Item) -> bool:
    """Whether every mailbox has this group or calendar."""
    return item.key in (key_of(item.mailbox, DEFAULT_CALENDAR), key_of(item.mailbox, DEFAULT_GROUP))
