"""Groups as workloads ask about them whose things groups own; see items/doer.py, Groups."""

from __future__ import annotations

from typing import Any

from postroom.errors import Invalid, NotFound
from postroom.workspace.people import Person
from postroom.workspace.store.store import Store
from postroom.workspace.workloads.directory import groups
from postroom.workspace.workloads.directory.groups import OWNERS
from postroom.workspace.workloads.directory.kinds import id_of


class GroupsOf:
    """The groups of the directory, of the state that there is when it is asked."""

    def __init__(self, store: Store) -> None:
        self._store, self._groups = store, groups.Groups()

    def group(self, group_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        with self._store.read() as unit:
            return groups.document(self._groups.item(unit, group_id))

    def person(self, group_id: str) -> Person | None:
        """A group as the owner of a mailbox; None for one that there is not."""
        try:
            found = self.group(group_id)
        except (NotFound, Invalid):
            return None
        return Person(group_id.lower(), found.get("mail") or "", found.get("displayName") or "")

    def all(self) -> list[dict[str, Any]]:
        with self._store.read() as unit:
            return list(self._groups.documents(unit))

    def is_in(self, group_id: str, user_id: str) -> bool:
        return group_id.lower() in self.of(user_id)

    def of(self, user_id: str) -> list[str]:
        with self._store.read() as unit:
            found = self._groups.containing_all(unit, user_id) + self._groups.containing(unit, user_id, OWNERS)
        return list(dict.fromkeys(id_of(item.key) for item in found))
