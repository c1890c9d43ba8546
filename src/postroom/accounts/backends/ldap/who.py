"""Who somebody is, and whether a name is ours or taken. `standing` runs with each request: two or three searches."""

from __future__ import annotations

from typing import Literal

from postroom.accounts.backends.ldap import account_settings, managers
from postroom.accounts.backends.ldap.account_settings import ATTRIBUTE, RENAMING, UNFINISHED
from postroom.accounts.backends.ldap.base import SERVICES, Ldap, active
from postroom.accounts.backends.ldap.filters import ACCOUNT, DOMAIN, either, equal, every, no
from postroom.accounts.backends.ldap.names import is_clean
from postroom.accounts.backends.ldap.store import Entry
from postroom.accounts.creators import creator_limits
from postroom.accounts.model import Standing

FINISHED = every(DOMAIN, no(equal(ATTRIBUTE, UNFINISHED)))
"""Domains, without those whose making was cut."""

_ATTRIBUTES = ("accountStatus", "domainStatus", "domainGlobalAdmin", SERVICES, ATTRIBUTE, "preferredLanguage")


def standing(ldap: Ldap, address: str) -> Standing | None:
    """An admin (asked first) or a user.

    A user manages what domains say only with the service `domainadmin` in the own entry: what was left behind in
    another one makes nobody an admin.
    """
    admin = ldap.store.read(ldap.tree.admin(address), _ATTRIBUTES)
    if admin is not None:
        return _standing(ldap, address, "admin", admin)
    user = ldap.store.read(ldap.tree.user(address), _ATTRIBUTES)
    return None if user is None else _standing(ldap, address, "user", user)


def _standing(ldap: Ldap, address: str, kind: Literal["admin", "user"], entry: Entry) -> Standing:
    marked = kind == "admin" or managers.MARK in entry.lower(SERVICES)
    return Standing(
        address=address,
        kind=kind,
        active=active(entry),
        global_admin=marked and entry.first("domainGlobalAdmin").lower() == "yes",
        domains=frozenset(managers.managed_domains(ldap, address)) if marked else frozenset(),
        creator=creator_limits(account_settings.texts(entry)) if marked else None,
        language=entry.first("preferredLanguage"),
    )


def hashes(ldap: Ldap, address: str, kind: Literal["admin", "user"]) -> tuple[str, ...]:
    """The stored passwords. Raises NotFound."""
    node = ldap.tree.admin(address) if kind == "admin" else ldap.tree.user(address)
    return ldap.store.get(node, ("userPassword",)).all("userPassword")


def hosted(ldap: Ldap, name: str) -> bool:
    """Whether it is a domain or the further name of one."""
    return bool(hosts(ldap, name))


def hosts(ldap: Ldap, name: str) -> set[str]:
    """The domains that have the name or the further name: one at most, when nobody else is about to make another."""
    if not is_clean(name):
        return set()
    named = either((equal("domainName", name), equal("domainAliasName", name)))
    found = ldap.store.find(ldap.tree.domains, every(FINISHED, named), ("domainName",), scope="LEVEL")
    return {entry.first("domainName").lower() for entry in found}


def target(ldap: Ldap, name: str) -> str | None:
    """The domain of which this is a further name."""
    if not is_clean(name):
        return None
    condition = every(DOMAIN, equal("domainAliasName", name))
    found = ldap.store.find(ldap.tree.domains, condition, ("domainName",), scope="LEVEL")
    return min((entry.first("domainName").lower() for entry in found), default=None)


def taken(ldap: Ldap, address: str) -> bool:
    """Whether a user, an alias, a list, a further address of one of them, or an admin has it.

    An admin counts, because `domainAdmin` holds the rights of both kinds under the same name. An account that is on
    its way to this address does not: repeating the renaming completes it.
    """
    return bool(holders(ldap, address)) or ldap.store.exists(ldap.tree.admin(address))


def holders(ldap: Ldap, address: str) -> list[str]:
    """The DNs of accounts that have the address, those on their way to it left out."""
    return _having(ldap, address, no(equal(ATTRIBUTE, f"{RENAMING}{address}")))


def claimants(ldap: Ldap, address: str) -> list[str]:
    """The same with those on their way to it."""
    return _having(ldap, address)


def _having(ldap: Ldap, address: str, *conditions: str) -> list[str]:
    if not is_clean(address):
        return []
    having = either((equal("mail", address), equal("shadowAddress", address)))
    return [entry.dn for entry in ldap.store.find(ldap.tree.domains, every(having, ACCOUNT, *conditions))]
