"""Services of users: columns `enable…` of `mailbox`, of which Dovecot and Postfix read the one of the service in use.

A name without a column is ignored, as the reference says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from postroom.accounts.database.tables.vmail import SERVICE_FLAGS, SERVICE_LETTERS
from postroom.accounts.model import ListChange

_COLUMNS: Final = frozenset((*SERVICE_FLAGS, *SERVICE_LETTERS))
_SUFFIXES: Final = ("", "secured", "tls")
# Dovecot calls ManageSieve `sieve`, and asks its `lmtp` or `lda` where Postfix asks `deliver`.
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"managesieve{suffix}": (f"sieve{suffix}",) for suffix in _SUFFIXES},
    "deliver": ("lda", "lmtp"),
}

SWITCHED: Final = (
    *(f"{service}{suffix}" for service in ("smtp", "pop3", "imap", "managesieve") for suffix in _SUFFIXES),
    "deliver",
    "sogo",
    "sogowebmail",
    "sogocalendar",
    "sogoactivesync",
)
"""What a new list of services switches off where it does not name it; Dovecot's inner services (`doveadm`,
`quota-status` and others) are not for users and go off only by name."""


def columns(on: Iterable[str], off: Iterable[str]) -> dict[str, int | str]:
    """What is written to switch these services; a service in both is off."""
    switched = {column: True for name in on for column in _columns(name)}
    switched |= {column: False for name in off for column in _columns(name)}
    return {column: _value(column, is_on) for column, is_on in switched.items()}


def changed_columns(change: ListChange) -> dict[str, int | str]:
    """What a change of the list of services writes."""
    if change.reset is None:
        return columns(change.add, change.remove)
    on = change.applied(())
    named = {column for name in on for column in _columns(name)}
    rest = {column: _value(column, False) for name in SWITCHED for column in _columns(name) if column not in named}
    return rest | columns(on, change.remove)


def _columns(service: str) -> tuple[str, ...]:
    names = (f"enable{name}" for name in (service, *_ALSO.get(service, ())))
    return tuple(name for name in names if name in _COLUMNS)


def _value(column: str, is_on: bool) -> int | str:
    if column in SERVICE_LETTERS:
        return "y" if is_on else "n"
    return int(is_on)
