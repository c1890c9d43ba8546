"""Settings kept in the table `iredadmin.settings`, which win over the same ones of the settings file.

`account` is `global`, a domain or an address. A value is stored as JSON: an object with the one key `value`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, or_, select

from postroom import settings
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import insert_or_update
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.password_policy import Rules
from postroom.errors import Damaged, Invalid

GLOBAL: Final = "global"

_COLUMNS: Final = iredadmin.settings.c
_ALL: Final = select(_COLUMNS.k, _COLUMNS.v).where(_COLUMNS.account == bindparam("account"))
_ONE: Final = _ALL.where(_COLUMNS.k == bindparam("key"))
_DELETE: Final = delete(iredadmin.settings).where(
    _COLUMNS.account == bindparam("account"), _COLUMNS.k == bindparam("key")
)


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds. Lists of IP addresses and networks: None is anywhere, an empty one is nowhere."""

    password_min_length: int
    password_max_length: int
    """0 is no limit."""
    password_has_letter: bool
    password_has_uppercase: bool
    password_has_number: bool
    password_has_special_char: bool
    password_special_characters: str
    global_admin_ips: tuple[str, ...] | None
    admin_ips: tuple[str, ...] | None
    api_clients: tuple[str, ...] | None
    mailbox_format: str
    mailbox_folder: str

    @property
    def password_rules(self) -> Rules:
        """What a new password must be, whatever a domain adds."""
        return Rules.of(self, self.password_special_characters)


def get(unit: Unit, key: str, account: str = GLOBAL) -> Any:
    """The stored value, None when there is none. Raises Damaged when it is not what `put` writes."""
    text = unit.iredadmin.execute(_ONE, {"account": account, "key": key}).one_or_none()
    return None if text is None else _value(key, text.v)


def stored(unit: Unit, account: str = GLOBAL) -> dict[str, Any]:
    """Everything of `KEYS` that is stored for an account.

    A value that cannot be read raises Damaged: one that is left out could open what it was meant to close.
    """
    rows = unit.iredadmin.execute(_ALL, {"account": account})
    return {row.k: _value(row.k, row.v) for row in rows if row.k in KEYS}


def put(unit: Unit, key: str, value: Any, account: str = GLOBAL) -> None:
    """Store a value; None takes it away. Raises Invalid for a key that is none, or a value that the key cannot have."""
    kind = KEYS.get(key)
    if kind is None:
        raise Invalid("key", f"one of {', '.join(KEYS)}")
    if value is None:
        unit.iredadmin.execute(_DELETE, {"account": account, "key": key})
        return
    try:
        text = json.dumps({"value": kind(value)})
    except ValueError:
        raise Invalid(key, _WORDS[kind]) from None
    insert_or_update(unit.iredadmin, iredadmin.settings, {"account": account, "k": key, "v": text}, ("account", "k"))


def forget(unit: Unit, name: str) -> None:
    """What is stored for a domain and all its addresses, or for one address."""
    about = _COLUMNS.account == name
    if "@" not in name:
        about = or_(about, _COLUMNS.account.endswith(f"@{name}", autoescape=True))
    unit.iredadmin.execute(delete(iredadmin.settings).where(about))


def effective(accounts: settings.Accounts, api: settings.Iredadmin, found: Mapping[str, Any]) -> Effective:
    """The settings with what is `stored` in place of them.

    A stored list that is empty restricts nothing, and does not lift what the file restricts: the file is of the one
    who owns the machine. Raises Damaged for a stored value that its key cannot have.
    """
    return Effective(
        password_min_length=_one(found, "min_passwd_length", accounts.password_min_length),
        password_max_length=_one(found, "max_passwd_length", accounts.password_max_length),
        password_has_letter=_one(found, "password_has_letter", accounts.password_has_letter),
        password_has_uppercase=_one(found, "password_has_uppercase", accounts.password_has_uppercase),
        password_has_number=_one(found, "password_has_number", accounts.password_has_number),
        password_has_special_char=_one(found, "password_has_special_char", accounts.password_has_special_char),
        password_special_characters=accounts.password_special_characters,
        global_admin_ips=_one(found, "global_admin_ip_list", ()) or api.global_admin_ips or None,
        admin_ips=_one(found, "admin_login_ip_list", ()) or api.admin_ips or None,
        api_clients=_one(found, "restful_api_clients", ()) or (api.clients if api.restrict_access else None),
        mailbox_format=_one(found, "mailbox_format", "") or accounts.mailbox_format,
        mailbox_folder=_one(found, "mailbox_folder", "") or accounts.mailbox_folder,
    )


def _one(found: Mapping[str, Any], key: str, otherwise: Any) -> Any:
    value = found.get(key)
    if value is None:
        return otherwise
    try:
        return KEYS[key](value)
    except ValueError:
        raise _damaged(key) from None


def _value(key: str, text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged(key) from None
    if not isinstance(found, dict) or "value" not in found:
        raise _damaged(key)
    return found["value"]


def _damaged(key: str) -> Damaged:
    return Damaged(f"The table `settings` of the database iredadmin has a value for {key!r} that cannot be used.")


# What a key can have. Each reads what panels wrote in other forms, too, and raises ValueError for everything else.


def _number(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise ValueError
    return int(value)


def _switch(value: Any) -> bool:
    word = str(value).lower()
    if word not in ("true", "yes", "1", "false", "no", "0"):
        raise ValueError
    return word in ("true", "yes", "1")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  # what callers catch
    return value.strip()


def _list(value: Any) -> tuple[str, ...]:
    items = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError
    return tuple(item.strip() for item in items if item.strip())


Kind = Callable[[Any], Any]

KEYS: Final[Mapping[str, Kind]] = {
    "mailbox_format": _text,
    "mailbox_folder": _text,
    "min_passwd_length": _number,
    "max_passwd_length": _number,
    "password_has_letter": _switch,
    "password_has_uppercase": _switch,
    "password_has_number": _switch,
    "password_has_special_char": _switch,
    "global_admin_ip_list": _list,
    "admin_login_ip_list": _list,
    "restful_api_clients": _list,
    "amavisd_remove_maillog_in_days": _number,
    "amavisd_remove_quarantined_in_days": _number,
}
"""What can be stored, and what each must be."""
_WORDS: Final[Mapping[Kind, str]] = {
    _number: "a whole number, 0 or more",
    _switch: "yes or no",
    _text: "a text",
    _list: "a list of texts",
}
