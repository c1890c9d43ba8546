"""URLs in answers: contexts, the next page, changes since, and where something new is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from postroom.faces.graph.call import Call
from postroom.faces.graph.queries import only_place, with_place
from postroom.faces.graph.route import USER
from postroom.faces.graph.table import Found
from postroom.workspace.query.tree import Path
from postroom.workspace.schema.types import SCHEMA

_ROOTS: Final = {"users", "groups", "domains", "organization", "subscriptions", "invitations", "directoryobjects", "me"}
_COLLECTIONS: Final = _ROOTS.union(*(entity.navigations for entity in SCHEMA.entities.values()))
"""Last names of paths that are things; others are operations on what stands before them."""


def context(call: Call, found: Found) -> str:
    """`@odata.context` of what this route answers."""
    return f"{call.base_url}/$metadata#{_behind(call, found)}"


def _behind(call: Call, found: Found) -> str:
    route = found.route
    entity = "" if route.many or _is_complex(route.type) else "/$entity"
    return (route.context or "/".join(_steps(call, found))) + _selected(call.options.select) + entity


def _steps(call: Call, found: Found) -> list[str]:
    """`users('id')`, `messages`: names with their keys; without the last key, which `$entity` stands for."""
    route = found.route
    names = [segment for segment in route.path.removeprefix(USER).removeprefix(route.base).split("/") if segment]
    if (
        names
        and names[-1].lower() not in _COLLECTIONS
        and not names[-1].startswith("{")
        and not _is_complex(route.type)
    ):
        names.pop()
    if names and names[-1].startswith("{") and not route.many:
        names.pop()
    steps = list(_keyed(names, found.keys))
    if route.path.startswith(USER):
        steps.insert(0, f"users('{call.mailbox}')" if steps else "users")
    return [*_of_base(found, alone=not steps), *steps] if route.base else steps


def _of_base(found: Found, *, alone: bool) -> Iterator[str]:
    """What the route is reached by, as far as it has keys: `sites('id')`; the last key is what `$entity` stands for."""
    keyed = [(name, key) for name, key in found.place if f"{name}s" in _COLLECTIONS]
    for name, key in keyed[:-1] if alone else keyed:
        yield f"{name}s('{quote(key, safe=',')}')"
    if alone and keyed:
        yield f"{keyed[-1][0]}s"


def _keyed(names: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    left, step = list(keys), ""
    for name in names:
        if name.startswith("{"):
            key = left.pop(0)
            step += "" if name.startswith("{:") else "('" + quote(key.replace("'", "''"), safe="'!$&()*+,;=:@") + "')"
            continue
        if step:
            yield step
        step = name
    if step:
        yield step


def _is_complex(kind: str) -> bool:
    found = SCHEMA.find(kind) if kind else None
    return found is None or found.complex


def _selected(select: Sequence[Path]) -> str:
    return "(" + ",".join("/".join(path.names) for path in select) + ")" if select else ""


def of_property(call: Call, found: Found, names: Sequence[str]) -> str:
    """The context of a property that is read by itself."""
    route = found.route
    steps = _steps(call, found)
    last = route.path.removeprefix(USER).rpartition("/")[2]
    if route.path == USER:
        steps = [f"users('{call.mailbox}')"]
    elif last.startswith("{") and steps:
        steps[-1] += f"('{quote(found.keys[-1])}')"
    return f"{call.base_url}/$metadata#{'/'.join([*steps, *names])}"


def next_page(call: Call, query: str, cursor: str) -> str:
    return f"{call.base_url}{call.path}?{with_place(query, '$skiptoken', cursor)}"


def next_changes(call: Call, token: str) -> str:
    return f"{call.base_url}{call.path}?{only_place('$skiptoken', token)}"


def later_changes(call: Call, token: str) -> str:
    return f"{call.base_url}{call.path}?{only_place('$deltatoken', token)}"


def location(call: Call, document: dict[str, Any], given: str | None) -> str:
    """Where what was made can be read."""
    if given is not None:
        return given if "://" in given else call.url(given)
    return f"{call.base_url}{call.path.rstrip('/')}/{quote(str(document.get('id', '')))}"
