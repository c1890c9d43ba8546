"""What domains and users have one of beside their row: BCC addresses and the relay of outgoing mail."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete

from postroom.accounts.backends.sql.rows import fitting, with_domain
from postroom.accounts.database.statements import insert_or_update
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import (
    recipient_bcc_domain,
    recipient_bcc_user,
    sender_bcc_domain,
    sender_bcc_user,
    sender_relayhost,
)
from postroom.accounts.model import DomainChange, Unset, UserChange

DOMAIN_BCC: Final = {"sender_bcc": sender_bcc_domain, "recipient_bcc": recipient_bcc_domain}
USER_BCC: Final = {"sender_bcc": sender_bcc_user, "recipient_bcc": recipient_bcc_user}
"""Field of a change → its table."""

_DELETE: Final = {
    table: delete(table).where(next(iter(table.primary_key)) == bindparam("key"))
    for table in (*DOMAIN_BCC.values(), *USER_BCC.values())
}
_DELETE_RELAY: Final = delete(sender_relayhost).where(sender_relayhost.c.account == bindparam("key"))


def change_domain(connection: Connection, name: str, change: DomainChange) -> None:
    """BCC and relay as far as they are given; an empty text removes."""
    for field, table in DOMAIN_BCC.items():
        _set_bcc(connection, table, {"domain": name}, field, getattr(change, field))
    if not isinstance(change.relay, Unset):
        _set_relay(connection, f"@{name}", change.relay)


def change_user(connection: Connection, address: str, change: UserChange) -> None:
    """BCC as far as it is given; an empty text removes."""
    for field, table in USER_BCC.items():
        _set_bcc(connection, table, with_domain(address, "username", "domain"), field, getattr(change, field))


def _set_bcc(connection: Connection, table: Table, row: dict[str, Any], field: str, to: str | Unset) -> None:
    if isinstance(to, Unset):
        return
    (key,) = (column.name for column in table.primary_key)
    if not to:
        connection.execute(_DELETE[table], {"key": row[key]})
        return
    to = fitting(table.c.bcc_address, to, field)
    insert_or_update(connection, table, {**row, "bcc_address": to, "active": 1, "modified": now()}, (key,))


def _set_relay(connection: Connection, account: str, to: str) -> None:
    if not to:
        connection.execute(_DELETE_RELAY, {"key": account})
        return
    row = {"account": account, "relayhost": fitting(sender_relayhost.c.relayhost, to, "relay")}
    insert_or_update(connection, sender_relayhost, row, ("account",))
