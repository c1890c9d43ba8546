"""The sync client: a pool of connections that drives the flows."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from iredadmin import flows
from iredadmin._methods import Resources
from iredadmin.core import Core

T = TypeVar("T")


class Client(Core, Resources):
    """One server, one admin. It signs in with the first call, and anew when the session has ended.

    `base_url`: `https://host/iredadmin`, with or without `/api` and slashes at the end. With a bare `https://host` the
    API is looked for under `/iredadmin/api`, then under `/api`.
    `ca_file`: authority that signed the server's certificate; `verify`: False accepts any, or an SSL context of your
    own. `timeout`: seconds to wait for an answer; None = as long as it takes. `transport`: an httpx2 transport, for
    proxies and tests.
    Postroom only: `token`, a bearer token in place of name and password; `strict`: ask for real HTTP codes (True), or
    for 200 with every answer (False); the client reads both.

    Calls block until their answer is there. One client may serve several threads. A call that failed raises a
    CallFailed; see `iredadmin.errors`.
    """

    def __init__(
        self,
        base_url: str,
        username: str = "",
        password: str = "",
        *,
        ca_file: str | os.PathLike[str] | None = None,
        verify: bool | ssl.SSLContext = True,
        timeout: float | None = 30.0,
        token: str | None = None,
        strict: bool | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        Core.__init__(
            self, base_url, username, password, ca_file=ca_file, verify=verify, timeout=timeout, token=token,
            strict=strict,
        )  # fmt: skip
        Resources.__init__(self)
        self._http = httpx2.Client(transport=transport, **self._transport_options())
        self._signing_in = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The session ends by itself; `logout` ends it at once where the server can."""
        self._http.close()

    def login(self) -> None:
        """Sign in now; raises InvalidCredentials. Without it the first call does."""
        self._run(flows.ready(self._session))

    def logout(self) -> bool:
        """End the session; whether the server knows how to (Postroom does). The next call signs in again."""
        return self._run(flows.sign_out(self._session))

    def call(self, method: str, path: str, /, **form: object) -> dict[str, Any]:
        """Any call, by its path below `/api` and the parameters' names on the wire: the whole answer.

        True and False are sent as yes and no, iterables joined by commas; None is left out.
        """
        return self._run(flows.invoke_any(self._session, method, path, form))

    def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any:
        return self._run(flows.invoke(self._session, key, places, arguments))

    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> Iterator[Any]:
        return self._paged(flows.Pages(self._session, key, places, arguments, page_size))

    def _paged(self, pages: flows.Pages) -> Iterator[Any]:
        while pages.more:
            yield from self._run(pages.next())

    def _run(self, flow: flows.Flow[T]) -> T:
        return flows.run(flow, self._send, self._sign_in)

    def _sign_in(self, seen: int) -> None:
        with self._signing_in:
            if not self._settled(seen):
                with self._attempt():
                    self._run(flows.sign_in(self._session))

    def _send(self, request: flows.Request) -> flows.Response:
        try:
            return self._received(self._http.request(**self._parts(request)))
        except httpx2.RequestError as error:
            raise self._broken(error) from error
