"""Going through trees without recursion, whatever their depth."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.workspace.query.tree import And, Call, Compare, Compute, In, Lambda, Node, Not, Or, Path


def children(node: Node) -> tuple[Node, ...]:
    """What is directly below; the path of a lambda is a child too."""
    match node:
        case Compare() | Compute():
            return (node.left, node.right)
        case And() | Or():
            return node.parts
        case Not():
            return (node.part,)
        case Call():
            return node.arguments
        case In():
            return (node.left, *node.values)
        case Lambda():
            return (node.path, node.body) if node.body is not None else (node.path,)
        case _:
            return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth, the root's is 0; a node comes before its children, the left ones first."""
    waiting: list[tuple[Node, int]] = [(node, 0)]
    while waiting:
        found, depth = waiting.pop()
        yield found, depth
        waiting.extend((child, depth + 1) for child in reversed(children(found)))


def height(node: Node) -> int:
    return max(depth for _, depth in walk(node))


def paths(node: Node) -> list[Path]:
    """Every path, in the order of the text; those that begin with the variable of a lambda included."""
    return [found for found, _ in walk(node) if isinstance(found, Path)]
