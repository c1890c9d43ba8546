"""From the text of a `$filter` to its tree: a Pratt parser.

Loosest to tightest: `or`, `and`, `not`, comparisons, `add sub`, `mul div mod`, functions and paths. Operators and
functions are found in any case. Recursion ends at MOST_LEVELS, so that no text is deeper than Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, cast, get_args

from postroom.errors import Invalid
from postroom.workspace.query import literals
from postroom.workspace.query.functions import FUNCTIONS
from postroom.workspace.query.tokens import Token, tokens
from postroom.workspace.query.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Compute,
    In,
    Lambda,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Value,
)
from postroom.workspace.query.walk import height, walk

MOST_LEVELS: Final = 64
"""Of parentheses, `not`, functions and lambdas in one another, and of the tree that they make."""

MOST_NODES: Final = 3_000
"""Of properties, values, functions and operators in one filter: each is asked of every document."""
MOST_CALLS: Final = 200
"""Of functions, which take longest."""

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _MINUS = range(1, 8)
_BINDING: Final = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(get_args(Comparison), _COMPARE),
    "in": _COMPARE,
    **dict.fromkeys(("add", "sub"), _ADD),
    **dict.fromkeys(("mul", "div", "mod"), _MULTIPLY),
}
_ARITHMETIC: Final = frozenset(get_args(Arithmetic))
_CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}


def parse_filter(text: str, option: str = "$filter") -> Node:
    """The tree of a condition. Raises Invalid, whatever the text is; its message has the position from 0."""
    parser = Parser(text, option)
    node = parser.expression()
    parser.expect_end()
    if height(node) > MOST_LEVELS:
        raise _too_deep(option)
    nodes = [found for found, _ in walk(node)]
    calls = sum(isinstance(found, Call) for found in nodes)
    if len(nodes) > MOST_NODES:
        raise Invalid(option, f"no more than {MOST_NODES:,} properties, values and operators, not {len(nodes):,}")
    if calls > MOST_CALLS:
        raise Invalid(option, f"no more than {MOST_CALLS} functions, not {calls:,}")
    return node


def _too_deep(option: str) -> Invalid:
    return Invalid(option, f"no more than {MOST_LEVELS} levels in one another")


class Parser:
    """Over the tokens of one option; `$orderby` and `$select` take their paths from it too.

    `offset` is where the text begins in the option.
    """

    def __init__(self, text: str, option: str, offset: int = 0) -> None:
        self._tokens, self._option = tokens(text, option, offset), option
        self._at = self._level = 0

    def expression(self, least: int = 0) -> Node:
        """As much as binds tighter than `least`."""
        self._deeper()
        left = self._operand()
        while (binding := _BINDING.get(self.next.low, 0) if self.next.kind == "name" else 0) > least:
            left = self._operation(left, binding)
        self._level -= 1
        return left

    def _operation(self, left: Node, binding: int) -> Node:
        operator = self._take().low
        if operator in ("and", "or"):
            return self._chain(left, operator, binding)
        if operator == "in":
            return In(left, self._list())
        right = self.expression(binding)
        if operator in _ARITHMETIC:
            return Compute(cast("Arithmetic", operator), left, right)
        return Compare(cast("Comparison", operator), left, right)

    def _chain(self, left: Node, operator: str, binding: int) -> Node:
        """`a and b and c` is one node, so that long ones are not deep."""
        parts = [left, self.expression(binding)]
        while self.next.kind == "name" and self.next.low == operator:
            self._take()
            parts.append(self.expression(binding))
        return And(tuple(parts)) if operator == "and" else Or(tuple(parts))

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            return self._in_parentheses()
        if token.text == "-":
            return Compute("sub", Literal(0, token.position), self.expression(_MINUS))
        if token.kind in _LITERALS:
            return self._literal(token)
        raise self._expected("a property, function or value", token)

    def _in_parentheses(self) -> Node:
        node = self.expression()
        self.expect(")")
        return node

    def _named(self, token: Token) -> Node:
        if token.low == "not":
            return Not(self.expression(_NOT))
        if token.low in _CONSTANTS and self.next.text != "/":
            return Literal(_CONSTANTS[token.low], token.position)
        if self.next.text == "(":
            return self._call(token)
        return self._path_or_lambda(token)

    def _call(self, name: Token) -> Node:
        function = FUNCTIONS.get(name.low)
        if function is None:
            raise self._expected("the name of a function", name)
        arguments = self._arguments()
        if not function.least <= len(arguments) <= function.most:
            raise self._expected(f"the arguments that {function.name} takes", name)
        return Call(function.name, arguments, name.position)

    def _arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        if self._accept(")"):
            return ()
        found = [self.expression()]
        while self._accept(","):
            found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def _list(self) -> tuple[Node, ...]:
        values = self._arguments()
        if not all(isinstance(value, Literal) for value in values):
            raise self._expected("values only in the list that ends", self._tokens[self._at - 1])
        return values

    def _path_or_lambda(self, first: Token) -> Node:
        names = [first.text]
        while self._accept("/"):
            token = self._name()
            if token.low in ("any", "all") and self.next.text == "(":
                return self._lambda(token, Path(tuple(names), first.position))
            names.append(token.text)
        return Path(tuple(names), first.position)

    def _lambda(self, quantifier: Token, path: Path) -> Node:
        self.expect("(")
        if quantifier.low == "any" and self._accept(")"):
            return Lambda("any", path, "", None)
        variable = self._name()
        self.expect(":")
        body = self.expression()
        self.expect(")")
        return Lambda("any" if quantifier.low == "any" else "all", path, variable.text, body)

    def path(self) -> Path:
        """`a/b/c`, or `*`."""
        if self.next.text == "*":
            return Path(("*",), self._take().position)
        first = self._name()
        names = [first.text]
        while self._accept("/"):
            names.append(self._take().text if self.next.text == "*" else self._name().text)
        return Path(tuple(names), first.position)

    def _literal(self, token: Token) -> Literal:
        value = _LITERALS[token.kind](token.text)
        if value is None:
            raise self._expected("a value that there is", token)
        return Literal(value, token.position)

    def _name(self) -> Token:
        token = self._take()
        if token.kind != "name":
            raise self._expected("a name", token)
        return token

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _accept(self, text: str) -> bool:
        found = self.next.text == text
        if found:
            self._take()
        return found

    def accept_word(self, word: str) -> bool:
        """Go past this word if it is next, in any case."""
        return self.next.kind == "name" and self.next.low == word and bool(self._take())

    def expect(self, text: str) -> None:
        if not self._accept(text):
            raise self._expected(repr(text), self.next)

    def expect_end(self) -> None:
        if self.next.kind != "end":
            raise self._expected("an operator or the end", self.next)

    def _deeper(self) -> None:
        self._level += 1
        if self._level > MOST_LEVELS:
            raise _too_deep(self._option)

    def _expected(self, what: str, found: Token) -> Invalid:
        return Invalid(self._option, f"{what} instead of {found} at position {found.position}")


def _quoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _typed(text: str) -> Value:
    """`duration'PT1H'`, `datetime'…'`, `microsoft.graph.importance'high'`: what else has a type is the text itself."""
    kind, _, rest = text.partition("'")
    value = rest[:-1].replace("''", "'")
    read = _TYPES.get(kind.lower().removeprefix("edm."))
    return read(value) if read else value


def _number(text: str) -> int | float | None:
    plain = text.rstrip("fFdDmMlL")
    if plain.lstrip("-").isdigit():
        return int(plain)
    value = float(plain)
    return value if abs(value) != float("inf") else None


def _instant(text: str) -> datetime | None:
    return literals.instant(text)


_TYPES: Final[dict[str, Callable[[str], date | datetime | time | timedelta | None]]] = {
    "duration": literals.duration,
    "datetime": _instant,
    "datetimeoffset": _instant,
    "date": literals.day,
    "time": literals.time_of_day,
    "timeofday": literals.time_of_day,
}
_LITERALS: Final[dict[str, Callable[[str], Value]]] = {
    "quoted": _quoted,
    "typed": _typed,
    "guid": str,
    "instant": _instant,
    "day": literals.day,
    "time": literals.time_of_day,
    "number": _number,
}
