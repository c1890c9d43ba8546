"""`postroom demo`: the whole journey of a message in one command, then a running server."""

from __future__ import annotations

import os
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

from postroom import configuration, extras, sample
from postroom.cli import local, prepare
from postroom.cli.shell import Shell, command
from postroom.errors import NotFound, WrongState
from postroom.home import Home
from postroom.settings import Settings

if TYPE_CHECKING:
    from postroom.accounts.accounts import Accounts
    from postroom.workspace.workspace import Workspace

    Demo = tuple[Settings, Accounts, Workspace, Callable[[], None]]

HOME: Final = Path("postroom-data-demo")
USER: Final = "demo"
APIS: Final = ("iredadmin", "mailstore", "spe", "graph", "smtp")
SPOKEN: Final = (
    ("iRedAdmin-Pro RESTful API", "iredadmin"),
    ("Microsoft Graph", "graph"),
    ("MailStore Server Administration API", "mailstore"),
    ("MailStore's older Management API", "mailstore"),
    ("MailStore Service Provider Edition", "spe"),
)
PORTS: Final = {
    "iredadmin": ("iredadmin", "port"),
    "mailstore": ("mailstore", "port"),
    "spe": ("spe", "port"),
    "spe-session": ("spe", "session_port"),
    "graph": ("graph", "port"),
    "lmtp": ("smtp", "lmtp_port"),
}
"""Section and setting of each listener, by the name that a starting server gives it."""

MailOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH", help="Your own mbox, Maildir, folder of EML, zip or tar; else the bundled sample.",
        show_default=False,
    ),
]  # fmt: skip
HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help=f"The home, one of the demo's own: default ./{HOME}, not $POSTROOM_HOME.",
        show_default=False,
    ),
]  # fmt: skip
ExitOption = Annotated[bool, typer.Option("--exit", help="End after the journey; else the server stays up.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, own_home=HomeOption)(demo)


def demo(shell: Shell, mail: MailOption = None, end: ExitOption = False) -> None:
    """Make accounts, receive, answer and send mail, archive it, find, export and verify it, all through the APIs."""
    from smtplib import SMTPException

    extras.require_o365()

    from requests import RequestException

    from iredadmin.errors import IRedAdminError
    from mailstore.errors import MailStoreBaseError
    from postroom.cli.accounts_journey import AccountsJourney
    from postroom.cli.journey import Journey
    from postroom.cli.mailbox_journey import MailboxJourney
    from postroom.cli.provider_journey import ProviderJourney

    source = (mail or sample.path()).expanduser().resolve()
    if not source.exists():
        raise NotFound("mail at", str(source))
    begun = time.perf_counter()
    home = Home((shell.home_option or HOME).expanduser().absolute())
    shell = replace(shell, home=home)
    _prepare(home)
    try:
        with _server(shell, source) as (settings, accounts, workspace, wait):
            journey = Journey(shell, settings, source, USER)
            journey.note("server", f"it runs, home {home.path}", begun)
            for name, api in SPOKEN:
                journey.note("API", f"{name}: {local.address(settings, api)}", time.perf_counter())
            first = AccountsJourney(home, settings, accounts, journey.note)
            first.run()
            mailboxes = MailboxJourney(home, settings, workspace.signin, journey.note)
            mailboxes.run()
            journey.run(mailboxes.archive)
            provider = ProviderJourney(home, settings, mailboxes.profile, journey.note)
            provider.run(USER)
            more = (*first.suggestions(), *mailboxes.suggestions(), *provider.suggestions())
            shown = journey.summary(end=end, more=more)
            shell.show([asdict(step) for step in journey.steps], *shown)
            if not end:
                wait()
    except (IRedAdminError, MailStoreBaseError, RequestException, SMTPException) as error:
        raise WrongState(f"The demo did not get through: {str(error).rstrip('.')}.") from error


def _prepare(home: Home) -> None:
    if home.exists() and not local.password_file(home, USER).exists():
        raise WrongState(f"The home {home.path} was not made by this demo. Name a new one with --home.")
    prepare.make(home)
    if local.kept_password(home, USER) is None:
        local.keep_new_password(home, USER)
    for api in APIS:
        configuration.change(home.settings_file, f"{api}.enabled", "true")
    configuration.change(home.settings_file, "mailstore.legacy", "true")


@contextmanager
def _server(shell: Shell, source: Path) -> Iterator[Demo]:
    """The server of the demo; the settings it has, its engines, and what waits until somebody ends it."""
    from postroom import logs
    from postroom.app import build, engines

    settings, home = _with_free_ports(shell.settings()), shell.home
    # Profiles name the authority whose certificates they trust.
    allowed = (*settings.archive.allowed_paths, str(source), str(home.tls / "ca.pem"))
    settings = replace(
        settings,
        archive=replace(settings.archive, allowed_paths=allowed),
        log=replace(settings.log, level="warning"),
        # Programs that try it out are on this machine.
        graph=replace(settings.graph, webhooks_inside=True),
    )
    logs.configure(home.log, settings.log)
    with home.lock(), engines(home, settings) as opened, _stoppable() as wait, _directly(local.host(settings)):
        if opened.accounts is None or opened.workspace is None:
            raise WrongState("The demo needs all APIs: leave iredadmin.enabled and graph.enabled as they are.")
        server = build(home, settings, opened)
        for listener, (section, name) in PORTS.items():
            # Written down for commands that ask this server, and for the next start.
            port = server.ports[listener]
            configuration.change(home.settings_file, f"{section}.{name}", str(port))
            settings = _with_port(settings, listener, port)
        with server.background():
            yield settings, opened.accounts, opened.workspace, wait


def _with_free_ports(settings: Settings) -> Settings:
    for listener, (section, name) in PORTS.items():
        host = settings.smtp.host if section == "smtp" else settings.web.host
        settings = _with_port(settings, listener, _free_port(host, getattr(getattr(settings, section), name)))
    return settings


def _with_port(settings: Settings, listener: str, port: int) -> Settings:
    section, name = PORTS[listener]
    return replace(settings, **{section: replace(getattr(settings, section), **{name: port})})


def _free_port(host: str, port: int) -> int:
    """The port; 0, which takes a free one, when another program listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError:
        return 0
    return port


@contextmanager
def _directly(host: str) -> Iterator[None]:
    """Our own machine is not behind the proxy that the environment names."""
    before = os.environ.get("no_proxy")
    others = before or os.environ.get("NO_PROXY", "")
    os.environ["no_proxy"] = f"{others},{host}" if others else host
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before


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
