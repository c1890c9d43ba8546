"""Graph as a server mounts it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from postroom.faces.graph import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.graph import proxy
from postroom.faces.graph.dispatch import HANDLERS
from postroom.faces.graph.http import Api
from postroom.faces.graph.outlook.dialect import Outlook, OutlookTokens
from postroom.faces.graph.perform import Service
from postroom.faces.graph.routes import ROUTES
from postroom.faces.graph.signin.app import signin_app
from postroom.faces.graph.table import Table
from postroom.faces.graph.throttle import Faults, Limits
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.workspace.workspace import Workspace


@cache
def _table() -> Table:
    """Made once: nothing changes it."""
    return Table(ROUTES)


def mount(parts: Parts, workspace: Workspace) -> Listener:
    """The workspace is the caller's to close, after the server. Raises Invalid for rules that cannot be used."""
    settings = parts.settings.graph
    service = Service(
        workspace,
        workspace.signin.tokens,
        _table(),
        HANDLERS,
        settings,
        Limits(settings),
        Faults(settings.faults_file),
        parts.back_off,
    )
    for one in (workspace.notifier, workspace.files.background):
        parts.server.on_ready.append(one.start)
        parts.server.on_drain.append(one.stop)
        parts.undo.append(one.stop)
    if settings.proxy:
        proxy.mount(parts)
    outlook = Outlook(replace(service, verifier=OutlookTokens(workspace.signin.tokens)))
    api = Api(service, parts.threads, signin_app(parts, workspace.signin), outlook)
    return Listener(api.face(), settings.port)
