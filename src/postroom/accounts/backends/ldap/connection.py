"""Connections to the directory server: opened when needed, kept for the next one who asks, given up when broken."""

from __future__ import annotations

import logging
import math
import select
import ssl
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_SUCCESS

from postroom.accounts.backends.ldap.errors import refused
from postroom.errors import Invalid, Unavailable
from postroom.settings import Accounts

T = TypeVar("T")

ANSWERS: Final = 6
"""An answer may take so many times as long as a connection: a search without an index reads all entries."""

_log = logging.getLogger(__name__)


class Pool:
    """At most `accounts.connections` connections, each used by one thread at a time.

    After Unavailable the same pool works again as soon as the server does.
    """

    def __init__(self, accounts: Accounts) -> None:
        self.bind_dn = accounts.ldap_bind_dn or f"cn=vmailadmin,{accounts.ldap_suffix}"
        self._accounts = accounts
        self._address = _checked_uri(accounts.ldap_uri)
        self._slots = threading.BoundedSemaphore(accounts.connections)
        self._lock = threading.Lock()
        self._idle: list[ldap3.Connection] = []
        self._closed = False

    def run(self, ask: Callable[[ldap3.Connection], T], *, repeatable: bool) -> T:
        """What `ask` returns, given a connection. `repeatable`: asked again when the connection was broken before.

        Raises Unavailable when the server cannot be reached; other errors are those of `ask`.
        """
        if not self._slots.acquire(timeout=self._accounts.connect_timeout_s * ANSWERS):
            raise Unavailable("All connections to the directory server are in use. Try again.")
        try:
            return self._run(ask, repeatable=repeatable)
        finally:
            self._slots.release()

    def _run(self, ask: Callable[[ldap3.Connection], T], *, repeatable: bool) -> T:
        kept = self._kept()
        if kept is not None:
            try:
                return self._ask(kept, ask)
            except (LDAPException, OSError) as error:
                # The server may have carried out what it did not answer; only reading again is the same.
                if not repeatable:
                    raise self._away(error) from error
        try:
            return self._ask(self._opened(), ask)
        except (LDAPException, OSError) as error:
            raise self._away(error) from error

    def _ask(self, connection: ldap3.Connection, ask: Callable[[ldap3.Connection], T]) -> T:
        try:
            answer = ask(connection)
        except BaseException as error:
            # What the server answered, or we refuse to send, says nothing against the connection.
            if isinstance(error, Exception) and not isinstance(error, LDAPException | OSError):
                self._keep(connection)
            else:
                _drop(connection)
            raise
        self._keep(connection)
        return answer

    def _kept(self) -> ldap3.Connection | None:
        while True:
            with self._lock:
                if self._closed:
                    raise Unavailable("The connection to the directory server is closed.")
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if _alive(connection):
                return connection
            _drop(connection)

    def _keep(self, connection: ldap3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        _drop(connection)

    def _opened(self) -> ldap3.Connection:
        connection = self._new()
        try:
            connection.open(read_server_info=False)
            if self._accounts.ldap_starttls and not connection.server.ssl:
                connection.start_tls(read_server_info=False)
            self._bind(connection)
        except BaseException:
            _drop(connection)
            raise
        return connection

    def _bind(self, connection: ldap3.Connection) -> None:
        connection.bind(read_server_info=False)
        if connection.result["result"] != RESULT_SUCCESS:
            raise refused(connection.result)

    def _new(self) -> ldap3.Connection:
        host, port, encrypted = self._address
        wait_s = self._accounts.connect_timeout_s
        # A server object of its own for each: ldap3 takes a shared one for reachable when another connection is open.
        server = ldap3.Server(
            host, port, use_ssl=encrypted, tls=self._tls(), get_info=ldap3.NONE, connect_timeout=wait_s
        )
        return ldap3.Connection(
            server,
            self.bind_dn,
            self._accounts.ldap_bind_password,
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            return_empty_attributes=False,
            receive_timeout=math.ceil(wait_s * ANSWERS),
        )

    def _tls(self) -> ldap3.Tls | None:
        if self._address[2] or self._accounts.ldap_starttls:
            return _Tls(str(self._accounts.ldap_ca_file) if self._accounts.ldap_ca_file else None)
        return None

    def _away(self, error: Exception) -> Unavailable:
        _log.warning("The directory server cannot be used.", extra={"uri": self._accounts.ldap_uri, "why": str(error)})
        return Unavailable(
            f"The directory server {self._accounts.ldap_uri} does not answer or refuses us. Repeat when it is back."
        )

    def close(self) -> None:
        """Close the connections that nobody uses now, the others when they are given back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for connection in idle:
            _drop(connection)


class _Tls(ldap3.Tls):
    """TLS as Python's ssl does it by default, names checked by OpenSSL: ldap3 calls a function that is gone in 3.12."""

    def __init__(self, ca_file: str | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._ca_file = ca_file

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self._ca_file)
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )


def _checked_uri(uri: str) -> tuple[str, int, bool]:
    """Host, port, and whether TLS is there from the start. Raises Invalid."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
        raise Invalid("accounts.ldap_uri", "ldap://host, ldap://host:port or ldaps://host")
    encrypted = parts.scheme == "ldaps"
    return parts.hostname, port or (636 if encrypted else 389), encrypted


def _alive(connection: ldap3.Connection) -> bool:
    """Whether an idle connection is still open: a server that closed it, or says good-bye, has sent something."""
    poll = select.poll()
    poll.register(connection.socket, select.POLLIN)
    return not poll.poll(0)


def _drop(connection: ldap3.Connection) -> None:
    try:
        connection.unbind()
    except (LDAPException, OSError) as error:  # it may be broken already
        _log.debug("A connection to the directory server was broken.", extra={"why": str(error)})
    if connection.socket is not None:  # ldap3 leaves it open when it could not be connected
        connection.socket.close()
