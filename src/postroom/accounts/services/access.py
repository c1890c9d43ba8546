"""Who calls, and what they may do. Every check of a role is here.

Roles: a global admin may do everything; a domain admin acts on the domains they manage, and a *creator* among them may
also create domains within limits of their own. A *global only* field, or a profile that a global admin switched off for
a domain, is not a domain admin's to change.

Source: iRedAdmin-Pro RESTful API, roles; which fields are global only follows the panel where no document says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from postroom.accounts.addresses import domain_of
from postroom.accounts.errors import NotManaged, ProtectedAdmin
from postroom.accounts.model import Change, CreatorLimits, DomainChange, DomainFacts, Standing, UserChange
from postroom.errors import Denied


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does something, as the log will have it. `dry_run`: everything is checked and nothing is changed."""

    address: str
    global_admin: bool
    domains: frozenset[str] = frozenset()
    creator: CreatorLimits | None = None
    ip: str = ""
    api: bool = False
    """Whether the call came through the API; such log entries are marked."""
    read_only: bool = False
    """A token that may only read."""
    dry_run: bool = False

    @classmethod
    def of(cls, standing: Standing, ip: str) -> Caller:
        """An admin who signed in to the API."""
        return cls(standing.address, standing.global_admin, standing.domains, standing.creator, ip, api=True)

    def trying(self) -> Caller:
        """The same caller, who wants nothing changed."""
        return replace(self, dry_run=True)


LOCAL: Final = Caller("postroom", global_admin=True, ip="127.0.0.1")
"""Whoever owns the home and uses the command line."""


GLOBAL_ONLY: Final[Mapping[type[Change], frozenset[str]]] = {
    DomainChange: frozenset({
        "active", "quota_mb", "max_users", "max_aliases", "max_lists", "transport", "relay", "backup_mx", "primary_mx",
        "services", "disabled_domain_profiles", "disabled_user_profiles", "disabled_user_preferences",
    }),
    UserChange: frozenset({"global_admin", "place"}),  # with a place of their choice they could read all mail
}  # fmt: skip

DOMAIN_PROFILES: Final[Mapping[str, str]] = {
    "sender_bcc": "bcc", "recipient_bcc": "bcc", "relay": "relay", "catchall": "catchall", "alias_domains": "aliases",
    "backup_mx": "backupmx", "primary_mx": "backupmx", "min_password": "password_policies",
    "max_password": "password_policies", "default_quota_mb": "advanced", "max_user_quota_mb": "advanced",
    "language": "advanced",
}  # fmt: skip
"""Field of a change → the word by which it can be switched off for a domain."""

USER_PROFILES: Final[Mapping[str, str]] = {
    "sender_bcc": "bcc", "recipient_bcc": "bcc", "forwarding": "forwarding", "transport": "relay", "aliases": "aliases",
}  # fmt: skip


def needs_change(by: Caller) -> None:
    """Raises Denied for who may only read."""
    if by.read_only:
        raise Denied("This token may only read.")


def needs_global(by: Caller) -> None:
    """Raises Denied."""
    if not by.global_admin:
        raise Denied("Only a global admin may do this.")


def needs_domain(by: Caller, domain: str) -> None:
    """Raises NotManaged, for a domain that does not exist as for one of others."""
    if not by.global_admin and domain not in by.domains:
        raise NotManaged(domain)


def needs_account(by: Caller, address: str) -> None:
    """Raises NotManaged."""
    if not by.global_admin and domain_of(address) not in by.domains:
        raise NotManaged(address)


def needs_creator(by: Caller) -> None:
    """Raises Denied for who may not create domains."""
    if not by.global_admin and by.creator is None:
        raise Denied("You may not create or delete domains. A global admin can allow it.")


def may_touch(by: Caller, standing: Standing | None) -> None:
    """Raises ProtectedAdmin when a normal admin wants to change a global one."""
    if standing is not None and standing.global_admin and not by.global_admin:
        raise ProtectedAdmin(standing.address)


def may_set_password(by: Caller, standing: Standing | None) -> None:
    """Raises Denied for the account of an admin who may do more than the caller: signed in as them, so might they."""
    if standing is None or by.global_admin:
        return
    if standing.domains - by.domains or (standing.creator is not None and by.creator is None):
        raise Denied("This account manages more than you do. A global admin can change its password.")


def may_change(by: Caller, change: Change) -> None:
    """Raises Denied naming the first field that is global only."""
    if by.global_admin:
        return
    for name in change.names():
        if name in GLOBAL_ONLY.get(type(change), ()):
            raise Denied(f"Only a global admin may change {name}.")


def may_change_profile(by: Caller, change: Change, facts: DomainFacts) -> None:
    """Raises Denied for what was switched off for the admins of this domain."""
    if by.global_admin:
        return
    if isinstance(change, DomainChange):
        words, off = DOMAIN_PROFILES, facts.disabled_domain_profiles
    else:
        words, off = USER_PROFILES, facts.disabled_user_profiles
    for name in change.names():
        if name in words:
            may_use(by, words[name], off, facts.name)


def may_use(by: Caller, word: str, off: frozenset[str], domain: str) -> None:
    """Raises Denied when this part of the profile was switched off for the admins of the domain."""
    if not by.global_admin and word in off:
        raise Denied(f"A global admin has switched {word} off for {domain}.")
