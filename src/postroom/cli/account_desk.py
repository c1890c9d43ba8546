"""What commands about accounts share: which server they ask, how they tell what was done, what they ask before."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from postroom.cli import show
from postroom.cli.shell import Shell, command
from postroom.errors import Invalid, NotFound, WrongState
from postroom.logs import visible

if TYPE_CHECKING:
    from iredadmin._methods import Resources
    from postroom.accounts.accounts import Accounts
    from postroom.accounts.password_policy import Rules

P = ParamSpec("P")

UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url", envvar="IREDADMIN_URL", metavar="URL", show_default=False,
        help="An iRedAdmin-Pro or Postroom server, https://host/iredadmin; else the accounts of this home.",
    ),
]  # fmt: skip
UsernameOption = Annotated[
    str | None,
    typer.Option(
        "--username", envvar="IREDADMIN_USERNAME", metavar="MAIL", show_default=False,
        help="With --url: the admin; the password is in IREDADMIN_PASSWORD, or a bearer token in IREDADMIN_TOKEN.",
    ),
]  # fmt: skip
CaOption = Annotated[
    Path | None,
    typer.Option(
        "--ca-file", envvar="IREDADMIN_CA_FILE", metavar="FILE", show_default=False,
        help="With --url: authority that signed the server's certificate.",
    ),
]  # fmt: skip
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Check everything and change nothing.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Server:
    """The options that name a server; without a URL it is the home."""

    url: str | None = None
    username: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command about accounts gets. `accounts` is None when a server is asked."""

    shell: Shell
    api: Resources
    place: str
    """Where the accounts are, in words."""
    accounts: Accounts | None = None

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ends the command unless somebody says yes."""
        confirm(f"{question} ({self.place})", yes=yes)

    def done(self, verb: str, noun: str, name: str, *, dry_run: bool = False, **more: object) -> None:
        """Say what was done to an account; `more` is shown as well, unless nothing was done."""
        result = {noun.replace(" ", "_"): name, "done": verb, "dry_run": dry_run, **({} if dry_run else more)}
        if dry_run:
            self.shell.show(result, f"This was a dry run: the {noun} {name} could be {verb}.")
            return
        lines = (f"{key.capitalize()}: {value}" for key, value in more.items())
        self.shell.show(result, f"The {noun} {name} was {verb}.", *lines)

    def rules(self, domain: str | None) -> Rules:
        """What a new password must be; of a server nobody can ask this, and the usual is supposed."""
        from postroom.accounts.password_policy import Rules
        from postroom.accounts.services.access import LOCAL

        if self.accounts is None:
            return Rules()
        core = self.accounts.core
        rules = core.effective().password_rules
        if domain is None:
            return rules
        with core.look(LOCAL) as look:
            facts = look.directory.facts(domain)
        return rules.of_domain(facts.min_password, facts.max_password)


def confirm(question: str, *, yes: bool) -> None:
    """Ends the command unless somebody says yes. Raises WrongState where nobody can."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise WrongState(f"Nobody can be asked here: {question} Say it with --yes.")
    typer.confirm(visible(question), abort=True, err=True)


@contextmanager
def opened_accounts(shell: Shell) -> Iterator[Accounts]:
    """The accounts of this home, also while a server runs on it: the databases keep order."""
    from postroom import logs
    from postroom.accounts.accounts import Accounts

    shell.home.require()
    settings = shell.settings()
    logs.configure(None, replace(settings.log, level="warning"))
    with Accounts(settings, shell.home.path) as accounts:
        yield accounts


@contextmanager
def opened(shell: Shell, server: Server) -> Iterator[Desk]:
    """The accounts of the home, or those behind a server."""
    from postroom.cli.account_api import Inside

    if server.url is not None:
        with _remote(server) as api:
            yield Desk(shell, api, server.url)
        return
    with opened_accounts(shell) as accounts:
        yield Desk(shell, Inside(accounts, accounts.settings), f"home {shell.home.path}", accounts)


def _remote(server: Server) -> Any:
    from postroom.cli.account_api import Remote

    token, password = os.environ.get("IREDADMIN_TOKEN"), os.environ.get("IREDADMIN_PASSWORD")
    if token is None and (server.username is None or not password):
        raise Invalid("--username", "an admin, and their password in IREDADMIN_PASSWORD; or a token in IREDADMIN_TOKEN")
    ca_file = server.ca_file.expanduser() if server.ca_file else None
    if ca_file and not ca_file.is_file():
        raise NotFound("file", str(ca_file))
    try:
        return Remote(server.url or "", server.username or "", password or "", ca_file=ca_file, token=token)
    except ValueError as error:
        raise Invalid("--url", "a URL such as https://mail.example.com/iredadmin") from error


def desk_command(
    app: typer.Typer, name: str | None = None, **options: Any
) -> Callable[[Callable[Concatenate[Desk, P], None]], Callable[Concatenate[Desk, P], None]]:
    """As `shell.command`, for a function whose first parameter is the Desk: it also takes --url and its like."""

    def register(function: Callable[Concatenate[Desk, P], None]) -> Callable[Concatenate[Desk, P], None]:
        command(app, name or function.__name__.replace("_", "-"), **options)(_with_server_options(function))
        return function

    return register


def _with_server_options(function: Callable[..., None]) -> Callable[..., None]:
    def run(shell: Shell, *, url: str | None, username: str | None, ca_file: Path | None, **arguments: object) -> None:
        with opened(shell, Server(url, username, ca_file)) as desk:
            function(desk, **arguments)

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    run.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        inspect.Parameter("shell", inspect.Parameter.POSITIONAL_ONLY, annotation=Shell),
        *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own),
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in (("url", UrlOption), ("username", UsernameOption), ("ca_file", CaOption))
        ),
    ])  # fmt: skip
    run.__name__, run.__doc__, run.__module__ = function.__name__, function.__doc__, function.__module__
    return run


def table(*columns: str, rows: Iterable[Iterable[object]]) -> Any:
    """A table of what strangers may have written: what a terminal would obey is shown as an escape."""
    return show.table(*columns, rows=[[visible(str(cell)) for cell in row] for row in rows])
