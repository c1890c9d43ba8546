"""`postroom account …`: domains, users, aliases, admins and limits, in the databases that Postfix and Dovecot read.

The commands work on the accounts of the home, also while its server runs, or with `--url` on any server of the
iRedAdmin API. Those that change accounts are made from the API's contract; each is written once for both.
"""

from __future__ import annotations

import typer

from postroom.cli import (
    account_changes,
    account_import,
    account_initdb,
    account_lists,
    account_mail_config,
    account_throttle,
    account_token,
)
from postroom.cli.account_desk import desk_command
from postroom.cli.account_kinds import KINDS
from postroom.cli.shell import share_before


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = _group(app, "account", "Domains, users, aliases, admins and limits, where Postfix and Dovecot read them.")
    account_initdb.register(group)
    for kind in KINDS:
        commands = _group(group, kind.noun, kind.help)
        account_lists.register(commands, kind)
        account_changes.register(commands, kind)
    account_throttle.register(_group(group, "throttle", "How much mail an account may send or receive."))
    desk_command(group)(account_lists.log)
    account_token.register(_group(group, "token", "Bearer tokens for programs that call the API."))
    account_import.register(group)
    account_mail_config.register(group)


def _group(above: typer.Typer, name: str, told: str) -> typer.Typer:
    group = typer.Typer(help=told, no_args_is_help=True)
    share_before(group)
    above.add_typer(group, name=name)
    return group
