"""`postroom status`: is the server running, and which APIs answer where."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import typer

from postroom import __version__
from postroom.cli import local
from postroom.cli.shell import Shell, command
from postroom.settings import Settings, rows


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app)(status)


@dataclass(frozen=True, slots=True)
class Api:
    """One API: whether it is switched on and the address it has then."""

    name: str
    enabled: bool
    address: str


def apis(settings: Settings) -> list[Api]:
    """Every API that can be switched on."""
    sections = [row.section for row in rows() if row.name == "enabled"]
    return [Api(name, getattr(settings, name).enabled, local.address(settings, name)) for name in sections]


def status(shell: Shell) -> None:
    """Tell whether the server runs, where its home is and which APIs are on."""
    shell.home.require()
    settings, process = shell.settings(), shell.home.holder()
    offered = apis(settings)
    result = {
        "version": __version__,
        "home": str(shell.home.path),
        "process": process,
        "apis": [asdict(api) for api in offered],
    }
    running = "not running" if process is None else f"running, process {process}"
    lines = [f"Postroom {__version__}, {running}", f"home       {shell.home.path}"]
    lines += [f"{api.name:10} {f'on   {api.address}' if api.enabled else 'off'}" for api in offered]
    shell.show(result, *lines)
