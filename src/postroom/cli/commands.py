"""The command tree. A file of commands is imported when one of them runs: to build all takes longer than most run."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

from postroom.cli.shell import share_before

FILES: Final = {
    "init": "prepare",
    "enable": "prepare",
    "disable": "prepare",
    "serve": "serve",
    "status": "status",
    "doctor": "doctor",
    "account": "account",
    "graph": "graph",
    "archive": "archive",
    "instances": "instances",
    "call": "call",
    "demo": "demo",
}
"""The commands in the order of the help, and the file of each."""


class Commands(TyperGroup):
    """Imports what is asked for; the help asks for all."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        # Of a name that nobody has the error tells the nearest.
        for name in (cmd_name,) if cmd_name in FILES else FILES:
            self._have(name)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        for name in FILES:
            self._have(name)
        return list(FILES)

    def _have(self, name: str) -> None:
        if name not in self.commands:
            self.commands.update(of_file(FILES[name]))


def of_file(name: str) -> dict[str, Any]:
    """The commands of one file, by name."""
    group = typer.Typer()
    import_module(f"postroom.cli.{name}").register(group)
    return dict(get_group(group).commands)


app = typer.Typer(
    cls=Commands,
    help="One house for an organisation's mail: administer it, reach it, archive it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback is for a fault of ours, and then a plain one
    context_settings={"help_option_names": ["-h", "--help"]},
)
share_before(app)
