"""`postroom graph calendar …`: calendars of users from and to files of iCalendar."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer

from postroom.cli.graph_desk import opened_workspace, person_of
from postroom.cli.shell import FAILED, Shell, command

STANDARD: Final = Path("-")

UserArgument = Annotated[str, typer.Argument(metavar="MAIL", help="Whose calendar it is.", show_default=False)]
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.ics", help="iCalendar; - is standard input or output.", show_default=False)
]
CalendarOption = Annotated[
    str | None,
    typer.Option("--calendar", help="The name or id of a calendar; without it the default one.", show_default=False),
]


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    command(group, "import")(import_)
    command(group)(export)


def import_(shell: Shell, user: UserArgument, file: FileArgument, calendar: CalendarOption = None) -> None:
    """Add the events of a file; those that are there, by their UID, are brought up to date. Nobody is invited.

    Goes on after events that cannot be kept. Exit code 1 when there was one.
    """
    from postroom.workspace.icalendar.lines import MOST_BYTES

    with nullcontext(sys.stdin.buffer) if file == STANDARD else file.expanduser().open("rb") as source:
        content = source.read(MOST_BYTES + 1)
    with opened_workspace(shell) as workspace:
        found = workspace.meetings.files.imported(person_of(workspace, user).id, content, calendar)
    lines = [f"{found.created} added, {found.changed} changed."]
    lines += [f"An event was left out. {why}" for why in found.skipped]
    shell.show({"added": found.created, "changed": found.changed, "failed": list(found.skipped)}, *lines)
    if found.skipped:
        raise typer.Exit(FAILED)


def export(shell: Shell, user: UserArgument, file: FileArgument, calendar: CalendarOption = None) -> None:
    """Write a calendar as iCalendar: series with their rules, changed and cancelled occurrences."""
    with opened_workspace(shell) as workspace:
        content = workspace.meetings.files.export(person_of(workspace, user).id, calendar)
    if file == STANDARD:
        sys.stdout.buffer.write(content)
        return
    file.expanduser().write_bytes(content)
    shell.show({"bytes": len(content), "file": str(file)}, f"Wrote the calendar to {file}.")
