"""`postroom archive profiles …`: where mail comes from and goes to, what runs did, whether all of it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from postroom.cli import show
from postroom.cli.pairs import Pairs, given
from postroom.cli.shell import FAILED, Shell, command, share_before
from postroom.errors import Invalid

IdArgument = Annotated[int, typer.Argument(metavar="PROFILE", help="A number; see `list`.", show_default=False)]
RunArgument = Annotated[int, typer.Argument(metavar="RUN", help="A number; see `runs`.", show_default=False)]
TypeOption = Annotated[str, typer.Option("--type", help="I: mail comes in. E: mail goes out.")]
Changed = Annotated[str | None, typer.Option(show_default=False)]
SomePairs = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Keys as for `create`.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=(__doc__ or "").partition(": ")[2].strip().capitalize(), no_args_is_help=True)
    share_before(group)
    app.add_typer(group, name="profiles")
    command(group, "list")(list_)
    command(group, "set")(set_)
    for function in (show_, create, delete, run, automatic, runs, report, problems, check, connectors):
        command(group, function.__name__.rstrip("_"))(function)


def _call(shell: Shell, function: str, **arguments: object) -> Any:
    from postroom.cli import inside

    asked = inside.command(function, **arguments)
    with inside.opened(shell, asked) as here:
        here.archive.profiles.server_side.interrupt()
        if function == "CheckProfile":
            here.wait_indexed()
        result = here.call(asked)
        if function == "RunProfile":
            here.wait_indexed()
    return result


# Which there are


def list_(shell: Shell) -> None:
    """List the profiles."""
    found = _call(shell, "GetProfiles", raw=True)
    rows = [(row["id"], row["name"], row["type"], row["connector"], row["owner"], _when(row)) for row in found]
    shell.show(found, show.table("id>", "name", "type", "connector", "owner", "the server runs it", rows=rows))


def show_(shell: Shell, profile: IdArgument) -> None:
    """Show one profile; passwords are left out."""
    found = _one(_call(shell, "GetProfiles", raw=True), profile)
    facts = {key: found[key] for key in ("id", "version", "name", "owner", "type", "connector")}
    rows = [*facts.items(), *found["details"].items(), ("the server runs it", _when(found))]
    shell.show(found, show.table("key", "value", rows=[(key, _shown(value)) for key, value in rows]))


def create(
    shell: Shell,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    connector: Annotated[str, typer.Option(help="What it reads or writes; see `connectors`.", show_default=False)],
    pairs: Pairs,
    type_: TypeOption = "I",
    owner: Annotated[str, typer.Option(help="The user with whose rights it runs.")] = "admin",
) -> None:
    """Create a profile."""
    from postroom.cli import inside

    described = {"name": name, "owner": owner, "type": type_, "connector": connector, "details": given(pairs)}
    asked = inside.command("CreateProfile", properties=described, raw=True)
    # A command line that is shown would have the password in it.
    with inside.opened(shell) as here:
        number = here.call(asked)
    shell.show({"id": number}, f"Done. `postroom archive profiles run {number}` runs it.")


def set_(
    shell: Shell, profile: IdArgument, pairs: SomePairs = None, name: Changed = None, owner: Changed = None
) -> None:
    """Change what is given; the rest stays, passwords too."""
    from postroom.cli import inside

    changes: dict[str, Any] = {"name": name, "owner": owner, "details": given(pairs or []) or None}
    changes = {key: value for key, value in changes.items() if value is not None}
    if not changes:
        raise Invalid("KEY=VALUE", "something to change")
    asked = inside.command("SetProfile", id=profile, properties=changes)
    with inside.opened(shell) as here:
        here.call(asked)
    shell.show({"changed": sorted(changes)}, "Done.")


def delete(shell: Shell, profile: IdArgument) -> None:
    """Delete a profile. What it archived stays, and results of its runs."""
    _call(shell, "DeleteProfile", id=profile)
    shell.show({"deleted": profile}, "Done.")


def automatic(
    shell: Shell,
    profile: IdArgument,
    pause: Annotated[int | None, typer.Option(help="Seconds between two runs.", show_default=False)] = None,
    windows: Annotated[
        str | None,
        typer.Option(help="When it must not run, like 'Mon-Fri 08:00-18:00, 22:00-23:00'.", show_default=False),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="The server does not run it any more.")] = False,
) -> None:
    """Let the server run a profile by itself, a pause after the end of the last run."""
    _call(
        shell,
        "SetProfileServerSideExecution",
        id=profile,
        automatic=not off,
        automaticPauseBetweenExecutions=None if off else pause,
        automaticMaintenanceWindows=None if off else windows,
    )
    shell.show({"automatic": not off}, "Done.")


# Runs


def run(shell: Shell, profile: IdArgument) -> None:
    """Run a profile now. Exit code 1 unless everything arrived."""
    found = _call(shell, "RunProfile", id=profile)
    shell.show(found, *_told(found))
    if found["result"] != "succeeded":
        raise typer.Exit(FAILED)


def runs(
    shell: Shell,
    profile: Annotated[int | None, typer.Option(help="Only of this profile.", show_default=False)] = None,
    days: Annotated[int, typer.Option(help="How far back.", min=1)] = 30,
) -> None:
    """List the runs that ended, the oldest first."""
    now = datetime.now().astimezone()
    period = [(now - timedelta(days=days)), now + timedelta(days=1)]
    since, until = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in period)
    found = _call(
        shell, "GetWorkerResults", fromIncluding=since, toExcluding=until, timeZoneID="$Local", profileID=profile
    )
    columns = ("id", "startTime", "profileName", "result", "itemsArchived", "itemsSkipped", "itemsFailed")
    rows = [[row[column] for column in columns] for row in found]
    shell.show(found, show.table("run>", "began", "profile", "result", "new>", "known>", "failed>", rows=rows))


def report(shell: Shell, run_: RunArgument) -> None:
    """Show the log of a run."""
    found = _call(shell, "GetWorkerResultReport", id=run_)
    shell.show(found, show.plain(found["report"].replace("\r\n", "\n").rstrip("\n")))


def problems(shell: Shell, profile: IdArgument) -> None:
    """List what could not be archived yet. Exit code 1 when there is something."""
    found = _call(shell, "GetProfileProblems", id=profile)
    rows = [(row["item"], row["folder"], row["reason"], row["attempts"], row["firstTime"]) for row in found]
    shell.show(found, show.table("item", "folder", "reason", "tries>", "since (UTC)", rows=rows))
    if found:
        raise typer.Exit(FAILED)


def check(shell: Shell, profile: IdArgument) -> None:
    """Compare what the source has with the archive, day by day. Exit code 1 when something is missing."""
    found = _call(shell, "CheckProfile", id=profile)
    shell.show(found, *_compared(found))
    if not found["complete"]:
        raise typer.Exit(FAILED)


# What may be said


def connectors(
    shell: Shell,
    name: Annotated[str | None, typer.Argument(metavar="[CONNECTOR]", show_default=False)] = None,
    type_: TypeOption = "I",
) -> None:
    """List the connectors, or the keys of one."""
    from postroom.archive.profiles import connectors as table
    from postroom.archive.profiles.profiles import connector_of, keys_of

    of_type = table.checked_type(type_)
    if name is None:
        rows = [(row.type, row.name) for row in table.ALL]
        shell.show([{"type": row[0], "connector": row[1]} for row in rows], show.table("type", "connector", rows=rows))
        return
    keys = keys_of(of_type, connector_of(of_type, name).name)
    document = [{"key": key.name, "kind": key.kind, "required": key.required, "doc": key.doc} for key in keys]
    lines = [(key.name, key.kind, _shown(key.default) or ("required" if key.required else ""), key.doc) for key in keys]
    shell.show(document, show.table("key", "kind", "default", "", rows=lines))


def _one(found: Sequence[Mapping[str, Any]], profile: int) -> Mapping[str, Any]:
    from postroom.errors import NotFound

    for row in found:
        if row["id"] == profile:
            return row
    raise NotFound("profile", profile)


def _when(profile: Mapping[str, Any]) -> str:
    execution = profile["serverSideExecution"]
    if not execution["automatic"]:
        return "no"
    windows = execution["automaticMaintenanceWindows"]
    return f"every {execution['automaticPauseBetweenExecutions']} s" + (f", not {windows}" if windows else "")


def _shown(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    removed = f", {found['itemsRemoved']} removed from the source" if found["itemsRemoved"] else ""
    yield (
        f"{found['result']}: {found['itemsArchived']} new, {found['itemsSkipped']} known, {found['itemsFailed']} failed"
        f"{removed}. Run {found['id']}."
    )


def _compared(found: Mapping[str, Any]) -> Iterator[Any]:
    columns = ("mailbox", "day", "source", "archived", "indexed", "missing")
    rows = [[row[column] for column in columns] for row in found["days"]]
    yield show.table("mailbox", "day", "source>", "archived>", "found by search>", "missing>", rows=rows)
    for day in found["days"]:
        for one in day["reasons"]:
            yield show.plain(f"{day['mailbox']}/{one['folder']} {one['item']}: {one['reason']}")
    yield from (show.plain(f"{row['mailbox']}: {row['reason']}") for row in found["unread"])
    yield "Complete." if found["complete"] else "Not complete."
