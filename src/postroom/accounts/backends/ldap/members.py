"""What holds for each account of a domain: it is counted, follows the status of the domain, and has its address alone.

An account is one entry, written at once. The number in the domain's entry is written after it and may be wrong by one
after a crash; it is for people and for other programs, rules count the entries themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap import further, who
from postroom.accounts.backends.ldap.alias_domains import NAMES
from postroom.accounts.backends.ldap.base import COUNTED, DISABLED, ENABLED, PARTS, AccountKind, Ldap
from postroom.accounts.backends.ldap.filters import ACCOUNT, EXTERNAL, either, equal, every, no, present
from postroom.accounts.backends.ldap.names import Node, same
from postroom.accounts.backends.ldap.store import Entry, Mod, add, become, put, remove
from postroom.accounts.model import Counted
from postroom.errors import AlreadyExists, NotFound

STATUS: Final = "domainStatus"
_FOLLOWS: Final = either((ACCOUNT, EXTERNAL, "(mail=@*)"))
"""Everything in a domain that readers look at."""


def values_from_domain(domain: Entry, address: str, own: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Attributes of a new account that follow from its domain; `own` are its further addresses."""
    name = domain_of(address)
    return {
        further.ATTRIBUTE: further.complete(address, own, name, domain.lower(NAMES)),
        STATUS: () if _enabled(domain) else (DISABLED,),
    }


def made(ldap: Ldap, kind: AccountKind, address: str, own: Iterable[str] = ()) -> None:
    """After the entry was written. Raises AlreadyExists, and takes it back, when somebody else has an address of it."""
    node = ldap.account(kind, address)
    if not ldap.store.dry_run:
        _check_alone(ldap, node, (address, *own))
    domain = count_on(ldap, domain_of(address), COUNTED[kind], 1)
    # It may have changed since the entry was made of it; whoever changed it did not see the entry yet.
    follow(ldap, node, domain, domain_of(address))


def _check_alone(ldap: Ldap, node: Node, addresses: tuple[str, ...]) -> None:
    for address in addresses:
        if any(not same(dn, node.dn) for dn in who.claimants(ldap, address)):
            ldap.store.delete(node)
            raise AlreadyExists(node.kind, address)


def follow(ldap: Ldap, node: Node, domain: Entry, name: str) -> None:
    """Give an account what it should have from its domain, as it was read just now."""
    names = domain.lower(NAMES)

    def mods(entry: Entry) -> list[Mod]:
        follow = further.settled(entry, name, names, names)
        return [*follow, *become(entry, STATUS, () if _enabled(domain) else (DISABLED,))]

    with suppress(NotFound):  # deleted at once, or a dry run
        ldap.store.change(node, mods)


def removed(ldap: Ldap, kind: AccountKind, address: str) -> None:
    """After the entry was deleted."""
    with suppress(NotFound):  # the domain is being deleted
        count_on(ldap, domain_of(address), COUNTED[kind], -1)


def count_on(ldap: Ldap, domain: str, what: Counted, step: int) -> Entry:
    """Adds to the number in the domain's entry; where there is none, counts. Returns the domain as it was read."""
    attribute = PARTS[what][2]

    def mods(entry: Entry) -> list[Mod]:
        now = entry.first(attribute)
        if not now:
            return add(attribute, [str(count(ldap, domain, what))], unless=present(attribute))
        then = str(max(0, int(now) + step))
        return [] if then == now else [*remove(attribute, [now]), *add(attribute, [then])]

    return ldap.store.change(ldap.tree.domain(domain), mods)


def count(ldap: Ldap, domain: str, what: Counted) -> int:
    """How many entries there are."""
    unit, condition, _ = PARTS[what]
    return len(ldap.store.find(ldap.tree.unit(domain, unit).dn, condition, scope="LEVEL"))


def spread_status(ldap: Ldap, domain: str, *, enabled: bool) -> None:
    """Everything in the domain gets its status, on which readers look; what has it already is left alone."""
    base = ldap.tree.domain(domain).dn
    off = equal(STATUS, DISABLED)
    for found in ldap.store.find(base, every(_FOLLOWS, off if enabled else no(off))):
        with suppress(NotFound):  # deleted meanwhile
            ldap.store.modify(Node("account", found.dn, found.dn), put(STATUS, "" if enabled else DISABLED))


def _enabled(domain: Entry) -> bool:
    return domain.first("accountStatus").lower() == ENABLED
