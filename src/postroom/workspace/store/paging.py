"""Pages of items: by SQL where the columns answer, else by looking at the documents that SQL found."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from postroom.workspace.query.evaluate import Evaluator
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.keyset import after
from postroom.workspace.store.kinds import Kinds, Stored
from postroom.workspace.store.listing import ItemPage, Listing
from postroom.workspace.store.plan import Plan, plan
from postroom.workspace.store.reading import Reader
from postroom.workspace.store.rows import CHUNK, WHOLE, Decode, Item
from postroom.workspace.store.searching import Searcher
from postroom.workspace.store.signing import Signer, not_ours
from postroom.workspace.store.translate import Clause

CURSOR: Final = "$skiptoken"
_FIRST_CHUNK: Final = 50


Fitting = Callable[[Sequence[Item]], int]
"""How many of these a page may have; it has one at least."""


class _Found(NamedTuple):
    """An item of the list and what its place in the order follows from."""

    item: Item
    position: Any


class Pager:
    """Answers listings in one unit."""

    def __init__(
        self, connection: sqlite3.Connection, kinds: Kinds, reader: Reader, signer: Signer, now: datetime
    ) -> None:
        self._connection, self._kinds, self._reader, self._signer = connection, kinds, reader, signer
        self._searcher, self._now = Searcher(connection, kinds, now), now

    def page(self, listing: Listing, decode: Decode = WHOLE, fitting: Fitting = len) -> ItemPage:
        """One page. Raises Invalid for a filter that cannot be, or a cursor that is not of this list."""
        planned = self._plan(listing)
        count = self._count(listing, planned) if listing.options.count else None
        size = listing.size
        if size == 0:
            return ItemPage([], None, count)
        found = self._sorted(listing, planned, decode) if planned.sorts else self._unsorted(listing, planned, size)
        rows = list(islice(found, None if size is None else size + 1))
        shown = [row.item for row in rows[:size]]
        kept = max(1, fitting(shown)) if shown else 0
        cursor = self._cursor(listing, planned, rows[kept - 1].position) if kept < len(rows) else None
        return ItemPage(shown[:kept], cursor, count)

    def count(self, listing: Listing) -> int:
        """How many there are on all pages together."""
        return self._count(listing, self._plan(listing))

    def matching(self, listing: Listing, clause: Clause) -> Iterator[Item]:
        """Those that are in the list and meet one more condition, in no order that is promised."""
        planned = self._plan(listing).narrowed(clause)
        return (found.item for found in self._held(listing, planned, planned.rows(self._connection)))

    def _plan(self, listing: Listing) -> Plan:
        return plan(listing, self._kinds, self._searcher)

    def _count(self, listing: Listing, planned: Plan) -> int:
        if planned.residual is None:
            return planned.count(self._connection)
        return sum(1 for _ in self._held(listing, planned, planned.rows(self._connection)))

    def _sorted(self, listing: Listing, planned: Plan, decode: Decode) -> Iterator[_Found]:
        """All that follows, in the order of SQL."""
        position = self._position(listing, planned)
        skip = listing.skip if position is None else 0
        ranges = [planned] if position is None else [planned.narrowed(*more) for more in after(planned.keys, position)]
        if planned.residual is not None:
            rows = chain.from_iterable(one.rows(self._connection) for one in ranges)
            return islice(self._held(listing, planned, rows), skip, None)
        limit = -1 if listing.size is None else listing.size + 1
        # Chained lazily: a range is read only when those before it did not fill the page.
        rows = chain.from_iterable(one.rows(self._connection, limit=limit, skip=skip) for one in ranges)
        return self._read(islice(rows, None if limit < 0 else limit), decode)

    def _unsorted(self, listing: Listing, planned: Plan, size: int | None) -> Iterator[_Found]:
        """The least that follow, sorted by their documents. Documents are not kept meanwhile."""
        evaluator, position = self._evaluator(listing), self._position(listing, planned)
        start = None if position is None else (evaluator.sort_key(listing.order, position[0]), position[1])
        keys = (
            (evaluator.sort_key(listing.order, listing.view(found.item)), found.item.number)
            for found in self._held(listing, planned, planned.rows(self._connection))
        )
        following = (key for key in keys if start is None or key > start)
        skip = listing.skip if start is None else 0
        least = sorted(following) if size is None else heapq.nsmallest(skip + size + 1, following)
        for item in self._reader.at(number for _, number in least[skip:]):
            yield _Found(item, [_stub(listing, listing.view(item)), item.number])

    def _read(self, rows: Iterator[tuple[int, list[Stored]]], decode: Decode) -> Iterator[_Found]:
        """The items of these rows."""
        while some := dict(islice(rows, CHUNK)):
            for item in self._reader.at(some, decode):
                yield _Found(item, some[item.number])

    def _held(self, listing: Listing, planned: Plan, rows: Iterator[tuple[int, list[Stored]]]) -> Iterator[_Found]:
        """The items of these rows, without those that the rest of the filter is against."""
        evaluator, residual = self._evaluator(listing), planned.residual
        size = _FIRST_CHUNK
        while some := dict(islice(rows, size)):
            for item in self._reader.at(some):
                if residual is None or evaluator.holds(residual, listing.view(item)):
                    yield _Found(item, some[item.number])
            size = min(size * 2, CHUNK)

    def _cursor(self, listing: Listing, planned: Plan, position: Any) -> str:
        return self._signer.seal(CURSOR, [_identity(listing, planned), position])

    def _position(self, listing: Listing, planned: Plan) -> Any:
        if listing.options.cursor is None:
            return None
        identity, position = self._signer.opened(CURSOR, listing.options.cursor, CURSOR)
        if identity != _identity(listing, planned):
            raise not_ours(CURSOR)
        return position

    def _evaluator(self, listing: Listing) -> Evaluator:
        return Evaluator(SCHEMA.find(listing.kinds[0]), listing.zone, lambda: self._now)


def _identity(listing: Listing, planned: Plan) -> list[Any]:
    """Of the list, and of the way in which it is sorted: a newer program may have another."""
    return [*listing.identity, [key.order for key in planned.keys], planned.sorts]


def _stub(listing: Listing, document: dict[str, Any]) -> dict[str, Any]:
    """Of a document what it is sorted by."""
    wanted = {name.lower() for order in listing.order for name in order.path.names} | {"@odata.type"}
    return {name: value for name, value in document.items() if name.lower() in wanted}
