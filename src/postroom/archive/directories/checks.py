"""What the tables of keys cannot say: which values are none, and which keys need each other.

Each type has its own part, in the module that opens it: these load libraries that most servers do without.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Final

from postroom.archive.profiles.details import Details
from postroom.errors import Invalid

_MODULES: Final = {
    "activeDirectory": "ldap_checks",
    "ldapGeneric": "ldap_checks",
    "microsoft365": "graph",
    "imap": "imap",
    "applicationIntegration": "sql",
}
_HOST: Final = re.compile(r"[^\s/@,\[\]()<>\"'\\:]+|\[[0-9A-Fa-f:.]+\]")


def check(type_: str, values: Details, secrets: Collection[str], given: Mapping[str, str]) -> None:
    """`secrets`: the names of those there are; `given`: those that are new. Raises Invalid naming the key."""
    if type_ in _MODULES:
        import_module(f"{__package__}.{_MODULES[type_]}").check(values, secrets, given)


def checked_host(field: str, host: str) -> str:
    """The name or address of a server. Raises Invalid."""
    if not _HOST.fullmatch(host):
        raise Invalid(field, "the name or address of a server, without a port")
    return host


def needed(field: str, value: object, expected: str) -> None:
    """Raises Invalid for a value that was not given."""
    if not value:
        raise Invalid(field, expected)
