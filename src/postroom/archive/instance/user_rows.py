"""Users as rows of instance.db: what is read of one, and the statements of which changes are made.

Everything here is part of somebody's transaction.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from postroom.archive.instance.identifiers import is_storable, name_key
from postroom.archive.instance.privileges import Account, in_order
from postroom.archive.instance.second_factor import Owner, Status, status_of
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState


@dataclass(frozen=True, slots=True)
class User:
    """Everything kept about a user, except the password's hash. Privileges are in the order of their tables."""

    name: str
    full_name: str | None
    distinguished_name: str | None
    authentication: str
    addresses: tuple[str, ...]
    pop3_names: tuple[str, ...]
    privileges: tuple[str, ...]
    login_privileges: tuple[str, ...]
    folders: tuple[tuple[str, tuple[str, ...]], ...]
    """(archive, privileges), by archive."""
    default_password: bool
    second_factor: Status = "disabled"

    @property
    def primary_address(self) -> str | None:
        return self.addresses[0] if self.addresses else None

    @property
    def account(self) -> Account:
        """The user as `privileges` checks it."""
        folders = {name_key(archive): frozenset(rights) for archive, rights in self.folders}
        rights, doors = frozenset(self.privileges), frozenset(self.login_privileges)
        return Account(self.name, rights, doors, folders, self.default_password)


def owner_named(connection: sqlite3.Connection, name: str) -> Owner:
    """A user as second factors and app passwords know them. Raises NotFound."""
    row = row_of(connection, name)
    return Owner(row["id"], row["name"])


def find(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    if not is_storable(name):
        return None
    row: sqlite3.Row | None = connection.execute("SELECT * FROM user WHERE key = ?", (name_key(name),)).fetchone()
    return row


def row_of(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = find(connection, name)
    if row is None:
        raise NotFound("user", name)
    return row


def check_free(connection: sqlite3.Connection, name: str) -> None:
    taken = find(connection, name)
    if taken:
        raise AlreadyExists("user", taken["name"])


def check_administrator(connection: sqlite3.Connection) -> None:
    """After a change: somebody must be left who can sign in and undo it."""
    query = "SELECT privileges, login_privileges FROM user WHERE authentication = 'integrated' AND password IS NOT NULL"
    for row in connection.execute(query):
        if "admin" in from_text(row["privileges"]) and {"api", "web"} & {*from_text(row["login_privileges"])}:
            return
    raise WrongState("At least one administrator must remain who can sign in to the API or the web with a password.")


def user_of(connection: sqlite3.Connection, row: sqlite3.Row) -> User:
    def column(query: str) -> tuple[str, ...]:
        return tuple(item[0] for item in connection.execute(query, (row["id"],)))

    folders = connection.execute("SELECT * FROM folder_privilege WHERE user = ? ORDER BY key", (row["id"],))
    return User(
        name=row["name"],
        full_name=row["full_name"],
        distinguished_name=row["distinguished_name"],
        authentication=row["authentication"],
        addresses=column("SELECT address FROM user_address WHERE user = ? ORDER BY position"),
        pop3_names=column("SELECT name FROM user_pop3_name WHERE user = ? ORDER BY position"),
        privileges=from_text(row["privileges"]),
        login_privileges=from_text(row["login_privileges"]),
        folders=tuple((folder["archive"], from_text(folder["privileges"])) for folder in folders),
        default_password=bool(row["default_password"]),
        second_factor=status_of(connection, row["id"]),
    )


def set_columns(connection: sqlite3.Connection, row: sqlite3.Row, **columns: object) -> None:
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE user SET {assignments} WHERE id = ?", (*columns.values(), row["id"]))  # noqa: S608


def sign_out(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Whoever is in with the password of before is out."""
    connection.execute("DELETE FROM console_session WHERE owner = ?", (row["id"],))


def set_folder(connection: sqlite3.Connection, user_id: int, archive: str, privileges: str) -> None:
    connection.execute("DELETE FROM folder_privilege WHERE user = ? AND key = ?", (user_id, name_key(archive)))
    if privileges:
        connection.execute(
            "INSERT INTO folder_privilege (user, key, archive, privileges) VALUES (?, ?, ?, ?)",
            (user_id, name_key(archive), archive, privileges),
        )


def replace_values(
    connection: sqlite3.Connection, row: sqlite3.Row, table: str, column: str, field: str, values: dict[str, str]
) -> None:
    """Put these values (by key) in place of the user's; Invalid names whoever has one of them."""
    connection.execute(f"DELETE FROM {table} WHERE user = ?", (row["id"],))  # noqa: S608
    for position, (key, value) in enumerate(values.items()):
        owner = connection.execute(
            f"SELECT user.name FROM {table} JOIN user ON user.id = user WHERE {table}.key = ?",  # noqa: S608
            (key,),
        ).fetchone()
        if owner:
            raise Invalid(field, f"values nobody else has; {value!r} belongs to the user {owner['name']!r}")
        connection.execute(
            f"INSERT INTO {table} (user, position, {column}, key) VALUES (?, ?, ?, ?)",  # noqa: S608
            (row["id"], position, value, key),
        )


def to_text(privileges: frozenset[str], names: tuple[str, ...]) -> str:
    """Privileges as a column has them, in the order of `names`."""
    return ",".join(in_order(privileges, names))


def from_text(text: str) -> tuple[str, ...]:
    """The other way."""
    return tuple(text.split(",")) if text else ()
