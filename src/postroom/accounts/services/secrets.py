"""From a password in a change to the hash that is stored, by the rules of the domain.

Hashing is slow on purpose: it is done before a unit of work begins, so that nobody waits for its locks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from postroom.accounts import password_policy, schemes
from postroom.accounts.model import UNSET, AdminChange, Unset, UserChange
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core
from postroom.errors import Invalid

Changed = TypeVar("Changed", UserChange, AdminChange)


def hashed(core: Core, by: Caller, change: Changed, domain: str | None, *, new: bool = False) -> Changed:
    """The change with `password_hash` in place of `password`; a `new` account must have one of them.

    Raises PasswordRefused, InvalidScheme, Invalid; NotFound for a domain that is not there.
    """
    plain, ready = change.password, change.password_hash
    if not isinstance(plain, Unset) and not isinstance(ready, Unset):
        raise Invalid("password", "either a password or a hash of one, not both")
    if not isinstance(ready, Unset):
        return replace(change, password_hash=schemes.accepted(ready))
    if isinstance(plain, Unset) and not new:
        return change
    text = "" if isinstance(plain, Unset) else plain
    password_policy.check(text, _rules(core, by, domain))
    return replace(change, password=UNSET, password_hash=schemes.hash(text, core.settings.accounts.password_scheme))


def _rules(core: Core, by: Caller, domain: str | None) -> password_policy.Rules:
    special = core.settings.accounts.password_special_characters
    rules = password_policy.Rules.of(core.effective(), special)
    if domain is None:
        return rules
    with core.look(by) as look:
        facts = look.directory.facts(domain)
    return rules.of_domain(facts.min_password, facts.max_password)
