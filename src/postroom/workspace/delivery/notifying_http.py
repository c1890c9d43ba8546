"""Posts to the web servers of programs, which anybody may name: not to addresses inside, no redirects, with limits.

The address is looked at when the connection is made, so that a name that leads elsewhere a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpcore2

from postroom.errors import Invalid
from postroom.settings import Graph

VALIDATION_S: Final = 10.0
"""Source: Microsoft Graph, change notifications delivered through webhooks."""
MOST_ANSWER: Final = 64 << 10
MOST_URL: Final = 2048
JSON: Final = "application/json; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"


class Refused(Exception):
    """The web server did not take it; the message says why, in words that may be shown."""


class Inside(Refused):
    """The address is one of this network."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    media_type: str
    content: bytes


class Webhooks:
    """Each post has a connection of its own: between two posts everything may change.

    Raises Invalid for an authority that cannot be used.
    """

    def __init__(self, settings: Graph) -> None:
        self._inside, self._answer_s = settings.webhooks_inside, settings.webhook_answer_s
        self._ca_file = settings.webhook_ca_file
        if self._ca_file is not None:
            self._load(self._ca_file)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        # When it is needed: reading what the system trusts takes a while.
        return ssl.create_default_context() if self._ca_file is None else self._load(self._ca_file)

    def _load(self, file: Path) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as error:  # ssl.SSLError is one
            raise Invalid("graph.webhook_ca_file", f"a PEM file with certificates ({error})") from error

    def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Raises Refused for everything but a 2xx in time."""
        reply = self._send(url, content, {"Content-Type": JSON, **(headers or {})}, self._answer_s)
        if not 200 <= reply.status < 300:
            raise Refused(f"it answered {reply.status}")

    def validate(self, url: str, token: str) -> None:
        """Whether the web server expects our posts: it must answer the token. Raises Refused."""
        joined = f"{url}{'&' if urlsplit(url).query else '?'}validationToken={quote(token, safe='')}"
        reply = self._send(joined, b"", {"Content-Type": TEXT}, VALIDATION_S)
        if reply.status != 200:
            raise Refused(f"it answered {reply.status}")
        if reply.media_type != "text/plain":
            raise Refused("its answer is not text/plain")
        if reply.content.strip() != token.encode():
            raise Refused("it did not answer the token")

    def _send(self, url: str, content: bytes, headers: Mapping[str, str], limit_s: float) -> Reply:
        backend = _Guarded(time.monotonic() + limit_s, inside=self._inside)
        extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), limit_s)}
        given = [*headers.items(), ("Connection", "close"), ("User-Agent", "Postroom")]
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self._context, network_backend=backend) as pool,
                pool.stream("POST", url, headers=given, content=content, extensions=extensions) as response,
            ):
                return _reply(response)
        except httpcore2.TimeoutException as error:
            raise Refused("it did not answer in time") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError) as error:
            raise Refused("it cannot be reached, or does not speak HTTP") from error


def _reply(response: httpcore2.Response) -> Reply:
    content = bytearray()
    for chunk in response.iter_stream():
        content += chunk
        if len(content) > MOST_ANSWER:
            raise Refused("its answer is too long")
    media_type = next((value for name, value in response.headers if name.lower() == b"content-type"), b"")
    return Reply(response.status, media_type.decode("latin-1").partition(";")[0].strip().lower(), bytes(content))


def checked_url(value: object, field: str) -> str:
    """A URL that can be posted to. Raises Invalid."""
    if not isinstance(value, str) or not value.isascii() or len(value) > MOST_URL:
        raise _no_url(field)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise _no_url(field) from error
    odd = parts.fragment or parts.username is not None or any(character <= " " for character in value)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or odd or port == 0:
        raise _no_url(field)
    return value


def _no_url(field: str) -> Invalid:
    return Invalid(field, f"an http or https URL of at most {MOST_URL} characters, without user and fragment")


def is_outside(text: str) -> bool:
    """Whether an address is one of the public internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = _inner(address)
    return address.is_global and not address.is_multicast and (inner is None or is_outside(str(inner)))


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: mapped, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class _Guarded(httpcore2.NetworkBackend):
    """Connects to outside addresses only, and lets everything together take until `until`."""

    def __init__(self, until: float, *, inside: bool) -> None:
        self._until, self._inside, self._plain = until, inside, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the time left is what counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _addresses(host, port)
        if not self._inside and not all(map(is_outside, addresses)):
            raise Inside("its address is inside this network")
        failure: Exception = httpcore2.ConnectError("The name has no address.")
        for address in addresses:
            try:
                opened = self._plain.connect_tcp(address, port, _left(self._until), local_address, socket_options)
                return _Timed(opened, self._until)
            except httpcore2.ConnectError as error:
                failure = error
        raise failure

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, _left(self._until)))


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError("The name cannot be resolved.") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("The time for the whole request is over.")
    return left


class _Timed(httpcore2.NetworkStream):
    """A server that sends byte after byte gets no more time than any other."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
