"""Search over all open stores: one query, one list, page by page.

By date the order is total (newest first, then by store, then by number) and pages go on after the last row, so what
arrives meanwhile neither repeats nor hides a row. By relevance a page is counted off from the best; scores of several
stores are compared as they are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final, NamedTuple, Protocol

from postroom.archive.search import query
from postroom.archive.search.fields import MAX_DATE_S, MAX_NUMBER, sort_key
from postroom.archive.search.index import Hit, Hits, StoreIndex
from postroom.archive.search.query import Node
from postroom.archive.search.snippet import Highlighter, Passage, Snippet
from postroom.errors import Damaged, Invalid, NotFound, WrongState

MAX_LIMIT: Final = 1_000
SNIPPETS_S: Final = 3.0
"""Time for the snippets of one page: each needs the whole message, and a page may have a thousand large ones. What
comes after has none."""
MAX_RANKED: Final = 10_000
"""How far down a list by relevance goes."""

_AFTER_DATE: Final = re.compile(r"d(-?\d{1,11})\.(\d{1,9})\.(\d{1,9})", re.ASCII)
_AFTER_RANK: Final = re.compile(r"r(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list shows of a message. `archive` is the name of its first-level folder; `size` is bytes."""

    archive: str
    folder: str
    subject: str
    sender: str
    recipients: str
    size: int


class SearchableStore(Protocol):
    """An open store as search needs it."""

    @property
    def id(self) -> int: ...
    @property
    def index(self) -> StoreIndex: ...
    @property
    def pending(self) -> int:
        """Messages committed and not yet in the index."""

    def archive_ids(self, names: AbstractSet[str]) -> AbstractSet[int]:
        """The ids of the archives with these names, as far as the store has them."""

    def folder_ids(self, path: str) -> AbstractSet[int]:
        """The ids of a folder and of all below it; none when the store has no such folder."""

    def folders_named(self, text: str) -> AbstractSet[int]:
        """The ids of the folders that `folder:text` means, and of all below them."""

    def shown(self, messages: Sequence[int]) -> Mapping[int, Shown]:
        """By number; a message deleted meanwhile is left out."""

    def passage(self, message: int) -> Passage:
        """The words of the body. Raises NotFound, Damaged."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message found. `date_s` is UTC seconds; `score` is 0 when the order is by date."""

    store: int
    message: int
    shown: Shown
    date_s: int
    score: float
    snippet: Snippet | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `after` asks for the next one, '' when there is none; `total` counts all pages.

    `pending` messages were archived and are not in the index yet; `problems` names stores that could not answer.
    """

    rows: tuple[Row, ...]
    total: int
    after: str
    pending: int
    problems: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True when everything archived was looked at."""
        return not self.pending and not self.problems


class _Place(NamedTuple):
    """A hit of a store; places sort as a list by date shows them."""

    back_s: int
    store: int
    back: int
    hit: Hit


class Search:
    """Searches the stores that `stores()` gives, each time anew. Safe from any thread."""

    def __init__(self, stores: Callable[[], Iterable[SearchableStore]]) -> None:
        self._stores = stores

    def search(
        self,
        text: str,
        *,
        archives: AbstractSet[str] | None,
        folder: str | None = None,
        limit: int = 20,
        after: str = "",
        by_score: bool = False,
        zone: tzinfo = UTC,
        now_s: float | None = None,
        snippets: bool = True,
    ) -> Found:
        """One page of messages that match.

        `archives` are the names of the archives the caller may see, None for all of them: it is a part of the query of
        every store. `folder` narrows to a folder and what is below it. Raises Invalid for query, limit, after.
        """
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid("limit", f"a number from 1 to {MAX_LIMIT}")
        node = query.parse(text, zone=zone, now_s=now_s)
        cursor = _Cursor.parse(after, by_score, limit)
        stores = {store.id: store for store in self._stores()}
        places: list[_Place] = []
        problems: list[str] = []
        total = pending = 0
        for store in stores.values():
            try:
                hits = _ask(store, node, archives, folder, cursor)
                pending += store.pending
            except (Damaged, WrongState) as error:  # WrongState: closed since it was listed
                problems.append(f"Store {store.id} cannot be searched: {error}")
                continue
            total += hits.total
            places += (_Place(-hit.date_s, store.id, -hit.message, hit) for hit in hits.hits)
        page, following = cursor.page(places)
        rows = _rows(page, stores, Highlighter(node) if snippets else None)
        return Found(tuple(rows), total, following, pending, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a page begins: after a row of a list by date, or at a rank."""

    limit: int
    by_score: bool
    rank: int = 0
    date_s: int | None = None
    store: int = 0
    message: int = 0

    @classmethod
    def parse(cls, after: str, by_score: bool, limit: int) -> _Cursor:
        """Raises Invalid."""
        if not after:
            return cls(limit, by_score)
        found = (_AFTER_RANK if by_score else _AFTER_DATE).fullmatch(after)
        numbers = [int(part) for part in found.groups()] if found else []
        if by_score and numbers and numbers[0] <= MAX_RANKED - limit:
            return cls(limit, True, rank=numbers[0])
        if not by_score and numbers and -MAX_DATE_S <= numbers[0] + 1 <= MAX_DATE_S + 1 and numbers[2] <= MAX_NUMBER:
            return cls(limit, False, 0, *numbers)
        raise Invalid("after", "the value that came with the page before, for the same order")

    def below(self, store: int) -> int | None:
        """The sort key under which the rows of a store lie that come next."""
        if self.date_s is None:
            return None
        if store == self.store:
            return sort_key(self.date_s, self.message)
        # Of the same second, stores before this one were shown whole, those after it not at all.
        return sort_key(self.date_s, 0) + (0 if store < self.store else MAX_NUMBER + 1)

    @property
    def wanted(self) -> int:
        """Rows to ask of each store: one more than the page tells whether there is another."""
        return self.rank + self.limit + 1

    def page(self, places: list[_Place]) -> tuple[list[_Place], str]:
        """The page out of what the stores gave, and what asks for the next one."""
        if not self.by_score:
            rows = sorted(places)[: self.limit]
            last = rows[-1] if rows else None
            return rows, f"d{-last.back_s}.{last.store}.{-last.back}" if last and len(places) > self.limit else ""
        # Stable: of equal scores each store gives the same ones first however many it is asked for.
        ranked = sorted(places, key=lambda place: (-place.hit.score, place.store))
        end = self.rank + self.limit
        more = len(ranked) > end and end + self.limit <= MAX_RANKED
        return ranked[self.rank : end], f"r{end}" if more else ""


def _ask(
    store: SearchableStore, node: Node, archives: AbstractSet[str] | None, folder: str | None, cursor: _Cursor
) -> Hits:
    access = None if archives is None else store.archive_ids(archives)
    folders = None if folder is None else store.folder_ids(folder)
    return store.index.search(
        node,
        access,
        store=store.id,
        folders=folders,
        resolve=store.folders_named,
        limit=cursor.wanted,
        below=cursor.below(store.id),
        by_score=cursor.by_score,
    )


def _rows(page: list[_Place], stores: Mapping[int, SearchableStore], highlighter: Highlighter | None) -> Iterable[Row]:
    numbers: dict[int, list[int]] = {}
    for place in page:
        numbers.setdefault(place.store, []).append(place.hit.message)
    shown = {store: stores[store].shown(some) for store, some in numbers.items()}
    end_s = time.monotonic() + SNIPPETS_S
    for place in page:
        hit = place.hit
        known = shown[place.store].get(hit.message)
        if known is not None:
            snippet = _snippet(stores[place.store], hit.message, highlighter if time.monotonic() < end_s else None)
            yield Row(place.store, hit.message, known, hit.date_s, hit.score, snippet)


def _snippet(store: SearchableStore, message: int, highlighter: Highlighter | None) -> Snippet | None:
    if highlighter is None:
        return None
    try:
        return highlighter.snippet(store.passage(message))
    except (NotFound, WrongState, Damaged):  # deleted, detached or broken meanwhile: the row says enough without
        return None
