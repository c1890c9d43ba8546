"""Authorization codes: a browser carries one to the app, which changes it for tokens, once.

Source: RFC 6749, 4.1; RFC 7636.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from postroom.workspace.clock import Clock
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.database import Database, hashed, new_secret
from postroom.workspace.signin.errors import BadField, CodeUsed, GrantOver, WrongVerifier
from postroom.workspace.signin.scopes import Asked
from postroom.workspace.signin.signins import SignIns

LIFE: Final = timedelta(minutes=10)
MOST_CHARS: Final = 1024
MOST_NONCE_CHARS: Final = 2048
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the code verifier must match; without a text there is none to match."""

    text: str = ""
    method: str = ""

    @classmethod
    def of(cls, text: str, method: str) -> Challenge:
        """Raises BadField. Without a method it is `plain`."""
        method = method or "plain"
        if not text:
            return cls()
        if method not in ("S256", "plain"):
            raise BadField("code_challenge_method", "S256 or plain")
        if not _VERIFIER.fullmatch(text):
            raise BadField("code_challenge", "43 to 128 letters, digits, '-', '.', '_' or '~'")
        return cls(text, method)

    def met_by(self, verifier: str) -> bool:
        """A verifier without a challenge does not match: somebody took the challenge away (RFC 9700, 4.8.2)."""
        if not self.text or not verifier:
            return not self.text and not verifier
        digest = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
        made = base64url(digest) if self.method == "S256" else verifier
        return hmac.compare_digest(made.encode("utf-8", "surrogatepass"), self.text.encode())


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for. `signin` is the one that began when it was used."""

    app_id: str
    user_id: str
    redirect_uri: str
    asked: Asked
    challenge: Challenge = Challenge()
    nonce: str = ""
    signin: str = ""


class Codes:
    def __init__(self, database: Database, clock: Clock, signins: SignIns) -> None:
        self._database, self._clock, self._signins = database, clock, signins

    def issue(self, code: Code) -> str:
        text, until_s = new_secret(), int((self._clock() + LIFE).timestamp())
        row = (
            hashed(text), code.app_id, code.user_id, code.redirect_uri, code.asked.to_json(), code.challenge.text,
            code.challenge.method, code.nonce, until_s,
        )  # fmt: skip
        with self._database.write() as connection:
            connection.execute("INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", row)
        return text

    def redeem(self, app_id: str, text: str, redirect_uri: str, verifier: str) -> Code:
        """Begin the sign-in of a code. Raises GrantOver, WrongVerifier; CodeUsed the second time, which ends what the
        first time gave: one of the two had no right to it."""
        with self._database.write() as connection:
            row = self._find(connection, app_id, text)
            if row["signin"] is None:
                self._check(row, redirect_uri, verifier)
                signin = self._signins.begin(app_id, row["user"])
                connection.execute("UPDATE code SET signin = ? WHERE hash = ?", (signin, hashed(text)))
                return _code(row, signin)
            self._signins.end(row["signin"])
        # Behind the block, which would take the end of the sign-in back.
        raise CodeUsed

    def _find(self, connection: sqlite3.Connection, app_id: str, text: str) -> sqlite3.Row:
        query = "SELECT * FROM code WHERE hash = ? AND app = ?"
        found: sqlite3.Row | None = connection.execute(query, (hashed(text[:MOST_CHARS]), app_id)).fetchone()
        if found is None:
            raise GrantOver
        return found

    def _check(self, row: sqlite3.Row, redirect_uri: str, verifier: str) -> None:
        if row["expires_s"] <= self._clock().timestamp() or row["redirect_uri"] != redirect_uri:
            raise GrantOver
        if not Challenge(row["challenge"], row["method"]).met_by(verifier):
            raise WrongVerifier


def _code(row: sqlite3.Row, signin: str) -> Code:
    asked, challenge = Asked.from_json(row["asked"]), Challenge(row["challenge"], row["method"])
    return Code(row["app"], row["user"], row["redirect_uri"], asked, challenge, row["nonce"], signin)
