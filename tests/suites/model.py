"""What the rest of the archive asks of a store, and the plainest thing that does it: dictionaries.

`MemoryStore` passes the suite that the real store passes; it is the model the stateful test compares with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from postroom.archive.body import Body
from postroom.archive.storage.catalogue import Totals
from postroom.archive.storage.store import Store, clean, clean_path
from postroom.archive.storage.writer import Incoming, Receipt
from postroom.errors import AlreadyExists, Invalid, NotFound


class MailStore(Protocol):
    """The interface."""

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str] | None = None) -> list[Receipt]: ...
    def open(self, message: int) -> Body: ...
    def delete(self, messages: Sequence[int], by: str, reason: str) -> None: ...
    def restore(self, messages: Sequence[int], by: str) -> None: ...
    def move_folder(self, source: str, target: str, by: str) -> None: ...
    def delete_empty_folders(self, below: str | None, by: str) -> list[str]: ...
    def totals(self) -> list[Totals]: ...
    def messages(self, folder: str) -> list[int]: ...
    def folders(self) -> list[str]: ...
    def knows(self, source: str, native_id: str) -> bool: ...
    def cursor(self, source: str) -> str | None: ...


class FileStore:
    """The real store; what it answers through its catalogue is put beside it here."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.add, self.open, self.delete, self.restore = store.add, store.open, store.delete, store.restore
        self.move_folder, self.delete_empty_folders = store.move_folder, store.delete_empty_folders
        self.totals, self.knows, self.cursor = (
            store.catalogue.totals,
            store.catalogue.knows,
            store.catalogue.cursor,
        )

    def messages(self, folder: str) -> list[int]:
        row = self.store.catalogue.folder(folder)
        return self.store.catalogue.folder_messages(row.id) if row else []

    def folders(self) -> list[str]:
        return sorted(self.store.catalogue.folder_path(number) for number in self.store.catalogue.folders())


@dataclass(slots=True)
class _Message:
    body: bytes
    archive: str
    deleted: bool = False


@dataclass(slots=True)
class MemoryStore:
    """Messages by number; occurrences by source and native id, each with message and full folder path."""

    held: dict[int, _Message] = field(default_factory=dict)
    met: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    read: dict[str, str] = field(default_factory=dict)
    next: int = 1

    def add(self, items: Sequence[Incoming], cursors: Mapping[str, str] | None = None) -> list[Receipt]:
        cleaned = [clean(item) for item in items]
        self.read.update(cursors or {})
        return [self._add(item) for item in cleaned]

    def _add(self, item: Incoming) -> Receipt:
        key = (item.source, item.native_id)
        if key in self.met:
            return Receipt(self.met[key][0], content_is_new=False, message_is_new=False)
        body = bytes(item.body[:])
        same = [n for n, m in self.held.items() if m.body == body]
        mine = [n for n in same if self.held[n].archive == item.archive and not self.held[n].deleted]
        number = min(mine, default=self.next)
        if not mine:
            self.held[number] = _Message(body, item.archive)
            self.next += 1
        path = f"{item.archive}/{item.folder}" if item.folder else item.archive
        self.met[key] = (number, path)
        self._make(path)
        return Receipt(number, content_is_new=not same, message_is_new=not mine)

    def _make(self, path: str) -> None:
        names = path.split("/")
        self.paths.update("/".join(names[: n + 1]) for n in range(len(names)))

    def _live(self, number: int) -> _Message:
        if number not in self.held or self.held[number].deleted:
            raise NotFound("message", number)
        return self.held[number]

    def open(self, message: int) -> Body:
        return self._live(message).body

    def delete(self, messages: Sequence[int], by: str, reason: str) -> None:
        for message in [self._live(number) for number in messages]:
            message.deleted = True

    def restore(self, messages: Sequence[int], by: str) -> None:
        for number in messages:
            if number in self.held:
                self.held[number].deleted = False

    def move_folder(self, source: str, target: str, by: str) -> None:
        source, target = clean_path("fromFolder", source), clean_path("toFolder", target)
        if source not in self.paths:
            raise NotFound("folder", source)
        if target == source or target.startswith(source + "/"):
            raise Invalid("toFolder", "a folder elsewhere")
        if target in self.paths:
            raise AlreadyExists("folder", target)
        old, new = source.split("/")[0], target.split("/")[0]
        moved = {key: (n, p) for key, (n, p) in self.met.items() if _below(p, source)}
        self.paths = {target + p[len(source) :] if _below(p, source) else p for p in self.paths}
        self._make(target)
        # A first-level folder that is moved as a whole takes its name along; so do its messages.
        renumbered = self._change_archive(moved, old, new) if old != new else {}
        for key, (number, path) in moved.items():
            self.met[key] = (renumbered.get(number, number), target + path[len(source) :])

    def _change_archive(self, moved: dict[tuple[str, str], tuple[int, str]], old: str, new: str) -> dict[int, int]:
        """The messages of moved occurrences go to the new archive; which number each has there."""
        found: dict[int, int] = {}
        for number in sorted({n for n, _ in moved.values()}):
            message = self.held[number]
            outside = any(n == number and key not in moved for key, (n, _) in self.met.items())
            there = [
                n
                for n, m in self.held.items()
                if (m.body, m.archive, m.deleted) == (message.body, new, message.deleted)
            ]
            if there:
                found[number] = min(there)
                if not outside:
                    del self.held[number]
            elif outside:
                found[number] = self.next
                self.held[self.next] = _Message(message.body, new, message.deleted)
                self.next += 1
            else:
                message.archive = new
        return found

    def delete_empty_folders(self, below: str | None, by: str) -> list[str]:
        used = {path for _, path in self.met.values()}
        empty = sorted(
            p for p in self.paths if not any(_below(u, p) for u in used) and (below is None or _below(p, below))
        )
        self.paths -= set(empty)
        return empty

    def compact(self) -> None:
        """Contents without a live message go, with their messages and occurrences."""
        alive = {m.body for m in self.held.values() if not m.deleted}
        self.held = {n: m for n, m in self.held.items() if m.body in alive}
        self.met = {key: (n, p) for key, (n, p) in self.met.items() if n in self.held}

    def totals(self) -> list[Totals]:
        live = [m for m in self.held.values() if not m.deleted]
        archives = {name: [m for m in live if m.archive == name] for name in {m.archive for m in live}}
        return [Totals(name, len(found), sum(len(m.body) for m in found)) for name, found in sorted(archives.items())]

    def messages(self, folder: str) -> list[int]:
        return sorted({n for n, path in self.met.values() if path == folder and not self.held[n].deleted})

    def folders(self) -> list[str]:
        return sorted(self.paths)

    def knows(self, source: str, native_id: str) -> bool:
        return (source, native_id) in self.met

    def cursor(self, source: str) -> str | None:
        return self.read.get(source)


def _below(path: str, folder: str) -> bool:
    return (path + "/").startswith(folder + "/")


View = tuple[list[Totals], dict[str, list[tuple[int, bytes]]]]


def view(store: MailStore) -> View:
    """All one can see of a store: totals of what holds something, and each folder's messages with their SHA-256."""
    totals = [row for row in store.totals() if row.messages]
    seen = {
        folder: [(n, hashlib.sha256(store.open(n)[:]).digest()) for n in store.messages(folder)]
        for folder in store.folders()
    }
    return totals, seen
