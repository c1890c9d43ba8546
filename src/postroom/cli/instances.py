"""`postroom instances …`: the instances of a service provider, and who administers them."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from postroom.cli import call as functions
from postroom.cli import local, show
from postroom.cli.shell import Shell, command, share_before
from postroom.errors import AlreadyExists, Invalid, WrongState
from postroom.logs import visible
from postroom.work.command_text import of_words

if TYPE_CHECKING:
    from postroom.archive.management.management import Management

VARIABLE: Final = "INSTANCES_PASSWORD"
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the administrator.", show_default=False)]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file", metavar="FILE", show_default=False,
        help=f"The password is the first line of it; - is standard input. Else {VARIABLE}, else you are asked.",
    ),
]  # fmt: skip
GenerateOption = Annotated[bool, typer.Option("--generate", help="Make a strong password and print it.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help=(__doc__ or "").partition("\n")[0].partition(": ")[2].capitalize(), no_args_is_help=True)
    share_before(group)
    app.add_typer(group, name="instances")
    command(group, "list")(list_)
    command(group)(administrators)
    command(group)(administrator)
    command(group)(log)
    command(group, context_settings=functions.WORDS_LAST)(call)


def list_(shell: Shell) -> None:
    """List the instances as they are remembered; whether they run, tells `call GetInstances`."""
    from postroom.archive.stores import INSTANCE_FILE

    with _opened(shell) as management:
        rows = [
            {
                "instanceID": row.name,
                "displayName": row.display_name,
                "startMode": row.start_mode,
                "baseDirectory": str(row.directory),
                "exists": (row.directory / INSTANCE_FILE).exists(),
            }
            for row in management.instances.all()
        ]
    cells = [
        [visible(str(cell or "")) for cell in (row["instanceID"], row["displayName"], row["startMode"], _place(row))]
        for row in rows
    ]
    shell.show(rows, show.table("instance", "name", "start", "folder", rows=cells) if rows else "There is none.")


def _place(row: Mapping[str, object]) -> str:
    return f"{row['baseDirectory']}{'' if row['exists'] else ' (never started)'}"


def administrators(shell: Shell) -> None:
    """List who administers the installation."""
    with _opened(shell) as management:
        rows = management.administrators.all()
    cells = [[visible(cell or "") for cell in (row.name, row.full_name, row.address, row.mfa)] for row in rows]
    result = [
        {"userName": row.name, "fullName": row.full_name, "emailAddress": row.address, "mfaStatus": row.mfa}
        for row in rows
    ]
    shell.show(result, show.table("name", "full name", "address", "second factor", rows=cells))


def administrator(
    shell: Shell, name: NameArgument, password_file: FileOption = None, generate: GenerateOption = False
) -> None:
    """Make an administrator, or set the password of one: the first is `admin`, whose password is `admin` until then."""
    from postroom.archive.instance.audit import Actor

    by = Actor("$cli", "cli")
    with _opened(shell) as management:
        password = _password(name, password_file, generate=generate)
        try:
            management.administrators.create(name, password, by)
            done = "made"
        except AlreadyExists:
            management.administrators.set_password(name, password, by)
            done = "given a new password"
    told = {"password": password} if generate else {}
    lines = [f"The administrator {name} was {done}.", *(f"Password: {word}" for word in told.values())]
    shell.show({"administrator": name, "done": done, **told}, *lines)


def log(
    shell: Shell,
    user: Annotated[str | None, typer.Option(help="Only what this administrator did.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many events.")] = 100,
) -> None:
    """Show who did what to the installation and called what on which instance, newest first; the log is checked."""
    from postroom.archive.instance.audit import Filter

    with _opened(shell) as management:
        management.audit.verify()
        rows = management.audit.entries(Filter(user=user), limit=limit)
    result = [
        {"time": _time(row.time_ms), "event": row.event, "ok": row.ok, "userName": row.user, "target": row.target}
        for row in rows
    ]
    cells = [
        [visible(str(cell or "")) for cell in (_time(row.time_ms), row.user, row.event, row.target, _failed(row.ok))]
        for row in rows
    ]
    shell.show(result, show.table("time (UTC)", "who", "event", "of", "", rows=cells) if rows else "There is none.")


def _time(time_ms: int) -> str:
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}"


def _failed(ok: bool) -> str:
    return "" if ok else "failed"


def call(
    shell: Shell,
    words: functions.Words,
    host: functions.HostOption = None,
    port: Annotated[
        int | None, typer.Option(envvar="MAILSTORE_SPE_PORT", help="Default: that of the settings.")
    ] = None,
    user: functions.UserOption = "admin",
    password: functions.PasswordOption = None,
    ca_file: functions.CaOption = None,
    insecure: functions.InsecureOption = False,
) -> None:
    """Call a function of the Management API and print its result as JSON; its log goes to standard error."""
    import mailstore
    from mailstore.contract import SPE

    if functions.asks_for_help(words):
        functions.explain(shell, words[0], SPE, "postroom instances call")
        return
    settings, own = shell.settings(), host is None
    client = mailstore.spe.Client(
        user,
        password or local.FIRST_PASSWORD,
        host or local.host(settings),
        port or settings.spe.port,
        session="basic",
        logLevel=0,
        ca_file=ca_file or (local.authority(shell.home, settings) if own else None),
        ignoreInvalidSSLCerts=insecure,
        callbackStatus=functions.print_log,
    )
    functions.perform(shell, client, of_words(words), SPE, own=own)


@contextmanager
def _opened(shell: Shell) -> Iterator[Management]:
    """The management database, also beside a server that runs: both write whole transactions."""
    from postroom.archive.management.management import Management

    shell.home.require()
    with Management(shell.home.instances, shell.settings()) as management:
        yield management


def _password(name: str, file: Path | None, *, generate: bool) -> str:
    if generate and file is not None:
        raise Invalid("--password-file", "one of --password-file and --generate")
    if generate:
        return secrets.token_urlsafe(15)
    if file is not None:
        text = sys.stdin.readline() if str(file) == "-" else file.expanduser().read_text("utf-8")
        return text.partition("\n")[0].removesuffix("\r")
    return os.environ.get(VARIABLE) or _prompted(name)


def _prompted(name: str) -> str:
    if not sys.stdin.isatty():
        raise WrongState(f"Nobody can be asked for a password here. Give --password-file, {VARIABLE}, or --generate.")
    return str(typer.prompt(f"Password of {visible(name)}", hide_input=True, confirmation_prompt=True, err=True))
