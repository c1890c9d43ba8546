"""`postroom init`, `enable`, `disable`: make a home and decide which APIs answer."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from postroom.cli import local
from postroom.cli.shell import Shell, command
from postroom.errors import Invalid
from postroom.home import Home
from postroom.settings import Row, rows

APIS: Final = tuple(row.section for row in rows() if row.name == "enabled")

Api = Annotated[str, typer.Argument(help=f"Name of an API: {', '.join(APIS)}.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for function in (init, enable, disable):
        command(app)(function)


def init(shell: Shell) -> None:
    """Make a home: its directories and a postroom.toml with every setting commented out."""
    home, new = shell.home, make(shell.home)
    shell.show(
        {"home": str(home.path), "created": new},
        f"{'Made' if new else 'Kept'} the home {home.path}.",
        "Next: `postroom enable mailstore`, `… spe`, `… iredadmin` or `… graph`, then `postroom serve`.",
    )


def make(home: Home) -> bool:
    """Make what a home lacks; False when there was one before."""
    from postroom import configuration

    new = not home.exists()
    home.create()
    if new:
        home.settings_file.touch(0o600)
        home.settings_file.write_text(configuration.template(), "utf-8")
    return new


def enable(shell: Shell, api: Api) -> None:
    """Let an API answer, from the next start of the server on."""
    _switch(shell, api, "true")


def disable(shell: Shell, api: Api) -> None:
    """Stop an API from answering, from the next start of the server on."""
    _switch(shell, api, "false")


def _switch(shell: Shell, api: str, to: str) -> None:
    from postroom import configuration

    shell.home.require()
    switches = {row.section: row for row in rows() if row.name == "enabled"}
    if api not in switches:
        raise Invalid("api", "one of " + ", ".join(switches))
    configuration.change(shell.home.settings_file, switches[api].key, to)
    _tell(shell, switches[api])


def _tell(shell: Shell, row: Row) -> None:
    settings = shell.settings()
    api = getattr(settings, row.section)
    holder = shell.home.holder()
    lines = [f"{row.section} is {'on' if api.enabled else 'off'}; {shell.home.settings_file} says so now."]
    if api.enabled:
        lines.append(f"It will answer on {' and '.join(local.listening(settings, row.section).values())}.")
    if holder is not None:
        lines.append(f"The running server (process {holder}) must be restarted for this.")
    port = next((place.port for place in local.places(settings, row.section)), None)
    result = {"api": row.section, "enabled": api.enabled, "port": port, "restart": holder is not None}
    shell.show(result, *lines)
