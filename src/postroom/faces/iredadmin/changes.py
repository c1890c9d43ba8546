"""From parameters to changes: which parameter is which field of which change.

A test holds these tables to the contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from postroom.accounts import maildir, transports
from postroom.accounts.addresses import address, addresses, domain
from postroom.accounts.model import AdminChange, AliasChange, Change, DomainChange, ListChange, UserChange
from postroom.errors import Invalid
from postroom.faces.iredadmin.errors import ArgumentInvalid
from postroom.faces.iredadmin.given import Given

Changed = TypeVar("Changed", bound=Change)


@dataclass(frozen=True, slots=True)
class Target:
    """The field of a change, and how its value is read. `part`: what of a list it is."""

    field: str
    read: Callable[[Any], Any] = lambda value: value
    part: Literal["whole", "reset", "add", "remove"] = "whole"


def change(kind: type[Changed], targets: Mapping[str, Target], given: Given) -> Changed:
    """The change that the parameters ask for. Raises ArgumentInvalid naming the parameter."""
    wholes: dict[str, object] = {}
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, target in targets.items():
        if name not in given:
            continue
        try:
            value = target.read(given[name])
        except Invalid as error:
            raise ArgumentInvalid(_CODES.get(error.field, "INVALID_PARAMETER"), name, error.expected) from error
        if target.part == "whole":
            wholes[target.field] = value
        else:
            lists.setdefault(target.field, {})[target.part] = value
    return kind(**wholes, **{field: ListChange(**parts) for field, parts in lists.items()})


_CODES: Final = {"mail": "INVALID_MAIL", "domain": "INVALID_DOMAIN_NAME"}


def _address_or_none(text: str) -> str:
    """Empty removes."""
    return address(text) if text else ""


def _domains(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are domains, as the original takes them."""
    found = []
    for text in texts:
        try:
            found.append(domain(text))
        except Invalid:  # dropped, see "Lists" in the transport rules
            continue
    return tuple(dict.fromkeys(found))


def _lists(field: str, whole: str, add: str, remove: str, read: Callable[[Any], Any]) -> dict[str, Target]:
    return {
        whole: Target(field, _some(read), "reset"),
        add: Target(field, read, "add"),
        remove: Target(field, read, "remove"),
    }


def _some(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same, but a list of which nothing is usable clears nothing: it is a mistake."""

    def reads(texts: tuple[str, ...]) -> Any:
        found = read(texts)
        if texts and not found:
            raise Invalid("domain" if read is _domains else "mail", "at least one that can be used, or nothing")
        return found

    return reads


def _same(value: Any) -> Any:
    return value


def _switches(kind: str, field: str) -> dict[str, Target]:
    return {f"disable{kind}": Target(field, _same, "add"), f"enable{kind}": Target(field, _same, "remove")}


SERVICES: Final = _lists("services", "services", "addService", "removeService", _same)
NEW_DOMAIN: Final = {
    "name": Target("name"),
    "quota": Target("quota_mb"),
    "defaultQuota": Target("default_quota_mb"),
    "maxUserQuota": Target("max_user_quota_mb"),
    "numberOfUsers": Target("max_users"),
    "numberOfAliases": Target("max_aliases"),
    "numberOfLists": Target("max_lists"),
    "language": Target("language"),
    "transport": Target("transport", transports.transport),
    "senderBcc": Target("sender_bcc", _address_or_none),
    "recipientBcc": Target("recipient_bcc", _address_or_none),
}
DOMAIN: Final = {
    **NEW_DOMAIN,
    "accountStatus": Target("active"),
    "is_backupmx": Target("backup_mx"),
    "primarymx": Target("primary_mx", transports.next_hop),
    "minPasswordLength": Target("min_password"),
    "maxPasswordLength": Target("max_password"),
    "catchall": Target("catchall", _some(addresses)),
    "outboundRelay": Target("relay", transports.next_hop),
    **_lists("alias_domains", "aliasDomains", "addAliasDomain", "removeAliasDomain", _domains),
    **SERVICES,
    **_switches("DomainProfile", "disabled_domain_profiles"),
    **_switches("UserProfile", "disabled_user_profiles"),
    **_switches("UserPreference", "disabled_user_preferences"),
}

PASSWORDS: Final = {"password": Target("password"), "password_hash": Target("password_hash")}
MAILBOX: Final = {
    "mailboxFormat": Target("mailbox_format", maildir.mailbox_format),
    "mailboxFolder": Target("mailbox_folder", maildir.folder),
    "maildir": Target("place", maildir.split),
}
NAMES: Final = {"name": Target("name"), "gn": Target("given_name"), "sn": Target("surname")}
NEW_USER: Final = {
    **NAMES,
    **PASSWORDS,
    "language": Target("language"),
    "quota": Target("quota_mb"),
    **MAILBOX,
    "aliases": Target("aliases", addresses, "reset"),
}
USER: Final = {
    **NAMES,
    **PASSWORDS,
    "quota": Target("quota_mb"),
    "accountStatus": Target("active"),
    "language": Target("language"),
    "transport": Target("transport", transports.transport),
    "employeeid": Target("employee_id"),
    "isGlobalAdmin": Target("global_admin"),
    **_lists("forwarding", "forwarding", "addForwarding", "removeForwarding", addresses),
    "senderBcc": Target("sender_bcc", _address_or_none),
    "recipientBcc": Target("recipient_bcc", _address_or_none),
    **_lists("aliases", "aliases", "addAlias", "removeAlias", addresses),
    **SERVICES,
    **MAILBOX,
    "telephoneNumber": Target("telephones"),
    "mobile": Target("mobiles"),
}
ALL_USERS: Final = {name: USER[name] for name in ("accountStatus", "password", "language", "transport")}

NEW_ALIAS: Final = {
    "name": Target("name"),
    "accessPolicy": Target("access_policy"),
    "members": Target("members", addresses, "reset"),
}
ALIAS: Final = {
    "name": Target("name"),
    "accessPolicy": Target("access_policy"),
    "accountStatus": Target("active"),
    **_lists("members", "members", "addMember", "removeMember", addresses),
}

ADMIN: Final = {
    "name": Target("name"),
    "accountStatus": Target("active"),
    "language": Target("language"),
    "isGlobalAdmin": Target("global_admin"),
    "createNewDomains": Target("create_domains"),
    "maxDomains": Target("max_domains"),
    "maxQuota": Target("max_quota"),
    "quotaUnit": Target("quota_unit"),
    "maxUsers": Target("max_users"),
    "maxAliases": Target("max_aliases"),
    "maxLists": Target("max_lists"),
    "disableViewingMailLog": Target("hide_mail_log"),
    "disableManagingQuarantinedMails": Target("hide_quarantine"),
    **PASSWORDS,
}


def of_domain(given: Given, *, new: bool = False) -> DomainChange:
    return change(DomainChange, NEW_DOMAIN if new else DOMAIN, given)


def of_user(given: Given, targets: Mapping[str, Target] = USER) -> UserChange:
    return change(UserChange, targets, given)


def of_alias(given: Given, *, new: bool = False) -> AliasChange:
    return change(AliasChange, NEW_ALIAS if new else ALIAS, given)


def of_admin(given: Given) -> AdminChange:
    return change(AdminChange, ADMIN, given)
