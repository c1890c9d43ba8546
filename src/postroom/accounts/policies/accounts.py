"""What happens to the policies of an account that is deleted or gets another address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, delete, or_, select, update

from postroom.accounts.addresses import domain_of
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.tables import amavisd, iredapd
from postroom.accounts.policies import wblist

# Deleted in this order: what refers to a row goes before it.
_IREDAPD: Final[tuple[Column[str], ...]] = (
    iredapd.throttle_tracking.c.account,
    iredapd.throttle.c.account,
    iredapd.greylisting.c.account,
    iredapd.greylisting_whitelists.c.account,
    iredapd.greylisting_whitelist_domain_spf.c.account,
    iredapd.greylisting_tracking.c.recipient,
)
_AMAVISD: Final[tuple[Column[str], ...]] = (amavisd.users.c.email, amavisd.policy.c.policy_name)

_GREYLISTED: Final = iredapd.greylisting_tracking.c
_NEW_DOMAIN: Final = (
    update(iredapd.greylisting_tracking)
    .where(_GREYLISTED.recipient == bindparam("new"))
    .values(rcpt_domain=bindparam("domain"))
)


def forget(unit: Unit, accounts: Iterable[str]) -> None:
    """Remove everything of these accounts; with a domain also of all addresses in it.

    Lists of others that name them stay: those say what others want. A database that is not configured is left out.
    """
    for account in accounts:
        if unit.has_iredapd:
            _forget_iredapd(unit.iredapd, account)
        if unit.has_amavisd:
            _forget_amavisd(unit.amavisd, account)


def _forget_iredapd(connection: Connection, account: str) -> None:
    _forget_throttles(connection, account)
    for column in _IREDAPD:
        connection.execute(delete(column.table).where(_of(column, account)))


def _forget_amavisd(connection: Connection, account: str) -> None:
    _forget_lists(connection, account)
    for column in _AMAVISD:
        connection.execute(delete(column.table).where(_of(column, account)))


def rename(unit: Unit, old: str, new: str) -> None:
    """Everything of one address is now of another. What an earlier account left under the new address goes.

    A database that has nothing of the old address is left alone: when a renaming was cut between two databases and is
    made again, what is found under the new address is the account's own.
    """
    if old == new:
        return
    if unit.has_iredapd and _has(unit.iredapd, _IREDAPD, old):
        _forget_iredapd(unit.iredapd, new)
        _rename(unit.iredapd, _IREDAPD, old, new)
        unit.iredapd.execute(_NEW_DOMAIN, {"new": new, "domain": domain_of(new)})
    if unit.has_amavisd and _has(unit.amavisd, _AMAVISD, old):
        _forget_amavisd(unit.amavisd, new)
        _rename(unit.amavisd, _AMAVISD, old, new)


def _has(connection: Connection, columns: Iterable[Column[str]], account: str) -> bool:
    return any(
        connection.execute(select(column).where(column == account).limit(1)).first() is not None for column in columns
    )


def _of(column: Column[str], account: str) -> ColumnElement[bool]:
    """An address itself; `@example.com` and every address that ends so."""
    if not account.startswith("@"):
        return column == account
    # A domain has no character that LIKE takes for a pattern. Not `endswith`: it cannot join bytes, as addresses are
    # in amavisd's tables.
    return or_(column == account, column.like(f"%{account}"))


def _forget_throttles(connection: Connection, account: str) -> None:
    """The counters of all whom the account's settings were about. Those are held, so that no new ones come."""
    rows = select(iredapd.throttle.c.id).where(_of(iredapd.throttle.c.account, account)).with_for_update()
    ids = connection.execute(rows).scalars().all()
    _delete_by(connection, iredapd.throttle_tracking, iredapd.throttle_tracking.c.tid, ids)


def _forget_lists(connection: Connection, account: str) -> None:
    ids = connection.execute(select(amavisd.users.c.id).where(_of(amavisd.users.c.email, account))).scalars().all()
    for pairs in wblist.PAIRS.values():
        _delete_by(connection, pairs.table, pairs.account, ids)


def _delete_by(connection: Connection, table: Table, column: Column[Any], ids: Iterable[int]) -> None:
    for chunk in wblist.chunks(ids):
        connection.execute(delete(table).where(column.in_(chunk)))


def _rename(connection: Connection, columns: Iterable[Column[str]], old: str, new: str) -> None:
    for column in columns:
        connection.execute(update(column.table).where(column == old).values({column: new}))
