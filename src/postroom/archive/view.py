"""The open stores as search and export see them: one view, narrowed to what an account may read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from postroom.archive.export.export import ExportItem
from postroom.archive.extract import body_text
from postroom.archive.messages import READ_LIMITS, Listed, MessageId, Messages
from postroom.archive.mount import Mount
from postroom.archive.search.index import StoreIndex
from postroom.archive.search.search import Shown
from postroom.archive.search.snippet import Passage
from postroom.archive.storage.store import full_path

KEPT_CHARS: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class ListedHit(Shown):
    """What search shows of a message, with all that a list knows of it."""

    listed: Listed


class RecentPassages:
    """What snippets were made of a moment ago: who turns a page back or narrows a query sees the same messages.

    A message never changes while its store is open, so a kept text is right. Safe to use from threads.
    """

    def __init__(self, most_chars: int = KEPT_CHARS) -> None:
        self._most, self._chars = most_chars, 0
        self._kept: OrderedDict[tuple[Hashable, int], Passage] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, store: Hashable, message: int, read: Callable[[], str]) -> Passage:
        """The text of a message; `read` is asked when it is not kept, and may raise.

        `store` is the open one itself: a folder may be exchanged for an older copy before it is opened again.
        """
        key = store, message
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        passage = Passage(read())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = passage
                self._chars += len(passage.text)
            while self._chars > self._most:
                self._chars -= len(self._kept.popitem(last=False)[1].text)
        return passage


class SearchableMount:
    """An open store as `search` needs it."""

    def __init__(self, mount: Mount, messages: Messages, passages: RecentPassages) -> None:
        self._mount, self._messages, self._passages = mount, messages, passages

    @property
    def id(self) -> int:
        return self._mount.row.id

    @property
    def index(self) -> StoreIndex:
        return self._mount.indexer.index

    @property
    def pending(self) -> int:
        return self._mount.indexer.pending

    def archive_ids(self, names: AbstractSet[str]) -> frozenset[int]:
        rows = self._mount.store.catalogue.folders().values()
        return frozenset(row.id for row in rows if not row.parent and row.name in names)

    def folder_ids(self, path: str) -> frozenset[int]:
        rows = self._mount.store.catalogue.folders()
        return frozenset(number for number in rows if _within(full_path(rows, number), path))

    def folders_named(self, text: str) -> frozenset[int]:
        return folders_named(self._mount, text)

    def shown(self, messages: Sequence[int]) -> dict[int, Shown]:
        folders = first_folders(self._mount, messages)
        return {
            listed.id.number: ListedHit(
                listed.archive, folders.get(listed.id.number, listed.archive), listed.subject, listed.sender,
                listed.recipients, listed.size, listed,
            )
            for listed in self._messages.listed(self._mount, messages)
        }  # fmt: skip

    def passage(self, message: int) -> Passage:
        return self._passages.of(self._mount.store, message, lambda: self._read(message))

    def _read(self, message: int) -> str:
        return body_text(self._mount.store.open(message), READ_LIMITS)


def folders_named(mount: Mount, text: str) -> frozenset[int]:
    """As people name folders: a whole path or the end of one (`Inbox`, `lists/exmh`), in any case."""
    rows = mount.store.catalogue.folders()
    return frozenset(number for number in rows if is_named(full_path(rows, number), text))


def is_named(path: str, text: str) -> bool:
    """Whether people mean this folder, or one above it, by `text`."""
    return f"/{text.strip('/').casefold()}/" in f"/{path.casefold()}/"


def first_folders(mount: Mount, messages: Sequence[int], below: str | None = None) -> dict[int, str]:
    """Full path of the folder each message lies in; of several the first by name, within `below` if one is there."""
    catalogue = mount.store.catalogue
    rows, found = catalogue.folders(), catalogue.folders_of(messages)
    named = {number: full_path(rows, number) for folders in found.values() for number in folders if number in rows}
    choices = {message: [named[number] for number in folders if number in named] for message, folders in found.items()}
    return {
        message: min(paths, key=lambda path: (below is not None and not _within(path, below), path))
        for message, paths in choices.items()
        if paths
    }


def items_of(mount: Mount, messages: Sequence[int], below: str | None = None) -> list[ExportItem]:
    """Messages of one store with the folder each is exported into."""
    folders = first_folders(mount, messages, below)
    items = []
    for number in messages:
        if number in folders:
            archive, _, rest = folders[number].partition("/")
            items.append(ExportItem(mount.row.id, number, archive, rest))
    return items


def items_below(mount: Mount, archives: Collection[str] | None, below: str | None) -> Iterator[ExportItem]:
    """Every live message of these archives (None = all) that lies in the folder or below it, by number."""
    catalogue = mount.store.catalogue
    rows = catalogue.folders()
    wanted = {
        number
        for number in rows
        if (archives is None or full_path(rows, number).partition("/")[0] in archives)
        and (below is None or _within(full_path(rows, number), below))
    }
    numbers = {message for number in wanted for message in catalogue.folder_messages(number)}
    ordered = sorted(numbers)
    for start in range(0, len(ordered), 1000):
        yield from items_of(mount, ordered[start : start + 1000], below)


def items_named(mounts: Collection[Mount], ids: Sequence[MessageId]) -> list[ExportItem]:
    """Messages by id, in the order given."""
    by_store = {mount.row.id: mount for mount in mounts}
    found: dict[MessageId, ExportItem] = {}
    for store, mount in by_store.items():
        numbers = sorted({wanted.number for wanted in ids if wanted.store == store})
        for start in range(0, len(numbers), 500):
            for item in items_of(mount, numbers[start : start + 500]):
                found[MessageId(store, item.message)] = item
    return [found[wanted] for wanted in dict.fromkeys(ids) if wanted in found]


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
