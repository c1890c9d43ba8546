"""Connections to an LDAP server: how it is reached, and what it says when it does not do what it is asked."""

from __future__ import annotations

import logging
import math
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_INVALID_CREDENTIALS, RESULT_NO_SUCH_OBJECT, RESULT_SUCCESS

from postroom.archive.directories.tls import tls_context
from postroom.errors import Denied, Invalid, Unavailable

T = TypeVar("T")

PAGE: Final = 500
PORTS: Final = {"none": 389, "startTls": 389, "ssl": 636}
_REFUSED: Final = frozenset({
    7, 8, 13, 48, 49, 50, 53,
})  # fmt: skip
"""authMethodNotSupported, strongerAuthRequired, confidentialityRequired, inappropriateAuthentication,
invalidCredentials, insufficientAccessRights, unwillingToPerform (RFC 4511)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """How a directory is reached. `hosts` are asked in turn. `user` empty: it is read without signing in."""

    hosts: tuple[str, ...]
    port: int
    encryption: str
    any_certificate: bool
    timeout_s: float
    user: str = ""
    password: str = field(default="", repr=False)

    @contextmanager
    def connected(self) -> Iterator[Reader]:
        """Signed in as `user`. Raises Unavailable when no host answers, Denied when it refuses us."""
        connection = self._first(self._signed_in)
        try:
            yield Reader(connection, self)
        except (LDAPException, OSError) as error:
            raise self.away(error) from error
        finally:
            drop(connection)

    def accepts(self, dn: str, password: str) -> bool:
        """Whether the server lets this entry sign in with the password, which is not empty. Raises Unavailable."""
        if not dn or not password:
            return False  # a bind without password is one of nobody, and succeeds (RFC 4513 5.1.2)
        connection = self._first(lambda host: self._opened(host, dn, password.encode()))
        try:
            connection.bind(read_server_info=False)
            return _accepted(connection.result)
        except (LDAPException, OSError) as error:
            raise self.away(error) from error
        finally:
            drop(connection)

    def _first(self, connect: Callable[[str], T]) -> T:
        for host in self.hosts[:-1]:
            try:
                return connect(host)
            except (LDAPException, OSError, Unavailable) as error:
                _log.warning("A directory server does not answer.", extra={"host": host, "reason": str(error)})
        try:
            return connect(self.hosts[-1])
        except (LDAPException, OSError) as error:
            raise self.away(error) from error

    def _signed_in(self, host: str) -> ldap3.Connection:
        connection = self._opened(host, self.user or None, self.password.encode())
        try:
            connection.bind(read_server_info=False)
            _check_signed_in(connection.result)
        except BaseException:
            drop(connection)
            raise
        return connection

    def _opened(self, host: str, dn: str | None, password: bytes) -> ldap3.Connection:
        server = ldap3.Server(
            host.strip("[]"), self.port or PORTS[self.encryption], use_ssl=self.encryption == "ssl", tls=self._tls(),
            get_info=ldap3.NONE, connect_timeout=math.ceil(self.timeout_s),
        )  # fmt: skip
        # As bytes: a text would be changed by SASLprep, which directories do not do.
        secret: Any = password if dn else None
        connection = ldap3.Connection(
            server, dn, secret, authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS,
            auto_bind=ldap3.AUTO_BIND_NONE, auto_referrals=False, check_names=False, return_empty_attributes=False,
            read_only=True, receive_timeout=math.ceil(self.timeout_s),
        )  # fmt: skip
        try:
            connection.open(read_server_info=False)
            if self.encryption == "startTls":
                _start_tls(connection, host)
        except BaseException:
            drop(connection)
            raise
        return connection

    def _tls(self) -> ldap3.Tls | None:
        return None if self.encryption == "none" else _Tls(any_certificate=self.any_certificate)

    def away(self, error: Exception) -> Unavailable:
        """What is told of a connection that failed."""
        _log.warning("The directory cannot be asked.", extra={"hosts": ", ".join(self.hosts), "reason": str(error)})
        why = "has a certificate that is not trusted" if _is_certificate(error) else "does not answer"
        return Unavailable(f"The directory server {', '.join(self.hosts)} {why}. Repeat when that is mended.")


class Reader:
    """What can be read on one connection."""

    def __init__(self, connection: ldap3.Connection, server: Server) -> None:
        self._connection, self._server = connection, server

    def below(self, base: str, filter_: str, attributes: list[str], stop: Callable[[], None]) -> Iterator[Entry]:
        """All entries below a base that fit, page by page. Raises Unavailable when the server does not give all."""
        cookie: Any = None
        while True:
            stop()
            self._search(base, filter_, attributes, ldap3.SUBTREE, paged_size=PAGE, paged_cookie=cookie)
            _check_whole(self._connection.result, base)
            yield from _entries(self._connection.response)
            controls = self._connection.result.get("controls") or {}
            cookie = controls.get("1.2.840.113556.1.4.319", {}).get("value", {}).get("cookie")
            if not cookie:
                return

    def one(self, dn: str, filter_: str, attributes: list[str]) -> Entry | None:
        """The entry of this name, None when there is none or it does not fit."""
        self._search(dn, filter_, attributes, ldap3.BASE)
        if self._connection.result["result"] == RESULT_NO_SUCH_OBJECT:
            return None
        _check_whole(self._connection.result, dn)
        return next(_entries(self._connection.response), None)

    def _search(self, base: str, filter_: str, attributes: list[str], scope: Any, **paged: Any) -> None:
        self._connection.search(
            base, filter_, scope, dereference_aliases=ldap3.DEREF_NEVER, attributes=attributes, **paged
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry; attributes under their names in small letters, without options."""

    dn: str
    values: dict[str, list[bytes]]

    def texts(self, attribute: str) -> tuple[str, ...]:
        """Values that are text."""
        found = []
        for raw in self.values.get(attribute.lower(), ()):
            try:
                found.append(raw.decode())
            except UnicodeDecodeError:
                continue  # a photo is no name
        return tuple(found)

    def text(self, attribute: str) -> str | None:
        return next((text for text in self.texts(attribute) if text.strip()), None)

    def raw(self, attribute: str) -> bytes | None:
        return next(iter(self.values.get(attribute.lower(), ())), None)


def _entries(response: Any) -> Iterator[Entry]:
    for row in response or ():
        # Others are references to other servers, which are not followed.
        if row.get("type") == "searchResEntry":
            values: dict[str, list[bytes]] = {}
            for name, found in row["raw_attributes"].items():
                values.setdefault(name.partition(";")[0].lower(), []).extend(found)
            yield Entry(row["dn"], values)


def _start_tls(connection: ldap3.Connection, host: str) -> None:
    # Without an answer of success nothing was encrypted, and a password would go out in clear.
    if not connection.start_tls(read_server_info=False):
        raise Unavailable(f"The directory server {host} does not begin TLS. Ask its administrator.")


def _check_signed_in(result: Any) -> None:
    if result["result"] == RESULT_SUCCESS:
        return
    if result["result"] in _REFUSED:
        raise Denied(f"The directory server refuses userName with its password ({result['description']}).")
    raise Unavailable(f"The directory server cannot let us sign in now ({result['description']}). Repeat later.")


def _accepted(result: Any) -> bool:
    if result["result"] == RESULT_SUCCESS:
        return True
    # Locked, expired, or an entry that has no password: for the user all that is one.
    if result["result"] in _REFUSED or result["result"] == RESULT_NO_SUCH_OBJECT:
        if result["result"] != RESULT_INVALID_CREDENTIALS:
            _log.info("The directory refuses a user.", extra={"reason": result["description"]})
        return False
    raise Unavailable(f"The directory server cannot check passwords now ({result['description']}). Repeat later.")


def _check_whole(result: Any, base: str) -> None:
    if result["result"] == RESULT_SUCCESS:
        return
    if result["result"] == RESULT_NO_SUCH_OBJECT:
        raise Invalid("baseDN", f"the name of an entry that userName may read; there is no {base!r}")
    if result["result"] in _REFUSED:
        raise Denied(f"The directory server does not let userName read ({result['description']}).")
    raise Unavailable(f"The directory server does not tell all there is ({result['description']}).")


def drop(connection: ldap3.Connection) -> None:
    """Close it, whatever state it is in."""
    try:
        connection.unbind()
    except (LDAPException, OSError) as error:  # it may be broken already
        _log.debug("A connection to the directory was broken.", extra={"reason": str(error)})
    if connection.socket is not None:  # ldap3 leaves it open when it could not be connected
        connection.socket.close()


def _is_certificate(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


class _Tls(ldap3.Tls):
    """TLS as Python's ssl does it by default, names checked by OpenSSL: ldap3 calls a function that is gone in 3.12."""

    def __init__(self, *, any_certificate: bool) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._any_certificate = any_certificate

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        context = tls_context(any_certificate=self._any_certificate)
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )
