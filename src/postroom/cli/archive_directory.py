"""`postroom archive directory …`: who is a user, and whose password is right, as a directory tells."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from postroom.cli import show
from postroom.cli.pairs import Pairs, first_line, given
from postroom.cli.shell import FAILED, Shell, command, share_before
from postroom.errors import Invalid

NameArgument = Annotated[str, typer.Argument(metavar="USER", help="A user's name.", show_default=False)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=(__doc__ or "").partition(": ")[2].strip().capitalize(), no_args_is_help=True)
    share_before(group)
    app.add_typer(group, name="directory")
    command(group, "show")(show_)
    command(group, "set")(set_)
    command(group)(sync)
    command(group)(check)


def show_(shell: Shell) -> None:
    """Show the configuration; passwords are left out."""
    from postroom.cli import inside

    asked = inside.command("GetDirectoryServicesConfiguration")
    with inside.opened(shell, asked) as here:
        config = here.call(asked)
    rows = [(key, _shown(value)) for key, value in config.items()]
    shell.show(config, show.table("key", "value", rows=rows))


def set_(shell: Shell, pairs: Pairs) -> None:
    """Change keys of the configuration; the others stay, unless the type of the directory changes."""
    from postroom.cli import inside

    keys = given(pairs)
    asked = inside.command("SetDirectoryServicesConfiguration", config=keys)
    # A command line that is shown would have the password in it.
    with inside.opened(shell) as here:
        here.call(asked)
    shell.show({"changed": sorted(keys)}, "Done. `postroom archive directory sync --dry-run` tells what it would do.")


def sync(shell: Shell, dry_run: DryRunOption = False) -> None:
    """Bring the users of the archive in line with the directory."""
    from postroom.cli import inside

    asked = inside.command("SyncUsersWithDirectoryServices", dryRun=dry_run or None)
    with inside.opened(shell, asked) as here:
        told = here.call(asked)
    shell.show(told, *_told(told))


def check(shell: Shell, user: NameArgument) -> None:
    """Ask the directory whether a password is that of a user. The password is asked for, or read from standard input
    where that is no terminal. Exit code 1 when it is not."""
    from postroom.cli import inside

    with inside.opened(shell) as here:
        found = here.archive.instance.users.get(user)
        if found.authentication != "directoryServices":
            raise Invalid("USER", f"a user with the authentication directoryServices; {found.name} has another")
        good = here.archive.directories.accepts(found, _password())
    shell.show(
        {"user": found.name, "accepted": good}, "The password is right." if good else "The password is not right."
    )
    if not good:
        raise typer.Exit(FAILED)


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, err=True))
    return first_line("-")


def _shown(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _told(told: Mapping[str, Any]) -> Iterator[str]:
    would = "would be " if told["dryRun"] else ""
    yield from (f"{name}: {would}created" for name in told["created"])
    yield from (f"{row['userName']}: {would}renamed to {row['newUserName']}" for row in told["renamed"])
    yield from (f"{row['userName']}: {would}updated, {', '.join(row['changes'])}" for row in told["updated"])
    yield from (f"{name}: {would}deleted" for name in told["deleted"])
    yield from (f"{row['userName']}: ignored, {row['reason']}" for row in told["ignored"])
    if not any(told[key] for key in ("created", "renamed", "updated", "deleted")):
        yield "Nothing to do."
