"""Functions of the Administration API run in this process, on the home itself, while no server runs on it.

Whoever may read the files of the home needs no account: the actor is `$local:<user of the system>`, the client `cli`,
and the audit log names both.
"""

from __future__ import annotations

import getpass
import shlex
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from types import FrameType
from typing import Any

import msgspec

from mailstore import encode
from mailstore.contract import SERVER
from postroom import __version__, logs
from postroom.archive.archive import Archive
from postroom.archive.directories.model import People
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.privileges import ALL, Account, Rules
from postroom.cli import local
from postroom.cli.progress import Display
from postroom.cli.shell import Shell
from postroom.errors import Invalid, Unavailable
from postroom.faces.mailstore.server import handlers as _handlers  # noqa: F401  importing them registers them
from postroom.faces.mailstore.server.call import Call, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch
from postroom.faces.mailstore.server.errors import ArgumentInvalid
from postroom.settings import Settings
from postroom.web.parts import certificate_of
from postroom.web.sessions import Sessions
from postroom.work.command_text import Command
from postroom.work.process import Process

CLIENT = "cli"


class Owner(Account):
    """Who owns the home may read all of it."""

    __slots__ = ()

    def readable_archives(self, rules: Rules) -> Any:  # noqa: ARG002  the rules are about accounts
        """All there are."""
        return ALL

    def _refusal_to_read(self, archive: str, rules: Rules) -> str | None:  # noqa: ARG002
        return None


class LocalCall(Call):
    """A call that came in by the command line."""

    __slots__ = ()

    @property
    def by(self) -> Actor:
        """The person at this machine, also when asking in the name of a user."""
        return actor()


def actor() -> Actor:
    """The person at this machine."""
    return Actor(f"$local:{getpass.getuser()}", CLIENT)


@dataclass(frozen=True, slots=True)
class Inside:
    """The opened archive, and what calls are answered with."""

    shell: Shell
    settings: Settings
    archive: Archive

    def call(self, command: Command, user: str | None = None) -> Any:
        """Run a function and show how far it is; its result as the API gives it.

        With `user`, as that user would see it. Raises what the function raises, Invalid for an argument.
        """
        dispatch = Dispatch(SERVER, HANDLERS, strict=True)
        function = dispatch.function(command.function)
        try:
            arguments = dispatch.arguments(function, command.arguments.items())
        except ArgumentInvalid as error:
            raise Invalid(error.name, error.expected) from error
        name = actor().name
        with Display(self.shell.json) as display:
            process = Process(function.name, name, on_change=display.show)
            call = LocalCall(self.archive, self._account(user), "", process, self.settings, self._facts())
            with _cancelled_by_ctrl_c(process):
                result = dispatch.handler(function)(call, **arguments)
        return msgspec.to_builtins(result)

    def wait_indexed(self) -> None:
        """Until everything can be found: after a restore or an interrupted import much may wait.

        Raises Unavailable when indexing stopped.
        """
        with Display(self.shell.json) as display:
            if not self.archive.wait_indexed(progress=lambda left: display.at(f"{left} messages to be indexed", None)):
                reasons = {m.indexer.error for m in self.archive.stores.open_mounts() if m.indexer.error}
                raise Unavailable(f"Not everything could be indexed. {' '.join(sorted(reasons))}")

    def _account(self, user: str | None) -> Account:
        return self.archive.instance.users.account(user) if user else Owner(actor().name, frozenset({"admin"}))

    def _facts(self) -> Facts:
        home, settings = self.shell.home, self.settings
        certificate = partial(certificate_of, home, settings)
        return Facts(__version__, "", home.path, str, dict, Sessions(), certificate)


@contextmanager
def opened(shell: Shell, instead: Command | None = None) -> Iterator[Inside]:
    """The archive of this home, for this process alone. `instead` is what to call while a server holds it.

    Raises Unavailable naming the process that holds the home.
    """
    shell.home.require()
    settings = shell.settings()
    # The owner of the home may name any path; the setting restricts callers of the server.
    settings = replace(settings, archive=replace(settings.archive, allowed_paths=("/",)))
    if holder := shell.home.holder():
        raise Unavailable(_held(shell, holder, instead))
    logs.configure(shell.home.log, replace(settings.log, level="warning"))
    with shell.home.lock(), Archive(shell.home.archive, settings) as archive, ExitStack() as lent:
        _lend_accounts(shell, settings, archive, lent)
        yield Inside(shell, settings, archive)


def _lend_accounts(shell: Shell, settings: Settings, archive: Archive, lent: ExitStack) -> None:
    """Those of the home as a directory of the archive, where it has any; opened when they are asked for."""
    from postroom.app import needs_accounts

    @cache
    def people() -> People:
        from postroom.accounts.accounts import Accounts
        from postroom.directory import AccountsDirectory

        return AccountsDirectory(lent.enter_context(Accounts(settings, shell.home.path)))

    if needs_accounts(settings):
        archive.directories.accounts = people


def _held(shell: Shell, process: int, instead: Command | None) -> str:
    told = f"The home {shell.home.path} is in use by its server, process {process}."
    if instead is None:
        return f"{told} Stop it first."
    home = f"--home {shlex.quote(str(shell.home.path))} " if shell.home_option else ""
    return f"{told} Ask it: postroom call {home}{local.for_shell(instead)}"


def command(function: str, **arguments: object) -> Command:
    """A call with the arguments that were given, as text."""
    return Command(function, encode.form(arguments, encode.types(SERVER[function])))


@contextmanager
def _cancelled_by_ctrl_c(process: Process) -> Iterator[None]:
    """The first Ctrl-C asks the function to end in order, the second ends it at once."""
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        process.cancel()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
