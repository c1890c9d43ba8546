"""Receiving mail as a server mounts it: listeners of its own, started and stopped with the others."""

from __future__ import annotations

from postroom.faces.smtp.figures import Waiting
from postroom.faces.smtp.server import MailServer
from postroom.web.parts import Parts
from postroom.workspace.workspace import Workspace


def mount(parts: Parts, workspace: Workspace) -> None:
    """The workspace is the caller's to close, after the server. Raises Unavailable when a port is taken."""
    settings = parts.settings.smtp
    server = MailServer(settings, workspace.mail, workspace.people, parts.certificate.context if settings.tls else None)
    parts.undo.append(server.stop)
    parts.metrics.register(server.tally)
    parts.server.on_ready.insert(0, server.start)
    parts.server.on_drain.append(server.stop)
    parts.server.ports.update(server.ports)


def mount_queue(parts: Parts, workspace: Workspace) -> None:
    """What leaves is sent while the server runs, and what is to be done every hour is done."""
    parts.server.hourly.append(workspace.tend)
    parts.metrics.register(Waiting(workspace.store))
    parts.server.on_ready.append(workspace.queue.start)
    parts.server.on_drain.append(workspace.queue.stop)
    parts.undo.append(workspace.queue.stop)
