"""The connection of the async client: the plain one, whose requests and waits are awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from requests.utils import select_proxy

from O365._flows.steps import Flow, Renew, Request, Step, Wait, run_async
from O365._prepared import prepared
from O365.aio._bridge import spawn, wait_for
from O365.aio._transport import client_for, exchange
from O365.connection import Connection, log

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 4
"""How many things `each` does at the same time: Exchange answers as many requests of a program to one mailbox."""


class AwaitingConnection(Connection):
    """Its methods wait inside coroutines that were spawned. Signing in, which msal does, is in a thread; of sessions
    only the token is used.
    """

    _asks_ahead = True
    at_once = AT_ONCE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Any, httpx2.AsyncClient]]
        self._clients = WeakKeyDictionary()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def aclose(self) -> None:
        """Close what is open in this event loop."""
        loop = asyncio.get_running_loop()
        mine = [task for task in self._tasks if task.get_loop() is loop]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        for client in self._clients.pop(loop, {}).values():
            await client.aclose()

    # Signing in.

    def get_authorization_url(self, *args: Any, **kwargs: Any) -> Any:
        return self._threaded(partial(super().get_authorization_url, *args, **kwargs))

    def request_token(self, *args: Any, **kwargs: Any) -> bool:
        return self._threaded(partial(super().request_token, *args, **kwargs))

    def refresh_token(self) -> bool:
        return super().refresh_token() if _is_thread() else self._threaded(super().refresh_token)

    def _sign_on(self) -> None:
        if self.session is None or self._bearer() is None or self._token_is_over():
            self._threaded(super()._sign_on)

    @staticmethod
    def _threaded(function: Callable[[], T]) -> T:
        return wait_for(asyncio.to_thread(function))

    # Requests.

    def _driven(self, flow: Flow[T], first: Callable[[], Any] | None = None) -> T:
        perform = self._performed if first is None else _with_first(first, self._performed)
        return wait_for(run_async(flow, perform))

    async def _performed(self, step: Step) -> Any:
        if isinstance(step, Wait):
            log.info("The server is busy; waiting %.1f s", step.seconds)
            return await asyncio.sleep(step.seconds)
        if isinstance(step, Renew):
            return await asyncio.to_thread(self._renew, step.refused)
        return await self._exchanged(step)

    async def _exchanged(self, step: Request) -> Any:
        if delay := self._due():
            await asyncio.sleep(delay)
        self._exchanges += 1
        try:
            response = await exchange(self._client(step), self._with_token(step), self.request_retries)
        except OSError as error:
            log.debug("No answer to %s %s: %s", step.method, step.url, error)
            raise
        log.debug("%s %s: %d", step.method, response.url, response.status_code)
        return response

    def _with_token(self, step: Request) -> Request:
        token = self._bearer() if step.signed else None
        if token is None:
            return step
        headers = {**(step.options.get("headers") or {})}
        headers.setdefault("Authorization", f"Bearer {token}")
        return Request(step.method, step.url, {**step.options, "headers": headers}, step.signed)

    def _client(self, step: Request) -> httpx2.AsyncClient:
        """A client of the running loop, for the certificates and the proxy that a plain request would use."""
        session = self.session if step.signed else self.naive_session
        assert session is not None
        given = step.options
        found = session.merge_environment_settings(
            step.url, given.get("proxies") or {}, None, given.get("verify"), None
        )
        verify: Any = found["verify"]
        key = (verify, select_proxy(step.url, found["proxies"]))
        mine = self._clients.setdefault(asyncio.get_running_loop(), {})
        if key not in mine:
            mine[key] = client_for(*key, self.request_retries)
        return mine[key]

    # What `_doing` and pages ask for.

    @staticmethod
    def _sleep(seconds: float) -> None:
        wait_for(asyncio.sleep(seconds))

    def _each(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        return wait_for(together([partial(spawn, function, item) for item in items], at_once=self.at_once))

    def _begun(self, url: str, headers: dict[str, str] | None) -> AwaitedAhead:
        return AwaitedAhead(self, url, headers)

    def _task(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_looked_at)
        return task


class AwaitedAhead:
    """The answer to one GET, which is on its way in a task."""

    def __init__(self, con: AwaitingConnection, url: str, headers: dict[str, str] | None) -> None:
        self.url = url
        self._con = con
        self._options: dict[str, Any] = {"params": None, **({"headers": headers} if headers else {})}
        self._task = con._task(con._exchanged(prepared(con, url, "get", dict(self._options), signed=True)))

    def response(self) -> Any:
        """As `Connection.get` returns it, and with what that raises."""
        first: Any = lambda: self._task  # noqa: E731 - awaited where the plain one has an answer
        return self._con._asked_signed(self.url, "get", dict(self._options), first=first)


async def together(jobs: Iterable[Callable[[], Awaitable[T]]], *, at_once: int = AT_ONCE) -> list[T]:
    """What the jobs give, in their order; so many are done at the same time. The first failure ends all and is raised.

    A job is a function that makes an awaitable: `partial(message.delete)`.
    """
    room = asyncio.Semaphore(at_once)

    async def done(job: Callable[[], Awaitable[T]]) -> T:
        async with room:
            return await job()

    tasks = [asyncio.create_task(done(job)) for job in jobs]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _with_first(
    first: Callable[[], Any], perform: Callable[[Step], Awaitable[Any]]
) -> Callable[[Step], Awaitable[Any]]:
    there = [first]

    def performed(step: Step) -> Awaitable[Any]:
        return cast("Awaitable[Any]", there.pop()()) if there and isinstance(step, Request) else perform(step)

    return performed


def _is_thread() -> bool:
    """Whether this is a thread of its own, where waiting disturbs nobody."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return False


def _looked_at(task: asyncio.Task[Any]) -> None:
    """A page that nobody wanted any more may have failed."""
    if not task.cancelled():
        task.exception()
