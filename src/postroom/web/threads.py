"""The threads in which quick calls run, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Call:
    function: Callable[[], Any]
    context: contextvars.Context
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Threads:
    """At most `most` calls of one event loop at once; others wait their turn.

    An executor of the standard library does the same with two futures and several locks for each call, which is as much
    work as a short call itself.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._running = 0
        """Calls that have not ended; only the event loop counts."""
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, function: Callable[[], T]) -> T:
        """What the function returns or raises; it sees the context (request id) of the caller."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if self._closed:
                raise RuntimeError("The threads are closed.")
            self._running += 1
            if len(self._threads) < min(self._running, self._most):
                self._start()
            self._calls.put(_Call(function, contextvars.copy_context(), loop, future))
        return await future

    def close(self) -> None:
        """Wait for what runs; what has not begun is dropped."""
        with self._lock:
            self._closed = True
            while not self._calls.empty():
                if call := self._calls.get():
                    self._tell(call, _drop, None)
            for _ in self._threads:
                self._calls.put(None)
        for thread in self._threads:
            thread.join()

    def _start(self) -> None:
        # A daemon: where `close` is forgotten, an idle thread must not keep the process from ending.
        thread = threading.Thread(target=self._work, name=f"call_{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while call := self._calls.get():
            if not call.future.cancelled():
                self._run(call)
            else:
                self._tell(call, _drop, None)
            del call  # an idle thread holds nothing of its last call

    def _run(self, call: _Call) -> None:
        try:
            result = call.context.run(call.function)
        except BaseException as error:  # noqa: BLE001 - raised again where the call was made
            self._tell(call, asyncio.Future.set_exception, error)
        else:
            self._tell(call, asyncio.Future.set_result, result)

    def _tell(self, call: _Call, how: Callable[[asyncio.Future[Any], Any], object], what: object) -> None:
        # A loop that has ended has nobody left who waits.
        with suppress(RuntimeError):
            call.loop.call_soon_threadsafe(self._over, call.future, how, what)

    def _over(
        self, future: asyncio.Future[Any], how: Callable[[asyncio.Future[Any], Any], object], what: object
    ) -> None:
        self._running -= 1
        if not future.done():  # whoever waited may have gone
            how(future, what)


def _drop(future: asyncio.Future[Any], _nothing: object) -> None:
    future.cancel()
