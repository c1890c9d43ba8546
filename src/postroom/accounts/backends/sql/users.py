"""Users: the row of `mailbox`, and what is written with it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.sql import extras, forwardings, managers, services
from postroom.accounts.backends.sql.rows import changed_columns, fitting, one, taken_means
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.statements import for_update, insert_row
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import deleted_mailboxes, mailbox
from postroom.accounts.maildir import Place
from postroom.accounts.model import NewUser, Unset, UserChange

_COLUMNS: Final = {
    "name": mailbox.c.name,
    "given_name": mailbox.c.first_name,
    "surname": mailbox.c.last_name,
    "password_hash": mailbox.c.password,
    "quota_mb": mailbox.c.quota,
    "active": mailbox.c.active,
    "language": mailbox.c.language,
    "transport": mailbox.c.transport,
    "employee_id": mailbox.c.employeeid,
    "mailbox_format": mailbox.c.mailboxformat,
    "mailbox_folder": mailbox.c.mailboxfolder,
}
"""Field of a change → its column."""
_FOR_ALL: Final = {field: _COLUMNS[field] for field in ("password_hash", "active", "language", "transport")}

_name: Final = bindparam("name", type_=mailbox.c.username.type)
_LOCKED: Final = Prepared(for_update(select(mailbox.c.active).where(mailbox.c.username == _name)))
_EXISTS: Final = Prepared(select(mailbox.c.username).where(mailbox.c.username == _name))
_UPDATE: Final = update(mailbox).where(mailbox.c.username == bindparam("user"))
_UPDATE_ALL: Final = update(mailbox).where(mailbox.c.domain == bindparam("of"))


def has(connection: Connection, address: str) -> bool:
    """Whether there is such a user."""
    return bool(_EXISTS.rows(connection, {"name": address}))


def needed(connection: Connection, address: str) -> None:
    """Raises NotFound."""
    one(connection, _EXISTS, "user", address)


def create(connection: Connection, user: NewUser) -> None:
    """A new user, with the own row in `forwardings`. Raises AlreadyExists, Invalid naming the field."""
    with taken_means("user", user.address):
        insert_row(connection, mailbox, _new_row(user))
    forwardings.add_own(connection, user.address, active=user.active)
    if user.aliases:
        forwardings.add_further(connection, user.address, user.aliases, active=user.active)
    if user.groups:
        forwardings.join_groups(connection, user.address, user.groups, active=user.active)
    if not user.active:
        # Others may have named the address before anybody had it.
        forwardings.switch_user(connection, user.address, active=False)


def _new_row(user: NewUser) -> dict[str, Any]:
    fields = {field: column for field, column in _COLUMNS.items() if hasattr(user, field)}
    return {
        "username": fitting(mailbox.c.username, user.address, "address"),
        "domain": domain_of(user.address),
        **{column.name: fitting(column, getattr(user, field), field) for field, column in fields.items()},
        **_place_columns(user.place),
        **services.columns(user.services_on, user.services_off),
        "passwordlastchange": user.created,
        "created": user.created,
        "modified": user.created,
    }


def change(connection: Connection, address: str, change: UserChange) -> None:
    """Raises NotFound, Invalid naming the field."""
    was_active = bool(one(connection, _LOCKED, "user", address).active)
    values = _changed(change, _COLUMNS) | services.changed_columns(change.services)
    if not isinstance(change.place, Unset):
        values |= _place_columns(change.place)
    connection.execute(_UPDATE, {"user": address, **values})
    active = bool(values.get("active", was_active))
    if change.forwarding:
        forwardings.change_forwarding(connection, address, change.forwarding, active=active)
    if change.aliases:
        forwardings.change_further(connection, address, change.aliases, active=active)
    if not isinstance(change.active, Unset):
        forwardings.switch_user(connection, address, active=active)
    extras.change_user(connection, address, change)
    if not isinstance(change.global_admin, Unset):
        managers.set_global(connection, address, on=change.global_admin)


def change_all(connection: Connection, domain: str, change: UserChange) -> None:
    """Status, password, language and transport of all users of a domain."""
    values = _changed(change, _FOR_ALL)
    connection.execute(_UPDATE_ALL, {"of": domain, **values})
    if not isinstance(change.active, Unset):
        forwardings.switch_users(connection, domain, active=change.active)


def _changed(change: UserChange, columns: dict[str, Any]) -> dict[str, Any]:
    values = changed_columns(change, columns)
    values["modified"] = now()
    if "password" in values:
        values["passwordlastchange"] = values["modified"]
    return values


def _place_columns(place: Place) -> dict[str, str]:
    # `deleted_mailboxes` keeps the whole path in a column of the same width.
    fitting(deleted_mailboxes.c.maildir, place.path, "place")
    return {
        "storagebasedirectory": fitting(mailbox.c.storagebasedirectory, place.base, "place"),
        "storagenode": fitting(mailbox.c.storagenode, place.node, "place"),
        "maildir": fitting(mailbox.c.maildir, place.maildir, "place"),
    }
