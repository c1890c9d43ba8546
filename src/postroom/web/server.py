"""Several TLS sockets in one process, one face on each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

import uvicorn

from postroom.errors import PostroomError, Unavailable
from postroom.settings import Web
from postroom.web.memory import keep_freed
from postroom.web.protocol import TimedProtocol
from postroom.web.shell import Face, Shell
from postroom.web.tls import Certificate

logger = logging.getLogger(__name__)

BACKLOG = 512
# asyncio's own limits are 60 and 30 seconds.
HANDSHAKE_S = 10.0
GOODBYE_S = 5.0
TICK_S = 0.1
TICKS_PER_HOUR = 36_000


@dataclass(frozen=True, slots=True)
class Listener:
    """A face and the port asked for; 0 takes a free one."""

    face: Face
    port: int


class Server:
    """Listens from `bind` on, serves in `run`.

    Hooks run in a thread, in turn: `on_ready` when it answers and heeds signals, `on_drain` when stopping begins (let
    long polls go), `on_stop` after the last request ended (finish commits), `hourly` meanwhile.
    """

    def __init__(self, shell: Shell, certificate: Certificate, settings: Web) -> None:
        self.ports: dict[str, int] = {}
        self.on_ready: list[Callable[[], object]] = []
        self.on_drain: list[Callable[[], object]] = []
        self.on_stop: list[Callable[[], object]] = []
        self.hourly: list[Callable[[], object]] = [lambda: certificate.refresh(datetime.now(UTC))]
        self._shell, self._settings, self._certificate = shell, settings, certificate
        self._sockets: list[socket.socket] = []
        self._uvicorn = _Uvicorn(self._config(), self)

    def bind(self, listeners: Sequence[Listener]) -> None:
        """Open the sockets; `ports` then has each face's port. Raises Unavailable when one is taken."""
        faces = {}
        with contextlib.ExitStack() as opened:
            for listener in listeners:
                listening = opened.enter_context(_listen(self._settings.host, listener))
                self._sockets.append(listening)
                port = listening.getsockname()[1]
                self.ports[listener.face.name], faces[port] = port, listener.face
            # All or none.
            opened.pop_all()
        self._shell.faces = faces

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or `stop`, then end in order. Call it in the main thread for the signals."""
        keep_freed()
        self._uvicorn.run(sockets=self._sockets)

    def stop(self) -> None:
        """Ask `run` to end; from any thread."""
        self._uvicorn.end()

    @contextlib.contextmanager
    def background(self) -> Iterator[Server]:
        """Serve in a thread while the block runs; for tests and for commands that need a server for a moment."""
        thread = threading.Thread(target=self.run, name="server")
        thread.start()
        try:
            if not self._uvicorn.ready.wait(30.0):
                raise Unavailable("The server did not start.")
            yield self
        finally:
            self.stop()
            thread.join()

    def _config(self) -> uvicorn.Config:
        context = self._certificate.context
        return uvicorn.Config(
            self._shell,
            http=TimedProtocol.within(self._settings.request_timeout_s, self._settings.header_bytes),
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ssl_context_factory=lambda *_: context,
            limit_concurrency=self._settings.connections,
            timeout_keep_alive=self._settings.keep_alive_s,
            timeout_graceful_shutdown=max(1, round(self._settings.stop_timeout_s)),
            backlog=BACKLOG,
        )


class _Uvicorn(uvicorn.Server):
    """uvicorn's server with our hooks, and with limits on the time of a TLS handshake and of its end."""

    def __init__(self, config: uvicorn.Config, owner: Server) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._owner = owner
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        loop, config = asyncio.get_running_loop(), self.config
        self._loop = loop

        def protocol() -> asyncio.Protocol:
            return config.http_protocol_class(  # type: ignore[call-arg]
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            )

        # As in uvicorn, but for the two limits.
        self.servers = [
            await loop.create_server(
                protocol,
                sock=opened,
                ssl=config.ssl,
                backlog=BACKLOG,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=GOODBYE_S,
            )
            for opened in sockets or []
        ]
        self.started = True
        self.ready.set()
        await _each(self._owner.on_ready)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn would raise the signal again after `run`, before the archive could be closed.
        self.force_exit = self.should_exit
        self.end()

    def end(self) -> None:
        """From any thread, and from handlers of signals."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended
                self._loop.call_soon_threadsafe(self._ending.set)

    async def main_loop(self) -> None:
        # As in uvicorn, which would see only at its next tick that it is to end.
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), TICK_S)

    async def on_tick(self, counter: int) -> bool:
        if counter and counter % TICKS_PER_HOUR == 0:
            await _each_by_itself(self._owner.hourly)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await _each(self._owner.on_drain)
        if self.server_state.connections:
            await super().shutdown(sockets)
        else:  # nobody to wait for
            for server in self.servers:  # and with them the sockets
                server.close()
        await _each(self._owner.on_stop)


async def _each(hooks: Sequence[Callable[[], object]]) -> None:
    for hook in hooks:
        await asyncio.to_thread(hook)


async def _each_by_itself(hooks: Sequence[Callable[[], object]]) -> None:
    """What fails is tried again an hour later: a database may be away, which is no reason to stop."""
    for hook in hooks:
        try:
            await asyncio.to_thread(hook)
        except Exception:
            logger.exception("Hourly work failed; it is repeated in an hour.")


def _listen(host: str, listener: Listener) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server(
            (host, listener.port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::"
        )
    except OSError as error:
        raise _cannot_listen(host, listener, error) from error
    # Inherited by the connections. asyncio sets it only where the protocol is spelled out, and without it the body
    # of an answer waits 40 ms for the client to acknowledge the headers.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _cannot_listen(host: str, listener: Listener, error: OSError) -> PostroomError:
    return Unavailable(
        f"The {listener.face.name} API cannot listen on {host} port {listener.port}: {error.strerror}. "
        f"Another program may use it; the settings web.host and {listener.face.name}.port choose another."
    )
