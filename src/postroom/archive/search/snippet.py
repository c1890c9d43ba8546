"""The piece of a message around what was searched for, with marks.

Text is folded as for the index, so accents, case and beginnings that match are marked.
"""

from __future__ import annotations

import html
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from postroom.archive.search.query import Node, Text, terms
from postroom.archive.search.tokens import NON_ASCII, Token, fold, fold_aligned, is_unspaced, tokens

CHARS: Final = 200
MAX_TEXT_CHARS: Final = 100_000
"""What stands further down is not looked at."""
_MAX_TERMS: Final = 16
_MAX_HITS: Final = 50
_BEFORE_CHARS: Final = 50

# Blanks, controls, and what turns the direction of the text around it.
_BLANK: Final = re.compile("[\\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_BREAKS: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text on one line, and the (start, end) characters in it that matched."""

    text: str
    marks: tuple[tuple[int, int], ...]

    @property
    def html(self) -> str:
        """Escaped, with <mark> around what matched."""
        parts: list[str] = []
        at = 0
        for start, end in self.marks:
            parts += html.escape(self.text[at:start]), "<mark>", html.escape(self.text[start:end]), "</mark>"
            at = end
        return "".join((*parts, html.escape(self.text[at:])))


class Passage:
    """The text of snippets, and its fold once one was made: several searches may show the same message."""

    def __init__(self, text: str) -> None:
        self.text = text[:MAX_TEXT_CHARS]

    @cached_property
    def folded(self) -> tuple[str, _Shifts]:
        return _folded(self.text)


class Highlighter:
    """Finds the terms of one query in texts of one field."""

    def __init__(self, query: Node, field: str = "body") -> None:
        wanted = [term for term in terms(query) if term.field in (None, field)]
        self._patterns = [pattern for term in wanted[:_MAX_TERMS] for pattern in _patterns(term)]

    def snippet(self, passage: Passage, chars: int = CHARS) -> Snippet:
        """About `chars` characters around the place that has most of the terms; the beginning when it has none."""
        text, hits = passage.text, self._hits(passage)
        start, end = _window(text, hits, chars)
        marks = _merged([(a, b) for a, b, _ in hits if a >= start and b <= end])
        return _one_line(text, start, end, marks)

    def marks(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where a short text (a subject) matched."""
        return tuple(_merged([(start, end) for start, end, _ in self._hits(Passage(text))]))

    def _hits(self, passage: Passage) -> list[tuple[int, int, int]]:
        """Start, end and number of the term, in the order of the text."""
        if not self._patterns:
            return []
        folded, shifts = passage.folded
        hits: list[tuple[int, int, int]] = []
        for number, (pattern, bounded) in enumerate(self._patterns):
            some = 0
            for found in pattern.finditer(folded):
                start, end = found.span()
                if bounded and start and folded[start - 1].isalnum():
                    continue
                hits.append((shifts.original(start), shifts.original(end), number))
                some += 1
                if some == _MAX_HITS:
                    break
        return sorted(hits)


class _Shifts:
    """From places in a folded text to places in the text it came from."""

    def __init__(self) -> None:
        self._after: list[int] = []
        self._shift: list[int] = []

    def note(self, folded: int, original: int) -> None:
        self._after.append(folded)
        self._shift.append(original - folded)

    def original(self, folded: int) -> int:
        at = bisect_right(self._after, folded) - 1
        return folded + (self._shift[at] if at >= 0 else 0)


def _folded(text: str) -> tuple[str, _Shifts]:
    shifts = _Shifts()
    aligned = fold_aligned(text)
    if aligned is not None:
        return aligned, shifts
    parts: list[str] = []
    at = length = 0
    for run in NON_ASCII.finditer(text):
        aligned = fold_aligned(run[0])
        parts.append(text[at : run.start()].lower())
        length += len(parts[-1])
        for place, piece in enumerate(run[0] if aligned is None else (), run.start() + 1):
            parts.append(fold(piece))
            length += len(parts[-1])
            shifts.note(length, place)
        if aligned is not None:
            parts.append(aligned)
            length += len(aligned)
        at = run.end()
    return "".join((*parts, text[at:].lower())), shifts


def _patterns(term: Text) -> Iterator[tuple[re.Pattern[str], bool]]:
    """A pattern that begins with plain characters, which `re` finds fast; True: it must begin a word."""
    words = tokens(term.text)
    if not words:
        return
    # Unspaced scripts come as one token per character; in the text they stand together.
    pattern = re.escape(_text(words[0]))
    for before, word in itertools.pairwise(words):
        together = is_unspaced(before.text) or is_unspaced(word.text)
        pattern += (r"[\W_]*" if together else r"[\W_]+") + re.escape(_text(word))
    last = words[-1].text
    if not is_unspaced(last):
        pattern += r"[^\W_]*" if term.prefix else r"(?![^\W_])"
    yield re.compile(pattern), not is_unspaced(words[0].text)


def _text(word: Token) -> str:
    return fold(word.text)


def _window(text: str, hits: list[tuple[int, int, int]], chars: int) -> tuple[int, int]:
    best = (0, 0)
    for at, (start, _, _) in enumerate(hits[:_MAX_HITS]):
        inside = {number for a, b, number in hits[at : at + _MAX_HITS] if b - start <= chars - _BEFORE_CHARS}
        best = max(best, (len(inside), -start))
    start = max(0, -best[1] - _BEFORE_CHARS)
    end = min(len(text), start + chars)
    return _snapped(text, start, end)


def _snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Begin and end at blanks where there are some near by."""
    if start:
        blank = _BREAKS.search(text, start, start + _BEFORE_CHARS // 2)
        start = blank.end() if blank else start
    if end < len(text):
        tail = text[end - _BEFORE_CHARS // 2 : end]
        cut = max(tail.rfind(" "), tail.rfind("\n"))
        end = end - len(tail) + cut if cut > 0 else end
    return start, end


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _one_line(text: str, start: int, end: int, marks: list[tuple[int, int]]) -> Snippet:
    """Runs of blanks and controls become one blank; what is cut off is shown by an ellipsis."""
    line = "… " if start else ""
    found: list[tuple[int, int]] = []
    at = start
    for begin, stop in marks:
        line = _extended(line, text[at:begin])
        marked = len(line)
        line = _extended(line, text[begin:stop])
        found.append((marked, len(line)))
        at = stop
    line = _extended(line, text[at:end]).rstrip()
    return Snippet(line + (" …" if end < len(text) else ""), tuple(found))


def _extended(line: str, piece: str) -> str:
    piece = _BLANK.sub(" ", piece)
    if piece.startswith(" ") and (not line or line.endswith(" ")):
        piece = piece[1:]
    return line + piece
