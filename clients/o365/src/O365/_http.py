"""Sessions of requests, what each request is given, and what an answer says went wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import HTTPError
from urllib3.util.retry import Retry

from O365._flows.steps import Request
from O365._names import RETRIES_BACKOFF_FACTOR

if TYPE_CHECKING:
    from O365.connection import Connection

JSON = "application/json"


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


def proxies(
    server: str | None, port: int | None, user: str | None, password: str | None, plain: bool
) -> dict[str, str]:
    """The proxy of each scheme; `plain`: the proxy itself is spoken to without TLS."""
    if not server or not port:
        return {}
    credentials = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user and password else ""
    place = f"{credentials}{server}:{port}"
    return {"http": f"http://{place}", "https": f"{'http' if plain else 'https'}://{place}"}


def prepared(con: Connection, url: str, method: str, kwargs: dict[str, Any], *, signed: bool) -> Request:
    """A request with the headers, timeout, proxy and certificates of its connection, and its body as JSON."""
    verb = method.lower()
    if verb not in con._allowed_methods:
        raise ValueError(f"Method must be one of {', '.join(con._allowed_methods)}, not {method!r}")
    headers = merged(kwargs.pop("headers", None), con.default_headers)
    if verb in {"post", "put", "patch"}:
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
        if kind is None:
            headers["Content-type"] = kind = JSON
        data = kwargs.get("data")
        if data is not None and kind.partition(";")[0].strip().lower() == JSON:
            kwargs["data"] = json.dumps(data, cls=con.json_encoder)
    if headers:
        kwargs["headers"] = headers
    if con.timeout is not None:
        kwargs.setdefault("timeout", con.timeout)
    # Said for each request: or what the environment names wins over the session's.
    if con.proxy:
        kwargs.setdefault("proxies", dict(con.proxy))
    if con.verify_ssl is not True:
        kwargs.setdefault("verify", con.verify_ssl)
    return Request(verb, url, kwargs, signed)


def merged(given: dict[str, str] | None, defaults: dict[str, str]) -> dict[str, str]:
    """The headers of one request; both kinds of Prefer hold."""
    headers = dict(given or {})
    names = {name.lower(): name for name in headers}
    for name, value in defaults.items():
        own = names.get(name.lower())
        if own is None:
            headers[name] = value
        elif name.lower() == "prefer":
            headers[own] = f"{headers[own]}, {value}"
    return headers


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
