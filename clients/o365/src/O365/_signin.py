"""Signing in with msal: what the four flows send, and the sign-ins that wait for the user to come back."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from O365._names import RESERVED_SCOPES
from O365._waiting import put_flow, take_flow

if TYPE_CHECKING:
    import requests

    from O365._tokens import BaseTokenBackend
    from O365.connection import Connection

log = logging.getLogger("O365.connection")

FLOWS = ("authorization", "public", "credentials", "password")
PUBLIC_AUTHORITY = "https://login.microsoftonline.com/"
MICROSOFT_HOSTS = frozenset(
    {
        "login.microsoftonline.com",
        "login.microsoft.com",
        "login.windows.net",
        "sts.windows.net",
        "login.microsoftonline.us",
        "login-us.microsoftonline.com",
        "login.usgovcloudapi.net",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
        "login.microsoftonline.de",
    }
)
"""Authorities that Microsoft vouches for; others are not asked about there."""
MICROSOFT_SUFFIXES = (".ciamlogin.com", ".b2clogin.com")

ASKABLE = frozenset({"prompt", "login_hint", "domain_hint", "claims_challenge", "max_age", "response_mode"})
"""What a program may ask of the sign-in page besides scopes."""

_waiting: dict[str, Any] = {}
_waiting_lock = threading.Lock()


def checked_credentials(credentials: Any, flow: str) -> tuple[Any, ...]:
    """The id of the app, and its secret in flows that have one. Raises ValueError for what does not fit the flow."""
    if flow not in FLOWS:
        raise ValueError(f'"auth_flow_type" must be one of {", ".join(FLOWS)}, not {flow!r}')
    if flow in {"public", "password"}:
        found = (credentials,) if isinstance(credentials, str) else credentials
        if not isinstance(found, tuple) or len(found) != 1 or not found[0]:
            raise ValueError("Provide client id only for public or password flow credentials")
        return found
    # A secret may be empty: an app that is registered as public may still come with a pair.
    if not isinstance(credentials, tuple) or len(credentials) != 2 or not any(credentials):
        raise ValueError("Provide valid auth credentials: a client id and a secret")
    return credentials


class AuthFlow(dict[str, Any]):
    """A sign-in that has begun. As text it is its state, all that programs for earlier versions keep."""

    def __str__(self) -> str:
        return str(self.get("state", ""))

    def __conform__(self, protocol: object) -> str:
        """What a column of a SQLite database takes."""
        return str(self)


def is_private(authority: str) -> bool:
    host = (urlsplit(authority).hostname or "").lower()
    return host not in MICROSOFT_HOSTS and not host.endswith(MICROSOFT_SUFFIXES)


def client(con: Connection) -> Any:
    """The msal application of a connection, on the same proxy, certificates and timeout."""
    import msal  # takes longer to load than all of the rest

    options: dict[str, Any] = {
        "authority": con.authority,
        "token_cache": con.token_backend,
        "http_client": SignInSession(con),
    }
    if is_private(con.authority):
        options["instance_discovery"] = False
    client_id, *secret = con.auth
    if con.auth_flow_type in {"public", "password"}:
        return msal.PublicClientApplication(client_id, **options)
    return msal.ConfidentialClientApplication(client_id, client_credential=secret[0], **options)


class SignInSession:
    """The HTTP of msal."""

    def __init__(self, con: Connection) -> None:
        self._session = con.get_naive_session()
        self._timeout, self._verify, self._proxy = con.timeout, con.verify_ssl, con.proxy
        parts = urlsplit(con.authority)
        # msal asks this of the host without its port.
        self._realm = (f"https://{parts.hostname}/common/userrealm/", f"https://{parts.netloc}/common/userrealm/")

    def get(self, url: str, **kwargs: Any) -> requests.Response:
        wrong, right = self._realm
        return self._send("GET", url.replace(wrong, right, 1) if url.startswith(wrong) else url, kwargs)

    def post(self, url: str, **kwargs: Any) -> requests.Response:
        return self._send("POST", url, kwargs)

    def close(self) -> None:
        self._session.close()

    def _send(self, method: str, url: str, kwargs: dict[str, Any]) -> requests.Response:
        kwargs.setdefault("timeout", self._timeout)
        if self._verify is not True:
            kwargs.setdefault("verify", self._verify)
        return self._session.request(method, url, proxies=dict(self._proxy), **kwargs)


def wanted(scopes: list[str] | tuple[str, ...]) -> list[str]:
    """The scopes that msal wants to hear of: it asks for those of OpenID Connect by itself."""
    return [scope for scope in scopes if scope not in RESERVED_SCOPES]


def begin(con: Connection, scopes: list[str], redirect_uri: str, kwargs: Mapping[str, Any]) -> tuple[str, AuthFlow]:
    """The URL of the sign-in page, and the sign-in, which is kept for whoever finishes it."""
    asked = {name: value for name, value in kwargs.items() if name in ASKABLE}
    # msal would rather have the page post a form; these programs read the code from a URL.
    with _unwarned("response_mode="):
        begun = con.msal_client.initiate_auth_code_flow(scopes=wanted(scopes), redirect_uri=redirect_uri, **asked)
    flow = AuthFlow(begun)
    with _waiting_lock:
        put_flow(_waiting, flow)
    con.token_backend._keep_flow(flow)
    return flow["auth_uri"], flow


def finish(con: Connection, url: str, flow: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """The answer to the code in the URL that the browser came back to.

    `flow` is what `begin` returned, or only its state. Raises ValueError when it is not known, or not that of the URL.
    """
    answered = dict(parse_qsl(urlsplit(url).query))
    state = str(flow if isinstance(flow, str) else (flow or {}).get("state", ""))
    begun = _taken(con.token_backend, state) if state else None
    complete = flow if isinstance(flow, Mapping) and "code_verifier" in flow else begun
    if complete is None:
        raise ValueError("This sign-in is not known: it was finished already, or began an hour ago or longer.")
    found: dict[str, Any] = con.msal_client.acquire_token_by_auth_code_flow(dict(complete), answered)
    return found


def _taken(backend: BaseTokenBackend, state: str) -> dict[str, Any] | None:
    with _waiting_lock:
        here = take_flow(_waiting, state)
    kept = backend._take_flow(state)
    return here or kept


def renew(con: Connection, scopes: list[str]) -> dict[str, Any] | None:
    """Another access token, whatever the cache has; None when there is no account to get it for."""
    if con.auth_flow_type == "credentials":
        return for_app(con, scopes)
    backend = con.token_backend
    if con.auth_flow_type == "password" and not backend.token_is_long_lived(username=con.username):
        return by_password(con, scopes)
    accounts = con.msal_client.get_accounts(con.username)
    if not accounts:
        return None
    found: dict[str, Any] | None = con.msal_client.acquire_token_silent_with_error(
        scopes, account=accounts[0], force_refresh=True
    )
    return found


def for_app(con: Connection, scopes: list[str]) -> dict[str, Any]:
    # msal would answer from its cache, also with a token that the server has just refused.
    gone = con.token_backend._drop_app_tokens()
    found: dict[str, Any] = {}
    try:
        found = con.msal_client.acquire_token_for_client(scopes=scopes)
    finally:
        if "access_token" not in found:
            con.token_backend._put_back(gone)
    return found


def by_password(con: Connection, scopes: list[str]) -> dict[str, Any]:
    application = con.msal_client
    # Whoever configured this flow knows that there are better ones.
    with _unwarned("This API has been deprecated"):
        found: dict[str, Any] = application.acquire_token_by_username_password(con.username, con.password, scopes)
    return found


@contextmanager
def _unwarned(message: str) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=message)
        yield


def username_of(backend: BaseTokenBackend, result: Mapping[str, Any]) -> str | None:
    """Whose tokens an answer holds."""
    claims = result.get("id_token_claims") or {}
    if claims.get("oid") and claims.get("tid"):
        account = backend.get_account(home_account_id=f"{claims['oid']}.{claims['tid']}")
        if account:
            return account.get("username")
    return claims.get("preferred_username")
