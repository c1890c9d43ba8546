"""The routes as a tree of segments: from a path to a route and its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from postroom.faces.graph.errors import Refused
from postroom.faces.graph.path import Segment
from postroom.faces.graph.route import BASES, Route
from postroom.workspace.schema.types import SCHEMA


@dataclass(slots=True)
class _Node:
    """`beyond`: where a base ends, all that may stand behind it, with the names of the keys before."""

    names: dict[str, _Node] = field(default_factory=dict)
    key: _Node | None = None
    path: _Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    beyond: tuple[_Node, tuple[str, ...]] | None = None
    tail: _Node | None = None

    def add(self, segment: str) -> _Node:
        if segment.startswith("{*"):
            self.tail = self.tail or _Node()
            return self.tail
        if segment.startswith("{:"):
            self.path = self.path or _Node()
            return self.path
        if segment.startswith("{"):
            self.key = self.key or _Node()
            return self.key
        return self.names.setdefault(segment.lower(), _Node())


WORDS: Final = frozenset({"me", "root"})
"""Segments of bases that have no key and tell where something is."""


def _tells(segment: str) -> bool:
    return segment in WORDS or (segment.startswith("{") and segment not in BASES)


class Match(NamedTuple):
    """A node that a path leads to. A tuple, since every segment of a path makes another."""

    routes: Mapping[str, Route]
    keys: tuple[str, ...] = ()
    arguments: Mapping[str, str] = MappingProxyType({})
    cast: str | None = None
    place: tuple[tuple[str, str], ...] = ()
    tail: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A route with the keys of the path. `user` is the one of `{U}`, None for `/me`.

    `place` has the keys of the base by name, in the order of the path, and what of it is a word by itself:
    `("root", "")`, `("path", "a/b.txt")`. `rest` is what stands behind the route in the path: `$count`, `$ref`, or
    properties to read.
    """

    route: Route
    keys: tuple[str, ...] = ()
    user: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    cast: str | None = None
    rest: tuple[str, ...] = ()
    place: tuple[tuple[str, str], ...] = ()
    tail: tuple[Segment, ...] = ()
    """What stands where the template has `{*name}`: all segments to the end, for routes that walk on by themselves."""


class Table:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self._bases = {base: _Node() for base in BASES}
        for base, templates in BASES.items():
            for template in templates:
                segments = template.split("/")
                names = tuple(segment.strip("{:}") for segment in segments if _tells(segment))
                self._at(segments).beyond = (self._bases[base], names)
        self.routes = tuple(routes)
        for route in self.routes:
            for path in route.templates:
                self._add(route, path)

    def _at(self, segments: Sequence[str]) -> _Node:
        """The node of a path, from the root or from a base."""
        node = self._bases.get(segments[0]) if segments else None
        rest = segments[1:] if node else segments
        node = node or self._root
        for segment in rest:
            node = node.add(segment)
        return node

    def _add(self, route: Route, template: Sequence[str]) -> None:
        node = self._at(template)
        if route.method in node.routes:
            raise ValueError(f"{route.key} and {node.routes[route.method].key} have one path.")
        node.routes[route.method] = route

    def find(self, method: str, segments: Sequence[Segment]) -> Found:
        """Raises Refused: 405 for another method, 400 for a path that leads nowhere."""
        method = "GET" if method == "HEAD" else method
        others: set[str] = set()
        for match in _matches(self._root, segments):
            if method in match.routes:
                return _found(match, match.routes[method])
            others |= match.routes.keys()
        derived = self._derived(segments) if method == "GET" else None
        if derived is not None:
            return derived
        if others:
            raise _wrong_method(others)
        raise self._nowhere(segments)

    def _derived(self, segments: Sequence[Segment]) -> Found | None:
        """What follows from another route: counts, references, single properties."""
        for end in range(len(segments) - 1, 0, -1):
            names = tuple(segment.text for segment in segments[end:] if segment.kind == "plain")
            if len(names) != len(segments) - end:
                return None
            for match in _matches(self._root, segments[:end]):
                route = match.routes.get("GET")
                if route is not None and _readable(route, names):
                    return replace(_found(match, route), rest=names)
        return None

    def _nowhere(self, segments: Sequence[Segment]) -> Refused:
        """Names the first segment that leads nowhere."""
        for end in range(len(segments)):
            if not any(True for _ in _walked(self._root, segments[: end + 1])):
                return Refused(400, "BadRequest", f"Resource not found for the segment '{segments[end].text}'.")
        last = segments[-1].text if segments else "/"
        return Refused(400, "BadRequest", f"Resource not found for the segment '{last}'.")


def _wrong_method(allowed: Iterable[str]) -> Refused:
    message = "Specified HTTP method is not allowed for the request target."
    return Refused(405, "BadRequest", message, {"Allow": ", ".join(sorted(allowed))})


def _found(match: Match, route: Route) -> Found:
    keys, user = match.keys, None
    # A template of {U} with a user has one key more than the route names.
    if len(keys) > len(route.places):
        user, keys = keys[0], keys[1:]
    return Found(route, keys, user, match.arguments, match.cast, place=match.place, tail=match.tail)


def _readable(route: Route, names: Sequence[str]) -> bool:
    if route.many:
        return tuple(names) in (("$count",), ("$ref",))
    names = names[:-1] if names[-1] == "$value" else names
    kind: str | None = route.type
    for name in names:
        found = SCHEMA.find(kind) if kind else None
        property_ = found.property(name) if found else None
        if property_ is None:
            return False
        kind = None if property_.collection else property_.type
    return bool(names) and bool(route.type)


def _matches(root: _Node, segments: Sequence[Segment]) -> Iterator[Match]:
    """Names before keys; a path may fit several templates, of which some have no route."""
    for node, match in _walked(root, segments):
        if node.routes:
            yield match._replace(routes=node.routes)


def _walked(root: _Node, segments: Sequence[Segment]) -> Iterator[tuple[_Node, Match]]:
    """The nodes to which all segments lead, each once.

    A segment may be a name, a cast and a key, and so may the next one: the ways to one node are too many to go them
    all, and what is behind it does not depend on the way.
    """
    seen: set[tuple[int, int]] = set()

    def walk(node: _Node, at: int, so_far: Match) -> Iterator[tuple[_Node, Match]]:
        if (id(node), at) in seen:
            return
        seen.add((id(node), at))
        if at == len(segments):
            yield node, so_far
            yield from beyond(node, at, so_far)
            return
        for child, consumed in _steps(node, segments[at], so_far):
            yield from walk(child, at + 1, consumed)
        yield from beyond(node, at, so_far)
        if node.tail is not None:
            yield node.tail, so_far._replace(tail=tuple(segments[at:]))

    def beyond(node: _Node, at: int, so_far: Match) -> Iterator[tuple[_Node, Match]]:
        if node.beyond is not None:
            after, names = node.beyond
            # A word by itself has no key, and tells something all the same.
            left = iter(so_far.keys)
            place = ((name, "" if name in WORDS else next(left)) for name in names)
            yield from walk(after, at, so_far._replace(keys=(), place=(*so_far.place, *place)))

    return walk(root, 0, Match({}))


def _steps(node: _Node, segment: Segment, so_far: Match) -> Iterator[tuple[_Node, Match]]:
    """Where one segment can lead."""
    if segment.kind == "path":
        if node.path is not None:
            yield node.path, so_far._replace(keys=(*so_far.keys, segment.text))
        return
    named = node.names.get(segment.text.lower())
    if named is not None and segment.key is not None and named.key is not None:
        yield named.key, so_far._replace(keys=(*so_far.keys, segment.key))
    if named is not None and segment.key is None:
        arguments = {**so_far.arguments, **segment.arguments} if segment.arguments else so_far.arguments
        yield named, so_far._replace(arguments=arguments)
    if segment.kind == "qualified" and (cast := SCHEMA.find(segment.text)) is not None:
        yield node, so_far._replace(cast=cast.name)
    if node.key is not None and not segment.text.startswith("$"):
        yield node.key, so_far._replace(keys=(*so_far.keys, segment.raw))
