"""A search of messages as the store can do it: what the full-text index finds, and conditions on properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from postroom.errors import Invalid
from postroom.workspace import clock
from postroom.workspace.query.search import GROUPS, OPTION, All, Any, No, SearchNode, Term
from postroom.workspace.query.search_conditions import CONDITIONS
from postroom.workspace.query.search_dates import span
from postroom.workspace.query.tree import And, Compare, Literal, Node, Not, Or, Path, Value
from postroom.workspace.query.words import words_of


@dataclass(frozen=True, slots=True)
class Match:
    """An expression of FTS5."""

    text: str


@dataclass(frozen=True, slots=True)
class Where:
    """A condition as of `$filter`."""

    node: Node


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What is not found by the part."""

    part: Plan


Plan = Match | Where | Every | Either | Without

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    **{name: (name,) for name in ("from", "to", "cc", "bcc", "subject", "body", "attachment")},
    **GROUPS,
}
"""Property → columns of the full-text index."""
FREE: Final = ("from", "subject", "body")
"""Where words without a property are looked for."""
DATES: Final = {"received": "receivedDateTime", "sent": "sentDateTime"}


def plan(tree: SearchNode, now: Callable[[], datetime] = clock.now, zone: tzinfo = UTC) -> Plan:
    """Raises Invalid for a property that there is not, and for a value that a property cannot have.

    `now` is for words like `today`.
    """
    return _Planner(now(), zone).of(tree)


@dataclass(frozen=True, slots=True)
class _Planner:
    now: datetime
    zone: tzinfo

    def of(self, tree: SearchNode) -> Plan:
        match tree:
            case All(parts):
                return _every([self.of(part) for part in parts])
            case Any(parts):
                return _either([self.of(part) for part in parts])
            case No(part):
                return _without(self.of(part))
            case Term():
                return self._term(tree)

    def _term(self, term: Term) -> Plan:
        name = (term.property or "").lower()
        if name in COLUMNS or term.property is None:
            return _words(term, COLUMNS.get(name, FREE))
        if name in DATES:
            return Where(self._date(term, Path((DATES[name],))))
        if name in CONDITIONS:
            return Where(CONDITIONS[name](term))
        if term.operator == ":" and term.text.startswith("//"):
            # `http://y` only looks like a property.
            return Match(_expression(FREE, (*words_of(term.property), *term.words), prefix=term.prefix))
        raise Invalid(OPTION, f"a property of messages instead of {term.property[:40]!r}, or quotes around such a text")

    def _date(self, term: Term, path: Path) -> Node:
        first = span(term.text, self.now, self.zone)
        last = span(term.until, self.now, self.zone) if term.operator == ".." else first
        return _within(path, term.operator, first.start, first.end, last.end)


def _within(path: Path, sign: str, start: Value, behind: Value, end: Value) -> Node:
    """`start` to `end` for equality, where values from `behind` on are greater than what was named."""
    match sign:
        case ">":
            return Compare("ge", path, Literal(behind))
        case ">=":
            return Compare("ge", path, Literal(start))
        case "<":
            return Compare("lt", path, Literal(start))
        case "<=":
            return Compare("lt", path, Literal(end))
        case "<>":
            return Or((Compare("lt", path, Literal(start)), Compare("ge", path, Literal(end))))
        case _:
            return And((Compare("ge", path, Literal(start)), Compare("lt", path, Literal(end))))


def _words(term: Term, columns: Sequence[str]) -> Plan:
    if term.operator not in (":", "=", "<>"):
        raise Invalid(OPTION, f"':' or '<>' behind {term.property}")
    found = Match(_expression(columns, term.words, prefix=term.prefix))
    return Without(found) if term.operator == "<>" else found


def _expression(columns: Sequence[str], words: Sequence[str], *, prefix: bool) -> str:
    # Words are letters and digits only: no quote can be among them.
    return f'{{{" ".join(columns)}}} : "{" ".join(words)}"{" *" if prefix else ""}'


def _every(parts: Iterable[Plan]) -> Plan:
    """Words are asked for in one question."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, Every) else (part,))]
    wanted = [f"({part.text})" for part in flat if isinstance(part, Match)]
    if not wanted:
        return flat[0] if len(flat) == 1 else Every(tuple(flat))
    text = " AND ".join(wanted) if len(wanted) > 1 else wanted[0][1:-1]
    unwanted = "".join(f" NOT ({found})" for part in flat if (found := _unwanted(part)))
    words = Match(f"({text}){unwanted}" if unwanted else text)
    rest = [part for part in flat if not isinstance(part, Match) and _unwanted(part) is None]
    return Every((words, *rest)) if rest else words


def _unwanted(part: Plan) -> str | None:
    """The words that must not be found."""
    return part.part.text if isinstance(part, Without) and isinstance(part.part, Match) else None


def _either(parts: Iterable[Plan]) -> Plan:
    flat = [one for part in parts for one in (part.parts if isinstance(part, Either) else (part,))]
    texts = [f"({part.text})" for part in flat if isinstance(part, Match)]
    nodes = [part.node for part in flat if isinstance(part, Where)]
    rest: list[Plan] = [part for part in flat if not isinstance(part, (Match, Where))]
    if nodes:
        rest.insert(0, Where(Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]))
    if texts:
        rest.insert(0, Match(" OR ".join(texts)))
    return rest[0] if len(rest) == 1 else Either(tuple(rest))


def _without(part: Plan) -> Plan:
    match part:
        case Where(node):
            return Where(Not(node))
        case Without(inner):
            return inner
        case _:
            return Without(part)
