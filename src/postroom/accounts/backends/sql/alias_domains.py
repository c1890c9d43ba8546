"""Further names of domains: rows of `alias_domain`. A name that is hosted already is skipped, as the reference says."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from postroom.accounts.backends.sql import who
from postroom.accounts.backends.sql.rows import chunks, fitting, taken_means, texts
from postroom.accounts.database.tables.vmail import alias_domain
from postroom.accounts.model import ListChange

_OF_DOMAIN: Final = select(alias_domain.c.alias_domain).where(alias_domain.c.target_domain == bindparam("domain"))
_DELETE: Final = delete(alias_domain).where(
    alias_domain.c.target_domain == bindparam("domain"),
    alias_domain.c.alias_domain.in_(bindparam("names", expanding=True)),
)
_INSERT: Final = insert(alias_domain)


def of_domain(connection: Connection, name: str) -> tuple[str, ...]:
    """The further names of a domain, sorted."""
    return texts(connection, _OF_DOMAIN, domain=name)


def change(connection: Connection, name: str, names: ListChange) -> None:
    """Which further names a domain has. Raises AlreadyExists when somebody takes one at the same moment."""
    if not names:
        return
    have = of_domain(connection, name)
    want = names.applied(have)
    for chunk in chunks(other for other in have if other not in want):
        connection.execute(_DELETE, {"domain": name, "names": chunk})
    for other in want:
        if other not in have and not who.hosted(connection, other):
            _add(connection, name, other)


def _add(connection: Connection, name: str, other: str) -> None:
    fitting(alias_domain.c.alias_domain, other, "alias_domains")
    with taken_means("domain", other):
        connection.execute(_INSERT, {"alias_domain": other, "target_domain": name, "active": 1})
