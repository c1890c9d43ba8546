"""Database `vmail`: domains, mailboxes, aliases, lists and admins; read by Postfix and Dovecot.

With SQLite it shares its file with the other databases: no two tables and no two indexes have one name.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Index, MetaData, String, Table, UniqueConstraint, text

from postroom.accounts.database.tables.columns import (
    CURRENT,
    MARIADB,
    NO_BIRTHDAY,
    Day,
    big,
    bookkeeping,
    flag,
    line,
    moment,
    number,
    optional_big,
    optional_words,
    serial,
    words,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "idx_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

SERVICE_FLAGS: Final = tuple(
    f"enable{service}"
    for service in (
        "smtp", "smtpsecured", "pop3", "pop3secured", "pop3tls", "imap", "imapsecured", "imaptls", "deliver", "lda",
        "managesieve", "managesievesecured", "sieve", "sievesecured", "sievetls", "internal", "doveadm", "lib-storage",
        "quota-status", "indexer-worker", "lmtp", "dsync", "sogo",
    )
)  # fmt: skip
"""Columns of `mailbox` that hold 0 or 1. Dovecot composes their names: `enable`, its service, `secured` or `tls`."""

SERVICE_LETTERS: Final = ("enablesogowebmail", "enablesogocalendar", "enablesogoactivesync")
"""Columns of `mailbox` that hold `y` or `n`."""


def _table(name: str, *items: Column[Any] | UniqueConstraint | Index) -> Table:
    return Table(name, METADATA, *items, **MARIADB)


def _indexes(table: str, *columns: str) -> tuple[Index, ...]:
    return tuple(Index(f"idx_{table}_{column.replace('-', '_')}", column) for column in columns)


domain = _table(
    "domain",
    line("domain", key=True),
    words("description"),
    words("disclaimer"),
    number("aliases"),
    number("mailboxes"),
    number("maillists"),
    big("maxquota"),
    big("quota"),
    line("transport", default="dovecot"),
    flag("backupmx", index=True),
    words("settings"),
    *bookkeeping(),
)

alias_domain = _table(
    "alias_domain",
    line("alias_domain", key=True),
    line("target_domain"),
    moment("created"),
    moment("modified"),
    flag("active", 1, index=True),
    *_indexes("alias_domain", "target_domain"),
)

mailbox = _table(
    "mailbox",
    line("username", key=True),
    line("password"),
    line("name"),
    line("language", 5),
    line("first_name"),
    line("last_name"),
    line("mobile"),
    line("telephone"),
    line("recovery_email"),
    Column("birthday", Day(), nullable=False, default=NO_BIRTHDAY, server_default=text(f"'{NO_BIRTHDAY}'")),
    line("mailboxformat", 50, "maildir"),
    line("mailboxfolder", 50, "Maildir"),
    line("storagebasedirectory"),
    line("storagenode"),
    line("maildir"),
    big("quota"),  # MB, 0 is unlimited
    line("domain"),
    line("transport"),
    line("department"),
    line("rank", default="normal"),
    line("employeeid"),
    flag("isadmin"),
    flag("isglobaladmin"),
    *(flag(name, 1) for name in SERVICE_FLAGS),
    *(Column(name, String(1), nullable=False, server_default=text("'y'")) for name in SERVICE_LETTERS),
    optional_words("allow_nets"),  # NULL when unrestricted: Dovecot lets nobody in with an empty text
    words("disclaimer"),
    words("settings"),
    moment("passwordlastchange"),
    *bookkeeping(),
    *_indexes(
        "mailbox", "domain", "department", "employeeid", "isadmin", "isglobaladmin", *SERVICE_FLAGS, *SERVICE_LETTERS,
        "passwordlastchange",
    ),
)  # fmt: skip

alias = _table(
    "alias",
    line("address", key=True),
    line("name"),
    line("accesspolicy", 30),
    line("domain"),
    *bookkeeping(),
    *_indexes("alias", "domain"),
)

forwardings = _table(
    "forwardings",
    serial(),
    line("address"),
    line("forwarding"),
    line("domain"),  # of the address
    line("dest_domain"),  # of the destination
    flag("is_maillist"),
    flag("is_list"),
    flag("is_forwarding"),
    flag("is_alias"),
    flag("active", 1),
    UniqueConstraint("address", "forwarding"),
    *_indexes(
        "forwardings", "forwarding", "domain", "dest_domain", "is_maillist", "is_list", "is_forwarding", "is_alias",
        "active",
    ),
)  # fmt: skip

moderators = _table(
    "moderators",
    serial(),
    line("address"),
    line("moderator"),
    line("domain"),
    line("dest_domain"),
    UniqueConstraint("address", "moderator"),
    *_indexes("moderators", "moderator", "domain", "dest_domain"),
)

maillists = _table(
    "maillists",
    serial(),
    line("address"),
    line("domain"),
    line("transport"),
    line("accesspolicy", 30),
    big("maxmsgsize"),
    line("name"),
    optional_words("description"),
    line("mlid", 36),
    flag("is_newsletter"),
    optional_words("settings"),
    *bookkeeping(),
    UniqueConstraint("address"),
    UniqueConstraint("mlid"),
    *_indexes("maillists", "domain", "is_newsletter"),
)

maillist_owners = _table(
    "maillist_owners",
    serial(),
    line("address"),
    line("owner"),
    line("domain"),
    line("dest_domain"),
    UniqueConstraint("address", "owner"),
    *_indexes("maillist_owners", "owner", "domain", "dest_domain"),
)

admin = _table(
    "admin",
    line("username", key=True),
    line("password"),
    line("name"),
    line("language", 5),
    moment("passwordlastchange"),
    words("settings"),
    *bookkeeping(),
    *_indexes("admin", "passwordlastchange"),
)

domain_admins = _table(
    "domain_admins",
    line("username", key=True),
    line("domain", key=True),  # `ALL` for a global admin
    *bookkeeping(),
    *_indexes("domain_admins", "domain"),
)


def _bcc_domain(name: str) -> Table:
    return _table(name, line("domain", key=True), line("bcc_address"), *bookkeeping(), *_indexes(name, "bcc_address"))


def _bcc_user(name: str) -> Table:
    columns = line("username", key=True), line("bcc_address"), line("domain")
    return _table(name, *columns, *bookkeeping(), *_indexes(name, "bcc_address", "domain"))


sender_bcc_domain = _bcc_domain("sender_bcc_domain")
recipient_bcc_domain = _bcc_domain("recipient_bcc_domain")
sender_bcc_user = _bcc_user("sender_bcc_user")
recipient_bcc_user = _bcc_user("recipient_bcc_user")

sender_relayhost = _table(
    "sender_relayhost",
    serial(),
    line("account"),  # an address or `@domain`
    line("relayhost"),
    UniqueConstraint("account"),
)


def kept_mailboxes(metadata: MetaData) -> tuple[Table, Table, Table, Table, Table]:
    """deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares: in `iredadmin` with LDAP, else here."""
    deleted = Table(
        "deleted_mailboxes",
        metadata,
        serial(),
        moment("timestamp", CURRENT),
        line("username"),
        line("domain"),
        line("maildir"),  # absolute
        big("bytes"),
        big("messages"),
        line("admin"),
        Column("delete_date", Day(), nullable=True),  # NULL: kept for ever
        *_indexes("deleted_mailboxes", "timestamp", "username", "domain", "admin", "delete_date"),
        **MARIADB,
    )
    quota = Table(
        "used_quota",
        metadata,
        line("username", key=True),
        big("bytes"),
        big("messages"),
        line("domain"),
        *_indexes("used_quota", "domain"),
        **MARIADB,
    )
    # Dovecot names both columns in ON CONFLICT, for which a key of both must be there.
    login = Table(
        "last_login",
        metadata,
        line("username", key=True),
        line("domain", key=True),
        *(optional_big(service) for service in ("imap", "pop3", "lda")),
        *_indexes("last_login", "domain", "imap", "pop3", "lda"),
        **MARIADB,
    )
    folder = Table(
        "share_folder",
        metadata,
        line("from_user", key=True),
        line("to_user", key=True),
        Column("dummy", String(1), nullable=True),
        *_indexes("share_folder", "to_user"),
        **MARIADB,
    )
    anyone = Table(
        "anyone_shares",
        metadata,
        line("from_user", key=True),
        Column("dummy", String(1), nullable=True, server_default=text("'1'")),
        **MARIADB,
    )
    return deleted, quota, login, folder, anyone


deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares = kept_mailboxes(METADATA)
