"""Where mail for an address goes, as Postfix would find it in the tree."""

from __future__ import annotations

from typing import Final

from postroom.accounts.backends.ldap import aliases, catchall, maillists
from postroom.accounts.backends.ldap.base import SERVICES, Ldap, active
from postroom.accounts.backends.ldap.filters import ACCOUNT, either, equal, every
from postroom.accounts.backends.ldap.store import Entry
from postroom.accounts.backends.ldap.user_changes import FORWARDING

_ATTRIBUTES: Final = ("objectClass", "mail", "accountStatus", "domainStatus", SERVICES, FORWARDING)


def of(ldap: Ldap, name: str) -> tuple[str, ...]:
    """Of an address, or of a domain for its catch-all; sorted. A user's own address stands for the mailbox."""
    if "@" not in name:
        entry = ldap.store.read(ldap.tree.catchall(name))
        return catchall.of_domain(ldap, name) if entry is not None and active(entry) else ()
    further = every(equal("shadowAddress", name), equal(SERVICES, "shadowaddress"))
    condition = every(ACCOUNT, equal(SERVICES, "mail"), either((equal("mail", name), further)))
    found = ldap.store.find(ldap.tree.domains, condition, _ATTRIBUTES)
    return tuple(sorted({to for entry in found if active(entry) for to in _to(ldap, name, entry)}))


def _to(ldap: Ldap, name: str, entry: Entry) -> tuple[str, ...]:
    classes, own = entry.lower("objectClass"), entry.first("mail").lower()
    if "mailalias" in classes:
        return aliases.of_alias(entry)
    if "maillist" in classes:
        return maillists.of_list(ldap, own)
    if own != name:
        return (own,)
    on = "forward" in entry.lower(SERVICES)
    return entry.lower(FORWARDING) if on and entry.lower(FORWARDING) else (own,)
