"""`postroom archive app-password …` and `second-factor …`: how users of the archive sign in besides their password."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from postroom.cli import local, show
from postroom.cli.shell import Shell, command, share_before
from postroom.errors import Invalid

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="A user's name.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    passwords = typer.Typer(help="Passwords for programs, which cannot be asked for a code.", no_args_is_help=True)
    factors = typer.Typer(help="Codes of an authenticator app, besides the password.", no_args_is_help=True)
    for group, name in ((passwords, "app-password"), (factors, "second-factor")):
        share_before(group)
        app.add_typer(group, name=name)
    command(passwords)(create)
    command(passwords, "list")(list_)
    command(passwords)(delete)
    command(factors)(require)
    command(factors)(off)


def _run(shell: Shell, function: str, **arguments: object) -> Any:
    from postroom.cli import inside

    asked = inside.command(function, **arguments)
    with inside.opened(shell, asked) as here:
        return here.call(asked)


def create(
    shell: Shell,
    user: UserArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for: a program or device.")],
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep it in the home, for `postroom call --user USER` on this machine.")
    ] = False,
) -> None:
    """Make an app password and print it: it is shown now and never again."""
    made = _run(shell, "CreateAppPassword", userName=user, name=name)
    result, lines = {"user": user, "name": name, "password": made}, [f"The app password of {user} for {name}:", made]
    if keep:
        local.keep_new_password(shell.home, user, made)
        file = local.password_file(shell.home, user)
        result, lines = {"user": user, "name": name, "file": str(file)}, [f"The app password of {user} is in {file}."]
    shell.show(result, *lines)


def list_(shell: Shell, user: UserArgument) -> None:
    """List the app passwords of a user, without what makes them work."""
    rows = _run(shell, "GetAppPasswords", userName=user)
    shown = [(row["id"], row["name"], row["created"][:10], (row["lastUsed"] or "never")[:10]) for row in rows]
    table = show.table("id>", "for", "made", "last used", rows=shown)
    shell.show(rows, table if rows else "There is none.")


def delete(
    shell: Shell,
    user: UserArgument,
    number: Annotated[
        int | None, typer.Argument(metavar="[ID]", help="As `list` shows it.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of this user.")] = False,
) -> None:
    """Delete an app password: it stops working at once."""
    if (number is None) != every:
        raise Invalid("ID", "the number of one app password, or --all")
    if number is None:
        _run(shell, "DeleteAppPasswords", userName=user)
    else:
        _run(shell, "DeleteAppPassword", userName=user, id=number)
    shell.show({"user": user, "deleted": number or "all"}, "Done.")


def require(shell: Shell, user: UserArgument) -> None:
    """Make a user set up a second factor at the next sign-in to the console; one there was is void."""
    setup = _run(shell, "InitializeMFA", userName=user)
    shell.show(
        setup,
        f"{user} sets it up at the next sign-in to the console. Programs need an app password from now on.",
        f"Or give this to an authenticator app: {setup['uri']}",
    )


def off(shell: Shell, user: UserArgument) -> None:
    """Switch the second factor of a user off: the password alone is enough again."""
    _run(shell, "DisableMFA", userName=user)
    shell.show({"user": user, "secondFactor": "disabled"}, "Done.")
