"""The listeners of LMTP and SMTP: a thread with an event loop for the connections, further ones for store and
directory."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import stat
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from postroom.errors import Unavailable
from postroom.faces.smtp.figures import Tally
from postroom.faces.smtp.receiver import LmtpReceiver, Post, Receiver, SmtpReceiver
from postroom.faces.smtp.wire import Busy, LmtpConnection, SmtpConnection
from postroom.settings import Journal, Smtp
from postroom.workspace.people import People

logger = logging.getLogger(__name__)

BACKLOG: Final = 128
THREADS: Final = 4
STOP_S: Final = 15.0
"""How long a stopping server waits for messages that are under way."""
ACCEPT_STEPS: Final = 5
"""How often the loop goes round until a connection that was accepted is known to us; with room to spare."""
SOCKET_MODE: Final = 0o660
IDENT: Final = "Postroom"


@dataclass(frozen=True, slots=True)
class Door:
    """How one listener speaks: the protocol, with further options of its own, and the handler of aiosmtpd."""

    kind: type[SmtpConnection]
    receiver: object
    options: Mapping[str, Any] = field(default_factory=dict)


class Listening:
    """Listens from the beginning on, answers between `start` and `stop`. It can be started once."""

    def __init__(
        self,
        settings: Smtp | Journal,
        section: str,
        lmtp: Door,
        smtp: Door,
        threads: ThreadPoolExecutor,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Opens the sockets that the settings of the section name. Raises Unavailable when a port is taken. `context`
        is for STARTTLS; `threads` are ended with the listeners."""
        self._settings, self._section, self._context, self._threads = settings, section, context, threads
        self.ports: dict[str, int] = {}
        self._listeners: list[tuple[socket.socket, Door]] = []
        self._connections: set[SmtpConnection] = set()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._gone: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=section)
        try:
            self._listen("lmtp", settings.lmtp_port, lmtp)
            self._listen("smtp", settings.smtp_port, smtp)
            if settings.lmtp_socket is not None:
                self._listeners.append((_unix(settings.lmtp_socket, section), lmtp))
        except BaseException:
            self.stop()
            raise

    def start(self) -> None:
        """Begin to answer; returns when it does."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Answer what is under way, close all, end the threads. May be called again, or without start."""
        if self._thread.is_alive() and self._loop and self._stopping:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        for opened, _ in self._listeners:
            opened.close()
        self._threads.shutdown()
        path = self._settings.lmtp_socket
        if path is not None and any(one.family == socket.AF_UNIX for one, _ in self._listeners):
            path.unlink(missing_ok=True)
        self._listeners = []

    # What a connection calls, in the loop

    def opened(self, connection: SmtpConnection) -> None:
        self._connections.add(connection)

    def closed(self, connection: SmtpConnection) -> None:
        self._connections.discard(connection)
        if not self._connections and self._gone:
            self._gone.set()

    def _listen(self, name: str, port: int, door: Door) -> None:
        if port >= 0:
            opened = _tcp(self._settings.host, port, self._section)
            self.ports[name] = opened.getsockname()[1]
            self._listeners.append((opened, door))

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stopping, self._gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        servers = [await self._server(self._loop, *listener) for listener in self._listeners]
        self._ready.set()
        await self._stopping.wait()
        # First nothing new: what was accepted when a server closes, and is not known yet, asyncio would leave open.
        for opened, _ in self._listeners:
            self._loop.remove_reader(opened)
        for _ in range(ACCEPT_STEPS):
            await asyncio.sleep(0)
        for server in servers:
            server.close()
        await self._finish(self._gone)

    async def _server(self, loop: asyncio.AbstractEventLoop, opened: socket.socket, door: Door) -> asyncio.Server:
        options: dict[str, Any] = {
            "data_size_limit": self._settings.message_bytes,
            "hostname": self._settings.host_name or socket.gethostname(),
            "ident": IDENT,
            "timeout": self._settings.idle_timeout_s,
            "loop": loop,
            **door.options,
        }

        def connection() -> asyncio.Protocol:
            if len(self._connections) >= self._settings.connections:
                logger.warning("A connection was turned away: `%s.connections` are open.", self._section)
                return Busy()
            lmtp = issubclass(door.kind, LmtpConnection)
            return door.kind(self, door.receiver, tls_context=None if lmtp else self._context, **options)

        if opened.family == socket.AF_UNIX:
            return await loop.create_unix_server(connection, sock=opened, backlog=BACKLOG)
        return await loop.create_server(connection, sock=opened, backlog=BACKLOG)

    async def _finish(self, gone: asyncio.Event) -> None:
        """Whoever sent a whole message gets the answer; all others are cut off."""
        gone.clear()
        if not self._connections:
            return
        for connection in tuple(self._connections):
            connection.finish()
        try:
            await asyncio.wait_for(gone.wait(), STOP_S)
        except TimeoutError:
            logger.warning("Mail was not answered before the end.", extra={"open": len(self._connections)})
            for connection in tuple(self._connections):
                connection.abort()
            await gone.wait()


class MailServer(Listening):
    """Mail for the people of the workspace."""

    def __init__(self, settings: Smtp, post: Post, people: People, context: ssl.SSLContext | None = None) -> None:
        """Opens the sockets. Raises Unavailable when a port is taken. `context` is for STARTTLS."""
        threads = ThreadPoolExecutor(THREADS, "smtp")
        self.tally = Tally()
        lmtp: Receiver = LmtpReceiver(post, people, settings, threads, self.tally)
        smtp: Receiver = SmtpReceiver(post, people, settings, threads, self.tally)
        super().__init__(settings, "smtp", Door(LmtpConnection, lmtp), Door(SmtpConnection, smtp), threads, context)


def _tcp(host: str, port: int, section: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::")
    except OSError as error:
        raise Unavailable(
            f"Mail cannot be received on {host} port {port}: {error.strerror}. Another program may use it; the "
            f"settings {section}.host, {section}.lmtp_port and {section}.smtp_port choose another."
        ) from error


def _unix(path: Path, section: str) -> socket.socket:
    """A socket file; one that a program left behind is replaced, one that somebody listens on is not."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not _answers(path):
            path.unlink()
        opened.bind(str(path))
        path.chmod(SOCKET_MODE)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise Unavailable(
            f"Mail cannot be received on the socket {path}: {error.strerror}. "
            f"The setting {section}.lmtp_socket chooses another."
        ) from error
    return opened


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0
