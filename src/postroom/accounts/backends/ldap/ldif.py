"""One entry as LDIF (RFC 2849)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from ldap3.protocol.rfc2849 import add_ldif_header, operation_to_ldif

from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.directory import Account

# The stubs of ldap3 leave these without types.
_LINES: Final[Any] = operation_to_ldif
_WITH_HEADER: Final[Any] = add_ldif_header

_NODES: Final[dict[Account, Callable[[Tree, str], Node]]] = {
    "domain": Tree.domain,
    "admin": Tree.admin,
    "user": Tree.user,
    "alias": Tree.alias,
    "maillist": Tree.maillist,
    "catchall": Tree.catchall,
}


def of_account(ldap: Ldap, kind: Account, name: str, *, without: Collection[str]) -> str:
    """All attributes but those `without`, in any case. Raises NotFound."""
    hidden = {attribute.lower() for attribute in without}
    entry = ldap.store.get(_NODES[kind](ldap.tree, name))
    found = {
        "type": "searchResEntry",
        "dn": entry.dn,
        "raw_attributes": {
            attribute: [value.encode("utf-8", "surrogateescape") for value in values]
            for attribute, values in entry.values.items()
            if attribute.lower() not in hidden
        },
    }
    lines = [line for line in _WITH_HEADER(_LINES("searchResponse", [found])) if not line.startswith("#")]
    return "\n".join(lines).rstrip("\n") + "\n"
