"""Reads a request body within the limit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

from starlette.exceptions import HTTPException
from starlette.requests import Request

# What is left of the body would otherwise be read to its end, however long that is.
CLOSE = {"Connection": "close"}


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The whole body. Raises HTTPException as `pieces` does."""
    body = BytesIO()  # whose content is taken out without a copy
    async for chunk in pieces(request, most_bytes):
        body.write(chunk)
    return body.getvalue()


async def pieces(request: Request, most_bytes: int, least_bytes: int = 0) -> AsyncIterator[bytes]:
    """The body in its order, in pieces of at least so many bytes but for the last.

    Raises HTTPException 413 for one that is larger, before reading when its length was announced; 411 when neither
    a length nor chunks were announced (a POST without body says `Content-Length: 0`), 400 when both were.
    """
    _check_announced(request, most_bytes)
    read, held, kept = 0, list[bytes](), 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most_bytes:
            raise _too_large(most_bytes)
        held.append(chunk)
        kept += len(chunk)
        if kept >= least_bytes:
            yield b"".join(held)
            held, kept = [], 0
    if kept:
        yield b"".join(held)


def _check_announced(request: Request, most_bytes: int) -> None:
    announced, chunked = request.headers.get("content-length"), "transfer-encoding" in request.headers
    if announced is not None and chunked:
        # RFC 9112 6.3: a proxy in front may have taken the other of the two for the end of the request.
        raise HTTPException(400, "The request has both Content-Length and Transfer-Encoding.", CLOSE)
    if announced is None and not chunked:
        raise HTTPException(411, "The request has no Content-Length.")
    if announced is not None and int(announced) > most_bytes:
        raise _too_large(most_bytes)


def _too_large(most_bytes: int) -> HTTPException:
    return HTTPException(413, f"The request body is larger than {most_bytes} bytes.", CLOSE)
