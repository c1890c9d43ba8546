"""What only the accounts engine can meet; everything else it raises is in postroom/errors.py.

Each class narrows one of the common classes, so that a face without a row for it tells it as its parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from postroom.errors import Denied, Invalid, Unavailable

Limit = Literal["domains", "users", "aliases", "lists", "quota"]
Scope = Literal["domain", "admin"]
QuotaLimit = Literal["quota", "maxUserQuota"]
"""What limits the quota of a mailbox: that of the whole domain, or the largest that its users may have."""

_THINGS: dict[Limit, str] = {
    "domains": "domains",
    "users": "users",
    "aliases": "aliases",
    "lists": "mailing lists",
    "quota": "quota",
}
_OWNERS: dict[Scope, str] = {"domain": "this domain", "admin": "this admin"}


class LimitReached(Denied):
    """The domain, or the admin over all their domains, has as much as it may have."""

    def __init__(self, limit: Limit, scope: Scope, message: str = "") -> None:
        self.limit: Limit = limit
        self.scope: Scope = scope
        told = f"The limit of {_THINGS[limit]} of {_OWNERS[scope]} is reached. A global admin can raise it."
        super().__init__(message or told)


class QuotaTooLarge(LimitReached):
    """A mailbox of this quota does not fit into its domain.

    `most_mb` is what `limit_of` leaves, 0 for nothing. `by_default`: nobody asked for this quota, it is the domain's.
    """

    def __init__(self, quota_mb: int, most_mb: int, limit_of: QuotaLimit, *, by_default: bool = False) -> None:
        self.most_mb = most_mb
        fits = (
            f"1 to {most_mb} MB, as {limit_of} of the domain allows" if most_mb else "room in the domain, which is full"
        )
        asked = f"{quota_mb} MB" if quota_mb else "0 (unlimited)"
        given = f"; left out it is defaultQuota of the domain, {asked}" if by_default else f", not {asked}"
        remedy = "Send quota, set defaultQuota" if by_default else "Send less"
        super().__init__(
            "quota", "domain", f"quota: expected {fits}{given}. {remedy}, or raise {limit_of} of the domain."
        )


class NotAllowed(Denied):
    """The limit is -1: none at all may be made."""

    def __init__(self, limit: Limit, scope: Scope) -> None:
        self.limit: Limit = limit
        self.scope: Scope = scope
        super().__init__(f"{_OWNERS[scope].capitalize()} may have no {_THINGS[limit]}. A global admin can allow it.")


class NotManaged(Denied):
    """The account or domain is not one that the caller manages, whether it exists or not."""

    def __init__(self, name: object) -> None:
        self.name = name
        super().__init__(f"You do not manage {str(name)!r}.")


class ProtectedAdmin(Denied):
    """A normal admin wants to change a global admin."""

    def __init__(self, name: object) -> None:
        self.name = name
        super().__init__(f"Only a global admin may change the global admin {str(name)!r}.")


class LocalDomain(Invalid):
    """The address of an admin who is no mail user must be outside the domains hosted here."""

    def __init__(self, field: str = "mail") -> None:
        super().__init__(field, "an address outside the domains that are hosted here")


class InvalidScheme(Invalid):
    """A password hash begins with no scheme, or with one that is not taken."""

    def __init__(self, schemes: Iterable[str], field: str = "password_hash") -> None:
        self.schemes = tuple(schemes)
        super().__init__(field, f"a hash that begins with one of {', '.join(f'{{{name}}}' for name in self.schemes)}")


Rule = Literal["empty", "not_ascii", "too_short", "too_long", "no_letter", "no_uppercase", "no_digit", "no_special"]


class PasswordRefused(Invalid):
    """The password breaks `rules`: all that it breaks, in the order of `Rule`."""

    def __init__(self, rules: Iterable[Rule], expected: str, field: str = "password") -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)
        super().__init__(field, expected)


class TooManyEntries(Unavailable):
    """A directory server sends fewer entries than there are: repeating it changes nothing."""

    retryable = False

    def __init__(self) -> None:
        super().__init__(
            "The directory server limits how many entries it sends, and there are more. Raise the limits (olcLimits) "
            "of the name in `accounts.ldap_bind_dn`."
        )
