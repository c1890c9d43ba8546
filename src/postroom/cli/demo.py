"""`postroom demo`: the whole journey of a message in one command, then a running server."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from postroom import configuration, sample
from postroom.cli import local, prepare
from postroom.cli.shell import Shell, command
from postroom.errors import NotFound, WrongState
from postroom.home import Home
from postroom.settings import Settings

if TYPE_CHECKING:
    from postroom.accounts.accounts import Accounts

HOME: Final = Path("postroom-data-demo")
USER: Final = "demo"
APIS: Final = ("iredadmin", "mailstore")

MailOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="Your own mbox, Maildir, folder of EML, zip or tar; else the bundled sample.",
        show_default=False,
    ),
]  # fmt: skip
ExitOption = Annotated[bool, typer.Option("--exit", help="End after the journey; else the server stays up.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app)(demo)


def demo(shell: Shell, mail: MailOption = None, end: ExitOption = False) -> None:
    """Make accounts, then archive mail, find, export and verify it, all through the APIs, in a home of its own.

    That of --home, else ./postroom-data-demo.
    """
    from iredadmin.errors import IRedAdminError
    from mailstore.errors import MailStoreBaseError
    from postroom.cli.accounts_journey import AccountsJourney
    from postroom.cli.journey import Journey

    source = (mail or sample.path()).expanduser().resolve()
    if not source.exists():
        raise NotFound("mail at", str(source))
    begun = time.perf_counter()
    home = Home((shell.home_option or HOME).expanduser().absolute())
    shell = replace(shell, home=home)
    _prepare(home)
    try:
        with _server(shell, source) as (settings, accounts, wait):
            journey = Journey(shell, settings, source, USER)
            addresses = " and ".join(local.address(settings, api) for api in APIS)
            journey.note("server", f"{addresses}, home {home.path}", begun)
            first = AccountsJourney(home, settings, accounts, journey.note)
            first.run()
            journey.run()
            shown = journey.summary(end=end, more=first.suggestions())
            shell.show([asdict(step) for step in journey.steps], *shown)
            if not end:
                wait()
    except (IRedAdminError, MailStoreBaseError) as error:
        raise WrongState(f"The demo did not get through: {str(error).rstrip('.')}.") from error


def _prepare(home: Home) -> None:
    if home.exists() and not local.password_file(home, USER).exists():
        raise WrongState(f"The home {home.path} was not made by this demo. Name a new one with --home.")
    prepare.make(home)
    if local.kept_password(home, USER) is None:
        local.keep_new_password(home, USER)
    for api in APIS:
        configuration.change(home.settings_file, f"{api}.enabled", "true")


@contextmanager
def _server(shell: Shell, source: Path) -> Iterator[tuple[Settings, Accounts, Callable[[], None]]]:
    """The server of the demo; the settings it has, its accounts, and what waits until somebody ends it."""
    from postroom import logs
    from postroom.app import build, engines

    settings, home = _with_free_ports(shell.settings()), shell.home
    settings = replace(
        settings,
        archive=replace(settings.archive, allowed_paths=(*settings.archive.allowed_paths, str(source))),
        log=replace(settings.log, level="warning"),
    )
    logs.configure(home.log, settings.log)
    with home.lock(), engines(home, settings) as opened, _stoppable() as wait:
        if opened.accounts is None:
            raise WrongState("The demo needs the iRedAdmin API: leave iredadmin.enabled as it is.")
        server = build(home, settings, opened)
        for api in APIS:
            # Written down for commands that ask this server, and for the next start.
            configuration.change(home.settings_file, f"{api}.port", str(server.ports[api]))
            settings = _with_port(settings, api, server.ports[api])
        with server.background():
            yield settings, opened.accounts, wait


def _with_free_ports(settings: Settings) -> Settings:
    for api in APIS:
        settings = _with_port(settings, api, _free_port(settings, getattr(settings, api).port))
    return settings


def _with_port(settings: Settings, api: str, port: int) -> Settings:
    return replace(settings, **{api: replace(getattr(settings, api), port=port)})


def _free_port(settings: Settings, port: int) -> int:
    """The port; 0, which takes a free one, when another program listens there."""
    family = socket.AF_INET6 if ":" in settings.web.host else socket.AF_INET
    try:
        socket.create_server((settings.web.host, port), family=family).close()
    except OSError:
        return 0
    return port


@contextmanager
def _stoppable() -> Iterator[Callable[[], None]]:
    """Ctrl-C and SIGTERM end what is inside in order, also while it waits."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if ended.is_set():
            raise KeyboardInterrupt
        ended.set()
        if not waiting:
            raise KeyboardInterrupt

    waiting: list[bool] = []

    def wait() -> None:
        waiting.append(True)
        ended.wait()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
