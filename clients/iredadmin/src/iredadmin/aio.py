"""The async client: the same conversations as the sync one, awaited. Use it with `async with`, or await `close()`."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from iredadmin import flows
from iredadmin._methods_aio import Resources
from iredadmin.core import Core

T = TypeVar("T")


class Client(Core, Resources):
    """The async client; arguments as for `iredadmin.Client`. One client may serve several tasks."""

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
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        Core.__init__(
            self, base_url, username, password, ca_file=ca_file, verify=verify, timeout=timeout, token=token,
            strict=strict,
        )  # fmt: skip
        Resources.__init__(self)
        self._http = httpx2.AsyncClient(transport=transport, **self._transport_options())
        self._signing_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections. The session ends by itself; `logout` ends it at once where the server can."""
        await self._http.aclose()

    async def login(self) -> None:
        """Sign in now; raises InvalidCredentials. Without it the first call does."""
        await self._run(flows.ready(self._session))

    async def logout(self) -> bool:
        """End the session; whether the server knows how to (Postroom does). The next call signs in again."""
        return await self._run(flows.sign_out(self._session))

    async def call(self, method: str, path: str, /, **form: object) -> dict[str, Any]:
        """Any call, by its path below `/api` and the parameters' names on the wire: the whole answer.

        True and False are sent as yes and no, iterables joined by commas; None is left out.
        """
        return await self._run(flows.invoke_any(self._session, method, path, form))

    async def _call(self, key: str, places: tuple[object, ...], arguments: Mapping[str, object]) -> Any:
        return await self._run(flows.invoke(self._session, key, places, arguments))

    def _rows(
        self, key: str, places: tuple[object, ...], arguments: Mapping[str, object], page_size: int
    ) -> AsyncIterator[Any]:
        return self._paged(flows.Pages(self._session, key, places, arguments, page_size))

    async def _paged(self, pages: flows.Pages) -> AsyncIterator[Any]:
        while pages.more:
            for row in await self._run(pages.next()):
                yield row

    async def _run(self, flow: flows.Flow[T]) -> T:
        return await flows.run_async(flow, self._send, self._sign_in)

    async def _sign_in(self, seen: int) -> None:
        async with self._signing_in:
            if not self._settled(seen):
                with self._attempt():
                    await self._run(flows.sign_in(self._session))

    async def _send(self, request: flows.Request) -> flows.Response:
        try:
            return self._received(await self._http.request(**self._parts(request)))
        except httpx2.RequestError as error:
            raise self._broken(error) from error
