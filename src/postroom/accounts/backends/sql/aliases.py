"""Alias accounts: the row of `alias`, and its members in `forwardings`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.sql import forwardings
from postroom.accounts.backends.sql.rows import changed_columns, fitting, one, taken_means
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.statements import for_update
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import alias
from postroom.accounts.model import AliasChange, Unset, given

_COLUMNS: Final = {"name": alias.c.name, "access_policy": alias.c.accesspolicy, "active": alias.c.active}
"""Field of a change → its column."""

_INSERT: Final = insert(alias)
_LOCKED: Final = Prepared(for_update(select(alias.c.active).where(alias.c.address == bindparam("name"))))
_UPDATE: Final = update(alias).where(alias.c.address == bindparam("of"))


def create(connection: Connection, address: str, change: AliasChange, created: datetime) -> None:
    """Raises AlreadyExists, Invalid naming the field."""
    values = {
        "address": fitting(alias.c.address, address, "address"),
        "domain": domain_of(address),
        **changed_columns(change, _COLUMNS),
        "created": created,
        "modified": created,
    }
    with taken_means("alias", address):
        connection.execute(_INSERT, values)
    forwardings.change_members(connection, address, change.members, active=given(change.active, True))


def change(connection: Connection, address: str, change: AliasChange) -> None:
    """Raises NotFound, Invalid naming the field."""
    was_active = bool(one(connection, _LOCKED, "alias", address).active)
    values = changed_columns(change, _COLUMNS)
    connection.execute(_UPDATE, {"of": address, "modified": now(), **values})
    active = given(change.active, was_active)
    if change.members:
        forwardings.change_members(connection, address, change.members, active=active)
    if not isinstance(change.active, Unset):
        forwardings.switch_alias(connection, address, active=active)
