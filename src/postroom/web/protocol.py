"""uvicorn's HTTP/1.1 connection, with a limit on the time in which a request must arrive."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]

CLOSING_S = 0.5
"""How long a stopping server waits for an idle client to say goodbye."""


class TimedProtocol(H11Protocol):
    """Closes a connection whose request is not complete `request_timeout_s` after it began, or whose client takes
    nothing of the answer for so long.

    uvicorn bounds only the pause between two requests; without this a client that sends a byte now and then, or
    never reads, holds a connection for ever.
    """

    request_timeout_s = 30.0
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    @classmethod
    def within(cls, request_timeout_s: float) -> type[TimedProtocol]:
        """The class with another limit: uvicorn takes a class and makes the objects."""
        return type(cls.__name__, (cls,), {"request_timeout_s": request_timeout_s})

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        self._arm()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.more_body:
            self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._moves()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        # Some tens of KiB wait in the transport: whoever reads at all has taken them by then.
        self._moves()
        self._stalled = self.loop.call_later(self.request_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        self._moves()
        super().resume_writing()

    def _moves(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.is_closing():
            # A TLS connection closes when the client closes it too, and one that idles does not read.
            self.loop.call_later(CLOSING_S, self.transport.abort)

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_timeout_s, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self.transport.is_closing():
            response = h11.Response(status_code=408, headers=_HEADERS, reason=b"Request Timeout")
            for event in (response, h11.Data(data=b"The request took too long."), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event))
        self.transport.close()
