"""The directory of an instance: its configuration, synchronisations, and who signs in by it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final

from postroom.archive.directories.bounded import Bounded
from postroom.archive.directories.configuration import DirectoryServices
from postroom.archive.directories.model import Configuration, Directory, Lent, Login, People
from postroom.archive.directories.sync import Sync, Synced
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.identifiers import is_storable
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.user_rows import User
from postroom.archive.profiles.details import Details
from postroom.errors import PostroomError, Unavailable, WrongState
from postroom.settings import Archive as Settings
from postroom.work import Process

MOST_ASKED: Final = 8
"""So many sign-ins are checked by the directory at once."""

_OPENED: Final = {
    "activeDirectory": "ldap:LdapDirectory",
    "ldapGeneric": "ldap:LdapDirectory",
    "microsoft365": "graph:GraphDirectory",
    "imap": "imap:ImapDirectory",
    "postroom": "accounts:AccountsDirectory",
    "applicationIntegration": "sql:SqlDirectory",
}
"""Loaded when they are used: each has libraries that most servers do without."""


def _no_accounts() -> People:
    raise WrongState(
        "There are no accounts beside this archive. That of a home has those of its server, when their API is on: "
        "`postroom enable iredadmin`."
    )


class Directories:
    """Safe from any thread. `accounts` lends those of this server, and is set by whoever has them."""

    def __init__(self, instance: Instance, settings: Settings) -> None:
        self._instance, self._settings = instance, settings
        self.accounts: Callable[[], People] = _no_accounts
        self._lent = Lent(settings.directory_timeout_s, lambda: self.accounts(), instance.credentials.opened)
        self.configuration = DirectoryServices(instance.database, instance.audit, instance.secrets)
        instance.credentials.users.append(lambda _connection, number: self._users_of(number))
        instance.users.elsewhere = self
        self._bounded = Bounded(MOST_ASKED, settings.directory_timeout_s)
        self._running = threading.Lock()

    def sync(self, by: Actor, process: Process, *, dry: bool = False) -> Synced:
        """Bring the users in line with the directory; with `dry` only tell what would change.

        Raises WrongState when no directory is set, and what it raises; then nothing has changed.
        """
        if not self._running.acquire(blocking=False):
            raise Unavailable("The users are being brought in line with the directory already. Repeat later.")
        try:
            return self._synced(by, process, dry=dry)
        except PostroomError as error:
            reason = str(error)
            self._instance.audit.record(
                events.DIRECTORY_SYNC, by, ok=False, target=self.configuration.type, dry_run=dry, reason=reason
            )
            raise
        finally:
            self._running.release()

    def _synced(self, by: Actor, process: Process, *, dry: bool) -> Synced:
        configuration = self.configuration.get()
        directory = self._opened(configuration)
        return Sync(self._instance, configuration, directory, self._settings.directory_delete_percent).run(
            by, process, dry=dry
        )

    @property
    def mark(self) -> str:
        """Another one after each change of the configuration."""
        return f"{self.configuration.type} {self.configuration.revision}"

    def accepts(self, user: User, password: str) -> bool:
        """Whether the directory takes this as the password of a user. Raises Unavailable when it does not answer,
        Denied when it refuses us, WrongState when it checks no passwords."""
        if not password or not is_storable(password):
            return False
        configuration = self.configuration.get()
        login = Login(user.name, self._key(user, configuration), user.distinguished_name, user.primary_address)
        directory = self._opened(configuration)
        return self._bounded.ask(lambda: directory.authenticate(login, password))

    def _key(self, user: User, configuration: Configuration) -> str | None:
        query = (
            "SELECT entry FROM directory_user JOIN user ON user.id = directory_user.user "
            "WHERE user.name = ? AND source = ?"
        )
        with self._instance.database.read() as connection:
            row = connection.execute(query, (user.name, configuration.type)).fetchone()
        return row["entry"] if row else None

    def _users_of(self, credential: int) -> Iterator[str]:
        if self.configuration.shown().get("credentialID") == credential:
            yield "directory services"

    def _opened(self, configuration: Configuration) -> Directory:
        if configuration.type not in _OPENED:
            raise WrongState("No directory is configured: SetDirectoryServicesConfiguration names one.")
        module, _, name = _OPENED[configuration.type].partition(":")
        made: Callable[[Details, Lent], Directory] = getattr(import_module(f"{__package__}.{module}"), name)
        return made(configuration.details, self._lent)
