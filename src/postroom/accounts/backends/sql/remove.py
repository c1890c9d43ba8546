"""Deleting a user, an alias, or a whole domain: every row that is of them or names them.

A user who forwarded only to what is deleted gets the own mailbox back. The files of mailboxes stay; a row of
`deleted_mailboxes` says where they are and until when they are kept.

Source: DELETE user, alias and domain in the schema reference, with its list of what should also be cleared. Throttles,
greylisting, white- and blacklists and spam policies are in other databases and not cleared here.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Delete, Insert, bindparam, delete, func, insert, or_, select

from postroom.accounts.backends.sql import forwardings as forwarding_rows
from postroom.accounts.backends.sql import managers
from postroom.accounts.backends.sql.rows import literal
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import (
    alias,
    alias_domain,
    anyone_shares,
    deleted_mailboxes,
    domain,
    domain_admins,
    forwardings,
    last_login,
    mailbox,
    maillist_owners,
    maillists,
    moderators,
    recipient_bcc_domain,
    recipient_bcc_user,
    sender_bcc_domain,
    sender_bcc_user,
    sender_relayhost,
    share_folder,
    used_quota,
)
from postroom.accounts.model import Kept

_of: Final = bindparam("of", type_=mailbox.c.username.type)
_suffix: Final = bindparam("suffix", type_=mailbox.c.username.type)
_users: Final = select(mailbox.c.username).where(mailbox.c.domain == _of)
_POINTING: Final = {"address": forwardings.c.forwarding == _of, "domain": forwardings.c.dest_domain == _of}
_BCC: Final = (sender_bcc_domain, recipient_bcc_domain, sender_bcc_user, recipient_bcc_user)


def _where(*columns: Column[Any]) -> Delete:
    return delete(columns[0].table).where(or_(*(column == _of for column in columns)))


def _within(*columns: Column[Any]) -> Delete:
    """Rows with an address of the domain."""
    return delete(columns[0].table).where(or_(*(column.like(_suffix, escape="/") for column in columns)))


_NAMES_OF_USER: Final = (
    _where(domain_admins.c.username),
    _where(recipient_bcc_user.c.username),
    _where(sender_bcc_user.c.username),
    _where(used_quota.c.username),
    _where(last_login.c.username),
    _where(maillist_owners.c.owner),
    _where(sender_relayhost.c.account),
    _where(share_folder.c.from_user, share_folder.c.to_user),
    _where(anyone_shares.c.from_user),
)
_POINTERS: Final = (
    *(_where(table.c.bcc_address) for table in _BCC),
    _where(forwardings.c.address, forwardings.c.forwarding),
    _where(moderators.c.moderator, moderators.c.address),
)
_USER: Final = (_where(mailbox.c.username), *_NAMES_OF_USER, *_POINTERS)
_ALIAS: Final = (_where(alias.c.address), *_POINTERS)
_DOMAIN: Final = (
    delete(domain_admins).where(domain_admins.c.username.in_(_users)),
    delete(used_quota).where(or_(used_quota.c.domain == _of, used_quota.c.username.in_(_users))),
    delete(last_login).where(or_(last_login.c.domain == _of, last_login.c.username.in_(_users))),
    _where(mailbox.c.domain),
    _where(alias.c.domain),
    _where(maillists.c.domain),
    _where(maillist_owners.c.domain, maillist_owners.c.dest_domain),
    _where(moderators.c.domain, moderators.c.dest_domain),
    _where(forwardings.c.domain, forwardings.c.dest_domain),
    _where(recipient_bcc_user.c.domain),
    _where(sender_bcc_user.c.domain),
    _where(recipient_bcc_domain.c.domain),
    _where(sender_bcc_domain.c.domain),
    *(_within(table.c.bcc_address) for table in _BCC),
    _within(sender_relayhost.c.account),
    _within(share_folder.c.from_user, share_folder.c.to_user),
    _within(anyone_shares.c.from_user),
    _where(alias_domain.c.alias_domain, alias_domain.c.target_domain),
    _where(domain.c.domain),
)


def _keep(of: ColumnElement[bool]) -> Insert:
    # Dovecot's home is the path in lower case.
    path = func.lower(
        mailbox.c.storagebasedirectory + "/" + mailbox.c.storagenode + "/" + mailbox.c.maildir,
        type_=mailbox.c.maildir.type,
    )
    rows = select(
        bindparam("kept_at", type_=deleted_mailboxes.c.timestamp.type),
        mailbox.c.username,
        mailbox.c.domain,
        path,
        func.coalesce(used_quota.c.bytes, 0),
        func.coalesce(used_quota.c.messages, 0),
        bindparam("kept_by", type_=deleted_mailboxes.c.admin.type),
        bindparam("kept_until", type_=deleted_mailboxes.c.delete_date.type),
    ).select_from(mailbox.outerjoin(used_quota, used_quota.c.username == mailbox.c.username))
    names = ["timestamp", "username", "domain", "maildir", "bytes", "messages", "admin", "delete_date"]
    return insert(deleted_mailboxes).from_select(names, rows.where(of))


_KEEP: Final = {"user": _keep(mailbox.c.username == _of), "domain": _keep(mailbox.c.domain == _of)}


def remove_user(connection: Connection, address: str, kept: Kept) -> None:
    """Does nothing when there is none."""
    if not connection.execute(_KEEP["user"], _kept(address, kept)).rowcount:
        return
    _remove(connection, _USER, "address", address)


def remove_alias(connection: Connection, address: str) -> None:
    """Does nothing when there is none."""
    row = select(alias.c.address).where(alias.c.address == _of)
    if connection.execute(row, {"of": address}).first() is not None:
        _remove(connection, _ALIAS, "address", address)


def remove_domain(connection: Connection, name: str, kept: Kept) -> None:
    """With all accounts in it and everything that points into it."""
    connection.execute(_KEEP["domain"], _kept(name, kept))
    managers.revoke_from_all(connection, name)
    _remove(connection, _DOMAIN, "domain", name)


def _remove(connection: Connection, statements: tuple[Delete, ...], what: str, name: str) -> None:
    pointing = forwarding_rows.users_forwarding(connection, _POINTING[what], of=name)
    for statement in statements:
        connection.execute(statement, {"of": name, "suffix": literal(f"@{name}", behind="")})
    forwarding_rows.own_again(connection, pointing)


def _kept(name: str, kept: Kept) -> dict[str, object]:
    return {"of": name, "kept_at": now(), "kept_by": kept.admin, "kept_until": kept.until}
