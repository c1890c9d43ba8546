"""The connection to an API: signing in, requests with the user's token, and what happens when they fail."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from O365 import _signin
from O365._flows import calls
from O365._flows.retry import Policy
from O365._flows.steps import Flow, Renew, Request, Step, Wait, run
from O365._keywords import unknown_keyword, warn_of
from O365._lazy import lazy
from O365._names import DEFAULT_SCOPES as DEFAULT_SCOPES
from O365._names import GRAPH_API_VERSION as GRAPH_API_VERSION
from O365._names import ME_RESOURCE as ME_RESOURCE
from O365._names import OAUTH_REDIRECT_URL as OAUTH_REDIRECT_URL
from O365._names import RETRIES_BACKOFF_FACTOR as RETRIES_BACKOFF_FACTOR
from O365._names import RETRIES_STATUS_LIST as RETRIES_STATUS_LIST
from O365._prepared import prepared, proxies
from O365._protocol import GRAPH_URL
from O365._protocol import MSBusinessCentral365Protocol as MSBusinessCentral365Protocol
from O365._protocol import MSGraphProtocol as MSGraphProtocol
from O365._protocol import MSOffice365Protocol as MSOffice365Protocol
from O365._protocol import Protocol as Protocol
from O365._renewal import Tokens, reason

if TYPE_CHECKING:
    from requests import Response, Session

    from O365._http import TokenExpiredError as TokenExpiredError
    from O365.utils.token import BaseTokenBackend

log = logging.getLogger(__name__)

T = TypeVar("T")

VERBS = ("get", "post", "put", "patch", "delete")
OF_PROTOCOLS = ("api_version", "base_url", "casing_function", "environment", "protocol_scope_prefix", "protocol_url",
                "timezone")  # fmt: skip
"""Keywords of an account that are for its protocol and not for the connection."""
OF_FILES = ("token_path", "token_filename")
"""Keywords that are for the token backend of those who name none."""
NO_TOKEN = "No auth token found. Authentication Flow needed"  # noqa: S105 - a message


class Connection(Tokens):
    """Everything that goes to the servers goes through here.

    Keywords beyond the named ones: `authority`, the URL of the sign-in service with its tenant, for national clouds and
    local servers; `scopes`, to be asked for when `get_authorization_url` is told none; `token_path` and
    `token_filename` of the default token backend. Calls may come from several threads.
    """

    _allowed_methods = VERBS
    _asks_ahead = True
    """Whether pages may be asked for before they are wanted; not in classes that programs derive."""

    def __init__(
        self,
        credentials: str | tuple[Any, ...],
        *,
        proxy_server: str | None = None,
        proxy_port: int | None = 8080,
        proxy_username: str | None = None,
        proxy_password: str | None = None,
        proxy_http_only: bool = False,
        requests_delay: int | None = 0,
        raise_http_errors: bool = True,
        request_retries: int | None = 3,
        token_backend: BaseTokenBackend | None = None,
        tenant_id: str = "common",
        auth_flow_type: str = "authorization",
        username: str | None = None,
        password: str | None = None,
        timeout: float | tuple[float, float] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
        verify_ssl: bool | str = True,
        default_headers: dict[str, str] | None = None,
        store_token_after_refresh: bool = True,
        **kwargs: Any,
    ) -> None:
        authority = kwargs.pop("authority", None)
        self.scopes: list[str] | None = kwargs.pop("scopes", None)
        self._auth_flow_type = auth_flow_type
        self.auth: tuple[Any, ...] = _signin.checked_credentials(credentials, auth_flow_type)
        if auth_flow_type in {"credentials", "password"} and tenant_id == "common" and not authority:
            raise ValueError(f'Auth flow "{auth_flow_type}" needs a tenant_id other than "common"')
        self.tenant_id = tenant_id
        self.authority: str = (authority or f"{_signin.PUBLIC_AUTHORITY}{tenant_id}").rstrip("/")
        self.default_headers: dict[str, str] = default_headers or {}
        self.store_token_after_refresh = store_token_after_refresh
        self.token_backend = _backend(token_backend, kwargs)
        self.session: Session | None = None
        self.naive_session: Session | None = None
        self._username = username
        self.password = password
        self.proxy: dict[str, str] = {}
        self.set_proxy(proxy_server, proxy_port, proxy_username, proxy_password, proxy_http_only)
        self.requests_delay = requests_delay or 0
        self.raise_http_errors = raise_http_errors
        self.request_retries = request_retries or 0
        self.timeout = timeout
        self.json_encoder = json_encoder
        self.verify_ssl = verify_ssl
        self.oauth_redirect_url = OAUTH_REDIRECT_URL
        self.sign_in_error = ""
        """Why the last sign-in gave no token, in the words of the service."""
        self._default_scope = f"{GRAPH_URL}.default"
        self._msal_client: Any = None
        self._next_start = 0.0
        self._exchanges = 0
        self._spacing = threading.Lock()
        self._signing = threading.RLock()

    def __del__(self) -> None:
        for session in (vars(self).get("session"), vars(self).get("naive_session")):
            if session is not None:
                session.close()

    # Who signs in.

    @property
    def auth_flow_type(self) -> str:
        return self._auth_flow_type

    @property
    def username(self) -> str | None:
        """Whose tokens are used; the first account of the backend unless told otherwise."""
        if self._username is None:
            account = self.token_backend.get_account()
            self._username = account.get("username") if account else None
        return self._username

    @username.setter
    def username(self, username: str | None) -> None:
        if username == self._username:
            return
        self._username = username
        if self.session is not None:
            self._show_token()

    @property
    def store_token(self) -> bool:
        """`store_token_after_refresh`, as earlier versions call it."""
        return self.store_token_after_refresh

    @store_token.setter
    def store_token(self, value: bool) -> None:
        self.store_token_after_refresh = value

    @property
    def msal_client(self) -> Any:
        """The application that msal signs in as."""
        with self._signing:
            if self._msal_client is None:
                self._msal_client = _signin.client(self)
            return self._msal_client

    def set_proxy(
        self,
        proxy_server: str | None,
        proxy_port: int | None,
        proxy_username: str | None,
        proxy_password: str | None,
        proxy_http_only: bool,
    ) -> None:
        """Go through a proxy from the next session on; without a server through none."""
        self.proxy = proxies(proxy_server, proxy_port, proxy_username, proxy_password, proxy_http_only)

    # Signing in.

    def get_authorization_url(
        self, requested_scopes: list[str] | None, redirect_uri: str | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The URL to send the user to, and the sign-in that began, to be given to `request_token`.

        Keep all of it, or only its state (`str(flow)`, `flow["state"]`): the rest is kept near the tokens for an hour.
        `prompt`, `login_hint` and `domain_hint` go to the sign-in page.
        """
        if self.auth_flow_type not in {"authorization", "public"}:
            raise RuntimeError('This method is only valid for auth flow type "authorization" and "public"')
        scopes = requested_scopes or self.scopes
        if not scopes:
            raise ValueError("Must provide at least one scope")
        return _signin.begin(self, list(scopes), redirect_uri or self.oauth_redirect_url, kwargs)

    def request_token(
        self,
        authorization_url: str | None,
        *,
        flow: dict[str, Any] | str | None = None,
        requested_scopes: list[str] | None = None,
        store_token: bool = True,
        **kwargs: Any,
    ) -> bool:
        """Get tokens: for the URL that the browser came back to, or without one for the app or by password.

        `flow`, or `state` as earlier versions call it, is what `get_authorization_url` returned, or only its state.
        """
        with self._signing, self.token_backend._exclusively():
            if store_token and self.auth_flow_type != "credentials" and not self.token_backend.has_data:
                self.token_backend.load_token()  # other accounts in the same place stay
            result = self._asked(authorization_url, flow or kwargs.get("state"), requested_scopes)
            if not result or "access_token" not in result:
                self.sign_in_error = reason(result)
                log.error("Unable to fetch auth token. Error: %s", self.sign_in_error)
                return False
            self.sign_in_error = ""
            self._username = _signin.username_of(self.token_backend, result) or self._username
            if self.session is not None:
                self._show_token()
            if store_token:
                self.token_backend.save_token()
        return True

    def _asked(
        self, url: str | None, flow: dict[str, Any] | str | None, scopes: list[str] | None
    ) -> dict[str, Any] | None:
        if self.auth_flow_type in {"authorization", "public"}:
            if not url:
                raise ValueError("Authorization url not provided for oauth flow")
            return _signin.finish(self, url, flow)
        if not scopes:
            raise ValueError(f'Auth flow type "{self.auth_flow_type}" needs scopes')
        self.scopes = list(scopes)
        return self._acquired(_signin.wanted(scopes))

    def _acquired(self, scopes: list[str]) -> dict[str, Any]:
        if self.auth_flow_type == "credentials":
            return _signin.for_app(self, scopes)
        return _signin.by_password(self, scopes)

    # Sessions.

    def get_session(self, load_token: bool = False) -> Session:
        """A session with the user's token, if there is one. `load_token`: read it from the backend when need be."""
        if load_token and not self.token_backend.has_data:
            self.load_token_from_backend()
        from O365._http import new_session

        session = new_session(self)
        entry = self.token_backend.get_access_token(username=self.username)
        if entry is not None:
            session.headers["Authorization"] = f"Bearer {entry['secret']}"
        return session

    def get_naive_session(self) -> Session:
        """A session without a token."""
        from O365._http import new_session

        return new_session(self)

    # Requests.

    def get(self, url: str, params: dict[str, Any] | None = None, **kwargs: Any) -> Response:
        return self.oauth_request(url, "get", params=params, **kwargs)

    def post(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return self.oauth_request(url, "post", data=data, **kwargs)

    def put(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return self.oauth_request(url, "put", data=data, **kwargs)

    def patch(self, url: str, data: Any = None, **kwargs: Any) -> Response:
        return self.oauth_request(url, "patch", data=data, **kwargs)

    def delete(self, url: str, **kwargs: Any) -> Response:
        return self.oauth_request(url, "delete", **kwargs)

    def naive_request(self, url: str, method: str, **kwargs: Any) -> Response:
        """A request without the user's token: to upload URLs and monitors."""
        request = prepared(self, url, method, kwargs, signed=False)
        if self.naive_session is None:
            self.naive_session = self.get_naive_session()
        return self._checked(self._driven(calls.unsigned(request, self._policy)))

    def oauth_request(self, url: str, method: str, **kwargs: Any) -> Response:
        """A request with the user's token, which is renewed when it is over or refused.

        Raises HTTPError for answers from 400 on, unless `raise_http_errors` is off; TokenExpiredError when the token
        cannot be renewed; RuntimeError without a token; what requests raises when no answer comes.
        """
        return self._asked_signed(url, method, kwargs)

    def _asked_signed(
        self, url: str, method: str, kwargs: dict[str, Any], *, first: Callable[[], Response] | None = None
    ) -> Response:
        """`first` is the answer that the first exchange had already."""
        request = prepared(self, url, method, kwargs, signed=True)
        self._sign_on()
        flow = calls.signed(request, self._policy, self._bearer, self._token_is_over)
        return self._checked(self._driven(flow, first))

    def _driven(self, flow: Flow[T], first: Callable[[], Response] | None = None) -> T:
        return run(flow, self._perform if first is None else self._with_first(first))

    def _with_first(self, first: Callable[[], Response]) -> Callable[[Step], Any]:
        there = [first]
        return lambda step: there.pop()() if there and isinstance(step, Request) else self._perform(step)

    @property
    def _policy(self) -> Policy:
        return Policy(self.request_retries, RETRIES_BACKOFF_FACTOR)

    def _sign_on(self) -> None:
        """Have a session with a token that is not known to be over."""
        with self._signing:
            if self.session is None:
                self.session = self.get_session(load_token=True)
        if self._bearer() is None:
            if not (self._token_is_over() and self._renewable() and self._renew(None)):
                raise RuntimeError(NO_TOKEN)
        elif self._token_is_over() and self._is_of_backend() and self._renewable():
            self._renew(self._bearer())

    def _is_of_backend(self) -> bool:
        """Whether the session's token is the one whose end we know; programs may have set another."""
        entry = self.token_backend.get_access_token(username=self.username)
        return entry is None or entry.get("secret") == self._bearer()

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Wait):
            log.info("The server is busy; waiting %.1f s", step.seconds)
            return time.sleep(step.seconds)
        if isinstance(step, Renew):
            return self._renew(step.refused)
        session = self.session if step.signed else self.naive_session
        assert session is not None
        self._space()
        self._exchanges += 1
        try:
            response = session.request(step.method, step.url, **step.options)
        except OSError as error:  # what requests raises
            log.debug("No answer to %s %s: %s", step.method, step.url, error)
            raise
        log.debug("%s %s: %d", step.method, response.url, response.status_code)
        return response

    def _due(self) -> float:
        """The seconds until the next request may start: `requests_delay` milliseconds lie between the starts."""
        if not self.requests_delay:
            return 0.0
        with self._spacing:
            now = time.monotonic()
            start = max(self._next_start, now)
            self._next_start = start + self.requests_delay / 1000
        return start - now

    def _space(self) -> None:
        if delay := self._due():
            time.sleep(delay)

    def _begun(self, url: str, headers: dict[str, str] | None) -> Any:
        """A GET that is on its way while the program does something else."""
        from O365._ahead import Ahead

        return Ahead(self, url, headers)

    def _checked(self, response: Response) -> Response:
        if response.status_code < 400:
            return response
        from O365._http import TokenExpiredError, error_of

        error = error_of(response)
        log.log(logging.ERROR if response.status_code < 500 else logging.DEBUG, "%s", error)
        over = response.status_code in {401, 403} and "Authorization" in response.request.headers
        if over and self._token_is_over():
            raise TokenExpiredError(str(error), response=response)
        if self.raise_http_errors:
            raise error
        return response


def oauth_authentication_flow(
    client_id: str, client_secret: str, scopes: list[str] | None = None, protocol: Any = None, **kwargs: Any
) -> bool:
    """Sign a user in on the console; whether that worked."""
    from O365.utils.consent import consent_input_token, report

    protocol = protocol or MSGraphProtocol()
    con = Connection((client_id, client_secret), **kwargs)
    url, flow = con.get_authorization_url(protocol.get_scopes_for(scopes), **kwargs)
    return report(con.request_token(consent_input_token(url), flow=flow, **kwargs))


def _backend(given: BaseTokenBackend | None, kwargs: dict[str, Any]) -> BaseTokenBackend:
    from O365.utils.token import BaseTokenBackend, FileSystemTokenBackend

    if unknown := [name for name in kwargs if name not in OF_FILES]:
        known = {*_parameters(), *OF_PROTOCOLS, *OF_FILES, "authority", "main_resource"}
        if given is None:
            raise TypeError(unknown_keyword(unknown[0], known))
        warn_of(unknown, known)
    if given is None:
        return FileSystemTokenBackend(**kwargs)
    if not isinstance(given, BaseTokenBackend):
        raise ValueError('"token_backend" must be an instance of a subclass of BaseTokenBackend')  # noqa: TRY004
    return given


def _parameters() -> set[str]:
    from inspect import signature

    return {name for name, each in signature(Connection).parameters.items() if each.kind is each.KEYWORD_ONLY}


_ELSEWHERE = {
    **dict.fromkeys(("BaseTokenBackend", "FileSystemTokenBackend"), "O365.utils.token"),
    **dict.fromkeys(("to_camel_case", "to_pascal_case", "to_snake_case"), "O365.utils.casing"),
    "TokenExpiredError": "O365._http",
    "get_windows_tz": "O365.utils.windows_tz",
}
"""Names that programs import from here, too."""
__getattr__: Callable[[str], Any]
__getattr__, __dir__ = lazy(__name__, _ELSEWHERE)
