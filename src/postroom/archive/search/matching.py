"""From a query tree to tantivy's: which documents match, and which of them may be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

import tantivy

from postroom.archive.search import fields, query
from postroom.archive.search.fields import MAX_NUMBER, NUMBER_BITS, TEXT_FIELDS, clamp_date, id_hash, schema
from postroom.archive.search.query import And, Node, Not, Or
from postroom.archive.search.tokens import Token, is_unspaced, tokens

Access: TypeAlias = AbstractSet[int] | None
"""The archives of a store that may be seen; None is all of them."""

FolderIds: TypeAlias = Callable[[str], AbstractSet[int]]
"""The ids of a folder and of all below it; none when there is no such folder."""

_Q: Final = tantivy.Query
_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_FIELD: Final = {"from": "sender"}
_SUBJECT_BOOST: Final = 2.0


def no_folders(_path: str) -> AbstractSet[int]:
    """A resolver that knows no folder."""
    return frozenset()


def marker() -> tantivy.Query:
    """The marker document."""
    return _Q.term_query(schema(), "message", 0)


def everything() -> tantivy.Query:
    """All messages."""
    return _Q.boolean_query([(_MUST, _Q.all_query()), (_NOT, marker())])


def below(found: tantivy.Query, key: int | None) -> tantivy.Query:
    """Only what comes after a sort key when the newest is first."""
    return found if key is None else _Q.boolean_query([(_MUST, found), (_MUST, _sort_range(None, key - 1))])


def restrict(found: tantivy.Query, access: Access, folders: AbstractSet[int] | None) -> tantivy.Query:
    """Only messages in archives that may be seen, and in one of `folders` unless None; never the marker."""
    parts = [(_MUST, found), (_NOT, marker())]
    for field, ids in (("archive", access), ("folder", folders)):
        if ids is not None:
            parts.append((_MUST, _one_of(field, ids)))
    return _Q.boolean_query(parts)


def among(found: tantivy.Query, messages: AbstractSet[int]) -> tantivy.Query:
    """Only messages with one of these numbers."""
    return _Q.boolean_query([(_MUST, found), (_MUST, _one_of("message", messages))])


def compile_query(node: Node, *, store: int, resolve: FolderIds) -> tantivy.Query:
    """The tree as tantivy's query; it may match the marker document, which `restrict` takes away."""

    def compiled(node: Node) -> tantivy.Query:
        match node:
            case And(nodes):
                return _all_of(nodes, compiled)
            case Or(nodes):
                return _Q.boolean_query([(_SHOULD, compiled(part)) for part in nodes])
            case Not():
                return _all_of((node,), compiled)
            case query.Text(field, text, prefix):
                return _text(field, text, prefix)
            case query.Folder(path):
                return _one_of("folder", resolve(path))
            case query.Dated(first, last):
                return _dated(first, last)
            case query.Sized(least, most):
                return _unsigned_range("size", least, most)
            case query.HasAttachment():
                return _unsigned_range("attachments", 1, None)
            case query.MessageId(text):
                return _term("message_id", id_hash(text))
            case query.Identity(number, message):
                known = number == store and 1 <= message <= MAX_NUMBER
                return _term("message", message) if known else _Q.empty_query()
            case query.Everything():
                return _Q.all_query()

    return compiled(node)


def _all_of(nodes: Sequence[Node], compiled: Callable[[Node], tantivy.Query]) -> tantivy.Query:
    """tantivy subtracts only from something: without a positive part that is everything."""
    parts = [(_NOT, compiled(n.node)) if isinstance(n, Not) else (_MUST, compiled(n)) for n in nodes]
    if all(isinstance(node, Not) for node in nodes):
        parts.append((_MUST, _Q.all_query()))
    return _Q.boolean_query(parts)


def _text(field: str | None, text: str, prefix: bool) -> tantivy.Query:
    words = tokens(text)
    if not words:  # only words too long to be in the index
        return _Q.empty_query()
    if prefix and is_unspaced(words[-1].text):
        prefix = False  # one character is a whole token: what begins with it, contains it
    if field:
        return _in_field(_FIELD.get(field, field), words, prefix)
    parts = [(_SHOULD, _in_field(name, words, prefix)) for name in TEXT_FIELDS]
    return _Q.boolean_query(parts)


def _in_field(field: str, words: Sequence[Token], prefix: bool) -> tantivy.Query:
    found = _sequence(field, words, prefix)
    return _Q.boost_query(found, _SUBJECT_BOOST) if field == "subject" else found


def _sequence(field: str, words: Sequence[Token], prefix: bool) -> tantivy.Query:
    first, last = words[0], words[-1]
    if len(words) == 1 and prefix:
        # At distance 0 this is a plain prefix, complete, and made ten times as fast as a regular expression is. The
        # prefix forms of phrase queries take the first 50 words only.
        return _Q.fuzzy_term_query(schema(), field, last.text, distance=0, prefix=True)
    if len(words) == 1:
        return _Q.term_query(schema(), field, last.text)
    if not prefix:
        return _Q.phrase_query(schema(), field, [(word.position - first.position, word.text) for word in words])
    patterns: list[str | tuple[int, str]] = [(w.position - first.position, re.escape(w.text)) for w in words[:-1]]
    patterns.append((last.position - first.position, re.escape(last.text) + ".*"))
    return _Q.regex_phrase_query(schema(), field, patterns)


def _one_of(field: str, ids: AbstractSet[int]) -> tantivy.Query:
    """A filter: it adds nothing to scores."""
    known = [number for number in ids if 1 <= number <= fields.MAX_U64]
    if not known:
        return _Q.empty_query()
    return _Q.const_score_query(_Q.term_set_query(schema(), field, known), 0.0)


def _term(field: str, value: int) -> tantivy.Query:
    return _Q.const_score_query(_Q.term_query(schema(), field, value), 0.0)


def _dated(first_s: int | None, last_s: int | None) -> tantivy.Query:
    low = None if first_s is None else clamp_date(first_s) << NUMBER_BITS
    high = None if last_s is None else clamp_date(last_s) << NUMBER_BITS | MAX_NUMBER
    return _sort_range(low, high)


def _sort_range(low: int | None, high: int | None) -> tantivy.Query:
    found = _Q.range_query(schema(), "sort", tantivy.FieldType.Integer, low, high)
    return _Q.const_score_query(found, 0.0)


def _unsigned_range(field: str, low: int | None, high: int | None) -> tantivy.Query:
    found = _Q.range_query(schema(), field, tantivy.FieldType.Unsigned, low, high)
    return _Q.const_score_query(found, 0.0)
