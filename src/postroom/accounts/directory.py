"""What a back end does: the one interface of SQL and LDAP.

A `Directory` is bound to one unit of work (see `database.connect.Unit`): on SQL nothing is seen by others before the
unit ends, on LDAP each entry is written at once and the order of the writes lets a repeat complete what a crash cut.
Rules (who may, limits, passwords) are asked before, by the services beside this file; a directory writes, and holds the
invariants of its own storage. Everything raises Unavailable when the storage does not answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Literal, Protocol

from postroom.accounts.database.connect import Unit
from postroom.accounts.enforce.directory import Directory as PolicyDirectory
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

Kind = Literal["sqlite", "postgresql", "mariadb", "ldap"]
Account = Literal["domain", "admin", "user", "alias", "maillist", "catchall"]


class Directory(Protocol):
    """Domains, admins, users, aliases and lists, within one unit of work.

    Methods that take an account raise NotFound(kind, name) when it is not there, with the kinds "domain", "admin",
    "user", "alias", "mailing list"; those that delete do nothing then, so that a repeat succeeds.
    """

    # Who is who

    def standing(self, address: str) -> Standing | None:
        """An admin (asked first) or a user; None for nobody."""

    def hashes(self, address: str, kind: Literal["admin", "user"]) -> tuple[str, ...]:
        """The stored passwords; LDAP may have several."""

    def hosted(self, domain: str) -> bool:
        """Whether mail of this name is ours: a domain or the further name of one."""

    def target(self, alias_domain: str) -> str | None:
        """The domain of which this is a further name."""

    def taken(self, address: str) -> bool:
        """Whether any account, list, or further address of a user has it."""

    def facts(self, domain: str, *, lock: bool = False) -> DomainFacts:
        """What rules ask. `lock`: where the storage can, nobody else changes its accounts until the unit ends."""

    def count(self, domain: str, what: Counted) -> int: ...

    def allocated_mb(self, domain: str, *, without: str = "") -> int:
        """The quotas of all users together, but for one."""

    # Domains

    def domains(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> Iterator[Row]:
        """By name. `among` None: all. Streams: 100,000 rows need no more memory than a few."""

    def domain_names(self, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> list[str]: ...

    def domain(self, name: str) -> Profile: ...

    def create_domain(self, name: str, change: DomainChange, *, admin: str | None, created: datetime) -> None:
        """`admin` manages the new domain."""

    def update_domain(self, name: str, change: DomainChange) -> None: ...

    def delete_domain(self, name: str, kept: Kept) -> None:
        """With all accounts in it, and everything that points into it."""

    def domain_admins(self, name: str) -> tuple[str, ...]: ...

    def change_domain_admins(self, name: str, admins: ListChange) -> None:
        """Admins and users; a user who manages something carries the mark of a domain admin."""

    def domain_services(self, name: str) -> tuple[str, ...]: ...

    def created_by(self, admin: str) -> tuple[str, ...]:
        """The domains that count against the limits of a creator: all that they manage."""

    # Standalone admins

    def admins(self, page: Page) -> Iterator[Row]: ...

    def admin(self, address: str) -> Profile: ...

    def create_admin(self, address: str, change: AdminChange, created: datetime) -> None: ...

    def update_admin(self, address: str, change: AdminChange) -> None: ...

    def delete_admin(self, address: str) -> None: ...

    # Users

    def users(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]:
        """By address, streaming."""

    def user_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]: ...

    def user(self, address: str) -> Profile: ...

    def has_user(self, address: str) -> bool: ...

    def user_aliases(self, address: str) -> tuple[str, ...]: ...

    def user_forwarding(self, address: str) -> tuple[str, ...]: ...

    def destinations(self, name: str) -> tuple[str, ...]:
        """Where mail for exactly this address goes now, or for a domain's unknown addresses; nowhere for nobody's.

        A user's own address stands for the mailbox. Of disabled accounts nothing is found.
        """

    def create_user(self, user: NewUser) -> None: ...

    def update_user(self, address: str, change: UserChange) -> None: ...

    def update_users(self, domain: str, change: UserChange) -> None:
        """The same for all users of a domain; only status, password, language and transport come here."""

    def rename_user(self, address: str, new: str) -> None:
        """Everywhere the address stands. The mailbox stays where it is."""

    def delete_user(self, address: str, kept: Kept) -> None: ...

    # Aliases

    def aliases(self, domain: str, *, disabled_only: bool, page: Page) -> Iterator[Row]: ...

    def alias_addresses(self, domain: str, *, disabled_only: bool, page: Page) -> list[str]: ...

    def alias(self, address: str) -> Profile: ...

    def create_alias(self, address: str, change: AliasChange, created: datetime) -> None: ...

    def update_alias(self, address: str, change: AliasChange) -> None: ...

    def rename_alias(self, address: str, new: str) -> None: ...

    def delete_alias(self, address: str) -> None: ...

    # Unsubscribable mailing lists, LDAP only: on SQL these raise WrongState

    def maillist(self, address: str) -> Profile: ...

    def create_maillist(self, address: str, change: AliasChange, created: datetime) -> None: ...

    def update_maillist(self, address: str, change: AliasChange) -> None: ...

    def delete_maillist(self, address: str) -> None: ...

    # LDIF, LDAP only

    def ldif(self, kind: Account, name: str, *, without: Collection[str] = ()) -> str:
        """The one entry as LDIF (RFC 2849), but for some attributes. On SQL WrongState."""


class Backend(Protocol):
    """Where accounts are kept."""

    kind: Kind

    def directory(self, unit: Unit, *, dry_run: bool = False) -> Directory:
        """Bound to a unit. `dry_run`: nothing is written; for storages that the end of the unit does not undo."""

    def enforcing(self, unit: Unit) -> PolicyDirectory:
        """What the policy service asks; for the length of one question."""

    def check(self) -> None:
        """Raises Unavailable when the storage does not answer."""

    def close(self) -> None: ...
