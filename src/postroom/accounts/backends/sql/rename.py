"""A new address for a user or an alias, in every row where the old one stands. The maildir stays where it is.

Source: change_email in the schema reference; `anyone_shares` and `moderators.address` are ours.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Connection, Delete, Table, Update, bindparam, delete, select, update

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.sql import forwardings as forwarding_rows
from postroom.accounts.backends.sql import who
from postroom.accounts.backends.sql.rows import fitting, taken_means
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import (
    alias,
    anyone_shares,
    domain_admins,
    forwardings,
    last_login,
    mailbox,
    maillist_owners,
    moderators,
    recipient_bcc_domain,
    recipient_bcc_user,
    sender_bcc_domain,
    sender_bcc_user,
    sender_relayhost,
    share_folder,
    used_quota,
)
from postroom.errors import AlreadyExists, NotFound

_old: Final = bindparam("old", type_=mailbox.c.username.type)
_new: Final = bindparam("new", type_=mailbox.c.username.type)
_new_domain: Final = bindparam("new_domain", type_=mailbox.c.domain.type)


class Spot(NamedTuple):
    """A column with addresses, the column with their domain, and the other half of the key."""

    column: Column[Any]
    domain: Column[Any] | None = None
    beside: Column[Any] | None = None


_ACCOUNTS: Final = {"user": Spot(mailbox.c.username, mailbox.c.domain), "alias": Spot(alias.c.address, alias.c.domain)}

# Rows that belong to the address. Rows under the new one belong to nobody and are in the way.
_OWN: Final = (
    Spot(forwardings.c.address, forwardings.c.domain),
    Spot(domain_admins.c.username),
    Spot(sender_bcc_user.c.username, sender_bcc_user.c.domain),
    Spot(recipient_bcc_user.c.username, recipient_bcc_user.c.domain),
    Spot(moderators.c.address, moderators.c.domain),
    Spot(used_quota.c.username, used_quota.c.domain),
    Spot(last_login.c.username, last_login.c.domain),
    Spot(share_folder.c.from_user),
    Spot(anyone_shares.c.from_user),
    Spot(sender_relayhost.c.account),
)

# Rows of others that point to the address; who pointed to both points to the new one once.
_POINTERS: Final = (
    Spot(forwardings.c.forwarding, forwardings.c.dest_domain, forwardings.c.address),
    Spot(moderators.c.moderator, moderators.c.dest_domain, moderators.c.address),
    Spot(maillist_owners.c.owner, maillist_owners.c.dest_domain, maillist_owners.c.address),
    Spot(share_folder.c.to_user, None, share_folder.c.from_user),
    *(
        Spot(table.c.bcc_address)
        for table in (sender_bcc_domain, recipient_bcc_domain, sender_bcc_user, recipient_bcc_user)
    ),
)


def _rename(spot: Spot) -> Update:
    values: dict[Any, Any] = {spot.column: _new}
    if spot.domain is not None:
        values[spot.domain] = _new_domain
    return update(_table(spot)).where(spot.column == _old).values(values)


def _clear(spot: Spot) -> Delete:
    return delete(_table(spot)).where(spot.column == _new)


def _merge(spot: Spot) -> Delete:
    assert spot.beside is not None
    # Through a table of its own: MySQL refuses to read in a sub-query what it deletes from.
    both = select(spot.beside).where(spot.column == _new).subquery()
    return delete(_table(spot)).where(spot.column == _old, spot.beside.in_(select(both)))


def _table(spot: Spot) -> Table:
    return spot.column.table


_ACCOUNT_UPDATES: Final = {
    kind: _rename(spot).values(modified=bindparam("modified")) for kind, spot in _ACCOUNTS.items()
}
_STATEMENTS: Final[tuple[Update | Delete, ...]] = (
    *(statement for spot in _OWN for statement in (_clear(spot), _rename(spot))),
    *(_merge(spot) for spot in _POINTERS if spot.beside is not None),
    *(_rename(spot) for spot in _POINTERS),
)


def rename(connection: Connection, kind: str, address: str, new: str) -> None:
    """Raises NotFound; AlreadyExists when anybody has the new address; Invalid."""
    if new == address:
        return
    values = {"old": address, "new": fitting(mailbox.c.username, new, "address"), "new_domain": domain_of(new)}
    if who.taken(connection, new):
        raise AlreadyExists(kind, new)
    with taken_means(kind, new):
        renamed = connection.execute(_ACCOUNT_UPDATES[kind], {**values, "modified": now()})
    if not renamed.rowcount:
        raise NotFound(kind, address)
    for statement in _STATEMENTS:
        connection.execute(statement, values)
    forwarding_rows.switch_off_disabled(connection, new)
