"""Edits of the text `settings`: what changes write there. Keys that nobody changes stay as they are.

The caller holds the row (`for_update`), so that of two edits at once none is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from postroom.accounts.model import AdminChange, Change, DomainChange, ListChange, Unset
from postroom.accounts.text_settings import Texts, Value
from postroom.errors import Invalid

DOMAIN: Final[Mapping[str, str]] = {
    "default_quota_mb": "default_user_quota",
    "max_user_quota_mb": "max_user_quota",
    "min_password": "min_passwd_length",
    "max_password": "max_passwd_length",
    "language": "default_language",
}
DOMAIN_LISTS: Final[Mapping[str, str]] = {
    "services": "enabled_services",
    "disabled_domain_profiles": "disabled_domain_profiles",
    "disabled_user_profiles": "disabled_user_profiles",
    "disabled_user_preferences": "disabled_user_preferences",
}
DOMAIN_SERVICES: Final = frozenset({"self-service"})
"""The services of a domain that SQL knows; others are for LDAP and ignored."""
ADMIN: Final[Mapping[str, str]] = {
    "create_domains": "create_new_domains",
    "max_domains": "create_max_domains",
    "max_quota": "create_max_quota",
    "quota_unit": "create_quota_unit",
    "max_users": "create_max_users",
    "max_aliases": "create_max_aliases",
    "max_lists": "create_max_lists",
    "hide_mail_log": "disable_viewing_mail_log",
    "hide_quarantine": "disable_managing_quarantined_mails",
}
"""Field of a change → key of the text."""


def of_domain(stored: str, change: DomainChange) -> dict[str, str]:
    """The column, when the change touches it. Raises Invalid naming the field."""
    texts = before = Texts.parse(stored)
    for field, key in DOMAIN.items():
        texts = _edited(texts, change, field, key)
    for field, key in DOMAIN_LISTS.items():
        texts = _edited_list(texts, field, key, getattr(change, field))
    return _column(before, texts)


def of_admin(stored: str, change: AdminChange) -> dict[str, str]:
    """The column, when the change touches it. Raises Invalid naming the field."""
    texts = before = Texts.parse(stored)
    for field, key in ADMIN.items():
        texts = _edited(texts, change, field, key)
    return _column(before, texts)


def _column(before: Texts, after: Texts) -> dict[str, str]:
    return {} if after == before else {"settings": after.text()}


def _edited(texts: Texts, change: Change, field: str, key: str) -> Texts:
    value: Any = getattr(change, field)
    if isinstance(value, Unset):
        return texts
    if isinstance(value, bool):
        value = "yes" if value else ""
    return _with(texts, field, key, value)


def _edited_list(texts: Texts, field: str, key: str, change: ListChange) -> Texts:
    if not change:
        return texts
    items = change.applied(texts.get_list(key))
    if field == "services":
        had = texts.get_list(key)
        items = tuple(item for item in items if item in DOMAIN_SERVICES or item in had)
    return _with(texts, field, key, items)


def _with(texts: Texts, field: str, key: str, value: Value) -> Texts:
    try:
        return texts.with_(key, value)
    except Invalid as error:
        raise Invalid(field, error.expected) from error
