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
from typing import Annotated, Final

import typer

from postroom import configuration, sample
from postroom.cli import local, prepare
from postroom.cli.shell import Shell, command
from postroom.errors import NotFound, WrongState
from postroom.home import Home
from postroom.settings import Settings

HOME: Final = Path("postroom-data-demo")
USER: Final = "demo"

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
    """Archive mail, find, export and verify it, all through the API, in a home of its own: that of --home, else
    ./postroom-data-demo."""
    from mailstore.errors import MailStoreBaseError
    from postroom.cli.journey import Journey

    source = (mail or sample.path()).expanduser().resolve()
    if not source.exists():
        raise NotFound("mail at", str(source))
    begun = time.perf_counter()
    home = Home((shell.home_option or HOME).expanduser().absolute())
    shell = replace(shell, home=home)
    _prepare(home)
    try:
        with _server(shell, source) as (settings, wait):
            journey = Journey(shell, settings, source, USER)
            address = f"https://{local.host(settings)}:{settings.mailstore.port}"
            journey.note("server", f"{address}, home {home.path}", begun)
            journey.run()
            shell.show([asdict(step) for step in journey.steps], *journey.summary(end=end))
            if not end:
                wait()
    except MailStoreBaseError as error:
        raise WrongState(f"The demo did not get through: {str(error).rstrip('.')}.") from error


def _prepare(home: Home) -> None:
    if home.exists() and not local.password_file(home, USER).exists():
        raise WrongState(f"The home {home.path} was not made by this demo. Name a new one with --home.")
    prepare.make(home)
    if local.kept_password(home, USER) is None:
        local.keep_new_password(home, USER)
    configuration.change(home.settings_file, "mailstore.enabled", "true")


@contextmanager
def _server(shell: Shell, source: Path) -> Iterator[tuple[Settings, Callable[[], None]]]:
    """The server of the demo; the settings it has, and what waits until somebody ends it."""
    from postroom import logs
    from postroom.app import Engines, build
    from postroom.archive.archive import Archive

    settings, home = shell.settings(), shell.home
    settings = replace(
        settings,
        archive=replace(settings.archive, allowed_paths=(*settings.archive.allowed_paths, str(source))),
        log=replace(settings.log, level="warning"),
        mailstore=replace(settings.mailstore, port=_free_port(settings)),
    )
    logs.configure(home.log, settings.log)
    with home.lock(), Archive(home.archive, settings) as archive, _stoppable() as wait:
        server = build(home, settings, Engines(archive))
        port = server.ports["mailstore"]
        # Written down for commands that ask this server, and for the next start.
        configuration.change(home.settings_file, "mailstore.port", str(port))
        with server.background():
            yield replace(settings, mailstore=replace(settings.mailstore, port=port)), wait


def _free_port(settings: Settings) -> int:
    """The port of the settings; 0, which takes a free one, when another program listens there."""
    family = socket.AF_INET6 if ":" in settings.web.host else socket.AF_INET
    try:
        socket.create_server((settings.web.host, settings.mailstore.port), family=family).close()
    except OSError:
        return 0
    return settings.mailstore.port


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
