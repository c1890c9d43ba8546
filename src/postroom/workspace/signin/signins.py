"""Sign-ins and their refresh tokens: all that came of one sign-in ends together."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from postroom.errors import NotFound
from postroom.workspace.clock import Clock
from postroom.workspace.signin.database import Database, hashed, new_secret
from postroom.workspace.signin.errors import GrantOver
from postroom.workspace.signin.scopes import Asked
from postroom.workspace.signin.tokens import LIFE_S

REFRESH_LIFE: Final = timedelta(days=90)
"""After its last use."""
MOST_CHARS: Final = 1024

_USED: Final = """
SELECT refresh.signin, signin.user, refresh.asked FROM refresh JOIN signin ON signin.id = refresh.signin
WHERE refresh.hash = ? AND signin.app = ? AND signin.revoked_s IS NULL AND refresh.expires_s > ?
"""
_LIST: Final = """
SELECT id, app, user, created_s, until_s FROM signin WHERE revoked_s IS NULL AND until_s > ?1
  AND (?2 = '' OR user = ?2) AND (?3 = '' OR app = ?3) ORDER BY created_s, id
"""
_REVOKE: Final = "UPDATE signin SET revoked_s = ? WHERE revoked_s IS NULL AND "


@dataclass(frozen=True, slots=True)
class SignIn:
    """Times in seconds since 1970."""

    id: str
    app_id: str
    user_id: str
    created_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh token stands for."""

    signin: str
    user_id: str
    asked: Asked


class SignIns:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def begin(self, app_id: str, user_id: str) -> str:
        """A new sign-in; its id."""
        signin, now_s = str(uuid.uuid4()), self._now_s()
        with self._database.write() as connection:
            row = (signin, app_id, user_id, now_s, now_s + LIFE_S)
            connection.execute("INSERT INTO signin VALUES (?, ?, ?, ?, ?, NULL)", row)
        return signin

    def refresh_token(self, signin: str, asked: Asked) -> str:
        """A new one, told now and never again. It may be used many times."""
        text, until_s = new_secret(384), self._refresh_until_s()
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO refresh VALUES (?, ?, ?, ?)", (hashed(text), signin, asked.to_json(), until_s)
            )
            self._lives_until(signin, until_s)
        return text

    def use(self, app_id: str, text: str) -> Refreshed:
        """What a refresh token of this app stands for; it lives on from now. Raises GrantOver."""
        if len(text) > MOST_CHARS:
            raise GrantOver
        with self._database.write() as connection:
            row = connection.execute(_USED, (hashed(text), app_id, self._now_s())).fetchone()
            if row is None:
                raise GrantOver
            until_s = self._refresh_until_s()
            connection.execute("UPDATE refresh SET expires_s = ? WHERE hash = ?", (until_s, hashed(text)))
            self._lives_until(row["signin"], until_s)
        return Refreshed(row["signin"], row["user"], Asked.from_json(row["asked"]))

    def list(self, user_id: str = "", app_id: str = "") -> tuple[SignIn, ...]:
        """Those that still live, of a user, an app or all."""
        with self._database.read() as connection:
            rows = connection.execute(_LIST, (self._now_s(), user_id, app_id)).fetchall()
        return tuple(SignIn(*row) for row in rows)

    def revoke(self, signin: str) -> None:
        """Its tokens stop working at once. Raises NotFound, also when that was said before."""
        if not self.end(signin):
            raise NotFound("sign-in", signin)

    def end(self, signin: str) -> bool:
        """The same; whether it did not end before."""
        return bool(self._revoke("id = ?", signin))

    def revoke_of(self, user_id: str) -> int:
        """All of a user; how many there were."""
        return self._revoke("user = ?", user_id)

    def revoke_for(self, app_id: str, user_id: str = "") -> int:
        """All of an app, or those of one user with it; how many there were."""
        return self._revoke("app = ? AND user = ?", app_id, user_id) if user_id else self._revoke("app = ?", app_id)

    def _revoke(self, where: str, *values: str) -> int:
        with self._database.write() as connection:
            return connection.execute(_REVOKE + where, (self._now_s(), *values)).rowcount

    def _lives_until(self, signin: str, until_s: int) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE signin SET until_s = max(until_s, ?) WHERE id = ?", (until_s, signin))

    def _refresh_until_s(self) -> int:
        return int((self._clock() + REFRESH_LIFE).timestamp())

    def _now_s(self) -> int:
        return int(self._clock().timestamp())
