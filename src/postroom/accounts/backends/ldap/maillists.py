"""Unsubscribable mailing lists: an entry for the list, and on each member the list's address.

Postfix looks for members only below the list's own domain: whoever has no account there is in one entry of
outsiders, which the list has for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap import aliases, members, references, who
from postroom.accounts.backends.ldap.base import SERVICES, Ldap, status
from postroom.accounts.backends.ldap.filters import ACCOUNT, equal, every
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.services import OF_GROUPS
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put
from postroom.accounts.model import AliasChange, ListChange, Unset, given
from postroom.errors import AlreadyExists, NotFound

MEMBERSHIP: Final = "memberOfGroup"


def of_list(ldap: Ldap, address: str) -> tuple[str, ...]:
    """The members, sorted."""
    inside = ldap.store.find(_domain(ldap, address), every(ACCOUNT, equal(MEMBERSHIP, address)), ("mail",))
    outside = ldap.store.read(ldap.tree.externals(address), ("mail",))
    found = {value for entry in inside for value in entry.lower("mail")}
    return tuple(sorted(found | set(outside.lower("mail") if outside else ())))


def lists_of(ldap: Ldap, address: str, entry: Entry) -> tuple[str, ...]:
    """The lists of which somebody is a member, sorted."""
    condition = every("(objectClass=mailExternalUser)", equal("mail", address))
    outside = ldap.store.find(ldap.tree.domains, condition, (MEMBERSHIP,))
    return tuple(sorted({*entry.lower(MEMBERSHIP), *(name for found in outside for name in found.lower(MEMBERSHIP))}))


def create(ldap: Ldap, address: str, change: AliasChange) -> None:
    """Members first: the entry of the list is what a repeat asks for. Raises NotFound, AlreadyExists, Invalid."""
    domain = ldap.domain(domain_of(address))
    if who.taken(ldap, address):
        raise AlreadyExists("mailing list", address)
    change_members(ldap, address, change.members)
    values = {
        "objectClass": ("mailList",),
        "mail": (address,),
        "cn": (given(change.name, ""),),
        "accessPolicy": (given(change.access_policy, ""),),
        "accountStatus": (status(given(change.active, True)),),
        SERVICES: OF_GROUPS,
        **members.values_from_domain(domain, address),
    }
    ldap.store.add(ldap.tree.maillist(address), values)
    members.made(ldap, "mailing list", address)


def change(ldap: Ldap, address: str, change: AliasChange) -> None:
    """Raises NotFound, Invalid."""
    node = ldap.tree.maillist(address)
    ldap.store.change(node, lambda _: aliases.plain(change))
    if not isinstance(change.active, Unset):
        with suppress(NotFound):  # a list without outsiders
            outsiders = put("accountStatus", status(change.active))
            ldap.store.modify(ldap.tree.externals(address), outsiders)
    change_members(ldap, address, change.members)


def delete(ldap: Ldap, address: str) -> None:
    """Does nothing when there is none."""
    node = ldap.tree.maillist(address)
    if not ldap.store.exists(node):
        return
    references.remove(ldap, address, node.dn)
    change_members(ldap, address, ListChange(reset=()))
    ldap.store.delete(ldap.tree.externals(address))
    if ldap.store.delete(node):
        members.removed(ldap, "mailing list", address)


def change_members(ldap: Ldap, address: str, change: ListChange) -> None:
    """Each member by itself: two changes at once lose none."""
    if not change:
        return
    have = of_list(ldap, address)
    then = change.applied(have)
    for member in then:
        if member not in have:
            add_member(ldap, address, member)
    for member in have:
        if member not in then:
            remove_member(ldap, address, member)


def join(ldap: Ldap, address: str, groups: Iterable[str]) -> tuple[str, ...]:
    """Make somebody who is about to be a user a member of aliases and lists; those that are not there are skipped.

    Returns the lists that the entry of the user has to name itself.
    """
    own = []
    for group in groups:
        if ldap.store.exists(ldap.tree.alias(group)):
            aliases.change(ldap, group, AliasChange(members=ListChange(add=(address,))))
        elif ldap.store.exists(ldap.tree.maillist(group)):
            if domain_of(group) == domain_of(address):
                own.append(group)
            else:
                _add_outsider(ldap, group, address)
    return tuple(own)


def add_member(ldap: Ldap, address: str, member: str) -> None:
    """An account of the list's domain, or anybody else."""
    node = _insider(ldap, address, member)
    if node is None:
        _add_outsider(ldap, address, member)
    else:
        ldap.store.change(node, lambda entry: _with(entry, MEMBERSHIP, ListChange(add=(address,))), (MEMBERSHIP,))


def remove_member(ldap: Ldap, address: str, member: str) -> None:
    """Also one who was an outsider and has an account by now."""
    node = _insider(ldap, address, member)
    if node is not None:
        ldap.store.change(node, lambda entry: _with(entry, MEMBERSHIP, ListChange(remove=(address,))), (MEMBERSHIP,))
    with suppress(NotFound):
        outsiders = ldap.tree.externals(address)
        ldap.store.change(outsiders, lambda entry: _with(entry, "mail", ListChange(remove=(member,))), ("mail",))


def _insider(ldap: Ldap, address: str, member: str) -> Node | None:
    if domain_of(member) != domain_of(address):
        return None
    found = ldap.store.find(_domain(ldap, address), every(ACCOUNT, equal("mail", member)))
    return Node("account", member, found[0].dn) if found else None


def _add_outsider(ldap: Ldap, address: str, member: str) -> None:
    node = ldap.tree.externals(address)
    if not ldap.store.exists(node):
        with suppress(AlreadyExists):  # somebody else adds another one at this moment
            _add_outsiders(ldap, address, node)
    if not ldap.store.dry_run:
        ldap.store.change(node, lambda entry: _with(entry, "mail", ListChange(add=(member,))), ("mail",))


def _add_outsiders(ldap: Ldap, address: str, node: Node) -> None:
    values = {
        "objectClass": ("mailExternalUser",),
        MEMBERSHIP: (address,),
        "accountStatus": (status(True),),
        SERVICES: OF_GROUPS,
        **members.values_from_domain(ldap.domain(domain_of(address)), address),
    }
    values.pop("shadowAddress")
    ldap.store.add(node, values)


def _with(entry: Entry, attribute: str, change: ListChange) -> list[Mod]:
    return become(entry, attribute, change.applied(entry.lower(attribute)))


def _domain(ldap: Ldap, address: str) -> str:
    return ldap.tree.domain(domain_of(address)).dn
