"""The original distribution has the same package name: the two cannot live in one environment."""

from __future__ import annotations

import os
import sys

ORIGINAL = ("o365-", ".dist-info", ".egg-info")


def refuse_original() -> None:
    """Raise ImportError when the distribution `o365` is installed, too: its files and ours would be mixed."""
    place = original_in(sys.path)
    if place is not None:
        raise ImportError(
            f"The distributions o365 (in {place}) and postroom-o365 both provide the package O365. "
            "Keep one of them: `pip uninstall o365 postroom-o365`, then install the one you want."
        )


def original_in(places: list[str]) -> str | None:
    """The first of the places where the original is installed."""
    # importlib.metadata would say the same, and cost more than all the rest of this import.
    prefix, *suffixes = ORIGINAL
    for place in places:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 - names are enough
        except OSError:  # no such folder, or an archive
            continue
        if any(name.lower().startswith(prefix) and name.endswith(tuple(suffixes)) for name in names):
            return place or os.getcwd()  # noqa: PTH109 - pathlib is slow to load
    return None
