"""Users as other engines see them: who has a mailbox, under which id, with which password, and who gets which mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from postroom.accounts import schemes
from postroom.accounts.addresses import address as normalised
from postroom.accounts.addresses import domain_of, local_of, without_extension
from postroom.accounts.directory import Directory
from postroom.accounts.model import ALL
from postroom.accounts.services.access import LOCAL
from postroom.accounts.services.core import Core
from postroom.errors import Invalid, NotFound, Unavailable

MOST_DESTINATIONS: Final = 10_000
"""Of one address: lists may hold lists."""
_CHUNK: Final = 500

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "cn"),
    "given_name": ("first_name", "givenName"),
    "surname": ("last_name", "sn"),
    "language": ("language", "preferredLanguage"),
    "mobile_phone": ("mobile",),
    "phone": ("telephone", "telephoneNumber"),
    "department": ("department", "departmentNumber"),
    "job_title": ("title",),
    "office": ("physicalDeliveryOfficeName", "roomNumber"),
}
"""Fields of `Mailbox` and what holds them: a column of `mailbox`, an attribute of LDAP."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A user. `id` is a UUID that outlives a change of the address."""

    id: str
    address: str
    name: str = ""
    given_name: str = ""
    surname: str = ""
    language: str = ""
    mobile_phone: str = ""
    phone: str = ""
    department: str = ""
    job_title: str = ""
    office: str = ""
    active: bool = True
    other_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where mail goes: users of ours, and addresses elsewhere; each once, in the order in which they were met."""

    users: tuple[str, ...]
    others: tuple[str, ...]


class Mailboxes:
    """Methods raise Unavailable when the storage does not answer."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def find(self, name: str) -> Mailbox | None:
        """By id or by address; a further address finds its user."""
        if _is_id(name):
            address = self._core.identities.address(name.lower(), self._core.has_user)
            return self._of(address) if address else None
        try:
            return self._of(normalised(name))
        except Invalid:
            return None

    def all(self) -> Iterator[Mailbox]:
        """By domain and address. Further addresses are left out: they are one more question for each."""
        with self._core.look(LOCAL) as look:
            for domain in look.directory.domain_names(among=None, disabled_only=False, page=ALL):
                live = look.directory.facts(domain).active
                rows = look.directory.users(domain, disabled_only=False, page=ALL)
                while part := list(islice(rows, _CHUNK)):
                    ids = self._core.identities.of_many([row.name for row in part], look.directory.has_user)
                    for row, identity in zip(part, ids, strict=True):
                        yield _mailbox(identity, row.name, row.profile, live=live)

    def authenticate(self, address: str, password: str) -> Mailbox | None:
        """The user whose password this is, found by any of their addresses; None, too, when disabled.

        Takes as long for nobody as for somebody.
        """
        found = self.find(address)
        hashes: tuple[str, ...] = ()
        if found is not None and found.active:
            with self._core.look(LOCAL) as look:
                hashes = look.directory.hashes(found.address, "user")
        usual = self._core.settings.accounts.password_scheme
        if not hashes:
            schemes.dummy(password, usual)
            return None
        if schemes.verify_any(hashes, password):
            return found
        if not schemes.is_of(hashes[0], usual):
            schemes.dummy(password, usual)
        return None

    def destinations(self, name: str) -> Destinations | None:
        """Where mail for an address goes, through aliases, forwardings and the catch-all; None for foreign domains."""
        try:
            address = normalised(name)
        except Invalid:
            return None
        with self._core.look(LOCAL) as look:
            if not look.directory.hosted(domain_of(address)):
                return None
            return _Walk(look.directory, self._core.settings.accounts.recipient_delimiters).from_(address)

    def sweep(self) -> None:
        """Take the ids of users who are gone; to be called now and then."""
        with self._core.look(LOCAL) as look:
            self._core.identities.sweep(look.directory.has_user)

    def _of(self, address: str) -> Mailbox | None:
        with self._core.look(LOCAL) as look:
            own = _user_behind(look.directory, address)
            if own is None:
                return None
            try:
                profile = look.directory.user(own)
                live = look.directory.facts(domain_of(own)).active
                others = look.directory.user_aliases(own)
            except NotFound:  # gone since a moment ago
                return None
        return _mailbox(self._core.identities.of(own, self._core.has_user), own, profile, live=live, others=others)


@dataclass(frozen=True, slots=True)
class _Domain:
    """What the way through a domain depends on; `target` is the domain that it stands for, itself but for an alias."""

    hosted: bool
    target: str = ""
    active: bool = False


class _Walk:
    """From one address to all destinations. Every address is visited once, so that circles end."""

    def __init__(self, directory: Directory, delimiters: str) -> None:
        self._directory, self._delimiters = directory, delimiters
        self._domains: dict[str, _Domain] = {}
        # In the order in which they were met.
        self._seen: dict[str, None] = {}
        self._users: dict[str, None] = {}
        self._others: dict[str, None] = {}

    def from_(self, address: str) -> Destinations:
        """Raises Unavailable when there are more than can be followed: nobody is left out in silence."""
        waiting = [address]
        while waiting:
            waiting.extend(reversed(self._visit(waiting.pop())))
            if len(self._seen) + len(self._others) > MOST_DESTINATIONS:
                raise Unavailable(f"Mail for {address} goes to more than {MOST_DESTINATIONS:,} addresses.")
        return Destinations(tuple(self._users), tuple(self._others))

    def _visit(self, address: str) -> list[str]:
        """Where to go on from here."""
        domain = self._domain(domain_of(address))
        if not domain.hosted:
            self._others[address] = None
            return []
        here = f"{local_of(address)}@{domain.target}"
        if here in self._seen:
            return []
        self._seen[here] = None
        to = self._destinations(here) if domain.active else ()
        if here in to and self._directory.has_user(here):
            self._users[here] = None
        return [each for each in to if each != here]

    def _destinations(self, address: str) -> tuple[str, ...]:
        plain = without_extension(address, self._delimiters)
        found = self._directory.destinations(address)
        if not found and plain != address:
            found = (plain,) if self._directory.destinations(plain) else ()
        if not found and not self._directory.taken(plain):
            found = self._directory.destinations(domain_of(address))
        return found

    def _domain(self, name: str) -> _Domain:
        if name not in self._domains:
            self._domains[name] = _Domain(hosted=False)
            if self._directory.hosted(name):
                target = self._directory.target(name) or name
                self._domains[name] = _Domain(True, target, self._directory.facts(target).active)
        return self._domains[name]


def _user_behind(directory: Directory, address: str) -> str | None:
    """The user with this address, or with it as a further one."""
    domain = domain_of(address)
    here = f"{local_of(address)}@{directory.target(domain) or domain}"
    if directory.has_user(here):
        return here
    behind = [
        to for to in directory.destinations(here) if directory.has_user(to) and here in directory.user_aliases(to)
    ]
    return behind[0] if len(behind) == 1 else None


def _mailbox(
    identity: str, address: str, profile: Mapping[str, Any], *, live: bool, others: tuple[str, ...] = ()
) -> Mailbox:
    texts = {name: _text(profile, keys) for name, keys in _NAMES.items()}
    active = live and _text(profile, ("active", "accountStatus")) in ("1", "active")
    return Mailbox(id=identity, address=address, active=active, other_addresses=others, **texts)


def _text(profile: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """The first that is there; LDAP has lists."""
    for key in keys:
        value = profile.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is not None and value != "":
            return str(int(value) if isinstance(value, bool) else value)
    return ""


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name.lower()
    except ValueError:
        return False
