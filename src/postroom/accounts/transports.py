"""Transports and next hops as transport(5) of Postfix takes them, and what makes a domain a backup MX.

A backup MX takes mail for the domain and hands it on to the primary MX: `relay:<next hop>`. `relay:` without a next hop
asks DNS about the recipient's domain (the reference writes it as a plain `relay`; the man page gives the form with the
colon). An IP address needs square brackets there: `relay:[192.0.2.1]`.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from postroom.accounts.model import DomainChange, Unset, given
from postroom.errors import Invalid

RELAY: Final = "relay:"
_TRANSPORT: Final = re.compile(r"[\w.+-]+(?::[\x21-\x7e]*)?", re.ASCII)
_HOP: Final = re.compile(r"[\x21-\x7e]+")


def transport(text: str, field: str = "transport") -> str:
    """Empty, or the name of a transport with or without a next hop. Raises Invalid(field)."""
    if text and not _TRANSPORT.fullmatch(text):
        raise Invalid(field, "a Postfix transport such as dovecot or smtp:[192.0.2.1]:25")
    return text


def next_hop(text: str, field: str = "relay") -> str:
    """Empty, or where to hand mail: a host, `[host]:port`, or these behind a transport. Raises Invalid(field)."""
    if text and not _HOP.fullmatch(text):
        raise Invalid(field, "a next hop such as [192.0.2.1]:25")
    return text


def backup_columns(change: DomainChange, *, backup: bool, usual: str) -> dict[str, Any]:
    """What a change writes to a domain that is, or is not, a `backup` MX.

    One that stops to be a backup MX gets the `usual` transport, or that of the change; one that is none keeps its own.
    A primary MX alone changes what is a backup MX.
    """
    if not given(change.backup_mx, backup):
        return {"backupmx": 0, "transport": given(change.transport, "") or usual} if backup else {}
    if not isinstance(change.primary_mx, Unset):
        return {"backupmx": 1, "transport": RELAY + _next_hop(change.primary_mx)}
    return {} if isinstance(change.backup_mx, Unset) else {"backupmx": 1, "transport": RELAY}


def _next_hop(host: str) -> str:
    host = host.strip()
    try:
        ip = ip_address(host)
    except ValueError:
        return host
    return f"[ipv6:{ip}]" if isinstance(ip, IPv6Address) else f"[{ip}]"
