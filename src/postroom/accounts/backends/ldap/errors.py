"""What a directory server answers, in the words of the engine: the one table from result codes to classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ldap3.core import results

from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.errors import TooManyEntries
from postroom.errors import AlreadyExists, Invalid, NoSpace, NotFound, PostroomError, Unavailable, WrongState


class Overtaken(Exception):
    """Somebody changed the same values between reading and writing: read again. Stays within this package."""


class NotEmpty(Exception):
    """There are entries below the one to be deleted. Stays within this package."""


_OVERTAKEN: Final = frozenset(
    {results.RESULT_NO_SUCH_ATTRIBUTE, results.RESULT_ATTRIBUTE_OR_VALUE_EXISTS, results.RESULT_ASSERTION_FAILED}
)
_LIMITS: Final = frozenset(
    {
        results.RESULT_SIZE_LIMIT_EXCEEDED,
        results.RESULT_ADMIN_LIMIT_EXCEEDED,
        results.RESULT_TIME_LIMIT_EXCEEDED,
    }
)
_VALUE: Final = frozenset(
    {
        results.RESULT_CONSTRAINT_VIOLATION,
        results.RESULT_INVALID_ATTRIBUTE_SYNTAX,
        results.RESULT_INVALID_DN_SYNTAX,
        results.RESULT_NAMING_VIOLATION,
    }
)
_SCHEMA: Final = frozenset({results.RESULT_UNDEFINED_ATTRIBUTE_TYPE, results.RESULT_OBJECT_CLASS_VIOLATION})
_RIGHTS: Final = frozenset(
    {
        results.RESULT_INSUFFICIENT_ACCESS_RIGHTS,
        results.RESULT_INVALID_CREDENTIALS,
        results.RESULT_INAPPROPRIATE_AUTHENTICATION,
        results.RESULT_STRONGER_AUTH_REQUIRED,
        results.RESULT_CONFIDENTIALITY_REQUIRED,
        results.RESULT_REFERRAL,
    }
)

# slapd: "mailQuota: value #0 invalid per syntax", "attribute 'x' not allowed".
_NAMED: Final = re.compile(r"(?:^|attribute(?: type)? ')([A-Za-z][A-Za-z0-9;-]*)(?:: |')")


def failure(result: Mapping[str, Any], node: Node) -> Exception:
    """The error for an answer that is no success; `node` is what was read or written."""
    code, words = result["result"], str(result.get("message") or "")
    if code in _OVERTAKEN:
        return Overtaken(words)
    if code == results.RESULT_NOT_ALLOWED_ON_NON_LEAF:
        return NotEmpty(words)
    if code == results.RESULT_NO_SUCH_OBJECT:
        return NotFound(node.kind, node.name)
    if code == results.RESULT_ENTRY_ALREADY_EXISTS:
        return AlreadyExists(node.kind, node.name)
    return _of_value(code, words) or _of_server(code, result)


def _of_value(code: int, words: str) -> PostroomError | None:
    found = _NAMED.search(words)
    name = found[1] if found else "value"
    if code in _VALUE:
        return Invalid(name, "a value that the directory server can keep")
    if code in _SCHEMA:
        return WrongState(
            f"The directory server lacks the schema of mail accounts, or has another one ({name}). "
            "`postroom account init-db` prints what to load."
        )
    return None


def _of_server(code: int, result: Mapping[str, Any]) -> PostroomError:
    if code in _LIMITS:
        return TooManyEntries()
    if code in _RIGHTS:
        return refused(result)
    if "MDB_MAP_FULL" in str(result.get("message")):
        return NoSpace("the directory (olcDbMaxSize)")
    return Unavailable(f"The directory server cannot do this just now ({result['description']}). Repeat later.")


def refused(result: Mapping[str, Any]) -> Unavailable:
    """The server does not let us in, or not do what we must."""
    return Unavailable(
        f"The directory server refuses us ({result['description']}). Check `accounts.ldap_bind_dn`, its password and "
        "its rights."
    )
