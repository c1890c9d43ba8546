"""Tasks inside a unit: found by id in the list that the path names."""

from __future__ import annotations

from typing import NamedTuple

from postroom.errors import NotFound
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.todo.kinds import TASK
from postroom.workspace.workloads.todo.lists import named


class Place(NamedTuple):
    """A task: `list` None is any."""

    list: str | None
    task: str


def task(unit: Unit, mailbox: str, place: Place) -> Item:
    """Raises NotFound, also when it lies in another list; Invalid."""
    found = unit.items.get(mailbox, place.task, TASK)
    if place.list is not None:
        above = named(unit, mailbox, place.list)
        if found.parent is None or found.parent.number != above.number:
            raise NotFound("task", place.task)
    return found
