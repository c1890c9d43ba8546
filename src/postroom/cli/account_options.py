"""Options and arguments of commands, made from the rows of the API's contract: nothing is written twice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from iredadmin.contract import Param, Place, Route

SHORT: Final = {"isGlobalAdmin": "--global"}
"""Parameters that are typed more often than their names are nice."""
PAGING: Final = frozenset({"limit", "after"})


def option(name: str) -> str:
    """`addForwarding` as `--add-forwarding`."""
    return SHORT.get(name) or "--" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).replace("_", "-").lower()


def option_of(route: Route, name: str) -> str:
    """How the command line calls a parameter; what stands in the path has its own name."""
    return option(name) if any(param.name == name for param in route.params) else name


def options(params: Iterable[Param]) -> Iterator[inspect.Parameter]:
    """Each parameter but secret ones as an option; what is not given is None."""
    for param in params:
        if not param.secret:
            yield keyword(param.python, _annotation(param), ... if param.required else None)


def arguments(places: Iterable[Place]) -> Iterator[inspect.Parameter]:
    """What stands in the path, as arguments."""
    for place in places:
        doc = f"{place.doc.rstrip('.')}: {' or '.join(place.values)}." if place.values else place.doc
        argument = typer.Argument(metavar=place.name.upper(), help=doc, show_default=False)
        yield keyword(place.name, Annotated[str, argument])


def keyword(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is ... else default,
        annotation=annotation,
    )


def with_signature(function: Callable[..., None], first: type, parameters: Iterable[inspect.Parameter]) -> None:
    """Let a function that takes `**given` be read as one that has these parameters."""
    begin = inspect.Parameter("first", inspect.Parameter.POSITIONAL_ONLY, annotation=first)
    function.__signature__ = inspect.Signature([begin, *parameters])  # type: ignore[attr-defined]


def sent(params: Iterable[Param], given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for the client: what was given; several values of a list joined as the API wants them."""
    found = {param.python: given.get(param.python) for param in params if not param.secret}
    return {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in found.items()
        # Typer gives an empty list where the option was not typed; `--forwarding ''` gives one with an empty text.
        if value is not None and value != []
    }


def _annotation(param: Param) -> Any:
    name, doc = option(param.name), _help(param)
    match param.kind:
        case "flag":
            return Annotated[bool | None, typer.Option(f"{name}/--no-{name[2:]}", help=doc, show_default=False)]
        case "number":
            return Annotated[int | None, typer.Option(name, help=doc, show_default=False)]
        case "list":
            made = typer.Option(name, help=f"{doc} Commas between them, or repeat it.", show_default=False)
            return Annotated[list[str] | None, made]
        case _:
            return Annotated[str | None, typer.Option(name, help=doc, show_default=False)]


def _help(param: Param) -> str:
    values = ("active", "disabled") if param.kind == "status" else param.values
    words = f" Of: {', '.join(values)}." if values else ""
    # Typer reads help as Rich's markup, in which `[host]` is a style.
    return escape(f"{param.doc}{words}{' LDAP only.' if param.backends == 'LDAP' else ''}")
