"""From an address to an item, inside a unit, with what the caller may do there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from postroom.errors import Denied, Invalid, NotFound
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import access, drives, names, shares, sizes
from postroom.workspace.workloads.files.access import Role
from postroom.workspace.workloads.files.core import At, Core, Document, Look
from postroom.workspace.workloads.files.kinds import DRIVE, ITEM

SPECIAL: Final = {
    "documents": "Documents",
    "photos": "Pictures",
    "cameraroll": "Camera Roll",
    "approot": "Apps",
    "music": "Music",
    "attachments": "Attachments",
    "desktop": "Desktop",
    "downloads": "Downloads",
    "videos": "Videos",
}
"""Names of folders that are made when somebody first asks for them, by those that programs use."""
MOST_LEVELS: Final = 100
"""Of folders in one another."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an address leads to. Where `item` is None, `name` is free in the folder `above`."""

    drive: Item
    item: Item | None
    above: Item | None
    name: str
    role: Role


def find(unit: Unit, core: Core, look: Look, at: At, needed: Role = "read") -> Item:
    """The item. Raises NotFound; Denied; Invalid for what no address can be."""
    found = locate(unit, core, look, at, needed)
    if found.item is None:
        raise NotFound(ITEM, found.name)
    return found.item


def locate(unit: Unit, core: Core, look: Look, at: At, needed: Role = "read", *, make_folders: bool = False) -> Found:
    """The same for what need not be there: the last name of a path.

    Raises NotFound for a folder that is missing, unless such folders are made.
    """
    shared: Role | None = None
    if at.steps and at.steps[0][0] == "share":
        target = shares.opened(unit, core, look, at.steps[0][1])
        drive, start, shared = drive_of(unit, target.item), target.item, target.role
        # Behind a link `root` is what it leads to.
        at = replace(at, steps=tuple(step for step in at.steps[1:] if step[0] != "root"))
    else:
        drive, start = drives.drive_at(unit, at), None
    try:
        by = core.identity(look.doer) if make_folders else None
        found = _walked(unit, drive, start, at, by)
    except NotFound:
        # To whom nothing here belongs it is not told what is there.
        if shared is None and not access.is_own(core, look, drive):
            raise Denied("The caller does not have permission to perform the action.") from None
        raise
    here = found.item or found.above
    role = shared or (access.role_of(unit, core, look, drive, here) if here is not None else None)
    access.check(role, needed)
    assert role is not None
    return replace(found, role=role)


def _walked(unit: Unit, drive: Item, start: Item | None, at: At, by: Document | None) -> Found:
    """`by`: who makes the folders that are missing in a path, None where nobody does."""
    item, above, name = start, None, ""
    for kind, value in at.steps:
        if kind in ("path", "child"):
            for step in _steps(kind, value):
                if item is None and above is not None and by is not None and "folder" in above.document:
                    item = add_folder(unit, above, {"name": name}, by)
                if item is None:
                    raise NotFound(ITEM, name or value)
                above, name = item, step
                item = child(unit, above, name) or (_by_id(unit, above, value) if kind == "child" else None)
        else:
            item, above, name = _start(unit, drive, kind, value), None, ""
    if item is None and above is None:
        raise NotFound(ITEM, "root")
    if item is None and above is not None and "folder" not in above.document:
        raise NotFound(ITEM, name)
    return Found(drive, item, above, name, "read")


def _steps(kind: str, value: str) -> Iterator[str]:
    steps = [step for step in value.split("/") if step] if kind == "path" else [value]
    if len(steps) > MOST_LEVELS:
        raise Invalid("path", f"no more than {MOST_LEVELS} folders in one another")
    return (names.checked(step) for step in steps)


def _by_id(unit: Unit, above: Item, text: str) -> Item | None:
    """Some clients write ids where names stand."""
    try:
        found = unit.items.get(above.mailbox, text, ITEM)
    except (Invalid, NotFound):
        return None
    return found if found.parent is not None and found.parent.number == above.number else None


def _start(unit: Unit, drive: Item, kind: str, value: str) -> Item:
    if kind == "root" or (kind == "item" and value.lower() == "root"):
        return drives.part(unit, drive, ITEM)
    if kind == "special":
        found = special(unit, drive, value)
        if found is None:
            raise NotFound("special folder", value)
        return found
    try:
        found = unit.items.get(drive.mailbox, value, ITEM)
    except Invalid as error:
        raise NotFound(ITEM, value) from error
    if not is_in(unit, found, drive):
        raise NotFound(ITEM, value)
    return found


def is_in(unit: Unit, item: Item, drive: Item) -> bool:
    """Whether an item is in a drive for all to see, not in its recycle bin or on its stage."""
    path = unit.items.path(item) or [item]
    return path[-1].number == drive.number and all(one.kind in (ITEM, DRIVE) for one in path)


def drive_of(unit: Unit, item: Item) -> Item:
    """The drive that an item lies in."""
    return (unit.items.path(item) or [item])[-1]


def child(unit: Unit, above: Item, name: str) -> Item | None:
    """What has this name in a folder."""
    return unit.items.first(above.mailbox, ITEM, parent=above, where={"key": names.key_of(name)})


def add_folder(unit: Unit, above: Item, document: Document, by: Document) -> Item:
    """A folder; its name is checked and free. Raises Invalid when there would be too many levels."""
    if len(unit.items.path(above)) >= MOST_LEVELS:
        raise Invalid("parentReference", f"no more than {MOST_LEVELS} folders in one another")
    whole = {
        **document, "_key": names.key_of(document["name"]), "folder": {}, "createdBy": by, "lastModifiedBy": by,
    }  # fmt: skip
    made = unit.items.add(above.mailbox, ITEM, above, whole)
    sizes.begin(unit, made)
    unit.texts.set(made, {"subject": document["name"]})
    return made


def special(unit: Unit, drive: Item, name: str) -> Item | None:
    """The folder that has a special name now. Raises NotFound for a name that there is not."""
    if name.lower() not in SPECIAL:
        raise NotFound("special folder", name)
    linked = unit.links.sources(f"special {name.lower()}", drive.key.hex())
    return next((one for one in linked if is_in(unit, one, drive)), None)


def prepare(core: Core, look: Look, at: At) -> None:
    """Make the drive of an address, and the special folder in it, where they are missing."""
    drives.prepare(core, at)
    for kind, value in at.steps:
        if kind == "special":
            _prepare_special(core, look, at, value)


def _prepare_special(core: Core, look: Look, at: At, name: str) -> None:
    with core.store.read() as unit:
        if special(unit, drives.drive_at(unit, at), name) is not None:
            return
    with core.store.write() as unit:
        drive = drives.drive_at(unit, at)
        access.check("owner" if access.is_own(core, look, drive) else None, "owner")
        if special(unit, drive, name) is None:
            _add_special(unit, core, look, drive, name.lower())


def _add_special(unit: Unit, core: Core, look: Look, drive: Item, name: str) -> None:
    root, label = drives.part(unit, drive, ITEM), SPECIAL[name]
    if child(unit, root, label) is not None:
        label = names.another(label, lambda one: child(unit, root, one) is not None)
    document = {"name": label, "specialFolder": {"name": name}}
    made = add_folder(unit, root, document, core.identity(look.doer))
    unit.links.link(f"special {name}", made, drive.key.hex())
