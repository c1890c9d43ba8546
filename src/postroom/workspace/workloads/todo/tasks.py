"""Tasks: made, changed, done; one that recurs is followed by the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.workspace.clock import moment
from postroom.workspace.query.page import Page
from postroom.workspace.store.changes import Delta
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.items import UNSET
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.reading import ANY
from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo import attachments, lists, parts, places, recurring, views
from postroom.workspace.workloads.todo import given as given_as
from postroom.workspace.workloads.todo.attachments import Files
from postroom.workspace.workloads.todo.kinds import CHECK, LINKED, TASK

PAGE: Final = 100


class Tasks:
    """`list_name` is the id of a list, or its well-known name."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store, self._files = store, files

    def page(self, mailbox: str, list_name: str, wish: Wish = PLAIN) -> Page:
        """In the order in which they were made."""
        lists.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = unit.items.page(_listing(unit, mailbox, list_name, wish))
            view = views.View(unit, self._files)
            return Page([view.of(one, wish) for one in found.rows], found.cursor, found.count)

    def get(self, mailbox: str, place: places.Place, wish: Wish = PLAIN) -> Document:
        with self._store.read() as unit:
            return views.View(unit, self._files).of(places.task(unit, mailbox, place), wish)

    def create(self, mailbox: str, list_name: str, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Also with its steps, links and files."""
        lists.prepare(self._store, mailbox)
        given = given_as.given(values)
        with self._store.write() as unit:
            made = self.add(unit, lists.named(unit, mailbox, list_name), *given)
            return views.View(unit, self._files).of(made, wish)

    def add(
        self, unit: Unit, above: Item, document: Document, body: Body | None, besides: Mapping[str, list[Document]]
    ) -> Item:
        """One that was checked, in a unit that may write."""
        whole = given_as.completed({}, document, unit.now) | {"bodyLastModifiedDateTime": moment(unit.now)}
        made = unit.items.add(above.mailbox, TASK, above, whole, body=body)
        for name, kind in (("checklistItems", CHECK), ("linkedResources", LINKED)):
            for one in besides.get(name, ()):
                parts.add(unit, made, kind, one)
        for one in besides.get("attachments", ()):
            attachments.add(unit, made, one)
        return attachments.follow(unit, made)

    def update(self, mailbox: str, place: places.Place, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """Raises Conflict, Invalid. One that recurs and is done now is followed by the next one."""
        document, body, _ = given_as.given(values)
        with self._store.write() as unit:
            found = places.task(unit, mailbox, place)
            check_match(found, wish.if_match)
            check_fixed(values, views.whole(found), given_as.FIXED)
            changed, _ = self.change(unit, found, document, body)
            return views.View(unit, self._files).of(changed, wish)

    def change(self, unit: Unit, item: Item, document: Document, body: Body | None) -> tuple[Item, Item | None]:
        """What was checked, in a unit that may write: the task, and the one that follows on it."""
        whole = given_as.completed(item.document, document, unit.now)
        if body is not None:
            whole["bodyLastModifiedDateTime"] = moment(unit.now)
        changed = unit.items.update(item, whole, UNSET if body is None else body)
        done = given_as.is_done(whole) and not given_as.is_done(item.document)
        return _followed(unit, changed) if done and whole["recurrence"] else (changed, None)

    def delete(self, mailbox: str, place: places.Place, if_match: str | None = None) -> None:
        with self._store.write() as unit:
            found = places.task(unit, mailbox, place)
            check_match(found, if_match)
            unit.items.remove(found)

    def delta(self, mailbox: str, list_name: str, wish: Wish = PLAIN) -> tuple[list[Document], Delta]:
        """Changed tasks as they are now; what is gone is in the second."""
        lists.prepare(self._store, mailbox)
        with self._store.read() as unit:
            listing = _listing(unit, mailbox, list_name, wish)
            found = unit.changes.since(listing, wish.options.delta or wish.options.cursor)
            view, shown = views.View(unit, self._files), replace(wish, options=found.options)
            return [view.of(one, shown) for one in found.items], found


def listing(mailbox: str, above: Item | None, wish: Wish) -> Listing:
    """The tasks of a list, or of all lists."""
    place = ANY if above is None else above
    return Listing(mailbox, (TASK,), place, options=wish.options, default_page=PAGE, view=views.whole, zone=wish.zone)


def _listing(unit: Unit, mailbox: str, list_name: str, wish: Wish) -> Listing:
    return listing(mailbox, lists.named(unit, mailbox, list_name), wish)


def _followed(unit: Unit, item: Item) -> tuple[Item, Item | None]:
    """The task without its recurrence, which goes to the next one with all that belongs to it; None after the last."""
    document = recurring.following(item.document, unit.now)
    if document is None:
        return item, None
    assert item.parent is not None
    made = unit.items.add(item.mailbox, TASK, item.parent, document, body=unit.items.body(item))
    for one in unit.items.children(item, CHECK):
        unit.items.add(made.mailbox, CHECK, made, one.document | {"isChecked": False, "checkedDateTime": None})
    for one in unit.items.children(item, LINKED):
        unit.items.add(made.mailbox, LINKED, made, one.document)
    attachments.copy(unit, item, made)
    return unit.items.update(item, item.document | {"recurrence": None}), made
