"""Profiles: an account as answers show it. Every attribute as a list of texts, then what belongs to the account.

Passwords are in it; the face hides them. Source: shape of `_data` in the API reference.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from postroom.accounts.backends.ldap import account_settings, aliases, catchall, mailboxes, maillists, managers
from postroom.accounts.backends.ldap.account_settings import ATTRIBUTE
from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.filters import ALIAS, equal, every
from postroom.accounts.backends.ldap.store import Entry
from postroom.accounts.model import Profile

WITH_SETTINGS: Final = ("maildomain", "mailuser", "mailadmin")
"""Classes whose profile has the settings even when there are none."""


def attributes(entry: Entry) -> Profile:
    """Each as a list of texts, `accountSetting` as an object."""
    shown: Profile = {name: [_text(value) for value in values] for name, values in entry.values.items()}
    if ATTRIBUTE in shown or set(WITH_SETTINGS) & set(entry.lower("objectClass")):
        shown[ATTRIBUTE] = account_settings.texts(entry).decoded()
    return shown


def _text(value: str) -> str:
    # Bytes that are no text would not fit into JSON.
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def of_domain(ldap: Ldap, name: str) -> Profile:
    """Raises NotFound."""
    return {**attributes(ldap.domain(name)), "catchall": list(catchall.of_domain(ldap, name))}


def of_admin(ldap: Ldap, address: str) -> Profile:
    """Raises NotFound."""
    entry = ldap.store.get(ldap.tree.admin(address))
    return {**attributes(entry), "managed_domains": list(managers.managed_domains(ldap, address))}


def of_user(ldap: Ldap, connection: Connection, address: str) -> Profile:
    """Raises NotFound."""
    entry = ldap.store.get(ldap.tree.user(address))
    return {**attributes(entry), **_of_user(ldap, connection, address, entry)}


def _of_user(ldap: Ldap, connection: Connection, address: str, entry: Entry) -> dict[str, Any]:
    member = every(ALIAS, equal(aliases.MEMBERS, address))
    found = ldap.store.find(ldap.tree.domains, member, ("mail",))
    stored_bytes, stored_messages = mailboxes.stored(connection, address)
    return {
        "managed_domains": list(managers.managed_domains(ldap, address)),
        "mailing_aliases": sorted(alias.first("mail").lower() for alias in found),
        "mailing_lists": list(maillists.lists_of(ldap, address, entry)),
        "stored_bytes": stored_bytes,
        "stored_messages": stored_messages,
        "last_login": mailboxes.last_seen(connection, address),
    }


def of_alias(ldap: Ldap, address: str) -> Profile:
    """Raises NotFound."""
    entry = ldap.store.get(ldap.tree.alias(address))
    return {**attributes(entry), "members": list(aliases.of_alias(entry))}


def of_maillist(ldap: Ldap, address: str) -> Profile:
    """Raises NotFound."""
    entry = ldap.store.get(ldap.tree.maillist(address))
    return {**attributes(entry), "members": list(maillists.of_list(ldap, address))}
