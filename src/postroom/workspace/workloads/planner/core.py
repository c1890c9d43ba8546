"""What all parts of Planner share: finding things by id alone, who may, ETags, how things are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.people import People
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.store import ids
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.doer import Document, Doer, Groups, check_in
from postroom.workspace.workloads.items.errors import Conflict
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.planner import maps
from postroom.workspace.workloads.planner.errors import MatchNeeded, Stale
from postroom.workspace.workloads.planner.kinds import TYPES

MOST_TITLE: Final = 255


@dataclass(frozen=True, slots=True)
class Core:
    store: Store
    people: People
    groups: Groups

    def found(self, unit: Unit, doer: Doer, kind: str, text_id: str) -> Item:
        """The thing with an id, which names its group by itself. Raises Invalid, NotFound, Denied."""
        item = unit.items.find(ids.parse(text_id).key)
        if item is None or item.kind != kind:
            raise NotFound(kind, text_id)
        check_in(self.groups, item.mailbox, doer)
        return item

    def changeable(self, unit: Unit, doer: Doer, kind: str, text_id: str, if_match: str | None) -> Item:
        """That, once the caller has said which state it is to be changed of. Raises MatchNeeded, Stale."""
        item = self.found(unit, doer, kind, text_id)
        check_seen(item, if_match)
        return item

    def changing(self, unit: Unit, doer: Doer) -> maps.Change:
        return maps.Change(doer, unit.now, self.knows)

    def knows(self, user: str) -> bool:
        person = self.people.find(user) if maps.is_guid(user) else None
        return person is not None and person.id == user.lower()


def check_seen(item: Item, if_match: str | None) -> None:
    """Raises MatchNeeded, Stale."""
    if not if_match:
        raise MatchNeeded
    try:
        check_match(item, if_match)
    except Conflict as error:
        raise Stale from error


def new(kind: str, given: Mapping[str, Any], read_only: tuple[str, ...]) -> Document:
    """What is given for something new, checked. Raises Invalid, UnknownProperty."""
    document = checked(TYPES[kind], dict(given), read_only=(*read_only, "id"), partial=True)
    document.pop("@odata.type", None)
    return document


def changes(kind: str, given: Mapping[str, Any], shown: Document, fixed: tuple[str, ...],
            read_only: tuple[str, ...] = ()) -> Document:  # fmt: skip
    """What is to change; what is `fixed` may be given as it is. Raises Invalid, UnknownProperty, ReadOnly."""
    check_fixed(given, shown, (*fixed, "id"))
    return new(kind, given, (*fixed, *read_only))


def name(value: object, field: str) -> str:
    """Raises Invalid for a title that cannot be."""
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_TITLE:
        raise Invalid(field, f"a text of at most {MOST_TITLE} characters")
    return value


def document(item: Item, **more: Any) -> Document:
    """As Graph shows it, under its own id."""
    own = {key: value for key, value in item.document.items() if not key.startswith("_")}
    return {"@odata.etag": ids.etag(item), "id": ids.immutable(item), **own, **more}


def under(owner: Item, item: Item, **more: Any) -> Document:
    """Something that is shown under the id of what it lies in."""
    return {**document(item, **more), "id": ids.immutable(owner)}


def created(item: Item) -> str:
    return moment(item.created_ms)


def shown(kind: str, found: Document, options: Options) -> Document:
    return project(found, replace(options, filter=None), TYPES[kind])


def page(kind: str, rows: list[Document], options: Options) -> Page:
    """All at once, unless the caller wants fewer."""
    return page_of(rows, options, TYPES[kind], None, None)
