"""Where entries are: every part of a DN is escaped here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ldap3.utils.dn import escape_rdn

from postroom.accounts.addresses import domain_of
from postroom.errors import Invalid

USERS: Final = "Users"
GROUPS: Final = "Groups"
ALIASES: Final = "Aliases"
EXTERNALS: Final = "Externals"
UNITS: Final = (USERS, GROUPS, ALIASES, EXTERNALS)
"""The organizational units of each domain."""


@dataclass(frozen=True, slots=True)
class Node:
    """An entry, whether it is there or not: `kind` and `name` are what errors call it."""

    kind: str
    name: str
    dn: str

    @property
    def rdn(self) -> str:
        """The first part of the DN. Its value has no comma that is not escaped."""
        return self.dn[: _end_of_rdn(self.dn)]

    @property
    def parent(self) -> str:
        return self.dn[_end_of_rdn(self.dn) + 1 :]


class Tree:
    """The tree below a suffix."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self.domains = f"o=domains,{suffix}"
        self.admins = f"o=domainAdmins,{suffix}"

    def domain(self, name: str) -> Node:
        return Node("domain", name, f"{_rdn('domainName', name)},{self.domains}")

    def unit(self, domain: str, unit: str) -> Node:
        """The entry above all users, lists, aliases or externals of a domain."""
        return Node("domain", domain, f"ou={unit},{self.domain(domain).dn}")

    def admin(self, address: str) -> Node:
        return Node("admin", address, f"{_rdn('mail', address)},{self.admins}")

    def user(self, address: str) -> Node:
        return self._account("user", USERS, address)

    def alias(self, address: str) -> Node:
        return self._account("alias", ALIASES, address)

    def maillist(self, address: str) -> Node:
        return self._account("mailing list", GROUPS, address)

    def catchall(self, domain: str) -> Node:
        """Has an address without local part, and takes what no other account has."""
        dn = f"{_rdn('mail', f'@{domain}')},{self.unit(domain, USERS).dn}"
        return Node("catch-all", domain, dn)

    def externals(self, maillist: str) -> Node:
        """The members of a list who have no account in its domain."""
        dn = f"{_rdn('memberOfGroup', maillist)},{self.unit(domain_of(maillist), EXTERNALS).dn}"
        return Node("mailing list", maillist, dn)

    def _account(self, kind: str, unit: str, address: str) -> Node:
        return Node(kind, address, f"{_rdn('mail', address)},{self.unit(domain_of(address), unit).dn}")


def _rdn(attribute: str, value: str) -> str:
    if not value or "\0" in value:  # escape_rdn knows neither
        raise Invalid(attribute, "a name")
    return f"{attribute}={escape_rdn(value)}"


def _end_of_rdn(dn: str) -> int:
    place = dn.index(",")
    while dn[:place].endswith("\\"):  # what names are made of has no backslash at its end
        place = dn.index(",", place + 1)
    return place
