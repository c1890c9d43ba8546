"""The journal as a server mounts it: listeners of its own, started and stopped with the others."""

from __future__ import annotations

from typing import Protocol

from postroom.archive.instance.instance import Instance
from postroom.archive.journal.journal import Journal
from postroom.archive.stores import Stores
from postroom.faces.journal.server import JournalServer
from postroom.web.parts import Parts


class Archive(Protocol):
    """What the journal needs of the archive."""

    @property
    def instance(self) -> Instance: ...
    @property
    def stores(self) -> Stores: ...


def mount(parts: Parts, archive: Archive) -> None:
    """The archive is the caller's to close, after the server. Raises Invalid for settings that cannot be, Unavailable
    when a port is taken."""
    settings = parts.settings.journal
    server = JournalServer(
        settings,
        Journal(archive.stores, archive.instance.users, settings),
        parts.back_off,
        context=parts.certificate.context if settings.tls else None,
        most_bytes=parts.settings.archive.max_message_bytes,
    )
    parts.undo.append(server.stop)
    parts.metrics.register(server.tally)
    parts.server.on_ready.insert(0, server.start)
    parts.server.on_drain.append(server.stop)
    parts.server.ports.update({f"journal-{name}": port for name, port in server.ports.items()})
