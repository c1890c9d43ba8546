"""Asking again: when a server is busy, and how long to wait before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from O365._flows.steps import Flow, Request, Wait
from O365._names import RETRIES_BACKOFF_FACTOR, RETRIES_STATUS_LIST

REFUSED_UNSEEN = frozenset({429, 503})
"""The server says that it did nothing: any verb may be repeated."""

REPEATABLE = frozenset({"get", "put", "delete", "head", "options"})
"""Verbs that may be repeated when nobody knows what the server did."""

LONGEST_WAIT_S = 3600.0
"""A server that wants to be left alone for longer gets its way: the answer goes to the caller."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to ask again, and the waits when the server names none: `backoff`, then twice as long each time."""

    retries: int = 3
    backoff_s: float = RETRIES_BACKOFF_FACTOR


def attempts(request: Request, policy: Policy) -> Flow[Any]:
    """The response to a request, asked for again while the server is busy; the last one when it stays busy."""
    start = _position(request)
    for number in range(policy.retries):
        response = yield request
        if not _worth(request, response, start):
            return response
        wait = _pause(response.headers, policy, number)
        if wait > LONGEST_WAIT_S:
            return response
        _close(response)
        yield Wait(wait)
        _rewind(request, start)
    response = yield request
    return response


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """The seconds that `Retry-After` names, as a number or a date; None when it names none."""
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # slow to load, and servers rather name seconds

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max((aware - now).total_seconds(), 0.0)


def _worth(request: Request, response: Any, start: int | None) -> bool:
    status = response.status_code
    if status not in RETRIES_STATUS_LIST or (start is None and _body(request) is not None):
        return False
    return status in REFUSED_UNSEEN or request.method.lower() in REPEATABLE


def _pause(headers: Mapping[str, str], policy: Policy, number: int) -> float:
    named = retry_after(headers, dt.datetime.now(dt.UTC))
    return policy.backoff_s * 2**number if named is None else named


def _body(request: Request) -> Any:
    return request.options.get("data")


def _position(request: Request) -> int | None:
    """Where the body begins; None for a body that can be sent only once."""
    body = _body(request)
    if body is None or isinstance(body, str | bytes | bytearray | memoryview | dict | list | tuple):
        return 0
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def _rewind(request: Request, start: int | None) -> None:
    body = _body(request)
    if hasattr(body, "seek"):
        body.seek(start)


def _close(response: Any) -> None:
    """Hand the connection back, also of a response that was to be streamed."""
    close = getattr(response, "close", None)
    if close is not None:
        close()
