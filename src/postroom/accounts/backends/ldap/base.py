"""What the parts of the directory share: a store and its tree, and a few reads that all need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from postroom.accounts.backends.ldap import account_settings, filters
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.backends.ldap.names import ALIASES, GROUPS, USERS, Node, Tree
from postroom.accounts.backends.ldap.store import Entry, Store
from postroom.accounts.model import Counted
from postroom.errors import NotFound

ENABLED: Final = "active"
DISABLED: Final = "disabled"
SERVICES: Final = "enabledService"

PARTS: Final[dict[Counted, tuple[str, str, str]]] = {
    "users": (USERS, filters.USER, "domainCurrentUserNumber"),
    "aliases": (ALIASES, filters.ALIAS, "domainCurrentAliasNumber"),
    "lists": (GROUPS, filters.LIST, "domainCurrentListNumber"),
}
"""Where the accounts of a domain are, what they match, and the attribute of the domain that counts them."""

AccountKind = Literal["user", "alias", "mailing list"]
COUNTED: Final[dict[AccountKind, Counted]] = {"user": "users", "alias": "aliases", "mailing list": "lists"}


@dataclass(frozen=True, slots=True)
class Ldap:
    """Give it to each part."""

    store: Store
    tree: Tree
    people: Locks
    """Of admins and users; whoever has one takes no lock of a domain."""

    def domain(self, name: str) -> Entry:
        """Raises NotFound, also for one whose making was cut."""
        entry = self.store.get(self.tree.domain(name))
        if account_settings.UNFINISHED in entry.all(account_settings.ATTRIBUTE):
            raise NotFound("domain", name)
        return entry

    def account(self, kind: AccountKind, address: str) -> Node:
        """Where an account of this kind is."""
        makers = {"user": self.tree.user, "alias": self.tree.alias, "mailing list": self.tree.maillist}
        return makers[kind](address)


def active(entry: Entry) -> bool:
    """Whether the account and its domain are."""
    return entry.first("accountStatus").lower() == ENABLED and entry.first("domainStatus").lower() != DISABLED


def status(is_active: bool) -> str:
    return ENABLED if is_active else DISABLED
