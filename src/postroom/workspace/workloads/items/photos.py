"""Pictures of users, groups and contacts: as they came, in one size."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from postroom.errors import Invalid, NotFound
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import Document

ROLE: Final = "photo"
SIZES: Final = ("48x48", "64x64", "96x96", "120x120", "240x240", "360x360", "432x432", "504x504", "648x648")
MOST_BYTES: Final = 4 << 20
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG behind which its size stands."""


class Picture(NamedTuple):
    media_type: str
    width: int
    height: int


class Photo(NamedTuple):
    content: bytes
    picture: Picture


def keep(unit: Unit, item: Item, content: bytes) -> None:
    """Raises Invalid for what is no picture, TooLarge."""
    picture = recognised(content)
    if picture is None:
        raise Invalid("photo", "a JPEG, PNG or GIF picture")
    unit.items.attach(item, ROLE, unit.blobs.put(content, most_bytes=MOST_BYTES))
    unit.items.update(item, item.document | {"_photo": list(picture)})


def remove(unit: Unit, item: Item | None) -> None:
    """Raises NotFound when there is none."""
    _picture(item)
    assert item is not None
    unit.items.detach(item, ROLE)
    unit.items.update(item, {name: value for name, value in item.document.items() if name != "_photo"})


def read(unit: Unit, item: Item | None) -> Photo:
    """Raises NotFound."""
    picture = _picture(item)
    blob = unit.items.blob(item, ROLE) if item else None
    if blob is None:
        raise NotFound("photo", "photo")
    return Photo(unit.blobs.read(blob.hash), picture)


def document(item: Item | None) -> Document:
    """What is told of a picture. Raises NotFound."""
    picture = _picture(item)
    return {
        "@odata.mediaContentType": picture.media_type,
        "id": f"{picture.width}x{picture.height}",
        "width": picture.width,
        "height": picture.height,
    }


def check_size(size: str) -> None:
    """Raises NotFound for a size that no picture has."""
    if size.lower() not in SIZES:
        raise NotFound("photo", size)


def _picture(item: Item | None) -> Picture:
    kept = item.document.get("_photo") if item else None
    if not kept:
        raise NotFound("photo", "photo")
    return Picture(*kept)


def recognised(content: bytes) -> Picture | None:
    """Type and size, from the first bytes."""
    if content.startswith(_PNG) and len(content) >= 24:
        return Picture("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return Picture("image/gif", *struct.unpack("<HH", content[6:10]))
    return _jpeg(content) if content.startswith(b"\xff\xd8") else None


def _jpeg(content: bytes) -> Picture | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
