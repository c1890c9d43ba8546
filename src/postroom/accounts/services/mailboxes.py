"""Users as other engines see them: who has a mailbox, under which id, with which password, and who gets which mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from postroom.accounts import schemes
from postroom.accounts.addresses import address as normalised
from postroom.accounts.addresses import domain_of, local_of, without_extension
from postroom.accounts.directory import Directory
from postroom.accounts.model import ALL
from postroom.accounts.services.access import LOCAL
from postroom.accounts.services.core import Core
from postroom.errors import Invalid, NotFound

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


@dataclass(slots=True)
class Destinations:
    """Where mail goes: users of ours, and addresses elsewhere; each once, in the order in which they were met."""

    users: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


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
        """Take the ids of users who are gone; at the start, and now and then."""
        self._core.identities.sweep(self._core.has_user)

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


class _Walk:
    """From one address to all destinations. Every address is visited once, so that circles end."""

    def __init__(self, directory: Directory, delimiters: str) -> None:
        self._directory, self._delimiters = directory, delimiters
        self._seen: set[str] = set()
        self._found = Destinations()

    def from_(self, address: str) -> Destinations:
        waiting = [address]
        while waiting and len(self._seen) < MOST_DESTINATIONS:
            waiting[:0] = self._visit(waiting.pop(0))
        return self._found

    def _visit(self, address: str) -> list[str]:
        """Where to go on from here."""
        domain = domain_of(address)
        if not self._directory.hosted(domain):
            self._note(self._found.others, address)
            return []
        here = f"{local_of(address)}@{self._directory.target(domain) or domain}"
        if here in self._seen:
            return []
        self._seen.add(here)
        to = self._destinations(here)
        if here in to and self._directory.has_user(here):
            self._note(self._found.users, here)
        return [each for each in to if each != here]

    def _destinations(self, address: str) -> tuple[str, ...]:
        domain, plain = domain_of(address), without_extension(address, self._delimiters)
        if not self._directory.facts(domain).active:
            return ()
        found = self._directory.destinations(address)
        if not found and plain != address:
            found = (plain,) if self._directory.destinations(plain) else ()
        if not found and not self._directory.taken(plain):
            found = self._directory.destinations(domain)
        return found

    @staticmethod
    def _note(found: list[str], address: str) -> None:
        if address not in found:
            found.append(address)


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
