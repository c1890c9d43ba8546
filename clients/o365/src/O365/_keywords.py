"""Keywords that nobody knows: refused or warned of, with the one that may have been meant."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection, Iterable


def warn_of(unknown: Iterable[str], known: Collection[str]) -> None:
    """Warn of keywords that are ignored, at the line of the program that gave them."""
    for name in unknown:
        warnings.warn(f"{unknown_keyword(name, known)} It is ignored.", UserWarning, stacklevel=_of_program())


def unknown_keyword(name: str, known: Collection[str]) -> str:
    """A sentence about a keyword, naming the nearest that is known."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"There is no keyword {name!r}." + (f" Was {near[0]!r} meant?" if near else "")


def _of_program() -> int:
    """How far above `warn_of` the first line outside this package is, as `stacklevel` counts."""
    level, frame = 0, sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "O365":
        level, frame = level + 1, frame.f_back  # type: ignore[assignment] # the outermost has none
    return level + 1
