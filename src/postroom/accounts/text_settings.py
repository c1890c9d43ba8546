"""Codec of what has no column: the text `settings` of domains, mailboxes, admins and lists, `key:value;key:value;`,
and its twin in LDAP, the attribute `accountSetting` with one `key:value` per value.

The engine says the keys of the SQL text (`default_user_quota`); on LDAP they get the names used there
(`defaultQuota`). What is not written anew stays as it was found, down to the byte: unknown keys, odd values, pieces
without a colon. Zero and empty values are not stored. A stored value may hold a colon, a written one may not: older
readers break on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from postroom.errors import Invalid

Value: TypeAlias = int | str | Iterable[str] | None
Decoded: TypeAlias = int | str | list[str]


class Kind(Enum):
    TEXT = "text"
    INT = "whole number"
    LIST = "items joined by commas"
    ITEMS = "list: joined by commas in SQL, one value per item in LDAP"
    QUOTA = "MiB: a number in SQL, number:unit in LDAP"


class Key(NamedTuple):
    """`name` in SQL and for the engine; `ldap` there. Some have a column or an attribute in one of the two."""

    name: str
    ldap: str
    kind: Kind


KEYS: Final = (
    Key("default_user_quota", "defaultQuota", Kind.INT),  # MiB
    Key("max_user_quota", "maxUserQuota", Kind.INT),  # MiB
    Key("min_passwd_length", "minPasswordLength", Kind.INT),
    Key("max_passwd_length", "maxPasswordLength", Kind.INT),
    Key("number_of_users", "numberOfUsers", Kind.INT),  # column mailboxes; -1: none may be made
    Key("number_of_aliases", "numberOfAliases", Kind.INT),  # column aliases
    Key("number_of_lists", "numberOfLists", Kind.INT),  # column maillists
    Key("domain_quota", "domainQuota", Kind.QUOTA),  # column maxquota
    Key("default_storage_base_directory", "defaultStorageBaseDirectory", Kind.TEXT),
    Key("default_language", "default_language", Kind.TEXT),  # attribute preferredLanguage
    Key("timezone", "timezone", Kind.TEXT),
    Key("enabled_services", "enabled_services", Kind.ITEMS),  # attribute enabledService
    Key("disabled_mail_services", "disabledMailService", Kind.ITEMS),
    Key("disabled_domain_profiles", "disabledDomainProfile", Kind.ITEMS),
    Key("disabled_user_profiles", "disabledUserProfile", Kind.ITEMS),
    Key("disabled_user_preferences", "disabledUserPreference", Kind.ITEMS),
    Key("default_groups", "default_groups", Kind.LIST),
    Key("default_mailing_lists", "defaultList", Kind.LIST),
    Key("create_new_domains", "create_new_domains", Kind.TEXT),  # "yes"
    Key("create_max_domains", "create_max_domains", Kind.INT),
    Key("create_max_quota", "create_max_quota", Kind.INT),
    Key("create_quota_unit", "create_quota_unit", Kind.TEXT),  # TB, GB, MB
    Key("create_max_users", "create_max_users", Kind.INT),
    Key("create_max_aliases", "create_max_aliases", Kind.INT),
    Key("create_max_lists", "create_max_lists", Kind.INT),
    Key("disable_viewing_mail_log", "disable_viewing_mail_log", Kind.TEXT),  # "yes"; attribute disabledService
    Key("disable_managing_quarantined_mails", "disable_managing_quarantined_mails", Kind.TEXT),
)
_BY_NAME: Final[Mapping[str, Key]] = {key.name: key for key in KEYS}
_BY_LDAP: Final[Mapping[str, Key]] = {key.ldap: key for key in KEYS}
UNITS_MIB: Final[Mapping[str, int]] = {"MB": 1, "GB": 1 << 10, "TB": 1 << 20}

MAX_DIGITS: Final = 18
"""Of numbers; more is no number of these databases."""
# LDAP's syntax for it is IA5, and both stores shall take the same.
_WRITABLE: Final = re.compile(r"[\x20-\x39\x3c-\x7e]*")


@dataclass(frozen=True, slots=True)
class Texts:
    """The settings of one account, `pieces` as found. Keys are given and `decoded` under the names of `KEYS`."""

    pieces: tuple[str, ...] = ()
    ldap: bool = False

    @classmethod
    def parse(cls, text: str | None) -> Texts:
        """From the SQL column. Nothing that a column can hold is refused."""
        return cls(tuple(piece for piece in (text or "").split(";") if piece.strip()))

    @classmethod
    def from_values(cls, values: Iterable[str]) -> Texts:
        """From the values of `accountSetting`."""
        return cls(tuple(dict.fromkeys(values)), ldap=True)

    def text(self) -> str:
        """For the SQL column."""
        return "".join(f"{piece};" for piece in self.pieces)

    def values(self) -> tuple[str, ...]:
        """For `accountSetting`."""
        return self.pieces

    def get(self, key: str) -> str:
        """The stored value; empty when there is none. Of a repeated key the last counts, as for other readers."""
        return self._value(_key(key))

    def get_int(self, key: str) -> int:
        """0 when there is none, or it is no number. A quota is in MiB."""
        value = _decode(_key(key), self.get(key))
        return value if isinstance(value, int) else 0

    def get_list(self, key: str) -> tuple[str, ...]:
        return tuple(_items(self.get(key)))

    def get_flag(self, key: str) -> bool:
        return self.get(key).strip().lower() == "yes"

    def with_(self, key: str, value: Value) -> Texts:
        """The same with another value; `None`, False, 0, and what is empty take the key out.

        Raises Invalid(key) for what the text cannot hold, and for a value that is not of the key's kind.
        """
        known = _key(key)
        name = self._spelling(known)
        new = [f"{name}:{text}" for text in self._encode(known, value)]
        place = next((place for place, piece in enumerate(self.pieces) if _key_of(piece) == name), len(self.pieces))
        before, after = self.pieces[:place], self.pieces[place:]
        return replace(self, pieces=(*before, *new, *(piece for piece in after if _key_of(piece) != name)))

    def decoded(self) -> dict[str, Decoded]:
        """What an API shows: known keys by their kind, others as text, all under the names of the store."""
        names = dict.fromkeys(name for piece in self.pieces if (name := _key_of(piece)))
        known = (self._by_stored_name(name) for name in names)
        return {self._spelling(key): _decode(key, self._value(key)) for key in known}

    def _by_stored_name(self, name: str) -> Key:
        return (_BY_LDAP if self.ldap else _BY_NAME).get(name, _unknown(name))

    def _spelling(self, key: Key) -> str:
        return key.ldap if self.ldap else key.name

    def _value(self, key: Key) -> str:
        name = self._spelling(key)
        found = [piece.partition(":")[2] for piece in self.pieces if _key_of(piece) == name]
        return ",".join(found if self._one_each(key) else found[-1:])

    def _one_each(self, key: Key) -> bool:
        return self.ldap and key.kind is Kind.ITEMS

    def _encode(self, key: Key, value: Value) -> list[str]:
        texts = _written(key, value)
        if key.kind is Kind.QUOTA and self.ldap:
            return [f"{number}:MB" for number in texts]
        if key.kind in (Kind.LIST, Kind.ITEMS) and texts and not self._one_each(key):
            return [",".join(texts)]
        return texts


def _key(name: str) -> Key:
    return _BY_NAME.get(name, _unknown(name))


def _unknown(name: str) -> Key:
    return Key(name, name, Kind.TEXT)


def _key_of(piece: str) -> str:
    """Empty for a piece that has no value."""
    key, colon, _ = piece.partition(":")
    return key.strip() if colon else ""


def _decode(key: Key, text: str) -> Decoded:
    number: int | None = None
    match key.kind:
        case Kind.LIST | Kind.ITEMS:
            return _items(text)
        case Kind.INT:
            number = _number(text)
        case Kind.QUOTA:
            number = _quota(text)
    return text if number is None else number


def _items(text: str) -> list[str]:
    return [item for part in text.split(",") if (item := part.strip())]


def _number(text: str) -> int | None:
    text = text.strip()
    # int() also takes underscores and the digits of other scripts, and fails on very long text.
    return int(text) if re.fullmatch(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}", text) else None


def _quota(text: str) -> int | None:
    number, _, unit = text.partition(":")
    mib, factor = _number(number), UNITS_MIB.get(unit.strip().upper() or "MB")
    return None if mib is None or factor is None else mib * factor


def _written(key: Key, value: Value) -> list[str]:
    """The texts to write, none to take the key out; a list as its items."""
    match key.kind:
        case Kind.INT | Kind.QUOTA:
            texts = _number_text(key, value)
        case Kind.TEXT:
            texts = _line(key, value)
        case Kind.LIST | Kind.ITEMS:
            texts = _list_texts(key, value)
    if not all(map(_WRITABLE.fullmatch, (key.name, *texts))) or key.name != key.name.strip() or not key.name:
        raise Invalid(key.name, "printable ASCII without ':' and ';'")
    return texts


def _number_text(key: Key, value: Value) -> list[str]:
    if not isinstance(value, int | None) or isinstance(value, bool) or len(str(abs(value or 0))) > MAX_DIGITS:
        raise Invalid(key.name, "a whole number")
    return [str(value)] if value else []


def _line(key: Key, value: Value) -> list[str]:
    text = {True: "yes", False: "", None: ""}[value] if isinstance(value, bool | None) else value
    if not isinstance(text, str):
        raise Invalid(key.name, "a text")
    return [text.strip()] if text.strip() else []


def _list_texts(key: Key, value: Value) -> list[str]:
    if isinstance(value, int):
        raise Invalid(key.name, "a list")
    parts = _items(value) if isinstance(value, str) else [item for part in value or () if (item := part.strip())]
    if any("," in part for part in parts):
        raise Invalid(key.name, "items without commas")
    # Each once without regard to case: so LDAP compares the attribute.
    unique: dict[str, str] = {}
    for part in parts:
        unique.setdefault(part.lower(), part)
    return list(unique.values())
