"""What each request is given, without requests itself: headers, body, proxy, certificates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from O365._flows.steps import Request

if TYPE_CHECKING:
    from O365.connection import Connection

JSON = "application/json"


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
