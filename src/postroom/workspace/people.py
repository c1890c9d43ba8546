"""Who there is: the directory, as the workspace asks it of whoever opens it. `serve` gives the accounts engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """A mailbox and who it belongs to. `id` is a UUID that outlives a change of the address."""

    id: str
    address: str
    """The sign-in name too; normalised."""
    name: str
    given_name: str = ""
    surname: str = ""
    active: bool = True
    language: str = ""
    job_title: str = ""
    department: str = ""
    mobile_phone: str = ""
    phone: str = ""
    office: str = ""
    other_addresses: tuple[str, ...] = ()
    """Further addresses whose mail this mailbox gets."""
    guest: bool = False
    """Somebody from elsewhere whom only the directory of the workspace knows."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Where mail for an address goes: into mailboxes of ours, and on to addresses elsewhere (a forwarding)."""

    people: tuple[Person, ...] = ()
    others: tuple[str, ...] = ()


class People(Protocol):
    """Addresses are given in any case. Methods raise Unavailable when the directory does not answer."""

    def find(self, name: str) -> Person | None:
        """By id or by address, its further ones included."""

    def all(self) -> Iterator[Person]:
        """Everybody, by address; streaming."""

    def authenticate(self, address: str, password: str) -> Person | None:
        """Whoever has this password; None, too, for accounts that are disabled."""

    def recipients(self, address: str) -> Recipients | None:
        """Who gets what is sent to this address: a user, the members of an alias or list, a catch-all; each once.

        None when the domain is not ours; nobody when it is ours and there is no such address.
        """


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes people: `name` is the address of a user, or the id of an app by itself."""

    name: str
    own: bool = False
    """It is that very person."""
    admin: bool = False
    """A user who is an administrator of the tenant."""
    alone: bool = False
    """An app without a user."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What to change of an account, or what a new one has; None leaves it as it is."""

    address: str | None = None
    name: str | None = None
    given_name: str | None = None
    surname: str | None = None
    language: str | None = None
    active: bool | None = None
    password: str | None = field(default=None, repr=False)


class Registrar(Protocol):
    """Makes, changes and removes people, by the rules of where their accounts are kept.

    Addresses are given in their one spelling. Methods raise Denied, Unavailable; AlreadyExists("userPrincipalName"),
    Invalid, PasswordRefused for values.
    """

    def address(self, text: str) -> str:
        """Its one spelling. Raises Invalid("userPrincipalName")."""

    def create(self, by: Acting, address: str, change: PersonChange) -> Person: ...

    def change(self, by: Acting, person: Person, change: PersonChange) -> Person:
        """All of it or nothing. The person as they are then."""

    def delete(self, by: Acting, person: Person) -> None:
        """The account; a repeat succeeds. What files of the mailbox the mail server keeps is its own affair."""
