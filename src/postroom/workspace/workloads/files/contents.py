"""The bytes of files: put, replaced, opened. What is replaced stays as an earlier version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.clock import to_ms
from postroom.workspace.store import ids
from postroom.workspace.store.arriving import BUFFER_BYTES, Arriving, Hashes
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.contents import SMALL_BYTES
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import earlier, etags, media, names, opening, places, shares, sizes
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.errors import NotConverted
from postroom.workspace.workloads.files.kinds import CONTENT, ITEM
from postroom.workspace.workloads.files.views import PURPOSE, View
from postroom.workspace.workloads.items.doer import Doer

Behavior = Literal["fail", "replace", "rename"]
BEHAVIORS: Final[Mapping[str, Behavior]] = {one: one for one in ("fail", "replace", "rename")}
THUMBNAILS: Final = "thumbnail "
"""Beginning of the roles of pictures made of a file."""


@dataclass(frozen=True, slots=True)
class Put:
    """A file as it is now, and whether it is new."""

    item: Item
    new: bool


def behavior_of(text: Any, default: Behavior) -> Behavior:
    """Raises Invalid."""
    if text is None or text == "":
        return default
    found = BEHAVIORS.get(str(text).lower())
    if found is None:
        raise Invalid("@microsoft.graph.conflictBehavior", "fail, replace or rename")
    return found


class Contents:
    def __init__(self, core: Core) -> None:
        self._core = core

    def put(
        self, look: Look, at: At, arrived: Arriving, behavior: Behavior = "replace", if_none_match: str | None = None
    ) -> tuple[Document, bool]:
        """Make a file of what has arrived, or give it to the one that is there. The file, and whether it is new.

        Raises AlreadyExists, Conflict, Locked, NoQuota, Invalid.
        """
        places.prepare(self._core, look, at)
        if arrived.size >= SMALL_BYTES:  # others are rows, which the unit syncs
            arrived.sync()
        with self._core.store.write() as unit:
            found = places.locate(unit, self._core, look, at, "write", make_folders=True)
            etags.check(found.item, look.wish.if_match, if_none_match)
            blob = unit.blobs.keep(arrived)
            made = put(unit, self._core, look, found, arrived.hashes, blob, behavior, {})
            return View(unit, self._core, look).one(made.item), made.new

    def opened(self, look: Look, at: At) -> opening.Opened:
        """Raises NotFound for a folder."""
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            return opening.open_item(unit, places.find(unit, self._core, look, at))

    def by_token(self, token: str) -> opening.Opened:
        """What the URL of a download leads to, with no other key. Raises NotFound, also when it is over."""
        try:
            item_id, content, ends_ms = self._core.store.opened(PURPOSE, token, "token")
        except Invalid as error:
            raise NotFound("download", "with this URL") from error
        with self._core.store.read() as unit:
            item = unit.items.find(ids.parse(item_id).key)
            if item is None or ends_ms <= to_ms(unit.now):
                raise NotFound("download", "with this URL")
            return earlier.open_hash(unit, item, content)

    def url_of_link(self, token: str, base: str, password: str | None = None) -> str:
        """Where the file of a link can be had. Raises NotFound, Denied, NeedsPassword, WrongState for a folder."""
        look = Look(Doer(""), base)
        with self._core.store.read() as unit:
            item = shares.of_token(unit, None, token, password).item
            opening.check_file(item)
            return View(unit, self._core, look).download_url(item)

    @contextmanager
    def file(self, look: Look, at: At) -> Iterator[tuple[Path, opening.Opened]]:
        """The content as a file, which nobody may write to and which may be gone after the block."""
        opened = self.opened(look, at)
        if isinstance(opened.content, Path):
            yield opened.content, opened
            return
        arriving = self._core.store.arriving(len(opened.content))
        try:
            arriving.write(opened.content)
            yield arriving.path, opened
        finally:
            arriving.close()

    def replace(self, look: Look, at: At, source: Path, if_match: str | None = None) -> Document:
        """The content of this file is that of an item from now on; what was there is an earlier version.

        Raises Conflict when it is no longer what `if_match` names, Locked, NoQuota.
        """
        arriving = self._core.store.arriving(self._core.settings.file_bytes)
        try:
            with source.open("rb") as file:
                while piece := file.read(BUFFER_BYTES):
                    arriving.write(piece)
            changed, _ = self.put(replace(look, wish=replace(look.wish, if_match=if_match)), at, arriving)
            return changed
        finally:
            arriving.close()

    def url(self, look: Look, at: At, wanted: str = "") -> str:
        """Where the content can be had without a token, for some time.

        Raises NotConverted for another format, as `pdf`, than the file has.
        """
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            item = places.find(unit, self._core, look, at)
            opening.check_file(item)
            if wanted and media.type_of(f"x.{wanted}") != item.document["file"]["mimeType"]:
                raise NotConverted(wanted)
            return View(unit, self._core, look).download_url(item)


def put(
    unit: Unit, core: Core, look: Look, found: places.Found, hashes: Hashes, blob: Blob, behavior: Behavior,
    more: Mapping[str, Any],
) -> Put:  # fmt: skip
    """The file of an address gets this content, which is kept already. `more` is what else it is to be."""
    check_put(look, found, behavior)
    if found.item is None or (behavior == "rename" and found.above is not None):
        return _created(unit, core, look, found, hashes, blob, more)
    return Put(replaced(unit, core, look, found.item, hashes, blob, more), new=False)


def check_put(look: Look, found: places.Found, behavior: Behavior) -> None:
    """Whether content can be put there. Raises AlreadyExists, Locked."""
    item = found.item
    if item is None or (behavior == "rename" and found.above is not None):
        return
    if behavior == "fail" and found.above is not None:
        raise AlreadyExists("file", found.name)
    if "folder" in item.document:
        raise AlreadyExists("folder", item.document["name"])
    opening.check_unlocked(item, look)


def _created(
    unit: Unit, core: Core, look: Look, found: places.Found, hashes: Hashes, blob: Blob, more: Mapping[str, Any]
) -> Put:
    above, name = found.above, found.name
    if above is None:
        raise NotFound(ITEM, name)
    name = names.checked(name)
    if found.item is not None:
        name = names.another(name, lambda one: places.child(unit, above, one) is not None)
    by = core.identity(look.doer)
    document = {
        **more, "name": name, "_key": names.key_of(name), "createdBy": by, "lastModifiedBy": by, "_version": 1,
        **facets(name, hashes),
    }  # fmt: skip
    sizes.check_room(unit, found.drive, blob.size, core.settings.drive_bytes)
    made = unit.items.add(above.mailbox, ITEM, above, document)
    unit.items.attach(made, CONTENT, blob)
    sizes.add(unit, above, blob.size)
    mark_unread(unit, core, made)
    return Put(made, new=True)


def replaced(
    unit: Unit, core: Core, look: Look, item: Item, hashes: Hashes, blob: Blob, more: Mapping[str, Any]
) -> Item:
    """The same file with other content; the old one is an earlier version then."""
    drive = places.drive_of(unit, item)
    sizes.check_room(unit, drive, blob.size, core.settings.drive_bytes)
    old = int(item.document["size"])
    earlier.keep(unit, core, item, drive)
    document = {
        **item.document, **more, "lastModifiedBy": core.identity(look.doer), **facets(item.document["name"], hashes),
        "_version": int(item.document.get("_version", 1)) + 1,
    }  # fmt: skip
    if "fileSystemInfo" not in more:
        document.pop("fileSystemInfo", None)
    changed = unit.items.update(item, document)
    unit.items.attach(changed, CONTENT, blob)
    for role in unit.items.blobs(changed):
        if role.startswith(THUMBNAILS):
            unit.items.detach(changed, role)
    sizes.add(unit, item.parent, blob.size - old)
    mark_unread(unit, core, changed)
    return changed


def facets(name: str, hashes: Hashes) -> Document:
    """What follows from the content and the name."""
    shown = {
        "quickXorHash": hashes.quick_xor, "sha1Hash": hashes.sha1.upper(), "sha256Hash": hashes.sha256.upper(),
    }  # fmt: skip
    return {
        "size": hashes.size,
        "file": {"mimeType": media.type_of(name), "hashes": shown},
        "_hash": hashes.sha256,
    }


def hashes_in(document: Mapping[str, Any]) -> Hashes:
    """Those of `facets`."""
    shown = document["file"]["hashes"]
    return Hashes(shown["sha1Hash"].lower(), document["_hash"], shown["quickXorHash"], int(document["size"]))


def mark_unread(unit: Unit, core: Core, item: Item) -> None:
    """It is found by its name from now on, and by its words once they are read."""
    unit.texts.set(item, {"subject": str(item.document["name"])})
    unit.connection.execute("INSERT OR IGNORE INTO drive_unread VALUES (?)", (item.number,))
    unit.after_commit.append(core.wake)


def rename_words(unit: Unit, core: Core, item: Item) -> None:
    """It has another name; the words of its content are read once more."""
    if "file" in item.document:
        mark_unread(unit, core, item)
    else:
        unit.texts.set(item, {"subject": str(item.document["name"])})
