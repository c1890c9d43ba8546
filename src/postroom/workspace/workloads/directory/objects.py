"""Users and groups alike: found by id, shown with their types, with what is expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.people import People
from postroom.workspace.query.options import NONE, Expand, Options
from postroom.workspace.query.project import project
from postroom.workspace.query.tree import Path
from postroom.workspace.schema.types import SCHEMA, EntityType
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.directory import groups
from postroom.workspace.workloads.directory.groups import MEMBERS, OWNERS, Groups
from postroom.workspace.workloads.directory.kinds import (
    GROUP,
    OWNER,
    USER,
    USER_DEFAULT,
    USER_TYPE,
    Document,
    id_of,
    key_of,
)
from postroom.workspace.workloads.directory.people import Users

MANAGER: Final = "manager"
MOST_EXPANDED: Final = 20
"""Source: Microsoft Graph, query parameters: the directory expands at most 20 objects."""
OBJECT_TYPE: Final = SCHEMA.entity("directoryObject")


class Objects:
    """Units are the caller's."""

    def __init__(self, people: People, users: Users, groups: Groups) -> None:
        self._people, self._users, self._groups = people, users, groups

    def find(self, unit: Unit, name: str) -> Document | None:
        """A group by id, a user by id or address: with the type."""
        key = key_of(name)
        item = unit.items.find(key) if key else None
        if item is not None and item.kind == GROUP:
            return _typed(groups.document(item), GROUP)
        person = self._people.find(name)
        return _typed(self._users.document(unit, person.id), USER) if person else None

    def get(self, unit: Unit, name: str) -> Document:
        """Raises NotFound."""
        found = self.find(unit, name)
        if found is None:
            raise NotFound("object", name)
        return found

    def all(self, unit: Unit, ids: Iterable[str], cast: str | None = None) -> list[Document]:
        """Those that there are, of the type of the cast."""
        found = (row for one in ids if (row := self.find(unit, one)) is not None)
        return [row for row in found if cast in (None, OBJECT_TYPE.name) or type_of(row).name == cast]

    def kept(self, unit: Unit, owner: str) -> Item | None:
        """What is kept of a user or a group; None for a user of whom nothing is. Raises NotFound."""
        key = key_of(owner)
        item = unit.items.find(key) if key else None
        if item is not None and item.mailbox == OWNER:
            return item
        own = key_of(self._users.person(owner).id)
        return unit.items.find(own) if own else None

    def manager(self, unit: Unit, name: str) -> Document | None:
        """The manager of a user. Raises NotFound for no user."""
        item = self.kept(unit, self._users.person(name).id)
        ids = unit.links.targets(MANAGER, item) if item else []
        return self.find(unit, ids[0]) if ids else None

    def expanded(self, unit: Unit, rows: Iterable[Document], options: Options) -> Iterator[Document]:
        """The rows with the navigation properties that are asked for. Raises Invalid for those there are not."""
        for row in rows:
            yield row | dict(self._navigated(unit, row, expand) for expand in options.expand)

    def _navigated(self, unit: Unit, row: Document, expand: Expand) -> tuple[str, Any]:
        name, own = expand.path.names[-1].lower(), str(row["id"])
        if name == MANAGER:
            return MANAGER, self._manager_chain(unit, own, expand.levels)
        if name in (MEMBERS, OWNERS):
            return name, self._listed(unit, self._groups.linked(unit, own, name))
        if name == "memberof":
            return "memberOf", self._listed(unit, [id_of(item.key) for item in self._groups.containing(unit, own)])
        if name == "directreports":
            return "directReports", self._listed(unit, [id_of(item.key) for item in unit.links.sources(MANAGER, own)])
        raise Invalid("$expand", "manager, directReports, memberOf, members or owners")

    def _manager_chain(self, unit: Unit, name: str, levels: int | None) -> Document | None:
        """The manager, and above as many levels as asked for; a circle is gone round once."""
        chain: list[Document] = []
        seen = {name}
        while levels is None or len(chain) < levels:
            above = self.manager(unit, name)
            if above is None or above["id"] in seen:
                break
            chain.append(above)
            name = str(above["id"])
            seen.add(name)
        shown: Document | None = None
        for above in reversed(chain):
            shown = above | ({MANAGER: shown} if shown else {})
        return shown

    def _listed(self, unit: Unit, ids: Sequence[str]) -> list[Document]:
        return self.all(unit, ids[:MOST_EXPANDED])


def shown(options: Options) -> Options:
    """With the default set of a user where nothing is selected."""
    return options if options.select else replace(options, select=tuple(Path((name,)) for name in USER_DEFAULT))


def by_default(row: Document) -> Document:
    """What is shown of an object when nothing is selected."""
    kind = type_of(row)
    return project(row, shown(NONE) if kind is USER_TYPE else NONE, kind, always=())


def type_of(row: Document) -> EntityType:
    return SCHEMA.entity(str(row["@odata.type"]))


def _typed(row: Document, kind: str) -> Document:
    return {"@odata.type": f"#microsoft.graph.{kind}", **row}
