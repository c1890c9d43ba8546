"""A call with the user's token: busy servers are asked again, a refused token is renewed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from O365._flows.retry import Policy, attempts
from O365._flows.steps import Flow, Renew, Request

UNAUTHORIZED, FORBIDDEN = 401, 403


def signed(request: Request, policy: Policy, token: Callable[[], str | None], expired: Callable[[], bool]) -> Flow[Any]:
    """The response to a request. `token` is the one that is sent, `expired` whether its time is over by our clock.

    A token may be refused before its time: it was revoked, or the server wants a newer one. A 403 may mean the same
    only of a token whose time is over; otherwise the user lacks a right, and another token would not help.
    """
    sent = token()
    response = yield from attempts(request, policy)
    refused = response.status_code == UNAUTHORIZED or (response.status_code == FORBIDDEN and expired())
    if refused and (yield Renew(sent)):
        response = yield from attempts(request, policy)
    return response


def unsigned(request: Request, policy: Policy) -> Flow[Any]:
    """The same without a token: upload URLs and monitors carry their own rights."""
    return attempts(request, policy)
