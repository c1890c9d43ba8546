"""Requests of the plain client, made by httpx2; answers and failures are those of requests, as its methods expect."""

from __future__ import annotations

import io
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx2
import requests
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectTimeout,
    ProxyError,
    ReadTimeout,
    SSLError,
    UnrewindableBodyError,
)
from requests.exceptions import ConnectionError as Unconnected
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH, rewind_body

from O365._flows.steps import Request
from O365.aio._bridge import wait_for

BODY_PIECE = 256 * 1024
BROKEN = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)
REPEATABLE = frozenset({"get", "head", "options", "put", "delete"})
"""Verbs that may be repeated when a connection broke before there was an answer."""


async def exchange(client: httpx2.AsyncClient, step: Request, retries: int) -> requests.Response:
    """The answer to a request; with the option `stream` its body follows. Raises what requests raises."""
    options = dict(step.options)
    prepared = _prepared(step, options)
    left = retries if step.method.lower() in REPEATABLE else 0
    while True:
        try:
            return await _sent(client, prepared, options)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            if not left or not isinstance(error, BROKEN) or not _rewound(prepared):
                raise failure(error) from error
            left -= 1


def failure(error: Exception) -> Exception:
    """The exception that requests has for what went wrong."""
    text = str(error) or type(error).__name__
    if isinstance(error, httpx2.TimeoutException):
        return (ConnectTimeout if isinstance(error, httpx2.ConnectTimeout) else ReadTimeout)(text)
    if isinstance(error, httpx2.ProxyError):
        return ProxyError(text)
    return (SSLError if _is_of_tls(error) else Unconnected)(text)


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def client_for(verify: bool | str, proxy: str | None, retries: int) -> httpx2.AsyncClient:
    """A client with certificates as requests understands them. What the environment says was looked at already."""
    limits = httpx2.Limits(max_connections=32, max_keepalive_connections=16)
    context = _context(verify)
    transport = httpx2.AsyncHTTPTransport(verify=context, proxy=proxy, retries=retries, limits=limits)
    return httpx2.AsyncClient(transport=transport, timeout=None, trust_env=False)


def _context(verify: bool | str) -> ssl.SSLContext | bool:
    if not verify:
        return False
    place = DEFAULT_CA_BUNDLE_PATH if verify is True else verify
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
        raise failure(error) from error
    except httpx2.HTTPError as error:
        raise ChunkedEncodingError(str(error)) from error


async def _pieces(source: Any) -> AsyncIterator[bytes]:
    """What an open file holds, or whatever can be iterated over."""
    if not hasattr(source, "read"):
        for piece in source:
            yield piece
        return
    while piece := source.read(BODY_PIECE):
        yield piece.encode() if isinstance(piece, str) else piece


def _rewound(prepared: requests.PreparedRequest) -> bool:
    """Whether a body can be sent again."""
    body: Any = prepared.body
    if body is None or isinstance(body, str | bytes):
        return True
    try:
        rewind_body(prepared)
    except UnrewindableBodyError:
        return False
    return True


def _timeout(given: Any) -> httpx2.Timeout:
    """A number, or one for connecting and one for reading; None waits for ever, as requests does."""
    connect, read = given if isinstance(given, tuple) else (given, given)
    return httpx2.Timeout(read, connect=connect)
