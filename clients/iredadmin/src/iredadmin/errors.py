"""What the clients raise. All derive from IRedAdminError; a failed call is a CallFailed, narrowed by the server's code.

The codes are those that the reference collects (section 5); a server may know more, which are plain CallFailed.
"""

from __future__ import annotations

import re

_CODES = re.compile(r"([A-Z][A-Z0-9_]+(?:\s*,\s*[A-Z][A-Z0-9_]+)*)\s*(?::|$)")


class IRedAdminError(Exception):
    """Base of all errors of the clients."""


class ConnectionFailed(IRedAdminError):
    """No answer came: name, port, network, TLS or time-out. The call may have been carried out all the same."""


class AnswerError(IRedAdminError):
    """The answer is not one of this API: most often the URL is wrong, or the API is off."""


class NotSupported(IRedAdminError):
    """The server is not one that understands what only Postroom knows. Nothing was sent."""


class CallFailed(IRedAdminError):
    """The server refused or failed the call.

    `code` is the server's, empty when it gave only words; `message` is all it said. `method` and `path` tell the call.
    """

    def __init__(self, code: str, message: str, method: str, path: str) -> None:
        super().__init__(code, message, method, path)
        self.code, self.message, self.method, self.path = code, message, method, path

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.message or 'failed without a reason'}"

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes: rules for passwords come several at once."""
        return codes(self.message)


class LoginRequired(CallFailed):
    """There is no session, or it has ended, and signing in anew did not help."""


class InvalidCredentials(CallFailed):
    """User name or password is wrong, or the account may not sign in: the server does not say which."""


class PermissionDenied(CallFailed):
    """The admin, or the address of this machine, may not do this."""


class AlreadyExists(CallFailed):
    """The address or domain is taken."""


class NotFound(CallFailed):
    """There is no such account, domain or setting."""


class InvalidInput(CallFailed):
    """A value cannot be taken."""


class InvalidDomainName(NotFound, InvalidInput):
    """The domain is not hosted here, or is no name of a domain: the server has one code for both."""


class PasswordRefused(InvalidInput):
    """The password breaks rules: all of them are in `codes`."""


class LimitExceeded(CallFailed):
    """A limit of the domain or of the admin is reached, or allows none at all."""


class NotAllowed(PermissionDenied, LimitExceeded):
    """None may be made (the limit is -1), or this server has no such call: the code is the same."""


class Unavailable(CallFailed):
    """A database or directory behind the server does not answer, or there were too many failures. Try again later."""


_BY_CODE: dict[str, type[CallFailed]] = {
    **dict.fromkeys(("LOGIN_REQUIRED", "SESSION_EXPIRED"), LoginRequired),
    **dict.fromkeys(("INVALID_CREDENTIALS", "INVALID_USERNAME", "EMPTY_PASSWORD", "INCORRECT_OLDPW"),
                    InvalidCredentials),
    **dict.fromkeys(("PERMISSION_DENIED", "PERMISSION_DENIED_UPDATE_GLOBAL_ADMIN_PROFILE", "NOT_AUTHORIZED",
                     "NOT_ALLOWED_IP"), PermissionDenied),
    "ALREADY_EXISTS": AlreadyExists,
    **dict.fromkeys(("NO_SUCH_ACCOUNT", "NO_SUCH_OBJECT", "NO_SUCH_DOMAIN", "ACCOUNT_NOT_EXIST"), NotFound),
    "INVALID_DOMAIN_NAME": InvalidDomainName,
    **dict.fromkeys(("MISSING_DOMAIN_OR_USERNAME", "EMPTY_DOMAIN", "DOMAIN_NAME_MISMATCH", "NO_ADMINS",
                     "NO_ACCOUNT_SELECTED", "NO_DOMAIN_SELECTED", "CAN_NOT_BE_LOCAL_DOMAIN"), InvalidInput),
    "NOT_ALLOWED": NotAllowed,
    **dict.fromkeys(("SERVER_DOWN", "ERROR_WHILE_QUERYING_DB", "TRY_AGAIN_LATER"), Unavailable),
}  # fmt: skip
_BY_BEGINNING: dict[str, type[CallFailed]] = {
    "PW_": PasswordRefused,
    "EXCEED": LimitExceeded,
    "INVALID_": InvalidInput,
}


def codes(message: str) -> tuple[str, ...]:
    """The codes at the beginning of a failure's text: `CODE`, `CODE,CODE`, or `CODE: words`."""
    found = _CODES.match(message)
    return tuple(re.split(r"\s*,\s*", found[1])) if found else ()


def failure(message: str, method: str, path: str) -> CallFailed:
    """The exception for a failed call; `message` is the server's."""
    code = next(iter(codes(message)), "")
    return _class(code)(code, message, method, path)


def _class(code: str) -> type[CallFailed]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    return next((kind for start, kind in _BY_BEGINNING.items() if code.startswith(start)), CallFailed)
