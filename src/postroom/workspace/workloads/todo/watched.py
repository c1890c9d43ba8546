"""Tasks as notifications tell of them; see delivery/notifying_reader.py, Source."""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.wish import Document
from postroom.workspace.workloads.todo import lists, views


class WatchedTasks:
    """Their ids never change."""

    type = "#Microsoft.Graph.todoTask"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:
        """Of a list that is gone, too, its tasks are named without it."""
        above = next(unit.items.at([change.parent] if change.parent else []), None)
        place = f"lists/{ids.immutable(above)}/tasks" if above else "tasks"
        return f"Users/{change.mailbox}/todo/{place}/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:  # noqa: ARG002
        return ids.immutable(change)

    def is_shown(self, unit: Unit, change: Change) -> bool:  # noqa: ARG002  others hide some
        return True

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002  others need the unit
        return views.whole(item)

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:  # noqa: ARG002
        return views.whole(item)


def list_number(unit: Unit, mailbox: str, name: str) -> int:
    """The row of a list, by id or well-known name. Raises NotFound, Invalid."""
    return lists.named(unit, mailbox, name).number


def prepare(store: Store, mailbox: str) -> None:
    """Make the lists that every mailbox has."""
    lists.prepare(store, mailbox)
