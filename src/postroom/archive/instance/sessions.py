"""Who is signed in to the console: random texts, of which the database has the SHA-256.

A session ends by itself when nothing came for a while, and some hours after it was made whatever came; it ends with
its user too.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from typing import Final, NamedTuple

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.second_factor import Find, Owner
from postroom.archive.storage.writer import Clock, now_ms
from postroom.sqlite import Database

IDLE_MS: Final = 30 * 60_000
LIFE_MS: Final = 12 * 3_600_000
USED_MS: Final = 60_000
"""How exact the time of last use is."""


class Active(NamedTuple):
    """A session: whose, from which address it began, when, and when it was last used, UTC milliseconds."""

    user: str
    address: str | None
    made_ms: int
    used_ms: int


class ConsoleSessions:
    """The table `console_session`."""

    def __init__(self, database: Database, audit: Audit, find: Find, clock: Clock = now_ms) -> None:
        self._database, self._audit, self._find, self._clock = database, audit, find, clock

    def create(self, name: str, by: Actor) -> str:
        """The text for the cookie of a user who has shown all that was asked. Raises NotFound."""
        with self._database.write() as connection:
            return self.create_in(connection, self._find(connection, name), by)

    def create_in(self, connection: sqlite3.Connection, owner: Owner, by: Actor, *, one_time: bool = False) -> str:
        """The same within a transaction of the caller's."""
        now, text = self._clock(), secrets.token_urlsafe(32)
        connection.execute(
            "DELETE FROM console_session WHERE used_ms < ? OR made_ms < ?", (now - IDLE_MS, now - LIFE_MS)
        )
        connection.execute(
            "INSERT INTO console_session VALUES (?, ?, ?, ?, ?)", (digest(text), owner.id, now, now, by.address)
        )
        who = Actor(owner.name, by.client, by.address)
        self._audit.record_in(connection, events.USER_LOGIN, who, one_time=one_time)
        return text

    def user(self, text: str) -> str | None:
        """Name of the user whose session this is; using it keeps it alive."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT user.name, used_ms, made_ms FROM console_session JOIN user ON user.id = owner WHERE hash = ?",
                (digest(text),),
            ).fetchone()
        now = self._clock()
        if row is None or now - row["used_ms"] >= IDLE_MS or now - row["made_ms"] >= LIFE_MS:
            return None
        if now - row["used_ms"] >= USED_MS:
            with self._database.write() as connection:
                connection.execute("UPDATE console_session SET used_ms = ? WHERE hash = ?", (now, digest(text)))
        name: str = row["name"]
        return name

    def active(self) -> list[Active]:
        """Who is signed in just now; the one who came last at the end."""
        now = self._clock()
        with self._database.read() as connection:
            return [
                Active(*row)
                for row in connection.execute(
                    "SELECT user.name, address, made_ms, used_ms FROM console_session JOIN user ON user.id = owner"
                    " WHERE used_ms > ? AND made_ms > ? ORDER BY used_ms",
                    (now - IDLE_MS, now - LIFE_MS),
                )
            ]

    def count(self) -> int:
        """How many these are."""
        return len(self.active())

    def end(self, text: str) -> None:
        """Sign out; a text that is no session is none afterwards either."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM console_session WHERE hash = ?", (digest(text),))

    def end_all(self, name: str) -> None:
        """Sign a user out everywhere. Raises NotFound."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM console_session WHERE owner = ?", (self._find(connection, name).id,))


def digest(text: str) -> bytes:
    """What the database has in place of a random text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
