"""What can go wrong when somebody signs in. The face has the one table from these classes to OAuth's codes.

The sentences are shown to users and programs: they tell no secret, and not whether an account exists.
"""

from __future__ import annotations

from postroom.errors import Denied, PostroomError


class Refused(PostroomError):
    """Base of the errors of sign-in; without arguments the message is the docstring of the class."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or (self.__doc__ or "").strip())


class MissingField(Refused):
    """A field that the request needs is not there."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"The request must contain the field '{field}'.")


class BadField(Refused):
    """A field of the request cannot be used."""

    def __init__(self, field: str, expected: str) -> None:
        self.field = field
        super().__init__(f"The field '{field}' cannot be used: expected {expected}.")


class UnknownTenant(Refused):
    """There is no such tenant."""

    def __init__(self, tenant: str) -> None:
        super().__init__(f"Tenant '{tenant}' not found. Check the tenant id or the domain.")


class UnknownInstance(Refused):
    """The authority is none of this server."""


class UnknownApp(Refused):
    """There is no such application."""

    def __init__(self, app_id: str) -> None:
        super().__init__(f"Application with identifier '{app_id}' was not found. Check the client id.")


class UnknownRedirect(Refused):
    """The redirect URI is not one of those registered for the application."""


class NeedsSecret(Refused):
    """The request must contain 'client_assertion' or 'client_secret': the application is not a public client."""


class BadSecret(Refused):
    """The client secret is wrong."""


class ExpiredSecret(Refused):
    """The client secret has expired. Make a new one."""


class BadAssertion(Refused):
    """The client assertion cannot be used: it is not signed with a certificate of the application, is for another
    audience or is over."""


class UnsupportedGrant(Refused):
    """The grant type is not supported."""


class UnsupportedResponse(Refused):
    """The response type is not supported: it must be 'code'."""


class UnknownScope(Refused):
    """A scope is not known."""

    def __init__(self, scope: str, close: str | None = None) -> None:
        hint = f" There is {close}." if close else ""
        super().__init__(f"The scope '{scope}' is not valid.{hint}")


class MixedScopes(Refused):
    """The scopes are of more than one resource."""


class UnknownResource(Refused):
    """The resource is not known here."""

    def __init__(self, resource: str) -> None:
        super().__init__(f"The resource '{resource}' was not found.")


class GrantOver(Refused):
    """The code or refresh token has expired, was revoked, or is for another application."""


class CodeUsed(Refused):
    """The code was used already. What it had given was revoked."""


class WrongVerifier(Refused):
    """The code verifier does not match the code challenge of the authorization request."""


class WrongPassword(Refused):
    """The user name or the password is wrong."""


class TryLater(Refused):
    """Too many failed attempts."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"Too many failed attempts. Try again in {wait_s} seconds.")


class NoConsent(Refused):
    """The user or an administrator has not consented to what the application asks for."""


class NeedsAdmin(Refused):
    """The application asks for what only an administrator can allow."""


class NotSignedIn(Refused):
    """Nobody is signed in, and the request does not allow to ask."""


class Declined(Refused):
    """The user declined."""


class DevicePending(Refused):
    """The user has not finished signing in yet. Ask again."""


class DeviceTooFast(Refused):
    """The device asks more often than it may."""


class TooManyDevices(Refused):
    """Too many devices wait for somebody to sign in. Use a code that was given, or wait until one has expired."""

    def __init__(self, of: str) -> None:
        super().__init__(
            f"Too many devices {of} wait for somebody to sign in. Use a code that was given, or try again later."
        )


class DeviceExpired(Refused):
    """The device code has expired. Begin anew."""


class UnknownDevice(Refused):
    """The device code is not known."""


class WrongUserCode(Refused):
    """The code is not known or has expired. Check what the device shows."""


class BadForm(Refused):
    """The page was open for too long or belongs to another sign-in. Try again."""


class TokenError(Denied):
    """An access token that gives no access."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or (self.__doc__ or "").strip())


class TokenMalformed(TokenError):
    """The token is none of ours."""


class TokenExpired(TokenError):
    """The token has expired."""


class TokenRevoked(TokenError):
    """The sign-in behind the token was ended."""


class WrongAudience(TokenError):
    """The token is for another resource."""
