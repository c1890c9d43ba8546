"""Filters that find entries: every value is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ldap3.utils.conv import escape_filter_chars


def _escaped(text: str) -> str:
    # ldap3 takes spaces away at both ends of a value.
    return escape_filter_chars(text).replace(" ", "\\20")


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
