"""Who manages what: rows of `domain_admins`, and the marks in the rows of users who have some.

A standalone admin needs no mark. A user's `isadmin` is 1 while they have a row, `ALL` among them; `isglobaladmin` is
written with the row `ALL` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, update

from postroom.accounts.backends.sql.rows import chunks, texts
from postroom.accounts.backends.sql.who import GLOBAL
from postroom.accounts.database.statements import insert_or_update
from postroom.accounts.database.tables.columns import now
from postroom.accounts.database.tables.vmail import admin, domain_admins, mailbox
from postroom.accounts.model import ListChange

_names: Final = bindparam("names", expanding=True, type_=mailbox.c.username.type)

_OF_DOMAIN: Final = select(domain_admins.c.username).where(
    domain_admins.c.domain == bindparam("domain"), domain_admins.c.active == 1
)
_OF_ADMIN: Final = select(domain_admins.c.domain).where(
    domain_admins.c.username == bindparam("admin"), domain_admins.c.active == 1
)
_ADMINS: Final = select(admin.c.username).where(admin.c.username.in_(_names))
_USERS: Final = select(mailbox.c.username).where(mailbox.c.username.in_(_names))
_UNMARKED: Final = select(mailbox.c.username).where(
    mailbox.c.username.in_(_names), mailbox.c.isadmin == 0, mailbox.c.isglobaladmin == 0
)
_FORGET_RIGHTS: Final = delete(domain_admins).where(domain_admins.c.username.in_(_names))
_REVOKE: Final = delete(domain_admins).where(
    domain_admins.c.domain == bindparam("of"), domain_admins.c.username.in_(_names)
)
_REVOKE_FROM_ALL: Final = delete(domain_admins).where(domain_admins.c.domain == bindparam("of"))
_MARK: Final = update(mailbox).where(mailbox.c.username.in_(_names)).values(isadmin=1)
_UNMARK: Final = (
    update(mailbox)
    .where(
        mailbox.c.username.in_(_names),
        mailbox.c.isadmin == 1,
        ~exists().where(domain_admins.c.username == mailbox.c.username, domain_admins.c.active == 1),
    )
    .values(isadmin=0)
)
_MARK_GLOBAL: Final = (
    update(mailbox).where(mailbox.c.username == bindparam("user")).values(isglobaladmin=bindparam("global"))
)
_CLEAR_MARKS: Final = (
    update(mailbox)
    .where(mailbox.c.username == bindparam("user"), or_(mailbox.c.isadmin == 1, mailbox.c.isglobaladmin == 1))
    .values(isadmin=0, isglobaladmin=0)
)


def of_domain(connection: Connection, name: str) -> tuple[str, ...]:
    """The addresses of admins and users who manage the domain, without global admins."""
    return texts(connection, _OF_DOMAIN, domain=name)


def managed(connection: Connection, address: str) -> tuple[str, ...]:
    """The domains of an admin as the table has them: `ALL` is among them for a global one."""
    return texts(connection, _OF_ADMIN, admin=address)


def managed_domains(connection: Connection, address: str) -> tuple[str, ...]:
    """The same without `ALL`."""
    return tuple(name for name in managed(connection, address) if name != GLOBAL)


def change(connection: Connection, name: str, admins: ListChange) -> None:
    """Who manages the domain. An address of nobody is left out: no row waits for whoever takes it later."""
    have = of_domain(connection, name)
    want = admins.applied(have)
    revoke(connection, name, [address for address in have if address not in want])
    grant(connection, name, [address for address in want if address not in have])


def grant(connection: Connection, name: str, addresses: Sequence[str]) -> None:
    """Rights on a domain, or on `ALL`, for those of the addresses who are admins or users."""
    for chunk in chunks(addresses):
        standalone = set(connection.execute(_ADMINS, {"names": chunk}).scalars())
        users = set(connection.execute(_USERS, {"names": chunk}).scalars()) - standalone
        # Rows of a user without the mark gave no rights so far, and must not begin to.
        if unmarked := list(connection.execute(_UNMARKED, {"names": list(users)}).scalars()):
            connection.execute(_FORGET_RIGHTS, {"names": unmarked})
        for address in sorted(standalone | users):
            row = {"username": address, "domain": name, "active": 1, "modified": now()}
            insert_or_update(connection, domain_admins, row, ("username", "domain"))
        connection.execute(_MARK, {"names": list(users)})


def revoke(connection: Connection, name: str, addresses: Sequence[str]) -> None:
    """Take rights away; who has none left is no admin any more."""
    for chunk in chunks(addresses):
        connection.execute(_REVOKE, {"of": name, "names": chunk})
        connection.execute(_UNMARK, {"names": chunk})


def revoke_from_all(connection: Connection, name: str) -> None:
    """Nobody manages the domain any more."""
    had = connection.execute(_OF_DOMAIN, {"domain": name}).scalars().all()
    connection.execute(_REVOKE_FROM_ALL, {"of": name})
    unmark(connection, had)


def unmark(connection: Connection, addresses: Iterable[str]) -> None:
    """Take the mark from those who have no rows."""
    for chunk in chunks(addresses):
        connection.execute(_UNMARK, {"names": chunk})


def set_global(connection: Connection, address: str, *, on: bool) -> None:
    """Make an admin or a user a global admin, or no longer one."""
    (grant if on else revoke)(connection, GLOBAL, [address])
    connection.execute(_MARK_GLOBAL, {"user": address, "global": on})


def forget(connection: Connection, address: str) -> None:
    """All rights of a standalone admin, and the marks of a user with that address."""
    connection.execute(_FORGET_RIGHTS, {"names": [address]})
    connection.execute(_CLEAR_MARKS, {"user": address})
