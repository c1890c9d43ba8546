"""Where an address stands in entries of others: forwarding, members, rights, BCC, moderators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.filters import EXTERNAL, either, ends, equal, every
from postroom.accounts.backends.ldap.names import Node, same
from postroom.accounts.backends.ldap.store import Entry, Mod, become
from postroom.errors import NotFound

DNS: Final = "member"
"""Some installations keep, beside `memberOfGroup` of the users, their DNs in the list."""
ADDRESSES: Final = (
    "mailForwardingAddress",
    "domainAdmin",
    "userSenderBccAddress",
    "userRecipientBccAddress",
    "domainSenderBccAddress",
    "domainRecipientBccAddress",
    "listModerator",
    "listOwner",
    "listAllowedUser",
)


def replace(ldap: Ldap, address: str, new: str, dn: str, new_dn: str) -> None:
    """Everywhere the new address, and the new DN."""
    _edit(ldap, address, dn, new, new_dn)


def remove(ldap: Ldap, address: str, dn: str) -> None:
    """Nowhere any more."""
    _edit(ldap, address, dn, None, None)


def remove_domain(ldap: Ldap, names: Iterable[str], outside: str) -> None:
    """No address at one of the names any more, in entries that are not below `outside`."""
    tails = tuple(f"@{name}" for name in names)
    pointing = either(ends(attribute, tail) for attribute in ADDRESSES for tail in tails)
    members = every(EXTERNAL, either(ends("mail", tail) for tail in tails))
    for found in ldap.store.find(ldap.tree.domains, either((pointing, members))):
        if not found.dn.lower().endswith(f",{outside.lower()}"):
            _apply(ldap, found, lambda value: None if value.lower().endswith(tails) else value)


def _edit(ldap: Ldap, address: str, dn: str, new: str | None, new_dn: str | None) -> None:
    pointing = either((*(equal(attribute, address) for attribute in ADDRESSES), equal(DNS, dn)))
    members = every(EXTERNAL, equal("mail", address))

    def edited(value: str) -> str | None:
        if value.lower() == address:
            return new
        return new_dn if same(value, dn) else value

    for found in ldap.store.find(ldap.tree.domains, either((pointing, members))):
        _apply(ldap, found, edited)


def _apply(ldap: Ldap, found: Entry, edit: Callable[[str], str | None]) -> None:
    node = Node("account", found.dn, found.dn)

    def mods(entry: Entry) -> list[Mod]:
        attributes = (*ADDRESSES, DNS, *(("mail",) if _is_external(entry) else ()))
        return [mod for attribute in attributes for mod in _edited(entry, attribute, edit)]

    with suppress(NotFound):  # deleted meanwhile
        ldap.store.change(node, mods)


def _edited(entry: Entry, attribute: str, edit: Callable[[str], str | None]) -> list[Mod]:
    values = entry.all(attribute)
    return become(entry, attribute, filter(None, map(edit, values))) if values else []


def _is_external(entry: Entry) -> bool:
    return "mailexternaluser" in entry.lower("objectClass")
