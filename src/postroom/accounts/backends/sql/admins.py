"""Standalone admins: the row of `admin`, its settings, and the row `ALL` of a global one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from postroom.accounts.backends.sql import managers, settings_text
from postroom.accounts.backends.sql.rows import changed_columns, fitting, one, taken_means
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.statements import for_update
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import admin
from postroom.accounts.model import AdminChange, Unset

_COLUMNS: Final = {
    "name": admin.c.name,
    "password_hash": admin.c.password,
    "active": admin.c.active,
    "language": admin.c.language,
}
"""Field of a change → its column."""

_INSERT: Final = insert(admin)
_LOCKED: Final = Prepared(for_update(select(admin.c.settings).where(admin.c.username == bindparam("name"))))
_UPDATE: Final = update(admin).where(admin.c.username == bindparam("of"))
_DELETE: Final = delete(admin).where(admin.c.username == bindparam("of"))


def create(connection: Connection, address: str, change: AdminChange, created: datetime) -> None:
    """Raises AlreadyExists, Invalid naming the field."""
    moments = dict.fromkeys(("created", "modified", "passwordlastchange"), created)
    values = {"username": fitting(admin.c.username, address, "address"), **_changed(change, ""), **moments}
    with taken_means("admin", address):
        connection.execute(_INSERT, values)
    _set_global(connection, address, change)


def change(connection: Connection, address: str, change: AdminChange) -> None:
    """Raises NotFound, Invalid naming the field."""
    values = _changed(change, one(connection, _LOCKED, "admin", address).settings)
    if "password" in values:
        values["passwordlastchange"] = now()
    connection.execute(_UPDATE, {"of": address, "modified": now(), **values})
    _set_global(connection, address, change)


def remove(connection: Connection, address: str) -> None:
    """With all rights, and the marks of a user who has the same address."""
    if connection.execute(_DELETE, {"of": address}).rowcount:
        managers.forget(connection, address)


def _changed(change: AdminChange, settings: str) -> dict[str, Any]:
    values = changed_columns(change, _COLUMNS) | settings_text.of_admin(settings, change)
    fitting(admin.c.settings, values.get("settings", ""), "settings")
    return values


def _set_global(connection: Connection, address: str, change: AdminChange) -> None:
    if not isinstance(change.global_admin, Unset):
        managers.set_global(connection, address, on=change.global_admin)
