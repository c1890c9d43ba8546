"""An HTTP proxy that brings unchanged Microsoft clients here: `CONNECT graph.microsoft.com:443` leads to our listener.

It listens on loopback only: what comes through it comes from this machine, as far as the listener can see.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from cryptography import x509

from postroom.errors import Unavailable
from postroom.web.parts import Parts
from postroom.web.tls import MICROSOFT

logger = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
NAME: Final = "graph-proxy"
HEAD_BYTES: Final = 16 << 10
HEAD_S: Final = 10.0
PIECE_BYTES: Final = 64 << 10
MOST_TUNNELS: Final = 500
_CONNECT: Final = re.compile(rb"CONNECT ([A-Za-z0-9.-]{1,253}):([0-9]{1,5}) HTTP/1\.[01]\r\n")

Target = Callable[[], tuple[str, int]]


class Proxy:
    """Holds its port from the beginning on, answers between `start` and `stop`. `target` is asked for each tunnel."""

    def __init__(self, port: int, target: Target) -> None:
        """Raises Unavailable when the port is taken."""
        self._target, self._socket = target, _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self._tunnels: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=NAME)

    def start(self) -> None:
        """Returns when it answers."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close all tunnels and end the thread. May be called again, or without start."""
        if self._thread.is_alive() and self._loop and self._stopping:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accepted, sock=self._socket, limit=HEAD_BYTES)
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for tunnel in tuple(self._tunnels):
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tunnels.add(task)
        try:
            await self._tunnel(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            logger.info("A tunnel ended: %s", error or type(error).__name__)
        except asyncio.CancelledError:  # the server stops: nobody waits for this task to have been cancelled
            pass
        finally:
            self._tunnels.discard(task)
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_S)
        wanted = _CONNECT.match(head)
        name, port = (wanted[1].decode().lower().rstrip("."), int(wanted[2])) if wanted else ("", 0)
        if name not in MICROSOFT or port != 443 or len(self._tunnels) > MOST_TUNNELS:
            first = head.split(b"\r\n", 1)[0][:200].decode("ascii", "backslashreplace")
            logger.warning("The proxy refused: %s", first)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        there_reader, there = await asyncio.open_connection(*self._target())
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_copied(reader, there), _copied(there_reader, writer))
        finally:
            there.close()


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that comes, then the end of it; the other direction goes on."""
    while piece := await reader.read(PIECE_BYTES):
        writer.write(piece)
        await writer.drain()
    with suppress(OSError):  # the other side may have gone altogether
        writer.write_eof()


def mount(parts: Parts) -> None:
    """Let a proxy run with the server; the port of Graph is known when it starts."""
    settings, server = parts.settings, parts.server
    host = {"0.0.0.0": HOST, "::": "::1"}.get(settings.web.host, settings.web.host)  # noqa: S104  compared
    proxy = Proxy(settings.graph.proxy_port, lambda: (host, server.ports["graph"]))
    parts.undo.append(proxy.stop)
    server.on_ready.insert(0, proxy.start)
    server.on_drain.append(proxy.stop)
    server.ports[NAME] = proxy.port
    missing = set(MICROSOFT) - _names(parts.certificate.file.read_bytes())
    if missing:
        logger.warning("The certificate lacks names that the proxy brings here: %s.", ", ".join(sorted(missing)))


def _names(pem: bytes) -> set[str]:
    """The host names in a certificate."""
    try:
        found = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return set()
    return set(found.value.get_values_for_type(x509.DNSName))


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise Unavailable(
            f"The proxy of Graph cannot listen on {HOST} port {port}: {error.strerror}. "
            "Another program may use it; the setting graph.proxy_port chooses another."
        ) from error
