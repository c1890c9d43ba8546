"""Addresses in text that mail systems write: journal reports and header fields. Linear in the text, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BETWEEN: Final = re.compile(r"[\s<>,;()]+")
_SCHEMES: Final = ("mailto:", "smtp:")


def addresses(text: str) -> list[str]:
    """All addresses in order, each once. What stands in quotes is a name, unless an @ follows: then a local part."""
    return list(dict.fromkeys(one for one in words(text) if is_address(one)))


def words(text: str) -> Iterator[str]:
    """What separators leave, names in quotes left out; `"john doe"@example.com` is one word."""
    pieces = text.split('"')
    for place in range(0, len(pieces), 2):
        piece = pieces[place]
        if place and piece.startswith("@"):
            domain, *rest = _BETWEEN.split(piece, maxsplit=1)
            yield f'"{pieces[place - 1]}"{domain}'
            piece = rest[0] if rest else ""
        yield from filter(None, map(_plain, _BETWEEN.split(piece)))


def is_address(word: str) -> bool:
    """Whether it has a local part and a domain, and prints."""
    local, mark, domain = word.rpartition("@")
    return bool(mark and local and domain) and word.isprintable()


def without_extension(address: str) -> str:
    """`anna+news@example.com` as `anna@example.com`."""
    local, mark, domain = address.rpartition("@")
    return local[: place if (place := local.find("+", 1)) > 0 else len(local)] + mark + domain


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def _plain(word: str) -> str:
    lowered = word[:7].lower()
    return next((word[len(scheme) :] for scheme in _SCHEMES if lowered.startswith(scheme)), word)
