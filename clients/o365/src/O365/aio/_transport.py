"""Requests of the plain client, made by httpx2; answers and failures are those of requests, as its methods expect."""

from __future__ import annotations

import io
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx2
import requests
from requests.exceptions import ConnectionError as Unconnected
from requests.exceptions import Timeout
from requests.structures import CaseInsensitiveDict

from O365._flows.steps import Request
from O365.aio._bridge import wait_for

BODY_PIECE = 256 * 1024
REPEATABLE = frozenset({"get", "head", "options", "put", "delete"})
"""Verbs that may be repeated when a connection broke before there was an answer."""


async def exchange(client: httpx2.AsyncClient, step: Request, retries: int) -> requests.Response:
    """The answer to a request; with the option `stream` its body follows. Raises what requests raises."""
    options = dict(step.options)
    prepared = _prepared(step, options)
    for left in range(retries if step.method.lower() in REPEATABLE else 0, -1, -1):
        try:
            return await _sent(client, prepared, options)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError) as error:
            if not left or not _rewound(prepared.body):
                raise Unconnected(str(error)) from error
        except httpx2.TimeoutException as error:
            raise Timeout(str(error) or type(error).__name__) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unconnected(str(error)) from error
    raise AssertionError("the last try returns or raises")


def client_for(verify: bool | str, proxies: Mapping[str, str], retries: int) -> httpx2.AsyncClient:
    """A client with certificates and proxies as requests understands them."""
    context = _context(verify)
    mounts = {
        f"{scheme}://": httpx2.AsyncHTTPTransport(verify=context, proxy=httpx2.Proxy(url), retries=retries)
        for scheme, url in proxies.items()
    }
    limits = httpx2.Limits(max_connections=32, max_keepalive_connections=16)
    # The transport of a client that is told none would not connect again.
    plain = None if _names_a_proxy() else httpx2.AsyncHTTPTransport(verify=context, retries=retries, limits=limits)
    return httpx2.AsyncClient(verify=context, mounts=mounts, transport=plain, limits=limits, timeout=None)


def _names_a_proxy() -> bool:
    return any(
        os.environ.get(name) for one in ("http", "https", "all") for name in (f"{one}_proxy", f"{one}_PROXY".upper())
    )


def _context(verify: bool | str) -> ssl.SSLContext | bool:
    place = verify
    if verify is True:
        place = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    if isinstance(place, bool):
        return place
    folder = os.path.isdir(place)  # noqa: PTH112 - a text, as requests takes it
    return ssl.create_default_context(capath=place if folder else None, cafile=None if folder else place)


def _prepared(step: Request, options: dict[str, Any]) -> requests.PreparedRequest:
    """As requests would send it: addresses, forms, lengths."""
    given = {name: options.get(name) for name in ("params", "data", "headers", "json", "files") if options.get(name)}
    return requests.Request(step.method.upper(), step.url, **given).prepare()


async def _sent(
    client: httpx2.AsyncClient, prepared: requests.PreparedRequest, options: dict[str, Any]
) -> requests.Response:
    body: Any = prepared.body
    content = body if body is None or isinstance(body, str | bytes) else _pieces(body)
    request = client.build_request(
        str(prepared.method),
        str(prepared.url),
        headers=dict(prepared.headers),
        content=content,
        timeout=_timeout(options.get("timeout")),
    )
    begun = monotonic()
    streamed = bool(options.get("stream"))
    follow = options.get("allow_redirects", True)
    answer = await client.send(request, stream=streamed, follow_redirects=follow)
    return _response(answer, prepared, streamed, monotonic() - begun)


def _response(
    answer: httpx2.Response, prepared: requests.PreparedRequest, streamed: bool, seconds: float
) -> requests.Response:
    made = requests.Response()
    made.status_code, made.reason, made.url = answer.status_code, answer.reason_phrase, str(answer.url)
    made.headers = CaseInsensitiveDict(answer.headers.items())
    made.encoding = answer.charset_encoding
    made.elapsed = timedelta(seconds=seconds)
    made.request = prepared
    if streamed:
        made.raw = Body(answer)
    else:
        vars(made).update(_content=answer.content, _content_consumed=True)
        made.raw = io.BytesIO(answer.content)
    return made


class Body:
    """The body of an answer while it arrives, as requests reads it."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer

    def stream(self, amount: int | None = None, decode_content: bool = True) -> Iterator[bytes]:
        """Its pieces. Each is awaited by the coroutine that called."""
        read = self._answer.aiter_bytes(amount) if decode_content else self._answer.aiter_raw(amount)
        pieces = read.__aiter__()
        while piece := wait_for(_next(pieces)):
            yield piece

    def close(self) -> None:
        """Let the connection go."""
        wait_for(self._answer.aclose())

    release_conn = close


async def _next(pieces: AsyncIterator[bytes]) -> bytes:
    """The next piece, empty at the end."""
    try:
        return await anext(pieces, b"")
    except httpx2.TimeoutException as error:
        raise Timeout(str(error)) from error
    except httpx2.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(str(error)) from error


async def _pieces(source: Any) -> AsyncIterator[bytes]:
    """What an open file holds, or whatever can be iterated over."""
    if not hasattr(source, "read"):
        for piece in source:
            yield piece
        return
    while piece := source.read(BODY_PIECE):
        yield piece.encode() if isinstance(piece, str) else piece


def _rewound(body: Any) -> bool:
    """Whether a body can be sent again."""
    if body is None or isinstance(body, str | bytes):
        return True
    try:
        body.seek(0)
    except (AttributeError, OSError):
        return False
    return True


def _timeout(given: Any) -> httpx2.Timeout:
    """A number, or one for connecting and one for reading; None waits for ever, as requests does."""
    connect, read = given if isinstance(given, tuple) else (given, given)
    return httpx2.Timeout(read, connect=connect)
