"""Lists as notifications tell of them: that something in one changed; see delivery/notifying_reader.py, Source."""

from __future__ import annotations

from postroom.workspace.query.options import Options
from postroom.workspace.store.changes import Change
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites.kinds import id_of


class WatchedLists:
    type = "#Microsoft.Graph.List"

    def path(self, unit: Unit, change: Change, item_id: str) -> str:  # noqa: ARG002  others need the unit
        return f"Sites/{change.mailbox}/Lists/{item_id}"

    def id_of(self, change: Change, *, immutable: bool) -> str:  # noqa: ARG002  its ids never change
        return id_of(change.key)

    def is_shown(self, unit: Unit, change: Change) -> bool:  # noqa: ARG002
        return True

    def for_filter(self, unit: Unit, item: Item) -> Document:  # noqa: ARG002
        return {**item.document, "id": id_of(item.key)}

    def document(self, unit: Unit, item: Item, options: Options, *, immutable: bool) -> Document:  # noqa: ARG002
        return {"id": id_of(item.key)}
