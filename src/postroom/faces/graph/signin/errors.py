"""The one table from errors of sign-in to what clients read: OAuth's word, the AADSTS number, the status.

Source: graph-api.md, OAuth, Errors of the sign-in service.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from postroom.errors import PostroomError, Unavailable
from postroom.workspace.signin import errors as of


class Row(NamedTuple):
    word: str
    number: int
    status: int = 400
    suberror: str = ""


TABLE: Final[dict[type[PostroomError], Row]] = {
    of.MissingField: Row("invalid_request", 900144),
    of.BadField: Row("invalid_request", 9002313),
    of.BadForm: Row("invalid_request", 90014),
    of.UnknownTenant: Row("invalid_tenant", 90002),
    of.UnknownInstance: Row("invalid_instance", 50049),
    of.UnknownApp: Row("unauthorized_client", 700016),
    of.UnknownRedirect: Row("invalid_request", 50011),
    of.NeedsSecret: Row("invalid_client", 7000218, 401),
    of.BadSecret: Row("invalid_client", 7000215, 401),
    of.ExpiredSecret: Row("invalid_client", 7000222, 401),
    of.BadAssertion: Row("invalid_client", 700027, 401),
    of.UnsupportedGrant: Row("unsupported_grant_type", 70003),
    of.UnsupportedResponse: Row("unsupported_response_type", 70005),
    of.UnknownScope: Row("invalid_scope", 70011),
    of.MixedScopes: Row("invalid_scope", 28000),
    of.UnknownResource: Row("invalid_resource", 500011),
    of.GrantOver: Row("invalid_grant", 70008),
    of.CodeUsed: Row("invalid_grant", 54005),
    of.WrongVerifier: Row("invalid_grant", 501481),
    of.WrongPassword: Row("invalid_grant", 50126),
    of.TryLater: Row("invalid_grant", 50053),
    of.NoConsent: Row("invalid_grant", 65001, suberror="consent_required"),
    of.NeedsAdmin: Row("invalid_grant", 90094, suberror="consent_required"),
    of.NotSignedIn: Row("login_required", 50058),
    of.Declined: Row("authorization_declined", 65004),
    of.DevicePending: Row("authorization_pending", 70016),
    of.DeviceTooFast: Row("slow_down", 70016),
    of.TooManyDevices: Row("slow_down", 90055, 429),
    of.DeviceExpired: Row("expired_token", 70020),
    of.UnknownDevice: Row("bad_verification_code", 70018),
    of.WrongUserCode: Row("bad_verification_code", 70018),
    Unavailable: Row("temporarily_unavailable", 90033, 503),
}
_BROKEN: Final = Row("server_error", 90033, 500)
# What the browser brings back to the app has other words than the token endpoint (RFC 6749, 4.1.2.1; OpenID Connect).
_AT_AUTHORIZE: Final[dict[type[PostroomError], str]] = {
    of.NoConsent: "consent_required",
    of.NeedsAdmin: "access_denied",
    of.Declined: "access_denied",
}


def row_of(error: PostroomError) -> Row:
    """What a client reads of an error; what is no error of sign-in is ours."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return _BROKEN


def word_at_authorize(error: PostroomError) -> str:
    return _AT_AUTHORIZE.get(type(error), row_of(error).word)


def sentence(error: PostroomError) -> str:
    """`AADSTS70008: The code …`; what broke inside is for the log."""
    row = row_of(error)
    told = "The server cannot answer just now." if row is _BROKEN or isinstance(error, Unavailable) else str(error)
    return f"AADSTS{row.number}: {told}"


def explained(number: int) -> str:
    """What an AADSTS number means, for the page behind `error_uri`."""
    found = next((kind for kind, row in TABLE.items() if row.number == number), None)
    return " ".join((found.__doc__ or "").split()) if found else "This number is not known here."
