"""`postroom account import`: many users from a CSV file, with a report of every row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from postroom.cli.account_csv import BadRow, UserRow, read
from postroom.cli.account_desk import Desk, DryRunOption, desk_command
from postroom.cli.progress import Display
from postroom.cli.shell import FAILED
from postroom.errors import AlreadyExists, NotFound, PostroomError
from postroom.logs import visible

Result = Literal["created", "updated", "skipped", "failed"]
RESULTS: Final[tuple[Result, ...]] = ("created", "updated", "skipped", "failed")
SHOWN_ROWS: Final = 50
"""Failures that are printed; the report has all of them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    line: int
    mail: str
    result: Result
    message: str = ""


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    desk_command(group, "import")(import_)


def import_(
    desk: Desk,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="CSV in UTF-8; - is standard input.")],
    update: Annotated[bool, typer.Option("--update", help="Change users that exist already; else they stay.")] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.csv", help="Write what became of every row.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Make many users from a CSV file with the columns mail, password or password_hash, name, quota and others.

    Goes on after errors. Exit code 1 when a row failed.
    """
    rows = read(file)
    if report is not None:
        report.expanduser().touch()  # where it cannot be written nothing shall have been done
    outcomes: list[Outcome] = []
    try:
        with Display(desk.shell.json) as display:
            for outcome in _outcomes(desk, rows, update=update, dry_run=dry_run):
                outcomes.append(outcome)
                display.at(f"{len(outcomes)} of {len(rows)} rows", 100 * len(outcomes) / len(rows))
    finally:
        # Also after Ctrl-C: what was done was done.
        if report is not None:
            report.expanduser().write_text(_report(outcomes), "utf-8", newline="")
    numbers = Counter(outcome.result for outcome in outcomes)
    document: dict[str, object] = {result: numbers[result] for result in RESULTS}
    document |= {"dry_run": dry_run, "rows": [asdict(outcome) for outcome in outcomes]}
    desk.shell.show(document, *_told(outcomes, numbers, dry_run=dry_run))
    if numbers["failed"]:
        raise typer.Exit(FAILED)


def _outcomes(desk: Desk, rows: Iterable[UserRow | BadRow], *, update: bool, dry_run: bool) -> Iterator[Outcome]:
    for row in rows:
        if isinstance(row, BadRow):
            yield Outcome(row.line, row.mail, "failed", str(row.error))
            continue
        try:
            yield _done(desk, row, update=update, dry_run=dry_run)
        except PostroomError as error:
            yield Outcome(row.line, row.mail, "failed", str(error))


def _done(desk: Desk, row: UserRow, *, update: bool, dry_run: bool) -> Outcome:
    try:
        desk.api.users.create(row.mail, **row.create, dry_run=dry_run)
    except AlreadyExists as error:
        return _existing(desk, row, error, update=update, dry_run=dry_run)
    if row.after and not dry_run:
        try:
            desk.api.users.update(row.mail, **row.after)
        except PostroomError as error:
            message = f"The user was created, but not all was set: {error} Repeat this row with --update."
            return Outcome(row.line, row.mail, "failed", message)
    return Outcome(row.line, row.mail, "created")


def _existing(desk: Desk, row: UserRow, taken: AlreadyExists, *, update: bool, dry_run: bool) -> Outcome:
    """The address is taken: by a user, who may be meant, or by something else."""
    try:
        desk.api.users.get(row.mail)
    except NotFound:
        raise taken from None
    if not update:
        return Outcome(row.line, row.mail, "skipped", "The user exists already.")
    desk.api.users.update(row.mail, **row.update, dry_run=dry_run)
    return Outcome(row.line, row.mail, "updated")


def _report(outcomes: Iterable[Outcome]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(("line", "mail", "result", "message"))
    writer.writerows((row.line, visible(row.mail), row.result, visible(row.message)) for row in outcomes)
    return written.getvalue()


def _told(outcomes: list[Outcome], numbers: Counter[Result], *, dry_run: bool) -> Iterator[str]:
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    for outcome in failed[:SHOWN_ROWS]:
        yield f"Line {outcome.line}{f', {outcome.mail}' if outcome.mail else ''}: {outcome.message}"
    if len(failed) > SHOWN_ROWS:
        yield f"{len(failed) - SHOWN_ROWS} more failed; --report writes all."
    told = ", ".join(f"{numbers[result]} {result}" for result in RESULTS)
    yield f"{'A dry run, nothing was changed: ' if dry_run else ''}{told}."
