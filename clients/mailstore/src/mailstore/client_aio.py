"""The async clients' engine: the same conversations as the sync one, awaited."""

# ruff: noqa: N802, N803  # names are the API's
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from mailstore import flows
from mailstore.contract import Function
from mailstore.contract.shapes import Status
from mailstore.core import Core
from mailstore.errors import MailStoreConnectionError

T = TypeVar("T")


class AsyncClient(Core):
    """Calls are awaited. One client may serve several tasks. `callbackStatus` is a plain function."""

    def __init__(self, *arguments: Any, transport: httpx2.AsyncBaseTransport | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turn = asyncio.Lock()
        self._http = httpx2.AsyncClient(transport=transport, **self._transport_options())

    async def __aenter__(self) -> Self:
        if self._session is not None:
            try:
                await self._run_session(self._session.begin())
            except BaseException:
                await self.close()  # the block is not entered, so nobody else would
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Sign out where that is done, and close connections and log file."""
        if self._session is not None:
            # The error is in the log; the session ends by itself, and what the caller did must not fail for it.
            with suppress(MailStoreConnectionError):
                await self._run_session(self._session.logout())
        await self._http.aclose()
        self._close_log()

    Logout = close

    async def CallMethod(
        self, methodname: str, arguments: Mapping[str, object] | None = None, autoHandleToken: bool | None = None
    ) -> Status:
        """Call any function with arguments by name; None is left out."""
        return await self._run(self._flow(methodname, arguments or {}, autoHandleToken))

    async def GetStatus(self, status: flows.Process, waitTime: int | None = None) -> Status:
        """The status of a process once it is newer than the given one, or after `waitTime` milliseconds."""
        return await self._run(self._dialect.poll(status, self._wait(waitTime)))

    async def HandleToken(self, status: flows.Process, waitTime: int | None = None) -> Status:
        """Wait until a process has ended: its last status, with the whole log."""
        return await self._run(self._follow(status, waitTime))

    def HandleTokenIter(self, status: flows.Process, waitTime: int | None = None) -> AsyncIterator[Status]:
        """Each status of a process as received, the given one first, until it has ended."""
        return self._statuses(flows.Steps(status, self._wait(waitTime), self._dialect))

    async def _statuses(self, steps: flows.Steps) -> AsyncIterator[Status]:
        if steps.first is not None:
            yield steps.first
        while steps.running:
            yield await self._run(steps.next())

    async def CancelAsync(self, status: flows.Process) -> Status:
        """Ask a process to stop. It ends a little later, as `cancelled`."""
        return await self._run(self._dialect.cancel(status))

    async def GetMetadata(self) -> list[dict[str, Any]]:
        """The functions that the server has, with their arguments."""
        functions = await self._run(self._dialect.metadata())
        self._keep_metadata(functions)
        return functions

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Status]]:
        """A function that is newer than this library; whether the server has it shows when it is awaited."""
        if not name[:1].isupper():
            raise AttributeError(f"this client has no {name!r}")

        async def call(*values: object, autoHandleToken: bool | None = None, **arguments: object) -> Status:
            if (function := (await self._known()).get(name)) is None:
                raise AttributeError(f"neither this client nor the server has {name!r}")
            return await self._run(
                self._flow(name, self._named(function, values, arguments), autoHandleToken, function)
            )

        call.__name__ = name
        return call

    async def _known(self) -> Mapping[str, Function]:
        if self._metadata is not None:
            return self._metadata
        return self._keep_metadata(await self._run(self._dialect.metadata()))

    async def _call(self, name: str, arguments: Mapping[str, object], autoHandleToken: bool | None) -> Status:
        return await self._run(self._flow(name, arguments, autoHandleToken))

    async def _run(self, flow: flows.Flow[T]) -> T:
        return await flows.run_async(flow, self._send)

    async def _run_session(self, flow: flows.Flow[T]) -> T:
        """One request of a session at a time: each takes the token that the one before brought."""
        async with self._turn:
            return await flows.run_async(flow, self._post)

    async def _send(self, request: flows.Request) -> flows.Response:
        if self._session is None:
            return await self._post(request)
        return await self._run_session(self._session.exchange(request))

    async def _post(self, request: flows.Request) -> flows.Response:
        if request.pause_ms:
            await asyncio.sleep(request.pause_ms / 1000)
        try:
            return self._received(await self._http.post(request.path, **self._parts(request)))
        except httpx2.TransportError as error:
            raise self._broken(error) from error
