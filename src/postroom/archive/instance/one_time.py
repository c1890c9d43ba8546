"""One-time logins: a random token that signs one user in to the console, once, until its end.

The database has its SHA-256. The transaction that makes the session removes it, so that of two who use it at the same
moment one gets in.
"""

from __future__ import annotations

import secrets
from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.second_factor import Find, Owner
from postroom.archive.instance.sessions import ConsoleSessions, digest
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import Denied
from postroom.sqlite import Database

VALID_MS: Final = 5 * 60_000


class OneTimeLogins:
    """The table `one_time_login`."""

    def __init__(
        self, database: Database, audit: Audit, sessions: ConsoleSessions, find: Find, clock: Clock = now_ms
    ) -> None:
        self._database, self._audit, self._sessions = database, audit, sessions
        self._find, self._clock = find, clock

    def create(self, name: str, by: Actor, *, valid_ms: int = VALID_MS) -> str:
        """A token for this user. Whoever has it needs neither password nor second factor. Raises NotFound."""
        token, until = secrets.token_urlsafe(32), self._clock() + valid_ms
        with self._database.write() as connection:
            owner = self._find(connection, name)
            connection.execute("DELETE FROM one_time_login WHERE until_ms <= ?", (self._clock(),))
            connection.execute("INSERT INTO one_time_login VALUES (?, ?, ?)", (digest(token), owner.id, until))
            self._audit.record_in(
                connection, events.ONE_TIME_LOGIN_CREATE, by, target=owner.name, valid_s=valid_ms // 1000
            )
        return token

    def redeem(self, token: str, by: Actor) -> str:
        """The text of a session (`sessions`) in place of the token. `by` tells door and address.

        Raises Denied for a token that never was, was used, or is too old; a second use is told apart from none of
        these, but each is logged.
        """
        with self._database.write() as connection:
            row = connection.execute(
                "DELETE FROM one_time_login WHERE hash = ? RETURNING owner, until_ms", (digest(token),)
            ).fetchone()
            if row is not None and self._clock() < row["until_ms"]:
                user = connection.execute("SELECT name FROM user WHERE id = ?", (row["owner"],)).fetchone()
                owner = Owner(row["owner"], user["name"])
                return self._sessions.create_in(connection, owner, by, one_time=True)
        self._audit.record(events.USER_LOGIN, by, ok=False, reason="one-time login used or too old")
        raise Denied("This link was used already, or is too old. Ask for a new one.")
