"""Addresses with members: aliases, and the unsubscribable mailing lists of LDAP (on SQL these raise WrongState)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postroom.accounts import policies
from postroom.accounts.addresses import domain_of
from postroom.accounts.directory import Directory
from postroom.accounts.log import Event
from postroom.accounts.model import ALL, AliasChange, Counted, Page, Profile, Row, Unset
from postroom.accounts.services import access, limits
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core
from postroom.errors import AlreadyExists


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two, and what a directory does for it."""

    noun: str
    limit: Counted
    get: Callable[[Directory, str], Profile]
    create: Callable[[Directory, str, AliasChange, datetime], None]
    update: Callable[[Directory, str, AliasChange], None]
    delete: Callable[[Directory, str], None]


ALIAS: Final = Kind(
    "alias",
    "aliases",
    lambda directory, address: directory.alias(address),
    lambda directory, address, change, created: directory.create_alias(address, change, created),
    lambda directory, address, change: directory.update_alias(address, change),
    lambda directory, address: directory.delete_alias(address),
)
MAIL_LIST: Final = Kind(
    "mailing list",
    "lists",
    lambda directory, address: directory.maillist(address),
    lambda directory, address, change, created: directory.create_maillist(address, change, created),
    lambda directory, address, change: directory.update_maillist(address, change),
    lambda directory, address: directory.delete_maillist(address),
)


class Groups:
    """Addresses are normalised. Methods raise NotFound(the kind's noun, or "domain"), NotManaged, LimitReached,
    Invalid."""

    def __init__(self, core: Core, kind: Kind) -> None:
        self._core, self._kind = core, kind

    def get(self, by: Caller, address: str) -> Profile:
        access.needs_account(by, address)
        with self._core.look(by) as look:
            return self._kind.get(look.directory, address)

    def create(self, by: Caller, address: str, change: AliasChange) -> None:
        """Raises AlreadyExists for an address that is taken."""
        access.needs_account(by, address)
        with self._core.change(by) as work:
            facts = work.directory.facts(domain_of(address), lock=True)
            if work.directory.taken(address):
                raise AlreadyExists(self._kind.noun, address)
            limits.room(work, facts, self._kind.limit)
            self._kind.create(work.directory, address, change, work.now)
            work.note("create", f"Create {self._kind.noun}: {address}.", domain=facts.name, username=address)

    def update(self, by: Caller, address: str, change: AliasChange) -> None:
        access.needs_account(by, address)
        with self._core.change(by) as work:
            name = work.directory.facts(domain_of(address), lock=True).name
            self._kind.update(work.directory, address, change)
            told = f"Update {self._kind.noun} {address}: {', '.join(change.names()) or 'nothing'}."
            work.note(_event(change), told, domain=name, username=address)

    def delete(self, by: Caller, address: str) -> None:
        """A repeat succeeds."""
        access.needs_account(by, address)
        with self._core.change(by) as work:
            self._kind.delete(work.directory, address)
            policies.forget(work.unit, [address])
            told = f"Delete {self._kind.noun}: {address}."
            work.note("delete", told, domain=domain_of(address), username=address)


class Aliases(Groups):
    """Aliases can also be listed and renamed."""

    def __init__(self, core: Core) -> None:
        super().__init__(core, ALIAS)

    def all(self, by: Caller, domain: str, *, disabled_only: bool = False, page: Page = ALL) -> Iterator[Row]:
        """By address; streaming."""
        access.needs_domain(by, domain)
        with self._core.look(by) as look:
            look.directory.facts(domain)
            yield from look.directory.aliases(domain, disabled_only=disabled_only, page=page)

    def addresses(self, by: Caller, domain: str, *, disabled_only: bool = False, page: Page = ALL) -> list[str]:
        access.needs_domain(by, domain)
        with self._core.look(by) as look:
            look.directory.facts(domain)
            return look.directory.alias_addresses(domain, disabled_only=disabled_only, page=page)

    def rename(self, by: Caller, address: str, new: str) -> None:
        """Raises AlreadyExists; NotFound for a domain that is not hosted."""
        access.needs_account(by, address)
        access.needs_account(by, new)
        with self._core.change(by) as work:
            facts = work.directory.facts(domain_of(new), lock=True)
            work.directory.alias(address)
            if new == address:
                return
            if work.directory.taken(new):
                raise AlreadyExists("alias", new)
            if domain_of(new) != domain_of(address):
                limits.room(work, facts, "aliases")
            work.directory.rename_alias(address, new)
            policies.rename(work.unit, address, new)
            work.note("rename", f"Rename alias {address} to {new}.", domain=facts.name, username=new)


def _event(change: AliasChange) -> Event:
    if isinstance(change.active, Unset):
        return "update"
    return "active" if change.active else "disable"
