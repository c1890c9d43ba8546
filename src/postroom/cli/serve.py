"""`postroom serve`: run the server."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from postroom.cli.shell import Shell, command


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app)(serve)


def serve(
    shell: Shell,
    graph_proxy: Annotated[
        bool, typer.Option("--graph-proxy", help="With the proxy for unchanged Microsoft clients (`graph.proxy`).")
    ] = False,
) -> None:
    """Run the server in the foreground until it is interrupted (Ctrl-C or SIGTERM)."""
    shell.home.require()
    settings = shell.settings()
    if graph_proxy:
        settings = replace(settings, graph=replace(settings.graph, proxy=True))
    from postroom import logs
    from postroom.app import serve as run

    logs.configure(shell.home.log, settings.log)
    run(shell.home, settings)
