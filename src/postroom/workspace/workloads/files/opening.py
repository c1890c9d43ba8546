"""The content of a file, as whoever may read it gets it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from postroom.errors import WrongState
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import etags
from postroom.workspace.workloads.files.core import Look
from postroom.workspace.workloads.files.errors import Locked
from postroom.workspace.workloads.files.kinds import CONTENT


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of a file. `content` is bytes when it is small."""

    name: str
    media_type: str
    etag: str
    content: bytes | Path


def open_item(unit: Unit, item: Item) -> Opened:
    check_file(item)
    name = str(item.document["name"])
    return Opened(name, item.document["file"]["mimeType"], etags.etag_of(item), content_of(unit, item))


def content_of(unit: Unit, item: Item) -> bytes | Path:
    blob = unit.items.blob(item, CONTENT)
    return unit.blobs.where(blob.hash) if blob else b""


def check_file(item: Item) -> None:
    if "file" not in item.document:
        raise WrongState("A folder has no content.")


def check_unlocked(item: Item, look: Look) -> None:
    """Raises Locked for what somebody else has checked out."""
    holder = (item.document.get("_checkedOut") or {}).get("user") or {}
    if holder and holder.get("id") != look.doer.user:
        raise Locked(str(holder.get("displayName") or holder.get("email") or "Somebody else"))
