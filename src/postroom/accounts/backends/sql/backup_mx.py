"""Backup MX: mail for the domain is taken and handed on to its primary MX.

The row says `backupmx` 1 and a transport as transport(5) of Postfix takes it: `relay:<next hop>`. `relay:` without a
next hop asks DNS about the recipient's domain (the reference writes it as a plain `relay`; the man page gives the form
with the colon). An IP address needs square brackets there: `relay:[192.0.2.1]`.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from postroom.accounts.model import DomainChange, Unset, given

RELAY = "relay:"


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
