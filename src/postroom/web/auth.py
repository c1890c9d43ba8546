"""Small facts about who asks: Basic credentials, loopback peers, local host names."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from typing import NamedTuple


class Credentials(NamedTuple):
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"


def parse_basic(header: str | None) -> Credentials | None:
    """The credentials of an Authorization header (RFC 7617), None when there are none or they cannot be read."""
    scheme, _, encoded = (header or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    user, separator, password = _text(raw).partition(":")
    return Credentials(user, password) if separator else None


def _text(raw: bytes) -> str:
    # RFC 7617 leaves the charset open: we ask for UTF-8, old clients send Latin-1.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def is_loopback(address: str) -> bool:
    """Whether a peer address is this machine."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback


def from_other_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser says that a page of another origin makes this request.

    A browser that knows the password adds it to what any page sends here; a form in our encoding needs no preflight.
    Source: Fetch standard (Origin), Fetch Metadata (Sec-Fetch-Site). Other clients send neither.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none").lower()
    foreign = origin is not None and origin.lower() != f"https://{headers.get('host', '')}".lower()
    return foreign or site not in ("none", "same-origin")


def names_this_machine(host: str | None) -> bool:
    """Whether a Host header names localhost or 127.0.0.1.

    Asked beside the peer's address: a page of another site can make a browser on this machine call us, but only under
    the name of that site (DNS rebinding).
    """
    name, _, port = (host or "").strip().lower().partition(":")
    return name in ("localhost", "127.0.0.1") and (port == "" or port.isdecimal())
