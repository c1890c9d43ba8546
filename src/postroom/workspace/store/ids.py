"""Ids, ETags and change keys: all follow from the row of an item.

An immutable id is base64url of `i` and the key; the ordinary one of `r`, the key and the generation, so that it changes
when the item is moved.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final, NamedTuple, Protocol

from postroom.errors import Invalid

KEY_BYTES: Final = 16
_GENERATION_BYTES: Final = 4
_CHANGE_BYTES: Final = 12
_FOR_URLS: Final = bytes.maketrans(b"+/", b"-_")


class Keyed(Protocol):
    """What an id follows from: an item, where it lies, or what the log says of one that is gone."""

    @property
    def key(self) -> bytes: ...
    @property
    def generation(self) -> int: ...


class Changed(Protocol):
    @property
    def change(self) -> int: ...


class Parsed(NamedTuple):
    """`generation` is None in an immutable id."""

    key: bytes
    generation: int | None


def ordinary(item: Keyed) -> str:
    """The id that changes with a move."""
    return _text(b"r" + item.key + item.generation.to_bytes(_GENERATION_BYTES, "big"))


def immutable(item: Keyed) -> str:
    """The id that never changes."""
    return _text(b"i" + item.key)


def parse(text: str) -> Parsed:
    """Either form. Raises Invalid."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    key, rest = raw[1 : 1 + KEY_BYTES], raw[1 + KEY_BYTES :]
    if raw[:1] == b"i" and len(key) == KEY_BYTES and not rest:
        return Parsed(key, None)
    if raw[:1] == b"r" and len(rest) == _GENERATION_BYTES:
        return Parsed(key, int.from_bytes(rest, "big"))
    raise _malformed()


def change_key(item: Changed) -> str:
    """Differs after every change."""
    return binascii.b2a_base64(item.change.to_bytes(_CHANGE_BYTES, "big"), newline=False).decode()


def etag(item: Changed) -> str:
    """`W/"…"` around the change key."""
    return weak(change_key(item))


def weak(change_key: str) -> str:
    """The ETag of a change key."""
    return f'W/"{change_key}"'


def _text(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).translate(_FOR_URLS, b"=").decode()


def _malformed() -> Invalid:
    return Invalid("id", "an id that this server gave")
