"""How an instance sends mail: its mail server, who signs in there, and who the mail is from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Final

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.compliance import Check, Document
from postroom.archive.instance.identifiers import checked_address, checked_text
from postroom.archive.instance.secrets import Secrets
from postroom.errors import Invalid
from postroom.sqlite import Database

PROTOCOLS: Final = ("SMTP", "SMTP-TLS", "SMTP-SSL")
"""Without TLS; STARTTLS, and nothing without it; TLS from the first byte."""

PLACE: Final = "mail settings"
MAX_PORT: Final = 65535
_PLAIN: Final = re.compile(r'[^\s@"(),:;<>\[\]\\]+@[^\s@"(),:;<>\[\]\\]+')


@dataclass(frozen=True, slots=True)
class Smtp:
    """`host` empty: nothing was set yet. `password` is sealed (`secrets`). `recipient` gets test mails."""

    host: str = ""
    port: int = 587
    protocol: str = "SMTP-TLS"
    any_certificate: bool = False
    signs_in: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    from_name: str = ""
    from_address: str = ""
    recipient: str = ""


def mail_address(name: str, value: object) -> str:
    """An address that can stand in a header. Raises Invalid(name)."""
    if not isinstance(value, str):
        raise Invalid(name, "an address")
    expected = f"an address like anna@example.com, not {value[:80]!r}"
    # Quoted names and the like are rare, and the library that writes headers fails on some in its own ways.
    if not _PLAIN.fullmatch(value.strip()):
        raise Invalid(name, expected)
    try:
        return Address(addr_spec=checked_address(value)).addr_spec
    except (Invalid, HeaderParseError, ValueError) as error:
        raise Invalid(name, expected) from error


def _address(name: str, value: object) -> str:
    return "" if value == "" else mail_address(name, value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(name, "true or false")
    return value


def _host(name: str, value: object) -> str:
    host = _line(name, value, 255)
    if any(char.isspace() or char in "/@[]" for char in host):
        raise Invalid(name, "the name or address of a mail server, without a port")
    return host


def _port(name: str, value: object) -> int:
    if type(value) is not int or not 1 <= value <= MAX_PORT:
        raise Invalid(name, f"a port from 1 to {MAX_PORT}")
    return value


def _protocol(name: str, value: object) -> str:
    if value not in PROTOCOLS:
        raise Invalid(name, f"one of {', '.join(PROTOCOLS)}")
    return str(value)


def _line(name: str, value: object, most: int = 255) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "a text")
    return checked_text(name, value, most) or ""


def _user(name: str, value: object) -> str | None:
    user = "" if value is None else _line(name, value)
    # The library that speaks SMTP signs in with no others.
    if not user.isascii():
        raise Invalid(name, "characters of ASCII only")
    return user or None


def _sealed(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid(name, "a text, or null")
    return value


def _password(name: str, value: object) -> str:
    """What may be sealed."""
    if not isinstance(value, str) or len(value) > 1000 or not value.isascii() or not value.isprintable():
        raise Invalid(name, "at most 1000 printable characters of ASCII, or null to keep the password")
    return value


CHECKS: Final[Mapping[str, Check]] = {
    "host": _host,
    "port": _port,
    "protocol": _protocol,
    "any_certificate": _flag,
    "signs_in": _flag,
    "user": _user,
    "password": _sealed,
    "from_name": _line,
    "from_address": _address,
    "recipient": _address,
}


class SmtpSettings(Document[Smtp]):
    """The document of them. A password is given in clear, kept sealed, and opened by `password` alone."""

    def __init__(self, database: Database, audit: Audit, secrets: Secrets) -> None:
        super().__init__(database, audit, PLACE, Smtp(), CHECKS, events.CONFIGURATION_UPDATE)
        self._secrets = secrets

    def update(self, changes: Mapping[str, object], by: Actor) -> Smtp:
        """As `Document.update`; a password of None keeps the old one, unless the host is another; an empty one removes
        it. Raises Invalid, and Damaged for a key file that is none."""
        given = {name: value for name, value in changes.items() if name != "password" or value is not None}
        with self._lock:
            told, old = self._changed(given), self.get()
            _check_whole(told)
            if "password" not in given and old.password and told.host.lower() != old.host.lower():
                raise Invalid("password", "the password once more: the server is another, and it would be sent there")
            if "password" in given:
                word = _password("password", given["password"])
                given["password"] = self._secrets.seal(PLACE, "password", word) if word else None
            return super().update(given, by)

    def password(self) -> str:
        """The password in clear; empty when there is none. Raises Damaged when it cannot be read."""
        sealed = self.get().password
        return self._secrets.open(PLACE, "password", sealed) if sealed else ""


def _check_whole(told: Smtp) -> None:
    """Raises Invalid for settings of which each is good, but not all together."""
    if told.signs_in and not told.user:
        raise Invalid("user", "a user name, to sign in with")
    if told.signs_in and not told.password:
        raise Invalid("password", "a password, to sign in with; none is kept")
