"""Where entries are: every part of a DN is escaped here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ldap3.utils.dn import escape_rdn

from postroom.accounts.addresses import domain_of, local_of

USERS: Final = "Users"
GROUPS: Final = "Groups"
ALIASES: Final = "Aliases"
EXTERNALS: Final = "Externals"
UNITS: Final = (USERS, GROUPS, ALIASES, EXTERNALS)
"""The organizational units of each domain."""


# Servers compare without case and without outer spaces; here each account has one name.
_CLEAN: Final = re.compile(r"[!-@\[-~]+")


@dataclass(frozen=True, slots=True)
class Node:
    """An entry, whether it is there or not: `kind` and `name` are what errors call it. No DN: it can never be there."""

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
        self.suffix = ",".join(part.strip() for part in suffix.split(","))
        self.domains = f"o=domains,{self.suffix}"
        self.admins = f"o=domainAdmins,{self.suffix}"

    def domain(self, name: str) -> Node:
        return Node("domain", name, _below("domainName", name, self.domains))

    def unit(self, domain: str, unit: str) -> Node:
        """The entry above all users, lists, aliases or externals of a domain."""
        return Node("domain", domain, _below("ou", unit, self.domain(domain).dn))

    def admin(self, address: str) -> Node:
        return Node("admin", address, _below("mail", address, self.admins))

    def user(self, address: str) -> Node:
        return self._account("user", USERS, address)

    def alias(self, address: str) -> Node:
        return self._account("alias", ALIASES, address)

    def maillist(self, address: str) -> Node:
        return self._account("mailing list", GROUPS, address)

    def catchall(self, domain: str) -> Node:
        """Has an address without local part, and takes what no other account has."""
        return Node("catch-all", domain, _below("mail", f"@{domain}", self.unit(domain, USERS).dn))

    def externals(self, maillist: str) -> Node:
        """The members of a list who have no account in its domain."""
        above = self.unit(domain_of(maillist), EXTERNALS).dn
        return Node("mailing list", maillist, _below("memberOfGroup", maillist, above))

    def _account(self, kind: str, unit: str, address: str) -> Node:
        # Without a local part it is the catch-all.
        above = self.unit(domain_of(address), unit).dn if local_of(address) else ""
        return Node(kind, address, _below("mail", address, above))


def is_clean(name: str) -> bool:
    """Whether anything can have this name."""
    return bool(_CLEAN.fullmatch(name))


def same(dn: str, other: str) -> bool:
    """Whether two DNs are one: servers escape in a way of their own."""
    return _plain(dn) == _plain(other)


def _plain(dn: str) -> str:
    text = re.sub(r"\\([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), dn.lower())
    return text.replace("\\", "")


def _below(attribute: str, value: str, above: str) -> str:
    return f"{attribute}={escape_rdn(value)},{above}" if above and (attribute == "ou" or is_clean(value)) else ""


def _end_of_rdn(dn: str) -> int:
    place = dn.index(",")
    while dn[:place].endswith("\\"):  # what names are made of has no backslash at its end
        place = dn.index(",", place + 1)
    return place
