"""Credentials that several profiles or a directory share: a name, a type, and settings of which some are secrets.

Secrets are sealed (`secrets`); they come out of `opened` alone, which connectors call. Each type is a table of keys.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import checked_name, name_key
from postroom.archive.instance.secrets import Secrets
from postroom.archive.profiles.details import Key, check_kept, checked
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.sqlite import Database

TYPES: Final[Mapping[str, tuple[Key, ...]]] = {
    "microsoft365": (
        Key("tenant", "Id or domain of the tenant.", required=True),
        Key("applicationId", "Id of the application that is registered there.", required=True),
        Key("clientSecret", "Its secret.", "secret"),
        Key("certificateThumbprint", "Or SHA-1 of its certificate, 40 hex digits,"),
        Key("privateKey", "and the key of that in PEM.", "block"),
        Key("userName", "Who signs in, where that is not the application itself."),
        Key("password", "The password of `userName`.", "secret"),
    ),
    "google": (
        Key("adminUser", "Address of an administrator, in whose name users are listed."),
        Key("serviceAccount", "The key file of the service account, JSON.", "block", required=True),
    ),
    "imap": (
        Key("host", "The mail server, the only one to which the password is sent; any when left out."),
        Key("userName", "Who signs in.", required=True),
        Key("password", "The password.", "secret", required=True),
    ),
}
SECRET_KINDS: Final = frozenset({"secret", "block"})
WhoUses = Callable[[sqlite3.Connection, int], Iterable[str]]
"""What uses the credential of this number: a name of each, such as "the profile 'Sales'"."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One, without its secrets: these are None in `settings`."""

    id: int
    name: str
    type: str
    created_by: str
    settings: Mapping[str, str | None]


class Credentials:
    """The table `credential`. Whoever refers to credentials adds to `users`, which is asked before one is deleted."""

    def __init__(self, database: Database, audit: Audit, secrets: Secrets) -> None:
        self._database, self._audit, self._secrets = database, audit, secrets
        self.users: list[WhoUses] = []

    def all(self) -> list[Credential]:
        """By number."""
        with self._database.read() as connection:
            return [_shown(row) for row in connection.execute("SELECT * FROM credential ORDER BY id")]

    def get(self, number: int) -> Credential:
        """Raises NotFound."""
        with self._database.read() as connection:
            return _shown(_row(connection, number))

    def opened(self, number: int) -> dict[str, str]:
        """The settings with their secrets in clear, for who signs in with them; '' for what was not given.

        Raises NotFound, Damaged when a secret cannot be read.
        """
        with self._database.read() as connection:
            row = _row(connection, number)
        return self._clear(row)

    def create(self, name: str, type_: str, settings: object, by: Actor) -> int:
        """Its number. Raises Invalid naming what is wrong, AlreadyExists."""
        name, type_ = checked_name("name", name.strip()), _checked_type(type_)
        values = _checked_settings(type_, settings)
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM credential WHERE key = ?", (name_key(name),)).fetchone():
                raise AlreadyExists("credential", name)
            number = connection.execute(
                "INSERT INTO credential (name, key, type, created_by, settings) VALUES (?, ?, ?, ?, '')",
                (name, name_key(name), type_, by.name),
            ).lastrowid
            self._put(connection, number or 0, type_, values)
            self._audit.record_in(connection, events.CREDENTIAL_CREATE, by, target=name, id=number, type=type_)
        return number or 0

    def update(self, number: int, settings: object, by: Actor) -> None:
        """Change the settings that are named: null keeps one, an empty text removes it. For another host
        the password is needed again. Raises NotFound, Invalid."""
        with self._database.write() as connection:
            row = _row(connection, number)
            given = _named(row["type"], settings)
            # What is replaced need not be read: that is how a lost key file is got over.
            before = self._clear(row, but=[key for key in given if _is_secret(row["type"], key)])
            values = _checked_settings(row["type"], before | given)
            if before.get("host"):
                check_kept(before, values, _kept(row["type"], values, given), "settings")
            self._put(connection, number, row["type"], values)
            changed = sorted(key for key in values if key not in before or values[key] != before[key])
            if changed:
                self._audit.record_in(
                    connection, events.CREDENTIAL_UPDATE, by, target=row["name"], id=number, changed=changed
                )

    def delete(self, number: int, by: Actor) -> None:
        """Raises NotFound, WrongState while something uses it."""
        with self._database.write() as connection:
            row = _row(connection, number)
            if used := [name for who in self.users for name in who(connection, number)]:
                raise WrongState(f"The credential {row['name']!r} is used by {', '.join(used[:5])}.")
            connection.execute("DELETE FROM credential WHERE id = ?", (number,))
            self._audit.record_in(connection, events.CREDENTIAL_DELETE, by, target=row["name"], id=number)

    def _put(self, connection: sqlite3.Connection, number: int, type_: str, values: Mapping[str, str]) -> None:
        kept = {
            key: self._secrets.seal(_place(number), key, value) if value and _is_secret(type_, key) else value
            for key, value in values.items()
        }
        connection.execute("UPDATE credential SET settings = ? WHERE id = ?", (json.dumps(kept), number))

    def _clear(self, row: sqlite3.Row, but: Collection[str] = ()) -> dict[str, str]:
        kept: dict[str, str] = json.loads(row["settings"])
        return {
            key: self._secrets.open(_place(row["id"]), key, value) if value and _is_secret(row["type"], key) else value
            for key, value in kept.items()
            if key not in but
        }


def _place(number: int) -> str:
    return f"credential {number}"


def _keys(type_: str) -> tuple[Key, ...]:
    """Those of a type; of one that a later version had, none."""
    return TYPES.get(type_, ())


def _is_secret(type_: str, name: str) -> bool:
    return any(key.name == name and key.kind in SECRET_KINDS for key in _keys(type_))


def _shown(row: sqlite3.Row) -> Credential:
    kept: dict[str, str] = json.loads(row["settings"])
    shown = {key: None if not value or _is_secret(row["type"], key) else value for key, value in kept.items()}
    return Credential(row["id"], row["name"], row["type"], row["created_by"], shown)


def _kept(type_: str, values: Mapping[str, str], given: Collection[str]) -> set[str]:
    """Secrets that are not given anew."""
    return {key for key, value in values.items() if value and _is_secret(type_, key) and key not in given}


def _row(connection: sqlite3.Connection, number: int) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM credential WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("credential", number)
    return row


def _checked_type(given: str) -> str:
    known = {name.lower(): name for name in TYPES}
    if given.strip().lower() not in known:
        raise Invalid("type", f"one of {', '.join(TYPES)}")
    return known[given.strip().lower()]


def _named(type_: str, given: object) -> dict[str, object]:
    """The settings that shall change, by the table's spelling of their names: null changes nothing."""
    if not isinstance(given, dict):
        raise Invalid("settings", "an object")
    names = {key.name.lower(): key.name for key in _keys(type_)}
    return {names.get(str(key).lower(), str(key)): value for key, value in given.items() if value is not None}


def _checked_settings(type_: str, given: object) -> dict[str, str]:
    keys = _keys(type_)
    try:
        values = checked(keys, given)
    except Invalid as error:
        field = error.field.replace("details", "settings", 1)
        raise Invalid(field, error.expected.replace("of this connector", f"of the type {type_}")) from error
    found = {key.name: values.text(key.name) for key in keys}
    if type_ == "microsoft365":
        _check_microsoft(found)
    return found


def _check_microsoft(found: Mapping[str, str]) -> None:
    if bool(found["certificateThumbprint"]) != bool(found["privateKey"]):
        missing = "privateKey" if found["certificateThumbprint"] else "certificateThumbprint"
        raise Invalid(f"settings.{missing}", "certificateThumbprint and privateKey, or neither")
    _one_of(found, ("clientSecret", "privateKey", "password"))
    if found["password"] and not found["userName"]:
        raise Invalid("settings.userName", "the user of the password")


def _one_of(found: Mapping[str, str], names: Sequence[str]) -> None:
    if not any(found[name] for name in names):
        raise Invalid(f"settings.{names[0]}", f"a secret: one of {', '.join(names)}")
