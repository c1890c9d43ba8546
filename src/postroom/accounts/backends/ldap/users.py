"""Users: one entry each, and what is written with it elsewhere."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap import further, listing, mailboxes, maillists, managers, members, references
from postroom.accounts.backends.ldap import user_changes as changes
from postroom.accounts.backends.ldap.alias_domains import NAMES
from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.model import ALL, Kept, NewUser, Unset, UserChange
from postroom.errors import NotFound

MEMBERSHIP = maillists.MEMBERSHIP


def has(ldap: Ldap, address: str) -> bool:
    return ldap.store.exists(ldap.tree.user(address))


def aliases(ldap: Ldap, address: str) -> tuple[str, ...]:
    """The further addresses that somebody gave the user, sorted. Raises NotFound."""
    entry = ldap.store.get(ldap.tree.user(address))
    name = domain_of(address)
    return further.explicit(entry, name, ldap.domain(name).lower(NAMES))


def forwarding(ldap: Ldap, address: str) -> tuple[str, ...]:
    """Where mail for the user goes, sorted. Raises NotFound."""
    return changes.forwarding(ldap.store.get(ldap.tree.user(address)), address)


def create(ldap: Ldap, user: NewUser) -> None:
    """Raises NotFound for the domain, AlreadyExists, Invalid.

    Members of groups first: the entry of the user is what a repeat asks for.
    """
    domain = ldap.domain(domain_of(user.address))
    lists = maillists.join(ldap, user.address, user.groups)
    values = {
        **changes.new_values(user),
        **members.values_from_domain(domain, user.address, user.aliases),
        MEMBERSHIP: lists,
    }
    ldap.store.add(ldap.tree.user(user.address), values)
    members.made(ldap, "user", user.address, user.aliases)


def change(ldap: Ldap, address: str, change: UserChange) -> None:
    """Raises NotFound, Invalid."""
    names = ldap.domain(domain_of(address)).lower(NAMES) if change.aliases else ()
    with ldap.people.hold([] if isinstance(change.global_admin, Unset) else [address]):
        if change.global_admin is True:
            managers.mark(ldap, [address])
        _change(ldap, address, change, names)
        if change.global_admin is False:
            managers.unmark(ldap, [address])


def change_all(ldap: Ldap, domain: str, change: UserChange) -> None:
    """The same for all users of a domain. Raises NotFound for the domain."""
    for address in listing.accounts(ldap, domain, "users", disabled_only=False, page=ALL):
        with suppress(NotFound):  # deleted meanwhile
            _change(ldap, address, change, ())


def _change(ldap: Ldap, address: str, change: UserChange, names: tuple[str, ...]) -> None:
    node = ldap.tree.user(address)
    ldap.store.change(node, lambda entry: changes.mods(entry, address, change, names, domain_of(address)))


def delete(ldap: Ldap, connection: Connection, address: str, kept: Kept) -> None:
    """Does nothing when there is none. The entry goes last: a repeat completes what was cut."""
    node = ldap.tree.user(address)
    entry = ldap.store.read(node)
    if entry is None:
        return
    mailboxes.keep(connection, [entry], kept)
    mailboxes.forget(connection, address)
    with ldap.people.hold([address]):
        references.remove(ldap, address, node.dn)
        deleted = ldap.store.delete(node)
    if deleted:
        members.removed(ldap, "user", address)
