"""Versions of files: listed, restored, deleted."""

from __future__ import annotations

from typing import Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.arriving import Hashes
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import contents, earlier, etags, opening, places
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import CONTENT, VERSION
from postroom.workspace.workloads.files.views import download_token, version_of

VERSION_TYPE: Final = SCHEMA.entity(VERSION)
DOWNLOAD: Final = "@microsoft.graph.downloadUrl"


class Versions:
    """The present version is listed first; its number is not among the earlier ones."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, look: Look, at: At) -> Page:
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            return page_of(documents(unit, self._core, look, item), look.wish.options, VERSION_TYPE, None, 1000)

    def get(self, look: Look, at: At, version_id: str) -> Document:
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            document = _shown(unit, self._core, look, item, self._found(unit, item, version_id))
            return project(document, Options(select=look.wish.options.select), VERSION_TYPE)

    def url(self, look: Look, at: At, version_id: str) -> str:
        """Where its content can be had without a token, for some time."""
        return str(self.get(Look(look.doer, look.base, others=look.others), at, version_id)[DOWNLOAD])

    def restore(self, look: Look, at: At, version_id: str) -> None:
        """The file has this content again, as its newest version."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "write")
            etags.check(item, look.wish.if_match)
            opening.check_unlocked(item, look)
            version = self._found(unit, item, version_id)
            blob = unit.items.blob(version, CONTENT) if version is not None else None
            if version is not None and blob is not None:
                known = version.document["_hashes"]
                hashes = Hashes(known["sha1Hash"].lower(), blob.hash, known["quickXorHash"], blob.size)
                contents.replaced(unit, self._core, look, item, hashes, blob, {})

    def delete(self, look: Look, at: At, version_id: str) -> None:
        """Raises Invalid for the present version."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "write")
            version = self._found(unit, item, version_id)
            if version is None:
                raise Invalid("version", "an earlier version: the present one cannot be deleted")
            earlier.drop(unit, places.drive_of(unit, item), version)

    def _found(self, unit: Unit, item: Item, version_id: str) -> Item | None:
        """None is the present one. Raises NotFound."""
        opening.check_file(item)
        number = version_id.removesuffix(".0")
        if version_id.lower() == "current" or number == str(version_of(item)):
            return None
        for one in unit.items.children(item, VERSION):
            if str(one.document["_number"]) == number:
                return one
        raise NotFound(VERSION, version_id)


def documents(unit: Unit, core: Core, look: Look, item: Item) -> list[Document]:
    """All versions of a file."""
    opening.check_file(item)
    before = reversed(unit.items.children(item, VERSION))
    return [_shown(unit, core, look, item, one) for one in (None, *before)]


def _shown(unit: Unit, core: Core, look: Look, item: Item, version: Item | None) -> Document:
    """None is the present one."""
    document = item.document if version is None else version.document
    number = version_of(item) if version is None else document["_number"]
    modified = moment(item.modified_ms) if version is None else document["lastModifiedDateTime"]
    token = download_token(unit, core, item, version)
    return {
        "id": f"{number}.0",
        "lastModifiedDateTime": modified,
        "lastModifiedBy": document.get("lastModifiedBy"),
        "size": document["size"],
        DOWNLOAD: f"{look.base}/downloads/files/{token}",
    }
