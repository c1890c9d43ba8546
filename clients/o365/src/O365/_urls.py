"""Ids in URLs."""

from __future__ import annotations

from urllib.parse import quote

# What Graph's own ids and addresses consist of stays readable; "/", "?", "#" and "%" would end the segment.
_PLAIN = "!$&'()*+,;=:@~-._"


def segment(name: object) -> str:
    """An id or address as one segment of a path: the `#EXT#` in a guest's name must not begin a fragment."""
    return quote(str(name), safe=_PLAIN)
