"""Database `iredadmin`: the admins' log, stored settings, ownership of domains; no mail server reads it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CHAR, Column, MetaData, UniqueConstraint

from postroom.accounts.database.tables import vmail
from postroom.accounts.database.tables.columns import (
    CURRENT,
    NAMES,
    big,
    flag,
    indexes,
    line,
    moment,
    optional_moment,
    serial,
    table,
    words,
)

METADATA: Final = MetaData(naming_convention=NAMES)

LDAP_ONLY: Final = MetaData(naming_convention=NAMES)
"""Tables that are in `vmail` with an SQL back end; with LDAP there is no `vmail`, and they are here."""

deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares = vmail.kept_mailboxes(LDAP_ONLY)


sessions = table(
    METADATA,
    "sessions",
    Column("session_id", CHAR(128), primary_key=True),
    moment("atime", CURRENT),
    words("data"),
)

log = table(
    METADATA,
    "log",
    serial(),
    moment("timestamp", CURRENT, index=True),
    line("admin"),
    line("ip", 40),
    line("domain"),
    line("username"),
    line("event", 20),
    line("loglevel", 10, "info"),
    words("msg"),
    *indexes("log", "admin", "ip", "domain", "username", "event", "loglevel"),
)

settings = table(
    METADATA,
    "settings",
    serial(),
    line("account", default="global"),  # or a domain, or an address
    line("k"),
    words("v"),  # JSON: an object with the single key `value`
    UniqueConstraint("account", "k"),
)

tracking = table(
    METADATA,
    "tracking",
    serial(),
    line("k", 50),
    words("v"),
    moment("time", CURRENT),
    UniqueConstraint("k"),
)

updatelog = table(
    METADATA,
    "updatelog",
    serial(),
    moment("date", CURRENT),
)

domain_ownership = table(
    METADATA,
    "domain_ownership",
    serial(),
    line("admin"),
    line("domain"),
    line("alias_domain"),
    line("verify_code", 100),
    flag("verified", index=True),
    words("message"),
    optional_moment("last_verify"),
    big("expire"),  # seconds since 1970
    UniqueConstraint("admin", "domain", "alias_domain"),
    *indexes("domain_ownership", "domain", "alias_domain", "expire"),
)

newsletter_subunsub_confirms = table(
    METADATA,
    "newsletter_subunsub_confirms",
    serial(),
    line("mail"),
    line("mlid"),
    line("subscriber"),
    line("kind", 20),  # `subscribe`, `unsubscribe`
    line("token"),
    big("expired"),  # seconds since 1970
    UniqueConstraint("mlid", "subscriber", "kind"),
    *indexes("newsletter_subunsub_confirms", "mail", "token", "expired"),
)
