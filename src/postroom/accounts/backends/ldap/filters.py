"""Filters that find entries: every value is escaped here (RFC 4515) and nowhere else."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Final

_PLAIN: Final = frozenset(b"@.-_+,:/" + string.digits.encode() + string.ascii_letters.encode())


def _escaped(text: str) -> str:
    # ldap3's function leaves spaces, which its parser takes away at both ends, and what is no text.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(map(_escaped_byte, whole.encode()))


def _escaped_byte(byte: int) -> str:
    return chr(byte) if byte in _PLAIN else f"\\{byte:02x}"


def equal(attribute: str, value: str) -> str:
    return f"({attribute}={_escaped(value)})"


def holds(attribute: str, text: str) -> str:
    """Somewhere in a value."""
    return f"({attribute}=*{_escaped(text)}*)" if text else present(attribute)


def ends(attribute: str, text: str) -> str:
    return f"({attribute}=*{_escaped(text)})"


def starts(attribute: str, text: str) -> str:
    return f"({attribute}={_escaped(text)}*)"


def present(attribute: str) -> str:
    return f"({attribute}=*)"


def every(*filters: str) -> str:
    return f"(&{''.join(filters)})"


def either(filters: Iterable[str]) -> str:
    return f"(|{''.join(filters)})"


def no(condition: str) -> str:
    return f"(!{condition})"


DOMAIN: Final = equal("objectClass", "mailDomain")
ADMIN: Final = equal("objectClass", "mailAdmin")
# The catch-all is a mailUser without local part.
USER: Final = every(equal("objectClass", "mailUser"), no(starts("mail", "@")))
ALIAS: Final = equal("objectClass", "mailAlias")
LIST: Final = equal("objectClass", "mailList")
EXTERNAL: Final = equal("objectClass", "mailExternalUser")
ACCOUNT: Final = either((USER, ALIAS, LIST))
"""What has an address of its own."""
