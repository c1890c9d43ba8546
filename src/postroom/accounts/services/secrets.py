"""From a password in a change to the hash that is stored, by the rules of the domain.

Most schemes are slow on purpose: these hash before a unit of work begins, so that nobody waits for its locks. The
salted SHA ones take microseconds: they hash inside it, which saves looking at the domain twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from postroom.accounts import password_policy, schemes
from postroom.accounts.model import UNSET, AdminChange, DomainFacts, Unset, UserChange
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core
from postroom.errors import Invalid

Changed = TypeVar("Changed", UserChange, AdminChange)

QUICK: Final = frozenset({"SSHA", "SSHA512"})


def slowly(core: Core, by: Caller, change: UserChange, domain: str) -> UserChange:
    """Before the unit, which calls `hashed` in any case: the hash of a plain password when the scheme is slow.

    Raises as `hashed`, and NotFound for no such domain.
    """
    if core.settings.accounts.password_scheme in QUICK or isinstance(change.password, Unset):
        return change
    with core.look(by) as look:
        facts = look.directory.facts(domain)
    return hashed(core, change, facts)


def hashed(core: Core, change: Changed, facts: DomainFacts | None, *, new: bool = False) -> Changed:
    """The change with `password_hash` in place of `password`; a `new` account must have one of them.

    Raises PasswordRefused, InvalidScheme, Invalid.
    """
    if isinstance(change.password, Unset) and isinstance(change.password_hash, Unset) and not new:
        return change
    return replace(change, password=UNSET, password_hash=new_hash(core, change, facts))


def new_hash(core: Core, change: UserChange | AdminChange, facts: DomainFacts | None) -> str:
    """The hash to be stored, which `change` must have or a password for it. Raises as `hashed`."""
    plain, ready = change.password, change.password_hash
    if not isinstance(plain, Unset) and not isinstance(ready, Unset):
        raise Invalid("password", "either a password or a hash of one, not both")
    if not isinstance(ready, Unset):
        return schemes.accepted(ready)
    text = "" if isinstance(plain, Unset) else plain
    password_policy.check(text, _rules(core, facts))
    return schemes.hash(text, core.settings.accounts.password_scheme)


def _rules(core: Core, facts: DomainFacts | None) -> password_policy.Rules:
    special = core.settings.accounts.password_special_characters
    rules = password_policy.Rules.of(core.effective(), special)
    return rules if facts is None else rules.of_domain(facts.min_password, facts.max_password)
