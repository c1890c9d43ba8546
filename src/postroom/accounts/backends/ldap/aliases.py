"""Aliases: an entry with its members, all written at once."""

from __future__ import annotations

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap import members, references
from postroom.accounts.backends.ldap.base import SERVICES, Ldap, status
from postroom.accounts.backends.ldap.services import OF_GROUPS
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put
from postroom.accounts.model import AliasChange, Unset, given

MEMBERS = "mailForwardingAddress"


def of_alias(entry: Entry) -> tuple[str, ...]:
    """The members, sorted."""
    return tuple(sorted(entry.lower(MEMBERS)))


def create(ldap: Ldap, address: str, change: AliasChange) -> None:
    """Raises NotFound for the domain, AlreadyExists, Invalid."""
    values = {
        "objectClass": ("mailAlias",),
        "mail": (address,),
        "cn": (given(change.name, ""),),
        "accessPolicy": (given(change.access_policy, ""),),
        "accountStatus": (status(given(change.active, True)),),
        MEMBERS: change.members.applied(()),
        SERVICES: OF_GROUPS,
        **members.values_from_domain(ldap.domain(domain_of(address)), address),
    }
    ldap.store.add(ldap.tree.alias(address), values)
    members.made(ldap, "alias", address)


def change(ldap: Ldap, address: str, change: AliasChange) -> None:
    """Raises NotFound, Invalid."""

    def mods(entry: Entry) -> list[Mod]:
        then = change.members.applied(entry.lower(MEMBERS)) if change.members else entry.lower(MEMBERS)
        return [*plain(change), *become(entry, MEMBERS, then)]

    ldap.store.change(ldap.tree.alias(address), mods)


def plain(change: AliasChange) -> list[Mod]:
    """What aliases and lists have in common."""
    mods: list[Mod] = []
    for attribute, text in (("cn", change.name), ("accessPolicy", change.access_policy)):
        mods += [] if isinstance(text, Unset) else put(attribute, text)
    return mods if isinstance(change.active, Unset) else [*mods, *put("accountStatus", status(change.active))]


def delete(ldap: Ldap, address: str) -> None:
    """Does nothing when there is none. The entry goes last: a repeat completes what was cut."""
    node = ldap.tree.alias(address)
    if not ldap.store.exists(node):
        return
    references.remove(ldap, address, node.dn)
    if ldap.store.delete(node):
        members.removed(ldap, "alias", address)
