"""A new address for a user or an alias, wherever the old one stands. The mailbox stays where it is.

First the account takes the new address beside its own, then all others say the new one, then the entry moves: within
a domain there is no moment at which an address that somebody uses leads nowhere. A mark in the entry says where it is
going, so that a repeat finds the new address free and completes what was cut.
"""

from __future__ import annotations

from collections.abc import Iterable

from postroom.accounts.addresses import domain_of, local_of
from postroom.accounts.backends.ldap import further, maillists, members, references, who
from postroom.accounts.backends.ldap.account_settings import ATTRIBUTE, RENAMING
from postroom.accounts.backends.ldap.alias_domains import NAMES
from postroom.accounts.backends.ldap.base import COUNTED, AccountKind, Ldap
from postroom.accounts.backends.ldap.names import Node, same
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put, remove
from postroom.errors import AlreadyExists


def rename(ldap: Ldap, kind: AccountKind, address: str, new: str) -> None:
    """Raises NotFound for the account and for the new domain; AlreadyExists when anybody has the new address."""
    if new == address:
        return
    node, to = ldap.account(kind, address), ldap.account(kind, new)
    ldap.store.get(node)
    _take(ldap, node, new)
    try:
        _check_alone(ldap, node, to)
        if domain_of(new) != domain_of(address):
            _become_outsider(ldap, node, new)
        with ldap.people.hold((address, new)):
            references.replace(ldap, address, new, node.dn, to.dn)
            ldap.store.move(node, to)
    except AlreadyExists:
        ldap.store.change(node, _given_back)
        raise
    _arrive(ldap, kind, to, address)


def _take(ldap: Ldap, node: Node, new: str) -> None:
    """The new address, and the mark. What followed from the old address follows from the new one."""
    if who.taken(ldap, new):
        raise AlreadyExists(node.kind, new)
    old_domain, domain = domain_of(node.name), domain_of(new)
    old_names, names = ldap.domain(old_domain).lower(NAMES), ldap.domain(domain).lower(NAMES)

    def mods(entry: Entry) -> list[Mod]:
        own = set(further.explicit(entry, old_domain, old_names)) - {new, *_goals(entry)}
        then = (new, *further.complete(new, sorted(own), domain, names))
        marks = (*_unmarked(entry), f"{RENAMING}{new}")
        uid = put("uid", local_of(new)) if entry.first("uid") else []
        return [*become(entry, further.ATTRIBUTE, then), *become(entry, ATTRIBUTE, marks), *uid]

    ldap.store.change(node, mods)


def _check_alone(ldap: Ldap, node: Node, to: Node) -> None:
    if any(not same(dn, node.dn) for dn in who.claimants(ldap, to.name)):
        raise AlreadyExists(node.kind, to.name)


def _become_outsider(ldap: Ldap, node: Node, new: str) -> None:
    """In the lists of the old domain, where nobody looks for members from others."""
    for maillist in ldap.store.get(node).lower(maillists.MEMBERSHIP):
        maillists.add_member(ldap, maillist, new)
    ldap.store.change(node, lambda entry: become(entry, maillists.MEMBERSHIP, ()))


def _arrive(ldap: Ldap, kind: AccountKind, to: Node, address: str) -> None:
    if ldap.store.dry_run:
        return
    ldap.store.change(to, lambda entry: become(entry, ATTRIBUTE, _unmarked(entry)))
    domain, moved = domain_of(to.name), domain_of(to.name) != domain_of(address)
    members.follow(ldap, to, members.count_on(ldap, domain, COUNTED[kind], int(moved)), domain)
    if moved:
        members.removed(ldap, kind, address)


def _given_back(entry: Entry) -> list[Mod]:
    goals = {value for value in entry.all(further.ATTRIBUTE) if value.lower() in _goals(entry)}
    return [*remove(further.ATTRIBUTE, goals), *become(entry, ATTRIBUTE, _unmarked(entry))]


def _goals(entry: Entry) -> set[str]:
    return {value.removeprefix(RENAMING).lower() for value in entry.all(ATTRIBUTE) if value.startswith(RENAMING)}


def _unmarked(entry: Entry) -> Iterable[str]:
    return tuple(value for value in entry.all(ATTRIBUTE) if not value.startswith(RENAMING))
