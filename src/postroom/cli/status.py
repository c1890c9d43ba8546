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
    """One API: whether it is switched on, the address it has then, and all its listeners by name."""

    name: str
    enabled: bool
    address: str
    listeners: dict[str, str]

    @property
    def shown(self) -> str:
        if not self.enabled:
            return "off"
        # Its own listener is named already.
        told = (address if name == self.name else f"{name} {address}" for name, address in self.listeners.items())
        return f"on   {', '.join(told) or 'nowhere'}"


def apis(settings: Settings) -> list[Api]:
    """Every API that can be switched on."""
    sections = [row.section for row in rows() if row.name == "enabled"]
    return [_api(settings, name) for name in sections]


def _api(settings: Settings, name: str) -> Api:
    listeners = local.listening(settings, name)
    return Api(name, getattr(settings, name).enabled, local.address(settings, name), listeners)


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
    lines += [f"{api.name:10} {api.shown}" for api in offered]
    shell.show(result, *lines)
