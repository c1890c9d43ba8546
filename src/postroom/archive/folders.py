"""The folder tree over all open stores, and what changes it. The first level are the archives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.mount import Mount
from postroom.archive.storage.store import clean_path, full_path
from postroom.archive.stores import Stores
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState

Moving = Callable[[Sequence[tuple[str, str]]], AbstractContextManager[None]]


@dataclass(slots=True)
class Folder:
    """One folder of the merged tree; `path` is its full path."""

    name: str
    path: str
    children: dict[str, Folder] = field(default_factory=dict)


class Folders:
    """Safe from any thread."""

    def __init__(self, stores: Stores, audit: Audit, moving: Moving = lambda _paths: nullcontext()) -> None:
        """Folders are moved within `moving`, which is given their paths before and after, and may refuse."""
        self._stores, self._audit, self._moving = stores, audit, moving

    def archives(self) -> list[str]:
        """Names of all archives."""
        return sorted(self._merged().children)

    def tree(self, below: str | None = None, max_levels: int | None = None) -> list[Folder]:
        """The folders below one, or the archives; `max_levels` cuts deeper ones. Raises NotFound, Invalid."""
        if max_levels is not None and max_levels < 1:
            raise Invalid("maxLevels", "a whole number from 1")
        node = self._merged()
        for name in below.split("/") if below else ():
            if name not in node.children:
                raise NotFound("folder", below)
            node = node.children[name]
        if max_levels is not None:
            _cut(node, max_levels)
        return list(node.children.values())

    def _merged(self) -> Folder:
        root = Folder("", "")
        paths: set[str] = set()
        for mount in self._stores.open_mounts():
            paths |= _paths(mount)
        for path in sorted(paths):
            node = root
            for name in path.split("/"):
                node = node.children.setdefault(name, Folder(name, f"{node.path}/{name}" if node.path else name))
        return root

    def move(self, source: str, target: str, by: Actor) -> None:
        """Rename or move a folder in every store that has it. Raises NotFound, AlreadyExists, WrongState, Invalid,
        Denied by a hold."""
        source, target = clean_path("fromFolder", source), clean_path("toFolder", target)
        holding = list(self._stores.holding(source))
        if not holding:
            raise NotFound("folder", source)
        if any(True for _ in self._stores.holding(target)):
            raise AlreadyExists("folder", target)
        protected = [mount.row.name for mount in holding if not mount.store.writable]
        if protected:
            raise WrongState(f"The folder is also in the write-protected store {protected[0]!r}. Make it normal first.")
        below = {path for mount in holding for path in _paths(mount) if (path + "/").startswith(source + "/")}
        with self._moving([(path, target + path[len(source) :]) for path in sorted(below)]):
            for mount in holding:
                mount.store.move_folder(source, target, by.name)
        self._audit.record(events.FOLDER_MOVE, by, target=source, to=target)

    def delete_empty(self, below: str | None, by: Actor) -> list[str]:
        """Remove folders that are empty in every open store; returns their paths."""
        if below is not None:
            below = clean_path("folder", below)
            if not any(True for _ in self._stores.holding(below)):
                raise NotFound("folder", below)
        removed: set[str] = set()
        for mount in self._stores.open_mounts():
            if mount.store.writable:
                removed.update(mount.store.delete_empty_folders(below, by.name))
        if removed:
            self._audit.record(
                events.FOLDER_DELETE, by, target=below, folders=sorted(removed)[:100], count=len(removed)
            )
        return sorted(removed)

    def ids(self, paths: Collection[str]) -> dict[int, list[int]]:
        """Per store id, the ids of these folders and of all below them."""
        found: dict[int, list[int]] = {}
        for mount in self._stores.open_mounts():
            rows = mount.store.catalogue.folders()
            named = {number: full_path(rows, number) for number in rows}
            inside = [n for n, path in named.items() if any(path == p or path.startswith(p + "/") for p in paths)]
            found[mount.row.id] = inside
        return found


def _paths(mount: Mount) -> set[str]:
    rows = mount.store.catalogue.folders()
    return {full_path(rows, number) for number in rows}


def _cut(node: Folder, levels: int) -> None:
    for child in node.children.values():
        if levels == 1:
            child.children.clear()
        else:
            _cut(child, levels - 1)
