"""Further addresses: values of `shadowAddress` that somebody set, and those at the further names of the domain.

No reader looks for an account under the further name of its domain, so that each account carries all its addresses:
for each address at the domain the same local part at each further name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from postroom.accounts.addresses import domain_of, local_of
from postroom.accounts.backends.ldap.store import Entry, Mod, become

ATTRIBUTE = "shadowAddress"


def explicit(entry: Entry, domain: str, names: Collection[str]) -> tuple[str, ...]:
    """Those that somebody set, sorted; `names` are the further names of the domain."""
    mail, values = entry.first("mail").lower(), entry.lower(ATTRIBUTE)
    at_domain = {local_of(address) for address in (mail, *values) if domain_of(address) == domain}
    follow = {value for value in values if domain_of(value) in names and local_of(value) in at_domain}
    return tuple(sorted(set(values) - follow - {mail}))


def complete(mail: str, further: Iterable[str], domain: str, names: Iterable[str]) -> tuple[str, ...]:
    """All values for an account with these addresses."""
    own = tuple(dict.fromkeys(further))
    at_domain = [local_of(address) for address in (mail, *own) if domain_of(address) == domain]
    follow = (f"{local}@{name}" for name in names for local in at_domain)
    return tuple(dict.fromkeys((*own, *follow)))


def settled(entry: Entry, domain: str, known: Collection[str], names: Collection[str]) -> list[Mod]:
    """From the further names `known` so far to those that the domain has, each address moves along."""
    mail = entry.first("mail").lower()
    gone = set(known) - set(names)
    own = (address for address in explicit(entry, domain, known) if domain_of(address) not in gone)
    return become(entry, ATTRIBUTE, complete(mail, own, domain, names))
