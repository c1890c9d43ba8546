"""`postroom account token`: bearer tokens for programs, made and revoked on the machine of the server."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from postroom.accounts.addresses import address
from postroom.cli.account_desk import YesOption, confirm, opened_accounts, table
from postroom.cli.shell import Shell, command
from postroom.errors import NotFound

DAY_S = 86_400


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    command(group)(create)
    command(group, "list")(list_)
    command(group)(revoke)


def create(
    shell: Shell,
    admin: Annotated[str, typer.Argument(metavar="ADMIN", help="In whose name it calls.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="What it is for.", show_default=False)],
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", help="Only for this domain; may be repeated.", show_default=False),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="It may change things; else it only reads.")] = False,
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="It ends after so many days; else never.", show_default=False)
    ] = None,
) -> None:
    """Make a token and print it: it is shown now and never again."""
    with opened_accounts(shell) as accounts:
        who = address(admin, "ADMIN")
        if accounts.signing_in.caller(who, "") is None:
            raise NotFound("admin", who)
        expires_s = None if days is None else int(time.time()) + days * DAY_S
        token = accounts.core.tokens.create(who, name, domain or (), write=write, expires_s=expires_s)
        lines = [f"The token of {who}, to be sent as `Authorization: Bearer …`:", token]
        if not accounts.settings.iredadmin.tokens:
            lines.append("The server takes no tokens yet: set iredadmin.tokens = true and restart it.")
    shell.show({"admin": who, "name": name, "token": token}, *lines)


def list_(
    shell: Shell,
    admin: Annotated[str | None, typer.Option("--admin", help="Only those of this admin.", show_default=False)] = None,
) -> None:
    """List the tokens, without what makes them work."""
    with opened_accounts(shell) as accounts:
        found = accounts.core.tokens.list(address(admin, "--admin") if admin else None)
    rows = [
        (row.id, row.admin, row.name, ", ".join(row.domains) or "all", "write" if row.write else "read",
         _day(row.expires_s), _day(row.used_s)) for row in found
    ]  # fmt: skip
    shown = table("id>", "admin", "name", "domains", "may", "ends", "last used", rows=rows)
    shell.show([asdict(row) for row in found], shown if rows else "There is none.")


def _day(seconds: int | None) -> str:
    return "never" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def revoke(
    shell: Shell,
    token: Annotated[int, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    yes: YesOption = False,
) -> None:
    """Take a token back: it stops working at once."""
    with opened_accounts(shell) as accounts:
        found = next((row for row in accounts.core.tokens.list() if row.id == token), None)
        if found is None:
            raise NotFound("token", token)
        confirm(f"Revoke the token {found.name} of {found.admin}?", yes=yes)
        accounts.core.tokens.revoke(token)
    shell.show({"token": token, "done": "revoked"}, f"The token {found.name} of {found.admin} was revoked.")
