"""Users of an LDAP server: any with a schema like inetOrgPerson's, and Active Directory."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Final

from ldap3.utils.conv import escape_filter_chars

from postroom.archive.directories import imap
from postroom.archive.directories.ldap_checks import checked_filter, hosts_of
from postroom.archive.directories.ldap_connection import Entry, Reader, Server
from postroom.archive.directories.ldap_groups import Groups, dn_key
from postroom.archive.directories.model import Lent, Login, Person, Told
from postroom.archive.profiles.details import Details

KEYS: Final = ("objectGUID", "entryUUID", "nsUniqueId", "ipaUniqueID", "GUID")
"""Attributes with a name that an entry keeps for ever; the first that it has. Else its distinguished name."""
CONTROL: Final = "userAccountControl"
DISABLED: Final = 0x2
"""Bit of `userAccountControl`: ADS_UF_ACCOUNTDISABLE."""
PROXIES: Final = "proxyAddresses"
EXCHANGE: Final = "(|(homeMDB=*)(msExchMailboxGuid=*)(msExchRemoteRecipientType=*))"
_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")
_TYPED: Final = re.compile(r"([A-Za-z0-9.]+):(.*)", re.DOTALL)


class LdapDirectory:
    """Opened with the keys of its type; it connects when it is asked."""

    def __init__(self, details: Details, lent: Lent) -> None:
        self._details = details
        self._server = Server(
            hosts=tuple(hosts_of(details.text("serverName"))),
            port=details.number("port"),
            encryption=details.text("encryption"),
            any_certificate=details.flag("ignoreSSLPolicyErrors"),
            timeout_s=lent.timeout_s,
            user=details.text("userName"),
            password=details.text("password"),
        )
        self._timeout_s = lent.timeout_s

    def people(self, told: Told) -> Iterator[Person]:
        """All who fit the filter, and are in the groups when some are named."""
        with self._server.connected() as reader:
            members = self._members(reader, told)
            for entry in reader.below(self._details.text("baseDN"), self._filter(), self._attributes(), told.stop):
                person = self._person(entry)
                if members is None or members.has(entry.dn, person.name):
                    yield person

    def authenticate(self, login: Login, password: str) -> bool:
        """Whether the entry of the user lets them sign in; found anew: it may have moved, or be no user any more."""
        with self._server.connected() as reader:
            entry = self._entry(reader, login)
        if entry is None or is_disabled(entry):
            return False
        host = self._details.text("authenticationHost")
        if host:
            any_certificate = self._details.flag("ignoreSSLPolicyErrors")
            mail_server = imap.of_url("authenticationHost", host, any_certificate=any_certificate)
            return mail_server.accepts(login.address or login.name, password, self._timeout_s)
        return self._server.accepts(entry.dn, password)

    def _members(self, reader: Reader, told: Told) -> Groups | None:
        names = self._details.names("groupDNs")
        return Groups.read(reader, self._details.text("baseDN"), names, told.stop) if names else None

    def _filter(self, *more: str) -> str:
        parts = [checked_filter("userFilter", self._details.text("userFilter")), *more]
        if self._details.flag("onlyExchangeUsers"):
            parts.append(EXCHANGE)
        return f"(&{''.join(parts)})"

    def _attributes(self) -> list[str]:
        names = [self._details.text("userNameAttribute"), self._details.text("fullNameAttribute")]
        return [*dict.fromkeys([*names, *self._details.names("emailAttributes"), *KEYS, CONTROL])]

    def _entry(self, reader: Reader, login: Login) -> Entry | None:
        """The one entry of a user: that with the key, where the user has one."""
        if login.distinguished_name:
            entry = reader.one(login.distinguished_name, self._filter(), self._attributes())
            if entry is not None and login.key in (None, _key(entry)):
                return entry
        wanted = self._named(login.name) if login.key is None else _keyed(login.key)
        found = list(reader.below(self._details.text("baseDN"), self._filter(wanted), self._attributes(), _go))
        return found[0] if len(found) == 1 else None

    def _named(self, name: str) -> str:
        if self._details.text("userNameFormat") != "emailAddress":
            return _equal(self._details.text("userNameAttribute"), name)
        attributes = self._details.names("emailAttributes")
        return _any(_equal(each, f"smtp:{name}" if each == PROXIES else name) for each in attributes)

    def _person(self, entry: Entry) -> Person:
        """One without a name is told as it is: nobody may be deleted because an attribute cannot be read."""
        name = entry.text(self._details.text("userNameAttribute")) or ""
        return Person(
            key=_key(entry), name=name, full_name=entry.text(self._details.text("fullNameAttribute")),
            addresses=tuple(_addresses(entry, self._details.names("emailAttributes"))), distinguished_name=entry.dn,
            disabled=is_disabled(entry),
        )  # fmt: skip


def _equal(attribute: str, value: str) -> str:
    return f"({attribute}={escape_filter_chars(value)})"


def _any(filters: Iterable[str]) -> str:
    return f"(|{''.join(filters)})"


def _keyed(key: str) -> str:
    """The filter of an entry that has this key; one whose name is its key was looked for by it already."""
    try:
        guid = "".join(f"\\{byte:02x}" for byte in uuid.UUID(key).bytes_le)
    except ValueError:
        guid = ""
    return _any([_equal(name, key) for name in KEYS[1:]] + ([f"(objectGUID={guid})"] if guid else []))


def _key(entry: Entry) -> str:
    guid = entry.raw("objectGUID")
    if guid is not None and len(guid) == 16:
        return str(uuid.UUID(bytes_le=guid))
    return next((text for name in KEYS if (text := entry.text(name))), dn_key(entry.dn))


def is_disabled(entry: Entry) -> bool:
    """Whether Active Directory lets nobody sign in with the entry. Whoever writes the attribute may write anything."""
    control = entry.text(CONTROL) or ""
    return _NUMBER.fullmatch(control) is not None and bool(int(control) & DISABLED)


def _addresses(entry: Entry, attributes: tuple[str, ...]) -> Iterator[str]:
    """The primary one first. `proxyAddresses` has them with their kind: `SMTP:` the primary one, `smtp:` others,
    and addresses that are none of e-mail."""
    typed = [_TYPED.fullmatch(text) for text in entry.texts(PROXIES) if PROXIES in attributes]
    kinds = [(found[1], found[2]) for found in typed if found]
    yield from (address for kind, address in kinds if kind == "SMTP")
    for attribute in attributes:
        if attribute == PROXIES:
            yield from (address for kind, address in kinds if kind.lower() == "smtp")
        else:
            yield from entry.texts(attribute)


def _go() -> None:
    """A sign-in is not cancelled; its time is limited."""
