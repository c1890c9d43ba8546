"""The policy service as a server mounts it: a listener of its own, started and stopped with the others."""

from __future__ import annotations

from postroom.accounts.accounts import Accounts
from postroom.accounts.enforce.enforcement import enforcement
from postroom.faces.policy.server import PolicyServer
from postroom.web.parts import Parts


def mount(parts: Parts, accounts: Accounts) -> None:
    """The accounts are the caller's to close, after the server."""
    settings, core = parts.settings, accounts.core
    checks = enforcement(settings.policy, settings.accounts, core.databases, core.backend.enforcing)
    server = PolicyServer(settings.policy, checks)
    parts.undo.append(server.stop)
    for figure in server.figures:
        parts.metrics.gauge(figure.name, figure.help, figure.value)
    parts.server.on_ready.insert(0, server.start)
    parts.server.on_drain.append(server.stop)
    parts.server.hourly.append(checks.forget)
    parts.server.ports["policy"] = server.port
