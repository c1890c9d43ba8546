"""Domains: who may create and change them, and within which limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from postroom.accounts import ownership, policies
from postroom.accounts.log import Event
from postroom.accounts.model import ALL, DomainChange, ListChange, Page, Profile, Row, Unset, given
from postroom.accounts.ownership import Ownership
from postroom.accounts.services import access, limits
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core, Work
from postroom.errors import AlreadyExists, Denied, Invalid, NotFound

MOST_UNPROVED: Final = 50
"""Names of one domain of which a proof is awaited."""
DNS_S: Final = 20.0
"""How long one call asks DNS."""


class Domains:
    """Names are normalised. Methods raise NotFound("domain"), Denied and its kinds, Invalid, Unavailable."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self, by: Caller, *, disabled_only: bool = False, page: Page = ALL) -> Iterator[Row]:
        """The domains that the caller manages, by name; streaming."""
        with self._core.look(by) as look:
            yield from look.directory.domains(among=_among(by), disabled_only=disabled_only, page=page)

    def names(self, by: Caller, *, disabled_only: bool = False, page: Page = ALL) -> list[str]:
        with self._core.look(by) as look:
            return look.directory.domain_names(among=_among(by), disabled_only=disabled_only, page=page)

    def get(self, by: Caller, name: str) -> Profile:
        access.needs_domain(by, name)
        with self._core.look(by) as look:
            return look.directory.domain(name)

    def create(self, by: Caller, name: str, change: DomainChange) -> None:
        """Raises AlreadyExists for a name that is hosted in any way."""
        access.needs_creator(by)
        _checked(change)
        with self._core.change(by) as work:
            if work.directory.hosted(name):
                raise AlreadyExists("domain", name)
            limits.new_domain(work, change)
            pending = self._needs_proof(by)
            change = replace(change, active=not pending)
            admin = None if by.global_admin else by.address
            work.directory.create_domain(name, self._with_defaults(change), admin=admin, created=work.now)
            work.rights_change()
            if pending:
                self._ask_for_proof(work, name)
            work.note("create", f"Create domain: {name}.", domain=name)

    def _with_defaults(self, change: DomainChange) -> DomainChange:
        defaults = self._core.settings.accounts
        return replace(
            change,
            transport=given(change.transport, "") or defaults.mta_transport,
            language=given(change.language, "") or defaults.language,
        )

    def update(self, by: Caller, name: str, change: DomainChange) -> None:
        access.needs_domain(by, name)
        access.may_change(by, change)
        _checked(change)
        with self._core.change(by) as work:
            facts = work.directory.facts(name, lock=True)
            access.may_change_profile(by, change, facts)
            self._not_looser(by, change)
            change = self._without_unproved(work, name, change)
            work.directory.update_domain(name, change)
            if not isinstance(change.active, Unset):
                work.rights_change()
            if change.active is True:
                ownership.take_for_proved(work.unit, name)
            work.note(_event(change), f"Update domain {name}: {', '.join(change.names())}.", domain=name)

    def _not_looser(self, by: Caller, change: DomainChange) -> None:
        """A domain admin cannot loosen what holds for all domains."""
        if by.global_admin:
            return
        stored = self._core.effective()
        least, most = stored.password_min_length, stored.password_max_length
        shortest, longest = change.min_password, change.max_password
        if not isinstance(shortest, Unset) and 0 < shortest < least:
            raise Denied(f"Only a global admin may allow passwords of fewer than {least} characters.")
        if not isinstance(longest, Unset) and 0 < most < longest:
            raise Denied(f"Only a global admin may allow passwords of more than {most} characters.")

    # Proof that a domain is the admin's

    def _needs_proof(self, by: Caller) -> bool:
        return not by.global_admin and self._core.settings.accounts.verify_domain_ownership

    def _ask_for_proof(self, work: Work, name: str, alias_domain: str = "") -> None:
        days = self._core.settings.accounts.verify_domain_days
        ownership.create(
            work.unit, name, work.by.address, days=days, now_s=work.now.timestamp(), alias_domain=alias_domain
        )

    def _without_unproved(self, work: Work, name: str, change: DomainChange) -> DomainChange:
        """Without the further names that have still to be proved: mail of others could be drawn here."""
        if not change.alias_domains or not self._needs_proof(work.by):
            return change
        wanted = (*(change.alias_domains.reset or ()), *change.alias_domains.add)
        unproved = [alias for alias in wanted if not work.directory.hosted(alias) and alias != name]
        if unproved:
            _few({*unproved, *(one.name for one in ownership.entries(work.unit, domain=name, verified=False))})
        for alias in unproved:
            self._ask_for_proof(work, name, alias)
        return replace(change, alias_domains=change.alias_domains.without(unproved))

    def unproved(self, by: Caller, name: str) -> list[Ownership]:
        """What is still to be proved of the domain and its further names."""
        access.needs_domain(by, name)
        with self._core.look(by) as look:
            look.directory.facts(name)
            return ownership.entries(look.unit, domain=name, verified=False)

    def verify(self, by: Caller, name: str) -> list[Ownership]:
        """Looks for the codes in DNS, and lets what is proved work; the answer is what is still to be proved.

        Raises Unavailable when DNS does not answer.
        """
        found = dict(self._asked(self.unproved(by, name)))
        with self._core.change(by) as work:
            work.directory.facts(name, lock=True)
            for one in ownership.entries(work.unit, domain=name, verified=False):
                now_s = work.now.timestamp()
                if one.name in found and ownership.verify(work.unit, one, found[one.name], now_s=now_s).verified:
                    self._let_work(work, one)
        return self.unproved(by, name)

    def _asked(self, asked: list[Ownership]) -> Iterator[tuple[str, list[str]]]:
        """What DNS says of each name; when that takes long the rest is left for the next time."""
        until = time.monotonic() + DNS_S
        for one in asked:
            if time.monotonic() < until:
                yield one.name, self._core.txt_records(one.name)

    def _let_work(self, work: Work, proved: Ownership) -> None:
        if proved.alias_domain:
            change = DomainChange(alias_domains=ListChange(add=(proved.alias_domain,)))
        else:
            change = DomainChange(active=True)
        work.directory.update_domain(proved.domain, change)
        work.rights_change()
        work.note("active", f"The ownership of {proved.name} is proved.", domain=proved.domain)

    def delete(self, by: Caller, name: str, keep_days: int = 0) -> None:
        """With all accounts in it. Their files stay: `keep_days` notes for how long, 0 for ever."""
        access.needs_creator(by)
        access.needs_domain(by, name)
        with self._core.change(by) as work:
            kept = work.kept(keep_days)
            policies.forget(work.unit, [f"@{name}"])
            work.directory.delete_domain(name, kept)
            ownership.forget(work.unit, name)
            work.gone(name)
            # Also when nothing was found: a repeat completes what was cut before the log, which is written last.
            work.note("delete", f"Delete domain: {name}.", domain=name)

    def change_admins(self, by: Caller, name: str, admins: ListChange) -> None:
        """Who manages the domain. A normal admin may only promote users of domains they manage."""
        access.needs_domain(by, name)
        with self._core.change(by) as work:
            work.directory.facts(name, lock=True)
            now = work.directory.domain_admins(name)
            then = admins.applied(now)
            _may_promote(work, set(now) ^ set(then), added=[address for address in then if address not in now])
            work.directory.change_domain_admins(name, admins)
            work.rights_change()
            work.note("update", f"Admins of {name}: {', '.join(then) or 'none'}.", domain=name)

    def change_services(self, by: Caller, name: str, change: DomainChange) -> None:
        """Global admins only, also when nothing is to be changed."""
        access.needs_global(by)
        self.update(by, name, change)

    def services(self, by: Caller, name: str) -> list[str]:
        access.needs_global(by)
        with self._core.look(by) as look:
            return sorted(look.directory.domain_services(name))


def _few(names: set[str]) -> None:
    """Each of them is asked of DNS, as often as somebody wants to."""
    if len(names) > MOST_UNPROVED:
        raise Invalid("aliasDomains", f"at most {MOST_UNPROVED} names that are still to be proved")


def _among(by: Caller) -> frozenset[str] | None:
    return None if by.global_admin else by.domains


def _event(change: DomainChange) -> Event:
    if isinstance(change.active, Unset):
        return "update"
    return "active" if change.active else "disable"


def _checked(change: DomainChange) -> None:
    if not isinstance(change.primary_mx, Unset) and isinstance(change.backup_mx, Unset):
        raise Invalid("primarymx", "to come with is_backupmx=yes")
    if not isinstance(change.backup_mx, Unset) and not isinstance(change.transport, Unset):
        raise Invalid("transport", "not to come with is_backupmx")


def _may_promote(work: Work, changed: set[str], added: list[str]) -> None:
    for address in sorted(changed):
        # First, so that nobody learns who exists elsewhere.
        access.needs_account(work.by, address)
    for address in sorted(changed):
        standing = work.directory.standing(address)
        if standing is None and address in added:
            raise NotFound("admin", address)
        access.may_touch(work.by, standing)
