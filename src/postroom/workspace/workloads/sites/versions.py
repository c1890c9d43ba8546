"""Earlier versions of items: what their fields were. They lie in their item."""

from __future__ import annotations

from typing import Any, Final

from postroom.errors import NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites.kinds import VERSION, VERSION_TYPE
from postroom.workspace.workloads.sites.views import version

KEPT: Final = 50
"""Versions of an item; the oldest go."""


def keep(unit: Unit, item: Item) -> None:
    """Keep what an item is, before it changes."""
    document = {"version": item.document["_version"], "fields": item.document["fields"],
                "lastModifiedBy": item.document["lastModifiedBy"], "at": moment(item.modified_ms)}  # fmt: skip
    unit.items.add(item.mailbox, VERSION, item, document)
    for old in unit.items.children(item, VERSION)[:-KEPT]:
        unit.items.remove(old)


def page(unit: Unit, item: Item, options: Options) -> Page:
    return page_of(_all(unit, item), options, VERSION_TYPE, None, None)


def get(unit: Unit, item: Item, name: str, options: Options) -> Document:
    """Raises NotFound."""
    return project(_named(unit, item, name), options, VERSION_TYPE)


def fields_of(unit: Unit, item: Item, name: str) -> Document:
    found: Document = _named(unit, item, name)["fields"]
    return found


def _named(unit: Unit, item: Item, name: str) -> Document:
    found = next((one for one in _all(unit, item) if one["id"] == name), None)
    if found is None:
        raise NotFound("version", name)
    return found


def _all(unit: Unit, item: Item) -> list[Document]:
    """Newest first."""
    own = item.document
    now = _shown(own["_version"], own["fields"], own["lastModifiedBy"], moment(item.modified_ms))
    earlier = [one.document for one in reversed(unit.items.children(item, VERSION))]
    return [now, *(_shown(one["version"], one["fields"], one["lastModifiedBy"], one["at"]) for one in earlier)]


def _shown(number: int, fields: Document, who: Any, at: str) -> Document:
    return {"id": version(number), "lastModifiedBy": who, "lastModifiedDateTime": at, "fields": fields}
