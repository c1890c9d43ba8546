"""Legal holds: a name, a query, and who set it. What matches may not be deleted, by nobody, until the hold is ended.

A hold covers what matches at the moment of a deletion, so mail that arrives later too.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import MAX_NAME_CHARS, checked_text, name_key
from postroom.archive.retention.criteria import checked_query
from postroom.archive.search import query as language
from postroom.archive.search.query import Node
from postroom.archive.storage.writer import Clock
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.sqlite import Database


@dataclass(frozen=True, slots=True)
class Hold:
    """`query` has absolute dates: "last month" was that of the day when the hold was set. `ended_by` None: in force."""

    id: int
    name: str
    query: str
    reason: str
    set_by: str
    set_ms: int
    ended_by: str | None = None
    ended_ms: int | None = None

    @property
    def node(self) -> Node:
        """What the index is asked."""
        return language.parse(self.query)


class Holds:
    """Safe from any thread. `lock` is held while they change."""

    def __init__(self, database: Database, audit: Audit, lock: threading.RLock, clock: Clock) -> None:
        self._database, self._audit, self._lock, self._clock = database, audit, lock, clock

    def all(self) -> tuple[Hold, ...]:
        """Those that ended too, in the order they were set."""
        with self._database.read() as connection:
            return tuple(_hold(row) for row in connection.execute("SELECT * FROM hold ORDER BY id"))

    def in_force(self) -> tuple[Hold, ...]:
        """Those that did not end."""
        return tuple(hold for hold in self.all() if hold.ended_ms is None)

    def create(self, name: str, query: str, reason: str, by: Actor) -> Hold:
        """Set a hold; when this returns nothing is deleted any more that matches. Raises Invalid, AlreadyExists."""
        name, reason = _needed("name", name, MAX_NAME_CHARS), _needed("reason", reason, 1000)
        if not query.strip():
            raise Invalid("query", "a query; * is every message")
        now_ms = self._clock()
        written = language.write(checked_query(query, now_ms / 1000))
        language.parse(written)  # it is longer than what was given, and must be readable whenever something is deleted
        with self._lock, self._database.write() as connection:
            there = "SELECT 1 FROM hold WHERE key = ? AND ended_ms IS NULL"
            if connection.execute(there, (name_key(name),)).fetchone():
                raise AlreadyExists("hold", name)
            made = connection.execute(
                "INSERT INTO hold (name, key, query, reason, set_by, set_ms) VALUES (?, ?, ?, ?, ?, ?)",
                (name, name_key(name), written, reason, by.name, now_ms),
            )
            self._audit.record_in(connection, events.HOLD_CREATE, by, target=name, query=written, reason=reason)
            return _get(connection, made.lastrowid or 0)

    def end(self, number: int, reason: str, by: Actor) -> Hold:
        """End a hold; it stays in the list. Raises NotFound, WrongState, Invalid."""
        reason = _needed("reason", reason, 1000)
        with self._lock, self._database.write() as connection:
            hold = _get(connection, number)
            if hold.ended_ms is not None:
                raise WrongState(f"The hold {hold.name!r} was ended already, by {hold.ended_by}.")
            connection.execute(
                "UPDATE hold SET ended_by = ?, ended_ms = ? WHERE id = ?", (by.name, self._clock(), number)
            )
            self._audit.record_in(connection, events.HOLD_END, by, target=hold.name, reason=reason)
            return _get(connection, number)


def _needed(field: str, text: str, most: int) -> str:
    found = checked_text(field, text, most)
    if found is None:
        raise Invalid(field, "a text")
    return found


def _get(connection: sqlite3.Connection, number: int) -> Hold:
    row = connection.execute("SELECT * FROM hold WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("hold", number)
    return _hold(row)


def _hold(row: sqlite3.Row) -> Hold:
    return Hold(
        row["id"], row["name"], row["query"], row["reason"], row["set_by"], row["set_ms"], row["ended_by"],
        row["ended_ms"],
    )  # fmt: skip
