"""What a task consists of: steps to check off, and links to where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.clock import moment
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Item
from postroom.workspace.store.rows import moment as of_ms
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo import places
from postroom.workspace.workloads.todo.kinds import CHECK

MOST: Final = 100
"""Of one kind in one task."""
_DEFAULTS: Final[Document] = {"displayName": None, "isChecked": False, "checkedDateTime": None}


class Parts:
    """The parts of one kind, of one task each."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store, self._kind = store, kind

    def page(self, mailbox: str, place: places.Place, wish: Wish = PLAIN) -> Page:
        """All at once, but for `$top`."""
        with self._store.read() as unit:
            rows = all_of(unit, places.task(unit, mailbox, place), self._kind)
        return page_of(rows, wish.options, SCHEMA.entity(self._kind), None, 1000)

    def get(self, mailbox: str, place: places.Place, part: str, wish: Wish = PLAIN) -> Document:
        with self._store.read() as unit:
            found = self._found(unit, mailbox, place, part)
            return project(view(found), Options(select=wish.options.select), SCHEMA.entity(self._kind))

    def create(self, mailbox: str, place: places.Place, given: Mapping[str, Any]) -> Document:
        with self._store.write() as unit:
            return view(add(unit, places.task(unit, mailbox, place), self._kind, given))

    def update(
        self, mailbox: str, place: places.Place, part: str, given: Mapping[str, Any], if_match: str | None = None
    ) -> Document:
        document = _given(self._kind, given)
        with self._store.write() as unit:
            found = self._found(unit, mailbox, place, part)
            check_match(found, if_match)
            check_fixed(given, view(found), ("id", "createdDateTime"))
            return view(unit.items.update(found, _completed(unit, self._kind, found.document, document)))

    def delete(self, mailbox: str, place: places.Place, part: str, if_match: str | None = None) -> None:
        with self._store.write() as unit:
            found = self._found(unit, mailbox, place, part)
            check_match(found, if_match)
            unit.items.remove(found)

    def _found(self, unit: Unit, mailbox: str, place: places.Place, part: str) -> Item:
        task, found = places.task(unit, mailbox, place), unit.items.get(mailbox, part, self._kind)
        if found.parent is None or found.parent.number != task.number:
            raise NotFound(self._kind, part)
        return found


def add(unit: Unit, task: Item, kind: str, given: Mapping[str, Any]) -> Item:
    """Raises Invalid, also when there are too many already."""
    document = _completed(unit, kind, {}, _given(kind, given))
    if len(unit.items.children(task, kind)) >= MOST:
        raise Invalid(kind, f"at most {MOST} of them in a task")
    return unit.items.add(task.mailbox, kind, task, document)


def all_of(unit: Unit, task: Item, kind: str) -> list[Document]:
    return [view(one) for one in unit.items.children(task, kind)]


def view(item: Item) -> Document:
    """As Graph has it. Its id never changes."""
    made = {"createdDateTime": of_ms(item.created_ms)} if item.kind == CHECK else {}
    return {"@odata.etag": ids.etag(item), "id": ids.immutable(item), **made, **item.document}


def _given(kind: str, given: Mapping[str, Any]) -> Document:
    document = checked(SCHEMA.entity(kind), dict(given), read_only=("id", "createdDateTime"), partial=True)
    document.pop("@odata.type", None)
    return document


def _completed(unit: Unit, kind: str, old: Document, new: Document) -> Document:
    if kind != CHECK:
        return {**dict.fromkeys(_names(kind)), **old, **new}
    whole = {**_DEFAULTS, **old, **new}
    whole["isChecked"] = bool(whole["isChecked"])
    checked_at = whole["checkedDateTime"] or moment(unit.now)
    return whole | {"checkedDateTime": checked_at if whole["isChecked"] else None}


def _names(kind: str) -> list[str]:
    return [one.name for one in SCHEMA.entity(kind).properties.values() if one.name != "id"]
