"""Who there is: the directory, as the workspace asks it of whoever opens it. `serve` gives the accounts engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
