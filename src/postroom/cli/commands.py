"""The command tree."""

from __future__ import annotations

import typer

from postroom.cli import account, archive, call, demo, doctor, graph, instances, prepare, serve, status
from postroom.cli.shell import share_before

app = typer.Typer(
    help="One house for an organisation's mail: administer it, reach it, archive it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback is for a fault of ours, and then a plain one
    context_settings={"help_option_names": ["-h", "--help"]},
)
share_before(app)
for group in (prepare, serve, status, doctor, account, graph, archive, instances, call, demo):
    group.register(app)
