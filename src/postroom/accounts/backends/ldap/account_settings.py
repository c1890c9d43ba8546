"""Edits of `accountSetting`, one value for each setting: only the values that change are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from postroom.accounts.backends.ldap.filters import starts
from postroom.accounts.backends.ldap.store import Entry, Mod, add, remove
from postroom.accounts.model import AdminChange, Change, DomainChange, ListChange, Unset
from postroom.accounts.text_settings import KEYS, Kind, Texts, Value
from postroom.errors import Invalid

ATTRIBUTE: Final = "accountSetting"

DOMAIN: Final[Mapping[str, str]] = {
    "quota_mb": "domain_quota",
    "default_quota_mb": "default_user_quota",
    "max_user_quota_mb": "max_user_quota",
    "max_users": "number_of_users",
    "max_aliases": "number_of_aliases",
    "max_lists": "number_of_lists",
    "min_password": "min_passwd_length",
    "max_password": "max_passwd_length",
}
DOMAIN_LISTS: Final[Mapping[str, str]] = {
    "disabled_domain_profiles": "disabled_domain_profiles",
    "disabled_user_profiles": "disabled_user_profiles",
    "disabled_user_preferences": "disabled_user_preferences",
}
ADMIN: Final[Mapping[str, str]] = {
    "create_domains": "create_new_domains",
    "max_domains": "create_max_domains",
    "max_quota": "create_max_quota",
    "quota_unit": "create_quota_unit",
    "max_users": "create_max_users",
    "max_aliases": "create_max_aliases",
    "max_lists": "create_max_lists",
}
"""Field of a change → key."""

UNFINISHED: Final = "postroom_unfinished:yes"
"""Of a domain whose making was cut: nobody sees it, and making it again completes it."""
RENAMING: Final = "postroom_renaming:"
"""Of an account on its way to the address that follows."""

_MANY: Final = frozenset(key.ldap for key in KEYS if key.kind is Kind.ITEMS)


def texts(entry: Entry) -> Texts:
    return Texts.from_values(entry.all(ATTRIBUTE))


def of_domain(entry: Entry, change: DomainChange) -> list[Mod]:
    """Raises Invalid naming the field."""
    after = _edited(texts(entry), change, DOMAIN)
    for field, key in DOMAIN_LISTS.items():
        items: ListChange = getattr(change, field)
        if items:
            after = _with(after, field, key, items.applied(after.get_list(key)))
    return list(_mods(entry, after))


def of_admin(entry: Entry, change: AdminChange) -> list[Mod]:
    """Raises Invalid naming the field."""
    return list(_mods(entry, _edited(texts(entry), change, ADMIN)))


def _edited(before: Texts, change: Change, fields: Mapping[str, str]) -> Texts:
    after = before
    for field, key in fields.items():
        value: Any = getattr(change, field)
        if isinstance(value, bool):
            value = "yes" if value else ""
        if not isinstance(value, Unset):
            after = _with(after, field, key, value)
    return after


def _with(before: Texts, field: str, key: str, value: Value) -> Texts:
    try:
        return before.with_(key, value)
    except Invalid as error:
        raise Invalid(field, error.expected) from error


def _mods(entry: Entry, after: Texts) -> Iterator[Mod]:
    before, then = entry.all(ATTRIBUTE), after.values()
    yield from remove(ATTRIBUTE, (piece for piece in before if piece not in then))
    for piece in then:
        if piece not in before:
            yield from add(ATTRIBUTE, [piece], unless=_taken(piece, before))


def _taken(piece: str, before: tuple[str, ...]) -> str:
    """Of a key that has one value and had none yet, two values could be added at once: the server must look."""
    key = piece.partition(":")[0]
    had_one = any(old.startswith(f"{key}:") for old in before)
    return "" if had_one or key in _MANY else starts(ATTRIBUTE, f"{key}:")
