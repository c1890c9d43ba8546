"""How text becomes tokens: one way for documents, queries and snippets.

`prepare` does in Python what tantivy's filters cannot (accents of every script, full-width forms, scripts without
spaces); the analyzer splits at whatever is no letter or digit, drops tokens over 64 bytes, lowers the case and folds
what is left of Latin (ß, æ, ø). A character of a script written without spaces is a token of its own, so that any
piece of a run is found as a phrase.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final, NamedTuple

import tantivy

TOKENIZER: Final = "mail"
MAX_TOKEN_BYTES: Final = 64

# Thai, Lao, Myanmar, Khmer, Hangul, CJK radicals to Han, Han compatibility, planes 2 and 3 of Han. Korean has spaces,
# but particles stick to words.
UNSPACED: Final = (
    "\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED: Final = re.compile(f"[{UNSPACED}]+")
NON_ASCII: Final = re.compile("[^\x00-\x7f]+")
# Accents and the like; a lone surrogate cannot be given to the index at all.
_MARKS: Final = re.compile("[\u0300-\u036f\ud800-\udfff]")
# Voiced kana and Hangul come apart under NFKD and are slow to put together again: they are left as they are.
_WHOLE: Final = re.compile("[\u3041-\u30fa\uac00-\ud7a3]")
_OTHER: Final = re.compile("[^\x00-\x7f\u3041-\u30fa\uac00-\ud7a3\u4e00-\u9fff]+")
# What may become fewer characters when folded.
_SHRINKS: Final = re.compile("[\u0300-\u036f\u1100-\u11ff\u3099\u309a\uff9e\uff9f\ud800-\udfff]")
_MAX_CACHED: Final = 24
_FEW: Final = 50
"""Up to one byte in so many beyond ASCII, runs are folded one by one and kept; above, the whole text at once."""


class Token(NamedTuple):
    """Folded text and its place among the words of the text it is from."""

    text: str
    position: int


def prepare(text: str) -> str:
    """Text as the analyzer takes it. ASCII stays as it is, so it costs next to nothing."""
    if text.isascii():
        return text
    if _is_nearly_ascii(text):
        plain = NON_ASCII.sub(lambda run: (_cached_plain if len(run[0]) <= _MAX_CACHED else _plain)(run[0]), text)
    else:
        plain = _plain(text)
    return _UNSPACED.sub(lambda run: f" {' '.join(run[0])} ", plain)


def tokens(text: str) -> list[Token]:
    """The tokens of a text; positions have gaps where a token was too long."""
    return [Token(token.text, token.position) for token in analyzer().pre_tokenize(prepare(text)).tokens]


def fold(text: str) -> str:
    """Text with case and accents taken away, unspaced scripts left together."""
    if text.isascii():
        return text.lower()
    if len(text) <= _MAX_CACHED:
        return _cached_fold(text)
    return NON_ASCII.sub(lambda run: fold(run[0]), text).lower() if _is_nearly_ascii(text) else _fold(text)


def fold_aligned(text: str) -> str | None:
    """The fold of a text when every character became one character, else None."""
    folded = fold(text)
    return folded if len(folded) == len(text) and (text.isascii() or not _SHRINKS.search(text)) else None


def _is_nearly_ascii(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) - len(text) <= len(text) // _FEW


def is_unspaced(text: str) -> bool:
    """True when a text is characters of a script without spaces only."""
    return _UNSPACED.fullmatch(text) is not None


@functools.cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analyzer to register under `TOKENIZER`; give it prepared text only."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TOKEN_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


@functools.cache
def _folder() -> tantivy.TextAnalyzer:
    """The analyzer's filters over a whole text."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return _OTHER.sub(lambda run: _stripped(run[0]), text) if _WHOLE.search(text) else _stripped(text)


def _stripped(text: str) -> str:
    stripped = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", stripped).replace("ς", "σ")  # one letter, two small forms


def _fold(text: str) -> str:
    return "".join(_folder().analyze(_plain(text)))


_cached_plain: Final = functools.lru_cache(16_384)(_plain)
_cached_fold: Final = functools.lru_cache(16_384)(_fold)
