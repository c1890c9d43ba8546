"""What of a `$filter` SQL can decide by the columns of a kind; the rest stays a tree.

SQL's three values are those of the evaluator: a comparison with null is unknown, and so is its negation. Texts lie
folded in their columns, instants in microseconds, flags as 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query.functions import fold
from postroom.workspace.query.literals import instant
from postroom.workspace.query.tree import And, Call, Compare, In, Literal, Node, Not, Or, Path, Value
from postroom.workspace.query.walk import walk
from postroom.workspace.store import ids
from postroom.workspace.store.kinds import ColumnType, Kind, Stored, is_storable, to_us

MOST_NODES: Final = 400
"""SQLite nests a chain of ORs, and takes a depth of 1,000."""

_OPERATORS: Final = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TURNED: Final = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column, as it stands in SQL."""

    sql: str
    type: ColumnType
    of_item: bool = False
    """It is in the table of items, not in that of the kind."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of SQL with its values; `of_item`: it needs the table of items."""

    sql: str
    values: tuple[Stored | bytes, ...] = ()
    of_item: bool = False


Fields = Mapping[tuple[str, ...], Field]

_ROW: Final[Fields] = {
    ("createddatetime",): Field("(item.created_ms * 1000)", "instant", of_item=True),
    ("lastmodifieddatetime",): Field("(item.modified_ms * 1000)", "instant", of_item=True),
}


def fields_of(kind: Kind | None) -> Fields:
    """Columns by the path that names them, in lower case; without a kind those that all items have."""
    columns = kind.columns if kind else ()
    return {**_ROW, **{_path(column.path.split("/")): Field(f"base.{column.name}", column.type) for column in columns}}


def field_at(fields: Fields, node: Node) -> Field | None:
    """The column that a path names."""
    return fields.get(_path(node.names)) if isinstance(node, Path) else None


def split(node: Node | None, fields: Fields, zone: tzinfo = UTC) -> tuple[list[Clause], Node | None]:
    """What SQL decides, and the part of the tree that is left."""
    if node is None:
        return [], None
    parts = node.parts if isinstance(node, And) else (node,)
    translator = Translator(fields, zone)
    clauses = [translator.clause(part) for part in parts]
    rest = tuple(part for part, clause in zip(parts, clauses, strict=True) if clause is None)
    found = [clause for clause in clauses if clause is not None]
    return found, conjoined(rest)


def conjoined(parts: Sequence[Node]) -> Node | None:
    """All of these; None for nothing."""
    return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def joined(clauses: Sequence[Clause | None], word: str) -> Clause | None:
    """One condition of all these; None when SQL cannot decide one of them."""
    found = [clause for clause in clauses if clause]
    if len(found) < len(clauses):
        return None
    values = tuple(value for clause in found for value in clause.values)
    return Clause(f"({word.join(clause.sql for clause in found)})", values, any(clause.of_item for clause in found))


class Translator:
    """From trees to SQL; None where SQL cannot decide."""

    def __init__(self, fields: Fields, zone: tzinfo) -> None:
        self._fields, self._zone = fields, zone

    def clause(self, node: Node) -> Clause | None:
        """The condition of a whole tree."""
        if sum(1 for _ in walk(node)) > MOST_NODES:
            return None
        return self._clause(node)

    def _clause(self, node: Node) -> Clause | None:
        match node:
            case And() | Or():
                return self._joined(node.parts, " AND " if isinstance(node, And) else " OR ")
            case Not():
                return self._not(node.part)
            case Compare():
                return self._compare(node)
            case In():
                return self._in(node)
            case Path():
                return self._flag(node, "1")
            case Call():
                return self._call(node)
            case Literal(bool(value)):
                return Clause(f"({value:d})")
        return None

    def _joined(self, parts: Sequence[Node], word: str) -> Clause | None:
        return joined([self._clause(part) for part in parts], word)

    def _not(self, part: Node) -> Clause | None:
        if isinstance(part, Path):
            # An index can answer this, and not `NOT is_read = 1`.
            return self._flag(part, "0")
        clause = self._clause(part)
        return clause and Clause(f"(NOT {clause.sql})", clause.values, clause.of_item)

    def _flag(self, node: Path, value: str) -> Clause | None:
        field = field_at(self._fields, node)
        return Clause(f"({field.sql} = {value})", (), field.of_item) if field and field.type == "flag" else None

    def _compare(self, node: Compare) -> Clause | None:
        operator = node.operator
        if operator == "has":
            return None
        left, right = node.left, node.right
        if isinstance(left, Literal):
            left, right, operator = right, left, _TURNED[operator]  # type: ignore[assignment]
        if isinstance(right, Literal):
            return self._compare_literal(left, operator, right.value)
        return self._compare_columns(left, operator, right)

    def _compare_literal(self, left: Node, operator: str, value: Value) -> Clause | None:
        if isinstance(left, Path) and _path(left.names) == ("id",) and operator == "eq" and isinstance(value, str):
            return _id_is(value)
        field = self._column(left)
        if field is None or (field.type == "flag" and operator not in ("eq", "ne")):
            return None
        if value is None:
            words = {"eq": "IS NULL", "ne": "IS NOT NULL"}
            return Clause(f"({field.sql} {words[operator]})", (), field.of_item) if operator in words else None
        if field.type == "flag" and isinstance(value, bool) and operator == "ne":
            value, operator = not value, "eq"
        stored = self._stored(field, value)
        return None if stored is None else Clause(f"({field.sql} {_OPERATORS[operator]} ?)", (stored,), field.of_item)

    def _compare_columns(self, left: Node, operator: str, right: Node) -> Clause | None:
        first, second = self._column(left), self._column(right)
        if not (first and second and first.type == second.type != "flag"):
            return None
        return Clause(f"({first.sql} {_OPERATORS[operator]} {second.sql})", (), first.of_item or second.of_item)

    def _in(self, node: In) -> Clause | None:
        if isinstance(node.left, Path) and _path(node.left.names) == ("id",):
            return self._joined([Compare("eq", node.left, value) for value in node.values], " OR ")
        field = self._column(node.left)
        if field is None or not all(isinstance(value, Literal) for value in node.values):
            return None
        stored = [self._stored(field, value.value) for value in node.values if isinstance(value, Literal)]
        if None in stored:
            return None
        return Clause(f"({field.sql} IN ({', '.join('?' * len(stored))}))", tuple(stored), field.of_item)

    def _call(self, node: Call) -> Clause | None:
        arguments = node.arguments[::-1] if node.function == "substringof" else node.arguments
        test = _TESTS.get(node.function)
        if test is None or len(arguments) != 2:
            return None
        field, text = self._column(arguments[0]), arguments[1]
        if not (field and field.type == "text" and isinstance(text, Literal) and isinstance(text.value, str)):
            return None
        return test(field, fold(text.value)) if is_storable(text.value) else None

    def _column(self, node: Node) -> Field | None:
        """A column as a value. It is in lower case already; upper case of ß is another text."""
        if isinstance(node, Call) and node.function == "tolower" and len(node.arguments) == 1:
            field = self._column(node.arguments[0])
            return field if field and field.type == "text" else None
        return field_at(self._fields, node)

    def _stored(self, field: Field, value: Value) -> Stored:
        """A constant as the column has it; None when it is of another type, which the evaluator settles."""
        match field.type, value:
            case "instant", datetime():
                return to_us(value)
            case "instant", date():
                return to_us(datetime.combine(value, time(), self._zone))
            case "instant", str() if (moment := instant(value, self._zone)) is not None:
                return to_us(moment)
            case "text", str() if is_storable(value):
                return fold(value)
            case "flag", bool():
                return int(value)
            case "number", int() | float() if is_storable(value) and not isinstance(value, bool):
                return value
        return None


def _id_is(text: str) -> Clause:
    try:
        key, generation = ids.parse(text)
    except Invalid:
        return Clause("(0)")
    if generation is None:
        return Clause("(item.key = ?)", (key,), of_item=True)
    return Clause("(item.key = ? AND item.generation = ?)", (key, generation), of_item=True)


# As bytes, for SQLite's functions of text end at a zero. UTF-8 keeps beginnings and ends of texts.


def _contains(field: Field, text: str) -> Clause:
    return _bytes_test(field, "instr({bytes}, ?) > 0", text.encode())


def _starts(field: Field, text: str) -> Clause:
    raw = text.encode()
    return _bytes_test(field, "substr({bytes}, 1, ?) = ?", len(raw), raw)


def _ends(field: Field, text: str) -> Clause:
    raw = text.encode()
    return _bytes_test(field, "substr({bytes}, ?) = ?", -len(raw), raw)


def _bytes_test(field: Field, test: str, *values: int | bytes) -> Clause:
    """Nothing is in every text; and SQLite has null for what is in an empty text."""
    if not values[-1]:
        return Clause(f"({field.sql} IS NOT NULL OR NULL)", (), field.of_item)
    tested = test.format(bytes=f"CAST({field.sql} AS BLOB)")
    return Clause(f"(CASE {field.sql} WHEN '' THEN 0 ELSE {tested} END)", values, field.of_item)


_TESTS: Final[Mapping[str, Callable[[Field, str], Clause]]] = {
    "contains": _contains,
    "substringof": _contains,
    "startswith": _starts,
    "endswith": _ends,
}


def _path(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names if name != "$it")
