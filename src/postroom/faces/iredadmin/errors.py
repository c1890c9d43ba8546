"""How this face says each error: a code of the original, and an HTTP status for strict mode.

A code stands alone where scripts compare it. Where the fault is in a parameter the code is followed by the parameter
and what was expected of it: `INVALID_ACTION: dry_run: expected yes or no`.

Source: iRedAdmin-Pro RESTful API, error codes. Which code stands for what is our choice where no document says it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from postroom.accounts.errors import (
    InvalidScheme,
    LimitReached,
    LocalDomain,
    NotAllowed,
    NotManaged,
    PasswordRefused,
    ProtectedAdmin,
    QuotaTooLarge,
    Rule,
    TooManyEntries,
)
from postroom.errors import (
    AlreadyExists,
    Cancelled,
    Damaged,
    Denied,
    Invalid,
    NoSpace,
    NotFound,
    PostroomError,
    Unavailable,
    WrongState,
)


class Refused(PostroomError):
    """This face itself refuses a request: `code` as it stands in `_msg`, `http` in strict mode."""

    def __init__(self, code: str, http: int, retry_after_s: int | None = None) -> None:
        self.code, self.http, self.retry_after_s = code, http, retry_after_s
        super().__init__(code)


class ArgumentInvalid(PostroomError):
    """A parameter, or a part of the path, cannot be used."""

    def __init__(self, code: str, parameter: str, expected: str) -> None:
        self.code, self.parameter, self.expected = code, parameter, expected
        super().__init__(f"{code}: {parameter}: expected {expected}")


class Unproved(PostroomError):
    """The code that proves a domain was not found; the message says where it belongs."""


class UnknownRoute(Refused):
    """There is no such call."""

    def __init__(self) -> None:
        super().__init__("NO_SUCH_OBJECT", 404)


# Made anew for each request: one that is raised again keeps the frames of all times before, with what was sent.
not_logged_in: Final = partial(Refused, "LOGIN_REQUIRED", 401)
expired: Final = partial(Refused, "SESSION_EXPIRED", 401)
wrong_credentials: Final = partial(Refused, "INVALID_CREDENTIALS", 401)
not_from_here: Final = partial(Refused, "NOT_ALLOWED_IP", 403)
not_authorized: Final = partial(Refused, "NOT_AUTHORIZED", 403)
other_backend: Final = partial(Refused, "NOT_ALLOWED", 404)
unreadable: Final = partial(ArgumentInvalid, "INVALID_PARAMETER")
"""A request whose parameters cannot be read: which of them, or `body` or `query`, and what was expected."""

PASSWORD_CODES: Final[Mapping[Rule, str]] = {
    "empty": "PW_EMPTY",
    "not_ascii": "PW_NON_ASCII",
    "too_short": "PW_SHORTER_THAN_MIN_LENGTH",
    "too_long": "PW_GREATER_THAN_MAX_LENGTH",
    "no_letter": "PW_NO_LETTER",
    "no_uppercase": "PW_NO_UPPERCASE",
    "no_digit": "PW_NO_DIGIT_NUMBER",
    "no_special": "PW_NO_SPECIAL_CHAR",
}
_KINDS: Final = {"domain": "INVALID_DOMAIN_NAME"}
_ACCOUNTS: Final = frozenset({"user", "admin", "alias", "mailing list", "account", "catchall"})
_ADMIN_LIMITS: Final = {
    "domains": "EXCEED_LIMIT_DOMAIN",
    "quota": "EXCEED_LIMIT_QUOTA",
    "users": "EXCEED_LIMIT_USERS",
    "aliases": "EXCEED_LIMIT_ALIASES",
    "lists": "EXCEED_LIMIT_LISTS",
}


def _missing(error: NotFound) -> str:
    return "NO_SUCH_ACCOUNT" if error.kind in _ACCOUNTS else _KINDS.get(error.kind, "NO_SUCH_OBJECT")


def _limit(error: LimitReached) -> str:
    if error.scope == "admin":
        return _ADMIN_LIMITS[error.limit]
    return "EXCEEDED_DOMAIN_ACCOUNT_LIMIT"


def _told(code: str) -> Callable[[PostroomError], str]:
    """The code with the engine's sentence, which names what to do."""
    return lambda error: f"{code}: {error}"


class Wire(NamedTuple):
    """`message` makes `_msg`; `http` is the status in strict mode."""

    message: Callable[[Any], str]
    http: int


WIRE: Final[Mapping[type[PostroomError], Wire]] = {
    PostroomError: Wire(lambda _: "ERROR_WHILE_QUERYING_DB", 500),
    Refused: Wire(lambda error: error.code, 400),
    UnknownRoute: Wire(lambda error: error.code, 404),
    ArgumentInvalid: Wire(str, 400),
    TooManyEntries: Wire(lambda _: "EXCEEDED_LDAP_SERVER_SIZELIMIT", 503),
    Unproved: Wire(_told("DOMAIN_NOT_VERIFIED"), 409),
    NotFound: Wire(_missing, 404),
    AlreadyExists: Wire(lambda _: "ALREADY_EXISTS", 409),
    Invalid: Wire(_told("INVALID_PARAMETER"), 400),
    InvalidScheme: Wire(lambda _: "INVALID_PASSWORD_SCHEME", 400),
    LocalDomain: Wire(lambda _: "CAN_NOT_BE_LOCAL_DOMAIN", 400),
    PasswordRefused: Wire(lambda error: ",".join(PASSWORD_CODES[rule] for rule in error.rules), 400),
    Denied: Wire(lambda _: "PERMISSION_DENIED", 403),
    NotManaged: Wire(lambda _: "PERMISSION_DENIED", 403),
    ProtectedAdmin: Wire(lambda _: "PERMISSION_DENIED_UPDATE_GLOBAL_ADMIN_PROFILE", 403),
    LimitReached: Wire(_limit, 403),
    QuotaTooLarge: Wire(_told("EXCEEDED_DOMAIN_QUOTA_SIZE"), 403),
    NotAllowed: Wire(lambda _: "NOT_ALLOWED", 403),
    # What lacks is told to the operator, in the log.
    WrongState: Wire(lambda _: "ERROR_WHILE_QUERYING_DB", 500),
    Damaged: Wire(lambda _: "ERROR_WHILE_QUERYING_DB", 500),
    Unavailable: Wire(lambda _: "SERVER_DOWN", 503),
    NoSpace: Wire(lambda _: "SERVER_DOWN", 507),
    Cancelled: Wire(lambda _: "SERVER_DOWN", 503),
}


def wire(error: PostroomError) -> tuple[str, int]:
    """`_msg`, and the HTTP status of strict mode."""
    row = next(WIRE[cls] for cls in type(error).__mro__ if cls in WIRE)
    return row.message(error), error.http if isinstance(error, Refused) else row.http
