"""Who may: bearer tokens, scopes, and whose mailbox."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final, Protocol

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.route import ANYBODY, Family, Route
from postroom.workspace.people import People
from postroom.workspace.signin.caller import Caller
from postroom.workspace.signin.errors import TokenError, TokenExpired, TokenMalformed, WrongAudience

CHALLENGE: Final = 'Bearer realm="", authorization_uri="{authority}/common/oauth2/authorize", client_id="{client}"'
GRAPH_APP: Final = "00000003-0000-0000-c000-000000000000"
"""The id that Microsoft Graph itself has as a resource."""


class Verifier(Protocol):
    """`Signin.tokens` is one."""

    def verify(self, text: str) -> Caller:
        """Who this token stands for. Raises TokenError."""


_CODES: Final[dict[Family, str]] = {
    "outlook": "ErrorAccessDenied",
    "directory": "Authorization_RequestDenied",
    "files": "accessDenied",
    "core": "Forbidden",
}
_DENIED: Final[dict[Family, str]] = {
    "outlook": "Access is denied. Check credentials and try again.",
    "directory": "Insufficient privileges to complete the operation.",
    "files": "The caller does not have permission to perform the action.",
    "core": "The caller does not have permission to perform the action.",
}


def caller_of(header: str | None, verifier: Verifier, authority: str) -> Caller:
    """Raises Refused 401 with what the client needs to sign in."""
    scheme, _, token = (header or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("Access token is empty.", authority)
    try:
        return verifier.verify(token)
    except TokenError as error:
        raise unauthenticated(_sentence(error), authority, _reason(error)) from error


def unauthenticated(message: str, authority: str, error: str = "") -> Refused:
    challenge = CHALLENGE.format(authority=authority, client=GRAPH_APP)
    if error:
        challenge += f', error="{error}", error_description="{message}"'
    return Refused(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})


def _sentence(error: TokenError) -> str:
    match error:
        case TokenExpired():
            return "Lifetime validation failed, the token is expired."
        case TokenMalformed():
            return "IDX14100: JWT is not well formed, or it was not issued here."
        case WrongAudience():
            return "Access token validation failure. Invalid audience."
        case _:
            return str(error)


def _reason(error: TokenError) -> str:
    # rclone asks for a new token when it reads expired_token.
    return "expired_token" if isinstance(error, TokenExpired) else "invalid_token"


def check(route: Route, caller: Caller) -> None:
    """Raises Refused 403 for a token without a scope that suffices."""
    wanted = route.application if caller.user_id is None else route.delegated
    if wanted != ANYBODY and not holds(route, caller):
        raise denied(route.family)


def holds(route: Route, caller: Caller, beside: Collection[str] = ()) -> bool:
    """Whether a token has one of the scopes of a route, `beside` these."""
    alone = caller.user_id is None
    held, wanted = (caller.roles, route.application) if alone else (caller.scopes, route.delegated)
    return not _lowered(held).isdisjoint(name.lower() for name in wanted if name not in beside)


@lru_cache(maxsize=1000)
def _lowered(names: frozenset[str]) -> frozenset[str]:
    """Kept, since a token has a hundred of them."""
    return frozenset(name.lower() for name in names)


def denied(family: Family) -> Refused:
    return Refused(403, _CODES[family], _DENIED[family])


def mailbox_of(route: Route, caller: Caller, user: str | None, people: People) -> str:
    """The UUID of whom `{U}` names: `user` in the path, or with None the caller.

    Raises Refused: 400 for /me without a user, 404 for an unknown one, 403 for one the caller may not reach.
    """
    if user is None:
        if caller.user_id is None:
            raise Refused(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        return caller.user_id
    person = people.find(user)
    if person is None:
        raise _unknown(user, route.family)
    if caller.user_id not in (None, person.id) and not _reaches_others(route, caller):
        raise denied(route.family)
    return person.id


def check_user(route: Route, caller: Caller, mailbox: str, owns: Callable[[], bool], admin: Callable[[], bool]) -> None:
    """Whether the user, not only the app, may do this. Raises Refused 403.

    `owns` tells whether the user owns the group of the path.
    """
    if caller.user_id is None or route.by == "anybody":
        return
    is_self = route.by == "self" and mailbox == caller.user_id
    if not (is_self or (route.by == "owner" and owns()) or admin()):
        raise denied(route.family)


def _reaches_others(route: Route, caller: Caller) -> bool:
    return (route.anyone or route.family == "directory") and holds(route, caller, beside=route.own)


def _unknown(user: str, family: Family) -> Refused:
    if family == "outlook":
        return Refused(404, "ErrorInvalidUser", f"The requested user '{user}' is invalid.")
    code = "itemNotFound" if family == "files" else "Request_ResourceNotFound"
    message = f"Resource '{user}' does not exist or one of its queried reference-property objects are not present."
    return Refused(404, code, message)
