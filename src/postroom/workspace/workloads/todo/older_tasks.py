"""Tasks as Outlook REST v2.0 has them: those of To Do, with some names of their own and a little more.

Source: Office 365 REST APIs for Outlook, version 2.0, tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.rows import Body, Item, facts
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.bodies import body_of
from postroom.workspace.workloads.items.matching import check_match
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo import given as given_as
from postroom.workspace.workloads.todo import lists, older_folders, places
from postroom.workspace.workloads.todo.attachments import Files
from postroom.workspace.workloads.todo.kinds import LIST, TASK
from postroom.workspace.workloads.todo.places import Place
from postroom.workspace.workloads.todo.tasks import Tasks

TYPE: Final = SCHEMA.entity("outlookTask")
PAGE: Final = 10
_FIXED: Final = ("id", "createdDateTime", "parentFolderId")
_READ_ONLY: Final = (*_FIXED, "changeKey", "lastModifiedDateTime", "hasAttachments", "attachments")
_SAME: Final = (
    "categories", "completedDateTime", "dueDateTime", "hasAttachments", "importance", "isReminderOn", "recurrence",
    "reminderDateTime", "startDateTime", "status",
)  # fmt: skip
_OWN: Final = {"assignedTo": None, "owner": None, "sensitivity": "normal"}
"""What To Do has not: kept under names with `_`."""


class OlderTasks:
    """`folder` None is all folders for reading, and the default one for a new task."""

    def __init__(self, store: Store, tasks: Tasks, files: Files) -> None:
        self._store, self._tasks, self._files = store, tasks, files

    def page(self, mailbox: str, folder: str | None, wish: Wish = PLAIN) -> Page:
        lists.prepare(self._store, mailbox)
        with self._store.read() as unit:
            found = {ids.immutable(one): one for one in self._all(unit, mailbox, folder)}
            always = ("id", "@odata.etag")
            page = page_of(map(_view, found.values()), wish.options, TYPE, PAGE, 1000, always=always)
            rows = [one | _body(unit, found[one["id"]], wish) for one in page.rows]
            return Page(rows, page.cursor, page.count)

    def get(self, mailbox: str, place: Place, wish: Wish = PLAIN) -> Document:
        with self._store.read() as unit:
            return _shown(unit, places.task(unit, mailbox, place), wish)

    def create(self, mailbox: str, folder: str | None, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        lists.prepare(self._store, mailbox)
        document, body = _given(values)
        document = {f"_{name}": value for name, value in _OWN.items()} | document
        with self._store.write() as unit:
            above = older_folders.named(unit, mailbox, folder or lists.DEFAULT)
            return _shown(unit, self._tasks.add(unit, above, document, body, {}), wish)

    def update(self, mailbox: str, place: Place, values: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        document, body = _given(values)
        with self._store.write() as unit:
            found = places.task(unit, mailbox, place)
            check_match(found, wish.if_match)
            check_fixed(values, _view(found), _FIXED)
            return _shown(unit, self._tasks.change(unit, found, document, body)[0], wish)

    def complete(self, mailbox: str, place: Place, wish: Wish = PLAIN) -> list[Document]:
        """The task that is done, and the one that follows on it."""
        with self._store.write() as unit:
            found = places.task(unit, mailbox, place)
            done, following = self._tasks.change(unit, found, {"status": "completed"}, None)
            return [_shown(unit, one, wish) for one in (done, following) if one is not None]

    def delete(self, mailbox: str, place: Place, if_match: str | None = None) -> None:
        with self._store.write() as unit:
            found = places.task(unit, mailbox, place)
            check_match(found, if_match)
            unit.items.remove(found)

    def attachments(self, mailbox: str, place: Place, wish: Wish = PLAIN) -> Page:
        page = self._files.page(mailbox, self._id(mailbox, place), wish)
        return Page([_as_file(one) for one in page.rows], page.cursor, page.count)

    def attachment(self, mailbox: str, place: Place, attachment: str, wish: Wish = PLAIN) -> Document:
        return _as_file(self._files.get(mailbox, self._id(mailbox, place), attachment, wish))

    def attach(self, mailbox: str, place: Place, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        """A file. Raises Invalid, TooLarge."""
        values = {name: value for name, value in given.items() if name != "@odata.type"}
        return _as_file(self._files.add(mailbox, self._id(mailbox, place), values, wish))

    def detach(self, mailbox: str, place: Place, attachment: str) -> None:
        self._files.delete(mailbox, self._id(mailbox, place), attachment)

    def _id(self, mailbox: str, place: Place) -> str:
        """Of a task that lies in its folder. Raises NotFound."""
        with self._store.read() as unit:
            return ids.immutable(places.task(unit, mailbox, place))

    def _all(self, unit: Unit, mailbox: str, folder: str | None) -> list[Item]:
        above = [older_folders.named(unit, mailbox, folder)] if folder else unit.items.roots(mailbox, LIST)
        return [task for one in above for task in unit.items.children(one, TASK)]


def _given(values: Mapping[str, Any]) -> tuple[Document, Body | None]:
    """As To Do keeps it. Raises Invalid, UnknownProperty."""
    document = checked(TYPE, dict(values), read_only=_READ_ONLY, partial=True)
    document.pop("@odata.type", None)
    own = {f"_{name}": document.pop(name) for name in _OWN if name in document}
    if "subject" in document:
        document["title"] = document.pop("subject")
    kept, body, _ = given_as.given(document)
    return kept | own, body


def _view(item: Item) -> Document:
    """Without its body: what filters are asked of."""
    document = item.document
    return {
        **facts(item, ids.immutable(item)),
        **{name: document.get(name) for name in _SAME},
        **{name: document.get(f"_{name}", value) for name, value in _OWN.items()},
        "parentFolderId": ids.immutable(item.parent) if item.parent else None,
        "subject": document.get("title"),
    }


def _shown(unit: Unit, item: Item, wish: Wish) -> Document:
    document = project(_view(item), Options(select=wish.options.select), TYPE)
    return document | _body(unit, item, wish)


def _body(unit: Unit, item: Item, wish: Wish) -> Document:
    return {"body": body_of(unit.items.body(item), wish)} if wish.shows("body") else {}


def _as_file(document: Document) -> Document:
    return {**document, "@odata.type": "#microsoft.graph.fileAttachment", "isInline": False}
