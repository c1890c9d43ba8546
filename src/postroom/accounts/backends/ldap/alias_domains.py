"""Further names of domains: `domainAliasName`, and on each account of the domain the addresses there.

A name is written between two passes over the accounts: mail for it is taken only when all accounts have their
addresses, and one that was made meanwhile without them is found by the second pass.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from postroom.accounts.backends.ldap import further, who
from postroom.accounts.backends.ldap.base import SERVICES, Ldap
from postroom.accounts.backends.ldap.filters import ACCOUNT
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.store import Entry, Mod, become
from postroom.accounts.model import ListChange
from postroom.errors import AlreadyExists, NotFound

NAMES: Final = "domainAliasName"
SERVICE: Final = "domainalias"


def change(ldap: Ldap, domain: str, names: ListChange) -> None:
    """Which further names a domain has. A name that is hosted already is skipped.

    Raises AlreadyExists when somebody takes one at the same moment. A repeat also completes what was cut.
    """
    have = ldap.domain(domain).lower(NAMES)
    wanted = names.applied(have)
    fresh = {name for name in wanted if name not in have and not who.hosted(ldap, name)}
    gone = {*have, *names.remove} - set(wanted)
    if fresh or gone or names.add:
        _change(ldap, domain, {*have, *fresh, *gone}, tuple(name for name in wanted if name in have or name in fresh))
        _check_alone(ldap, domain, fresh)


def _change(ldap: Ldap, domain: str, known: set[str], wanted: tuple[str, ...]) -> None:
    _spread(ldap, domain, known, wanted)
    step = ListChange(add=wanted, remove=tuple(known - set(wanted)))
    ldap.store.change(ldap.tree.domain(domain), lambda entry: _named(entry, step), (NAMES, SERVICES))
    _spread(ldap, domain, known, wanted)


def _named(entry: Entry, step: ListChange) -> list[Mod]:
    names = step.applied(entry.lower(NAMES))
    service = ListChange(add=(SERVICE,)) if names else ListChange(remove=(SERVICE,))
    return [*become(entry, NAMES, names), *become(entry, SERVICES, service.applied(entry.all(SERVICES)))]


def _spread(ldap: Ldap, domain: str, known: set[str], wanted: tuple[str, ...]) -> None:
    for found in ldap.store.find(ldap.tree.domain(domain).dn, ACCOUNT, ("mail", further.ATTRIBUTE)):
        if further.settled(found, domain, known, wanted):
            node = Node("account", found.first("mail"), found.dn)
            with suppress(NotFound):  # deleted meanwhile
                ldap.store.change(node, lambda entry: further.settled(entry, domain, known, wanted))


def _check_alone(ldap: Ldap, domain: str, fresh: set[str]) -> None:
    for name in sorted(fresh):
        if who.hosts(ldap, name) - {domain}:
            _change(ldap, domain, {name}, ())
            raise AlreadyExists("domain", name)
