"""Database `vmail`: domains, mailboxes, aliases, lists and admins; read by Postfix and Dovecot.

With SQLite it shares its file with the other databases: no two tables and no two indexes have one name.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, MetaData, String, Table, UniqueConstraint, text

from postroom.accounts.database.tables.columns import (
    CURRENT,
    NAMES,
    NO_BIRTHDAY,
    Day,
    big,
    bookkeeping,
    flag,
    indexes,
    line,
    moment,
    number,
    optional_big,
    optional_words,
    serial,
    table,
    words,
)

METADATA: Final = MetaData(naming_convention=NAMES)

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


domain = table(
    METADATA,
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

alias_domain = table(
    METADATA,
    "alias_domain",
    line("alias_domain", key=True),
    line("target_domain"),
    moment("created"),
    moment("modified"),
    flag("active", 1, index=True),
    *indexes("alias_domain", "target_domain"),
)

mailbox = table(
    METADATA,
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
    *indexes(
        "mailbox", "domain", "department", "employeeid", "isadmin", "isglobaladmin", *SERVICE_FLAGS, *SERVICE_LETTERS,
        "passwordlastchange",
    ),
)  # fmt: skip

alias = table(
    METADATA,
    "alias",
    line("address", key=True),
    line("name"),
    line("accesspolicy", 30),
    line("domain"),
    *bookkeeping(),
    *indexes("alias", "domain"),
)

forwardings = table(
    METADATA,
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
    *indexes(
        "forwardings", "forwarding", "domain", "dest_domain", "is_maillist", "is_list", "is_forwarding", "is_alias",
        "active",
    ),
)  # fmt: skip

moderators = table(
    METADATA,
    "moderators",
    serial(),
    line("address"),
    line("moderator"),
    line("domain"),
    line("dest_domain"),
    UniqueConstraint("address", "moderator"),
    *indexes("moderators", "moderator", "domain", "dest_domain"),
)

maillists = table(
    METADATA,
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
    *indexes("maillists", "domain", "is_newsletter"),
)

maillist_owners = table(
    METADATA,
    "maillist_owners",
    serial(),
    line("address"),
    line("owner"),
    line("domain"),
    line("dest_domain"),
    UniqueConstraint("address", "owner"),
    *indexes("maillist_owners", "owner", "domain", "dest_domain"),
)

admin = table(
    METADATA,
    "admin",
    line("username", key=True),
    line("password"),
    line("name"),
    line("language", 5),
    moment("passwordlastchange"),
    words("settings"),
    *bookkeeping(),
    *indexes("admin", "passwordlastchange"),
)

domain_admins = table(
    METADATA,
    "domain_admins",
    line("username", key=True),
    line("domain", key=True),  # `ALL` for a global admin
    *bookkeeping(),
    *indexes("domain_admins", "domain"),
)


def _bcc_domain(name: str) -> Table:
    return table(
        METADATA, name, line("domain", key=True), line("bcc_address"), *bookkeeping(), *indexes(name, "bcc_address")
    )


def _bcc_user(name: str) -> Table:
    columns = line("username", key=True), line("bcc_address"), line("domain")
    return table(METADATA, name, *columns, *bookkeeping(), *indexes(name, "bcc_address", "domain"))


sender_bcc_domain = _bcc_domain("sender_bcc_domain")
recipient_bcc_domain = _bcc_domain("recipient_bcc_domain")
sender_bcc_user = _bcc_user("sender_bcc_user")
recipient_bcc_user = _bcc_user("recipient_bcc_user")

sender_relayhost = table(
    METADATA,
    "sender_relayhost",
    serial(),
    line("account"),  # an address or `@domain`
    line("relayhost"),
    UniqueConstraint("account"),
)


def kept_mailboxes(metadata: MetaData) -> tuple[Table, Table, Table, Table, Table]:
    """deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares: in `iredadmin` with LDAP, else here."""
    deleted = table(
        metadata,
        "deleted_mailboxes",
        serial(),
        moment("timestamp", CURRENT),
        line("username"),
        line("domain"),
        line("maildir"),  # absolute
        big("bytes"),
        big("messages"),
        line("admin"),
        Column("delete_date", Day(), nullable=True),  # NULL: kept for ever
        *indexes("deleted_mailboxes", "timestamp", "username", "domain", "admin", "delete_date"),
    )
    quota = table(
        metadata,
        "used_quota",
        line("username", key=True),
        big("bytes"),
        big("messages"),
        line("domain"),
        *indexes("used_quota", "domain"),
    )
    # Dovecot names both columns in ON CONFLICT, for which a key of both must be there.
    login = table(
        metadata,
        "last_login",
        line("username", key=True),
        line("domain", key=True),
        *(optional_big(service) for service in ("imap", "pop3", "lda")),
        *indexes("last_login", "domain", "imap", "pop3", "lda"),
    )
    folder = table(
        metadata,
        "share_folder",
        line("from_user", key=True),
        line("to_user", key=True),
        Column("dummy", String(1), nullable=True),
        *indexes("share_folder", "to_user"),
    )
    anyone = table(
        metadata,
        "anyone_shares",
        line("from_user", key=True),
        Column("dummy", String(1), nullable=True, server_default=text("'1'")),
    )
    return deleted, quota, login, folder, anyone


deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares = kept_mailboxes(METADATA)
