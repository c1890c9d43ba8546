"""The servers of the installation as records: instance hosts, and client access servers.

One server plays all roles, so an instance on any host runs here; what a record says is told, not used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import name_key
from postroom.archive.management import values
from postroom.archive.management.filters import fits
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState
from postroom.sqlite import Database

Role = Literal["InstanceHost", "ClientAccessServer"]
HOST: Final[Role] = "InstanceHost"
ACCESS: Final[Role] = "ClientAccessServer"
KINDS: Final[Mapping[Role, str]] = {HOST: "instance host", ACCESS: "client access server"}

CHECKS: Final[Mapping[str, Callable[[str, object], object]]] = {
    "port": values.port,
    "thumbprint": values.thumbprint,
    "base_directory": values.path,
}


@dataclass(frozen=True, slots=True)
class Server:
    """`base_directory`: where an instance host keeps new instances; None is beside the management database."""

    name: str
    port: int
    thumbprint: str
    base_directory: str | None = None


class Servers:
    """The records of one role. Methods that change something take `by`, and raise NotFound, Invalid."""

    def __init__(self, database: Database, audit: Audit, role: Role) -> None:
        self._database, self._audit, self._role = database, audit, role

    def matching(self, pattern: str | None = None) -> list[Server]:
        """Those whose name fits the filter, by name."""
        wanted = fits(pattern)
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM server WHERE role = ? ORDER BY key", (self._role,))
            return [_server(row) for row in rows if wanted(row["name"])]

    def get(self, name: str) -> Server:
        with self._database.read() as connection:
            return _server(self._row(connection, name))

    def create(self, name: object, given: Mapping[str, object], by: Actor) -> Server:
        """A new record. Raises AlreadyExists."""
        for field in ("port", "thumbprint"):
            if given.get(field) is None:
                raise Invalid(field, "a value")
        server = self._changed(Server(values.host("server name", name), 0, ""), given)
        with self._database.write() as connection:
            if taken := self._find(connection, server.name):
                raise AlreadyExists(KINDS[self._role], taken["name"])
            self._keep(connection, server)
            self._log(connection, events.SERVER_CREATE, by, server.name, asdict(server))
        return server

    def update(self, name: str, changes: Mapping[str, object], by: Actor) -> None:
        """Change what is named, keep the rest."""
        with self._database.write() as connection:
            server = self._changed(_server(self._row(connection, name)), changes)
            self._keep(connection, server)
            self._log(connection, events.SERVER_UPDATE, by, server.name, asdict(server))

    def delete(self, name: str, by: Actor) -> None:
        """Forget a record. Raises WrongState for a host of instances."""
        with self._database.write() as connection:
            server = _server(self._row(connection, name))
            if self._role == HOST and (used := _instances(connection, server.name)):
                raise WrongState(f"The instance host {server.name!r} has {used} instances. Delete or move them first.")
            connection.execute("DELETE FROM server WHERE role = ? AND key = ?", (self._role, name_key(server.name)))
            self._log(connection, events.SERVER_DELETE, by, server.name, {})

    def _changed(self, server: Server, changes: Mapping[str, object]) -> Server:
        # Clients of the wrapper send null for what they do not set.
        given = {field: value for field, value in changes.items() if value is not None or field == "base_directory"}
        checked = {field: CHECKS[field](field.replace("_", " "), value) for field, value in given.items()}
        return replace(server, **checked)  # type: ignore[arg-type]  # each was checked

    def _keep(self, connection: sqlite3.Connection, server: Server) -> None:
        row = (self._role, name_key(server.name), server.name, server.port, server.thumbprint, server.base_directory)
        connection.execute("INSERT OR REPLACE INTO server VALUES (?, ?, ?, ?, ?, ?)", row)

    def _find(self, connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
        query = "SELECT * FROM server WHERE role = ? AND key = ?"
        row: sqlite3.Row | None = connection.execute(query, (self._role, name_key(name))).fetchone()
        return row

    def _row(self, connection: sqlite3.Connection, name: str) -> sqlite3.Row:
        row = self._find(connection, name)
        if row is None:
            raise NotFound(KINDS[self._role], name)
        return row

    def _log(
        self, connection: sqlite3.Connection, kind: events.Kind, by: Actor, name: str, details: Mapping[str, object]
    ) -> None:
        facts = {field: value for field, value in details.items() if field != "name"}
        self._audit.record_in(connection, kind, by, target=name, role=self._role, **facts)


def _server(row: sqlite3.Row) -> Server:
    return Server(row["name"], row["port"], row["thumbprint"], row["base_directory"])


def _instances(connection: sqlite3.Connection, host: str) -> int:
    rows = connection.execute("SELECT host FROM instance")
    return sum(name_key(row["host"]) == name_key(host) for row in rows)
