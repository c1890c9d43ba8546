"""The one place that wires the parts together: archive, long-running calls, faces, HTTP shell."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from mailstore.contract import SERVER
from mailstore.openapi import document
from postroom import __version__
from postroom.archive import events
from postroom.archive.audit import SYSTEM
from postroom.errors import PostroomError, WrongState
from postroom.faces.mailstore.server import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.mailstore.server.access import Access
from postroom.faces.mailstore.server.call import Archive, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.faces.mailstore.server.routes import Api
from postroom.home import Home
from postroom.settings import Settings
from postroom.web.backoff import BackOff
from postroom.web.metrics import Metrics
from postroom.web.server import Listener, Server
from postroom.web.sessions import Sessions
from postroom.web.shell import Health, Shell
from postroom.web.threads import Threads
from postroom.web.tls import Certificate
from postroom.work import Work

OpenArchive = Callable[[Path, Settings], AbstractContextManager[Archive]]


def _open_archive(directory: Path, settings: Settings) -> AbstractContextManager[Archive]:
    # Not at the top: it loads the index and the extractors, which a test of the shell does without.
    from postroom.archive.archive import Archive as TrueArchive

    return TrueArchive(directory, settings)


def serve(home: Home, settings: Settings, open_archive: OpenArchive = _open_archive) -> None:
    """Run the server of this home until a signal ends it, and say on stdout where it listens.

    Raises Unavailable when the home or a port is in use, WrongState when no API is enabled.
    """
    with home.lock(), open_archive(home.archive, settings) as archive:
        server = build(home, settings, archive)
        archive.instance.audit.record(events.SERVER_START, SYSTEM, version=__version__)
        server.on_ready.append(partial(_announce, settings.web.host, server.ports))
        server.run()


def _announce(host: str, ports: Mapping[str, int]) -> None:
    host = f"[{host}]" if ":" in host else host
    sys.stdout.write("".join(f"{name}: https://{host}:{port}\n" for name, port in ports.items()))
    sys.stdout.flush()


def build(home: Home, settings: Settings, archive: Archive) -> Server:
    """The server of the enabled faces, with its sockets open. The archive is the caller's to close, after it."""
    if not settings.mailstore.enabled:
        raise WrongState("No API is enabled. Enable one: `postroom enable mailstore`.")
    threads, metrics = Threads(settings.web.threads), Metrics()
    certificate = Certificate(home.tls, settings.web.names, _own_certificate(settings))
    shell = Shell(metrics, lambda: Health("running", __version__), metrics_remote=settings.web.metrics_remote)
    server = Server(shell, certificate, settings.web)
    work = Work(home.work_db, settings.work)
    metrics.gauge("postroom_processes_running", "Long-running calls.", lambda: len(work.running()))
    server.hourly.append(work.expire)
    server.on_drain.append(work.release)
    server.on_stop += [threads.close, partial(work.close, settings.web.stop_timeout_s)]
    sessions = Sessions()
    dispatch = Dispatch(SERVER, HANDLERS, strict=settings.mailstore.strict_parameters)
    api = Api(
        archive,
        work,
        dispatch,
        Access(archive, BackOff(settings.web), sessions, threads),
        threads,
        settings,
        _facts(home, certificate, server, sessions),
        partial(document, dispatch.functions()),
    )
    try:
        server.bind([Listener(api.face(), settings.mailstore.port)])
    except PostroomError:
        threads.close()
        work.close(0)
        raise
    return server


def _facts(home: Home, certificate: Certificate, server: Server, sessions: Sessions) -> Facts:
    return Facts(
        version=four_numbers(__version__),
        machine_name=socket.gethostname(),
        home=home.path,
        thumbprint=lambda: certificate.thumbprint,
        listeners=lambda: server.ports,
        sessions=sessions,
    )


def _own_certificate(settings: Settings) -> tuple[Path, Path] | None:
    certificate, key = settings.web.tls_certificate, settings.web.tls_key
    return (certificate, key) if certificate and key else None


def four_numbers(version: str) -> str:
    """A version as the Administration API shows it: scripts split it into four."""
    numbers = re.findall(r"\d+", re.split(r"[^\d.]", version)[0])
    return ".".join([*numbers, "0", "0", "0"][:4])
