"""Profiles: an account as answers show it. All columns in the order of the table, then what belongs to it.

The same on all engines: numbers are numbers, times are texts, lists are sorted. A profile takes a few statements by
key, however large the database is. Passwords are in it; the face hides them.

Source: shape of `_data` in the API reference; the names marked there as undocumented are its choices.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, RowMapping, ScalarSelect, Select, Table, and_, bindparam, func, or_, select

from postroom.accounts.backends.sql import alias_domains, domains, forwardings, managers
from postroom.accounts.backends.sql.extras import DOMAIN_BCC, USER_BCC
from postroom.accounts.backends.sql.rows import texts
from postroom.accounts.database.tables.vmail import (
    admin,
    alias,
    domain,
    last_login,
    mailbox,
    moderators,
    sender_relayhost,
    used_quota,
)
from postroom.accounts.database.tables.vmail import forwardings as forwarding_rows
from postroom.accounts.model import Profile
from postroom.accounts.text_settings import Texts
from postroom.errors import NotFound

_name: Final = bindparam("name", type_=mailbox.c.username.type)


def _beside(column: Column[Any], key: Column[Any], of: Column[Any]) -> ScalarSelect[Any]:
    """A value from the row of another table that has the same key."""
    return select(column).where(key == of).correlate(of.table).scalar_subquery()


def _bcc(tables: dict[str, Table], of: Column[Any]) -> list[Any]:
    return [
        func.coalesce(_beside(table.c.bcc_address, table.c[of.name], of), "").label(field)
        for field, table in tables.items()
    ]


_relay: Final = (
    select(sender_relayhost.c.relayhost).where(sender_relayhost.c.account == bindparam("relay_of")).scalar_subquery()
)
_DOMAIN: Final = select(
    domain, *_bcc(DOMAIN_BCC, domain.c.domain), func.coalesce(_relay, "").label("outbound_relay")
).where(domain.c.domain == _name)

_logins: Final = {
    service: select(func.max(last_login.c[service]))
    .where(last_login.c.username == mailbox.c.username)
    .correlate(mailbox)
    .scalar_subquery()
    .label(f"login_{service}")
    for service in ("imap", "pop3")
}
_USER: Final = select(
    mailbox,
    *(
        func.coalesce(_beside(used_quota.c[kind], used_quota.c.username, mailbox.c.username), 0).label(f"stored_{kind}")
        for kind in ("bytes", "messages")
    ),
    *_bcc(USER_BCC, mailbox.c.username),
    *_logins.values(),
).where(mailbox.c.username == _name)

_ALIAS: Final = select(alias).where(alias.c.address == _name)
_MODERATORS: Final = select(moderators.c.moderator).where(moderators.c.address == _name)
_ADMIN: Final = select(admin).where(admin.c.username == _name)

# All rows that a user's profile shows, at once: those of the user, and those that lead to the user.
_LINKS: Final = select(
    forwarding_rows.c.address,
    forwarding_rows.c.forwarding,
    forwarding_rows.c.is_forwarding,
    forwarding_rows.c.is_alias,
    forwarding_rows.c.is_list,
).where(
    or_(
        and_(forwarding_rows.c.address == _name, forwarding_rows.c.is_forwarding == 1),
        and_(
            forwarding_rows.c.forwarding == _name, or_(forwarding_rows.c.is_alias == 1, forwarding_rows.c.is_list == 1)
        ),
    )
)


def of_domain(connection: Connection, name: str) -> Profile:
    """Raises NotFound."""
    row = _row(connection, _DOMAIN.params(relay_of=f"@{name}"), "domain", name)
    return {
        **_columns(row, domain),
        "num_existing_users": domains.count(connection, name, "users"),
        "num_existing_aliases": domains.count(connection, name, "aliases"),
        "num_existing_maillists": domains.count(connection, name, "lists"),
        "catchall": list(forwardings.destinations(connection, name, "catchall")),
        "allocated_quota": domains.allocated_mb(connection, name, without=""),
        "alias_domains": list(alias_domains.of_domain(connection, name)),
        "admins": list(managers.of_domain(connection, name)),
        "sender_bcc": row["sender_bcc"],
        "recipient_bcc": row["recipient_bcc"],
        "outbound_relay": row["outbound_relay"],
        "account_settings": Texts.parse(row["settings"]).decoded(),
    }


def of_user(connection: Connection, address: str) -> Profile:
    """Raises NotFound."""
    row = _row(connection, _USER, "user", address)
    links = connection.execute(_LINKS, {"name": address}).all()
    return {
        **_columns(row, mailbox),
        "stored_bytes": int(row["stored_bytes"]),
        "stored_messages": int(row["stored_messages"]),
        "forwardings": sorted(link.forwarding for link in links if link.is_forwarding and link.address == address),
        "managed_domains": list(managers.managed(connection, address)),
        "mailing_aliases": sorted(link.address for link in links if link.is_list),
        # Subscribers of lists are in the spool of mlmmj, not in tables.
        "mailing_lists": [],
        "last_login": _last_login(row["login_imap"], row["login_pop3"]),
        "aliases": sorted(link.address for link in links if link.is_alias),
        "sender_bcc": row["sender_bcc"],
        "recipient_bcc": row["recipient_bcc"],
        "account_settings": Texts.parse(row["settings"]).decoded(),
    }


def of_alias(connection: Connection, address: str) -> Profile:
    """Raises NotFound."""
    row = _row(connection, _ALIAS, "alias", address)
    return {
        **_columns(row, alias),
        "members": list(forwardings.destinations(connection, address, "is_list")),
        "moderators": list(texts(connection, _MODERATORS, name=address)),
    }


def of_admin(connection: Connection, address: str) -> Profile:
    """`managed_domains` is `ALL` for a global admin, as in the table. Raises NotFound."""
    row = _row(connection, _ADMIN, "admin", address)
    return {
        **_columns(row, admin),
        "managed_domains": list(managers.managed(connection, address)),
        "account_settings": Texts.parse(row["settings"]).decoded(),
    }


def _row(connection: Connection, statement: Select[*tuple[Any, ...]], kind: str, name: str) -> RowMapping:
    row = connection.execute(statement, {"name": name}).first()
    if row is None:
        raise NotFound(kind, name)
    return row._mapping


def _columns(row: RowMapping, table: Table) -> Profile:
    return {column.name: row[column] for column in table.columns}


def _last_login(*seconds: int | None) -> str:
    """The last time mail was read, empty for never; deliveries do not count."""
    last = max((second for second in seconds if second), default=None)
    return "" if last is None else datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%d %H:%M:%S")
