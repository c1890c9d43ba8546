"""A `$search` cut into tokens: terms, phrases, operators in capitals, parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query.tokens import check_length

_SPACE: Final = re.compile(r"\s+")
# The name of a property and its operator, and what stands right behind them.
_RESTRICTION: Final = re.compile(r"([^\W\d]\w*)(:[<>]=?|:=|:|<>|>=|<=|=|>|<)(?=[^\s)])")
_PHRASE: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"(\*?)', re.DOTALL)
# `this week` and the like are one value without quotes; so is all up to a space.
_VALUE: Final = re.compile(r"(?:this|last)\s+(?:week|month|year)\b|[^\s()\"]+", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\s()\"]+")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is term, phrase, AND, OR, NOT, a parenthesis or end. `property` and `operator` stand before it."""

    kind: str
    text: str
    position: int
    property: str | None = None
    operator: str = ":"
    prefix: bool = False
    quoted: bool = False


def tokens(text: str, option: str) -> list[Token]:
    """All tokens and one of the kind `end`. Raises Invalid for a quote left open."""
    check_length(text, option)
    return [*_tokens(text, option), Token("end", "", len(text))]


def _tokens(text: str, option: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        space = _SPACE.match(text, at)
        if space:
            at = space.end()
            continue
        token, at = _token(text, at, option)
        yield token


def _token(text: str, at: int, option: str) -> tuple[Token, int]:
    if text[at] in "()":
        return Token(text[at], text[at], at), at + 1
    if text[at] == '"':
        return _phrase(text, at, at, None, ":", option)
    restriction = _RESTRICTION.match(text, at)
    if restriction:
        return _restricted(text, at, restriction, option)
    word = _word(_WORD, text, at)
    if word in ("AND", "OR", "NOT"):
        return Token(word, word, at), at + len(word)
    return Token("term", word.rstrip("*"), at, prefix=word.endswith("*")), at + len(word)


def _restricted(text: str, at: int, restriction: re.Match[str], option: str) -> tuple[Token, int]:
    name, operator = restriction.groups()
    operator = operator.removeprefix(":") or ":"
    start = restriction.end()
    if text[start] == '"':
        return _phrase(text, at, start, name, operator, option)
    if text[start] == "(":
        return Token("(", "(", at, name, operator), start + 1
    value = _word(_VALUE, text, start)
    token = Token("term", value.rstrip("*"), at, name, operator, prefix=value.endswith("*"))
    return token, start + len(value)


def _phrase(text: str, at: int, start: int, name: str | None, operator: str, option: str) -> tuple[Token, int]:
    match = _PHRASE.match(text, start)
    if match is None:
        raise Invalid(option, f"a quote that ends the phrase which begins at position {start}")
    inner = match[1].replace('\\"', '"').replace("\\\\", "\\")
    return Token("phrase", inner, at, name, operator, prefix=bool(match[2]), quoted=True), match.end()


def _word(pattern: re.Pattern[str], text: str, at: int) -> str:
    match = pattern.match(text, at)
    return match[0] if match else text[at]
