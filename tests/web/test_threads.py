"""Calls in threads: their results, their context, how many at once, and what closing does to them."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest

from postroom.web.threads import Threads

LONG_S = 60.0
WHO: ContextVar[str] = ContextVar("who")


class Gate:
    """Calls that wait until it is opened, and how many are inside."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside, self.most = 0, 0
        self._lock = threading.Lock()

    def call(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.open.wait(LONG_S)
        with self._lock:
            self.inside -= 1


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_S):
        while not true():
            await asyncio.sleep(0.001)


def run(test: Callable[[Threads], Coroutine[Any, Any, None]], most: int = 4) -> None:
    async def whole() -> None:
        threads = Threads(most)
        try:
            await test(threads)
        finally:
            await asyncio.to_thread(threads.close)

    asyncio.run(whole())


def test_a_call_answers_what_the_function_returns_from_another_thread() -> None:
    async def test(threads: Threads) -> None:
        assert await threads.run(threading.get_ident) != threading.get_ident()

    run(test)


def test_a_call_raises_what_the_function_raises() -> None:
    def fails() -> None:
        raise KeyError("x")

    async def test(threads: Threads) -> None:
        for _ in range(2):
            with pytest.raises(KeyError):
                await threads.run(fails)
        assert await threads.run(lambda: 1) == 1

    run(test, most=1)


def test_a_function_sees_the_context_of_its_caller_and_changes_its_own() -> None:
    def look() -> str:
        seen = WHO.get()
        WHO.set("somebody else")
        return seen

    async def ask(threads: Threads, name: str) -> str:
        WHO.set(name)
        seen = await threads.run(look)
        assert WHO.get() == name
        return seen

    async def test(threads: Threads) -> None:
        names = [str(number) for number in range(50)]
        assert await asyncio.gather(*(ask(threads, name) for name in names)) == names

    run(test)


def test_so_many_run_at_once_and_the_others_after_them() -> None:
    async def test(threads: Threads) -> None:
        gate = Gate()
        calls = [asyncio.ensure_future(threads.run(gate.call)) for _ in range(7)]
        await until(lambda: gate.inside == 3)
        gate.open.set()
        await asyncio.gather(*calls)
        assert gate.most == 3

    run(test, most=3)


def test_calls_one_after_the_other_share_a_thread() -> None:
    async def test(threads: Threads) -> None:
        assert len({await threads.run(threading.get_ident) for _ in range(20)}) == 1

    run(test)


def test_a_caller_who_went_away_does_not_break_the_thread() -> None:
    async def test(threads: Threads) -> None:
        gate, ran = Gate(), []
        gone = asyncio.ensure_future(threads.run(gate.call))
        waiting = asyncio.ensure_future(threads.run(lambda: ran.append(1)))
        await until(lambda: gate.inside == 1)
        gone.cancel()
        waiting.cancel()
        await asyncio.wait([gone, waiting])
        gate.open.set()
        assert await threads.run(lambda: 2) == 2
        assert ran == []  # nobody waits for it any more

    run(test, most=1)


def test_closing_waits_for_what_runs_and_drops_the_rest() -> None:
    async def test(threads: Threads) -> None:
        gate = Gate()
        running = asyncio.ensure_future(threads.run(gate.call))
        await until(lambda: gate.inside == 1)
        waiting = asyncio.ensure_future(threads.run(lambda: 1))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(asyncio.to_thread(threads.close))
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        assert not closing.done()
        gate.open.set()
        await asyncio.gather(running, closing)
        with pytest.raises(RuntimeError, match="closed"):
            await threads.run(lambda: 1)

    run(test, most=1)


def test_closing_without_a_call_and_twice_is_no_error() -> None:
    threads = Threads(2)
    threads.close()
    threads.close()


def test_an_event_loop_that_ended_first_holds_up_nothing() -> None:
    gate, threads = Gate(), Threads(1)

    async def leave() -> None:
        asyncio.ensure_future(threads.run(gate.call)).add_done_callback(lambda _: None)
        await until(lambda: gate.inside == 1)

    asyncio.run(leave())
    with ThreadPoolExecutor(1) as other:
        closed = other.submit(threads.close)
        gate.open.set()
        closed.result(LONG_S)


def test_an_idle_thread_holds_nothing_of_its_last_call() -> None:
    class Large:
        pass

    async def test(threads: Threads) -> None:
        large = Large()
        seen = weakref.ref(large)
        await threads.run(partial(id, large))
        del large
        gc.collect()
        await until(lambda: seen() is None)

    run(test)
