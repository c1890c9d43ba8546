"""The administrators of the installation: who they are and how they sign in. They are no users of any instance."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.app_passwords import AppPasswords, match_in, plain
from postroom.archive.instance.audit import SYSTEM, Actor, Audit
from postroom.archive.instance.identifiers import (
    checked_address,
    checked_text,
    checked_user_name,
    is_storable,
    name_key,
)
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.second_factor import Owner, SecondFactors, Setup, Status, status_of
from postroom.archive.instance.secrets import Secrets
from postroom.archive.instance.users import FIRST_NAME, FIRST_PASSWORD
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.sqlite import Database

API_PASSWORD: Final = "API"  # noqa: S105  # the name of the one that an administrator has


@dataclass(frozen=True, slots=True)
class Administrator:
    """`default_password`: it is one that everybody knows. `mfa`: of the second factor."""

    name: str
    full_name: str | None
    address: str | None
    default_password: bool
    mfa: Status


class Administrators:
    """Methods that change something take `by`: who does it. They raise NotFound for one who is not there.

    The first start makes the administrator admin with the password admin.
    """

    def __init__(
        self, database: Database, audit: Audit, secrets: Secrets, passwords: Passwords, clock: Clock = now_ms
    ) -> None:
        self._database, self._audit, self._passwords = database, audit, passwords
        self.factors = SecondFactors(database, audit, secrets, _owner, clock)
        self._api_passwords = AppPasswords(database, audit, passwords, _owner, clock)
        with database.read() as connection:
            empty = connection.execute("SELECT 1 FROM administrator LIMIT 1").fetchone() is None
        if empty:
            self.create(FIRST_NAME, FIRST_PASSWORD, SYSTEM, full_name="Administrator")

    def all(self) -> list[Administrator]:
        """By name."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM administrator ORDER BY key")
            return [_shown(connection, row) for row in rows]

    def get(self, name: str) -> Administrator:
        with self._database.read() as connection:
            return _shown(connection, _row(connection, name))

    # Signing in

    def authenticate(self, name: str, password: str, by: Actor, *, code: str | None = None) -> Administrator | None:
        """Whose password this is, else None; `by` tells door and address.

        With a second factor the password needs a `code` of it, an API password does not. An unknown name takes as long
        as a wrong password.
        """
        with self._database.read() as connection:
            row = _find(connection, name)
            found = _shown(connection, row) if row else None
            api = match_in(connection, row["id"], password) if row else None
        who, by = (name_key(name), by.client, by.address), Actor(found.name if found else name, by.client, by.address)
        if api is not None:
            good = self._knows(api.hash, (*who, api.id), plain(password), by)
            if good:
                self._api_passwords.note_use(api)
        else:
            good = self._knows(row["password"] if row else None, who, password, by)
            if good and found and found.mfa != "disabled":
                good = self._proves(found, code, by)
        return found if good else None

    def _proves(self, administrator: Administrator, code: str | None, by: Actor) -> bool:
        """Whether a code is one of the second factor; the first one shown confirms it."""
        if code is None:
            self._audit.record(events.USER_LOGIN, by, ok=False, reason="a second factor is on")
            return False
        take = self.factors.confirm if administrator.mfa == "initialized" else self.factors.check
        return take(administrator.name, code, by)

    def _knows(self, stored: str | None, who: tuple[object, ...], password: str, by: Actor) -> bool:
        if stored and self._passwords.remembered(who, stored, password):
            return True
        good = self._passwords.verify(stored, password)
        self._audit.record(events.USER_LOGIN, by, ok=good)
        if good:
            self._passwords.remember(who, stored, password)
        return good

    def stamped(self, name: str) -> tuple[str, Administrator]:
        """A text that is another one when the password or the second factor was changed since, and the administrator.

        Raises NotFound.
        """
        with self._database.read() as connection:
            row = _row(connection, name)
            shown = _shown(connection, row)
        facts = f"{row['id']}\0{row['password']}\0{shown.mfa}"
        return hashlib.sha256(facts.encode()).hexdigest(), shown

    # Changes

    def create(
        self, name: str, password: str, by: Actor, *, full_name: object = None, address: object = None
    ) -> Administrator:
        """A new one; the texts may be None. Raises AlreadyExists, Invalid."""
        name = checked_user_name(name)
        texts = _texts({"full_name": full_name, "address": address})
        hashed, known = self._passwords.hash(_needed(password)), _known_to_all(name, password)
        row = (name, name_key(name), texts["full_name"], texts["address"], hashed, known)
        with self._database.write() as connection:
            if taken := _find(connection, name):
                raise AlreadyExists("administrator", taken["name"])
            connection.execute(
                "INSERT INTO administrator (name, key, full_name, address, password, default_password) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            self._log(connection, events.USER_CREATE, by, name)
            return _shown(connection, _row(connection, name))

    def update(self, name: str, changes: Mapping[str, object], by: Actor) -> None:
        """Change `full_name`, `address`; what is not named stays. Raises Invalid."""
        texts = _texts(changes)
        with self._database.write() as connection:
            row = _row(connection, name)
            for column, text in texts.items():
                connection.execute(f"UPDATE administrator SET {column} = ? WHERE id = ?", (text, row["id"]))  # noqa: S608
            self._log(connection, events.USER_UPDATE, by, row["name"], **texts)

    def set_password(self, name: str, password: str, by: Actor) -> None:
        hashed = self._passwords.hash(_needed(password))
        with self._database.write() as connection:
            row = _row(connection, name)
            known = _known_to_all(row["name"], password)
            connection.execute(
                "UPDATE administrator SET password = ?, default_password = ? WHERE id = ?", (hashed, known, row["id"])
            )
            self._log(connection, events.USER_SET_PASSWORD, by, row["name"], known_to_all=known)

    def delete(self, name: str, by: Actor) -> None:
        """Raises WrongState for oneself and the last one."""
        if name_key(name) == name_key(by.name):
            raise WrongState("Nobody can delete their own administrator; another one can.")
        with self._database.write() as connection:
            row = _row(connection, name)
            if connection.execute("SELECT count(*) FROM administrator").fetchone()[0] == 1:
                raise WrongState("At least one administrator must remain.")
            connection.execute("DELETE FROM administrator WHERE id = ?", (row["id"],))
            self._log(connection, events.USER_DELETE, by, row["name"])

    def initialise_mfa(self, name: str, by: Actor) -> Setup:
        """A second factor to be set up; the password alone opens nothing from now."""
        return self.factors.initialise(name, by)

    def deactivate_mfa(self, name: str, by: Actor) -> None:
        """No second factor, and no API password, which there is only beside one."""
        with self._database.write():
            self.factors.disable(name, by)
            self._api_passwords.delete_all(name, by)

    def new_api_password(self, name: str, by: Actor) -> str:
        """For programs, which cannot be asked for a code; the one before is void. Raises WrongState without MFA."""
        if self.get(name).mfa == "disabled":
            raise WrongState(f"The administrator {name!r} has no second factor: programs use the password.")
        with self._database.write():
            self._api_passwords.delete_all(name, by)
            return self._api_passwords.create(name, API_PASSWORD, by)

    def _log(
        self, connection: sqlite3.Connection, kind: events.Kind, by: Actor, target: str, **details: object
    ) -> None:
        self._audit.record_in(connection, kind, by, target=target, **details)


def _find(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    if not is_storable(name):
        return None
    query = "SELECT * FROM administrator WHERE key = ?"
    row: sqlite3.Row | None = connection.execute(query, (name_key(name),)).fetchone()
    return row


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = _find(connection, name)
    if row is None:
        raise NotFound("administrator", name)
    return row


def _owner(connection: sqlite3.Connection, name: str) -> Owner:
    row = _row(connection, name)
    return Owner(row["id"], row["name"])


def _shown(connection: sqlite3.Connection, row: sqlite3.Row) -> Administrator:
    status = status_of(connection, row["id"])
    return Administrator(row["name"], row["full_name"], row["address"], bool(row["default_password"]), status)


def _texts(given: Mapping[str, object]) -> dict[str, str | None]:
    """The columns of these texts. Raises Invalid for what is none."""
    texts: dict[str, str | None] = {}
    for column, value in given.items():
        if value is not None and not isinstance(value, str):
            raise Invalid(column.replace("_", " "), "a text, or null")
        text = checked_text(column.replace("_", " "), value, 255)
        texts[column] = _address(text) if text and column == "address" else text
    return texts


def _address(text: str) -> str:
    try:
        return checked_address(text)
    except Invalid as error:
        raise Invalid("address", error.expected) from error


def _needed(password: str) -> str:
    if not password:
        raise Invalid("password", "a password that is not empty")
    return password


def _known_to_all(name: str, password: str) -> bool:
    return name_key(name) == FIRST_NAME and password == FIRST_PASSWORD
