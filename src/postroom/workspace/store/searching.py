"""From `$search` to SQL: words are asked of the full-text index, conditions of the columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query.search import OPTION, parse_search
from postroom.workspace.query.search_plan import Either, Every, Match, Plan, Where, Without, plan
from postroom.workspace.query.tree import And, Node
from postroom.workspace.store.kinds import Kinds
from postroom.workspace.store.listing import Listing
from postroom.workspace.store.texts import FIELDS
from postroom.workspace.store.translate import Clause, Fields, Translator, joined

FEW: Final = 5_000
_FOUND: Final = "(SELECT rowid FROM text_index WHERE text_index MATCH ?)"


@dataclass(frozen=True, slots=True)
class Sought:
    """Conditions of SQL, and what is left to ask of documents. `few`: begin with what the index finds."""

    clauses: tuple[Clause, ...] = ()
    residual: tuple[Node, ...] = ()
    few: bool = False


class Searcher:
    """Reads the searches of one unit."""

    def __init__(self, connection: sqlite3.Connection, kinds: Kinds, now: datetime) -> None:
        self._connection, self._kinds, self._now = connection, kinds, now

    def sought(self, listing: Listing, fields: Fields, number: str) -> Sought:
        """What a listing searches for. Raises Invalid. `number`: the column with the number of the item."""
        if listing.options.search is None:
            return Sought()
        if not all(self._kinds[kind].text for kind in listing.kinds):
            raise Invalid(OPTION, "no search: this list has none")
        found = plan(parse_search(listing.options.search), lambda: self._now, listing.zone)
        parts = found.parts if isinstance(found, Every) else (found,)
        owner, matches = self._owner(listing), [part for part in parts if isinstance(part, Match)]
        few = bool(matches) and self._is_few(_expression(owner, matches[0]))
        # The plus keeps SQLite from going through all that was found, where many were.
        asking = _Asking(number if few else f"+{number}", owner, Translator(fields, listing.zone))
        clauses = [asking.clause(part) for part in parts]
        rest = [part for part, clause in zip(parts, clauses, strict=True) if clause is None]
        return Sought(tuple(clause for clause in clauses if clause), tuple(_residual(part) for part in rest), few)

    def _owner(self, listing: Listing) -> str:
        row = self._connection.execute("SELECT number FROM mailbox WHERE uuid = ?", (listing.mailbox,)).fetchone()
        return f"mailbox{row['number'] if row else 0}"

    def _is_few(self, expression: str) -> bool:
        sql = f"SELECT count(*) FROM (SELECT rowid FROM text_index WHERE text_index MATCH ? LIMIT {FEW + 1})"
        return int(self._connection.execute(sql, (expression,)).fetchone()[0]) <= FEW


@dataclass(frozen=True, slots=True)
class _Asking:
    number: str
    owner: str
    translator: Translator

    def clause(self, part: Plan) -> Clause | None:
        """None where SQL cannot decide."""
        match part:
            case Match():
                return Clause(f"({self.number} IN {_FOUND})", (_expression(self.owner, part),))
            case Where(node):
                return self.translator.clause(node)
            case Without(inner):
                found = self.clause(inner)
                return found and Clause(f"(NOT {found.sql})", found.values, found.of_item)
            case Every(parts):
                return self._joined(parts, " AND ")
            case Either(parts):
                return self._joined(parts, " OR ")

    def _joined(self, parts: Sequence[Plan], word: str) -> Clause | None:
        return joined([self.clause(part) for part in parts], word)


def _expression(owner: str, match: Match) -> str:
    """The word of the mailbox first: others' mail is not even looked at. It is no word that one can search for."""
    return f"owner : {owner} AND {{{' '.join(FIELDS)}}} : ({match.text})"


def _residual(part: Plan) -> Node:
    match part:
        case Where(node):
            return node
        case Every(parts):
            return And(tuple(_residual(one) for one in parts))
    raise Invalid(OPTION, "no OR between words and the size or the kind of a message")
