"""Standalone admins: entries beside the domains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from postroom.accounts.addresses import local_of
from postroom.accounts.backends.ldap import account_settings, managers
from postroom.accounts.backends.ldap.base import SERVICES, Ldap, status
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put
from postroom.accounts.backends.ldap.user_changes import days_since_1970
from postroom.accounts.model import AdminChange, ListChange, Unset, given

HIDDEN: Final = "disabledService"
_HIDES: Final = {"hide_mail_log": "view_mail_log", "hide_quarantine": "manage_quarantined_mails"}
"""Field of a change → what is switched off."""


def create(ldap: Ldap, address: str, change: AdminChange, created: datetime) -> None:
    """Raises AlreadyExists, Invalid."""
    name = given(change.name, "") or local_of(address)
    nothing = Entry("", {})
    values = {
        "objectClass": ("mailAdmin",),
        "mail": (address,),
        "cn": (name,),
        "sn": (name,),
        "userPassword": (given(change.password_hash, ""),),
        "shadowLastChange": (days_since_1970(created),),
        "accountStatus": (status(given(change.active, True)),),
        "preferredLanguage": (given(change.language, ""),),
        "domainGlobalAdmin": ("yes" if given(change.global_admin, False) else "",),
        SERVICES: (managers.MARK,),
        HIDDEN: _hidden((), change),
        account_settings.ATTRIBUTE: tuple(
            value for mod in account_settings.of_admin(nothing, change) for value in mod.values
        ),
    }
    ldap.store.add(ldap.tree.admin(address), values)


def change(ldap: Ldap, address: str, change: AdminChange) -> None:
    """Raises NotFound, Invalid."""
    ldap.store.change(ldap.tree.admin(address), lambda entry: list(_mods(entry, change)))


def _mods(entry: Entry, change: AdminChange) -> Iterator[Mod]:
    for attribute, text in (("cn", change.name), ("preferredLanguage", change.language)):
        if not isinstance(text, Unset):
            yield from put(attribute, text)
    if not isinstance(change.active, Unset):
        yield from put("accountStatus", status(change.active))
    if not isinstance(change.password_hash, Unset):
        yield from put("userPassword", change.password_hash)
        yield from put("shadowLastChange", days_since_1970(datetime.now(UTC)))
    if not isinstance(change.global_admin, Unset):
        yield from put("domainGlobalAdmin", "yes" if change.global_admin else "")
    yield from become(entry, HIDDEN, _hidden(entry.all(HIDDEN), change))
    yield from account_settings.of_admin(entry, change)


def _hidden(now: tuple[str, ...], change: AdminChange) -> tuple[str, ...]:
    for field, word in _HIDES.items():
        hides: bool | Unset = getattr(change, field)
        if not isinstance(hides, Unset):
            now = (ListChange(add=(word,)) if hides else ListChange(remove=(word,))).applied(now)
    return now


def delete(ldap: Ldap, address: str) -> None:
    """Also the rights of a user with that address. Does nothing when there is none. The entry goes last."""
    node = ldap.tree.admin(address)
    if not ldap.store.exists(node):
        return
    with ldap.people.hold([address]):
        managers.forget(ldap, address)
        user = ldap.tree.user(address)
        if ldap.store.exists(user):
            ldap.store.modify(user, put("domainGlobalAdmin"))
            managers.unmark(ldap, [address])
        ldap.store.delete(node)
