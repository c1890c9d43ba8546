"""Earlier versions inside a unit: kept when content is replaced, dropped, opened."""

from __future__ import annotations

from typing import Final

from postroom.errors import NotFound
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import opening, sizes
from postroom.workspace.workloads.files.core import Core
from postroom.workspace.workloads.files.kinds import CONTENT, VERSION
from postroom.workspace.workloads.files.views import version_of

_BELOW: Final = """WITH RECURSIVE below (number) AS (
    SELECT ? UNION ALL SELECT item.number FROM item JOIN below ON item.parent = below.number)
  SELECT coalesce(sum(blob.size), 0) FROM below JOIN item USING (number) JOIN blob ON blob.item = item.number
  WHERE item.kind = ? AND blob.role = ?"""


def keep(unit: Unit, core: Core, item: Item, drive: Item) -> None:
    """Before the content is replaced: what is there becomes an earlier version; of too many the oldest goes."""
    blob = unit.items.blob(item, CONTENT)
    if blob is None or not core.settings.versions:
        return
    document = {
        "_number": version_of(item),
        "size": item.document["size"],
        "lastModifiedBy": item.document.get("lastModifiedBy"),
        "lastModifiedDateTime": moment(item.modified_ms),
        "_hash": item.document["_hash"],
        "_hashes": item.document["file"]["hashes"],
    }
    kept = unit.items.add(item.mailbox, VERSION, item, document)
    unit.items.attach(kept, CONTENT, blob)
    sizes.add_only(unit, drive, blob.size)
    earlier = unit.items.children(item, VERSION)
    for one in earlier[: max(0, len(earlier) - core.settings.versions)]:
        drop(unit, drive, one)


def drop(unit: Unit, drive: Item, version: Item) -> None:
    unit.items.remove(version)
    sizes.add_only(unit, drive, -int(version.document["size"]))


def bytes_below(unit: Unit, item: Item) -> int:
    """Of all earlier versions of a file, or of the files in a folder."""
    row = unit.connection.execute(_BELOW, (item.number, VERSION, CONTENT)).fetchone()
    return int(row[0])


def open_hash(unit: Unit, item: Item, content: str) -> opening.Opened:
    """The content of this hash that a file has, or had in an earlier version. Raises NotFound."""
    if item.document.get("_hash") == content:
        return opening.open_item(unit, item)
    for one in unit.items.children(item, VERSION):
        if one.document["_hash"] == content:
            return _opened(unit, item, one)
    raise NotFound("download", "with this URL")


def _opened(unit: Unit, item: Item, version: Item) -> opening.Opened:
    media_type = item.document["file"]["mimeType"]
    etag = f'"{version.document["_hash"]}"'
    return opening.Opened(item.document["name"], media_type, etag, opening.content_of(unit, version))
