"""`postroom graph contacts …`: contacts of users from and to files of vCards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from postroom.cli.graph_desk import opened_workspace, person_of
from postroom.cli.shell import FAILED, Shell, command

STANDARD: Final = Path("-")

UserArgument = Annotated[str, typer.Argument(metavar="MAIL", help="Whose contacts they are.", show_default=False)]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.vcf", help="vCards; - is standard input or output.", show_default=False)
]
FolderOption = Annotated[
    str | None, typer.Option("--folder", help="The name of a folder below Contacts.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    command(group, "import")(import_)
    command(group)(export)


def import_(shell: Shell, user: UserArgument, file: FileArgument, folder: FolderOption = None) -> None:
    """Add the vCards of a file, of version 2.1, 3.0 or 4.0; those that came before are changed, not added again.

    Goes on after vCards that cannot be read. Exit code 1 when there was one.
    """
    from postroom.workspace.workloads.contacts.vcard_in import decoded

    content = sys.stdin.buffer.read() if file == STANDARD else file.expanduser().read_bytes()
    with opened_workspace(shell) as workspace:
        outcome = workspace.contacts.exchange.take(person_of(workspace, user).id, decoded(content), folder)
    lines = [f"{outcome.added} added, {outcome.changed} changed, {outcome.same} there already."]
    lines += [f"vCard {number} was left out. {why}" for number, why in outcome.failed]
    failed = [{"number": number, "message": why} for number, why in outcome.failed]
    counts = {"added": outcome.added, "changed": outcome.changed, "same": outcome.same}
    shell.show({**counts, "failed": failed}, *lines)
    if failed:
        raise typer.Exit(FAILED)


def export(shell: Shell, user: UserArgument, file: FileArgument, folder: FolderOption = None) -> None:
    """Write contacts as vCards of version 3.0, with their pictures."""
    with opened_workspace(shell) as workspace:
        cards = list(workspace.contacts.exchange.give(person_of(workspace, user).id, folder))
    text = "".join(cards)
    if file == STANDARD:
        sys.stdout.write(text)
        return
    file.expanduser().write_text(text, "utf-8", newline="")
    shell.show({"contacts": len(cards), "file": str(file)}, f"Wrote {len(cards)} contacts to {file}.")
