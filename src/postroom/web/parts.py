"""What all faces of one server share: threads, figures, certificate, login back-off, the server itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from postroom import __version__
from postroom.home import Home
from postroom.settings import Settings
from postroom.web.backoff import BackOff
from postroom.web.metrics import Metrics
from postroom.web.server import Server
from postroom.web.shell import Health, Shell
from postroom.web.threads import Threads
from postroom.web.tls import MICROSOFT, Certificate


def certificate_of(home: Home, settings: Settings) -> Certificate:
    """The certificate of the server of this home. Raises Invalid for one that cannot be used."""
    web = settings.web
    own = (web.tls_certificate, web.tls_key) if web.tls_certificate and web.tls_key else None
    names = (*MICROSOFT, *web.names) if settings.graph.proxy else web.names
    return Certificate(home.tls, names, own)


@dataclass(frozen=True, slots=True)
class Parts:
    """Made by `of`. A face that is mounted adds its hooks to `server`, and to `undo` what is to be closed when the
    server cannot be built after all."""

    home: Home
    settings: Settings
    threads: Threads
    metrics: Metrics
    certificate: Certificate
    back_off: BackOff
    server: Server
    undo: list[Callable[[], object]] = field(default_factory=list)

    @classmethod
    def of(cls, home: Home, settings: Settings) -> Parts:
        """Raises Invalid for a certificate that cannot be used."""
        web, certificate = settings.web, certificate_of(home, settings)
        metrics, threads = Metrics(), Threads(web.threads)
        health = Health("running", __version__)
        server = Server(Shell(metrics, lambda: health, metrics_remote=web.metrics_remote), certificate, web)
        server.on_stop.append(threads.close)
        return cls(home, settings, threads, metrics, certificate, BackOff(web), server, [threads.close])

    def abandon(self) -> None:
        """Close what was opened for a server that will not run."""
        for close in reversed(self.undo):
            close()
