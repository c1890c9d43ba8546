"""App passwords: random ones, a name each, for programs that cannot be asked for the code of a second factor.

They open doors that take name and password alone (API, IMAP), never the console. The first characters are the
selector: it is kept in clear and tells which hash to compute, so that many app passwords cost no more than one.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Final, NamedTuple

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import checked_text, name_key
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.second_factor import Find, person
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.sqlite import Database

ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 letters and digits of which none looks like another."""
GROUPS: Final = 8
GROUP_CHARS: Final = 4
SELECTOR_CHARS: Final = 8
MOST: Final = 100
"""Of one owner."""
USED_MS: Final = 60_000
"""How exact `used_ms` is: writing it at each request of a busy program would be a sync each."""


@dataclass(frozen=True, slots=True)
class AppPassword:
    """One that was made; `used_ms` None: not yet used."""

    id: int
    name: str
    made_ms: int
    used_ms: int | None


class Match(NamedTuple):
    """The row that a given text may be the password of."""

    id: int
    hash: str
    used_ms: int | None


class AppPasswords:
    """The table `app_password` of a database, whose owners `find` knows. Methods raise NotFound for one not there."""

    def __init__(
        self, database: Database, audit: Audit, passwords: Passwords, find: Find, clock: Clock = now_ms
    ) -> None:
        self._database, self._audit, self._passwords = database, audit, passwords
        self._find, self._clock = find, clock

    def all(self, name: str) -> list[AppPassword]:
        """In the order they were made."""
        query = "SELECT id, name, made_ms, used_ms FROM app_password WHERE owner = ? ORDER BY id"
        with self._database.read() as connection:
            return [AppPassword(*row) for row in connection.execute(query, (self._find(connection, name).id,))]

    def create(self, name: str, label: str, by: Actor) -> str:
        """A new one, which is shown this once. Raises AlreadyExists, Invalid, WrongState for a user of the system."""
        label = _checked(label)
        text = new_password()
        hashed = self._passwords.hash(plain(text))
        with self._database.write() as connection:
            owner = person(self._find(connection, name))
            _check_room(connection, owner.id, label)
            connection.execute(
                "INSERT INTO app_password (owner, name, key, selector, hash, made_ms) VALUES (?, ?, ?, ?, ?, ?)",
                (owner.id, label, name_key(label), _selector(text), hashed, self._clock()),
            )
            self._audit.record_in(connection, events.USER_APP_PASSWORD_CREATE, by, target=owner.name, name=label)
        return text

    def delete(self, name: str, number: int, by: Actor) -> None:
        """Remove one of this owner. Raises NotFound."""
        with self._database.write() as connection:
            owner = self._find(connection, name)
            found = connection.execute(
                "DELETE FROM app_password WHERE owner = ? AND id = ? RETURNING name", (owner.id, number)
            ).fetchone()
            if found is None:
                raise NotFound("app password", number)
            self._log_deleted(connection, by, owner.name, [found["name"]])

    def delete_all(self, name: str, by: Actor) -> int:
        """Remove all of this owner; how many there were."""
        with self._database.write() as connection:
            owner = self._find(connection, name)
            gone = connection.execute("DELETE FROM app_password WHERE owner = ? RETURNING name", (owner.id,)).fetchall()
            if gone:
                self._log_deleted(connection, by, owner.name, [row["name"] for row in gone])
        return len(gone)

    def note_use(self, match: Match) -> None:
        """That it opened a door just now."""
        now = self._clock()
        if match.used_ms is None or now - match.used_ms >= USED_MS:
            with self._database.write() as connection:
                connection.execute("UPDATE app_password SET used_ms = ? WHERE id = ?", (now, match.id))

    def _log_deleted(self, connection: sqlite3.Connection, by: Actor, owner: str, names: list[str]) -> None:
        self._audit.record_in(connection, events.USER_APP_PASSWORD_DELETE, by, target=owner, names=names)


def match_in(connection: sqlite3.Connection, owner: int, password: str) -> Match | None:
    """The row of this owner that the text may be the password of; None also for a text that is none of ours."""
    if not looks_like_one(password):
        return None
    row = connection.execute(
        "SELECT id, hash, used_ms FROM app_password WHERE owner = ? AND selector = ?", (owner, _selector(password))
    ).fetchone()
    return Match(*row) if row else None


def new_password() -> str:
    """160 random bits in groups that can be typed; the selector is 40 of them."""
    return "-".join("".join(map(secrets.choice, [ALPHABET] * GROUP_CHARS)) for _ in range(GROUPS))


def looks_like_one(password: str) -> bool:
    text = plain(password)
    return len(text) == GROUPS * GROUP_CHARS and set(text) <= set(ALPHABET)


def plain(password: str) -> str:
    """Without what only helps to type it."""
    return "".join(password.replace("-", " ").split()).lower()


def _selector(password: str) -> str:
    return plain(password)[:SELECTOR_CHARS]


def _checked(label: str) -> str:
    text = checked_text("name", label, 100)
    if text is None:
        raise Invalid("name", "a name, such as that of the program or device")
    return text


def _check_room(connection: sqlite3.Connection, owner: int, label: str) -> None:
    keys = [row["key"] for row in connection.execute("SELECT key FROM app_password WHERE owner = ?", (owner,))]
    if name_key(label) in keys:
        raise AlreadyExists("app password", label)
    if len(keys) >= MOST:
        raise Invalid("name", f"at most {MOST} app passwords of one user; delete those that are not used")
