"""The query of a request: options, parameters, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.route import Route
from postroom.workspace.query.options import Options
from postroom.workspace.query.request import parse_options

MOST_FIELDS: Final = 200
OPTIONS: Final = frozenset(
    {"filter", "search", "orderby", "select", "expand", "top", "skip", "count", "skiptoken", "deltatoken"}
)
NOT_BUILT: Final = frozenset({"$apply", "$compute"})
IGNORED: Final = frozenset({"$format", "api-version"})
PLACES: Final = frozenset({"skip", "skiptoken", "deltatoken"})
"""Options that say where a page begins."""
CHANGE_THE_ANSWER: Final = frozenset({"filter", "search", "orderby"})
"""Ignored by a route that has none of them, these would answer something else than was asked."""


@dataclass(frozen=True, slots=True)
class Query:
    """`options` are pairs of query options, `parameters` the rest by names in lower case, `aliases` begin with `@`."""

    options: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, str] | None = None
    aliases: Mapping[str, str] | None = None


def parse(text: str) -> Query:
    """Raises Refused for what cannot be read."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise Refused(400, "BadRequest", "The query string cannot be read.") from error
    if any(name.lower() in NOT_BUILT for name, _ in pairs):
        raise Refused(501, "NotImplemented", "$apply and $compute are not supported.")
    pairs = [pair for pair in pairs if pair[0].lower() not in IGNORED]
    return Query(
        tuple(pair for pair in pairs if _is_option(pair[0])),
        {name.lower(): value for name, value in pairs if not _is_option(name) and not _is_alias(name)},
        {name: value for name, value in pairs if _is_alias(name)},
    )


def _is_option(name: str) -> bool:
    return name.startswith("$") or name.lower() in OPTIONS


def _is_alias(name: str) -> bool:
    """`@microsoft.graph.conflictBehavior` is a parameter like others."""
    return name.startswith("@") and "." not in name


def bare(name: str) -> str:
    return name.lower().removeprefix("$")


def options_for(route: Route, pairs: Iterable[tuple[str, str]], page_size: int | None) -> Options:
    """The options of one request. Raises Invalid, and Refused for one that the route does not have."""
    pairs = list(pairs)
    for name, _ in pairs:
        if route.many and bare(name) in CHANGE_THE_ANSWER and bare(name) not in route.options:
            raise Refused(400, "BadRequest", f"Query option '${bare(name)}' is not supported here.")
    return parse_options(pairs, page_size=page_size)


def with_place(query: str, name: str, token: str) -> str:
    """The query string again, beginning elsewhere."""
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if bare(pair[0]) not in PLACES]
    return _encoded([*kept, (name, token)])


def only_place(name: str, token: str) -> str:
    return _encoded([(name, token)])


def _encoded(pairs: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(pairs), quote_via=quote, safe="$(),'/:@*")
