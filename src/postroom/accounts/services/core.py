"""What all services share: the databases, the back end, the clock, and a unit of work that is logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from postroom import settings
from postroom.accounts import log, sessions, settings_store
from postroom.accounts.addresses import domain_of
from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.directory import Backend, Directory
from postroom.accounts.identities import Identities
from postroom.accounts.model import Kept, Page, Standing
from postroom.accounts.services import access
from postroom.accounts.services.access import Caller
from postroom.accounts.services.dns import txt_records
from postroom.accounts.settings_store import Effective, effective, stored
from postroom.accounts.tokens import Tokens
from postroom.errors import Invalid, NotFound


class _Undo(Exception):
    """Ends a dry run: the unit is undone."""


@dataclass(frozen=True, slots=True)
class Work:
    """One unit of work of one caller."""

    by: Caller
    unit: Unit
    directory: Directory
    core: Core

    @property
    def now(self) -> datetime:
        return self.core.clock()

    def note(self, event: log.Event, message: str, *, domain: str = "", username: str = "") -> None:
        """Write the admin log; in the same unit where both are in one database."""
        author = log.Author(self.by.address, self.by.ip, api=self.by.api)
        log.record(self.unit, author, event, message, domain=domain, username=username)

    def ends(self, address: str) -> None:
        """Sign somebody out everywhere: their password, their rights or their account changed."""
        sessions.delete_of(self.unit, address)
        self.rights_change()

    def all_end(self, domain: str) -> None:
        """Sign all users of a domain out everywhere."""
        sessions.delete_of_domain(self.unit, domain, but=self._standalone(domain))
        self.rights_change()

    def _standalone(self, domain: str) -> frozenset[str]:
        """Admins who have an address there and are none of its users: they were there before the domain."""
        found = self.directory.admins(Page(search=f"@{domain}"))
        return frozenset(row.name for row in found if domain_of(row.name) == domain)

    def rights_change(self) -> None:
        """To be called by whatever changes who somebody is or what they may do: callers are looked up anew then."""
        self.unit.at_end.append(self.core.rights_changed)

    def gone(self, name: str) -> None:
        """An account, or all of a domain, is no more: whoever gets the name later inherits nothing."""
        others = frozenset() if "@" in name else self._standalone(name)
        if "@" in name:
            sessions.delete_of(self.unit, name)
        else:
            sessions.delete_of_domain(self.unit, name, but=others)
        settings_store.forget(self.unit, name)
        self.rights_change()
        if not self.by.dry_run:
            # At once, not with the unit: should that fail, a token too few is the better fault.
            self.core.tokens.forget(name, but=others)
            # When it is over: only then is it known who is gone.
            self.unit.at_end.append(lambda: self.core.identities.forget(name, self.core.has_user))

    def comes(self, address: str) -> None:
        """Somebody new is about to get an address that nobody has."""
        if not self.by.dry_run:
            self.core.identities.vacate(address)

    def moves(self, address: str, new: str) -> None:
        """A user is about to get another address, and keeps the id."""
        if not self.by.dry_run:
            self.core.identities.renaming(address, new)

    def kept(self, days: int) -> Kept:
        """How long the files of a deleted mailbox are kept; 0 days is for ever. Raises Invalid."""
        most = self.core.settings.accounts.keep_mailbox_days_most
        if not self.by.global_admin and days > most:
            raise Invalid("keep_mailbox_days", f"at most {most} days")
        if days < 0 or days > MOST_DAYS:
            raise Invalid("keep_mailbox_days", f"a number from 0 to {MOST_DAYS}")
        return Kept(self.by.address, self._today() + timedelta(days=days) if days else None)

    def _today(self) -> date:
        return self.now.date()

    def user(self, address: str) -> Standing:
        """Raises NotFound, and ProtectedAdmin for a global admin who is not the caller's to change."""
        standing = self.directory.standing(address)
        if standing is None or not self.directory.has_user(address):
            raise NotFound("user", address)
        access.may_touch(self.by, standing)
        return standing


MOST_DAYS = 36_500


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Core:
    """Give it to each service."""

    EFFECTIVE_S = 2.0
    """How long stored settings are not read again."""

    def __init__(
        self,
        databases: Databases,
        backend: Backend,
        all_settings: settings.Settings,
        tokens: Tokens,
        identities: Identities,
        txt_records: Callable[[str], list[str]] = txt_records,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.databases, self.backend, self.tokens = databases, backend, tokens
        self.identities = identities
        self.settings, self.clock, self.txt_records = all_settings, clock, txt_records
        self._monotonic = monotonic
        self._effective: tuple[float, Effective] | None = None
        self.rights_version = 0
        """Another one after each change of rights or sessions."""

    def rights_changed(self) -> None:
        self.rights_version += 1

    @property
    def has_effective(self) -> bool:
        """Whether `effective` would read nothing just now."""
        return self._effective is not None and self._monotonic() - self._effective[0] <= self.EFFECTIVE_S

    def effective(self) -> Effective:
        """The settings, with those that are stored in the database in front; up to `EFFECTIVE_S` old."""
        kept = self._effective
        if kept is None or not self.has_effective:
            now = self._monotonic()
            with self.databases.read() as unit:
                kept = now, effective(self.settings.accounts, self.settings.iredadmin, stored(unit))
            self._effective = kept
        return kept[1]

    def has_user(self, address: str) -> bool:
        """Whether a user has this address now."""
        with self.databases.read() as unit:
            return self.backend.directory(unit, dry_run=True).has_user(address)

    @contextmanager
    def change(self, by: Caller) -> Iterator[Work]:
        """A unit that is kept when the block ends, undone when it raises or the caller only tries."""
        access.needs_change(by)
        with suppress(_Undo), self.databases.write() as unit:
            yield Work(by, unit, self.backend.directory(unit, dry_run=by.dry_run), self)
            if by.dry_run:
                raise _Undo

    @contextmanager
    def look(self, by: Caller) -> Iterator[Work]:
        """A unit that changes nothing."""
        with self.databases.read() as unit:
            yield Work(by, unit, self.backend.directory(unit, dry_run=True), self)
