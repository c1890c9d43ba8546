"""Passwords checked by signing in to a mail server."""

from __future__ import annotations

import imaplib
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from postroom.archive.directories.checks import checked_host
from postroom.archive.directories.model import Lent, Login, Person, Told
from postroom.archive.directories.tls import tls_context
from postroom.archive.profiles.details import Details
from postroom.errors import Denied, Invalid, Unavailable, WrongState

PORTS: Final = {"IMAP": 143, "IMAP-TLS": 143, "IMAP-SSL": 993}
_SCHEMES: Final = {"imap": "IMAP", "imap+tls": "IMAP-TLS", "imaps": "IMAP-SSL"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """`port` 0: the usual one of the protocol."""

    host: str
    port: int
    protocol: str
    any_certificate: bool

    def accepts(self, user: str, password: str, timeout_s: float) -> bool:
        """Whether this user may sign in with this password. Raises Unavailable."""
        if not user or not password or any(char in user + password for char in "\0\r\n"):
            return False
        with self._connected(timeout_s) as connection:
            return _signs_in(connection, user, password)

    @contextmanager
    def _connected(self, timeout_s: float) -> Iterator[imaplib.IMAP4]:
        connection: imaplib.IMAP4 | None = None
        try:
            connection = self._opened(timeout_s)
            yield connection
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            _log.warning("The mail server cannot be asked.", extra={"host": self.host, "reason": str(error)})
            why = "has a certificate that is not trusted" if "CERTIFICATE_VERIFY" in str(error) else "does not answer"
            raise Unavailable(f"The mail server {self.host}, which checks passwords, {why}.") from error
        finally:
            if connection is not None:
                with suppress(OSError, imaplib.IMAP4.error):
                    connection.shutdown()

    def _opened(self, timeout_s: float) -> imaplib.IMAP4:
        port, host = self.port or PORTS[self.protocol], self.host.strip("[]")
        context = tls_context(any_certificate=self.any_certificate)
        if self.protocol == "IMAP-SSL":
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout_s)
        connection = imaplib.IMAP4(host, port, timeout=timeout_s)
        if self.protocol == "IMAP-TLS":
            try:
                connection.starttls(context)
            except BaseException:
                connection.shutdown()
                raise
        return connection


def _signs_in(connection: imaplib.IMAP4, user: str, password: str) -> bool:
    """By SASL PLAIN, which takes all characters; by LOGIN where the server has no other way."""
    try:
        if "AUTH=PLAIN" in connection.capabilities:
            connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        elif (user + password).isascii():
            # imaplib quotes the password and not the user.
            connection.login(_quoted(user), password)
        else:
            _log.warning("The mail server has no AUTH=PLAIN, and LOGIN takes ASCII only.")
            return False
    except imaplib.IMAP4.abort:  # the connection broke
        raise
    except imaplib.IMAP4.error as error:
        return _refused(str(error))
    return True


def _refused(answer: str) -> bool:
    """A server that cannot ask its own directory says so (RFC 5530); that is no wrong password."""
    if "[UNAVAILABLE]" in answer.upper() or "[INUSE]" in answer.upper():
        raise imaplib.IMAP4.abort(answer)
    if "[PRIVACYREQUIRED]" in answer.upper():
        raise Denied("The mail server takes passwords on an encrypted connection only: set protocol to IMAP-SSL.")
    return False


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class ImapDirectory:
    """Checks passwords, and has no list of users."""

    def __init__(self, details: Details, lent: Lent) -> None:
        self._server = MailServer(
            details.text("host"), details.number("port"), details.text("protocol"),
            details.flag("ignoreSSLPolicyErrors"),
        )  # fmt: skip
        self._by_address = details.text("userNameFormat") == "emailAddress"
        self._timeout_s = lent.timeout_s

    def people(self, told: Told) -> Iterator[Person]:  # noqa: ARG002  it has none
        raise WrongState(
            "A mail server has no list of users: create users by hand, with authentication by the directory."
        )

    def authenticate(self, login: Login, password: str) -> bool:
        """As the distinguished name, where the user has one: so an administrator says what name the mail server knows;
        else by address or name."""
        name = login.address if self._by_address and login.address else login.name
        return self._server.accepts(login.distinguished_name or name, password, self._timeout_s)


def check(values: Details, secrets: Collection[str], given: Mapping[str, str]) -> None:  # noqa: ARG001  it has none
    """Raises Invalid."""
    checked_host("host", values.text("host"))


def of_url(field: str, text: str, *, any_certificate: bool) -> MailServer:
    """A mail server from `imaps://host:port`, or a host name alone. Raises Invalid."""
    url = text if "://" in text else f"imaps://{text}"
    try:
        parts = urlsplit(url)
        port, host = parts.port or 0, parts.hostname or ""
    except ValueError:
        parts, port, host = urlsplit(""), 0, ""
    if parts.scheme not in _SCHEMES or not host or parts.username or parts.path.strip("/") or parts.query:
        raise Invalid(field, "a host name, or imaps://host, imap+tls://host or imap://host, with a port where needed")
    return MailServer(host, port, _SCHEMES[parts.scheme], any_certificate)
