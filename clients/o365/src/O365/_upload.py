"""Sending a file in pieces through an upload session: a flow without I/O that goes on after an interruption."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import unquote

from O365._flows.steps import Flow, Request, Wait
from O365._transfers import Content, Progress, Source

log = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often a piece is tried before the upload is given up."""
TRANSIENT = frozenset({408, 409, 416, 429, 500, 502, 503, 504})
"""After these it helps to ask what the service has, and to go on there."""
_ID = re.compile(r"attachments\('([^']+)'\)|attachments/([^/?]+)", re.IGNORECASE)


def attachment_id(response: Any) -> str:
    """The id at the end of the Location that an upload ends with; "" when there is none."""
    place = (getattr(response, "headers", None) or {}).get("Location") or ""
    found = _ID.search(unquote(place))
    return (found[1] or found[2]) if found else ""


def upload(
    url: str, content: bytes | Source, chunk_size: int, progress: Progress | None = None, start: int = 0
) -> Flow[Any]:
    """Put `content` piece by piece, from `start`; the last response. After a failure it goes on with what is missing.

    Raises the failure when that does not help; a refusal that does not raise is the result.
    """
    source = Content(content) if isinstance(content, bytes) else content
    failures = 0
    failure: Exception | None
    while True:
        piece = _piece(url, source, start, chunk_size)
        try:
            response = yield piece
            failure = None if response else _Refused(response)
        except OSError as error:  # what requests raises
            failure = error
        if failure is None:
            reached = _reached(response, start, source, chunk_size)
            if progress is not None:
                progress(source.size if reached is None else reached, source.size)
            if reached is None:
                return response
            failures = 0 if reached > start else failures + 1
            start = reached
        else:
            failures += 1
            if not _passing(failure) or failures >= ATTEMPTS:
                return _given_up(failure)
            log.info("The upload was interrupted at byte %d: %s", start, failure)
            yield Wait(2.0 ** (failures - 2) if failures > 1 else 0.0)
            start, state = yield from missing(url, start)
            if start >= source.size:
                return state  # only the last answer was lost
        if failures >= ATTEMPTS:
            raise OSError(f"The upload does not get beyond byte {start} of {source.size}.")


class _Refused(Exception):
    """A response that is an error, of a connection that does not raise."""

    def __init__(self, response: Any) -> None:
        super().__init__(f"HTTP {getattr(response, 'status_code', '')}")
        self.response = response


def _piece(url: str, source: Source, start: int, size: int) -> Request:
    piece = source.part(start, size)
    headers = {
        "Content-type": "application/octet-stream",
        "Content-Length": str(len(piece)),
        "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{source.size}",
    }
    return Request("put", url, {"data": piece, "headers": headers}, signed=False)


def _reached(response: Any, start: int, source: Source, size: int) -> int | None:
    """Where to go on; None at the end."""
    if response.status_code == 201:
        return None
    expected = _expected(response)
    if expected is not None:
        return expected
    after = start + size
    return after if after < source.size else None


def missing(url: str, start: int) -> Flow[tuple[int, Any]]:
    """The first byte that the service lacks, and its answer; the same place when it does not tell."""
    try:
        response = yield Request("get", url, signed=False)
    except OSError:
        return start, None
    expected = _expected(response) if response else None
    return (start if expected is None else expected), response


def _expected(response: Any) -> int | None:
    """`nextExpectedRanges` is ["2097152"] or ["26-"]."""
    try:
        told = response.json()
    except ValueError:
        return None
    ranges = told.get("nextExpectedRanges") or told.get("NextExpectedRanges") if isinstance(told, dict) else None
    return int(str(ranges[0]).partition("-")[0]) if ranges else None


def _passing(failure: Exception) -> bool:
    """Whether a failure may pass: no connection, or a server with other things to do."""
    response = getattr(failure, "response", None)
    return response is None or response.status_code in TRANSIENT


def _given_up(failure: Exception) -> Any:
    if isinstance(failure, _Refused):
        return failure.response
    raise failure
