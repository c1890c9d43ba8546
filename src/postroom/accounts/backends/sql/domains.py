"""Domains: facts for rules, and changes of the row and of what belongs to it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from postroom.accounts.backends.sql import alias_domains, extras, forwardings, managers, settings_text
from postroom.accounts.backends.sql.rows import changed_columns, fitting, one, taken_means
from postroom.accounts.database.prepared import Prepared, Row
from postroom.accounts.database.statements import for_update
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import alias, domain, mailbox, maillists
from postroom.accounts.model import Counted, DomainChange, DomainFacts, Unset
from postroom.accounts.text_settings import Texts
from postroom.accounts.transports import backup_columns
from postroom.errors import NotFound

_COLUMNS: Final = {
    "name": domain.c.description,
    "active": domain.c.active,
    "quota_mb": domain.c.maxquota,
    "max_users": domain.c.mailboxes,
    "max_aliases": domain.c.aliases,
    "max_lists": domain.c.maillists,
    "transport": domain.c.transport,
}
"""Field of a change → its column."""

_name: Final = bindparam("name", type_=domain.c.domain.type)
_FOUND: Final = select(
    domain.c.domain,
    domain.c.active,
    domain.c.backupmx,
    domain.c.maxquota,
    domain.c.mailboxes,
    domain.c.aliases,
    domain.c.maillists,
    domain.c.settings,
).where(domain.c.domain == _name)
_ROW: Final = Prepared(_FOUND)
_LOCKED: Final = Prepared(for_update(_FOUND))
_UPDATE: Final = update(domain).where(domain.c.domain == _name)
_INSERT: Final = insert(domain)


def _count(column: Any) -> Prepared:
    # From the domain, so that no row means no domain.
    number = select(func.count()).where(column == domain.c.domain).correlate(domain).scalar_subquery()
    return Prepared(select(number.label("number")).where(domain.c.domain == _name))


_COUNTS: Final[dict[Counted, Prepared]] = {
    "users": _count(mailbox.c.domain),
    "aliases": _count(alias.c.domain),
    "lists": _count(maillists.c.domain),
}
_ALLOCATED: Final = Prepared(
    select(
        select(func.coalesce(func.sum(mailbox.c.quota), 0))
        .where(mailbox.c.domain == domain.c.domain, mailbox.c.username != bindparam("without"))
        .correlate(domain)
        .scalar_subquery()
        .label("number")
    ).where(domain.c.domain == _name)
)


def needed(connection: Connection, name: str, *, lock: bool = False) -> None:
    """Raises NotFound. `lock` as in `facts`."""
    _row(connection, name, lock=lock)


def facts(connection: Connection, name: str, *, lock: bool) -> DomainFacts:
    """What rules ask. `lock` holds the row of the domain until the end of the unit."""
    row = _row(connection, name, lock=lock)
    return DomainFacts(
        name=row.domain,
        active=bool(row.active),
        backup_mx=bool(row.backupmx),
        quota_mb=row.maxquota,
        max_users=row.mailboxes,
        max_aliases=row.aliases,
        max_lists=row.maillists,
        **_facts_in(row.settings),
    )


@lru_cache(maxsize=1024)
def _facts_in(text: str) -> dict[str, Any]:
    """The fields of DomainFacts that are in the text `settings`. Many domains have the same text."""
    settings = Texts.parse(text)
    return {
        "default_quota_mb": settings.get_int("default_user_quota"),
        "max_user_quota_mb": settings.get_int("max_user_quota"),
        "min_password": settings.get_int("min_passwd_length"),
        "max_password": settings.get_int("max_passwd_length"),
        "language": settings.get("default_language"),
        "disabled_domain_profiles": frozenset(settings.get_list("disabled_domain_profiles")),
        "disabled_user_profiles": frozenset(settings.get_list("disabled_user_profiles")),
        "disabled_mail_services": settings.get_list("disabled_mail_services"),
        "default_groups": settings.get_list("default_groups"),
    }


def count(connection: Connection, name: str, what: Counted) -> int:
    """How many of them the domain has. Raises NotFound."""
    return int(one(connection, _COUNTS[what], "domain", name).number)


def allocated_mb(connection: Connection, name: str, *, without: str) -> int:
    """The quotas of its users together, but for one. Raises NotFound."""
    row = _ALLOCATED.first(connection, {"name": name, "without": without})
    if row is None:
        raise NotFound("domain", name)
    return int(row.number)  # PostgreSQL and MariaDB sum up to a decimal


def services(connection: Connection, name: str) -> tuple[str, ...]:
    """What is switched on for the domain; SQL knows `self-service`."""
    return tuple(sorted(Texts.parse(_row(connection, name).settings).get_list("enabled_services")))


def create(
    connection: Connection, name: str, change: DomainChange, *, admin: str | None, created: datetime, transport: str
) -> None:
    """A new domain, `transport` where the change names none. Raises AlreadyExists, Invalid naming the field."""
    values = {
        "domain": fitting(domain.c.domain, name, "domain"),
        "transport": transport,
        **_changed(change, "", transport, backup=False),
        "created": created,
        "modified": created,
    }
    with taken_means("domain", name):
        connection.execute(_INSERT, values)
    _change_rest(connection, name, change)
    if admin is not None:
        managers.grant(connection, name, [admin])


def change(connection: Connection, name: str, change: DomainChange, *, transport: str) -> None:
    """`transport` is what a domain gets that stops to be a backup MX. Raises NotFound, Invalid naming the field."""
    row = _row(connection, name, lock=True)
    values = _changed(change, row.settings, transport, backup=bool(row.backupmx))
    connection.execute(_UPDATE, {"name": name, "modified": now(), **values})
    _change_rest(connection, name, change)


def _changed(change: DomainChange, settings: str, transport: str, *, backup: bool) -> dict[str, Any]:
    values = changed_columns(change, _COLUMNS)
    values |= settings_text.of_domain(settings, change)
    values |= backup_columns(change, backup=backup, usual=transport)
    if values.get("transport") == "":
        values["transport"] = transport  # Postfix would find an empty one, and deliver to nobody
    # That of the change was looked at already; what is longer now comes from the primary MX.
    fitting(domain.c.transport, values.get("transport", ""), "primary_mx")
    fitting(domain.c.settings, values.get("settings", ""), "settings")
    return values


def _change_rest(connection: Connection, name: str, change: DomainChange) -> None:
    extras.change_domain(connection, name, change)
    alias_domains.change(connection, name, change.alias_domains)
    if not isinstance(change.catchall, Unset):
        forwardings.set_catchall(connection, name, change.catchall)


def _row(connection: Connection, name: str, *, lock: bool = False) -> Row:
    return one(connection, _LOCKED if lock else _ROW, "domain", name)
