"""Items as they are read from rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from postroom.errors import Damaged, Invalid
from postroom.workspace.clock import from_ms
from postroom.workspace.store import ids

CHUNK: Final = 500

SELECT: Final = """
SELECT item.number, mailbox.uuid AS mailbox, item.kind, item.key, item.generation, item.change, item.created_ms,
  item.modified_ms, item.document, above.number AS parent, above.key AS parent_key,
  above.generation AS parent_generation
FROM item JOIN mailbox ON mailbox.number = item.mailbox LEFT JOIN item AS above ON above.number = item.parent
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What an item lies in: enough of that other item to name it."""

    number: int
    key: bytes
    generation: int


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a person owns, see docs/workspace.md. `document` is a copy of its own."""

    number: int
    mailbox: str
    kind: str
    parent: Place | None
    key: bytes
    generation: int
    change: int
    created_ms: int
    modified_ms: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """`content_type` is `text` or `html`."""

    content_type: str
    content: str


def items(rows: Iterable[sqlite3.Row]) -> list[Item]:
    """Rows of `SELECT`, read."""
    return [_item(row) for row in rows]


def one(row: sqlite3.Row | None) -> Item | None:
    """A row of `SELECT` that may be missing."""
    return None if row is None else _item(row)


def encoded(document: Mapping[str, Any]) -> str:
    """The JSON that is stored. Raises Invalid for what cannot be JSON."""
    try:
        return msgspec.json.encode(document).decode()
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise Invalid("document", "values that JSON has") from error


def view(item: Item) -> dict[str, Any]:
    """The document with what follows from the row, without our own names. The ids are the ordinary ones."""
    row = {
        "@odata.etag": ids.etag(item),
        "id": ids.ordinary(item),
        "createdDateTime": moment(item.created_ms),
        "lastModifiedDateTime": moment(item.modified_ms),
        "changeKey": ids.change_key(item),
    }
    return row | {name: value for name, value in item.document.items() if not name.startswith("_")}


def moment(ms: int) -> str:
    """As Graph writes it, in whole seconds."""
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def _item(row: sqlite3.Row) -> Item:
    parent = None
    if row["parent"] is not None:
        parent = Place(row["parent"], row["parent_key"], row["parent_generation"])
    return Item(
        row["number"],
        row["mailbox"],
        row["kind"],
        parent,
        row["key"],
        row["generation"],
        row["change"],
        row["created_ms"],
        row["modified_ms"],
        _document(row),
    )


def _document(row: sqlite3.Row) -> dict[str, Any]:
    try:
        return msgspec.json.decode(row["document"], type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Damaged(f"The document of item {row['number']} in the workspace is damaged.") from error
