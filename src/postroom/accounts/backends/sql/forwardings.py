"""Rows of `forwardings`: where users' mail goes, users' further addresses, members of aliases, catch-alls.

`address` tells the kind: a user (`is_forwarding`), a further address of one (`is_alias`), an alias (`is_list`), a bare
domain for the catch-all (no mark). A user always keeps a row of the own: forwarding that ends, or whose last
destination is deleted, leaves the own mailbox. A row works unless the user at either end, or the alias whose row it is,
is disabled; enabling one end leaves a row off while the other end is disabled.

Source: meaning of forwardings rows, and what PUT user writes, in the schema reference. That enabling an account leaves
the rows of other disabled accounts alone is our decision: the reference says only that the status sets `active`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.sql.rows import chunks, fitting_addresses, texts
from postroom.accounts.database.statements import insert_or_ignore
from postroom.accounts.database.tables.columns import Flag
from postroom.accounts.database.tables.vmail import alias, forwardings, mailbox
from postroom.accounts.model import ListChange

Kind = Literal["is_forwarding", "is_list", "catchall"]

_KEY: Final = ("address", "forwarding")
_address: Final = bindparam("of", type_=forwardings.c.address.type)
_addresses: Final = bindparam("addresses", expanding=True, type_=forwardings.c.address.type)


def _is(kind: Kind) -> ColumnElement[bool]:
    if kind == "catchall":
        return and_(*(forwardings.c[mark] == 0 for mark in ("is_forwarding", "is_alias", "is_list", "is_maillist")))
    return forwardings.c[kind] == 1


_DESTINATIONS: Final = {
    kind: select(forwardings.c.forwarding).where(forwardings.c.address == _address, _is(kind))
    for kind in ("is_forwarding", "is_list", "catchall")
}
_ACTIVE: Final = select(forwardings.c.forwarding).where(forwardings.c.address == _address, forwardings.c.active == 1)
_FURTHER: Final = select(forwardings.c.address).where(forwardings.c.forwarding == _address, forwardings.c.is_alias == 1)
_DELETE_TO: Final = delete(forwardings).where(
    forwardings.c.address == _address, forwardings.c.forwarding.in_(_addresses)
)
_DELETE_FURTHER: Final = delete(forwardings).where(
    forwardings.c.forwarding == _address, forwardings.c.is_alias == 1, forwardings.c.address.in_(_addresses)
)
_DISABLED: Final = select(mailbox.c.username).where(mailbox.c.username.in_(_addresses), mailbox.c.active == 0)

# Members of aliases, in one statement; an alias that is not there gets none.
_JOIN_GROUPS: Final = insert(forwardings).from_select(
    ["address", "forwarding", "domain", "dest_domain", "is_list", "active"],
    select(
        alias.c.address,
        bindparam("user", type_=mailbox.c.username.type),
        alias.c.domain,
        bindparam("user_domain", type_=mailbox.c.domain.type),
        literal(1, Flag()),
        case((and_(alias.c.active == 1, bindparam("user_active", type_=Flag()) == 1), 1), else_=0),
    ).where(
        alias.c.address.in_(_addresses),
        ~exists().where(
            forwardings.c.address == alias.c.address,
            forwardings.c.forwarding == bindparam("user", type_=mailbox.c.username.type),
        ),
    ),
)

_POINTING_USERS: Final = select(forwardings.c.address).where(forwardings.c.is_forwarding == 1)
_OWN_AGAIN: Final = insert(forwardings).from_select(
    ["address", "forwarding", "domain", "dest_domain", "is_forwarding", "active"],
    select(
        mailbox.c.username,
        mailbox.c.username,
        mailbox.c.domain,
        mailbox.c.domain,
        literal(1, Flag()),
        mailbox.c.active,
    ).where(
        mailbox.c.username.in_(_addresses),
        ~exists().where(
            forwardings.c.address == mailbox.c.username,
            or_(forwardings.c.is_forwarding == 1, forwardings.c.forwarding == mailbox.c.username),
        ),
    ),
)


def _enabled(rows: ColumnElement[bool]) -> Update:
    """Of the rows, those turn on that have no disabled end."""
    ends = (
        exists().where(mailbox.c.username == forwardings.c.address, mailbox.c.active == 0),
        exists().where(mailbox.c.username == forwardings.c.forwarding, mailbox.c.active == 0),
        exists().where(alias.c.address == forwardings.c.address, alias.c.active == 0),
    )
    return update(forwardings).where(rows, forwardings.c.active == 0, *(~end for end in ends)).values(active=1)


def _switches(rows: ColumnElement[bool]) -> dict[bool, Update]:
    return {True: _enabled(rows), False: update(forwardings).where(rows).values(active=0)}


_users: Final = select(mailbox.c.username).where(mailbox.c.domain == bindparam("of"))
_SWITCH_USER: Final = _switches(or_(forwardings.c.address == _address, forwardings.c.forwarding == _address))
_SWITCH_ALIAS: Final = _switches(and_(forwardings.c.address == _address, forwardings.c.is_list == 1))
_SWITCH_USERS: Final = _switches(or_(forwardings.c.address.in_(_users), forwardings.c.forwarding.in_(_users)))


def destinations(connection: Connection, address: str, kind: Kind) -> tuple[str, ...]:
    """Where mail for the address goes, sorted."""
    return texts(connection, _DESTINATIONS[kind], of=address)


def active_destinations(connection: Connection, address: str) -> tuple[str, ...]:
    """Where mail for an address, or for a domain's catch-all, goes now, whatever kind of account has it; sorted."""
    return texts(connection, _ACTIVE, of=address)


def further_addresses(connection: Connection, user: str) -> tuple[str, ...]:
    """The aliases of a user, sorted."""
    return texts(connection, _FURTHER, of=user)


def change_forwarding(connection: Connection, user: str, change: ListChange, *, active: bool) -> None:
    """Where a user's mail goes; nowhere means the own mailbox."""
    have = destinations(connection, user, "is_forwarding")
    _write(connection, user, "is_forwarding", have, change.applied(have) or (user,), active=active, field="forwarding")


def change_members(connection: Connection, address: str, change: ListChange, *, active: bool) -> None:
    """The members of an alias."""
    have = destinations(connection, address, "is_list")
    _write(connection, address, "is_list", have, change.applied(have), active=active, field="members")


def set_catchall(connection: Connection, domain: str, to: Sequence[str]) -> None:
    """Where mail for unknown addresses of the domain goes; nowhere turns it off."""
    have = destinations(connection, domain, "catchall")
    _write(connection, domain, "catchall", have, tuple(dict.fromkeys(to)), active=True, field="catchall")


def change_further(connection: Connection, user: str, change: ListChange, *, active: bool) -> None:
    """The further addresses of a user."""
    have = further_addresses(connection, user)
    want = change.applied(have)
    for chunk in chunks(address for address in have if address not in want):
        connection.execute(_DELETE_FURTHER, {"of": user, "addresses": chunk})
    add_further(connection, user, [address for address in want if address not in have], active=active)


def add_further(connection: Connection, user: str, addresses: Sequence[str], *, active: bool) -> None:
    """Further addresses; none of them may be taken."""
    fitting_addresses(addresses, forwardings.c.address, "aliases")
    rows = [_row(address, user, "is_alias", active=active) for address in addresses]
    insert_or_ignore(connection, forwardings, rows, _KEY)


def add_own(connection: Connection, user: str, *, active: bool) -> None:
    """The row of a new user."""
    insert_or_ignore(connection, forwardings, [_row(user, user, "is_forwarding", active=active)], _KEY)


def join_groups(connection: Connection, user: str, groups: Sequence[str], *, active: bool) -> None:
    """Makes a user a member of those of the groups that are aliases."""
    values = {"user": user, "user_domain": domain_of(user), "user_active": active}
    for chunk in chunks(groups):
        connection.execute(_JOIN_GROUPS, {**values, "addresses": chunk})


def switch_user(connection: Connection, user: str, *, active: bool) -> None:
    """Rows with the user at either end, after the status of the user was written."""
    connection.execute(_SWITCH_USER[active], {"of": user})


def switch_off_disabled(connection: Connection, address: str) -> None:
    """Rows that lead to the address, when it is that of a disabled user: others may have named it before."""
    if connection.execute(_DISABLED, {"addresses": [address]}).first() is not None:
        switch_user(connection, address, active=False)


def switch_users(connection: Connection, domain: str, *, active: bool) -> None:
    """The same for all users of a domain."""
    connection.execute(_SWITCH_USERS[active], {"of": domain})


def switch_alias(connection: Connection, address: str, *, active: bool) -> None:
    """The members of an alias, after its status was written."""
    connection.execute(_SWITCH_ALIAS[active], {"of": address})


def users_forwarding(connection: Connection, to: ColumnElement[bool], **values: object) -> list[str]:
    """The users with a row that fits the condition; ask before the rows are deleted, give them to `own_again`."""
    return list(connection.execute(_POINTING_USERS.where(to), values).scalars())


def own_again(connection: Connection, users: Iterable[str]) -> None:
    """Gives back the own row to those of the users who have no row left."""
    for chunk in chunks(users):
        connection.execute(_OWN_AGAIN, {"addresses": chunk})


def _write(
    connection: Connection, address: str, kind: Kind, have: Sequence[str], want: Sequence[str], *, active: bool,
    field: str,
) -> None:  # fmt: skip
    had, wanted = frozenset(have), frozenset(want)
    for chunk in chunks(to for to in have if to not in wanted):
        connection.execute(_DELETE_TO, {"of": address, "addresses": chunk})
    new = fitting_addresses([to for to in want if to not in had], forwardings.c.forwarding, field)
    for chunk in chunks(new):
        off = frozenset(connection.execute(_DISABLED, {"addresses": chunk}).scalars())
        rows = [_row(address, to, kind, active=active and to not in off) for to in chunk]
        insert_or_ignore(connection, forwardings, rows, _KEY)


def _row(address: str, to: str, kind: Kind | Literal["is_alias"], *, active: bool) -> dict[str, Any]:
    marks: dict[str, int] = {} if kind == "catchall" else {kind: 1}
    # The catch-all's address is the bare domain.
    domain = address if kind == "catchall" else domain_of(address)
    return {
        "address": address, "forwarding": to, "domain": domain, "dest_domain": domain_of(to), "active": int(active),
        **marks,
    }  # fmt: skip
