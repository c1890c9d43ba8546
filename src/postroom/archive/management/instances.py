"""The instances as records: what each is called, where it lies, how it starts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.identifiers import name_key
from postroom.archive.management import values
from postroom.archive.management.filters import fits
from postroom.archive.management.places import Places
from postroom.archive.management.servers import Servers
from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.sqlite import Database

CHECKS: Final[Mapping[str, Callable[[str, object], object]]] = {
    "alias": values.alias,
    "display_name": values.line,
    "host": values.host,
    "start_mode": values.start_mode,
    "directory": values.path,
    "debug_log": values.flag,
    "imap_log": values.flag,
    "snapshots": values.flag,
    "snapshots_without_indexes": values.flag,
    "most_messages": values.limit,
    "most_bytes": values.limit,
}


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """An instance as it is remembered; the switches from `debug_log` to `snapshots_without_indexes` are kept for who
    set them, `most_messages` and `most_bytes` are its quota."""

    name: str
    alias: str | None
    display_name: str | None
    host: str
    start_mode: str
    directory: Path
    debug_log: bool = False
    imap_log: bool = False
    snapshots: bool = False
    snapshots_without_indexes: bool = False
    most_messages: int | None = None
    most_bytes: int | None = None

    @property
    def key(self) -> str:
        return name_key(self.name)

    @property
    def quota(self) -> tuple[int | None, int | None]:
        return self.most_messages, self.most_bytes


class Instances:
    """Methods that change something take `by`. They raise NotFound, Invalid."""

    def __init__(self, database: Database, audit: Audit, hosts: Servers, places: Places) -> None:
        self._database, self._audit, self._hosts, self._places = database, audit, hosts, places

    def all(self) -> list[InstanceRow]:
        """By name."""
        with self._database.read() as connection:
            return self._all(connection)

    def matching(self, pattern: str | None) -> list[InstanceRow]:
        """Those whose name fits the filter."""
        wanted = fits(pattern)
        return [row for row in self.all() if wanted(row.name)]

    def get(self, name: str) -> InstanceRow:
        with self._database.read() as connection:
            return self._get(connection, name)

    def create(self, name: object, given: Mapping[str, object], by: Actor) -> InstanceRow:
        """Remember a new one; nothing is made on disk. Raises AlreadyExists."""
        name = values.instance_id("instance ID", name)
        with self._database.write() as connection:
            row = self._checked(connection, name, given)
            self._keep(connection, row)
            self._audit.record_in(connection, events.INSTANCE_CREATE, by, target=row.name, path=str(row.directory))
        return row

    def update(self, name: str, changes: Mapping[str, object], by: Actor) -> InstanceRow:
        """Change what is named, keep the rest. Raises AlreadyExists. Where it lies is not changed so."""
        with self._database.write() as connection:
            old = self._get(connection, name)
            checked = _checked_values({field: value for field, value in changes.items() if field != "directory"})
            row = replace(old, **checked)
            _check_names(connection, row, old.key)
            self._hosts.get(row.host)
            self._keep(connection, row)
            differing = {field.name: str(getattr(row, field.name)) for field in fields(row)
                         if getattr(row, field.name) != getattr(old, field.name)}  # fmt: skip
            self._audit.record_in(connection, events.INSTANCE_UPDATE, by, target=row.name, now=differing)
        return row

    def delete(self, name: str, by: Actor) -> None:
        """Forget an instance; its files stay."""
        with self._database.write() as connection:
            row = self._get(connection, name)
            connection.execute("DELETE FROM instance WHERE key = ?", (row.key,))
            self._audit.record_in(connection, events.INSTANCE_DELETE, by, target=row.name, path=str(row.directory))

    def place(self, name: str, given: str | None, host: str) -> Path:
        """The folder of an instance: the one given, else one of its name where its host keeps instances."""
        base = self._hosts.get(host).base_directory
        parent = self._places.checked("directory", base) if base else self._places.root
        return self._places.checked("directory", given or name, parent)

    def _checked(self, connection: sqlite3.Connection, name: str, given: Mapping[str, object]) -> InstanceRow:
        known = {"host": None, "start_mode": "automatic", **given}
        checked = _checked_values(known)
        checked["host"] = self._hosts.get(checked["host"]).name
        directory = self.place(name, checked.pop("directory", None), checked["host"])
        row = InstanceRow(name, **{"alias": None, "display_name": None, **checked, "directory": directory})
        _check_names(connection, row)
        others = [
            self._places.root / kept["directory"] for kept in connection.execute("SELECT directory FROM instance")
        ]
        self._places.for_instance("directory", directory, others)
        return row

    def _keep(self, connection: sqlite3.Connection, row: InstanceRow) -> None:
        columns = {field.name: getattr(row, field.name) for field in fields(row)}
        columns |= {"key": row.key, "alias_key": name_key(row.alias) if row.alias else None}
        columns["directory"] = self._short(row.directory)
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        statement = f"INSERT OR REPLACE INTO instance ({names}) VALUES ({marks})"  # noqa: S608
        connection.execute(statement, tuple(columns.values()))

    def _all(self, connection: sqlite3.Connection) -> list[InstanceRow]:
        return [self._row(row) for row in connection.execute("SELECT * FROM instance ORDER BY key")]

    def _get(self, connection: sqlite3.Connection, name: str) -> InstanceRow:
        row = connection.execute("SELECT * FROM instance WHERE key = ?", (name_key(name),)).fetchone()
        if row is None:
            raise NotFound("instance", name)
        return self._row(row)

    def _row(self, row: sqlite3.Row) -> InstanceRow:
        kept: dict[str, Any] = {field.name: row[field.name] for field in fields(InstanceRow)}
        for switch in ("debug_log", "imap_log", "snapshots", "snapshots_without_indexes"):
            kept[switch] = bool(kept[switch])
        return InstanceRow(**{**kept, "directory": self._places.root / row["directory"]})

    def _short(self, directory: Path) -> str:
        """Relative when inside the home, so that a home can be moved."""
        root = self._places.root
        return str(directory.relative_to(root) if directory.is_relative_to(root) else directory)


def _checked_values(given: Mapping[str, object]) -> dict[str, Any]:
    if unknown := sorted(given.keys() - CHECKS.keys()):
        raise Invalid(unknown[0], f"one of {', '.join(CHECKS)}")
    return {field: CHECKS[field](field.replace("_", " "), value) for field, value in given.items()}


def _check_names(connection: sqlite3.Connection, row: InstanceRow, but: str = "") -> None:
    """Neither name nor alias is the name or alias of an instance, `but` that of this key. Raises AlreadyExists."""
    query = "SELECT 1 FROM instance WHERE key != ? AND (key = ? OR alias_key = ?)"
    for wanted, kind in ((row.name, "instance"), (row.alias, "instance with the name or alias")):
        key = name_key(wanted or "")
        if wanted and connection.execute(query, (but, key, key)).fetchone():
            raise AlreadyExists(kind, wanted)
