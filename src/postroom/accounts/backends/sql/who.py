"""Who somebody is, and whether a name is ours or taken. `standing` runs with each request: two lookups by key."""

from __future__ import annotations

from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, exists, literal, or_, select, union_all

from postroom.accounts.backends.sql.rows import one
from postroom.accounts.creators import creator_limits
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.tables.columns import Flag
from postroom.accounts.database.tables.vmail import (
    admin,
    alias,
    alias_domain,
    domain,
    domain_admins,
    forwardings,
    mailbox,
    maillists,
)
from postroom.accounts.model import Standing
from postroom.accounts.text_settings import Texts

GLOBAL: Final = "ALL"
"""The domain of a global admin's row in `domain_admins`."""

_name: Final = bindparam("name", type_=admin.c.username.type)

# A user is active only where the domain is: Dovecot lets nobody of a disabled domain in.
_STANDING: Final = union_all(
    select(
        literal("admin").label("kind"),
        admin.c.active,
        literal(1, Flag()).label("isadmin"),
        literal(1, Flag()).label("isglobaladmin"),
        admin.c.language,
        admin.c.settings,
    ).where(admin.c.username == _name),
    select(
        literal("user"),
        mailbox.c.active * domain.c.active,
        mailbox.c.isadmin,
        mailbox.c.isglobaladmin,
        mailbox.c.language,
        mailbox.c.settings,
    )
    .join(domain, domain.c.domain == mailbox.c.domain)
    .where(mailbox.c.username == _name),
)
_MANAGED: Final = select(domain_admins.c.domain).where(domain_admins.c.username == _name, domain_admins.c.active == 1)

_HASHES: Final = {
    "admin": Prepared(select(admin.c.password).where(admin.c.username == _name)),
    "user": Prepared(select(mailbox.c.password).where(mailbox.c.username == _name)),
}

_HOSTED: Final = Prepared(
    select(
        or_(
            exists().where(domain.c.domain == _name),
            exists().where(alias_domain.c.alias_domain == _name),
        )
    )
)
_TARGET: Final = Prepared(select(alias_domain.c.target_domain).where(alias_domain.c.alias_domain == _name))
_TAKEN: Final = Prepared(
    select(
        or_(
            exists().where(mailbox.c.username == _name),
            exists().where(alias.c.address == _name),
            exists().where(forwardings.c.address == _name),
            exists().where(maillists.c.address == _name),
            exists().where(admin.c.username == _name),
        )
    )
)


def standing(connection: Connection, address: str) -> Standing | None:
    """An admin (asked first) or a user.

    A user manages what `domain_admins` says only with the mark of an admin in the own row, and is a global admin only
    with that mark and the row `ALL`: a row that was left behind makes nobody an admin.
    """
    row = min(connection.execute(_STANDING, {"name": address}), key=lambda found: found.kind, default=None)
    if row is None:
        return None
    managed = frozenset(connection.execute(_MANAGED, {"name": address}).scalars())
    return _standing(address, row, managed)


def _standing(address: str, row: Row[*tuple[Any, ...]], managed: frozenset[str]) -> Standing:
    marked = bool(row.isadmin or row.isglobaladmin)
    return Standing(
        address=address,
        kind=row.kind,
        active=bool(row.active),
        global_admin=bool(row.isglobaladmin) and GLOBAL in managed,
        domains=managed - {GLOBAL} if marked else frozenset(),
        creator=creator_limits(Texts.parse(row.settings)) if marked else None,
        language=row.language,
    )


def hashes(connection: Connection, address: str, kind: Literal["admin", "user"]) -> tuple[str, ...]:
    """The stored password."""
    return (one(connection, _HASHES[kind], kind, address).password,)


def hosted(connection: Connection, name: str) -> bool:
    """Whether it is a domain or the further name of one."""
    return bool(_HOSTED.rows(connection, {"name": name})[0][0])


def target(connection: Connection, name: str) -> str | None:
    """The domain of which this is a further name."""
    row = _TARGET.first(connection, {"name": name})
    return None if row is None else str(row[0])


def taken(connection: Connection, address: str) -> bool:
    """Whether a user, an alias, a list, a further address of a user, or an admin has it.

    An admin counts, because `domain_admins` holds the rights of both kinds under the same name.
    """
    return bool(_TAKEN.rows(connection, {"name": address})[0][0])
