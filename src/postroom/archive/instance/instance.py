"""One instance: its database, and the parts that share it."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from postroom import migrations
from postroom.archive.instance import events, indexing
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.compliance import (
    AUTO_CREATE_CHECKS,
    COMPLIANCE_CHECKS,
    Compliance,
    Document,
    StoreAutoCreate,
)
from postroom.archive.instance.credentials import Credentials
from postroom.archive.instance.deleted import DeletedItems
from postroom.archive.instance.identifiers import checked_name, name_key
from postroom.archive.instance.indexing import Indexing
from postroom.archive.instance.one_time import OneTimeLogins
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import Rules
from postroom.archive.instance.second_factor import SecondFactors
from postroom.archive.instance.secrets import Secrets
from postroom.archive.instance.service_provider import ServiceProvider
from postroom.archive.instance.sessions import ConsoleSessions
from postroom.archive.instance.smtp import SmtpSettings
from postroom.archive.instance.user_rows import owner_named
from postroom.archive.instance.users import Users
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.sqlite import Database

REQUESTED_STATES: Final = ("current", "normal", "writeProtected", "disabled")


class Instance:
    """Opens or creates `instance.db` at `path`; the first start makes the user admin with the password admin.

    Its parts may be used from any thread.
    """

    def __init__(self, path: Path, passwords: Passwords | None = None, clock: Clock = now_ms) -> None:
        self._database = Database(path, migrations.load("postroom.archive", "instance"))
        self.audit = Audit(self._database)
        self.deleting = threading.RLock()
        """Held while messages are deleted, and while what may forbid it changes: who set a hold knows that it holds."""
        self.compliance: Document[Compliance] = Document(
            self._database,
            self.audit,
            "compliance",
            Compliance(),
            COMPLIANCE_CHECKS,
            events.COMPLIANCE_UPDATE,
            self.deleting,
        )
        self.store_auto_create: Document[StoreAutoCreate] = Document(
            self._database, self.audit, "store auto-create", StoreAutoCreate(), AUTO_CREATE_CHECKS,
            events.CONFIGURATION_UPDATE,
        )  # fmt: skip
        self.indexing: Document[Indexing] = Document(
            self._database, self.audit, "search index", Indexing(), indexing.CHECKS, events.CONFIGURATION_UPDATE
        )
        self.secrets = secrets = Secrets(path.parent)
        self.smtp = SmtpSettings(self._database, self.audit, secrets)
        self.audit.selection = lambda: self.compliance.get().logged_successes
        self.users = Users(self._database, self.audit, passwords or Passwords(), clock)
        self.second_factors = SecondFactors(self._database, self.audit, secrets, owner_named, clock)
        self.sessions = ConsoleSessions(self._database, self.audit, owner_named, clock)
        self.one_time = OneTimeLogins(self._database, self.audit, self.sessions, owner_named, clock)
        self.credentials = Credentials(self._database, self.audit, secrets)
        self.service_provider = ServiceProvider(self._database, self.audit)
        self.stores = StoreList(self._database, self.audit)
        self.deleted_items = DeletedItems(self._database)

    @property
    def database(self) -> Database:
        """For the parts of the archive that keep tables of their own in it."""
        return self._database

    @property
    def rules(self) -> Rules:
        """The rules of now, for the checks of `Account`."""
        return self.compliance.get().rules

    def rewrite(self) -> tuple[int, int]:
        """Write the database file anew without unused space; its size in bytes before and after."""
        self.audit.flush()
        return self._database.rewrite()

    def close(self) -> None:
        """Write what is queued and close the database."""
        try:
            self.audit.close()
        finally:
            self._database.close()

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store as the instance remembers it; `path` as it was given, `requested_state` one of REQUESTED_STATES."""

    id: int
    name: str
    path: str
    requested_state: str


class StoreList:
    """Which stores there are and which state each should have; the stores themselves are opened elsewhere."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def all(self) -> list[StoreRow]:
        """By id."""
        with self._database.read() as connection:
            return [_store(row) for row in connection.execute("SELECT * FROM store ORDER BY id")]

    def get(self, store_id: int) -> StoreRow:
        """Raises NotFound."""
        with self._database.read() as connection:
            return _get(connection, store_id)

    def current(self) -> StoreRow | None:
        """The store that takes new mail."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM store WHERE requested_state = 'current'").fetchone()
        return _store(row) if row else None

    def add(self, name: str, path: str, requested_state: str, by: Actor, *, attached: bool = False) -> StoreRow:
        """Remember a store that was created, or attached. Its id was never used before. Raises AlreadyExists."""
        name, kind = checked_name("store name", name), events.STORE_ATTACH if attached else events.STORE_CREATE
        with self._database.write() as connection:
            row = self.add_in(connection, name, path, requested_state)
            self._audit.record_in(connection, kind, by, target=name, id=row.id, path=path, state=requested_state)
            return row

    def add_in(self, connection: sqlite3.Connection, name: str, path: str, requested_state: str) -> StoreRow:
        """The same within a transaction of the caller's, who logs it."""
        _check_free(connection, "name", name_key(name), name)
        _check_free(connection, "path", path, path)
        _make_room(connection, requested_state)
        inserted = connection.execute(
            "INSERT INTO store (name, key, path, requested_state) VALUES (?, ?, ?, ?)",
            (name, name_key(name), path, requested_state),
        )
        return _get(connection, inserted.lastrowid or 0)

    def rename(self, store_id: int, name: str, by: Actor) -> None:
        name = checked_name("store name", name)
        with self._database.write() as connection:
            old = _get(connection, store_id)
            if name_key(name) != name_key(old.name):
                _check_free(connection, "name", name_key(name), name)
            connection.execute("UPDATE store SET name = ?, key = ? WHERE id = ?", (name, name_key(name), store_id))
            self._log_update(connection, old, by, new_name=name)

    def set_path(self, store_id: int, path: str, by: Actor) -> None:
        """Where the store is now; nothing is moved."""
        with self._database.write() as connection:
            old = _get(connection, store_id)
            if path != old.path:
                _check_free(connection, "path", path, path)
            connection.execute("UPDATE store SET path = ? WHERE id = ?", (path, store_id))
            self._log_update(connection, old, by, path=path)

    def set_requested_state(self, store_id: int, requested_state: str, by: Actor) -> None:
        """When it becomes `current`, the store that was becomes `normal`."""
        with self._database.write() as connection:
            old = _get(connection, store_id)
            _make_room(connection, requested_state)
            connection.execute("UPDATE store SET requested_state = ? WHERE id = ?", (requested_state, store_id))
            self._log_update(connection, old, by, state=requested_state)

    def remove(self, store_id: int, by: Actor) -> None:
        """Forget a store; its files stay."""
        with self._database.write() as connection:
            old = _get(connection, store_id)
            connection.execute("DELETE FROM store WHERE id = ?", (store_id,))
            self._audit.record_in(connection, events.STORE_DETACH, by, target=old.name, id=old.id, path=old.path)

    def _log_update(self, connection: sqlite3.Connection, old: StoreRow, by: Actor, **details: object) -> None:
        self._audit.record_in(connection, events.STORE_UPDATE, by, target=old.name, id=old.id, **details)


def _store(row: sqlite3.Row) -> StoreRow:
    return StoreRow(row["id"], row["name"], row["path"], row["requested_state"])


def _get(connection: sqlite3.Connection, store_id: int) -> StoreRow:
    row = connection.execute("SELECT * FROM store WHERE id = ?", (store_id,)).fetchone()
    if row is None:
        raise NotFound("store", store_id)
    return _store(row)


def _check_free(connection: sqlite3.Connection, what: str, value: str, shown: str) -> None:
    column = {"name": "key", "path": "path"}[what]
    if connection.execute(f"SELECT 1 FROM store WHERE {column} = ?", (value,)).fetchone():  # noqa: S608
        raise AlreadyExists(f"store with the {what}", shown)


def _make_room(connection: sqlite3.Connection, requested_state: str) -> None:
    if requested_state not in REQUESTED_STATES:
        raise Invalid("requested state", f"one of {', '.join(REQUESTED_STATES)}")
    if requested_state == "current":
        connection.execute("UPDATE store SET requested_state = 'normal' WHERE requested_state = 'current'")
