"""The kinds of accounts that have commands, and what lists of them show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from postroom.accounts.addresses import address, domain

MANAGED: Final = "managed_domains"
Profile = Mapping[str, Any]
"""As the API answers it: columns of SQL, or attributes of LDAP, each a list."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name on the command line, its resource of the API, and the columns of its list."""

    noun: str
    resource: str
    within_domain: bool
    names: tuple[str, ...]
    columns: Mapping[str, Callable[[Profile], object]]
    has_password: bool = False
    only_names: str = "email_only"
    help: str = ""

    def name(self, text: str) -> str:
        """A name as it is stored. Raises Invalid."""
        return domain(text) if self.noun == "domain" else address(text)

    def name_of(self, profile: Profile) -> str:
        """What the account is called."""
        return str(value(profile, *self.names))


def value(profile: Profile, *names: str) -> Any:
    """The first of the fields that there is; of a list of one the one; empty for nothing."""
    found = next((profile[name] for name in names if name in profile), "")
    if isinstance(found, list) and len(found) < 2:
        found = found[0] if found else ""
    return "" if found is None else found


def _shown(*names: str) -> Callable[[Profile], object]:
    return lambda profile: value(profile, *names)


def status(profile: Profile) -> str:
    """On SQL a number, on LDAP a word."""
    found = value(profile, "active", "accountStatus")
    return found if isinstance(found, str) else "active" if found else "disabled"


def quota_mb(profile: Profile) -> object:
    """SQL keeps MB, LDAP bytes; 0 is no limit."""
    found = value(profile, "quota") if "quota" in profile else int(value(profile, "mailQuota") or 0) >> 20
    return found or "unlimited"


def rights(profile: Profile) -> str:
    """What an admin, or a user, may administer."""
    if value(profile, "isglobaladmin") == 1 or value(profile, "domainGlobalAdmin") == "yes":
        return "everything"
    managed = profile.get(MANAGED, [])
    if managed:
        return "everything" if "ALL" in managed else f"{len(managed)} domains"
    services = profile.get("enabledService") or ()
    return "domains" if value(profile, "isadmin") == 1 or "domainadmin" in services else ""


_STATUS: Final = {"status": status}
DOMAIN: Final = Kind(
    "domain", "domains", False, ("domain", "domainName"),
    {"description": _shown("description", "cn"), "transport": _shown("transport", "mtaTransport"), **_STATUS},
    only_names="name_only", help="Mail domains.",
)  # fmt: skip
USER: Final = Kind(
    "user", "users", True, ("username", "mail"),
    {"name": _shown("name", "cn"), "quota in MB>": quota_mb, "language": _shown("language", "preferredLanguage"),
     "administers": rights, **_STATUS}, has_password=True, help="Mail users.",
)  # fmt: skip
ALIAS: Final = Kind(
    "alias", "aliases", True, ("address", "mail"),
    {"name": _shown("name", "cn"), "who may write": _shown("accesspolicy", "accessPolicy"), **_STATUS},
    help="Aliases: addresses with members.",
)  # fmt: skip
ADMIN: Final = Kind(
    "admin", "admins", False, ("username", "mail"),
    {"name": _shown("name", "cn"), "language": _shown("language", "preferredLanguage"), "administers": rights,
     **_STATUS},
    has_password=True, help="Admins without a mailbox.",
)  # fmt: skip
KINDS: Final = (DOMAIN, USER, ALIAS, ADMIN)
