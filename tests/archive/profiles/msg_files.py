"""Writes .msg files: a compound file (MS-CFB) with the storages of a message (MS-OXMSG)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

SECTOR, MINI = 512, 64
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
MINI_LIMIT = 4096

Tree: TypeAlias = "Mapping[str, bytes | Tree]"


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: list[_Entry] = field(default_factory=list)
    number: int = 0
    start: int = END
    right: int = FREE
    child: int = FREE


def compound(tree: Tree) -> bytes:
    """A compound file of version 3 with these storages and streams."""
    root = _entry("Root Entry", tree, 5)
    entries: list[_Entry] = []
    _number(root, entries)
    fat: list[int] = []
    sectors = bytearray()

    def put(data: bytes) -> int:
        if not data:
            return END
        first, count = len(fat), -(-len(data) // SECTOR)
        fat.extend([*range(first + 1, first + count), END])
        sectors.extend(data.ljust(count * SECTOR, b"\0"))
        return first

    mini, mini_fat = bytearray(), list[int]()
    for one in entries[1:]:
        if one.kind == 2 and len(one.data) >= MINI_LIMIT:
            one.start = put(one.data)
        elif one.data:
            one.start, count = len(mini_fat), -(-len(one.data) // MINI)
            mini_fat.extend([*range(one.start + 1, one.start + count), END])
            mini.extend(one.data.ljust(count * MINI, b"\0"))
    root.data, root.start = bytes(mini), put(bytes(mini))
    mini_start = put(
        struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(-(-len(mini_fat) * 4 // SECTOR) * SECTOR, b"\xff")
    )
    directory = put(b"".join(map(_record, entries)))
    need = 1
    while (len(fat) + need) > need * SECTOR // 4:
        need += 1
    places = [*range(len(fat), len(fat) + need)]
    table = [*fat, *[FAT] * need]
    raw_fat = struct.pack(f"<{len(table)}I", *table).ljust(need * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16x5H6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, need, directory, 0,
        MINI_LIMIT, mini_start, -(-len(mini_fat) * 4 // SECTOR), END, 0,
    )  # fmt: skip
    return header + struct.pack("<109I", *places, *[FREE] * (109 - need)) + bytes(sectors) + raw_fat


def _entry(name: str, content: Tree | bytes, kind: int = 1) -> _Entry:
    if isinstance(content, bytes):
        return _Entry(name, 2, content)
    return _Entry(
        name, kind, children=[_entry(one, content[one]) for one in sorted(content, key=lambda n: (len(n), n))]
    )


def _number(entry: _Entry, entries: list[_Entry]) -> None:
    """Siblings are a list: a binary tree that only grows to the right."""
    entry.number = len(entries)
    entries.append(entry)
    for child in entry.children:
        _number(child, entries)
    for left, right in zip(entry.children, entry.children[1:], strict=False):
        left.right = right.number
    entry.child = entry.children[0].number if entry.children else FREE


def _record(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI16xIQ", name, len(name) + 2, entry.kind, 1, FREE, entry.right, entry.child, 0,
        entry.start if entry.kind != 1 else 0, len(entry.data),
    )  # fmt: skip


# Messages


def text(number: int, value: str) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001F": value.encode("utf-16-le")}


def binary(number: int, value: bytes) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}0102": value}


def properties(header: int, *fixed: tuple[int, int, bytes]) -> dict[str, bytes]:
    """The property stream: (id, type, 8 bytes) of each fixed value."""
    rows = b"".join(struct.pack("<HHI8s", kind, number, 6, value.ljust(8, b"\0")) for number, kind, value in fixed)
    return {"__properties_version1.0": bytes(header) + rows}


def number(identifier: int, value: int) -> tuple[int, int, bytes]:
    return identifier, 3, struct.pack("<I", value)


def moment(identifier: int, time_ms: int) -> tuple[int, int, bytes]:
    return identifier, 0x40, struct.pack("<Q", (time_ms + 11_644_473_600_000) * 10_000)


def recipient(name: str, address: str, kind: int) -> dict[str, bytes]:
    return {**text(0x3001, name), **text(0x39FE, address), **properties(8, number(0x0C15, kind))}


def attachment(name: str, data: bytes, media_type: str = "") -> dict[str, bytes]:
    return {
        **text(0x3707, name),
        **binary(0x3701, data),
        **text(0x370E, media_type),
        **properties(8, number(0x3705, 1)),
    }


def embedded(name: str, inner: Tree) -> Tree:
    """An attachment that is a message; `inner` is made with `message(..., top=False)`."""
    return {**text(0x3001, name), **properties(8, number(0x3705, 5)), "__substg1.0_3701000D": inner}


def message(
    *,
    subject: str = "Offer",
    body: str = "Text.",
    html: bytes = b"",
    headers: str = "",
    sender: tuple[str, str] = ("Bob Hill", "bob@example.org"),
    sent_ms: int | None = 1_700_000_000_000,
    recipients: tuple[dict[str, bytes], ...] = (),
    attachments: tuple[Tree, ...] = (),
    more: Mapping[str, bytes] | None = None,
    top: bool = True,
) -> Tree:
    fixed = [moment(0x0039, sent_ms)] if sent_ms is not None else []
    tree: dict[str, bytes | Tree] = {
        **properties(32 if top else 24, number(0x3FDE, 65001), *fixed), **text(0x0037, subject),
        **text(0x0C1A, sender[0]), **text(0x5D01, sender[1]), **(more or {}),
    }  # fmt: skip
    for key, value in ((0x1000, body), (0x007D, headers)):
        tree |= text(key, value) if value else {}
    tree |= binary(0x1013, html) if html else {}
    tree |= {f"__recip_version1.0_#{place:08X}": one for place, one in enumerate(recipients)}
    tree |= {f"__attach_version1.0_#{place:08X}": one for place, one in enumerate(attachments)}
    return tree
