"""Copies, which are made in the background and survive a restart.

What is copied so far lies on the stage of the target's drive, where nobody sees it; at the end one unit puts it in its
place. Bytes are not copied: the copy names the same content. Who was killed begins anew, with an empty stage.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from postroom.errors import AlreadyExists, NotFound, PostroomError, Unavailable, WrongState
from postroom.workspace.clock import to_ms
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, contents, drives, folders, names, opening, places, sizes
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import CONTENT, ITEM, STAGE
from postroom.workspace.workloads.files.shares import key_of
from postroom.workspace.workloads.items.doer import Doer

logger = logging.getLogger(__name__)

CHUNK: Final = 200
"""Items that are copied in one unit: nobody waits long for it."""
KEPT: Final = timedelta(days=7)
"""How long it is known what became of a copy."""
WAITING, DONE, FAILED = "inProgress", "completed", "failed"
NOT_COPIED: Final = ("_from", "_deleted", "_checkedOut", "specialFolder", "root")
_BEGIN = "INSERT INTO drive_copy (token, source, target, document, status, created_ms) VALUES (?, ?, ?, ?, ?, ?)"
_NEXT = "SELECT * FROM drive_copy WHERE status = ? ORDER BY created_ms LIMIT 1"
_END = "UPDATE drive_copy SET status = ?, percent = 100, result = ?, error = ?, stage = NULL WHERE token = ?"


@dataclass(frozen=True, slots=True)
class Copying:
    """What became of a copy so far. `item` and `drive` are ids once it is there, `error` says why it is not."""

    status: str
    percent: float
    item: str = ""
    drive: str = ""
    error: str = ""


class Copies:
    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(self, look: Look, at: At, given: Mapping[str, Any], behavior: str | None) -> str:
        """The token by which the copy is watched. Raises AlreadyExists at once where that is known."""
        places.prepare(self._core, look, at)
        told = contents.behavior_of(behavior or given.get("@microsoft.graph.conflictBehavior"), "fail")
        token = secrets.token_urlsafe(32)
        with self._core.store.write() as unit:
            source = places.find(unit, self._core, look, at)
            above = self._target(unit, look, source, given.get("parentReference"))
            name = names.checked(given.get("name") or source.document["name"])
            if told == "fail" and places.child(unit, above, name) is not None:
                raise AlreadyExists("file or folder", name)
            document = {"name": name, "behavior": told, "doer": asdict(look.doer)}
            row = (key_of(token), source.number, above.number, json.dumps(document), WAITING, to_ms(unit.now))
            unit.connection.execute(_BEGIN, row)
            unit.after_commit.append(self._core.wake)
        return token

    def _target(self, unit: Unit, look: Look, source: Item, given: Any) -> Item:
        drive = places.drive_of(unit, source)
        above = folders.referenced(unit, self._core, look, drive, given if given is not None else {})
        if above is None:
            if source.parent is None or "root" in source.document:
                raise WrongState("Name the folder that the root of a drive is copied to.")
            (above,) = unit.items.at([source.parent.number])
            access.check(access.role_of(unit, self._core, look, drive, above), "write")
        if "folder" not in above.document:
            raise WrongState("Only a folder holds others.")
        if source.number in (above.number, *(one.number for one in unit.items.path(above))):
            raise WrongState("A folder cannot be copied into itself or into a folder below it.")
        return above

    def state(self, token: str) -> Copying:
        """Raises NotFound."""
        with self._core.store.read() as unit:
            row = unit.connection.execute("SELECT * FROM drive_copy WHERE token = ?", (key_of(token),)).fetchone()
            if row is None:
                raise NotFound("copy", "with this URL")
            item = unit.items.find(row["result"]) if row["result"] else None
            if item is None:
                return Copying(row["status"], row["percent"], error=row["error"] or "")
            drive = ids.immutable(places.drive_of(unit, item))
            return Copying(row["status"], row["percent"], ids.immutable(item), drive)

    def step(self) -> bool:
        """Make one copy, the oldest that waits. Whether there was one."""
        with self._core.store.read() as unit:
            row = unit.connection.execute(_NEXT, (WAITING,)).fetchone()
        if row is None:
            return False
        try:
            self._make(row)
        except Unavailable:
            raise
        except PostroomError as error:
            logger.info("A copy failed: %s", error)
            self._end(row["token"], FAILED, None, str(error))
        return True

    def _make(self, row: Any) -> None:
        document = json.loads(row["document"])
        with self._core.store.write() as unit:
            source, above = self._ends(unit, row)
            stage = self._empty_stage(unit, row, above)
            top = self._copied(unit, source, stage, document)
            unit.connection.execute("UPDATE drive_copy SET stage = ? WHERE token = ?", (top.number, row["token"]))
        if "folder" in source.document:
            self._fill(row, source, top)
        with self._core.store.write() as unit:
            self._place(unit, row, document, top)

    def _ends(self, unit: Unit, row: Any) -> tuple[Item, Item]:
        """What is copied, and to where. Raises NotFound when one of them is gone."""
        found = list(unit.items.at([row["source"], row["target"]]))
        if len(found) < 2 or not all(places.is_in(unit, one, places.drive_of(unit, one)) for one in found):
            raise NotFound("file or folder", "that is copied, or that it is copied to")
        return found[0], found[1]

    def _empty_stage(self, unit: Unit, row: Any, above: Item) -> Item:
        """What an attempt before has left goes."""
        _clear(unit, row["stage"])
        return drives.part(unit, places.drive_of(unit, above), STAGE)

    def _fill(self, row: Any, source: Item, top: Item) -> None:
        """All that lies in a folder, in pieces."""
        total = max(1, self._count(source))
        done, waiting = 0, [(source.number, top.number)]
        while waiting:
            with self._core.store.write() as unit:
                done += self._some(unit, waiting)
                unit.connection.execute(
                    "UPDATE drive_copy SET percent = ? WHERE token = ?", (min(99.0, 100 * done / total), row["token"])
                )

    def _some(self, unit: Unit, waiting: list[tuple[int, int]]) -> int:
        """The next items of the folders that wait; a folder that is not through stays first. How many."""
        number, into = waiting.pop()
        target = next(unit.items.at([into]), None)
        if target is None:
            raise NotFound("folder", "that the copy was made in")
        last = int(target.document.get("_copied", 0))
        found = _after(unit, number, last)
        for child in found:
            made = self._copied(unit, child, target, {})
            if "folder" in child.document:
                waiting.insert(0, (child.number, made.number))
        if len(found) == CHUNK:
            unit.items.update(target, {**target.document, "_copied": found[-1].number})
            waiting.append((number, into))
        elif last:
            unit.items.update(target, {name: value for name, value in target.document.items() if name != "_copied"})
        return len(found)

    def _copied(self, unit: Unit, source: Item, above: Item, document: Document) -> Item:
        """One item, without what lies in it. Its versions and permissions stay where they are."""
        whole = {name: value for name, value in source.document.items() if name not in NOT_COPIED}
        if "doer" in document:
            by = self._core.identity(Doer(**document["doer"]))
            whole |= {"name": document["name"], "_key": names.key_of(document["name"])}
            whole |= {"createdBy": by, "lastModifiedBy": by}
        if "file" in whole:
            whole["_version"] = 1
        size = 0 if "folder" in whole else int(whole["size"])
        sizes.check_room(unit, places.drive_of(unit, above), size, self._core.settings.drive_bytes)
        made = unit.items.add(above.mailbox, ITEM, above, whole)
        if "folder" in whole:
            sizes.begin(unit, made)
            unit.texts.set(made, {"subject": str(whole["name"])})
        else:
            for role, blob in unit.items.blobs(source).items():
                unit.items.attach(made, role, blob)
            sizes.add(unit, above, size)
            contents.mark_unread(unit, self._core, made)
        return made

    def _place(self, unit: Unit, row: Any, document: Document, top: Item) -> None:
        """From the stage to where it is seen."""
        _, above = self._ends(unit, row)
        made = next(unit.items.at([top.number]))
        name, taken = document["name"], places.child(unit, above, document["name"])
        if taken is not None and document["behavior"] == "rename":
            name = folders.free_name(unit, above, name)
            made = unit.items.update(made, {**made.document, "name": name, "_key": names.key_of(name)})
        elif taken is not None and document["behavior"] == "replace" and "file" in taken.document:
            made = self._replace(unit, Look(Doer(**document["doer"])), made, taken)
        elif taken is not None:
            raise AlreadyExists("file or folder", name)
        if made.parent is None or made.parent.number != above.number:
            made = folders.move(unit, made, above)
        unit.connection.execute(_END, (DONE, made.key, None, row["token"]))

    def _replace(self, unit: Unit, look: Look, made: Item, taken: Item) -> Item:
        """A file that is there gets the content; the copy itself is not needed."""
        if "file" not in made.document:
            raise AlreadyExists("file", taken.document["name"])
        opening.check_unlocked(taken, look)
        blob = unit.items.blob(made, CONTENT)
        assert blob is not None
        changed = contents.replaced(unit, self._core, look, taken, contents.hashes_in(made.document), blob, {})
        folders.remove(unit, made)
        return changed

    def _count(self, source: Item) -> int:
        with self._core.store.read() as unit:
            sql = """WITH RECURSIVE below (number) AS (
              SELECT ? UNION ALL SELECT item.number FROM item JOIN below ON item.parent = below.number
                WHERE item.kind = ?) SELECT count(*) FROM below"""
            return int(unit.connection.execute(sql, (source.number, ITEM)).fetchone()[0])

    def _end(self, token: str, status: str, result: bytes | None, error: str) -> None:
        with self._core.store.write() as unit:
            row = unit.connection.execute("SELECT stage FROM drive_copy WHERE token = ?", (token,)).fetchone()
            _clear(unit, row["stage"])
            unit.connection.execute(_END, (status, result, error, token))

    def tend(self) -> None:
        """Forget what became of copies long ago."""
        with self._core.store.write() as unit:
            values = (WAITING, to_ms(unit.now - KEPT))
            unit.connection.execute("DELETE FROM drive_copy WHERE status <> ? AND created_ms <= ?", values)


def _clear(unit: Unit, number: int | None) -> None:
    for left in unit.items.at([number] if number else []):
        if not places.is_in(unit, left, places.drive_of(unit, left)):
            folders.remove(unit, left)


def _after(unit: Unit, number: int, last: int) -> list[Item]:
    sql = "SELECT number FROM item WHERE parent = ? AND kind = ? AND number > ? ORDER BY number LIMIT ?"
    rows = unit.connection.execute(sql, (number, ITEM, last, CHUNK)).fetchall()
    return list(unit.items.at([row[0] for row in rows]))
