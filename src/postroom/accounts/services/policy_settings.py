"""Throttles, greylisting, white- and blacklists and spam policies: who may set which, and for whom.

An account is `global`, a domain or a mail address, as the API names them; the tables have `@.`, `@domain` and the
address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final, Literal

from postroom.accounts.addresses import EVERYBODY, domain_of
from postroom.accounts.log import Event
from postroom.accounts.model import ListChange, Profile
from postroom.accounts.policies import greylisting, spampolicy, throttle, wblist
from postroom.accounts.policies.spampolicy import SpamPolicy
from postroom.accounts.policies.throttle import Limits
from postroom.accounts.services import access
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core, Work
from postroom.errors import NotFound

GLOBAL: Final = "global"
Direction = Literal["inbound", "outbound"]
ListName = Literal["whitelist", "blacklist"]


class PolicySettings:
    """Accounts are normalised. Methods raise NotFound("domain" or "account"), NotManaged, Denied, Invalid, WrongState
    when the database of the policy is not configured."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # Throttles

    def throttle(self, by: Caller, account: str, direction: Direction) -> Profile:
        """The row set here; empty when none is."""
        with self._look(by, account) as look:
            return throttle.get(look.unit, _key(account), direction)

    def set_throttle(self, by: Caller, account: str, direction: Direction, limits: Limits) -> None:
        with self._change(by, account, "throttle") as work:
            throttle.put(work.unit, _key(account), direction, limits)
            told = ", ".join(f"{name}={value}" for name, value in asdict(limits).items())
            _note(work, "update", account, f"Set {direction} throttle of {account}: {told}.")

    def delete_throttle(self, by: Caller, account: str, direction: Direction) -> None:
        with self._change(by, account, "throttle") as work:
            throttle.remove(work.unit, _key(account), direction)
            _note(work, "delete", account, f"Remove {direction} throttle of {account}.")

    # Greylisting

    def all_greylisting(self, by: Caller) -> list[Profile]:
        access.needs_global(by)
        with self._core.look(by) as look:
            return greylisting.every(look.unit)

    def greylisting(self, by: Caller, account: str) -> Profile:
        with self._look(by, account) as look:
            return greylisting.get(look.unit, _key(account))

    def set_greylisting(self, by: Caller, account: str, *, on: bool) -> None:
        with self._change(by, account, "greylisting") as work:
            greylisting.put(work.unit, _key(account), active=on)
            _note(work, "update", account, f"Greylisting of {account}: {'on' if on else 'off'}.")

    def delete_greylisting(self, by: Caller, account: str) -> None:
        with self._change(by, account, "greylisting") as work:
            greylisting.remove(work.unit, _key(account))
            _note(work, "delete", account, f"Remove greylisting setting of {account}.")

    def greylisting_whitelist(self, by: Caller, account: str) -> list[str]:
        with self._look(by, account) as look:
            return greylisting.whitelist(look.unit, _key(account))

    def change_greylisting_whitelist(self, by: Caller, account: str, senders: ListChange) -> None:
        with self._change(by, account, "greylisting") as work:
            greylisting.change_whitelist(work.unit, _key(account), senders)
            _note(work, "update", account, f"Change greylisting whitelist of {account}.")

    def spf_domains(self, by: Caller) -> list[str]:
        access.needs_global(by)
        with self._core.look(by) as look:
            return greylisting.spf_domains(look.unit)

    def change_spf_domains(self, by: Caller, domains: ListChange) -> None:
        access.needs_global(by)
        with self._core.change(by) as work:
            greylisting.change_spf_domains(work.unit, domains)
            _note(work, "update", GLOBAL, "Change the domains that are whitelisted by SPF.")

    # White- and blacklists

    def wblist(self, by: Caller, account: str, direction: Direction, name: ListName) -> list[str]:
        with self._look(by, account) as look:
            return wblist.get(look.unit, _key(account), direction, name)

    def add_to_wblist(
        self, by: Caller, account: str, direction: Direction, name: ListName, addresses: tuple[str, ...]
    ) -> None:
        with self._change(by, account, "wblist") as work:
            white, black = (addresses, ()) if name == "whitelist" else ((), addresses)
            wblist.add(work.unit, _key(account), direction, white=white, black=black)
            _note(work, "update", account, f"Add to {direction} {name} of {account}: {', '.join(addresses)}.")

    def remove_from_wblist(
        self, by: Caller, account: str, direction: Direction, name: ListName, addresses: tuple[str, ...]
    ) -> None:
        with self._change(by, account, "wblist") as work:
            wblist.remove(work.unit, _key(account), direction, name, addresses)
            _note(work, "update", account, f"Remove from {direction} {name} of {account}: {', '.join(addresses)}.")

    def clear_wblist(self, by: Caller, account: str, direction: Direction, name: ListName) -> None:
        with self._change(by, account, "wblist") as work:
            wblist.clear(work.unit, _key(account), direction, name)
            _note(work, "delete", account, f"Clear {direction} {name} of {account}.")

    # Spam policies

    def spam_policy(self, by: Caller, account: str) -> Profile:
        with self._look(by, account) as look:
            return spampolicy.get(look.unit, _key(account))

    def set_spam_policy(self, by: Caller, account: str, policy: SpamPolicy) -> None:
        with self._change(by, account, "spampolicy") as work:
            prefix = self._core.settings.accounts.spam_subject_prefix
            spampolicy.put(work.unit, _key(account), policy, subject_prefix=prefix)
            _note(work, "update", account, f"Set spam policy of {account}.")

    def delete_spam_policy(self, by: Caller, account: str) -> None:
        with self._change(by, account, "spampolicy") as work:
            spampolicy.remove(work.unit, _key(account))
            _note(work, "delete", account, f"Remove spam policy of {account}.")

    # Who and where

    @contextmanager
    def _look(self, by: Caller, account: str) -> Iterator[Work]:
        _may(by, account)
        with self._core.look(by) as look:
            _exists(look, account)
            yield look

    @contextmanager
    def _change(self, by: Caller, account: str, word: str) -> Iterator[Work]:
        """`word`: the part of a profile that a global admin can switch off for domain admins."""
        _may(by, account)
        with self._core.change(by) as work:
            _exists(work, account)
            if account != GLOBAL:
                facts = work.directory.facts(domain_of(account) or account)
                off = facts.disabled_user_profiles if "@" in account else facts.disabled_domain_profiles
                access.may_use(by, word, off, facts.name)
            yield work


def _key(account: str) -> str:
    """As the tables have it."""
    if account == GLOBAL:
        return EVERYBODY
    return account if "@" in account else f"@{account}"


def _may(by: Caller, account: str) -> None:
    if account == GLOBAL:
        access.needs_global(by)
    elif "@" in account:
        access.needs_account(by, account)
    else:
        access.needs_domain(by, account)


def _exists(work: Work, account: str) -> None:
    if account == GLOBAL:
        return
    work.directory.facts(domain_of(account) or account)
    if "@" in account and not work.directory.taken(account):
        raise NotFound("account", account)


def _note(work: Work, event: Event, account: str, message: str) -> None:
    domain = "" if account == GLOBAL else domain_of(account) or account
    work.note(event, message, domain=domain, username=account if "@" in account else "")
