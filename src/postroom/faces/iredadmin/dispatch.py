"""From a method and a path to a row of the contract and its handler."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iredadmin.contract import ACCOUNT, PLACES, Place, Route
from postroom.accounts.addresses import address, domain
from postroom.errors import Invalid
from postroom.faces.iredadmin.call import Call
from postroom.faces.iredadmin.errors import ArgumentInvalid, UnknownRoute
from postroom.faces.iredadmin.given import Given

Handler = Callable[..., object]

HANDLERS: dict[str, Handler] = {}
"""Filled by `implements`, when the modules in `handlers` are imported."""


def implements(key: str, registry: dict[str, Handler] = HANDLERS) -> Callable[[Handler], Handler]:
    """Make a function the handler of a route: `(call, *places of the path, given)`, the last where it has parameters.

    What it returns is `_data`: anything msgspec writes as JSON, `Rows`, `Names`, or None for a change.
    """

    def register(handler: Handler) -> Handler:
        if key in registry:
            raise ValueError(f"{key} has two handlers.")
        registry[key] = handler
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Found:
    """A route with the arguments of its path, normalised."""

    route: Route
    places: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Template:
    """One path of a route, in segments; `{name}` is a place."""

    route: Route
    segments: tuple[str, ...]
    arguments: tuple[Place, ...]
    """`route.places`, which are worked out each time they are asked for."""

    def match(self, path: tuple[str, ...]) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for segment, text in zip(self.segments, path, strict=True):
            if not segment.startswith("{"):
                if segment != text:
                    return None
                continue
            name = segment[1:-1]
            if not self._fits(name, text):
                return None
            found[name] = text
        return found

    def _fits(self, name: str, text: str) -> bool:
        place = PLACES[name]
        if place.kind == "choice":
            return text in place.values
        # Of the three paths of a policy only the form tells a domain from an address. Elsewhere what does not fit is
        # told as such.
        if not self.route.scoped or (self.route.key.startswith("spam_policy") and len(self.segments) > 2):
            return True
        return ("@" in text) == (place.kind == "mail")

    @property
    def places(self) -> int:
        return sum(segment.startswith("{") for segment in self.segments)


class Dispatch:
    """The built routes of a contract with their handlers."""

    def __init__(self, routes: Mapping[str, Route], handlers: Mapping[str, Handler]) -> None:
        self._routes = {key: route for key, route in routes.items() if route.built}
        self._handlers = handlers
        self._templates: dict[tuple[str, str, int], list[_Template]] = {}
        """By method, first word and number of segments."""
        for route in self._routes.values():
            for path in route.paths:
                template = _Template(route, tuple(path.strip("/").split("/")), route.places)
                for method in (route.method, *route.methods):
                    key = method, template.segments[0], len(template.segments)
                    self._templates.setdefault(key, []).append(template)
        for templates in self._templates.values():
            # Words before places: /greylisting/all is no domain.
            templates.sort(key=lambda template: template.places)

    def routes(self) -> list[Route]:
        """All that can be called."""
        return list(self._routes.values())

    def find(self, method: str, path: str) -> Found:
        """`path` is what stands behind `/api`. Raises Refused for no route, ArgumentInvalid for what is none in it."""
        segments = tuple(path.strip("/").split("/"))
        for template in self._templates.get((method, segments[0], len(segments)), ()):
            texts = template.match(segments)
            if texts is not None:
                return Found(template.route, tuple(_places(template.arguments, texts)))
        raise UnknownRoute

    def call(self, found: Found, call: Call, given: Given) -> object:
        """What the handler answers."""
        return self._handlers[found.route.key](call, *found.places, *([given] if found.route.params else []))

    def faults(self) -> Iterator[str]:
        """Where contract and handlers disagree, one sentence each."""
        for key in self._routes.keys() - self._handlers.keys():
            yield f"{key} is built but has no handler."
        for key in self._handlers.keys() - self._routes.keys():
            yield f"{key} has a handler but is not built."
        for key in self._routes.keys() & self._handlers.keys():
            route = self._routes[key]
            expected = ["call", *(place.name for place in route.places), *(["given"] if route.params else [])]
            found = list(inspect.signature(self._handlers[key]).parameters)
            if found != expected:
                yield f"{key}: the contract has {expected}, the handler {found}."


def _places(places: Iterable[Place], texts: Mapping[str, str]) -> Iterator[str | int]:
    for place in places:
        if place.name == ACCOUNT:
            yield _account(texts)
        else:
            yield _READ[place.kind](texts[place.name])


def _account(texts: Mapping[str, str]) -> str:
    if "mail" in texts:
        return str(_mail(texts["mail"]))
    return str(_domain(texts["domain"])) if "domain" in texts else "global"


def _mail(text: str) -> str:
    try:
        return address(text)
    except Invalid as error:
        raise ArgumentInvalid("INVALID_MAIL", "mail", error.expected) from error


def _domain(text: str) -> str:
    try:
        return domain(text)
    except Invalid as error:
        raise ArgumentInvalid("INVALID_DOMAIN_NAME", "domain", error.expected) from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ArgumentInvalid("INVALID_NUMBER", "days", "a whole number, at least 0")
    return int(text)


def _choice(text: str) -> str:
    return text


_READ: Mapping[str, Callable[[str], Any]] = {
    "mail": _mail,
    "domain": _domain,
    "number": _number,
    "choice": _choice,
}
