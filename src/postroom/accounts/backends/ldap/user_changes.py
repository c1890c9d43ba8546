"""Users as attributes: what a new one has, and what a change of one writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from postroom.accounts.addresses import local_of
from postroom.accounts.backends.ldap import further, services
from postroom.accounts.backends.ldap.base import SERVICES, status
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put
from postroom.accounts.model import ListChange, NewUser, Unset, UserChange

MIB: Final = 1 << 20
CLASSES: Final = ("inetOrgPerson", "mailUser", "shadowAccount", "amavisAccount")
FORWARDING: Final = "mailForwardingAddress"

_TEXTS: Final[Mapping[str, str]] = {
    "given_name": "givenName",
    "language": "preferredLanguage",
    "transport": "mtaTransport",
    "employee_id": "employeeNumber",
    "mailbox_format": "mailboxFormat",
    "mailbox_folder": "mailboxFolder",
}
_NEEDED: Final[Mapping[str, str]] = {"name": "cn", "surname": "sn"}
"""These two every person has: without a text, the name before the `@`."""
_BCC: Final[Mapping[str, tuple[str, str]]] = {
    "sender_bcc": ("userSenderBccAddress", "senderbcc"),
    "recipient_bcc": ("userRecipientBccAddress", "recipientbcc"),
}
_NUMBERS: Final[Mapping[str, str]] = {"telephones": "telephoneNumber", "mobiles": "mobile"}
"""Field of a change → its attribute (and the service without which nobody looks at it)."""


def days_since_1970(moment: datetime) -> str:
    """As shadowLastChange counts."""
    return str(int(moment.timestamp()) // 86_400)


def new_values(user: NewUser) -> dict[str, tuple[str, ...]]:
    """The attributes of a new user, but those that follow from the domain."""
    local = local_of(user.address)
    return {
        "objectClass": CLASSES,
        "mail": (user.address,),
        "uid": (local,),
        **{attribute: (getattr(user, field) or local,) for field, attribute in _NEEDED.items()},
        **{attribute: (getattr(user, field, ""),) for field, attribute in _TEXTS.items()},
        "userPassword": (user.password_hash,),
        "shadowLastChange": (days_since_1970(user.created),),
        "mailQuota": (_bytes(user.quota_mb),),
        "accountStatus": (status(user.active),),
        "homeDirectory": (user.place.path,),
        SERVICES: services.of_new_user(user.services_on, user.services_off),
    }


def _bytes(quota_mb: int) -> str:
    return str(quota_mb * MIB) if quota_mb else ""


def mods(entry: Entry, address: str, change: UserChange, further_names: tuple[str, ...], domain: str) -> list[Mod]:
    """What a change writes; `further_names` are those of the user's domain."""
    return [
        *_plain(address, change),
        *_lists(entry, address, change, further_names, domain),
        *become(entry, SERVICES, _services(entry, change)),
    ]


def _plain(address: str, change: UserChange) -> Iterator[Mod]:
    for field, attribute in _NEEDED.items():
        yield from _put(attribute, getattr(change, field), local_of(address))
    for field, attribute in _TEXTS.items():
        yield from _put(attribute, getattr(change, field))
    for field, (attribute, _) in _BCC.items():
        yield from _put(attribute, getattr(change, field))
    for field, attribute in _NUMBERS.items():
        values: tuple[str, ...] | Unset = getattr(change, field)
        if not isinstance(values, Unset):
            yield from put(attribute, *dict.fromkeys(values))
    yield from _of_account(change)


def _of_account(change: UserChange) -> Iterator[Mod]:
    if not isinstance(change.active, Unset):
        yield from put("accountStatus", status(change.active))
    if not isinstance(change.password_hash, Unset):
        yield from put("userPassword", change.password_hash)
        yield from put("shadowLastChange", days_since_1970(datetime.now(UTC)))
    if not isinstance(change.quota_mb, Unset):
        yield from put("mailQuota", _bytes(change.quota_mb))
    if not isinstance(change.global_admin, Unset):
        yield from put("domainGlobalAdmin", "yes" if change.global_admin else "")
    if not isinstance(change.place, Unset):
        yield from put("homeDirectory", change.place.path)
        # Older readers join these two; they must not lead to another place.
        yield from put("storageBaseDirectory")
        yield from put("mailMessageStore")


def _put(attribute: str, text: str | Unset, otherwise: str = "") -> list[Mod]:
    return [] if isinstance(text, Unset) else put(attribute, text or otherwise)


def _lists(
    entry: Entry, address: str, change: UserChange, further_names: tuple[str, ...], domain: str
) -> Iterator[Mod]:
    if change.forwarding:
        then = change.forwarding.applied(forwarding(entry, address))
        yield from become(entry, FORWARDING, () if set(then) <= {address} else then)
    if change.aliases:
        own = change.aliases.applied(further.explicit(entry, domain, further_names))
        then = further.complete(address, own, domain, further_names)
        yield from become(entry, further.ATTRIBUTE, then)


def forwarding(entry: Entry, address: str) -> tuple[str, ...]:
    """Where mail for the user goes, sorted: without a value to the own mailbox."""
    return tuple(sorted(entry.lower(FORWARDING))) or (address,)


def _services(entry: Entry, change: UserChange) -> tuple[str, ...]:
    """What was asked for, and what readers want to see beside attributes that were set."""
    needs = [service for field, (_, service) in _BCC.items() if getattr(change, field)]
    needs += ["forward"] if change.forwarding else []
    needs += ["shadowaddress"] if change.aliases else []
    now = ListChange(add=tuple(needs)).applied(entry.all(SERVICES))
    return services.changed(now, change.services) if change.services else now
