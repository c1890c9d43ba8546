"""A tree written out again as `$filter`: `cast` makes texts of values with it, and the parser is tested with it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from postroom.workspace.query.literals import duration_text
from postroom.workspace.query.tree import And, Call, Compare, Compute, In, Lambda, Literal, Node, Not, Or, Path, Value


def print_filter(node: Node) -> str:
    """Parsed, it makes the same tree but for positions. What has parts stands in parentheses wherever it is a part."""
    match node:
        case Literal(value):
            return literal(value)
        case Path(names):
            return "/".join(names)
        case Call(function, arguments):
            return f"{function}({_list(arguments)})"
        case Compare(operator, left, right) | Compute(operator, left, right):
            return f"{_part(left)} {operator} {_part(right)}"
        case In(left, values):
            return f"{_part(left)} in ({_list(values)})"
        case And(parts):
            return " and ".join(map(_part, parts))
        case Or(parts):
            return " or ".join(map(_part, parts))
        case Not(part):
            return f"not {_part(part)}"
        case Lambda():
            return _lambda(node)


def literal(value: Value) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return f"duration'{duration_text(value)}'"
        case _:
            return repr(value)


def _part(node: Node) -> str:
    text = print_filter(node)
    return text if isinstance(node, (Literal, Path, Call, Lambda)) else f"({text})"


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(map(print_filter, nodes))


def _lambda(node: Lambda) -> str:
    inner = f"{node.variable}: {print_filter(node.body)}" if node.body is not None else ""
    return f"{print_filter(node.path)}/{node.quantifier}({inner})"
