"""The bytes of the Administration API: forms in, envelopes out.

Source: reference of the MailStore APIs, requests, envelope, long-running processes.
"""

from __future__ import annotations

import asyncio
import codecs
import time
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from urllib.parse import parse_qsl

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from postroom.errors import PostroomError
from postroom.faces.mailstore.server.errors import wire
from postroom.web.body import read_body
from postroom.work import Process, State

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000
# Largest form of somebody who has not signed in.
STRANGER_BYTES = 64 << 10
# Reading what is longer takes so long that others must have their turn meanwhile.
AT_ONCE_BYTES = 64 << 10
DAY_S = 86_400
NO_CACHE = "no-cache,private,no-store,must-revalidate,max-stale=0,post-check=0,pre-check=0"
# A simple call has changed once: it was begun, then it ended.
SIMPLE_VERSION = 2
# Begun, then two log lines: where the original's first answer stands.
FIRST_VERSION = 3


class ErrorBody(msgspec.Struct, frozen=True):
    """`details` is the name of the error's class."""

    message: str
    details: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Each answer of a function; fields are sent in this order, all of them always."""

    error: ErrorBody | None = None
    token: str | None = None
    statusVersion: int | None = None  # noqa: N815
    statusCode: str | None = None  # noqa: N815
    percentProgress: int | None = None  # noqa: N815
    statusText: str | None = None  # noqa: N815
    result: object = None
    logOutput: str | None = None  # noqa: N815


def succeeded(result: object, log: Sequence[str] = ()) -> Envelope:
    """The answer of a simple call."""
    return Envelope(statusVersion=SIMPLE_VERSION, statusCode="succeeded", result=result, logOutput=log_text(log))


def failed(error: PostroomError, log: Sequence[str] = ()) -> Envelope:
    """The answer of a call that an engine, or the check of the arguments, refused."""
    body = ErrorBody(str(error), type(error).__name__)
    return Envelope(
        error=body,
        statusVersion=SIMPLE_VERSION,
        statusCode=wire(error).status_code,
        logOutput=log_text(log),
    )


def refused(message: str, details: str) -> Envelope:
    """The body of an answer whose HTTP status says that no function was called."""
    return Envelope(error=ErrorBody(message, details), statusCode="failed")


def started(process: Process) -> Envelope:
    """The first answer of a long-running call: as it was at version 3, or failed if it is that already.

    The client asks for the rest with the version it got here, so nothing is lost by showing an early moment.
    """
    state, _ = process.seen(0)
    if state.status == "failed":
        return status(process, 0)
    # A version that was shown as running must not come again as the end.
    version = min(FIRST_VERSION, state.version - 1 if state.ended else state.version)
    log = process.log_since(0, until=version)
    return Envelope(
        token=process.token,
        statusVersion=version,
        statusCode="running",
        percentProgress=0,
        logOutput=log_text(log),
    )


def status(process: Process, known_version: int, *, null_token_at_end: bool = False) -> Envelope:
    """The process as it is now, with the log lines newer than `known_version`."""
    state, log = process.seen(known_version)
    return Envelope(
        error=_failure(state),
        token=None if null_token_at_end and state.ended else process.token,
        statusVersion=state.version,
        statusCode=state.status,
        percentProgress=state.percent,
        statusText=state.text,
        result=state.result,
        logOutput=log_text(log),
    )


def _failure(state: State) -> ErrorBody | None:
    return ErrorBody(state.failure.message, state.failure.kind) if state.failure else None


def log_text(lines: Sequence[str]) -> str | None:
    """Each line ended by CR LF; null when there is none."""
    return "".join(f"{line}\r\n" for line in lines) or None


def answer(
    content: object,
    *,
    byte_order_mark: bool,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """JSON with the headers of the original: not to be cached, expired a day ago."""
    body = (codecs.BOM_UTF8 if byte_order_mark else b"") + encode(content)
    expires = formatdate(time.time() - DAY_S, usegmt=True)
    caching = {"Cache-Control": NO_CACHE, "Pragma": "no-cache", "Expires": expires}
    return Response(body, status_code, {**caching, **(headers or {})}, "application/json")


def encode(content: object) -> bytes:
    """JSON in UTF-8. Half surrogates, which only broken mail has, become replacement characters."""
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:
        return msgspec.json.encode(_encodable(msgspec.to_builtins(content)))


def _encodable(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_encodable(key): _encodable(item) for key, item in value.items()}
        case list() | tuple():
            return [_encodable(item) for item in value]
        case _:
            return value


async def read_form(request: Request, most_bytes: int) -> list[tuple[str, str]]:
    """The fields of the body in their order.

    Raises HTTPException: 400 for what is no form in UTF-8, else as `read_body`.
    """
    body = await read_body(request, most_bytes)
    if not body:
        return []
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(400, f"The request body must be {FORM}.")
    return _fields(body) if len(body) <= AT_ONCE_BYTES else await asyncio.to_thread(_fields, body)


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise HTTPException(400, "The request body is not UTF-8.") from error
    except ValueError as error:
        raise HTTPException(400, f"The request body has more than {MOST_FIELDS} fields.") from error
