"""What passes between the layers of the accounts engine: facts about accounts, and changes of them.

Addresses and domains in here are normalised (lower case, ASCII): see `addresses`. Quotas are in MB (2**20 bytes),
0 is unlimited; limits on numbers of accounts are 0 for unlimited and -1 for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, Literal, TypeVar

from postroom.accounts.maildir import Place

T = TypeVar("T")

Profile = dict[str, Any]
"""An account as its back end keeps it, for answers: columns on SQL, attributes on LDAP, with what belongs to it."""


class Unset(Enum):
    """The value of what a change leaves alone."""

    UNSET = "unset"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset.UNSET


def given(value: T | Unset, otherwise: T) -> T:
    """The value, or the other one when it was left alone."""
    return otherwise if isinstance(value, Unset) else value


@dataclass(frozen=True, slots=True)
class ListChange:
    """A change of a list: `reset` is all of it from now on, else `add` and `remove` items."""

    reset: tuple[str, ...] | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.reset is not None or bool(self.add or self.remove)

    def without(self, items: Iterable[str]) -> ListChange:
        """The change that leaves these alone."""
        gone = frozenset(items)
        reset = None if self.reset is None else tuple(item for item in self.reset if item not in gone)
        return ListChange(reset, tuple(item for item in self.add if item not in gone), self.remove)

    def applied(self, now: Iterable[str]) -> tuple[str, ...]:
        """The list after the change, each item once, in order."""
        start = now if self.reset is None else self.reset
        removed = frozenset(self.remove)
        return tuple(item for item in dict.fromkeys([*start, *self.add]) if item not in removed)


SAME: Final = ListChange()


class Change:
    """Base of all changes."""

    __slots__ = ()

    def names(self) -> list[str]:
        """The fields that are given, for checks and for the log."""
        found = ((row.name, getattr(self, row.name)) for row in fields(self))  # type: ignore[arg-type]
        return [name for name, value in found if value is not UNSET and value != SAME]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChange(Change):
    """What to change of a domain, or what a new one has. Empty texts of addresses and next hops remove them."""

    name: str | Unset = UNSET
    active: bool | Unset = UNSET
    quota_mb: int | Unset = UNSET
    default_quota_mb: int | Unset = UNSET
    max_user_quota_mb: int | Unset = UNSET
    max_users: int | Unset = UNSET
    max_aliases: int | Unset = UNSET
    max_lists: int | Unset = UNSET
    language: str | Unset = UNSET
    transport: str | Unset = UNSET
    sender_bcc: str | Unset = UNSET
    recipient_bcc: str | Unset = UNSET
    backup_mx: bool | Unset = UNSET
    primary_mx: str | Unset = UNSET
    """With `backup_mx`: next hop, empty when DNS is asked."""
    min_password: int | Unset = UNSET
    max_password: int | Unset = UNSET
    relay: str | Unset = UNSET
    catchall: tuple[str, ...] | Unset = UNSET
    alias_domains: ListChange = SAME
    services: ListChange = SAME
    disabled_domain_profiles: ListChange = SAME
    disabled_user_profiles: ListChange = SAME
    disabled_user_preferences: ListChange = SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange(Change):
    """What to change of a user."""

    name: str | Unset = UNSET
    given_name: str | Unset = UNSET
    surname: str | Unset = UNSET
    password: str | Unset = field(default=UNSET, repr=False)
    """In plain text; becomes `password_hash` before a back end sees the change."""
    password_hash: str | Unset = field(default=UNSET, repr=False)
    quota_mb: int | Unset = UNSET
    active: bool | Unset = UNSET
    language: str | Unset = UNSET
    transport: str | Unset = UNSET
    employee_id: str | Unset = UNSET
    global_admin: bool | Unset = UNSET
    forwarding: ListChange = SAME
    """Where mail goes; an empty list means the user's own mailbox alone."""
    sender_bcc: str | Unset = UNSET
    recipient_bcc: str | Unset = UNSET
    aliases: ListChange = SAME
    services: ListChange = SAME
    mailbox_format: str | Unset = UNSET
    mailbox_folder: str | Unset = UNSET
    place: Place | Unset = UNSET
    telephones: tuple[str, ...] | Unset = UNSET
    """LDAP only, as are the mobiles."""
    mobiles: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to be created, all checks made."""

    address: str
    password_hash: str = field(repr=False)
    name: str
    given_name: str
    surname: str
    language: str
    quota_mb: int
    active: bool
    place: Place
    mailbox_format: str
    mailbox_folder: str
    transport: str
    services_on: tuple[str, ...]
    """Beside those every user has."""
    services_off: tuple[str, ...]
    aliases: tuple[str, ...]
    groups: tuple[str, ...]
    """Alias accounts (or lists, on LDAP) of which the user becomes a member."""
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasChange(Change):
    """What to change of an alias or of an (unsubscribable) mailing list, or what a new one has."""

    name: str | Unset = UNSET
    access_policy: str | Unset = UNSET
    active: bool | Unset = UNSET
    members: ListChange = SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminChange(Change):
    """What to change of a standalone admin, or what a new one has."""

    name: str | Unset = UNSET
    password: str | Unset = field(default=UNSET, repr=False)
    password_hash: str | Unset = field(default=UNSET, repr=False)
    active: bool | Unset = UNSET
    language: str | Unset = UNSET
    global_admin: bool | Unset = UNSET
    create_domains: bool | Unset = UNSET
    max_domains: int | Unset = UNSET
    max_quota: int | Unset = UNSET
    quota_unit: Literal["TB", "GB", "MB"] | Unset = UNSET
    max_users: int | Unset = UNSET
    max_aliases: int | Unset = UNSET
    max_lists: int | Unset = UNSET
    hide_mail_log: bool | Unset = UNSET
    hide_quarantine: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class CreatorLimits:
    """What a normal admin who may create domains may create in all of them together."""

    domains: int = 0
    quota_mb: int = 0
    users: int = 0
    aliases: int = 0
    lists: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is: an admin or a user, and what they manage. `creator` None: may not create domains."""

    address: str
    kind: Literal["admin", "user"]
    active: bool
    global_admin: bool
    domains: frozenset[str]
    creator: CreatorLimits | None = None
    language: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether the API is for them at all."""
        return self.active and (self.kind == "admin" or self.global_admin or bool(self.domains))


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What rules ask about a domain."""

    name: str
    active: bool
    backup_mx: bool
    quota_mb: int
    default_quota_mb: int
    max_user_quota_mb: int
    max_users: int
    max_aliases: int
    max_lists: int
    min_password: int
    max_password: int
    language: str
    disabled_domain_profiles: frozenset[str]
    disabled_user_profiles: frozenset[str]
    disabled_mail_services: tuple[str, ...]
    default_groups: tuple[str, ...]


Counted = Literal["users", "aliases", "lists"]


@dataclass(frozen=True, slots=True)
class Kept:
    """How the files of deleted mailboxes are kept: who deleted them, and until when (None: for ever)."""

    admin: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: rows whose name holds `search`, behind the name `after`, at most `limit`."""

    search: str = ""
    after: str = ""
    limit: int | None = None


ALL: Final = Page()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: the name it is sorted by, and the profile."""

    name: str
    profile: Mapping[str, Any]
