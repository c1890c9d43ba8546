"""`$search`, read: the part of KQL that lists of messages know, and the clauses of directory lists.

KQL: words, "phrases", `pre*`, `property:value` with `: = <> > >= < <=`, `a..b`, AND, OR, NOT in capitals, parentheses;
what stands side by side is joined by AND. Directory: `"displayName:al" OR "description:x"`, each clause in quotes,
words are found by how they begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from postroom.errors import Invalid
from postroom.workspace.query.search_tokens import Token, tokens
from postroom.workspace.query.words import words_of

OPTION: Final = "$search"
MOST_LEVELS: Final = 32

MOST_TERMS: Final = 200
# Of directory objects these are cut into words; the others are looked at from their beginning.
_IN_WORDS: Final = frozenset({"displayname", "description"})

GROUPS: Final = {"participants": ("from", "to", "cc", "bcc"), "recipients": ("to", "cc", "bcc")}
"""Properties that stand for several, by name in lower case."""

Operator = Literal[":", "=", "<>", ">", ">=", "<", "<=", "..", "starts", "begins"]


@dataclass(frozen=True, slots=True)
class Term:
    """Words next to each other, in a property (None: where words without one are looked for).

    `text` is what was written, `words` what is looked for; with `prefix` the last word may go on. Of directory lists
    are the operators `starts`: the whole value begins with `text`, and `begins`: a word, or a part of one, does.
    """

    property: str | None
    operator: Operator
    text: str
    words: tuple[str, ...]
    prefix: bool = False
    until: str = ""
    """The end of a range."""


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[SearchNode, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[SearchNode, ...]


@dataclass(frozen=True, slots=True)
class No:
    part: SearchNode


SearchNode = Term | All | Any | No


def parse_search(text: str, *, directory: bool = False) -> SearchNode:
    """The tree of a search. Raises Invalid, whatever the text is."""
    plain = text if directory else _unquoted(text)
    return _Parser(tokens(plain, OPTION), _clause if directory else _terms).whole()


def terms(tree: SearchNode) -> Iterator[Term]:
    """All that is looked for."""
    match tree:
        case All(parts) | Any(parts):
            for part in parts:
                yield from terms(part)
        case No(part):
            yield from terms(part)
        case Term():
            yield tree


def _unquoted(text: str) -> str:
    """Without the quotes around the whole; those inside stand behind a backslash, or as they are."""
    text = text.strip()
    inner = text[1:-1]
    if len(text) < 2 or text[0] != '"' or text[-1] != '"' or '"' in inner.replace('\\"', ""):
        return text
    return inner.replace('\\"', '"').replace("\\\\", "\\")


class _Parser:
    def __init__(self, found: list[Token], terms: Callable[[Token], SearchNode | None]) -> None:
        if len(found) > MOST_TERMS:
            raise Invalid(OPTION, f"no more than {MOST_TERMS} words and operators")
        self._tokens, self._terms = found, terms
        self._at = self._level = 0

    def whole(self) -> SearchNode:
        node = self._either()
        if self._next.kind != "end":
            raise Invalid(OPTION, f"no {self._next.text} at position {self._next.position}")
        if node is None:
            raise Invalid(OPTION, "at least one word")
        return node

    def _either(self) -> SearchNode | None:
        parts = [self._every()]
        while self._accept("OR"):
            parts.append(self._every())
        found = tuple(part for part in parts if part is not None)
        return Any(found) if len(found) > 1 else found[0] if found else None

    def _every(self) -> SearchNode | None:
        parts = [self._one()]
        while self._accept("AND") or self._begins():
            parts.append(self._one())
        found = tuple(part for part in parts if part is not None)
        return All(found) if len(found) > 1 else found[0] if found else None

    def _one(self) -> SearchNode | None:
        """None when nothing is left to look for: a word of signs only."""
        if self._accept("NOT"):
            return self._no()
        token = self._take()
        if token.kind == "(":
            node = self._deeper(self._either)
            if not self._accept(")"):
                raise Invalid(OPTION, f"a closing parenthesis at position {self._next.position}")
            return node if node is None or token.property is None else _within(node, token)
        if token.kind not in ("term", "phrase"):
            raise Invalid(OPTION, f"a word instead of {token.text or 'the end'} at position {token.position}")
        return self._terms(token)

    def _no(self) -> SearchNode | None:
        part = self._deeper(self._one)
        return None if part is None else No(part)

    def _deeper(self, read: Callable[[], SearchNode | None]) -> SearchNode | None:
        self._level += 1
        if self._level > MOST_LEVELS:
            raise Invalid(OPTION, f"no more than {MOST_LEVELS} levels in one another")
        node = read()
        self._level -= 1
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _begins(self) -> bool:
        return self._next.kind in ("term", "phrase", "(", "NOT")

    def _take(self) -> Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _accept(self, kind: str) -> bool:
        found = self._next.kind == kind
        if found:
            self._take()
        return found


def _terms(token: Token) -> SearchNode | None:
    """A word, phrase or restriction of KQL."""
    if token.kind == "term" and token.property is None and ".." not in token.text:
        return _term(None, ":", token.text, prefix=token.prefix)
    start, dots, end = token.text.partition("..")
    if dots and start and end and token.property is not None and not token.quoted:
        return Term(token.property, "..", start, words_of(start), until=end)
    return _term(token.property, token.operator, token.text, prefix=token.prefix)


def _within(node: SearchNode, owner: Token) -> SearchNode:
    """`from:(a OR b)`: what has no property of its own gets that one."""
    match node:
        case Term(None):
            return replace(node, property=owner.property, operator=cast("Operator", owner.operator))
        case All(parts):
            return All(tuple(_within(part, owner) for part in parts))
        case Any(parts):
            return Any(tuple(_within(part, owner) for part in parts))
        case No(part):
            return No(_within(part, owner))
        case _:
            return node


def _clause(token: Token) -> SearchNode | None:
    """`"displayName:al"`: the property is inside the quotes. Its words may go on, in any order."""
    name, sign, value = token.text.partition(":")
    named = token.property is None and bool(sign) and name.strip().isidentifier()
    owner, text = (name.strip(), value) if named else (token.property, token.text)
    # python-o365 puts the value into quotes of its own.
    text = text.strip().strip("'")
    if owner is not None and owner.lower() not in _IN_WORDS:
        return Term(owner, "starts", text, words_of(text)) if text else None
    parts = [Term(owner, "begins", word, (word,), prefix=True) for word in words_of(text)]
    return All(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _term(owner: str | None, operator: str, text: str, *, prefix: bool) -> Term | None:
    found = words_of(text)
    if not found:
        return None  # signs only: there is nothing to look for
    return Term(owner, cast("Operator", operator), text, found, prefix)
