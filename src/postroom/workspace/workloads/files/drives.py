"""Drives: made when somebody first asks for one, and shown."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from postroom.errors import NotFound
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.project import project
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import sizes
from postroom.workspace.workloads.files.core import GROUP, SITE, USER, At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import BIN, DRIVE, DRIVE_TYPE, ITEM, STAGE

NAMES: Final = {USER: "OneDrive", GROUP: "Documents", SITE: "Documents"}
TYPES: Final = {USER: "business", GROUP: "documentLibrary", SITE: "documentLibrary"}
FULL_FROM: Final = 0.9
"""Of what a drive may hold; from there on it is nearing its end."""


def default_key(owner: str) -> bytes:
    """The key of the drive that an owner has at least."""
    return hashlib.sha256(f"drive\0{owner}".encode()).digest()[: ids.KEY_BYTES]


def prepare(core: Core, at: At) -> None:
    """Make the default drive of an owner. Raises NotFound for an owner that there is not."""
    if at.drive or not at.owner or at.owner in core.ready:
        return
    with core.store.read() as unit:
        missing = unit.items.find(default_key(at.owner)) is None
    if missing:
        owner = _owner(core, at)
        with core.store.write() as unit:
            if unit.items.find(default_key(at.owner)) is None:
                create(unit, at.owner, at.kind, NAMES[at.kind], owner, key=default_key(at.owner))
    core.ready.add(at.owner)


def create(
    unit: Unit, owner: str, kind: str, name: str, identity: Document, *, key: bytes | None = None, description: str = ""
) -> Item:
    """One more drive of an owner; `identity` is who that is, as `drive.owner` shows it."""
    document = {
        "name": name, "description": description, "driveType": TYPES[kind], "owner": identity, "_kind": kind,
    }  # fmt: skip
    drive = unit.items.add(owner, DRIVE, None, document, key=key)
    sizes.begin(unit, drive)
    root = unit.items.add(owner, ITEM, drive, {"name": "root", "_key": "root", "folder": {}, "root": {}})
    sizes.begin(unit, root)
    sizes.begin(unit, unit.items.add(owner, BIN, drive, {}))
    sizes.begin(unit, unit.items.add(owner, STAGE, drive, {}))
    return drive


def _owner(core: Core, at: At) -> Document:
    if at.kind == GROUP:
        return {"group": {"id": at.owner, "displayName": core.groups.group(at.owner).get("displayName")}}
    person = core.person(at.owner)
    if person is None:
        raise NotFound("user", at.owner)
    return {"user": {"id": person.id, "displayName": person.name or None, "email": person.address}}


def drive_at(unit: Unit, at: At) -> Item:
    """The drive of an address. Raises NotFound, Invalid."""
    found = unit.items.find(ids.parse(at.drive).key if at.drive else default_key(at.owner))
    if found is None or found.kind != DRIVE or (at.owner and found.mailbox != at.owner):
        raise NotFound(DRIVE, at.drive or at.owner)
    return found


def part(unit: Unit, drive: Item, kind: str) -> Item:
    """The root, the recycle bin or the stage of a drive."""
    (found,) = unit.items.children(drive, kind)
    return found


def all_of(unit: Unit, owner: str) -> list[Item]:
    return unit.items.roots(owner, DRIVE)


def document_of(unit: Unit, core: Core, look: Look, drive: Item) -> Document:
    total = core.settings.drive_bytes
    held = sizes.of(unit, [drive, part(unit, drive, BIN)])
    used, deleted = held[drive.number], held[part(unit, drive, BIN).number]
    drive_id = ids.immutable(drive)
    shown = {name: value for name, value in drive.document.items() if not name.startswith("_")}
    return {
        "id": drive_id,
        **shown,
        "createdDateTime": moment(drive.created_ms),
        "lastModifiedDateTime": moment(drive.modified_ms),
        "webUrl": f"{look.base}/drives/{drive_id}/root",
        "quota": {
            "total": total, "used": used, "remaining": max(0, total - used), "deleted": deleted,
            "state": "exceeded" if used >= total else "nearing" if used >= total * FULL_FROM else "normal",
        },
    }  # fmt: skip


def shown(unit: Unit, core: Core, look: Look, drive: Item) -> Document:
    options = Options(select=look.wish.options.select)
    return project(document_of(unit, core, look, drive), options, DRIVE_TYPE)


def page(unit: Unit, core: Core, look: Look, found: Sequence[Item]) -> Page:
    """Drives as a list: there are few."""
    return page_of([document_of(unit, core, look, one) for one in found], look.wish.options, DRIVE_TYPE, None, 1000)
