"""The kinds of items that sites consist of.

Sites made by an administrator lie in the mailbox `sites`; the site of a group is the group's, and not written down.
What is in a site lies in the mailbox that its web id names: lists as roots, items in lists, earlier versions in items.
Keys are the bytes of the UUID that Graph shows; that of an item ends with its number, so that the log tells it.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.kinds import Column, Kind

OWNER: Final = "sites"
SITE: Final = "site"
LIST: Final = "list"
ITEM: Final = "listItem"
VERSION: Final = "listItemVersion"

KINDS: Final = (
    Kind(SITE),
    Kind(LIST),
    Kind(ITEM, "list_item", (Column("number", "_number", "number"),)),
    Kind(VERSION),
)

SITE_TYPE: Final = SCHEMA.entity("site")
LIST_TYPE: Final = SCHEMA.entity("list")
ITEM_TYPE: Final = SCHEMA.entity("listItem")
COLUMN_TYPE: Final = SCHEMA.entity("columnDefinition")
CONTENT_TYPE: Final = SCHEMA.entity("contentType")
FIELDS_TYPE: Final = SCHEMA.entity("fieldValueSet")
VERSION_TYPE: Final = SCHEMA.entity("listItemVersion")

LIBRARY: Final = "documentLibrary"
GENERIC: Final = "genericList"
TEMPLATES: Final = (
    GENERIC,
    LIBRARY,
    "announcements",
    "contacts",
    "events",
    "links",
    "tasks",
    "survey",
    "issueTracking",
)
"""Of lists. All but libraries are the same here; clients tell them by it."""

_NUMBER_BYTES: Final = 4


def id_of(key: bytes) -> str:
    return str(UUID(bytes=key))


def key_of(text: str) -> bytes | None:
    """The key behind an id; None for what is no UUID."""
    try:
        return UUID(text).bytes
    except ValueError:
        return None


def item_key(number: int) -> bytes:
    return uuid4().bytes[:-_NUMBER_BYTES] + number.to_bytes(_NUMBER_BYTES, "big")


def number_of(key: bytes) -> int:
    return int.from_bytes(key[-_NUMBER_BYTES:], "big")
