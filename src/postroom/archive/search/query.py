"""The query language: text in, a tree of frozen nodes out, and back. docs/guides/searching.md describes it.

Precedence, loosest first: or; and (written or not); not and '-'. The text of a node always holds a letter or a digit;
what else stands between words separates them and means nothing.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final, NamedTuple, NoReturn, TypeAlias

from postroom.archive.search.tokens import is_unspaced, tokens
from postroom.archive.search.values import date_range, print_date, size_range
from postroom.errors import Invalid

MAX_CHARS: Final = 4_096
MAX_DEPTH: Final = 40
MAX_TERMS: Final = 256
MIN_PREFIX_CHARS: Final = 2
MAX_NUMBER: Final = 1 << 60

TEXT_FIELDS: Final = ("from", "to", "cc", "bcc", "subject", "body", "attachment", "filename")
FIELDS: Final = (*TEXT_FIELDS, "folder", "date", "size", "has", "id", "messageid")


@dataclass(frozen=True, slots=True)
class Everything:
    """All messages."""


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a phrase, in one field or (None) in any; `prefix`: its last word may go on."""

    field: str | None
    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    """In this folder or below it."""

    path: str


@dataclass(frozen=True, slots=True)
class Dated:
    """Sent from `first_s` to `last_s`, UTC seconds, both included; None is open."""

    first_s: int | None
    last_s: int | None


@dataclass(frozen=True, slots=True)
class Sized:
    """From `least` to `most` bytes, both included; None is open."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class HasAttachment:
    """With one attachment or more."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The message `<store>:<number>`."""

    store: int
    message: int


@dataclass(frozen=True, slots=True)
class MessageId:
    """With this Message-ID header, given without < >."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """Everything the other node does not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """Matched by all; two nodes or more, none of them an And."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Matched by one at least; two nodes or more, none of them an Or."""

    nodes: tuple[Node, ...]


Leaf: TypeAlias = Everything | Text | Folder | Dated | Sized | HasAttachment | Identity | MessageId
Node: TypeAlias = Leaf | Not | And | Or


def parse(query: str, *, zone: tzinfo = UTC, now_s: float | None = None) -> Node:
    """The tree of a query; dates are days of `zone`, "today" is that of `now_s`. Nothing or '*' is everything.

    Raises Invalid("query", …) that names the character (from 1) where it went wrong.
    """
    if len(query) > MAX_CHARS:
        raise Invalid("query", f"at most {MAX_CHARS} characters")
    lexemes = _lex(query)
    if not lexemes and not query.strip():
        return Everything()
    if not lexemes:
        raise Invalid("query", "a letter or a digit")
    return _Parser(lexemes, len(query), zone, time.time() if now_s is None else now_s).whole()


def write(node: Node) -> str:
    """The query that parses to this tree in any zone at any time."""
    match node:
        case Or(nodes):
            return " or ".join(write(part) for part in nodes)
        case And(nodes):
            return " ".join(_guarded(part) if isinstance(part, Or) else write(part) for part in nodes)
        case Not(inner):
            return f"not {_guarded(inner) if isinstance(inner, Or | And) else write(inner)}"
        case Text(field, text, prefix):
            return f'{f"{field}:" if field else ""}"{text}"{"*" if prefix else ""}'
        case Dated(first, last):
            ends = (None if end is None else print_date(end) for end in (first, last))
            return "date:" + "..".join(end or "" for end in ends)
        case Sized(least, most):
            return "size:" + "..".join("" if end is None else str(end) for end in (least, most))
        case Folder(path):
            return f'folder:"{path}"'
        case MessageId(text):
            return f'messageid:"{text}"'
        case Identity(store, message):
            return f"id:{store}:{message}"
        case HasAttachment():
            return "has:attachment"
        case Everything():
            return "*"


def terms(node: Node) -> list[Text]:
    """The words and phrases a match shows, so not those under a `not`."""
    match node:
        case Text():
            return [node]
        case And(nodes) | Or(nodes):
            return [term for part in nodes for term in terms(part)]
        case _:
            return []


def _guarded(node: Node) -> str:
    return f"({write(node)})"


# Reading

_QUOTES: Final = '"“”„'
_LEXEME: Final = re.compile(
    rf"""\s+
    | (?P<open>\() | (?P<close>\))
    | (?P<minus>-(?=[^\s\-)]))
    | (?P<field>(?i:{"|".join(FIELDS)}):)
    | (?P<quote>[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?P<end>[{_QUOTES}]\*?)?)
    | (?P<word>[^\s(){_QUOTES}]+)""",
    re.VERBOSE,
)
_VALUE: Final = re.compile(rf"[^\s(){_QUOTES}]+")
_BAD_STAR: Final = re.compile(r"\w\*+(?=[^*])|\*(?=\w)")


class _Lexeme(NamedTuple):
    """`kind`: open, close, minus, field, phrase, word, and, or, not. `at` counts characters from 1."""

    kind: str
    text: str
    at: int
    star: bool = False


def _fail(expected: str, at: int) -> NoReturn:
    raise Invalid("query", f"{expected} at character {at}")


def _lex(query: str) -> list[_Lexeme]:
    lexemes: list[_Lexeme] = []
    at = 0
    after_field = False
    while at < len(query):
        # Right after "field:" comes its value whatever it looks like: "from:to:x" has the value "to:x".
        pattern = _VALUE if after_field and _VALUE.match(query, at) else _LEXEME
        found = pattern.match(query, at)
        assert found  # the pattern has a branch for every character
        lexeme = _Lexeme("word", found[0], at + 1) if pattern is _VALUE else _lexeme(found, at + 1)
        if lexeme and (after_field or _means_something(lexeme)):
            lexemes.append(lexeme)
        after_field = lexeme is not None and lexeme.kind == "field"
        at = found.end()
    return lexemes


def _means_something(lexeme: _Lexeme) -> bool:
    return lexeme.kind not in ("word", "phrase") or lexeme.text == "*" or _has_words(lexeme.text)


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _lexeme(found: re.Match[str], at: int) -> _Lexeme | None:
    kind = found.lastgroup
    if kind is None:
        return None
    if found["quote"]:
        if found["end"] is None:
            _fail("a closing quotation mark for the one", at)
        return _Lexeme("phrase", found["quoted"], at, found["end"].endswith("*"))
    text = found[0]
    if kind == "field":
        return _Lexeme("field", text[:-1].lower(), at)
    if kind == "word" and text.lower() in ("and", "or", "not"):
        return _Lexeme(text.lower(), text, at)
    return _Lexeme(kind, text, at)


class _Parser:
    """Pratt: `_expression` reads on while what follows binds tighter than its caller."""

    _OR, _AND, _NOT = 1, 2, 3

    def __init__(self, lexemes: list[_Lexeme], length: int, zone: tzinfo, now_s: float) -> None:
        self._lexemes, self._zone, self._now_s = lexemes, zone, now_s
        self._end = _Lexeme("end", "", length + 1)
        self._next = 0
        self._depth = self._terms = 0
        self._field: str | None = None

    def whole(self) -> Node:
        node = self._expression(0)
        if self._peek().kind != "end":
            _fail("no closing parenthesis", self._peek().at)
        return node

    def _peek(self) -> _Lexeme:
        return self._lexemes[self._next] if self._next < len(self._lexemes) else self._end

    def _take(self) -> _Lexeme:
        lexeme = self._peek()
        self._next += 1
        return lexeme

    def _expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            _fail(f"at most {MAX_DEPTH} levels of parentheses and nots", self._peek().at)
        left = self._operand()
        while (lexeme := self._peek()).kind not in ("end", "close"):
            binds = self._OR if lexeme.kind == "or" else self._AND
            if binds <= power:
                break
            if lexeme.kind in ("or", "and"):
                self._take()
            left = _joined(Or if binds == self._OR else And, left, self._expression(binds))
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        lexeme = self._take()
        match lexeme.kind:
            case "not" | "minus":
                return Not(self._expression(self._NOT))
            case "open":
                return self._group(lexeme)
            case "field":
                return self._fielded(lexeme)
            case "word" | "phrase":
                return self._text(lexeme, self._field)
        return _fail("a word", lexeme.at)

    def _group(self, opened: _Lexeme) -> Node:
        node = self._expression(0)
        if self._take().kind != "close":
            _fail("a closing parenthesis for the one", opened.at)
        return node

    def _fielded(self, field: _Lexeme) -> Node:
        value = self._take()
        if field.text in TEXT_FIELDS and value.kind == "open":
            outer, self._field = self._field, field.text
            node = self._group(value)
            self._field = outer
            return node
        if value.kind not in ("word", "phrase") or not value.text.strip():
            _fail(f"a value for {field.text}:", value.at)
        return self._text(value, field.text) if field.text in TEXT_FIELDS else self._special(field.text, value)

    def _count(self, lexeme: _Lexeme) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            _fail(f"at most {MAX_TERMS} terms, and not one more", lexeme.at)

    def _text(self, lexeme: _Lexeme, field: str | None) -> Node:
        self._count(lexeme)
        text, prefix = lexeme.text, lexeme.star
        if lexeme.kind == "word":
            if text == "*" and field is None:
                return Everything()
            if _BAD_STAR.search(text):
                _fail("'*' at the end of a word only", lexeme.at)
            stripped = text.rstrip("*")
            prefix, text = stripped != text, stripped
        if not _has_words(text):
            _fail("a letter or a digit", lexeme.at)
        if prefix:
            last = tokens(text)[-1:]
            if last and len(last[0].text) < MIN_PREFIX_CHARS and not is_unspaced(last[0].text):
                _fail(f"{MIN_PREFIX_CHARS} characters or more before '*'", lexeme.at)
        return Text(field, text, prefix)

    def _special(self, field: str, value: _Lexeme) -> Node:
        self._count(value)
        try:
            match field:
                case "date":
                    return Dated(*date_range(value.text, self._zone, self._now_s))
                case "size":
                    return Sized(*size_range(value.text))
                case "folder":
                    return Folder(value.text)
                case "messageid":
                    return MessageId(value.text.strip(" \t\r\n<>"))
                case "has" if value.text.lower() in ("attachment", "attachments"):
                    return HasAttachment()
                case "id":
                    return _identity(value.text)
        except ValueError as error:
            _fail(str(error), value.at)
        return _fail("attachment", value.at)


def _identity(text: str) -> Identity:
    found = re.fullmatch(r"(\d{1,18}):(\d{1,18})", text, re.ASCII)
    if not found:
        raise ValueError("a message id like 1:4711")
    return Identity(int(found[1]), int(found[2]))


def _joined(kind: type[And] | type[Or], left: Node, right: Node) -> Node:
    """One flat node for a chain of the same operator."""
    parts: list[Node] = []
    for node in (left, right):
        parts += node.nodes if isinstance(node, kind) else (node,)
    return kind(tuple(parts))
