"""A formula as a tree, and its parser: the tokens of openpyxl, then operators by their precedence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from openpyxl.formula.tokenizer import Token

from postroom.workspace.workbook import references
from postroom.workspace.workbook.errors import InvalidArgument
from postroom.workspace.workbook.references import Reference
from postroom.workspace.workbook.values import ERRORS, REF, Scalar

MOST_LEVELS: Final = 64
"""As Excel allows functions in one another."""
_POWERS: Final = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


class Unreadable(Exception):
    """The formula has what this parser does not know."""


@dataclass(frozen=True, slots=True)
class Constant:
    value: Scalar


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument that is left out."""


@dataclass(frozen=True, slots=True)
class Cells:
    reference: Reference


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, or a reference into a table."""

    text: str


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    of: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """An array that is written out."""

    rows: tuple[tuple[Scalar, ...], ...]


Node = Constant | Missing | Cells | Name | Unary | Binary | Call | Rows


@lru_cache(maxsize=20_000)
def parse(formula: str) -> Node:
    """Raises Unreadable."""
    try:
        tokens = [one for one in references.tokens(formula) if one.type != Token.WSPACE]
    except InvalidArgument as error:
        raise Unreadable(str(error)) from error
    parser = _Parser(tokens)
    found = parser.expression(0)
    if parser.more:
        raise Unreadable("Something follows that belongs to nothing.")
    return found


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at, self._levels = tokens, 0, 0

    @property
    def more(self) -> bool:
        return self._at < len(self._tokens)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self.more else None

    def _next(self) -> Token:
        if not self.more:
            raise Unreadable("The formula ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def expression(self, least: int) -> Node:
        self._deeper()
        left = self._postfix(self._operand())
        while (token := self._peek()) is not None and token.type == Token.OP_IN:
            power = _POWERS.get(token.value)
            if power is None:
                raise Unreadable(f"The operator {token.value!r}.")
            if power <= least:
                break
            self._next()
            left = Binary(token.value, left, self.expression(power))
        self._levels -= 1
        return left

    def _deeper(self) -> None:
        self._levels += 1
        if self._levels > MOST_LEVELS * 2:
            raise Unreadable("Too many levels.")

    def _postfix(self, node: Node) -> Node:
        while (token := self._peek()) is not None and token.type == Token.OP_POST:
            self._next()
            node = Unary("%", node)
        return node

    def _operand(self) -> Node:
        token = self._next()
        if token.type == Token.OP_PRE:
            # A sign binds more tightly than every operator between two: -2^2 is 4.
            self._deeper()
            signed = Unary(token.value, self._postfix(self._operand()))
            self._levels -= 1
            return signed
        if token.type == Token.OPERAND:
            return _operand(token)
        if token.type == Token.PAREN and token.subtype == Token.OPEN:
            inner = self.expression(0)
            self._close()
            return inner
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            return Call(_function(token.value), tuple(self._arguments()))
        if token.type == Token.ARRAY and token.subtype == Token.OPEN:
            return self._array()
        raise Unreadable(f"{token.value!r} at this place.")

    def _close(self) -> None:
        if self._next().subtype != Token.CLOSE:
            raise Unreadable("A parenthesis is not closed.")

    def _arguments(self) -> Iterator[Node]:
        token = self._peek()
        if token is not None and token.subtype == Token.CLOSE:
            self._next()
            return
        while True:
            token = self._peek()
            left_out = token is not None and (token.type == Token.SEP or token.subtype == Token.CLOSE)
            yield Missing() if left_out else self.expression(0)
            token = self._next()
            if token.subtype == Token.CLOSE:
                return
            if token.type != Token.SEP:
                raise Unreadable(f"{token.value!r} between arguments.")

    def _array(self) -> Rows:
        rows: list[list[Scalar]] = [[]]
        while True:
            token = self._next()
            sign = -1 if token.type == Token.OP_PRE and token.value == "-" else 1
            token = self._next() if token.type == Token.OP_PRE else token
            if token.type == Token.OPERAND:
                node = _operand(token)
                if not isinstance(node, Constant):
                    raise Unreadable("An array holds constants.")
                rows[-1].append(-node.value if sign < 0 and isinstance(node.value, float | int) else node.value)
            elif token.type == Token.SEP:
                if token.subtype == Token.ROW:
                    rows.append([])
            elif token.subtype == Token.CLOSE:
                break
            elif token.subtype != Token.OPEN:  # each row is a function of its own to the tokenizer
                raise Unreadable(f"{token.value!r} in an array.")
        if len({len(row) for row in rows}) != 1 or not rows[0]:
            raise Unreadable("The rows of an array differ in length.")
        return Rows(tuple(tuple(row) for row in rows))


def _function(text: str) -> str:
    """`_xlfn.IFS(` is IFS."""
    return text.rstrip("(").upper().removeprefix("_XLFN.").removeprefix("_XLWS.")


def _operand(token: Token) -> Node:
    value = token.value
    match token.subtype:
        case Token.TEXT:
            return Constant(value[1:-1].replace('""', '"'))
        case Token.NUMBER:
            number = float(value)
            return Constant(int(number) if number.is_integer() and abs(number) < 2**53 else number)
        case Token.LOGICAL:
            return Constant(value.upper() == "TRUE")
        case Token.ERROR:
            return Constant(ERRORS.get(value.upper(), REF))
    if references.BROKEN in value.upper():
        return Constant(REF)
    reference = references.read(value)
    return Cells(reference) if reference is not None else Name(value)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    match node:
        case Unary(of=of):
            yield from walk(of)
        case Binary(left=left, right=right):
            yield from walk(left)
            yield from walk(right)
        case Call(arguments=arguments):
            for one in arguments:
                yield from walk(one)
