"""Users and groups as notifications tell of them; see delivery/notifying_reader.py, Source.

What is kept here of users is told at once; what changes of accounts when it is noticed (noticing.py).
"""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.query.project import project
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.directory.kinds import Document, id_of


class WatchedObjects:
    """`name` is `User` or `Group`."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def type(self) -> str:
        return f"#Microsoft.Graph.{self._name}"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:  # noqa: ARG002  there is one directory
        return f"{self._name}s/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:  # noqa: ARG002  its ids never change
        return id_of(change.key)

    def is_shown(self, unit: Unit, change: Change) -> bool:  # noqa: ARG002
        return True

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002
        return {**item.document, "id": id_of(item.key)}

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:  # noqa: ARG002
        return project(self.for_filter(unit, item), Options(select=options.select), None)
