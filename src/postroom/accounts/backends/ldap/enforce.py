"""What the policy service asks, answered from the tree."""

from __future__ import annotations

from typing import Final

from postroom.accounts.addresses import domain_of
from postroom.accounts.backends.ldap import aliases, maillists
from postroom.accounts.backends.ldap.base import SERVICES, Ldap
from postroom.accounts.backends.ldap.filters import ALIAS, DOMAIN, LIST, either, equal, every
from postroom.accounts.backends.ldap.store import Entry
from postroom.accounts.enforce.directory import AliasPolicy

_WITH_MEMBERS: Final = frozenset({"membersonly", "membersandmoderatorsonly"})
_OF_MANAGED_LISTS: Final = frozenset({"domain", "subdomain"})
"""What is asked of a list of mlmmj here; the rest mlmmj asks itself, which alone knows the subscribers."""
_MANAGED: Final = "mlmmj"
_ON: Final = every(equal("accountStatus", "active"), equal(SERVICES, "mail"))
_ATTRIBUTES: Final = (
    "objectClass",
    "accessPolicy",
    "listModerator",
    "listAllowedUser",
    "listOwner",
    aliases.MEMBERS,
    SERVICES,
)


class LdapPolicyDirectory:
    """What it knows of domains it remembers: it lives as long as one question of Postfix."""

    def __init__(self, ldap: Ldap) -> None:
        self._ldap = ldap
        self._domains: dict[str, Entry | None] = {}

    def is_local_domain(self, domain: str) -> bool:
        return self._domain(domain) is not None

    def target_domain(self, alias_domain: str) -> str | None:
        entry = self._domain(alias_domain)
        name = entry.first("domainName").lower() if entry else alias_domain
        return None if name == alias_domain else name

    def alias(self, address: str) -> AliasPolicy | None:
        condition = every(either((ALIAS, LIST)), equal("mail", address), _ON)
        base = self._ldap.tree.domain(domain_of(address)).dn if domain_of(address) else self._ldap.tree.domains
        found = self._ldap.store.find(base, condition, _ATTRIBUTES)
        return self._policy(address, found[0]) if found else None

    def _policy(self, address: str, entry: Entry) -> AliasPolicy:
        policy, managed = entry.first("accessPolicy").lower(), _MANAGED in entry.lower(SERVICES)
        if managed and policy not in _OF_MANAGED_LISTS:
            policy = ""
        moderators = (*entry.lower("listModerator"), *entry.lower("listAllowedUser"), *entry.lower("listOwner"))
        return AliasPolicy(
            policy, self._members(address, entry, policy), frozenset(moderators if policy else ()), managed
        )

    def _members(self, address: str, entry: Entry, policy: str) -> frozenset[str]:
        if policy not in _WITH_MEMBERS:
            return frozenset()
        is_list = "maillist" in entry.lower("objectClass")
        return frozenset(maillists.of_list(self._ldap, address) if is_list else aliases.of_alias(entry))

    def _domain(self, name: str) -> Entry | None:
        if name not in self._domains:
            further = every(equal("domainAliasName", name), equal(SERVICES, "domainalias"))
            condition = every(DOMAIN, _ON, either((equal("domainName", name), further)))
            found = self._ldap.store.find(self._ldap.tree.domains, condition, ("domainName",), "LEVEL") if name else []
            # A name should not be both. If it is, Postfix finds the domain first.
            found.sort(key=lambda entry: entry.first("domainName").lower() != name)
            self._domains[name] = found[0] if found else None
        return self._domains[name]
