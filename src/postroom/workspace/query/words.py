"""Text cut into words as SQLite's full-text index cuts it, so that both find the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")


def words_of(text: str) -> tuple[str, ...]:
    """Letters and digits side by side, in lower case and without accents."""
    plain = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return tuple(_WORD.findall(plain.lower()))


def parts_of(text: str) -> tuple[str, ...]:
    """Words, and the parts of those in which cases, or letters and digits, change: `AlphaTeam7` has `team` too."""
    return tuple(dict.fromkeys((*words_of(text), *words_of(_HUMP.sub(" ", text)))))


def contains(words: Sequence[str], wanted: Sequence[str], *, prefix: bool) -> bool:
    """Whether `wanted` stand next to each other; with `prefix` the last of them may go on. None of them are nowhere."""
    if not wanted:
        return False
    *firsts, last = wanted
    for start in range(len(words) - len(wanted) + 1):
        found = words[start + len(firsts)]
        if (found.startswith(last) if prefix else found == last) and list(words[start : start + len(firsts)]) == firsts:
            return True
    return False
