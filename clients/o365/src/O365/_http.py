"""Sessions of requests, and what an answer says went wrong. Loaded with the first session: requests takes its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import HTTPError
from urllib3.util.retry import Retry

from O365._names import RETRIES_BACKOFF_FACTOR

if TYPE_CHECKING:
    from O365.connection import Connection


class TokenExpiredError(HTTPError):
    """The access token is over and cannot be renewed: the user must sign in again."""


def new_session(con: Connection) -> Session:
    """A session on the connection's proxy and certificates, without a token."""
    session = Session()
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
