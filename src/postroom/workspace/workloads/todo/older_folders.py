"""Folders of tasks and their groups, as Outlook REST v2.0 has them: the lists of To Do under other names.

Source: Office 365 REST APIs for Outlook, version 2.0, tasks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from postroom.errors import Invalid, NotFound, WrongState
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.fixed import check_fixed
from postroom.workspace.store.ids import KEY_BYTES
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.todo import lists
from postroom.workspace.workloads.todo.kinds import GROUP, LIST
from postroom.workspace.workloads.todo.lists import NAME_CHARS, Lists

FOLDER: Final = SCHEMA.entity("outlookTaskFolder")
GROUPS: Final = SCHEMA.entity(GROUP)
LABEL: Final = "My Tasks"
PAGE: Final = 10
_IN: Final = "_group"
"""The key of the group that a list lies in, in a document; none is the default one."""


class Groups:
    """Each mailbox has one, which stays. A group that goes takes its folders along."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, mailbox: str, wish: Wish = PLAIN) -> Page:
        self._prepare(mailbox)
        with self._store.read() as unit:
            rows = [_group(one) for one in unit.items.roots(mailbox, GROUP)]
        return page_of(rows, wish.options, GROUPS, PAGE, 1000)

    def get(self, mailbox: str, group: str, wish: Wish = PLAIN) -> Document:
        self._prepare(mailbox)
        with self._store.read() as unit:
            found = _group(unit.items.get(mailbox, group, GROUP))
        return project(found, Options(select=wish.options.select), GROUPS)

    def create(self, mailbox: str, given: Mapping[str, Any]) -> Document:
        name = _name(_given(GROUP, given))
        self._prepare(mailbox)
        with self._store.write() as unit:
            return _group(unit.items.add(mailbox, GROUP, None, {"name": name}))

    def update(self, mailbox: str, group: str, given: Mapping[str, Any]) -> Document:
        name = _name(_given(GROUP, given))
        with self._store.write() as unit:
            found = unit.items.get(mailbox, group, GROUP)
            check_fixed(given, _group(found), ("id", "groupKey", "isDefaultGroup"))
            _check_own(found)
            return _group(unit.items.update(found, found.document | {"name": name}))

    def delete(self, mailbox: str, group: str) -> None:
        with self._store.write() as unit:
            found = unit.items.get(mailbox, group, GROUP)
            _check_own(found)
            for one in unit.items.roots(mailbox, LIST):
                if one.document.get(_IN) == found.key.hex():
                    unit.items.remove(one)
            unit.items.remove(found)

    def _prepare(self, mailbox: str) -> None:
        with self._store.read() as unit:
            if unit.items.find(key_of(mailbox)) is not None:
                return
        with self._store.write() as unit:
            if unit.items.find(key_of(mailbox)) is None:
                unit.items.add(mailbox, GROUP, None, {"name": LABEL}, key=key_of(mailbox))


class Folders:
    def __init__(self, store: Store, known: Lists, groups: Groups) -> None:
        self._store, self._lists, self._groups = store, known, groups

    def page(self, mailbox: str, group: str | None, wish: Wish = PLAIN) -> Page:
        """Those of a group, None: all."""
        key = self._key(mailbox, group)
        lists.prepare(self._store, mailbox)
        with self._store.read() as unit:
            rows = [folder(one) for one in unit.items.roots(mailbox, LIST)]
        found = [one for one in rows if key is None or one["parentGroupKey"] == key]
        return page_of(found, wish.options, FOLDER, PAGE, 1000)

    def get(self, mailbox: str, name: str, wish: Wish = PLAIN) -> Document:
        lists.prepare(self._store, mailbox)
        with self._store.read() as unit:
            return project(folder(named(unit, mailbox, name)), Options(select=wish.options.select), FOLDER)

    def create(self, mailbox: str, group: str | None, given: Mapping[str, Any]) -> Document:
        name, key = _name(_given(FOLDER.name, given)), self._key(mailbox, group)
        made = self._lists.create(mailbox, {"displayName": name}, {_IN: UUID(key).hex} if key else {})
        return self.get(mailbox, made["id"])

    def update(self, mailbox: str, name: str, given: Mapping[str, Any], wish: Wish = PLAIN) -> Document:
        check_fixed(given, self.get(mailbox, name), ("id", "isDefaultFolder", "parentGroupKey"))
        document = _given(FOLDER.name, given)
        renamed = {"displayName": document["name"]} if "name" in document else {}
        self._lists.update(mailbox, name, renamed, wish)
        return self.get(mailbox, name, wish)

    def delete(self, mailbox: str, name: str, if_match: str | None = None) -> None:
        self._lists.delete(mailbox, name, if_match)

    def _key(self, mailbox: str, group: str | None) -> str | None:
        return None if group is None else str(self._groups.get(mailbox, group)["groupKey"])


def key_of(mailbox: str) -> bytes:
    """The key of the default group: found without a search, and made once whoever is first."""
    return hashlib.sha256(f"task groups {mailbox}".encode()).digest()[:KEY_BYTES]


def named(unit: Unit, mailbox: str, name: str) -> Item:
    """Raises NotFound, Invalid."""
    try:
        return lists.named(unit, mailbox, name)
    except NotFound as error:
        raise NotFound("task folder", name) from error


def folder(item: Item) -> Document:
    """A list as a folder. Its id never changes."""
    key = item.document.get(_IN)
    return {
        **_common(item),
        "name": item.document["displayName"],
        "isDefaultFolder": item.document.get("_name") == lists.DEFAULT,
        "parentGroupKey": str(UUID(hex=key)) if key else _uuid(key_of(item.mailbox)),
    }


def _group(item: Item) -> Document:
    is_default = item.key == key_of(item.mailbox)
    return {
        **_common(item),
        "name": item.document["name"],
        "isDefaultGroup": is_default,
        "groupKey": _uuid(item.key),
    }


def _common(item: Item) -> Document:
    return {"@odata.etag": ids.etag(item), "id": ids.immutable(item), "changeKey": ids.change_key(item)}


def _uuid(key: bytes) -> str:
    return str(UUID(bytes=key))


def _given(kind: str, given: Mapping[str, Any]) -> Document:
    read_only = ("id", "changeKey", "isDefaultFolder", "isDefaultGroup", "groupKey", "parentGroupKey")
    return checked(SCHEMA.entity(kind), dict(given), read_only=read_only, partial=True)


def _name(document: Document) -> str:
    name = document.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS:
        raise Invalid("Name", f"a name of 1 to {NAME_CHARS} characters")
    return name.strip()


def _check_own(item: Item) -> None:
    if item.key == key_of(item.mailbox):
        raise WrongState(f"{LABEL!r} belongs to every mailbox: it keeps its name and stays.")
