"""The log as it is read: what is new in a list since a token, and what happened at all since a number."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from postroom.workspace.errors import TooOld
from postroom.workspace.query.options import Options
from postroom.workspace.store import ids
from postroom.workspace.store.items import What
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.packing import packed, unpacked
from postroom.workspace.store.paging import Pager
from postroom.workspace.store.plan import BELOW
from postroom.workspace.store.reading import Any_
from postroom.workspace.store.rows import Item
from postroom.workspace.store.signing import Signer, not_ours
from postroom.workspace.store.translate import Clause

FIELD: Final = "$deltatoken"
LATEST: Final = "latest"
"""A token that everybody has: from now on."""
PAGE: Final = 200


class Change(NamedTuple):
    """A row of the log. With `deleted` the item may lie elsewhere now. `parent` is the number of where it lay."""

    number: int
    mailbox: str
    parent: int | None
    kind: str
    key: bytes
    generation: int
    what: What
    at_ms: int


@dataclass(frozen=True, slots=True)
class Delta:
    """What is new in a list. While `more`, the token leads to the next page; then to what comes later.

    `options` and `carried` are those that the first call was made with.
    """

    items: list[Item]
    removed: list[Change]
    """By their ids of then; see `removed_ids`."""
    token: str
    more: bool
    options: Options
    carried: Mapping[str, Any] = field(default_factory=dict)
    created: frozenset[int] = frozenset()
    """Numbers of those of `items` that came into the list since the token; all of them on the pages of a first call."""

    def removed_ids(self, *, immutable: bool = False) -> list[str]:
        """An item that moved out and in again keeps its immutable id, and has lost only the ordinary one."""
        if not immutable:
            return [ids.ordinary(change) for change in self.removed]
        there = {item.key for item in self.items}
        return list(dict.fromkeys(ids.immutable(change) for change in self.removed if change.key not in there))


@dataclass(frozen=True, slots=True)
class _State:
    """All up to `number` is known to the caller, but for what the pages from `cursor` on still tell."""

    number: int
    cursor: str | None = None


_SELECT = """SELECT change.number, mailbox.uuid, parent, kind, key, generation, what, at_ms
  FROM change JOIN mailbox ON mailbox.number = change.mailbox"""
# What happened in a place that is gone may have been in the list; what happened in another place that is there was not.
_PLACED: Final = f"""(change.parent IN ({BELOW})
  OR NOT EXISTS (SELECT 1 FROM item WHERE item.number = change.parent))"""


class Changes:
    """The log in one unit."""

    def __init__(self, connection: sqlite3.Connection, pager: Pager, signer: Signer) -> None:
        self._connection, self._pager, self._signer = connection, pager, signer

    def since(self, scope: Listing, token: str | None = None, *, carried: Mapping[str, Any] | None = None) -> Delta:
        """Without a token all that is in the list, page by page; then what is new, by the options of the first call.

        Raises Invalid for a token of another list; TooOld.
        """
        if token is None or token == LATEST:
            scope = replace(scope, options=replace(scope.options, delta=None, cursor=None))
            state, known = _State(self.last), dict(carried or {})
            return self._existing(scope, state, known) if token is None else self._answer(scope, state, known)
        state, scope, known = self._opened(scope, token)
        return self._new(scope, state, known) if state.cursor is None else self._existing(scope, state, known)

    def token_at(self, scope: Listing, at_ms: int) -> str:
        """A token that stands for how a list was then. Raises TooOld."""
        row = self._connection.execute("SELECT max(number) FROM change WHERE at_ms < ?", (at_ms,)).fetchone()
        pruned = self._connection.execute("SELECT value FROM fact WHERE name = 'pruned'").fetchone()
        if row[0] is None and pruned:
            raise TooOld
        return self._signer.seal(FIELD, [_identity(scope), row[0] or 0, None, packed(scope.options), {}])

    def after(self, number: int, limit: int = 1000) -> list[Change]:
        """What happened after this number in all mailboxes, in order. Raises TooOld."""
        self._check_kept(number)
        rows = self._connection.execute(
            f"{_SELECT} WHERE change.number > ? ORDER BY change.number LIMIT ?", (number, limit)
        )
        return [Change(*row) for row in rows]

    @property
    def last(self) -> int:
        """The number of the last change there was, kept or not."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'change'").fetchone()
        return int(row["seq"]) if row else 0

    def prune(self, before_ms: int, most: int = -1) -> int:
        """Forget what happened before this time, at most so many rows, the oldest first. How many.

        Tokens that need them are too old from now on.
        """
        # Read from the oldest on and no further than is forgotten: the log may be long, and writers wait.
        young = self._connection.execute(
            "SELECT number FROM change WHERE at_ms >= ? ORDER BY number LIMIT 1", (before_ms,)
        ).fetchone()
        row = self._connection.execute(
            "SELECT max(number) FROM (SELECT number FROM change WHERE number < ? ORDER BY number LIMIT ?)",
            (young["number"] if young else self.last + 1, most),
        ).fetchone()
        if row[0] is None:
            return 0
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES ('pruned', ?)", row)
        return self._connection.execute("DELETE FROM change WHERE number <= ?", row).rowcount

    def _existing(self, scope: Listing, state: _State, known: dict[str, Any]) -> Delta:
        page = self._pager.page(replace(scope, options=replace(scope.options, cursor=state.cursor)))
        created = frozenset(item.number for item in page.rows)
        return self._answer(
            scope, _State(state.number, page.cursor), known, more=bool(page.cursor), items=page.rows, created=created
        )

    def _new(self, scope: Listing, state: _State, known: dict[str, Any]) -> Delta:
        self._check_kept(state.number)
        size = scope.size or PAGE
        changes = self._of(scope, state.number, size + 1)
        more, changes = len(changes) > size, changes[:size]
        items = self._there(scope, {change.key for change in changes})
        there = {item.key: item for item in items}
        # What is no longer in the list as it was then: gone, moved, or no longer what the filter is for.
        gone = {(one.key, one.generation): one for one in changes if _is_gone(one, there.get(one.key))}
        created = frozenset(there[one.key].number for one in changes if one.what == "created" and one.key in there)
        reached = changes[-1].number if more else self.last
        return self._answer(
            scope, _State(reached), known, more=more, items=items, removed=[*gone.values()], created=created
        )

    def _of(self, scope: Listing, number: int, limit: int) -> list[Change]:
        where = ["change.number > ?", "change.mailbox = (SELECT number FROM mailbox WHERE uuid = ?)"]
        values: list[Any] = [number, scope.mailbox]
        if not isinstance(scope.parent, Any_):
            where.append("change.parent IS ?")
            values.append(scope.parent and scope.parent.number)
        if scope.below is not None:
            where.append(_PLACED)
            values.append(scope.below.number)
        where.append(f"change.kind IN ({', '.join('?' * len(scope.kinds))})")
        sql = f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY change.number LIMIT ?"
        return [Change(*row) for row in self._connection.execute(sql, (*values, *scope.kinds, limit))]

    def _there(self, scope: Listing, keys: Collection[bytes]) -> list[Item]:
        clause = Clause(f"item.key IN ({', '.join('?' * len(keys))})", tuple(keys), of_item=True)
        return sorted(self._pager.matching(scope, clause), key=lambda item: item.change)

    def _answer(
        self,
        scope: Listing,
        state: _State,
        known: dict[str, Any],
        *,
        more: bool = False,
        items: Sequence[Item] = (),
        removed: Sequence[Change] = (),
        created: frozenset[int] = frozenset(),
    ) -> Delta:
        content = [_identity(scope), state.number, state.cursor, packed(scope.options), known]
        token = self._signer.seal(FIELD, content)
        return Delta(list(items), list(removed), token, more, scope.options, known, created)

    def _opened(self, scope: Listing, token: str) -> tuple[_State, Listing, dict[str, Any]]:
        identity, number, cursor, options, known = self._signer.opened(FIELD, token, FIELD)
        if identity != _identity(scope):
            raise not_ours(FIELD)
        # How many rows a page has may change from call to call.
        made_with = replace(unpacked(options), page_size=scope.options.page_size or unpacked(options).page_size)
        return _State(number, cursor), replace(scope, options=made_with), known

    def _check_kept(self, number: int) -> None:
        row = self._connection.execute("SELECT value FROM fact WHERE name = 'pruned'").fetchone()
        if row and number < row["value"]:
            raise TooOld


def _identity(scope: Listing) -> list[Any]:
    return scope.identity[:-1]


def _is_gone(change: Change, item: Item | None) -> bool:
    return item is None or change.generation != item.generation
