"""The directory in OpenLDAP: each method in the module of its subject.

Every entry is written at once. Where a change takes several, what others ask for is written last, so that a repeat
completes what was cut; values are added and taken away one by one, so that of two changes at once none is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Literal

from postroom.accounts.backends.ldap import (
    admins,
    aliases,
    destinations,
    domains,
    ldif,
    listing,
    mailboxes,
    maillists,
    managers,
    members,
    profiles,
    rename,
    users,
    who,
)
from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.database.connect import Unit
from postroom.accounts.directory import Account
from postroom.accounts.model import (
    AdminChange,
    AliasChange,
    Counted,
    DomainChange,
    DomainFacts,
    Kept,
    ListChange,
    NewUser,
    Page,
    Profile,
    Row,
    Standing,
    UserChange,
)


class LdapDirectory:
    """`Directory` over the tree, and over the tables of `iredadmin` in one unit. `transport` is what domains get that
    name none."""

    def __init__(self, ldap: Ldap, unit: Unit, transport: str, locks: Locks) -> None:
        self._ldap, self._unit, self._transport, self._locks = ldap, unit, transport, locks

    # Who is who

    def standing(self, address: str) -> Standing | None:
        return who.standing(self._ldap, address)

    def hashes(self, address: str, kind: Literal["admin", "user"]) -> tuple[str, ...]:
        return who.hashes(self._ldap, address, kind)

    def hosted(self, domain: str) -> bool:
        return who.hosted(self._ldap, domain)

    def target(self, alias_domain: str) -> str | None:
        return who.target(self._ldap, alias_domain)

    def taken(self, address: str) -> bool:
        return who.taken(self._ldap, address)

    def facts(self, domain: str, *, lock: bool = False) -> DomainFacts:
        if lock:
            self._unit.at_end.append(self._locks.take(domain))
        return domains.facts(self._ldap, domain)

    def count(self, domain: str, what: Counted) -> int:
        self._ldap.domain(domain)
        return members.count(self._ldap, domain, what)

    def allocated_mb(self, domain: str, *, without: str = "") -> int:
        return domains.allocated_mb(self._ldap, domain, without=without)

    # Domains

    def domains(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> Iterator[Row]:
        names = self.domain_names(among=among, disabled_only=disabled_only, page=page)
        return listing.domain_rows(self._ldap, names)

    def domain_names(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> list[str]:
        return listing.domains(self._ldap, among=among, disabled_only=disabled_only, page=page)

    def domain(self, name: str) -> Profile:
        return profiles.of_domain(self._ldap, name)

    def create_domain(self, name: str, change: DomainChange, *, admin: str | None, created: datetime) -> None:  # noqa: ARG002
        domains.create(self._ldap, name, change, admin=admin, usual_transport=self._transport)

    def update_domain(self, name: str, change: DomainChange) -> None:
        domains.change(self._ldap, name, change, usual_transport=self._transport)

    def delete_domain(self, name: str, kept: Kept) -> None:
        domains.delete(self._ldap, self._unit.iredadmin, name, kept)

    def domain_admins(self, name: str) -> tuple[str, ...]:
        return managers.of_domain(self._ldap, name)

    def change_domain_admins(self, name: str, admins: ListChange) -> None:
        managers.change(self._ldap, name, admins)

    def domain_services(self, name: str) -> tuple[str, ...]:
        return domains.services(self._ldap, name)

    def created_by(self, admin: str) -> tuple[str, ...]:
        return managers.managed_domains(self._ldap, admin)

    # Standalone admins

    def admins(self, page: Page) -> Iterator[Row]:
        return listing.admin_rows(self._ldap, listing.admins(self._ldap, page))

    def admin(self, address: str) -> Profile:
        return profiles.of_admin(self._ldap, address)

    def create_admin(self, address: str, change: AdminChange, created: datetime) -> None:
        admins.create(self._ldap, address, change, created)

    def update_admin(self, address: str, change: AdminChange) -> None:
        admins.change(self._ldap, address, change)

    def delete_admin(self, address: str) -> None:
        admins.delete(self._ldap, address)

    # Users

    def users(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]:
        names = self.user_addresses(domain, disabled_only=disabled_only, page=page)
        return listing.account_rows(self._ldap, domain, "users", names)

    def user_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]:
        return listing.accounts(self._ldap, domain, "users", disabled_only=disabled_only, page=page)

    def user(self, address: str) -> Profile:
        return profiles.of_user(self._ldap, self._unit.iredadmin, address)

    def has_user(self, address: str) -> bool:
        return users.has(self._ldap, address)

    def user_aliases(self, address: str) -> tuple[str, ...]:
        return users.aliases(self._ldap, address)

    def user_forwarding(self, address: str) -> tuple[str, ...]:
        return users.forwarding(self._ldap, address)

    def destinations(self, name: str) -> tuple[str, ...]:
        return destinations.of(self._ldap, name)

    def create_user(self, user: NewUser) -> None:
        users.create(self._ldap, user)

    def update_user(self, address: str, change: UserChange) -> None:
        users.change(self._ldap, address, change)

    def update_users(self, domain: str, change: UserChange) -> None:
        users.change_all(self._ldap, domain, change)

    def rename_user(self, address: str, new: str) -> None:
        rename.rename(self._ldap, "user", address, new)
        mailboxes.rename(self._unit.iredadmin, address, new)

    def delete_user(self, address: str, kept: Kept) -> None:
        users.delete(self._ldap, self._unit.iredadmin, address, kept)

    # Aliases

    def aliases(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]:
        names = self.alias_addresses(domain, disabled_only=disabled_only, page=page)
        return listing.account_rows(self._ldap, domain, "aliases", names)

    def alias_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]:
        return listing.accounts(self._ldap, domain, "aliases", disabled_only=disabled_only, page=page)

    def alias(self, address: str) -> Profile:
        return profiles.of_alias(self._ldap, address)

    def create_alias(self, address: str, change: AliasChange, created: datetime) -> None:  # noqa: ARG002
        aliases.create(self._ldap, address, change)

    def update_alias(self, address: str, change: AliasChange) -> None:
        aliases.change(self._ldap, address, change)

    def rename_alias(self, address: str, new: str) -> None:
        rename.rename(self._ldap, "alias", address, new)

    def delete_alias(self, address: str) -> None:
        aliases.delete(self._ldap, address)

    # Mailing lists

    def maillist(self, address: str) -> Profile:
        return profiles.of_maillist(self._ldap, address)

    def create_maillist(self, address: str, change: AliasChange, created: datetime) -> None:  # noqa: ARG002
        maillists.create(self._ldap, address, change)

    def update_maillist(self, address: str, change: AliasChange) -> None:
        maillists.change(self._ldap, address, change)

    def delete_maillist(self, address: str) -> None:
        maillists.delete(self._ldap, address)

    # LDIF

    def ldif(self, kind: Account, name: str, *, without: Collection[str] = ()) -> str:
        return ldif.of_account(self._ldap, kind, name, without=without)
