"""Services: values of `enabledService`, of which Postfix and Dovecot ask for the one in use.

Source: section "enabledService values" of the schema reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from postroom.accounts.backends.ldap.managers import MARK
from postroom.accounts.model import ListChange

_SUFFIXES: Final = ("", "secured", "tls")

INNER: Final = ("internal", "doveadm", "lib-storage", "indexer-worker", "dsync", "quota-status")
"""What Dovecot does for itself."""
MAIL: Final = "mail"
"""Without it nobody finds an account at all."""
DELIVER: Final = "deliver"
IN_ADDRESS_BOOK: Final = "displayedInGlobalAddressBook"
OF_USERS: Final = (
    *INNER,
    MAIL,
    *(f"{service}{suffix}" for service in ("smtp", "pop3", "imap", "managesieve", "sieve") for suffix in _SUFFIXES),
    DELIVER,
    "lda",
    "lmtp",
    "recipientbcc",
    "senderbcc",
    "forward",
    "shadowaddress",
    IN_ADDRESS_BOOK,
    "sogo",
    "sogowebmail",
    "sogocalendar",
    "sogoactivesync",
)
"""What a new user has."""
OF_GROUPS: Final = (MAIL, DELIVER)
"""What a new alias or list has."""

# Dovecot calls ManageSieve `sieve`, and asks its `lmtp` or `lda` where Postfix asks `deliver`.
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"managesieve{suffix}": (f"sieve{suffix}",) for suffix in _SUFFIXES},
    DELIVER: ("lda", "lmtp"),
}
_KEPT: Final = frozenset((*INNER, MAIL, MARK))
"""What a new list of services leaves alone, as they have no counterpart in SQL; they go off only by name."""


def of_new_user(on: Iterable[str], off: Iterable[str]) -> tuple[str, ...]:
    """A service in both is off."""
    return ListChange(add=_whole(on), remove=_whole(off)).applied(OF_USERS)


def changed(now: Iterable[str], change: ListChange) -> tuple[str, ...]:
    """The services of a user after a change; each name takes along what belongs to it."""
    reset = None
    if change.reset is not None:
        reset = (*(name for name in now if name.lower() in _KEPT), *_whole(change.reset))
    whole = ListChange(reset=reset, add=_whole(change.add), remove=_whole(change.remove))
    return whole.applied(now)


def _whole(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(found for name in names for found in (name, *_ALSO.get(name, ())))
