"""Domains as attributes: what a change writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from postroom.accounts.backends.ldap import account_settings
from postroom.accounts.backends.ldap.base import SERVICES, status
from postroom.accounts.backends.ldap.store import Entry, Mod, become, put
from postroom.accounts.model import DomainChange, ListChange, Unset
from postroom.accounts.transports import backup_columns

_TEXTS: Final[Mapping[str, str]] = {"name": "cn", "language": "preferredLanguage", "relay": "senderRelayHost"}
_BCC: Final[Mapping[str, tuple[str, str]]] = {
    "sender_bcc": ("domainSenderBccAddress", "senderbcc"),
    "recipient_bcc": ("domainRecipientBccAddress", "recipientbcc"),
}
"""Field of a change → its attribute, and the service without which nobody looks at it."""
TRANSPORT: Final = "mtaTransport"
BACKUP_MX: Final = "domainBackupMX"


def mods(entry: Entry, change: DomainChange, usual_transport: str) -> list[Mod]:
    """All but what stands in other entries. Raises Invalid naming the field."""
    return [
        *_texts(change),
        *_transport(entry, change, usual_transport),
        *account_settings.of_domain(entry, change),
        *become(entry, SERVICES, _services(entry, change)),
    ]


def _texts(change: DomainChange) -> Iterator[Mod]:
    for field, attribute in (*_TEXTS.items(), *((field, attribute) for field, (attribute, _) in _BCC.items())):
        text: str | Unset = getattr(change, field)
        if not isinstance(text, Unset):
            yield from put(attribute, text)
    if not isinstance(change.active, Unset):
        yield from put("accountStatus", status(change.active))


def _transport(entry: Entry, change: DomainChange, usual: str) -> Iterator[Mod]:
    values = backup_columns(change, backup=entry.first(BACKUP_MX).lower() == "yes", usual=usual)
    if values:
        yield from put(BACKUP_MX, "yes" if values["backupmx"] else "no")
        yield from put(TRANSPORT, values["transport"] or usual)
    elif not isinstance(change.transport, Unset):
        yield from put(TRANSPORT, change.transport or usual)


def _services(entry: Entry, change: DomainChange) -> tuple[str, ...]:
    now = change.services.applied(entry.all(SERVICES))
    for field, (_, service) in _BCC.items():
        text: str | Unset = getattr(change, field)
        if not isinstance(text, Unset):
            now = (ListChange(add=(service,)) if text else ListChange(remove=(service,))).applied(now)
    return now
