"""The directory in the tables of `vmail`: each method in the module of its subject. See `sql` for what always holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Literal, NoReturn

from sqlalchemy import Connection

from postroom.accounts.backends.sql import (
    admins,
    aliases,
    domains,
    forwardings,
    lists,
    managers,
    profiles,
    remove,
    rename,
    users,
    who,
)
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
from postroom.errors import WrongState


class SqlDirectory:
    """`Directory` over one unit. Nobody else sees a change before the unit ends, and all of it is undone when it
    fails. `transport` is what domains get that name none."""

    def __init__(self, unit: Unit, transport: str) -> None:
        self._unit, self._transport = unit, transport

    @property
    def _connection(self) -> Connection:
        return self._unit.vmail

    # Who is who

    def standing(self, address: str) -> Standing | None:
        return who.standing(self._connection, address)

    def hashes(self, address: str, kind: Literal["admin", "user"]) -> tuple[str, ...]:
        return who.hashes(self._connection, address, kind)

    def hosted(self, domain: str) -> bool:
        return who.hosted(self._connection, domain)

    def target(self, alias_domain: str) -> str | None:
        return who.target(self._connection, alias_domain)

    def taken(self, address: str) -> bool:
        return who.taken(self._connection, address)

    def facts(self, domain: str, *, lock: bool = False) -> DomainFacts:
        return domains.facts(self._connection, domain, lock=lock)

    def count(self, domain: str, what: Counted) -> int:
        return domains.count(self._connection, domain, what)

    def allocated_mb(self, domain: str, *, without: str = "") -> int:
        return domains.allocated_mb(self._connection, domain, without=without)

    # Domains

    def domains(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> Iterator[Row]:
        return self._rows(lists.DOMAINS, page, among=among, disabled_only=disabled_only)

    def domain_names(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> list[str]:
        return list(lists.names(self._unit, lists.DOMAINS, page, among=among, disabled_only=disabled_only))

    def domain(self, name: str) -> Profile:
        return profiles.of_domain(self._connection, name)

    def create_domain(self, name: str, change: DomainChange, *, admin: str | None, created: datetime) -> None:
        domains.create(self._connection, name, change, admin=admin, created=created, transport=self._transport)

    def update_domain(self, name: str, change: DomainChange) -> None:
        domains.change(self._connection, name, change, transport=self._transport)

    def delete_domain(self, name: str, kept: Kept) -> None:
        remove.remove_domain(self._connection, name, kept)

    def domain_admins(self, name: str) -> tuple[str, ...]:
        domains.needed(self._connection, name)
        return managers.of_domain(self._connection, name)

    def change_domain_admins(self, name: str, admins: ListChange) -> None:
        domains.needed(self._connection, name, lock=True)
        managers.change(self._connection, name, admins)

    def domain_services(self, name: str) -> tuple[str, ...]:
        return domains.services(self._connection, name)

    def created_by(self, admin: str) -> tuple[str, ...]:
        return managers.managed_domains(self._connection, admin)

    # Standalone admins

    def admins(self, page: Page) -> Iterator[Row]:
        return self._rows(lists.ADMINS, page)

    def admin(self, address: str) -> Profile:
        return profiles.of_admin(self._connection, address)

    def create_admin(self, address: str, change: AdminChange, created: datetime) -> None:
        admins.create(self._connection, address, change, created)

    def update_admin(self, address: str, change: AdminChange) -> None:
        admins.change(self._connection, address, change)

    def delete_admin(self, address: str) -> None:
        admins.remove(self._connection, address)

    # Users

    def users(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]:
        domains.needed(self._connection, domain)
        return self._rows(lists.USERS, page, of_domain=domain, disabled_only=disabled_only)

    def user_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]:
        domains.needed(self._connection, domain)
        return list(lists.names(self._unit, lists.USERS, page, of_domain=domain, disabled_only=disabled_only))

    def user(self, address: str) -> Profile:
        return profiles.of_user(self._connection, address)

    def has_user(self, address: str) -> bool:
        return users.has(self._connection, address)

    def user_aliases(self, address: str) -> tuple[str, ...]:
        users.needed(self._connection, address)
        return forwardings.further_addresses(self._connection, address)

    def user_forwarding(self, address: str) -> tuple[str, ...]:
        users.needed(self._connection, address)
        return forwardings.destinations(self._connection, address, "is_forwarding")

    def destinations(self, name: str) -> tuple[str, ...]:
        return forwardings.active_destinations(self._connection, name)

    def create_user(self, user: NewUser) -> None:
        users.create(self._connection, user)

    def update_user(self, address: str, change: UserChange) -> None:
        users.change(self._connection, address, change)

    def update_users(self, domain: str, change: UserChange) -> None:
        domains.needed(self._connection, domain, lock=True)
        users.change_all(self._connection, domain, change)

    def rename_user(self, address: str, new: str) -> None:
        rename.rename(self._connection, "user", address, new)

    def delete_user(self, address: str, kept: Kept) -> None:
        remove.remove_user(self._connection, address, kept)

    # Aliases

    def aliases(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]:
        domains.needed(self._connection, domain)
        return self._rows(lists.ALIASES, page, of_domain=domain, disabled_only=disabled_only)

    def alias_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]:
        domains.needed(self._connection, domain)
        return list(lists.names(self._unit, lists.ALIASES, page, of_domain=domain, disabled_only=disabled_only))

    def alias(self, address: str) -> Profile:
        return profiles.of_alias(self._connection, address)

    def create_alias(self, address: str, change: AliasChange, created: datetime) -> None:
        aliases.create(self._connection, address, change, created)

    def update_alias(self, address: str, change: AliasChange) -> None:
        aliases.change(self._connection, address, change)

    def rename_alias(self, address: str, new: str) -> None:
        rename.rename(self._connection, "alias", address, new)

    def delete_alias(self, address: str) -> None:
        remove.remove_alias(self._connection, address)

    # What SQL does not have

    def maillist(self, address: str) -> Profile:  # noqa: ARG002
        _no_maillists()

    def create_maillist(self, address: str, change: AliasChange, created: datetime) -> None:  # noqa: ARG002
        _no_maillists()

    def update_maillist(self, address: str, change: AliasChange) -> None:  # noqa: ARG002
        _no_maillists()

    def delete_maillist(self, address: str) -> None:  # noqa: ARG002
        _no_maillists()

    def ldif(self, kind: Account, name: str, *, without: Collection[str] = ()) -> str:  # noqa: ARG002
        raise WrongState("Only accounts in LDAP can be exported as LDIF; these are in an SQL database.")

    def _rows(
        self, listing: lists.Listing, page: Page, *, of_domain: str | None = None,
        among: Collection[str] | None = None, disabled_only: bool = False,
    ) -> Iterator[Row]:  # fmt: skip
        found = lists.names(self._unit, listing, page, of_domain=of_domain, among=among, disabled_only=disabled_only)
        return lists.rows(self._unit, listing, found)


def _no_maillists() -> NoReturn:
    raise WrongState("Mailing lists without subscription exist only in LDAP; in an SQL database use an alias.")
