"""Sessions of requests, and what an answer says went wrong. Loaded with the first session: requests takes its time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import HTTPError
from urllib3.util.retry import Retry

from O365._names import RETRIES_BACKOFF_FACTOR

if TYPE_CHECKING:
    from O365.connection import Connection


class TokenExpiredError(HTTPError):
    """The access token is over and cannot be renewed: the user must sign in again."""


_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
HEEDED = (*_PROXIES, *map(str.upper, _PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables of the environment that say how to reach a host."""


class OneLookSession(Session):
    """Looks for proxies and certificates in the environment once for each host, and again when they change.

    requests goes through the whole environment for each request, which costs as much as the rest of its work.
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[Any, ...], Any] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        place, own = urlsplit(url), (self.verify, self.cert, self.stream, self.trust_env)
        given = (*(proxies or {}).items(), *self.proxies.items(), stream, verify, cert, *own)
        key = (place.scheme, place.netloc, *given, *map(os.environ.get, HEEDED))
        if key not in self._found:
            self._found[key] = super().merge_environment_settings(url, proxies, stream, verify, cert)
        found = self._found[key]
        return {**found, "proxies": dict(found["proxies"])}


def new_session(con: Connection) -> Session:
    """A session on the connection's proxy and certificates, without a token."""
    session = OneLookSession()
    session.verify = con.verify_ssl
    session.proxies.update(con.proxy)
    session.auth = _as_it_is  # or requests would put passwords of a .netrc in the place of the token
    if con.request_retries:
        # Answers of busy servers are for Policy; here it is about connections that fail before there is one.
        retry = Retry(
            total=con.request_retries,
            connect=con.request_retries,
            read=con.request_retries,
            status=0,
            other=0,
            redirect=False,
            backoff_factor=RETRIES_BACKOFF_FACTOR,
            respect_retry_after_header=False,
        )
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def error_of(response: Response) -> HTTPError:
    """What requests says of an answer, with the API's own words behind it."""
    kind = "Client" if response.status_code < 500 else "Server"
    text = f"{response.status_code} {kind} Error: {response.reason} for url: {response.url}"
    message = _message(response)
    return HTTPError(f"{text} | Error Message: {message}" if message else text, response=response)


def _message(response: Response) -> str:
    try:
        error = response.json().get("error")
    except (ValueError, AttributeError):
        return ""
    return str(error.get("message") or "") if isinstance(error, dict) else ""


def _as_it_is(request: Any) -> Any:
    return request
