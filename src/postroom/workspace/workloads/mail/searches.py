"""Folders that are searches: which folders they look into, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from postroom.errors import Invalid
from postroom.workspace.query.names import check_options
from postroom.workspace.query.options import Options
from postroom.workspace.query.parser import parse_filter
from postroom.workspace.query.tree import And, Compare, In, Literal, Node, Path
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.rows import Item, view
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import places
from postroom.workspace.workloads.mail.kinds import FOLDER, MESSAGE, SEARCH_FOLDER

_UNREAD = Compare("eq", Path(("isRead",)), Literal(False))


def kind_of(given: Mapping[str, Any]) -> str:
    """Which kind of folder somebody wants to make."""
    wanted = str(given.get("@odata.type") or FOLDER).rpartition(".")[2]
    if wanted not in (FOLDER, SEARCH_FOLDER):
        raise Invalid("@odata.type", f"{FOLDER} or {SEARCH_FOLDER}")
    return wanted


def complete(unit: Unit, mailbox: str, document: dict[str, Any]) -> dict[str, Any]:
    """With all that a search needs. Raises Invalid, UnknownProperty, NotFound for folders that there are not."""
    sources = document.get("sourceFolderIds") or []
    if not sources:
        raise Invalid("sourceFolderIds", "at least one folder")
    found = [ids.immutable(places.folder(unit, mailbox, one)) for one in sources]
    query = Options(filter=parse_filter(document.get("filterQuery") or "isRead eq false"))
    check_options(query, SCHEMA.entity(MESSAGE))
    return document | {
        "sourceFolderIds": found,
        "includeNestedFolders": bool(document.get("includeNestedFolders")),
        "isSupported": True,
    }


def condition(unit: Unit, item: Item) -> Node:
    """What the messages of a search folder meet."""
    sources: list[Item] = []
    for text in item.document.get("sourceFolderIds") or []:
        found = unit.items.find(ids.parse(text).key)
        if found is not None:
            nested = item.document.get("includeNestedFolders")
            sources += places.below(unit, found) if nested else [found]
    within = In(Path(("parentFolderId",)), tuple(Literal(ids.immutable(one)) for one in sources))
    query = item.document.get("filterQuery")
    return And((within, parse_filter(query))) if query else within


def counts(unit: Unit, item: Item) -> tuple[int, int]:
    """How many messages it finds, and how many of them are unread."""
    found = Options(filter=condition(unit, item))
    listing = Listing(item.mailbox, (MESSAGE,), options=found, view=with_folder)
    unread = replace(listing, options=Options(filter=And((_UNREAD, condition(unit, item)))))
    return unit.items.count(listing), unit.items.count(unread)


def with_folder(item: Item) -> dict[str, Any]:
    """What such a condition is asked of."""
    return view(item) | {"parentFolderId": ids.immutable(item.parent) if item.parent else None}
