"""uvicorn's HTTP/1.1 connection on httptools, with limits on the time and the size of a request.

httptools reads requests as strictly as llhttp does: an answer 400 for two lengths, for spaces and line ends where none
may be, for names and values that are none. What it leaves to the server is here.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CLOSING_S = 0.5
"""How long a stopping server waits for an idle client to say goodbye."""
MOST_WAITING: Final = 100
"""Requests that a client may send before it has the answer of the first; each of them costs memory."""


class _Refused(Exception):
    """This is no request; the parser ends, and the answer is 400."""


class TimedProtocol(HttpToolsProtocol):
    """Closes a connection whose request is not complete `request_timeout_s` after it began, or whose client takes
    nothing of the answer for so long. Refuses a request whose head has more than `header_bytes`.

    uvicorn bounds only the pause between two requests; without this a client that sends a byte now and then, or
    never reads, holds a connection for ever.
    """

    request_timeout_s = 30.0
    header_bytes = 64 << 10
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _in_head = True
    _overhead_bytes = 0
    """What arrived since a head, a piece of a body or a request was complete."""

    @classmethod
    def within(cls, request_timeout_s: float, header_bytes: int) -> type[TimedProtocol]:
        """The class with other limits: uvicorn takes a class and makes the objects."""
        return type(cls.__name__, (cls,), {"request_timeout_s": request_timeout_s, "header_bytes": header_bytes})

    # Called by the event loop

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        self._arm()
        self._overhead_bytes += len(data)
        super().data_received(data)
        # A head that does not end, but also chunks that say much and bring nothing.
        if self._overhead_bytes > self.header_bytes and not self.transport.is_closing():
            self.send_400_response("The request has too much beside its body.")

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

    # Called by the parser

    def on_message_begin(self) -> None:
        self._arm()
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # Those behind a body in chunks are dropped: the head, which was checked, does not change any more.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._overhead_bytes = False, 0
        self._check_head()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._overhead_bytes = 0
        self._disarm()
        super().on_message_complete()

    def _check_head(self) -> None:
        version, names = self.parser.get_http_version(), [name for name, _ in self.headers]
        size_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        # RFC 9112 2.3; 3.2: one host, which HTTP/1.0 may leave out; 6.1: no chunks before HTTP/1.1.
        wrong = (
            version not in ("1.0", "1.1")
            or names.count(b"host") > 1
            or (version == "1.1" and b"host" not in names)
            or (version == "1.0" and b"transfer-encoding" in names)
        )
        if wrong or size_bytes > self.header_bytes or len(self.pipeline) >= MOST_WAITING:
            raise _Refused

    # Called by uvicorn

    def shutdown(self) -> None:
        super().shutdown()
        if self.transport.is_closing():
            # A TLS connection closes when the client closes it too, and one that idles does not read.
            self.loop.call_later(CLOSING_S, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        self._refuse("400 Bad Request", msg)

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self._refuse("408 Request Timeout", "The request took too long.")

    def _refuse(self, status: str, sentence: str) -> None:
        """Answer what cannot be read, and read no more; a request before it gets its own answer first."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            cycle.keep_alive = False
            self.flow.pause_reading()
            return
        unanswered = cycle is None or cycle.response_complete or not (cycle.response_started or self.pipeline)
        if unanswered:
            head = f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            self.transport.write(f"{head}content-length: {len(sentence)}\r\n\r\n{sentence}".encode())
        self.transport.close()

    def _moves(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.request_timeout_s, self._give_up)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
