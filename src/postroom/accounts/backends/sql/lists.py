"""Lists of domains, users, aliases and admins, by name in the order of its bytes.

A long list is read in windows: some thousand names in order, then their rows by key a few hundred at a time. Memory
stays flat, the names are sorted a few times only, and other statements may run on the connection in between, which
MariaDB forbids while a result is open. A unit that only reads gives its connection back in between. A row that is
deleted meanwhile is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Select, Table, bindparam, func, select

from postroom.accounts.backends.sql.rows import chunks, literal
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import in_order
from postroom.accounts.database.tables.vmail import admin, alias, domain, mailbox
from postroom.accounts.model import Page, Row

WINDOW: Final = 10_000
"""Names read at once."""


class Listing(NamedTuple):
    """A table that is listed by `key`."""

    table: Table
    key: Column[Any]
    names: Select[*tuple[Any, ...]]
    rows: Select[*tuple[Any, ...]]


def _listing(table: Table, key: Column[Any]) -> Listing:
    names = select(key).where(in_order(key) > in_order(bindparam("after", type_=key.type)))
    rows = select(table).where(key.in_(bindparam("names", expanding=True)))
    return Listing(table, key, names.order_by(in_order(key)).limit(bindparam("most")), rows)


DOMAINS: Final = _listing(domain, domain.c.domain)
USERS: Final = _listing(mailbox, mailbox.c.username)
ALIASES: Final = _listing(alias, alias.c.address)
ADMINS: Final = _listing(admin, admin.c.username)


def names(
    unit: Unit, listing: Listing, page: Page, *, of_domain: str | None = None,
    among: Collection[str] | None = None, disabled_only: bool = False,
) -> Iterator[str]:  # fmt: skip
    """The names of a page; `among` keeps to those names."""
    statement, values = _filtered(listing, page, of_domain=of_domain, disabled_only=disabled_only)
    return islice(_windows(unit, statement, values, page, among), page.limit)


def rows(unit: Unit, listing: Listing, found: Iterator[str]) -> Iterator[Row]:
    """The rows with these names, in their order."""
    for chunk in chunks(found):
        fetched = unit.vmail.execute(listing.rows, {"names": chunk})
        by_name = {row._mapping[listing.key]: dict(row._mapping) for row in fetched}
        unit.pause()
        yield from (Row(name, by_name[name]) for name in chunk if name in by_name)


def _filtered(
    listing: Listing, page: Page, *, of_domain: str | None, disabled_only: bool
) -> tuple[Select[*tuple[Any, ...]], dict[str, object]]:
    statement, values = listing.names, dict[str, object]()
    if of_domain is not None:
        statement = statement.where(listing.table.c.domain == bindparam("of"))
        values["of"] = of_domain
    if disabled_only:
        statement = statement.where(listing.table.c.active == 0)
    if page.search:
        pattern = bindparam("search", type_=listing.key.type)
        statement = statement.where(func.lower(listing.key).like(pattern, escape="/"))
        values["search"] = literal(page.search.lower())
    return statement, values


def _windows(
    unit: Unit, statement: Select[*tuple[Any, ...]], values: Mapping[str, object], page: Page,
    among: Collection[str] | None,
) -> Iterator[str]:  # fmt: skip
    if among is None:
        yield from _window(unit, statement, values, page)
        return
    key = next(iter(statement.selected_columns))
    statement = statement.where(key.in_(bindparam("among", expanding=True)))
    for chunk in chunks(sorted(name for name in among if name > page.after)):
        yield from _window(unit, statement, {**values, "among": chunk}, page)


def _window(unit: Unit, statement: Select[*tuple[Any, ...]], values: Mapping[str, object], page: Page) -> Iterator[str]:
    after, most = page.after, min(WINDOW, page.limit or WINDOW)
    while True:
        found = unit.vmail.execute(statement, {**values, "after": after, "most": most}).scalars().all()
        yield from found
        if len(found) < most:
            return
        after = found[-1]
