"""What Microsoft's service refuses although it could be answered. We answer; programs are tested with these on."""

from __future__ import annotations

from collections.abc import Sequence

from postroom.workspace.query.options import Options
from postroom.workspace.query.tree import Call, Compare, Lambda, Node, Not, Path
from postroom.workspace.query.walk import children, walk


def inefficient(options: Options) -> bool:
    """Of messages: what is sorted by must be filtered by too, in the same order and before anything else."""
    if options.filter is None or not options.orderby:
        return False
    sorted_by = [_key(order.path) for order in options.orderby]
    return filtered_by(options.filter)[: len(sorted_by)] != sorted_by


def filtered_by(node: Node) -> list[Sequence[str]]:
    """The properties in a filter, in lower case and in the order of the text; of a lambda its collection."""
    found: dict[Sequence[str], None] = {}
    waiting = [node]
    while waiting:
        step = waiting.pop()
        if isinstance(step, Path):
            found[_key(step)] = None
        waiting.extend([step.path] if isinstance(step, Lambda) else reversed(children(step)))
    return list(found)


def _key(path: Path) -> tuple[str, ...]:
    return tuple(name.lower() for name in path.names)


def needs_eventual(options: Options) -> bool:
    """Of the directory: what needs the header `ConsistencyLevel: eventual`."""
    return options.search is not None or options.count or needs_count(options)


def needs_count(options: Options) -> bool:
    """Of the directory: what needs `$count=true` besides that header."""
    if options.filter is None:
        return False
    return bool(options.orderby) or any(_is_advanced(node) for node, _ in walk(options.filter))


def _is_advanced(node: Node) -> bool:
    match node:
        case Compare("ne", _, _) | Not() | Call("endswith", _):
            return True
        case Path(names):
            return names[-1].lower() == "$count"
        case _:
            return False


def beside_search(options: Options) -> tuple[str, ...]:
    """Of messages: the options that may not stand beside `$search` and do."""
    if options.search is None:
        return ()
    found = {
        "$filter": options.filter is not None,
        "$orderby": bool(options.orderby),
        "$count": options.count,
        "$skip": bool(options.skip),
    }
    return tuple(name for name, there in found.items() if there)
