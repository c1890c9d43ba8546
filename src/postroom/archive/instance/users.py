"""The users of an instance: names, passwords, addresses, privileges. Every change is one transaction and one event."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from postroom.archive.instance import events
from postroom.archive.instance.app_passwords import AppPasswords, Match, match_in, plain
from postroom.archive.instance.audit import SYSTEM, Actor, Audit
from postroom.archive.instance.identifiers import (
    checked_address,
    checked_name,
    checked_text,
    checked_user_name,
    name_key,
)
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import (
    FOLDER_PRIVILEGES,
    LOGIN_PRIVILEGES,
    PRIVILEGES,
    Account,
    checked_folder_privileges,
    checked_login_privileges,
    checked_privileges,
)
from postroom.archive.instance.second_factor import status_of
from postroom.archive.instance.user_rows import (
    User,
    check_administrator,
    check_free,
    find,
    owner_named,
    replace_values,
    row_of,
    set_columns,
    set_folder,
    sign_out,
    to_text,
    user_of,
)
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import Invalid, PostroomError, Unavailable, WrongState
from postroom.sqlite import Database

log = logging.getLogger(__name__)

DIRECTORY_REMEMBERED_S: Final = 60.0
AUTHENTICATIONS: Final = ("integrated", "directoryServices")
FIRST_NAME = FIRST_PASSWORD = "admin"  # noqa: S105  # known to everybody, hence User.default_password


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a name that somebody signs in with, and of the password they gave.

    `stored`: hash of the password, None where none is. `match`: the app password that it may be. `alone`: whether the
    password is enough. `elsewhere`: a directory knows whether it is right.
    """

    user: User | None = None
    stored: str | None = None
    match: Match | None = None
    alone: bool = True
    elsewhere: bool = False


class Elsewhere(Protocol):
    """Who checks the passwords of users with the authentication directoryServices."""

    @property
    def mark(self) -> str:
        """Another one when what was accepted before may be so no more."""

    def accepts(self, user: User, password: str) -> bool:
        """Raises Unavailable when nobody knows just now, WrongState when nobody ever will."""


class Users:
    """Methods that change something take `by`: who does it. They raise NotFound for a user who is not there."""

    def __init__(self, database: Database, audit: Audit, passwords: Passwords, clock: Clock = now_ms) -> None:
        self._database, self._audit, self._passwords = database, audit, passwords
        self.app_passwords = AppPasswords(database, audit, passwords, owner_named, clock)
        self.elsewhere: Elsewhere | None = None
        self._make_first()

    def all(self, *, after: str = "", limit: int = -1) -> list[User]:
        """Users by name without regard to case; a page begins `after` the last name of the one before."""
        query = "SELECT * FROM user WHERE key > ? ORDER BY key LIMIT ?"
        with self._database.read() as connection:
            return [user_of(connection, row) for row in connection.execute(query, (name_key(after), limit))]

    def get(self, name: str) -> User:
        with self._database.read() as connection:
            return user_of(connection, row_of(connection, name))

    def account(self, name: str) -> Account:
        return self.get(name).account

    def owner_of(self, address: str) -> str | None:
        """Name of the user with this e-mail address."""
        query = "SELECT user.name FROM user_address JOIN user ON user.id = user WHERE user_address.key = ?"
        with self._database.read() as connection:
            row = connection.execute(query, (name_key(address.strip()),)).fetchone()
        return row["name"] if row else None

    def domains(self) -> frozenset[str]:
        """Those of all users' e-mail addresses, folded as `name_key` does."""
        query = "SELECT DISTINCT substr(key, instr(key, '@') + 1) AS domain FROM user_address"
        with self._database.read() as connection:
            return frozenset(row["domain"] for row in connection.execute(query))

    def authenticate(self, name: str, password: str, by: Actor = SYSTEM) -> Account | None:
        """The account, at a door that takes name and password alone, else None; `by` tells door and address, its name
        is not used.

        An app password always opens, the user's own only without a second factor. An unknown name takes as long as a
        wrong password. A failure is always logged; a success once per door and address, until it is checked anew.
        Raises Unavailable when the directory that knows the password does not answer.
        """
        known, who = self._known(name, password), (name_key(name), by.client, by.address)
        by = Actor(known.user.name if known.user else name, by.client, by.address)
        if known.user and known.match:
            good = self._proven(known.match.hash, plain(password), (*who, known.match.id), by)
            if good:
                self.app_passwords.note_use(known.match)
        elif known.alone and known.user and known.elsewhere:
            good = self._proven_elsewhere(known.user, password, who, by)
        elif known.alone:
            good = self._proven(known.stored, password, who, by)
        else:
            self._passwords.verify(None, password)  # as slow as a wrong one
            self._audit.record(events.USER_LOGIN, by, ok=False, reason="a second factor is on")
            good = False
        return known.user.account if known.user and good else None

    def first_factor(self, name: str, password: str, by: Actor) -> User | None:
        """The user whose own password this is, at a door that asks for the second factor next; it logs the success.

        Raises Unavailable when the directory that knows the password does not answer.
        """
        known = self._known(name, "")
        if known.user and known.elsewhere:
            good = self._accepted(known.user, password, Actor(known.user.name, by.client, by.address))
        else:
            good = self._passwords.verify(known.stored, password)
        if known.user is None or not good:
            shown = known.user.name if known.user else name
            self._audit.record(events.USER_LOGIN, Actor(shown, by.client, by.address), ok=False)
            return None
        self._keep_fresh(known.user.name, known.stored, password)
        return known.user

    def _known(self, name: str, password: str) -> _Known:
        with self._database.read() as connection:
            row = find(connection, name)
            if row is None:
                return _Known()
            return _Known(
                user_of(connection, row),
                row["password"] if row["authentication"] == "integrated" else None,
                match_in(connection, row["id"], password),
                alone=status_of(connection, row["id"]) == "disabled",
                elsewhere=row["authentication"] != "integrated",
            )

    def _proven(self, stored: str | None, password: str, who: tuple[object, ...], by: Actor) -> bool:
        """Whether the password is the one of this hash; logged unless it was found so a short while ago."""
        if stored and self._passwords.remembered(who, stored, password):
            return True
        good = self._passwords.verify(stored, password)
        self._audit.record(events.USER_LOGIN, by, ok=good)
        if good:
            self._passwords.remember(who, self._keep_fresh(by.name, stored, password), password)
        return good

    def _proven_elsewhere(self, user: User, password: str, who: tuple[object, ...], by: Actor) -> bool:
        """The same by the directory. Not remembered as long: a change of the password there is not told here."""
        known = f"{self.elsewhere.mark if self.elsewhere else ''} {user.distinguished_name}"
        if self._passwords.remembered(who, known, password):
            return True
        good = self._accepted(user, password, by)
        self._audit.record(events.USER_LOGIN, by, ok=good)
        if good:
            self._passwords.remember(who, known, password, DIRECTORY_REMEMBERED_S)
        return good

    def _accepted(self, user: User, password: str, by: Actor) -> bool:
        """What the directory says. Why it says nothing stands in the log: a stranger need not know."""
        try:
            return self.elsewhere is not None and self.elsewhere.accepts(user, password)
        except WrongState as error:
            log.warning("No directory checks passwords.", extra={"reason": str(error)})
            return False
        except PostroomError as error:
            self._audit.record(events.USER_LOGIN, by, ok=False, reason=str(error))
            if isinstance(error, Unavailable):
                raise
            raise Unavailable(
                "The directory that knows this password cannot be asked. The audit log has why."
            ) from error

    def _keep_fresh(self, name: str, stored: str | None, password: str) -> str | None:
        """The hash, made anew with today's costs when it was not."""
        return self._rehash(name, stored, password) if stored and self._passwords.outdated(stored) else stored

    def create(
        self,
        name: str,
        privileges: Iterable[str],
        by: Actor,
        *,
        full_name: str | None = None,
        distinguished_name: str | None = None,
        authentication: str = "integrated",
        password: str | None = None,
        login_privileges: Iterable[str] | None = None,
    ) -> User:
        """A new user, without rights on any archive; without a password nobody signs in by it.

        `login_privileges` None: all. Raises AlreadyExists, Invalid.
        """
        name = checked_user_name(name)
        rights = checked_privileges(privileges)
        doors = checked_login_privileges(LOGIN_PRIVILEGES if login_privileges is None else login_privileges)
        row = {
            "name": name, "key": name_key(name), "full_name": checked_text("full name", full_name),
            "distinguished_name": checked_text("distinguished name", distinguished_name),
            "authentication": _checked_authentication(authentication),
            "password": None if password is None else self._passwords.hash(password),
            "default_password": password is not None and _known_to_all(name, password),
            "privileges": to_text(rights, PRIVILEGES), "login_privileges": to_text(doors, LOGIN_PRIVILEGES),
        }  # fmt: skip
        with self._database.write() as connection:
            check_free(connection, name)
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO user ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
            self._log(connection, events.USER_CREATE, by, name, privileges=row["privileges"])
            return user_of(connection, row_of(connection, name))

    def delete(self, name: str, by: Actor) -> None:
        """Remove a user and their rights; archives stay. Raises WrongState for oneself and the last administrator."""
        if name_key(name) == name_key(by.name):
            raise WrongState("Nobody can delete their own user; another administrator can.")
        with self._change(name) as (connection, row):
            connection.execute("DELETE FROM user WHERE id = ?", (row["id"],))
            self._log(connection, events.USER_DELETE, by, row["name"])

    def rename(self, name: str, new_name: str, by: Actor) -> None:
        """Everything of the user stays; an archive of the old name keeps its name. Raises AlreadyExists, Invalid."""
        new_name = checked_user_name(new_name)
        with self._change(name) as (connection, row):
            if name_key(new_name) != row["key"]:
                check_free(connection, new_name)
            set_columns(connection, row, name=new_name, key=name_key(new_name))
            self._log(connection, events.USER_RENAME, by, row["name"], new_name=new_name)

    def set_full_name(self, name: str, full_name: str | None, by: Actor) -> None:
        self._set_text(name, "full_name", checked_text("full name", full_name), by)

    def set_distinguished_name(self, name: str, distinguished_name: str | None, by: Actor) -> None:
        text = checked_text("distinguished name", distinguished_name)
        self._set_text(name, "distinguished_name", text, by)

    def set_authentication(self, name: str, authentication: str, by: Actor) -> None:
        """`integrated` or `directoryServices`; the password is kept but not used under the latter."""
        authentication = _checked_authentication(authentication)
        with self._change(name) as (connection, row):
            set_columns(connection, row, authentication=authentication)
            if authentication != row["authentication"]:
                sign_out(connection, row)
            self._log(connection, events.USER_SET_AUTHENTICATION, by, row["name"], authentication=authentication)

    def set_password(self, name: str, password: str, by: Actor) -> None:
        hashed = self._passwords.hash(password)
        with self._change(name) as (connection, row):
            known = _known_to_all(row["name"], password)
            set_columns(connection, row, password=hashed, default_password=known)
            sign_out(connection, row)
            self._log(connection, events.USER_SET_PASSWORD, by, row["name"], known_to_all=known)

    def set_addresses(self, name: str, addresses: Iterable[str], by: Actor) -> None:
        """Replace the e-mail addresses, the first is the primary one. Raises Invalid when another user has one."""
        unique = _without_repeats(checked_address(address) for address in addresses)
        with self._change(name) as (connection, row):
            replace_values(connection, row, "user_address", "address", "e-mail addresses", unique)
            self._log(connection, events.USER_UPDATE, by, row["name"], addresses=[*unique.values()])

    def set_pop3_names(self, name: str, pop3_names: Iterable[str], by: Actor) -> None:
        """Replace the names by which a mail proxy knows the user. Raises Invalid when another user has one."""
        unique = _without_repeats(checked_name("POP3 user names", text.strip()) for text in pop3_names)
        with self._change(name) as (connection, row):
            replace_values(connection, row, "user_pop3_name", "name", "POP3 user names", unique)
            self._log(connection, events.USER_UPDATE, by, row["name"], pop3_names=[*unique.values()])

    def set_privileges(self, name: str, privileges: Iterable[str], by: Actor) -> None:
        """Replace the global privileges. Raises WrongState when no administrator would remain."""
        joined = to_text(checked_privileges(privileges), PRIVILEGES)
        with self._change(name) as (connection, row):
            set_columns(connection, row, privileges=joined)
            self._log(connection, events.USER_SET_PRIVILEGES, by, row["name"], before=row["privileges"], now=joined)

    def set_login_privileges(self, name: str, login_privileges: Iterable[str], by: Actor) -> None:
        """Replace the doors through which the user may come."""
        joined = to_text(checked_login_privileges(login_privileges), LOGIN_PRIVILEGES)
        with self._change(name) as (connection, row):
            set_columns(connection, row, login_privileges=joined)
            before = row["login_privileges"]
            self._log(connection, events.USER_SET_LOGIN_PRIVILEGES, by, row["name"], before=before, now=joined)

    def set_folder_privileges(self, name: str, archive: str, privileges: Iterable[str], by: Actor) -> None:
        """What the user may do in an archive, which need not exist yet. Raises Invalid for a deeper folder."""
        self.set_folder_privileges_on(name, [archive], privileges, by)

    def set_folder_privileges_on(
        self, name: str, archives: Iterable[str], privileges: Iterable[str], by: Actor
    ) -> None:
        """The same rights on each of these archives."""
        checked = [checked_name("folder", archive) for archive in archives]
        joined = to_text(checked_folder_privileges(privileges), FOLDER_PRIVILEGES)
        with self._change(name) as (connection, row):
            for archive in checked:
                set_folder(connection, row["id"], archive, joined)
                self._log(connection, events.USER_SET_FOLDER_PRIVILEGES, by, row["name"], archive=archive, now=joined)

    def clear_folder_privileges(self, name: str, by: Actor) -> None:
        """Take every right on archives, the own one included."""
        with self._change(name) as (connection, row):
            connection.execute("DELETE FROM folder_privilege WHERE user = ?", (row["id"],))
            self._log(connection, events.USER_SET_FOLDER_PRIVILEGES, by, row["name"], archive=None, now="")

    def _set_text(self, name: str, column: str, text: str | None, by: Actor) -> None:
        with self._change(name) as (connection, row):
            set_columns(connection, row, **{column: text})
            self._log(connection, events.USER_UPDATE, by, row["name"], **{column: text})

    @contextmanager
    def _change(self, name: str) -> Iterator[tuple[sqlite3.Connection, sqlite3.Row]]:
        with self._database.write() as connection:
            row = row_of(connection, name)
            if row["name"].startswith("$"):
                raise WrongState(f"The user {row['name']} belongs to the system: it is as it is.")
            yield connection, row
            check_administrator(connection)

    def _log(
        self, connection: sqlite3.Connection, kind: events.Kind, by: Actor, target: str, **details: object
    ) -> None:
        self._audit.record_in(connection, kind, by, target=target, **details)

    def _rehash(self, name: str, stored: str, password: str) -> str:
        fresh = self._passwords.hash(password)
        with self._database.write() as connection:
            # Only while it is still the password that was verified.
            connection.execute(
                "UPDATE user SET password = ? WHERE key = ? AND password = ?", (fresh, name_key(name), stored)
            )
        return fresh

    def _make_first(self) -> None:
        with self._database.read() as connection:
            if connection.execute("SELECT 1 FROM user LIMIT 1").fetchone():
                return
        self.create(FIRST_NAME, ["admin"], SYSTEM, full_name="Administrator", password=FIRST_PASSWORD)


def _without_repeats(values: Iterable[str]) -> dict[str, str]:
    unique: dict[str, str] = {}
    for value in values:
        unique.setdefault(name_key(value), value)
    return unique


def _checked_authentication(authentication: str) -> str:
    if authentication not in AUTHENTICATIONS:
        raise Invalid("authentication", f"one of {', '.join(AUTHENTICATIONS)}")
    return authentication


def _known_to_all(name: str, password: str) -> bool:
    return password == "" or (name_key(name) == FIRST_NAME and password == FIRST_PASSWORD)
