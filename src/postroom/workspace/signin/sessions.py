"""Browsers in which somebody is signed in, and the tokens in our forms that show a page of ours was filled in."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from postroom.workspace.clock import Clock
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.database import Database, hashed, new_secret
from postroom.workspace.signin.errors import BadForm

LIFE: Final = timedelta(hours=24)
FORM_LIFE: Final = timedelta(hours=1)
MOST_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class Session:
    user_id: str
    created_s: int


class Sessions:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def create(self, user_id: str) -> str:
        """The text for the cookie; kept nowhere."""
        text, now = new_secret(), self._clock()
        with self._database.write() as connection:
            row = (hashed(text), user_id, int(now.timestamp()), int((now + LIFE).timestamp()))
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?)", row)
        return text

    def find(self, text: str) -> Session | None:
        if not text or len(text) > MOST_CHARS:
            return None
        with self._database.read() as connection:
            query = "SELECT user, created_s FROM session WHERE hash = ? AND expires_s > ?"
            row = connection.execute(query, (hashed(text), self._clock().timestamp())).fetchone()
        return None if row is None else Session(*row)

    def end(self, text: str) -> None:
        """Sign out; nothing when there is no such session."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM session WHERE hash = ?", (hashed(text),))

    def end_of(self, user_id: str) -> None:
        """Sign a user out of all browsers."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM session WHERE user = ?", (user_id,))


class Forms:
    """`key` is a secret of the home. A token is good for one browser, one purpose and an hour."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key, self._clock = key, clock

    def token(self, browser: str, *purpose: str) -> str:
        """`browser` is the text of a cookie that only this browser has."""
        until = str(int((self._clock() + FORM_LIFE).timestamp()))
        return f"{until}.{self._mac(until, browser, purpose)}"

    def check(self, token: str, browser: str, *purpose: str) -> None:
        """Raises BadForm."""
        until, _, mac = token.partition(".")
        right = browser and hmac.compare_digest(mac.encode(), self._mac(until, browser, purpose).encode())
        if not right or not until.isdecimal() or int(until) < self._clock().timestamp():
            raise BadForm

    def _mac(self, until: str, browser: str, purpose: tuple[str, ...]) -> str:
        # Each part with its length: no two lists of parts are one text.
        text = "".join(f"{len(part)}:{part}" for part in (until, browser, *purpose))
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return base64url(digest)
