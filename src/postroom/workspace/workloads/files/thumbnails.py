"""Thumbnails: made when somebody first looks at one, and kept with the file until its content changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.errors import Invalid, NotFound
from postroom.workspace.clock import to_ms
from postroom.workspace.query.page import Page
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import opening, pictures, places
from postroom.workspace.workloads.files.contents import THUMBNAILS
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.views import facets_of

PURPOSE: Final = "thumbnail"
SET: Final = "0"
SIDES: Final = {"small": 96, "medium": 176, "large": 800}
"""The longest side, by the names of sizes."""
MOST_SIDE: Final = 4096
MEDIA_TYPE: Final = "image/jpeg"
_CUSTOM: Final = re.compile(r"c(\d{1,4})x(\d{1,4})(_crop)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """`name` as it was asked for, in lower case."""

    name: str
    width: int
    height: int
    crop: bool = False

    def of(self, width: int, height: int) -> tuple[int, int]:
        """What a picture of these measures has then."""
        if self.crop:
            return self.width, self.height
        scale = min(1.0, self.width / width, self.height / height)
        return max(1, round(width * scale)), max(1, round(height * scale))


def size_of(name: str) -> Size:
    """Raises NotFound."""
    low = name.lower()
    if low in SIDES:
        return Size(low, SIDES[low], SIDES[low])
    found = _CUSTOM.fullmatch(low)
    if found is None or not all(0 < int(side) <= MOST_SIDE for side in found.group(1, 2)):
        raise NotFound("thumbnail", name)
    return Size(low, int(found[1]), int(found[2]), bool(found[3]))


class Thumbnails:
    def __init__(self, core: Core) -> None:
        self._core = core

    def sets(self, look: Look, at: At) -> Page:
        """One set for a picture, none for other files; sizes that were selected."""
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            found = documents(unit, self._core, look, item, _selected(look))
            return Page(found, None, len(found))

    def one(self, look: Look, at: At, set_id: str, name: str) -> Document:
        """Raises NotFound for a file that is no picture."""
        found = self.set(look, at, set_id, [name])
        if name.lower() not in found:
            raise NotFound("thumbnail", name)
        shown = found[name.lower()]
        assert isinstance(shown, dict)
        return shown

    def set(self, look: Look, at: At, set_id: str, wanted: Sequence[str] = ()) -> Document:
        """The set of a picture. Raises NotFound."""
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            found = documents(unit, self._core, look, item, wanted or _selected(look))
        if set_id != SET or not found:
            raise NotFound("thumbnails", set_id)
        return found[0]

    def content(self, token: str) -> bytes:
        """What the URL of a thumbnail leads to. Raises NotFound."""
        try:
            item_id, content, name, ends_ms = self._core.store.opened(PURPOSE, token, "token")
        except Invalid as error:
            raise NotFound("thumbnail", "with this URL") from error
        size, role = size_of(name), f"{THUMBNAILS}{name}"
        with self._core.store.read() as unit:
            item = unit.items.find(ids.parse(item_id).key)
            if item is None or item.document.get("_hash") != content or ends_ms <= to_ms(unit.now):
                raise NotFound("thumbnail", "with this URL")
            kept = unit.items.blob(item, role)
            if kept is not None:
                return unit.blobs.read(kept.hash)
            found = opening.content_of(unit, item)
        made = self._rendered(found, size)
        self._keep(item, content, role, made)
        return made

    def _rendered(self, found: bytes | Path, size: Size) -> bytes:
        try:
            if isinstance(found, Path):
                return pictures.rendered(found, size.width, size.height, crop=size.crop)
            arriving = self._core.store.arriving(len(found))
            try:
                arriving.write(found)
                return pictures.rendered(arriving.path, size.width, size.height, crop=size.crop)
            finally:
                arriving.close()
        except Invalid as error:
            raise NotFound("thumbnail", size.name) from error

    def _keep(self, item: Item, content: str, role: str, made: bytes) -> None:
        """Of the named sizes; others are as many as somebody asks for."""
        if role.removeprefix(THUMBNAILS) not in SIDES:
            return
        with self._core.store.write(synced=False) as unit:
            now = next(unit.items.at([item.number]), None)
            if now is not None and now.document.get("_hash") == content:
                unit.items.attach(now, role, unit.blobs.put(made))


def documents(unit: Unit, core: Core, look: Look, item: Item, wanted: Sequence[str] = ()) -> list[Document]:
    """The set of thumbnails of a picture."""
    if (item.document.get("file") or {}).get("mimeType") not in pictures.TYPES:
        return []
    measures = facets_of(unit, [item]).get(item.number, {}).get("image")
    if measures is None and is_read(unit, item):
        return []  # it was read, and is no picture
    names = [size_of(name) for name in wanted or SIDES]
    return [{"id": SET, **{one.name: _shown(unit, core, look, item, one, measures) for one in names}}]


def is_read(unit: Unit, item: Item) -> bool:
    """Whether a file has been looked at already."""
    row = unit.connection.execute("SELECT 1 FROM drive_unread WHERE item = ?", (item.number,)).fetchone()
    return row is None


def _shown(unit: Unit, core: Core, look: Look, item: Item, size: Size, measures: Document | None) -> Document:
    ends_ms = to_ms(unit.now) + int(core.settings.download_s * 1000)
    token = core.store.seal(PURPOSE, [ids.immutable(item), item.document["_hash"], size.name, ends_ms])
    known = measures or {"width": size.width, "height": size.height}
    width, height = size.of(known["width"], known["height"])
    return {"url": f"{look.base}/thumbnails/files/{token}", "width": width, "height": height}


def _selected(look: Look) -> list[str]:
    """Sizes that `$select` names; `id` is no size."""
    return [path.names[0] for path in look.wish.options.select if path.names[0].lower() not in ("id", "source")]
