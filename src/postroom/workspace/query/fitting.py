"""Whether the values in a condition fit each other: a text with a text, an instant with an instant.

The evaluator answers "not known" where they do not, and an empty list tells nobody of a slip of the pen. Here it
is refused, with the position and what would fit. What nobody knows the type of fits everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta
from typing import Final

from postroom.workspace.query.access import Names, type_at
from postroom.workspace.query.errors import Unfit
from postroom.workspace.query.functions import FUNCTIONS, Sort
from postroom.workspace.query.printer import literal
from postroom.workspace.query.steps import steps, structure
from postroom.workspace.query.tree import And, Call, Compare, Compute, In, Lambda, Literal, Node, Not, Or, Path
from postroom.workspace.query.values import read_like
from postroom.workspace.query.walk import walk
from postroom.workspace.schema.types import SCHEMA, EntityType, EnumType

_EXPECTED: Final[dict[Sort, str]] = {
    "text": "a text in quotes",
    "flag": "true or false",
    "number": "a number",
    "moment": "a date or an instant like 2024-01-31T10:00:00Z",
    "time": "a time of day like 08:00:00",
    "duration": "a duration like duration'PT1H'",
}
_LIKE: Final[dict[Sort, date | time | timedelta]] = {
    "moment": date.min,
    "time": time.min,
    "duration": timedelta(),
}
"""Values of the sorts that a text in quotes may stand for."""
_EDM: Final[dict[str, Sort]] = {
    **dict.fromkeys(("Edm.String", "Edm.Guid"), "text"),
    "Edm.Boolean": "flag",
    **dict.fromkeys(("Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Byte", "Edm.SByte"), "number"),
    **dict.fromkeys(("Edm.Single", "Edm.Double", "Edm.Decimal"), "number"),
    **dict.fromkeys(("Edm.DateTimeOffset", "Edm.Date"), "moment"),
    "Edm.TimeOfDay": "time",
    "Edm.Duration": "duration",
}  # fmt: skip
_NOT_SORTED: Final = frozenset({"Edm.Binary", "Edm.Stream"})
_DATED: Final = ("dateTimeTimeZone", "dateTime")
"""The one text that is an instant: its type, its name."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a node is worth. `enum`: a text that is one of its members. `dated`: a text that is an instant."""

    sort: Sort
    enum: EnumType | None = None
    dated: bool = False


Side = tuple[Node, Kind]
ANY: Final = Kind("any")


def check_condition(node: Node, names: Names) -> None:
    """Raises Unfit where values do not fit each other, and where something is no condition."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                check_condition(part, names)
        case Not(part):
            check_condition(part, names)
        case Compare(operator, left, right):
            _compare(operator, (left, kind_of(left, names)), (right, kind_of(right, names)))
        case In(left, values):
            kind = kind_of(left, names)
            for value in values:
                _compare("eq", (left, kind), (value, kind_of(value, names)))
        case Lambda():
            _lambda(node, names)
        case _:
            if kind_of(node, names).sort not in ("flag", "any"):
                raise _unfit("a condition that is true or false", node)


def check_order(path: Path, root: EntityType) -> None:
    """Raises Unfit for what has no order: lists, objects, bytes."""
    found = steps(path.names, root)
    last = found[-1]
    lists = any(step.collection for step in found) and last.kind != "count"
    if lists or last.structure is not None or last.type in _NOT_SORTED:
        told = f"a property with one value that can be sorted instead of {'/'.join(path.names)!r}"
        raise Unfit("$orderby", f"{told} at position {path.position}")


def kind_of(node: Node, names: Names) -> Kind:
    """Raises Unfit for what does not fit inside."""
    match node:
        case Literal():
            return Kind(_sort_of(node))
        case Path():
            return _kind_at(node, names)
        case Call():
            return _call(node, names)
        case Compute():
            return _compute(node, names)
        case _:
            check_condition(node, names)
            return Kind("flag")


def _sort_of(node: Literal) -> Sort:
    match node.value:
        case None:
            return "null"
        case bool():
            return "flag"
        case str():
            return "text"
        case int() | float():
            return "number"
        case date():
            return "moment"
        case time():
            return "time"
        case timedelta():
            return "duration"


def _kind_at(path: Path, names: Names) -> Kind:
    _, type_name, rest = names.start(path)
    found = steps(rest, structure(type_name))
    last = found[-1].type if found else type_name
    owner = found[-1].owner if found else None
    dated = owner is not None and (owner.name, found[-1].name) == _DATED
    return _kind_named(last, dated=dated)


def _kind_named(type_name: str | None, *, dated: bool = False) -> Kind:
    if type_name is None:
        return ANY
    enum = SCHEMA.find_enum(type_name)
    if enum is not None:
        return Kind("text", enum)
    return Kind("object") if structure(type_name) else Kind(_EDM.get(type_name, "any"), dated=dated)


def _compare(operator: str, left: Side, right: Side) -> None:
    # The constant is what is wrong, whichever side it is on.
    (node, kind), (other, found) = (right, left) if isinstance(left[0], Literal) else (left, right)
    if operator not in ("eq", "ne", "has") and "flag" in (kind.sort, found.sort):
        raise _unfit("eq or ne with what is true or false, not an order", other)
    if {kind.sort, found.sort} & {"any", "null"}:
        return
    if kind.sort == "object":
        raise _unfit("a property with one value", node)
    _check_fits(other, found, kind)


def _check_fits(node: Node, found: Kind, wanted: Kind) -> None:
    """Whether the node may stand where the other kind is wanted. Raises Unfit."""
    if wanted.enum is not None and isinstance(node, Literal) and isinstance(node.value, str):
        if not all(wanted.enum.member(part) for part in node.value.split(",")):
            raise _unfit(f"one of {', '.join(wanted.enum.members)}", node)
        return
    if found.sort not in (wanted.sort, "any", "null") and not _reads_as(node, found, wanted):
        raise _unfit(_EXPECTED.get(wanted.sort, "a property with one value"), node)


def _reads_as(node: Node, found: Kind, wanted: Kind) -> bool:
    """Outlook takes dates in quotes, and keeps those of events as texts beside a zone."""
    if (found.sort, wanted.sort) in (("moment", "text"), ("text", "moment")) and (found.dated or wanted.dated):
        return True
    if wanted.sort not in _LIKE or not isinstance(node, Literal) or not isinstance(node.value, str):
        return False
    return read_like(node.value, _LIKE[wanted.sort], UTC) is not None


def _lambda(node: Lambda, names: Names) -> None:
    _, type_name, rest = names.start(node.path)
    found = steps(rest, structure(type_name))
    if found and all(step.known for step in found) and not any(step.collection for step in found):
        raise _unfit(f"a list before {node.quantifier}", node.path)
    if node.body is not None:
        check_condition(node.body, names.with_variable(node.variable, type_at(node.path, names)))


def _call(node: Call, names: Names) -> Kind:
    if node.function == "cast":
        return _cast(node, names)
    function = FUNCTIONS[node.function]
    for argument, wanted in zip(node.arguments, function.takes, strict=False):
        _check_argument(argument, kind_of(argument, names), wanted)
    return Kind(function.gives)


def _check_argument(node: Node, found: Kind, wanted: Sequence[Sort]) -> None:
    if found.sort in ("any", "null", *wanted) or "any" in wanted or (found.dated and "moment" in wanted):
        return
    if not any(_reads_as(node, found, Kind(sort)) for sort in wanted):
        raise _unfit(" or ".join(_EXPECTED[sort] for sort in wanted), node)


def _cast(node: Call, names: Names) -> Kind:
    *subject, target = node.arguments
    for one in subject:
        kind_of(one, names)
    named = (
        str(target.value) if isinstance(target, Literal) else "/".join(target.names if isinstance(target, Path) else ())
    )
    return _kind_named(next((name for name in _EDM if name.lower() == named.lower()), named))


def _compute(node: Compute, names: Names) -> Kind:
    first, second = kind_of(node.left, names).sort, kind_of(node.right, names).sort
    if {first, second} & {"any", "null"}:
        return ANY
    gives = _COMPUTED.get((first, second))
    if gives is None or (first != "number" and node.operator not in ("add", "sub")):
        wrong, wanted = (node.left, first) if first not in _COMPUTES else (node.right, first)
        raise _unfit(_EXPECTED[wanted] if wanted in _COMPUTES else _EXPECTED["number"], wrong)
    return Kind(gives)


_COMPUTES: Final = frozenset({"number", "moment", "duration"})
_COMPUTED: Final[dict[tuple[Sort, Sort], Sort]] = {
    ("number", "number"): "number",
    ("moment", "duration"): "moment",
    ("moment", "moment"): "duration",
    ("duration", "duration"): "duration",
}


def _unfit(expected: str, node: Node) -> Unfit:
    first = next((one for one, _ in walk(node) if isinstance(one, (Literal, Path, Call))), Literal(None))
    return Unfit("$filter", f"{expected} instead of {_shown(first)} at position {first.position}")


def _shown(node: Literal | Path | Call) -> str:
    match node:
        case Literal(value):
            text = literal(value)
            return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
        case Path(names):
            return repr("/".join(names))
        case Call(function):
            return f"{function}(…)"


_MOST_SHOWN: Final = 60
