"""The policy server: a thread with an event loop for the connections, further ones for the database."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Sequence
from typing import Final

from postroom.accounts.enforce.request import Request
from postroom.errors import Unavailable
from postroom.faces.policy.batches import Batches, Checks, Outcome, Waiting
from postroom.faces.policy.connection import Connection
from postroom.faces.policy.figures import Counts, Figure, figures
from postroom.faces.policy.sparing import SparingLog
from postroom.faces.policy.wire import Malformed
from postroom.settings import Policy

logger = logging.getLogger(__name__)

BACKLOG: Final = 512
STOP_S: Final = 15.0
"""How long a stopping server waits for answers that are under way."""
TEND_S: Final = 0.5
SWITCH_S: Final = 0.0005
GO_ON: Final = "DUNNO"
DEFER: Final = "DEFER_IF_PERMIT Service unavailable"


class PolicyServer:
    """Listens from the beginning on, answers between `start` and `stop`. It can be started once."""

    def __init__(self, settings: Policy, checks: Checks) -> None:
        """Opens the socket. Raises Unavailable when the port is taken."""
        self.request_bytes, self.idle_timeout_s = settings.request_bytes, settings.idle_timeout_s
        self.counts = Counts()
        self._settings, self._checks = settings, checks
        self._socket = _listen(settings.host, settings.port)
        self.port: int = self._socket.getsockname()[1]
        self._log = SparingLog(logger)
        self._connections: set[Connection] = set()
        self._batches: Batches | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._gone: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="policy")

    def start(self) -> None:
        """Begin to answer; returns when it does."""
        # A thread that computes keeps the others of its process waiting for 5 ms otherwise: the time of an answer.
        sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Answer what is under way, close all connections, end the threads. May be called again, or without start."""
        if self._thread.is_alive() and self._loop and self._stopping:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._socket.close()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """For /metrics; the values may be asked for in any thread."""
        return figures(
            self.counts, lambda: len(self._connections), lambda: 0 if self._batches is None else len(self._batches)
        )

    # What a connection calls, in the loop

    def opened(self, connection: Connection) -> bool:
        if len(self._connections) >= self._settings.connections or (self._stopping and self._stopping.is_set()):
            self.counts.turned_away += 1
            self._log.warning("A connection was turned away: `policy.connections` are open.")
            return False
        self._connections.add(connection)
        return True

    def closed(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if not self._connections and self._gone:
            self._gone.set()

    def idle(self) -> None:
        self.counts.idle += 1

    def decide(self, request: Request, connection: Connection) -> None:
        if self._batches is not None:
            self._batches.submit(request, connection.decided)

    def action(self, outcome: Outcome) -> str:
        self.counts.answered += 1
        match outcome:
            case str():
                action = outcome
            case Malformed():
                self.counts.malformed += 1
                self._log.warning("A policy request could not be read.", reason=str(outcome))
                action = self._undecided
            case error:
                self.counts.failed += 1
                self._log.error("A policy request could not be decided.", error, answer=self._undecided)
                action = self._undecided
        self.counts.refused += action != GO_ON
        return action

    @property
    def _undecided(self) -> str:
        return GO_ON if self._settings.fail_open else DEFER

    # The threads

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopping, self._gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._batches = Batches(self._checks, self._deliver)
        server = await self._loop.create_server(lambda: Connection(self), sock=self._socket, backlog=BACKLOG)
        self._ready.set()
        tending = asyncio.create_task(self._tend())
        await self._stopping.wait()
        tending.cancel()
        server.close()
        await self._finish(self._gone)
        # In a thread: what they deliver meanwhile is delivered here.
        await asyncio.to_thread(self._batches.close)

    async def _tend(self) -> None:
        seen = 0
        while True:
            await asyncio.sleep(TEND_S)
            if self.counts.answered == seen:
                continue
            seen = self.counts.answered
            try:
                await asyncio.to_thread(self._checks.tend)
            except Exception as error:  # noqa: BLE001 - whatever it is, answers are given without it
                self._log.error("The checks could not be tended.", error)

    async def _finish(self, gone: asyncio.Event) -> None:
        gone.clear()
        for connection in tuple(self._connections):
            connection.finish()
        if self._connections:
            try:
                await asyncio.wait_for(gone.wait(), STOP_S)
            except TimeoutError:
                self._log.warning("Policy requests were not answered before the end.", open=len(self._connections))
        for connection in tuple(self._connections):
            connection.abort()

    def _deliver(self, decided: Sequence[tuple[Waiting, Outcome]]) -> None:
        """Called in a thread; connections belong to the loop."""
        if self._loop:
            self._loop.call_soon_threadsafe(_tell, decided)


def _tell(decided: Sequence[tuple[Waiting, Outcome]]) -> None:
    for waiting, outcome in decided:
        waiting.tell(outcome)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::")
    except OSError as error:
        raise Unavailable(
            f"The policy service cannot listen on {host} port {port}: {error.strerror}. "
            "Another program may use it; the settings policy.host and policy.port choose another."
        ) from error
    # Inherited by the connections: an answer must not wait for the client to acknowledge the one before.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened
