"""One connection of Postfix: requests in, answers out, one at a time and in order."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from postroom.accounts.enforce.request import Request
from postroom.faces.policy.batches import Outcome
from postroom.faces.policy.wire import Malformed, Splitter, answer, attributes


class Owner(Protocol):
    """What a connection needs of its server. All is called in the loop."""

    request_bytes: int
    idle_timeout_s: float

    def opened(self, connection: Connection) -> bool:
        """False when there are too many."""

    def closed(self, connection: Connection) -> None: ...

    def idle(self) -> None: ...

    def decide(self, request: Request, connection: Connection) -> None:
        """Call `connection.decided` later."""

    def action(self, outcome: Outcome) -> str:
        """What Postfix is told; counts and logs."""


class Connection(asyncio.Protocol):
    """Reads on only when the last answer is written, so that a client cannot make the server hold much."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._splitter = Splitter(owner.request_bytes)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_since = self._loop.time()
        self._busy = self._full = self._last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._owner.opened(self):
            self._transport.abort()
            return
        self._watch(self._owner.idle_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        if self._timer:
            self._timer.cancel()
        self._owner.closed(self)

    def data_received(self, data: bytes) -> None:
        self._splitter.feed(data)
        if self._busy or self._full:
            self._reading(on=False)
        else:
            self._go_on()

    def eof_received(self) -> bool:
        """Whoever closes only their sending half still gets the answer that they wait for."""
        self._last = True
        return self._busy or self._full

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        if not self._busy:
            self._go_on()

    def decided(self, outcome: Outcome) -> None:
        """Send the answer to the request that was under way, and take the next."""
        self._busy = False
        if self._transport is None:
            return
        self._send(outcome)
        self._go_on()

    def finish(self) -> None:
        """Close when the request that is under way is answered; what came after it is not taken any more."""
        self._last = True
        self._splitter = Splitter(self._owner.request_bytes)
        if not self._busy:
            self._close()

    def abort(self) -> None:
        """Close without waiting for anything."""
        if self._transport:
            self._transport.abort()

    def _go_on(self) -> None:
        """Answer what cannot be asked, and ask the first request that can."""
        while self._transport and not self._transport.is_closing() and not self._full:
            try:
                whole = self._splitter.next()
            except Malformed as error:
                # Nobody knows where the next request would begin.
                self._send(error)
                self._close()
                return
            if whole is None:
                self._wait()
                return
            if self._ask(whole):
                return

    def _ask(self, whole: bytes) -> bool:
        try:
            request = Request.of(attributes(whole))
        except Malformed as error:
            self._send(error)
            return False
        self._busy = True
        self._owner.decide(request, self)
        return True

    def _wait(self) -> None:
        if self._last:
            self._close()
        else:
            self._reading(on=True)

    def _send(self, outcome: Outcome) -> None:
        if self._transport:
            self._transport.write(answer(self._owner.action(outcome)))
        self._quiet_since = self._loop.time()

    def _reading(self, *, on: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        # Both may be called again without harm.
        (self._transport.resume_reading if on else self._transport.pause_reading)()

    def _close(self) -> None:
        if self._transport:
            self._transport.close()

    def _watch(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """Close when no request was completed for so long: half a request does not keep a connection open."""
        left = self._quiet_since + self._owner.idle_timeout_s - self._loop.time()
        if self._busy or left > 0:
            self._watch(max(left, 1.0))
            return
        self._owner.idle()
        self.abort()
