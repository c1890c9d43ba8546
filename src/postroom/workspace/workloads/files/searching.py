"""Files and folders by their names and by the words in them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from postroom.errors import Invalid
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.store.reading import ANY
from postroom.workspace.workloads.files import expanding, places
from postroom.workspace.workloads.files.core import At, Core, Look

MOST_WORDS: Final = 50
_WORD: Final = re.compile(r"\w+")


class Search:
    def __init__(self, core: Core) -> None:
        self._core = core

    def page(self, look: Look, at: At, text: str) -> Page:
        """What lies below a folder and has all these words, or words that begin so. Raises Invalid."""
        places.prepare(self._core, look, at)
        options = replace(look.wish.options, search=_search(text))
        with self._core.store.read() as unit:
            top = places.find(unit, self._core, look, at)
            listing = expanding.listing_of(unit, self._core, look, top)
            found = unit.items.page(replace(listing, parent=ANY, below=top, options=options))
            inner = replace(look, wish=replace(look.wish, options=_shown(options)))
            rows = expanding.shown(unit, self._core, inner, found.rows)
            return Page([{**row, "searchResult": {}} for row in rows], found.cursor, found.count)


def _search(text: str) -> str | None:
    # An underscore parts words in the index, and is one of the letters of a word here.
    words = _WORD.findall(text.replace("_", " ").lower())
    if len(words) > MOST_WORDS:
        raise Invalid("q", f"at most {MOST_WORDS} words")
    if not words:
        if text.strip():
            raise Invalid("q", "at least one letter or digit")
        return None
    return " AND ".join(f"{word}*" for word in words)


def _shown(options: Options) -> Options:
    return replace(options, search=None)
