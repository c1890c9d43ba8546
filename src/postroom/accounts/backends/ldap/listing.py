"""Lists of accounts by name. Names are read first and sorted here, because not every server can; then the entries,
a few hundred at a time: 100,000 accounts need the memory of their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from postroom.accounts.backends.ldap.base import PARTS, Ldap
from postroom.accounts.backends.ldap.filters import ADMIN, either, equal, every, holds, no
from postroom.accounts.backends.ldap.profiles import attributes
from postroom.accounts.backends.ldap.store import CHUNK, chunks
from postroom.accounts.backends.ldap.who import FINISHED
from postroom.accounts.model import Counted, Page, Row

_DISABLED: Final = no(equal("accountStatus", "active"))


def domains(ldap: Ldap, *, among: Collection[str] | None, disabled_only: bool, page: Page) -> list[str]:
    """Names, sorted; `among` None is all."""
    condition = every(FINISHED, _DISABLED) if disabled_only else FINISHED
    found = _names(ldap, ldap.tree.domains, condition, "domainName", page)
    return _cut([name for name in found if among is None or name in among], page)


def domain_rows(ldap: Ldap, names: list[str]) -> Iterator[Row]:
    return _rows(ldap, ldap.tree.domains, FINISHED, "domainName", names)


def admins(ldap: Ldap, page: Page) -> list[str]:
    """Addresses, sorted."""
    return _cut(_names(ldap, ldap.tree.admins, ADMIN, "mail", page), page)


def admin_rows(ldap: Ldap, names: list[str]) -> Iterator[Row]:
    return _rows(ldap, ldap.tree.admins, ADMIN, "mail", names)


def accounts(ldap: Ldap, domain: str, what: Counted, *, disabled_only: bool, page: Page) -> list[str]:
    """Addresses of users, aliases or lists of a domain, sorted. Raises NotFound."""
    ldap.domain(domain)
    unit, condition, _ = PARTS[what]
    if disabled_only:
        condition = every(condition, either((_DISABLED, equal("domainStatus", "disabled"))))
    return _cut(_names(ldap, ldap.tree.unit(domain, unit).dn, condition, "mail", page), page)


def account_rows(ldap: Ldap, domain: str, what: Counted, names: list[str]) -> Iterator[Row]:
    unit, condition, _ = PARTS[what]
    return _rows(ldap, ldap.tree.unit(domain, unit).dn, condition, "mail", names)


def _names(ldap: Ldap, base: str, condition: str, attribute: str, page: Page) -> list[str]:
    search = page.search.strip().lower()
    wanted = every(condition, holds(attribute, search)) if search else condition
    found = ldap.store.find(base, wanted, (attribute,), scope="LEVEL")
    names = {entry.first(attribute).lower() for entry in found}
    # Servers do not compare everything: white space and control characters are nothing to them.
    return sorted(name for name in names if search in name)


def _cut(names: list[str], page: Page) -> list[str]:
    behind = [name for name in names if name > page.after] if page.after else names
    return behind[: page.limit]


def _rows(ldap: Ldap, base: str, condition: str, attribute: str, names: list[str]) -> Iterator[Row]:
    for chunk in chunks(names, CHUNK):
        entries = ldap.store.among(base, attribute, chunk, condition)
        found = {entry.first(attribute).lower(): entry for entry in entries}
        # Who was deleted meanwhile is left out.
        yield from (Row(name, attributes(found[name])) for name in chunk if name in found)
