"""What every directory gives, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from postroom.archive.profiles.details import Details

MOST_PEOPLE: Final = 500_000
"""A directory that tells of more does not end, and is not followed."""
MOST_ADDRESSES: Final = 1_000
"""Of one person."""
MOST_TEXT: Final = 2_000
"""Characters of a name: longer than any that is taken, so that what was cut is refused."""


@dataclass(frozen=True, slots=True)
class Person:
    """One entry, as the directory has it: nothing in it was checked.

    `key` is what it is called for ever; what stands for it where there is no such thing is its name there. `addresses`:
    the primary one first. `distinguished_name` None: the directory has none. `disabled`: may not sign in.
    """

    key: str
    name: str
    full_name: str | None = None
    addresses: tuple[str, ...] = ()
    distinguished_name: str | None = None
    disabled: bool = False

    def shortened(self) -> Person:
        """Without what is too much to be kept for each of many; it is refused as the whole would be."""
        addresses = tuple(address[:MOST_TEXT] for address in self.addresses[: MOST_ADDRESSES + 1])
        full_name, dn = self.full_name and self.full_name[:MOST_TEXT], self.distinguished_name
        dn = dn and dn[:MOST_TEXT]
        return Person(self.key, self.name[:MOST_TEXT], full_name, addresses, dn, self.disabled)


@dataclass(frozen=True, slots=True)
class Ignored:
    """An entry or a user that is left as it is, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Login:
    """Who wants to sign in: a user of the archive, and what is known of them in the directory (`key` None: nothing)."""

    name: str
    key: str | None = None
    distinguished_name: str | None = None
    address: str | None = None


class Directory(Protocol):
    """Opened with its configuration for one use."""

    def people(self, told: Told) -> Iterator[Person]:
        """All who are to be users, or nothing at all: whoever leaves some out without an error would have them deleted.

        Raises Invalid naming the key of the configuration, Unavailable when it does not answer or not wholly, Denied
        when it refuses us, WrongState when it has no list.
        """

    def authenticate(self, login: Login, password: str) -> bool:
        """Whether this is the password, which is not empty. Raises Unavailable when the directory does not answer,
        Denied when it refuses us and not the user, WrongState when it checks no passwords."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where a directory that is read says what it finds. `stop` raises Cancelled; call it between two answers."""

    log: Callable[[str], None] = lambda _line: None
    stop: Callable[[], None] = lambda: None


class People(Protocol):
    """A directory that this server has itself, lent by whoever wires the engines together."""

    def people(self) -> Iterator[Person]: ...
    def authenticate(self, login: Login, password: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Lent:
    """What the archive lends a directory. `accounts` raises WrongState where this server has none; `credential` opens
    what is kept under a number of the credentials store. `timeout_s`: for one answer."""

    timeout_s: float
    accounts: Callable[[], People]
    credential: Callable[[int], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is set. `details` has the keys of the type, the secrets in clear."""

    type: str = "none"
    deletes: bool = False
    privileges: tuple[str, ...] = ("login",)
    by_address: bool = False
    """Whether users are named by their primary address, not by what the directory calls their name."""
    details: Details = field(default_factory=lambda: Details({}))
