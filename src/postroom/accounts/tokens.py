"""Bearer tokens for programs that call an API in the name of an admin, with less than the admin may.

A token is shown once and kept as its SHA-256 only. It has 256 random bits, so neither a slow hash nor a compare in
constant time is needed: it is found by its hash, of which a caller cannot choose the beginning.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from postroom.accounts.addresses import address, domain, domain_of
from postroom.accounts.own_file import OwnFile
from postroom.errors import AlreadyExists, Invalid, NotFound, Unavailable, WrongState

logger = logging.getLogger(__name__)

BEGINNING: Final = "pr_"
"""So that a token is recognised where it should not be, in a repository or a log."""
TOKEN: Final = re.compile(rf"{BEGINNING}[A-Za-z0-9_-]{{43}}")
USED_EVERY_S: Final = 60
MAX_NAME_CHARS: Final = 100

_INSERT = "INSERT INTO token (hash, admin, name, domains, write, created_s, expires_s) VALUES (?, ?, ?, ?, ?, ?, ?)"
_FIND = "SELECT * FROM token WHERE hash = ? AND (expires_s IS NULL OR expires_s > ?)"
_LIST = "SELECT * FROM token WHERE admin = coalesce(?, admin) ORDER BY admin, name"
_USED = "UPDATE token SET used_s = ? WHERE id = ? AND coalesce(used_s, 0) <= ?"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token allows: `write` changes too, else reading; in `domains`, empty for all that the admin manages.

    Times in seconds since 1970, None is never.
    """

    id: int
    admin: str
    name: str
    domains: tuple[str, ...]
    write: bool
    created_s: int
    expires_s: int | None
    used_s: int | None


class Tokens(OwnFile):
    """Who holds which token."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__(path, "tokens")
        self._clock = clock

    def create(
        self, admin: str, name: str, domains: Iterable[str] = (), *, write: bool = False, expires_s: int | None = None
    ) -> str:
        """A new token, to be shown now and never again.

        Raises Invalid; AlreadyExists when the admin has one of this name.
        """
        admin, name, now_s = address(admin, "admin"), _name(name), self._now_s()
        if expires_s is not None and expires_s <= now_s:
            raise Invalid("expires", "a time to come")
        reach = ",".join(dict.fromkeys(domain(text, "domains") for text in domains))
        token = BEGINNING + secrets.token_urlsafe(32)
        with self.used() as connection:
            try:
                connection.execute(_INSERT, (_hash(token), admin, name, reach, write, now_s, expires_s))
            except sqlite3.IntegrityError as error:
                raise AlreadyExists(f"token of {admin}", name) from error
        return token

    def find(self, text: str) -> Token | None:
        """The token of this text, None when there is none or its time is over. Its use is noted."""
        if not TOKEN.fullmatch(text):
            return None
        with self.used() as connection:
            row = connection.execute(_FIND, (_hash(text), self._now_s())).fetchone()
        if row is None:
            return None
        token = _token(row)
        try:
            self.touch(token)
        except (Unavailable, WrongState) as error:  # full or read-only: no reason to refuse a call
            logger.warning("The use of a token could not be noted: %s", error)
        return token

    def touch(self, token: Token) -> None:
        """Note that the token was used now; within a minute of the last note this writes nothing."""
        now_s = self._now_s()
        if token.used_s is not None and token.used_s > now_s - USED_EVERY_S:
            return
        with self.used() as connection:
            connection.execute(_USED, (now_s, token.id, now_s - USED_EVERY_S))

    def list(self, admin: str | None = None) -> tuple[Token, ...]:
        """All tokens, or those of one admin, also those whose time is over; by admin and name."""
        with self.used() as connection:
            return tuple(map(_token, connection.execute(_LIST, (admin,)).fetchall()))

    def revoke(self, token_id: int) -> None:
        """Raises NotFound."""
        with self.used() as connection:
            if not connection.execute("DELETE FROM token WHERE id = ?", (token_id,)).rowcount:
                raise NotFound("token", token_id)

    def revoke_all(self, admin: str) -> int:
        """Those of one admin, for when the account goes: whoever gets its name later must not have them. How many."""
        with self.used() as connection:
            return connection.execute("DELETE FROM token WHERE admin = ?", (admin,)).rowcount

    def forget(self, name: str, *, but: Collection[str] = ()) -> None:
        """Those of an admin, or of all admins in a domain `but` these."""
        for token in self.list():
            if token.admin not in but and name in (token.admin, domain_of(token.admin)):
                self.revoke_all(token.admin)

    def _now_s(self) -> int:
        return int(self._clock())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
        raise Invalid("name", f"1 to {MAX_NAME_CHARS} printable characters")
    return name


def _token(row: sqlite3.Row) -> Token:
    return Token(
        row["id"],
        row["admin"],
        row["name"],
        tuple(filter(None, row["domains"].split(","))),
        bool(row["write"]),
        row["created_s"],
        row["expires_s"],
        row["used_s"],
    )
