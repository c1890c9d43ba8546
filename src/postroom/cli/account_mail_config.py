"""`postroom account mail-config`: what Postfix and Dovecot need to work on the accounts of this home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.shell import Shell, command

if TYPE_CHECKING:
    from postroom.accounts.mailconfig.places import ConfigFile

ToOption = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Write the files below this folder, for a mail server that reads there."),
]
MailUserOption = Annotated[str, typer.Option("--mail-user", metavar="USER[:GROUP]", help="Whose all mail is.")]


def register(group: typer.Typer) -> None:
    """Add the commands of this file to the group `account`."""
    command(group, "mail-config")(mail_config)


def mail_config(shell: Shell, to: ToOption = None, mail_user: MailUserOption = "vmail") -> None:
    """Print, or write, the files with which Postfix and Dovecot read the accounts of this home.

    `--to /etc` makes /etc/postfix/postroom and /etc/dovecot/postroom; it changes no file of yours.
    """
    shell.home.require()
    settings = shell.settings()
    from postroom.accounts.mailconfig.files import files, write
    from postroom.accounts.mailconfig.places import Places

    user, _, group = mail_user.partition(":")
    etc = to.expanduser().absolute() if to else Places().etc
    made = files(settings, shell.home.path, Places(etc=etc, mail_user=user, mail_group=group or user))
    if to is None:
        shell.show([_as_json(file) for file in made], *_printed(made))
    else:
        paths = [str(path) for path in write(made, etc)]
        shell.show([_as_json(file) for file in made], *paths)


def _as_json(file: ConfigFile) -> dict[str, str]:
    return {"name": file.name, "mode": f"{file.mode:04o}", "owner": file.owner, "text": file.text}


def _printed(made: Iterable[ConfigFile]) -> Iterator[str]:
    for file in made:
        yield f"==> {file.name} ({file.owner}, {file.mode:04o})"
        yield file.text
