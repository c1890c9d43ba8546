"""Database `iredadmin`: the admins' log, stored settings, ownership of domains; no mail server reads it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import CHAR, Column, Index, MetaData, Table, UniqueConstraint

from postroom.accounts.database.tables import vmail
from postroom.accounts.database.tables.columns import (
    CURRENT,
    MARIADB,
    big,
    flag,
    line,
    moment,
    optional_moment,
    serial,
    words,
)

METADATA: Final = MetaData(naming_convention=vmail.METADATA.naming_convention)

LDAP_ONLY: Final = MetaData(naming_convention=vmail.METADATA.naming_convention)
"""Tables that are in `vmail` with an SQL back end; with LDAP there is no `vmail`, and they are here."""

deleted_mailboxes, used_quota, last_login, share_folder, anyone_shares = vmail.kept_mailboxes(LDAP_ONLY)


def _table(name: str, *items: Column[Any] | UniqueConstraint | Index) -> Table:
    return Table(name, METADATA, *items, **MARIADB)


sessions = _table(
    "sessions",
    Column("session_id", CHAR(128), primary_key=True),
    moment("atime", CURRENT),
    words("data"),
)

log = _table(
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
    *(Index(f"idx_log_{column}", column) for column in ("admin", "ip", "domain", "username", "event", "loglevel")),
)

settings = _table(
    "settings",
    serial(),
    line("account", default="global"),  # or a domain, or an address
    line("k"),
    words("v"),  # JSON: an object with the single key `value`
    UniqueConstraint("account", "k"),
)

tracking = _table(
    "tracking",
    serial(),
    line("k", 50),
    words("v"),
    moment("time", CURRENT),
    UniqueConstraint("k"),
)

updatelog = _table(
    "updatelog",
    serial(),
    moment("date", CURRENT),
)

domain_ownership = _table(
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
    *(Index(f"idx_domain_ownership_{column}", column) for column in ("domain", "alias_domain", "expire")),
)

newsletter_subunsub_confirms = _table(
    "newsletter_subunsub_confirms",
    serial(),
    line("mail"),
    line("mlid"),
    line("subscriber"),
    line("kind", 20),  # `subscribe`, `unsubscribe`
    line("token"),
    big("expired"),  # seconds since 1970
    UniqueConstraint("mlid", "subscriber", "kind"),
    *(Index(f"idx_newsletter_subunsub_confirms_{column}", column) for column in ("mail", "token", "expired")),
)
