"""Handlers by the key of their route."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping

from postroom.faces.graph.result import Result
from postroom.faces.graph.route import Route

Handler = Callable[..., Result]

Known = Callable[..., object]
KNOWN: dict[str, Known] = {}
"""Filled by `knows`."""
HANDLERS: dict[str, Handler] = {}
"""Filled by `implements`, when the modules in `handlers` are imported."""


def implements(*keys: str, registry: dict[str, Handler] = HANDLERS) -> Callable[[Handler], Handler]:
    """Make a function the handler of routes with the same keys in their paths: `(call, *keys of the path)`.

    The parameters have the names that the places of the path have, in their order.
    """

    def register(handler: Handler) -> Handler:
        for key in keys:
            if key in registry:
                raise ValueError(f"{key} has two handlers.")
            registry[key] = handler
        return handler

    return register


def knows(*keys: str) -> Callable[[Known], Known]:
    """Make a function the check of what stands in the path of an open route: `(workspace, *keys of the path)`.

    It is asked before a large body is read, and raises NotFound.
    """

    def register(known: Known) -> Known:
        KNOWN.update(dict.fromkeys(keys, known))
        return known

    return register


def faults(routes: Iterable[Route], handlers: Mapping[str, Handler]) -> Iterator[str]:
    """Where table and handlers disagree, one sentence each."""
    known: set[str] = set()
    for route in routes:
        if route.key in known:
            yield f"{route.key} is there twice."
        known.add(route.key)
        if route.key not in handlers:
            yield f"{route.key} has no handler."
            continue
        expected = ["call", *route.places]
        found = list(inspect.signature(handlers[route.key]).parameters)
        if found != expected:
            yield f"{route.key}: the path has {expected}, the handler {found}."
    for key in handlers.keys() - known:
        yield f"{key} has a handler but no route."
