"""Files of a library as items of a list: each has a number in it, and values in the columns of the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.items.doer import Document
from postroom.workspace.workloads.sites import numbers
from postroom.workspace.workloads.sites.kinds import ITEM
from postroom.workspace.workloads.sites.library import Drives, drive_of
from postroom.workspace.workloads.sites.places import Site
from postroom.workspace.workloads.sites.views import FOLDER


def prepare(store: Store, drives: Drives, site: Site, above: Item) -> None:
    """Give numbers to the files that came since somebody asked."""
    of = drive_of(site, above.key)
    with store.read() as unit:
        known = _rows(unit, above)
        missing = any(file.key not in known for file in drives.files(unit, of))
    if missing:
        with store.write() as unit:
            known = _rows(unit, above)
            for file in drives.files(unit, of):
                if file.key not in known:
                    row = (above.number, file.key, numbers.next_item(unit, above))
                    unit.connection.execute("INSERT INTO library_file (list, key, number) VALUES (?, ?, ?)", row)


def all_of(unit: Unit, drives: Drives, site: Site, above: Item) -> Iterator[Item]:
    """The files, as items of the list, by number."""
    known = _rows(unit, above)
    there = [file for file in drives.files(unit, drive_of(site, above.key)) if file.key in known]
    for file in sorted(there, key=lambda one: int(known[one.key]["number"])):
        yield _item(unit, site, file, known[file.key])


def write(unit: Unit, above: Item, item: Item, fields: Document) -> None:
    """Values of the columns of a library; what follows from the file is not among them."""
    kept = {name: value for name, value in fields.items() if name not in item.document["_of_file"]}
    unit.connection.execute(
        "UPDATE library_file SET fields = ?, changes = changes + 1 WHERE list = ? AND key = ?",
        (msgspec.json.encode(kept).decode(), above.number, item.key),
    )
    unit.items.touch(above)


def _rows(unit: Unit, above: Item) -> dict[bytes, Any]:
    rows = unit.connection.execute("SELECT * FROM library_file WHERE list = ?", (above.number,))
    return {row["key"]: row for row in rows}


def _item(unit: Unit, site: Site, file: Item, row: Any) -> Item:
    own = file.document
    of_file = {"FileLeafRef": own["name"]}
    if "folder" not in own:
        of_file |= {"FileSizeDisplay": str(own.get("size", 0)), "DocIcon": own["name"].rpartition(".")[2].lower()}
    nobody: Document = {"user": {"displayName": None}}
    document = {
        "_number": row["number"],
        "_version": int(own.get("_version", 1)) + row["changes"],
        "_of_file": of_file,
        FOLDER: "folder" in own,
        "fields": {**msgspec.json.decode(row["fields"]), **of_file},
        "createdBy": own.get("createdBy") or nobody,
        "lastModifiedBy": own.get("lastModifiedBy") or nobody,
        "_author": _who(unit, site, own.get("createdBy")),
        "_editor": _who(unit, site, own.get("lastModifiedBy")),
    }
    return Item(file.number, file.mailbox, ITEM, file.parent, file.key, file.generation, file.change, file.created_ms,
                file.modified_ms, document)  # fmt: skip


def _who(unit: Unit, site: Site, identity: Any) -> str | None:
    """The number of who put a file there, as far as they have one in the site."""
    user = ((identity or {}).get("user") or {}).get("id")
    found = numbers.known(unit, site.web, user) if user else None
    return None if found is None else str(found)
