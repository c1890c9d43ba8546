"""Asking for the next page of a list while a program works on this one.

Only the exchange with the server is in the thread: what follows from the answer, as waiting for a busy server, another
token or an error, is for the moment when the page is wanted, and for the thread that wants it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from O365._flows.steps import Request, Step
from O365._prepared import prepared

if TYPE_CHECKING:
    from O365.connection import Connection

LEAST = 100
"""Shorter pages are asked for when they are wanted: a program may look at some items and stop."""


class Ahead:
    """The answer to one GET, which is on its way."""

    def __init__(self, con: Connection, url: str, headers: dict[str, str] | None) -> None:
        self.url = url
        self._con, self._headers = con, headers
        self._answer: Any = None
        self._failure: Exception | None = None
        request = prepared(con, url, "get", self._options(), signed=True)
        # A daemon: a program that ends does not wait for a page that it does not want.
        self._thread = threading.Thread(target=self._ask, args=(con._perform, request), name="o365-page", daemon=True)
        self._thread.start()

    def response(self) -> Any:
        """As `Connection.get` returns it, and with what that raises."""
        self._thread.join()
        return self._con._asked_signed(self.url, "get", self._options(), first=self._first)

    def _ask(self, perform: Callable[[Step], Any], request: Request) -> None:
        try:
            self._answer = perform(request)
        except Exception as error:  # noqa: BLE001 - raised where the page is wanted
            self._failure = error

    def _first(self) -> Any:
        if self._failure is not None:
            raise self._failure
        return self._answer

    def _options(self) -> dict[str, Any]:
        return {"params": None, **({"headers": self._headers} if self._headers else {})}


def exchanges(con: Any) -> int | None:
    """How many requests a connection has made; None for one that is not to be asked ahead.

    That is one that keeps a delay between requests, one whose token is over, and what programs made themselves:
    requests go their way then, as they are wanted.
    """
    if not vars(type(con)).get("_asks_ahead") or con.requests_delay or {"get", "oauth_request"} & vars(con).keys():
        return None
    return None if con._bearer() is None or con._token_is_over() else con._exchanges
