"""Files and folders as Graph shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from postroom.workspace.clock import to_ms
from postroom.workspace.query.options import Options
from postroom.workspace.query.project import project
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, etags, sizes
from postroom.workspace.workloads.files.core import Core, Document, Look
from postroom.workspace.workloads.files.kinds import DRIVE, ITEM, ITEM_TYPE, PERMISSION

DOWNLOAD: Final = "@microsoft.graph.downloadUrl"
PURPOSE: Final = "download"
_SHARED: Final = """SELECT parent, json_extract(document, '$.link.scope') FROM item
  WHERE kind = ? AND parent IN (SELECT value FROM json_each(?))"""
_PICTURES: Final = "SELECT item, hash, facets FROM drive_picture WHERE item IN (SELECT value FROM json_each(?))"
_SCOPES: Final = {None: 0, "users": 0, "organization": 1, "anonymous": 2}


class View:
    """Shows items of one unit; what several of them need is looked up once."""

    def __init__(self, unit: Unit, core: Core, look: Look) -> None:
        self._unit, self._core, self._look = unit, core, look
        self._above: dict[int, Document] = {}

    def all(self, found: Sequence[Item]) -> list[Document]:
        """As the options of the look want them, but for what is expanded."""
        return [self.projected(document) for document in self.documents(found)]

    def one(self, item: Item) -> Document:
        return self.all([item])[0]

    def documents(self, found: Sequence[Item]) -> list[Document]:
        """All that there is to show."""
        folders = [one for one in found if "folder" in one.document]
        bytes_of, counts = sizes.of(self._unit, folders), sizes.counts(self._unit, folders)
        shared, pictures = self._shared(found), facets_of(self._unit, found)
        return [
            {**self._document(one, bytes_of, counts, shared), **pictures.get(one.number, {})} for one in found
        ]  # fmt: skip

    def projected(self, document: Document) -> Document:
        """What was selected. The URL of a download is always in it, unless others were selected."""
        asked = self._look.wish.options
        if not asked.select and not asked.expand:
            return document
        # Facets that an item does not have are not there, rather than null: clients ask whether they are.
        shown = {name: value for name, value in project(document, asked, ITEM_TYPE).items() if name in document}
        named = {path.names[-1].lower() for path in asked.select}
        if DOWNLOAD in document and not named.isdisjoint(("downloadurl", DOWNLOAD.lower(), "content")):
            shown[DOWNLOAD] = document[DOWNLOAD]
        return shown

    def _document(
        self, item: Item, bytes_of: dict[int, int], counts: dict[int, int], shared: dict[int, str]
    ) -> Document:
        own = {name: value for name, value in item.document.items() if not name.startswith("_")}
        created, modified, item_id = moment(item.created_ms), moment(item.modified_ms), ids.immutable(item)
        above, etag = self.reference(item), etags.etag_of(item)
        shown: Document = {
            "@odata.etag": etag,
            "id": item_id,
            "eTag": etag,
            "createdDateTime": created,
            "lastModifiedDateTime": modified,
            "webUrl": f"{self._look.base}/drives/{above['driveId']}/items/{item_id}",
            **own,
            "parentReference": above,
        }
        given = item.document.get("fileSystemInfo") or {}
        shown["fileSystemInfo"] = {"createdDateTime": created, "lastModifiedDateTime": modified, **given}
        if "folder" in own:
            shown["size"] = bytes_of.get(item.number, 0)
            shown["folder"] = {"childCount": counts.get(item.number, 0)}
        else:
            shown["cTag"] = etags.ctag_of(item)
            shown[DOWNLOAD] = self.download_url(item)
        if item.number in shared:
            shown["shared"] = {"scope": shared[item.number], "owner": self._owner(item)}
        if (holder := item.document.get("_checkedOut")) is not None:
            shown["publication"] = {"level": "checkout", "versionId": f"{version_of(item)}.0", "checkedOutBy": holder}
        return shown

    @staticmethod
    def drive_id(unit: Unit, item: Item) -> str:
        """Of the drive that an item lies in."""
        return ids.immutable((unit.items.path(item) or [item])[-1])

    def reference(self, item: Item) -> Document:
        """`parentReference`: where an item lies. Of a root that is its drive."""
        number = item.parent.number if item.parent else 0
        if number not in self._above:
            self._above[number] = self._reference(item)
        return self._above[number]

    def _reference(self, item: Item) -> Document:
        path = self._unit.items.path(item)
        drive = path[-1]
        own = access.is_own(self._core, self._look, drive)
        drive_id = ids.immutable(drive)
        shown: Document = {"driveId": drive_id, "driveType": drive.document.get("driveType", "")}
        folders = [one for one in path if one.kind == ITEM]
        if not folders:
            return shown
        if not own:
            # What the folder lies in is not theirs to know.
            return {**shown, "id": ids.immutable(folders[0])}
        names = "".join(f"/{one.document['name']}" for one in reversed(folders[:-1]))
        root = f"/drives/{drive_id}/root:"
        return {
            **shown, "id": ids.immutable(folders[0]), "name": folders[0].document["name"], "path": root + quote(names),
        }  # fmt: skip

    def download_url(self, item: Item) -> str:
        token = download_token(self._unit, self._core, item)
        return f"{self._look.base}/downloads/files/{token}"

    def _shared(self, found: Iterable[Item]) -> dict[int, str]:
        """The widest scope in which items are shared, by their numbers."""
        rows = self._unit.connection.execute(_SHARED, (PERMISSION, sizes.numbers(found))).fetchall()
        return {number: scope or "users" for number, scope in sorted(rows, key=lambda row: _SCOPES.get(row[1], 0))}

    def _owner(self, item: Item) -> Any:
        drive = (self._unit.items.path(item) or [item])[-1]
        return drive.document.get("owner") if drive.kind == DRIVE else None


def facets_of(unit: Unit, found: Iterable[Item]) -> dict[int, Document]:
    """What pictures measure, by the numbers of those that were read."""
    hashes = {one.number: one.document.get("_hash") for one in found if "file" in one.document}
    rows = unit.connection.execute(_PICTURES, (json.dumps(list(hashes)),))
    return {number: json.loads(facets) for number, kept, facets in rows if hashes[number] == kept}


def download_token(unit: Unit, core: Core, item: Item, version: Item | None = None) -> str:
    """Opens the content of a file, or of an earlier version, for some time, for whoever has it."""
    ends_ms = to_ms(unit.now) + int(core.settings.download_s * 1000)
    # In steps, so that a list that is read twice has the same URLs for a while.
    ends_ms += 60_000 - ends_ms % 60_000
    content = (version or item).document["_hash"]
    return core.store.seal(PURPOSE, [ids.immutable(item), content, ends_ms])


def version_of(item: Item) -> int:
    """The number of the present version of a file."""
    return int(item.document.get("_version", 1))


def expanded(look: Look, options: Options) -> Look:
    """The look at what is expanded."""
    return replace(look, wish=replace(look.wish, options=options))
