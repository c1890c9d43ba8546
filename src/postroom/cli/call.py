"""`postroom call`: any function of the Administration API, from a shell."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from postroom.cli import local
from postroom.cli.shell import Shell, command
from postroom.errors import Invalid, PostroomError, Unavailable
from postroom.logs import visible
from postroom.work.command_text import Command, of_words

if TYPE_CHECKING:
    from mailstore.contract import Function
    from mailstore.server import Client
    from mailstore.spe import Client as ManagementClient

    Functions = Mapping[str, Function]

# Our options stand before the function's name, so that its arguments may have any names: --password is one of them.
WORDS_LAST = {"allow_interspersed_args": False}

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="FUNCTION [--NAME=VALUE]...",
        help="The function, then its arguments. Options of `postroom call` stand before it.",
        show_default=False,
    ),
]
HostOption = Annotated[str | None, typer.Option(envvar="MAILSTORE_HOST", help="Default: the server of this home.")]
PortOption = Annotated[int | None, typer.Option(envvar="MAILSTORE_PORT", help="Default: that of the settings.")]
UserOption = Annotated[str, typer.Option("--user", envvar="MAILSTORE_USER", help="Who calls.")]
PasswordOption = Annotated[
    str | None,
    typer.Option(
        envvar="MAILSTORE_PASSWORD",
        help="Better in the environment. Default: what the home keeps for the user, else `admin`.",
        show_default=False,
    ),
]
CaOption = Annotated[
    str | None,
    typer.Option("--ca-file", envvar="MAILSTORE_CA_FILE", help="Authority that signed the server's certificate."),
]
InsecureOption = Annotated[bool, typer.Option("--insecure", help="Accept any certificate.")]


class CallFailed(PostroomError):
    """The server refused the call, or it failed there; the sentence is the server's own."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    command(app, context_settings=WORDS_LAST)(call)


def call(
    shell: Shell,
    words: Words,
    host: HostOption = None,
    port: PortOption = None,
    user: UserOption = "admin",
    password: PasswordOption = None,
    ca_file: CaOption = None,
    insecure: InsecureOption = False,
) -> None:
    """Call a function of the Administration API and print its result as JSON; its log goes to standard error."""
    import mailstore

    if asks_for_help(words):
        explain(shell, words[0])
        return
    settings, own = shell.settings(), host is None
    client = mailstore.server.Client(
        user,
        password or (local.kept_password(shell.home, user) if own else None) or local.FIRST_PASSWORD,
        host or local.host(settings),
        port or settings.mailstore.port,
        logLevel=0,
        ca_file=ca_file or (local.authority(shell.home, settings) if own else None),
        ignoreInvalidSSLCerts=insecure,
        callbackStatus=print_log,
    )
    perform(shell, client, of_words(words), _server(), own=own)


def perform(shell: Shell, client: Client | ManagementClient, asked: Command, known: Functions, *, own: bool) -> None:
    """Make a call of one of the `known` functions, or of one that a newer server has, and print its result. `own`: the
    server is that of this home. Raises CallFailed, Unavailable, Invalid."""
    from mailstore.errors import MailStoreBaseError, MailStoreConnectionError

    with client:
        try:
            asked = checked(asked, lambda: (str(row["name"]) for row in client.GetMetadata()), known)
            status = client.CallMethod(asked.function, asked.arguments)
        except MailStoreConnectionError as error:
            raise Unavailable(_unreachable(shell, str(error), own=own)) from error
        except MailStoreBaseError as error:
            raise CallFailed(getattr(error, "msg", None) or str(error)) from error
    _end(shell, asked.function, status)


def asks_for_help(words: Sequence[str]) -> bool:
    """--help behind a function's name is about the function."""
    return bool({"--help", "-h"} & {*words[1:]})


def explain(shell: Shell, word: str, known: Functions | None = None, program: str = "postroom call") -> None:
    """What a function does and takes; `known` as in `checked`."""
    known = known or _server()
    name = _spelled(word, known)
    if name is None:
        raise Invalid(word, f"a function; {_nearest(word, known)}")
    function = known[name]
    lines = [f"{program} {name} [--NAME=VALUE]...", "", function.doc, ""]
    for param in function.params:
        values = f" One of {', '.join(param.values)}." if param.values else ""
        need = "needed" if param.required else "optional"
        lines.append(f"  --{param.name:24} {param.type}, {need}. {param.doc}{values}")
    shell.show(function.metadata(), *lines)


def _end(shell: Shell, function: str, status: Mapping[str, Any]) -> None:
    if status["statusCode"] in ("failed", "cancelled"):
        error = status["error"]
        raise CallFailed(error["message"] if error else f"{function} was cancelled.")
    print_result(shell, status["result"])


def print_result(shell: Shell, result: object) -> None:
    """As the original's command line does: JSON, or nothing when there is no result."""
    if result is not None:
        typer.echo(visible(json.dumps(result, ensure_ascii=False, indent=None if shell.json else 2)))


def print_log(status: Mapping[str, Any]) -> None:
    if status["logOutput"]:
        typer.echo(visible(status["logOutput"].replace("\r\n", "\n")), nl=False, err=True)


def _unreachable(shell: Shell, reason: str, *, own: bool) -> str:
    if own and shell.home.exists() and shell.home.holder() is None:
        return f"No server runs on the home {shell.home.path}. Start it with `postroom serve`."
    return reason.rstrip(".") + "."


def checked(asked: Command, more: Callable[[], Iterable[str]] = tuple, known: Functions | None = None) -> Command:
    """The command with all names as the API spells them; `known` is its table, else that of the Administration API,
    `more` gives functions that the table does not have.

    Raises Invalid naming the nearest.
    """
    known = known or _server()
    if name := _spelled(asked.function, known):
        return Command(name, _arguments(known[name], asked.arguments))
    names = list(more())
    if name := _spelled(asked.function, names):
        return Command(name, asked.arguments)
    raise Invalid(asked.function, f"a function; {_nearest(asked.function, [*known, *names])}")


def _server() -> Functions:
    from mailstore.contract import SERVER

    return SERVER


def _arguments(function: Function, given: Mapping[str, str]) -> dict[str, str]:
    known = [param.name for param in function.params]
    arguments = {}
    for key, value in given.items():
        name = _spelled(key, known)
        if name is None:
            raise Invalid(f"--{key}", f"an argument of {function.name}; {_nearest(key, known)}")
        arguments[name] = value
    missing = [f"--{param.name}" for param in function.params if param.required and param.name not in arguments]
    if missing:
        raise Invalid(function.name, "also " + ", ".join(missing))
    return arguments


def _spelled(word: str, known: Iterable[str]) -> str | None:
    return next((name for name in known if name.lower() == word.lower()), None)


def _nearest(word: str, known: Iterable[str]) -> str:
    words = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), words, 1, 0.5)
    if close:
        return f"the nearest is {words[close[0]]}"
    return "there are " + ", ".join(sorted(words.values())) if words else "it has none"
