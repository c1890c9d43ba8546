"""A search asked of texts in memory: lists that are not in the store."""

from __future__ import annotations

from collections.abc import Mapping

from postroom.workspace.query.functions import fold
from postroom.workspace.query.search import GROUPS, All, Any, No, SearchNode, Term
from postroom.workspace.query.words import contains, parts_of, words_of


def matches(tree: SearchNode, texts: Mapping[str, str]) -> bool:
    """Whether the texts, by the names of their properties, have what is looked for; those not there are empty.

    A text of several lines stands for a list: a value may begin each of them.
    """
    match tree:
        case All(parts):
            return all(matches(part, texts) for part in parts)
        case Any(parts):
            return any(matches(part, texts) for part in parts)
        case No(part):
            return not matches(part, texts)
        case Term():
            return _found(tree, texts)


def _found(term: Term, texts: Mapping[str, str]) -> bool:
    asked = _asked(term, texts)
    if term.operator == "starts":
        return any(fold(line).startswith(fold(term.text)) for text in asked for line in text.split("\n"))
    found = any(_has(term, text) for text in asked)
    return not found if term.operator == "<>" else found


def _asked(term: Term, texts: Mapping[str, str]) -> list[str]:
    if term.property is None:
        return list(texts.values())
    low = term.property.lower()
    names = GROUPS.get(low, (low,))
    return [text for name, text in texts.items() if name.lower() in names]


def _has(term: Term, text: str) -> bool:
    # `AlphaTeam7` is found by `team` in directory lists.
    words = parts_of(text) if term.operator == "begins" else words_of(text)
    return contains(words, term.words, prefix=term.prefix)
