"""Files and folders: listed, made, renamed, moved, deleted, restored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import AlreadyExists, Denied, Invalid, NotFound, WrongState
from postroom.workspace.clock import moment, to_ms
from postroom.workspace.query.page import Page
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.arriving import hashes_of
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import (
    access,
    contents,
    drives,
    earlier,
    etags,
    expanding,
    media,
    names,
    opening,
    places,
    sizes,
)  # fmt: skip
from postroom.workspace.workloads.files.contents import Behavior
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import BIN, ITEM
from postroom.workspace.workloads.files.views import View

MOST_DESCRIPTION: Final = 10_000
EMPTY: Final = hashes_of(b"")
_DEPTH: Final = """WITH RECURSIVE below (number, depth) AS (
    SELECT ?, 1 UNION ALL SELECT item.number, depth + 1 FROM item JOIN below ON item.parent = below.number
      WHERE item.kind = ?)
  SELECT max(depth) FROM below"""
SYSTEM_INFO: Final = SCHEMA.find("fileSystemInfo")


class Folders:
    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, look: Look, at: At) -> Document:
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            found = places.find(unit, self._core, look, at)
            return expanding.shown(unit, self._core, look, [found])[0]

    def children(self, look: Look, at: At) -> Page:
        """What lies in a folder, by name; of a file nothing does."""
        places.prepare(self._core, look, at)
        with self._core.store.read() as unit:
            return expanding.children(unit, self._core, look, places.find(unit, self._core, look, at))

    def create(self, look: Look, at: At, given: Mapping[str, Any]) -> Document:
        """A folder in a folder, or an empty file. Raises AlreadyExists, Invalid."""
        places.prepare(self._core, look, at)
        values = described(given)
        name, behavior = names.checked(given.get("name")), _behavior(given, "fail")
        folder = given.get("folder") is not None
        if folder == (given.get("file") is not None):
            raise Invalid("folder", "an empty object, or one of `file`")
        with self._core.store.write() as unit:
            above = places.find(unit, self._core, look, at, "write")
            if "folder" not in above.document:
                raise WrongState("Only a folder holds others.")
            if folder:
                made = self._folder(unit, look, above, {**values, "name": name}, behavior)
            else:
                made = self._empty_file(unit, look, above, name, values, behavior)
            return View(unit, self._core, look).one(made)

    def _folder(self, unit: Unit, look: Look, above: Item, document: Document, behavior: Behavior) -> Item:
        taken = places.child(unit, above, document["name"])
        if taken is not None and behavior == "rename":
            document["name"] = free_name(unit, above, document["name"])
        elif taken is not None and behavior == "replace" and "folder" in taken.document:
            return taken
        elif taken is not None:
            raise AlreadyExists("file or folder", document["name"])
        return places.add_folder(unit, above, document, self._core.identity(look.doer))

    def _empty_file(self, unit: Unit, look: Look, above: Item, name: str, values: Document, behavior: Behavior) -> Item:
        found = places.Found(
            places.drive_of(unit, above), places.child(unit, above, name), above, name, "write"
        )  # fmt: skip
        return contents.put(
            unit, self._core, look, found, EMPTY, unit.blobs.put(b""), behavior, values
        ).item  # fmt: skip

    def update(self, look: Look, at: At, given: Mapping[str, Any]) -> Document:
        """Another name, description or place. Raises AlreadyExists, Conflict, Locked, WrongState for the root."""
        places.prepare(self._core, look, at)
        values, behavior = described(given), _behavior(given, "fail")
        target = given.get("parentReference")
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "write")
            etags.check(item, look.wish.if_match)
            opening.check_unlocked(item, look)
            if "root" in item.document and ("name" in given or target):
                raise WrongState("The root of a drive keeps its name and its place.")
            above = self._target(unit, look, item, target) if target is not None else None
            item = self._renamed(unit, look, item, above, values, given.get("name"), behavior)
            if above is not None and item.parent is not None and above.number != item.parent.number:
                item = move(unit, item, above)
            return View(unit, self._core, look).one(item)

    def _renamed(
        self, unit: Unit, look: Look, item: Item, above: Item | None, values: Document, name: Any, behavior: Behavior
    ) -> Item:
        new = names.checked(name) if name is not None else str(item.document["name"])
        place = above or next(unit.items.at([item.parent.number] if item.parent else []), None)
        taken = places.child(unit, place, new) if place is not None and "root" not in item.document else None
        if taken is not None and place is not None and taken.number != item.number:
            if behavior == "rename":
                new = free_name(unit, place, new)
            elif behavior == "replace" and "file" in taken.document and "file" in item.document:
                self._discard(unit, look, taken)
            else:
                raise AlreadyExists("file or folder", new)
        document = {**item.document, **values, "lastModifiedBy": self._core.identity(look.doer)}
        if "root" not in item.document:
            document |= {"name": new, "_key": names.key_of(new)}
        if "file" in document and new != item.document["name"]:
            document["file"] = {**document["file"], "mimeType": media.type_of(new)}
        changed = unit.items.update(item, document)
        if new != item.document["name"]:
            contents.rename_words(unit, self._core, changed)
        return changed

    def _target(self, unit: Unit, look: Look, item: Item, given: Any) -> Item:
        """The folder that `parentReference` names, in the same drive; with nothing in it where the item lies."""
        above = referenced(unit, self._core, look, places.drive_of(unit, item), given)
        if above is None:
            above = next(unit.items.at([item.parent.number] if item.parent else []))
        if places.drive_of(unit, above).number != places.drive_of(unit, item).number:
            raise WrongState("An item is not moved to another drive: copy it, and delete it here.")
        if "folder" not in above.document:
            raise Invalid("parentReference", "a folder")
        if len(unit.items.path(above)) + _levels(unit, item) > places.MOST_LEVELS:
            raise Invalid("parentReference", f"no more than {places.MOST_LEVELS} folders in one another")
        return above

    def delete(self, look: Look, at: At) -> None:
        """Into the recycle bin, from where it can be restored for some time."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = places.find(unit, self._core, look, at, "write")
            etags.check(item, look.wish.if_match)
            self._discard(unit, look, item)

    def _discard(self, unit: Unit, look: Look, item: Item) -> None:
        if "root" in item.document:
            raise Denied("The root of a drive cannot be deleted.")
        opening.check_unlocked(item, look)
        document = {
            **item.document,
            "_from": ids.immutable(item.parent) if item.parent else "",
            "_deleted": moment(unit.now),
        }
        binned = drives.part(unit, places.drive_of(unit, item), BIN)
        move(unit, unit.items.update(item, document), binned)

    def delete_permanently(self, look: Look, at: At) -> None:
        """At once and for good, from the recycle bin too."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = self._anywhere(unit, look, at)
            if "root" in item.document:
                raise Denied("The root of a drive cannot be deleted.")
            remove(unit, item)

    def restore(self, look: Look, at: At, given: Mapping[str, Any]) -> Document:
        """Out of the recycle bin, to where it was, or to the folder that is given. Raises NotFound, AlreadyExists."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = self._anywhere(unit, look, at)
            drive = places.drive_of(unit, item)
            binned = drives.part(unit, drive, BIN)
            if item.parent is None or item.parent.number != binned.number:
                raise WrongState("The item is not in the recycle bin.")
            above = referenced(unit, self._core, look, drive, given.get("parentReference") or {})
            above = above or self._former(unit, item, drive)
            name = names.checked(given.get("name") or item.document["name"])
            if places.child(unit, above, name) is not None:
                raise AlreadyExists("file or folder", name)
            document = {**item.document, "name": name, "_key": names.key_of(name)}
            del document["_from"], document["_deleted"]
            moved = move(unit, unit.items.update(item, document), above)
            touch_below(unit, moved)
            return View(unit, self._core, look).one(moved)

    def _former(self, unit: Unit, item: Item, drive: Item) -> Item:
        found = unit.items.find(ids.parse(item.document["_from"]).key) if item.document["_from"] else None
        if found is None or not places.is_in(unit, found, drive):
            raise NotFound("folder", "that the item was deleted from; give `parentReference`")
        return found

    def _anywhere(self, unit: Unit, look: Look, at: At) -> Item:
        """An item that its owner names, in the recycle bin too."""
        kind, value = at.steps[0]
        if kind != "item" or len(at.steps) > 1 or value.lower() == "root":
            return places.find(unit, self._core, look, at, "owner")
        drive = drives.drive_at(unit, at)
        access.check("owner" if access.is_own(self._core, look, drive) else None, "owner")
        item = unit.items.get(drive.mailbox, value, ITEM)
        if places.drive_of(unit, item).number != drive.number:
            raise NotFound(ITEM, value)
        return item

    def tend(self) -> None:
        """What lies in recycle bins for too long goes for good."""
        with self._core.store.read() as unit:
            binned = [one for one in _in_bins(unit) if _is_due(unit, one, self._core.settings.recycle_days)]
        for one in binned:
            with self._core.store.write() as unit:
                for item in unit.items.at([one.number]):
                    if "_deleted" in item.document:
                        remove(unit, item)


def move(unit: Unit, item: Item, above: Item) -> Item:
    """To another folder, with what it counts for there."""
    size = size_of(unit, item)
    sizes.add(unit, item.parent, -size)
    moved = unit.items.move(item, above)
    sizes.add(unit, above, size)
    return moved


def remove(unit: Unit, item: Item) -> None:
    """For good, with all its versions."""
    drive = places.drive_of(unit, item)
    sizes.add_only(unit, drive, -earlier.bytes_below(unit, item))
    sizes.add(unit, item.parent, -size_of(unit, item))
    unit.items.remove(item)


def size_of(unit: Unit, item: Item) -> int:
    if "folder" in item.document:
        return sizes.of(unit, [item])[item.number]
    return int(item.document["size"])


def free_name(unit: Unit, above: Item, name: str) -> str:
    return names.another(name, lambda one: places.child(unit, above, one) is not None)


def touch_below(unit: Unit, item: Item) -> None:
    """Who follows the changes of the drive learns of all that came back with a folder."""
    for one in unit.items.children(item, ITEM):
        unit.items.touch(one, "created")
        touch_below(unit, one)


def referenced(unit: Unit, core: Core, look: Look, drive: Item, given: Any) -> Item | None:
    """The folder that an `itemReference` names, None when it names none. Raises Invalid, NotFound, Denied."""
    if not isinstance(given, Mapping):
        raise Invalid("parentReference", "an object with the id of a folder")
    where, item_id, path = given.get("driveId"), given.get("id"), given.get("path")
    if not item_id and not path:
        if not where:
            return None
        item_id = "root"
    named = str(where) if where else ids.immutable(drive)
    steps: tuple[tuple[str, str], ...] = (("item", str(item_id)),)
    if not item_id:
        steps = (("root", ""), ("path", str(path).partition("root:")[2].strip("/:")))
    return places.find(unit, core, look, At(drive=named, steps=steps), "write")


def _levels(unit: Unit, item: Item) -> int:
    """How deep a folder is, itself counted."""
    return int(unit.connection.execute(_DEPTH, (item.number, ITEM)).fetchone()[0])


def _behavior(given: Mapping[str, Any], default: Behavior) -> Behavior:
    return contents.behavior_of(given.get("@microsoft.graph.conflictBehavior"), default)


def described(given: Mapping[str, Any]) -> Document:
    """What else can be given of an item: description and times. Raises Invalid."""
    found: Document = {}
    if "description" in given:
        text = given["description"]
        if text is not None and (not isinstance(text, str) or len(text) > MOST_DESCRIPTION):
            raise Invalid("description", f"a text of at most {MOST_DESCRIPTION} characters")
        found["description"] = text
    if given.get("fileSystemInfo") is not None:
        if not isinstance(given["fileSystemInfo"], Mapping) or SYSTEM_INFO is None:
            raise Invalid("fileSystemInfo", "an object")
        found["fileSystemInfo"] = checked(SYSTEM_INFO, given["fileSystemInfo"], partial=True)
    return found


def _in_bins(unit: Unit) -> list[Item]:
    sql = "SELECT number FROM item WHERE kind = ? AND parent IN (SELECT number FROM item WHERE kind = ?)"
    return list(unit.items.at([row[0] for row in unit.connection.execute(sql, (ITEM, BIN))]))


def _is_due(unit: Unit, item: Item, days: float) -> bool:
    return item.modified_ms <= to_ms(unit.now) - days * 86_400_000
