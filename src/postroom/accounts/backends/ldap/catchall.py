"""Catch-all: an entry `@domain` among the users, with the addresses that get mail for unknown ones."""

from __future__ import annotations

from postroom.accounts.backends.ldap.base import ENABLED, SERVICES, Ldap
from postroom.accounts.backends.ldap.members import values_from_domain
from postroom.accounts.backends.ldap.services import OF_GROUPS
from postroom.accounts.backends.ldap.store import become

TO = "mailForwardingAddress"


def of_domain(ldap: Ldap, name: str) -> tuple[str, ...]:
    """Where the mail goes, sorted; nothing when it is off."""
    entry = ldap.store.read(ldap.tree.catchall(name), (TO,))
    return tuple(sorted(entry.lower(TO))) if entry else ()


def change(ldap: Ldap, name: str, to: tuple[str, ...]) -> None:
    """Nowhere turns it off."""
    node = ldap.tree.catchall(name)
    if not to:
        ldap.store.delete(node)
    elif ldap.store.exists(node):
        ldap.store.change(node, lambda entry: become(entry, TO, to))
    else:
        address = f"@{name}"
        values = {
            "objectClass": ("inetOrgPerson", "mailUser"),
            "mail": (address,),
            "uid": (address,),
            "cn": (address,),
            "sn": (address,),
            "accountStatus": (ENABLED,),
            SERVICES: OF_GROUPS,
            TO: tuple(dict.fromkeys(to)),
            "domainStatus": values_from_domain(ldap.domain(name), address)["domainStatus"],
        }
        ldap.store.add(node, values)
