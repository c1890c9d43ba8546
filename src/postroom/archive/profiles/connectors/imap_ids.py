"""Native ids of IMAP messages, and how far the folders of a mailbox were read."""

from __future__ import annotations

import json
from typing import NamedTuple

from postroom.archive.profiles.connectors.imap_answers import Meta
from postroom.archive.profiles.connectors.imap_fetch import UNTOLD
from postroom.archive.profiles.connectors.imap_folders import Folder


class Named(NamedTuple):
    """A native id, taken apart; `text` is all of it."""

    folder: str
    validity: int
    uid: int
    text: str


class Mark(NamedTuple):
    """How far a folder was read: to this UID, and what the server told of that message."""

    validity: int
    uid: int
    seen: str


def seen(meta: Meta, size: int | None = None) -> str:
    """What can be seen of a message without reading it; `size` instead of what is told."""
    size = meta.size if size is None else size
    seconds = "" if meta.received_ms is None else meta.received_ms // 1000
    return f"{'' if size == UNTOLD else size}@{seconds}"


def native_id(folder: Folder, validity: int, meta: Meta, size: int | None = None) -> str:
    """As the server tells it, or with the true `size`."""
    return f"{folder.key}|{validity}|{meta.uid}|{seen(meta, size)}"


def parsed(text: str) -> Named | None:
    """A native id of ours; None for any other text."""
    folder, _, rest = text.partition("|")
    numbers = rest.split("|")
    if len(numbers) != 3 or not (numbers[0].isdecimal() and numbers[1].isdecimal()):
        return None
    return Named(folder, int(numbers[0]), int(numbers[1]), text)


def marks(cursor: str | None) -> dict[str, Mark]:
    """The marks of folders, by their key, in a cursor of ours; anything else is left out."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        key: Mark(*value)
        for key, value in found.items()
        if isinstance(value, list) and [type(part) for part in value] == [int, int, str]
    }


def cursor_start(known: dict[str, Mark], folder: Folder) -> str:
    """A cursor, as text, up to the mark of this folder, which ends it."""
    others = "".join(f"{json.dumps(key)}:{json.dumps(mark)}," for key, mark in known.items() if key != folder.key)
    return f"{{{others}{json.dumps(folder.key)}:"
