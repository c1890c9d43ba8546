"""Items as they are read from rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypedDict, cast

import msgspec

from postroom.errors import Damaged, Invalid
from postroom.workspace.clock import from_ms
from postroom.workspace.store import ids

CHUNK: Final = 500

Decode = Callable[[str], dict[str, Any]]
"""How the JSON of a document is read."""
WHOLE: Final[Decode] = msgspec.json.Decoder(dict[str, Any]).decode
SHALLOW: Final[Decode] = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
"""Its values stay JSON text, for documents that are only passed on."""

SELECT: Final = """
SELECT item.number, mailbox.uuid AS mailbox, item.kind, item.key, item.generation, item.change, item.created_ms,
  item.modified_ms, item.document, above.number AS parent, above.key AS parent_key,
  above.generation AS parent_generation
FROM item JOIN mailbox ON mailbox.number = item.mailbox LEFT JOIN item AS above ON above.number = item.parent
"""


class Place(msgspec.Struct, frozen=True):
    """What an item lies in: enough of that other item to name it."""

    number: int
    key: bytes
    generation: int


class Item(msgspec.Struct, frozen=True):
    """Something that a person owns, see docs/workspace.md. `document` is a copy of its own.

    A struct, which is made in a fifth of the time of a dataclass: a page has a thousand of them.
    """

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


def items(rows: Iterable[sqlite3.Row], decode: Decode = WHOLE) -> list[Item]:
    """Rows of `SELECT`, read."""
    return [_item(row, decode) for row in rows]


def one(row: sqlite3.Row | None, decode: Decode = WHOLE) -> Item | None:
    """A row of `SELECT` that may be missing."""
    return None if row is None else _item(row, decode)


def encoded(document: Mapping[str, Any]) -> str:
    """The JSON that is stored. Raises Invalid for what cannot be JSON."""
    try:
        return msgspec.json.encode(document).decode()
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise Invalid("document", "values that JSON has") from error


def view(item: Item) -> dict[str, Any]:
    """The document with what follows from the row, without our own names. The ids are the ordinary ones."""
    own = {name: value for name, value in item.document.items() if not name.startswith("_")}
    return facts(item, ids.ordinary(item)) | own


def facts(item: Item, item_id: str) -> dict[str, Any]:
    """What follows from the row, and the id in the form that is wanted."""
    change_key = ids.change_key(item)
    return {
        "@odata.etag": ids.weak(change_key),
        "id": item_id,
        "createdDateTime": moment(item.created_ms),
        "lastModifiedDateTime": moment(item.modified_ms),
        "changeKey": change_key,
    }


@lru_cache(maxsize=64)
def only(names: frozenset[str]) -> Decode:
    """Reads no more of a document than these properties; their values stay JSON text."""
    wanted = TypedDict("wanted", dict.fromkeys(sorted(names), msgspec.Raw), total=False)  # type: ignore[misc]
    decode: Any = msgspec.json.Decoder(wanted).decode
    return cast("Decode", decode)


@lru_cache(maxsize=1024)
def moment(ms: int) -> str:
    """As Graph writes it, in whole seconds. Kept, since what came together has one."""
    return f"{from_ms(ms).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _item(row: sqlite3.Row, decode: Decode) -> Item:
    number, mailbox, kind, key, generation, change, created_ms, modified_ms, text, above, above_key, moved = row
    parent = None if above is None else Place(above, above_key, moved)
    document = _document(number, text, decode)
    return Item(number, mailbox, kind, parent, key, generation, change, created_ms, modified_ms, document)


def _document(number: int, text: str, decode: Decode) -> dict[str, Any]:
    try:
        return decode(text)
    except msgspec.MsgspecError as error:
        raise Damaged(f"The document of item {number} in the workspace is damaged.") from error
