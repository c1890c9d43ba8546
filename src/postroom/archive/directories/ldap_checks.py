"""What the table of keys cannot say of an LDAP server: which values are none. All raise Invalid."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from ldap3.core.exceptions import LDAPExceptionError
from ldap3.operation import search
from ldap3.utils.dn import parse_dn

from postroom.archive.directories import imap
from postroom.archive.directories.checks import checked_host
from postroom.archive.profiles.details import Details
from postroom.errors import Invalid

_ATTRIBUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*(;[A-Za-z0-9-]+)*|[0-9]+(\.[0-9]+)+")


def check(values: Details, secrets: Collection[str], given: Mapping[str, str]) -> None:  # noqa: ARG001  any will do
    """Raises Invalid."""
    for host in hosts_of(values.text("serverName")) or [""]:
        checked_host("serverName", host)
    checked_dn("baseDN", values.text("baseDN"))
    for name in values.names("groupDNs"):
        checked_dn("groupDNs", name)
    if values.text("userName") and "password" not in secrets:
        raise Invalid("password", "the password of userName; none is kept")
    for name in ("userNameAttribute", "fullNameAttribute"):
        _attribute(name, values.text(name))
    for attribute in values.names("emailAttributes"):
        _attribute("emailAttributes", attribute)
    checked_filter("userFilter", values.text("userFilter"))
    if values.text("authenticationHost"):
        imap.of_url("authenticationHost", values.text("authenticationHost"), any_certificate=False)


def hosts_of(text: str) -> list[str]:
    """The host names in a text with commas."""
    return [host.strip() for host in text.split(",") if host.strip()]


def checked_dn(field: str, name: str) -> str:
    """A distinguished name."""
    try:
        parts = parse_dn(name, strip=True) if name else []
    except LDAPExceptionError:
        parts = []
    if not parts:
        raise Invalid(field, "a distinguished name like ou=people,dc=example,dc=com")
    return name


def checked_filter(field: str, text: str) -> str:
    """A filter in the form of RFC 4515, in brackets."""
    whole = text if text.startswith("(") else f"({text})"
    try:
        cast("Any", search).parse_filter(
            whole, None, auto_escape=False, auto_encode=False, validator=None, check_names=False
        )
    except (LDAPExceptionError, ValueError, IndexError) as error:
        raise Invalid(field, "an LDAP filter like (objectClass=inetOrgPerson)") from error
    # A filter that closes more brackets than it opens would end the one that it is put into.
    depth = 0
    for char in whole[:-1]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            raise Invalid(field, "one LDAP filter, in one pair of brackets")
    return whole


def _attribute(field: str, name: str) -> None:
    if not _ATTRIBUTE.fullmatch(name):
        raise Invalid(field, "the name of an attribute")
