"""Who manages what: `domainAdmin` of domains, and the service `domainadmin` of users who manage something.

A standalone admin needs no mark. A user's mark is there while they manage a domain or are a global admin. It stands in
one entry and the rights in others, so whoever changes both, or one because of the other, holds the lock of the person:
without it one takes a mark or a right that another gives at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from postroom.accounts.backends.ldap.base import SERVICES, Ldap
from postroom.accounts.backends.ldap.filters import DOMAIN, equal, every
from postroom.accounts.backends.ldap.store import Entry, Mod, add, become, remove
from postroom.accounts.model import ListChange

MARK: Final = "domainadmin"
_USER: Final = (SERVICES, "domainGlobalAdmin")


def of_domain(ldap: Ldap, name: str) -> tuple[str, ...]:
    """The addresses of admins and users who manage the domain, sorted; without global admins. Raises NotFound."""
    return tuple(sorted(ldap.domain(name).lower("domainAdmin")))


def managed_domains(ldap: Ldap, address: str) -> tuple[str, ...]:
    """The domains of an admin, sorted."""
    condition = every(DOMAIN, equal("domainAdmin", address))
    found = ldap.store.find(ldap.tree.domains, condition, ("domainName",), scope="LEVEL")
    return tuple(sorted(entry.first("domainName").lower() for entry in found))


def change(ldap: Ldap, name: str, admins: ListChange) -> None:
    """Who manages the domain. An address of nobody is left out: no right waits for whoever takes it later.

    Rights come after marks and go before them: a cut leaves a mark too many, which gives no right.
    """
    have = of_domain(ldap, name)
    wanted = set(admins.applied(have))
    new, gone = wanted - set(have), tuple(address for address in have if address not in wanted)
    with ldap.people.hold(new):
        added = tuple(address for address in sorted(new) if _somebody(ldap, address))
        mark(ldap, added)
        change = ListChange(add=added, remove=gone)
        ldap.store.change(ldap.tree.domain(name), lambda entry: _applied(entry, change), ("domainAdmin",))
        # Another process, which our locks do not stop, may have unmarked them before they had the right.
        for address in added:
            _mark_user(ldap, address)
    # Also those whose right was gone already: a repeat completes what was cut.
    unmark(ldap, {*gone, *admins.remove})


def grant(ldap: Ldap, name: str, address: str) -> None:
    """Rights on a domain for an admin or a user."""
    change(ldap, name, ListChange(add=(address,)))


def _applied(entry: Entry, change: ListChange) -> list[Mod]:
    return become(entry, "domainAdmin", change.applied(entry.lower("domainAdmin")))


def _somebody(ldap: Ldap, address: str) -> bool:
    return ldap.store.exists(ldap.tree.admin(address)) or ldap.store.exists(ldap.tree.user(address))


def mark(ldap: Ldap, addresses: Iterable[str]) -> None:
    """Of the addresses, those of users get the mark; what other domains said of them before counts no more.

    Hold their locks until the right that the mark is for is written.
    """
    for address in addresses:
        entry = ldap.store.read(ldap.tree.user(address), _USER)
        if entry is not None and MARK not in entry.lower(SERVICES):
            forget(ldap, address)
            _mark_user(ldap, address)


def _mark_user(ldap: Ldap, address: str) -> None:
    node = ldap.tree.user(address)
    if ldap.store.exists(node):
        ldap.store.change(node, _marked, (SERVICES,))


def _marked(entry: Entry) -> list[Mod]:
    return add(SERVICES, [] if MARK in entry.lower(SERVICES) else [MARK])


def unmark(ldap: Ldap, addresses: Iterable[str]) -> None:
    """Take the mark from users who manage nothing any more."""
    for address in addresses:
        with ldap.people.hold([address]):
            _unmark(ldap, address)


def _unmark(ldap: Ldap, address: str) -> None:
    node = ldap.tree.user(address)
    entry = ldap.store.read(node, _USER)
    if entry is not None and not is_global(entry) and not managed_domains(ldap, address):
        ldap.store.change(node, _unmarked, (SERVICES,))


def _unmarked(entry: Entry) -> list[Mod]:
    return remove(SERVICES, (value for value in entry.all(SERVICES) if value.lower() == MARK))


def is_global(entry: Entry) -> bool:
    return entry.first("domainGlobalAdmin").lower() == "yes"


def forget(ldap: Ldap, address: str) -> None:
    """Take all rights on domains. Hold the lock of the address."""
    for name in managed_domains(ldap, address):
        node = ldap.tree.domain(name)
        ldap.store.change(node, lambda entry: _applied(entry, ListChange(remove=(address,))), ("domainAdmin",))
