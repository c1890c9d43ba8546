"""What all commands share: the options --home, --set and --json, how results are printed, how errors end."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from postroom import __version__
from postroom.errors import Invalid, PostroomError
from postroom.home import Home
from postroom.logs import visible
from postroom.settings import Settings

P = ParamSpec("P")

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="The home; default $POSTROOM_HOME, then ./postroom-data.", show_default=False
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="SECTION.NAME=VALUE", help="A setting for this run; may be repeated.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result, or the error, as one line of JSON.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"Postroom {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
]

FAILED, USAGE = 1, 2


@dataclass(frozen=True, slots=True)
class Given:
    """The shared options as they were typed, before the command or behind it."""

    home: Path | None = None
    overrides: tuple[str, ...] = ()
    json: bool = False

    def __or__(self, later: Given) -> Given:
        return Given(later.home or self.home, self.overrides + later.overrides, self.json or later.json)


@dataclass(frozen=True, slots=True)
class Shell:
    """What a command gets: where the home is, the settings, and how to print."""

    home: Home
    overrides: tuple[str, ...]
    json: bool
    home_option: Path | None = None
    """What --home said, for commands with a default home of their own."""

    @classmethod
    def of(cls, given: Given) -> Shell:
        return cls(Home.of(given.home, os.environ), given.overrides, given.json, given.home)

    def settings(self) -> Settings:
        """Raises Invalid naming what cannot be used."""
        from postroom import configuration

        return configuration.load(self.home.settings_file, os.environ, self.overrides)

    def show(self, result: object, *human: object) -> None:
        """Print `result` as JSON when --json was given, else the `human` lines: texts or anything Rich prints."""
        if self.json:
            typer.echo(visible(json.dumps(result, ensure_ascii=False)))
            return
        from rich.console import Console

        console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        for line in human:
            console.print(visible(line) if isinstance(line, str) else line)

    def fail(self, error: Exception) -> typer.Exit:
        """Print one sentence on standard error; the answer is what to raise."""
        code = USAGE if isinstance(error, Invalid) else FAILED
        # A server may have said it, or a file's name: a terminal must not obey either.
        sentence = visible(str(error) if isinstance(error, PostroomError) else _of_system(error))
        as_json = json.dumps({"error": type(error).__name__, "message": sentence}, ensure_ascii=False)
        typer.echo(as_json if self.json else f"Error: {sentence}", err=True)
        return typer.Exit(code)


def _of_system(error: Exception) -> str:
    """What the operating system said, as a sentence: 'Permission denied: /srv/mail.'"""
    reason = getattr(error, "strerror", None) or str(error)
    name = getattr(error, "filename", None)
    return f"{reason}: {name}." if name else f"{reason}."


def command(
    app: typer.Typer, name: str | None = None, *, own_home: Any = HomeOption, **options: Any
) -> Callable[[Callable[Concatenate[Shell, P], None]], Callable[Concatenate[Shell, P], None]]:
    """Register a function whose first parameter is the Shell as a command that also takes the shared options.

    `own_home`: the option --home of a command that has a default home of its own.
    """

    def register(function: Callable[Concatenate[Shell, P], None]) -> Callable[Concatenate[Shell, P], None]:
        app.command(name or function.__name__.replace("_", "-"), **options)(_with_shared_options(function, own_home))
        return function

    return register


def share_before(app: typer.Typer) -> None:
    """Let the shared options stand before the commands of an app, or of a group of it, as well."""

    @app.callback()
    def root(
        context: typer.Context,
        home: HomeOption = None,
        overrides: SetOption = None,
        as_json: JsonOption = False,
        version: VersionOption = False,  # noqa: ARG001  its callback has printed it
    ) -> None:
        context.obj = _given(context) | Given(home, tuple(overrides or ()), as_json)

    root.__doc__ = app.info.help


def _given(context: typer.Context) -> Given:
    """What stood further left."""
    return context.obj if isinstance(context.obj, Given) else Given()


def _with_shared_options(function: Callable[..., None], home_option: Any) -> Callable[..., None]:
    # Typer reads the signature: it is the function's own parameters between the context and the shared options.
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

    def run(
        context: typer.Context, *, home: Path | None, overrides: list[str] | None, as_json: bool, **arguments: object
    ) -> None:
        shell = Shell.of(_given(context) | Given(home, tuple(overrides or ()), as_json))
        try:
            function(shell, **arguments)
        except (PostroomError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise shell.fail(error) from error

    parameters = [
        inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
        *_keyword_only(own),
        inspect.Parameter("home", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=home_option),
        inspect.Parameter("overrides", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=SetOption),
        inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption),
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__, run.__doc__, run.__module__ = function.__name__, function.__doc__, function.__module__
    return run


def _keyword_only(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
