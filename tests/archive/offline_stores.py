"""Stores written from docs/format.md alone: no engine code is involved."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

import zstandard
from blake3 import blake3

STORE = UUID("6f6f3c57-9f0b-4c62-9f5e-3f1f3a0b8a11")
T0 = 1_700_000_000_000


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def merkle(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + merkle(leaves[:k]) + merkle(leaves[k:]))


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def record(kind: int, plain: bytes, codec: int = 0, dictionary: tuple[int, bytes] | None = None) -> bytes:
    stored = plain
    identity = dictionary[0] if dictionary and (codec == 2 or kind == 1) else 0
    if codec:
        data = zstandard.ZstdCompressionDict(dictionary[1]) if dictionary and codec == 2 else None
        stored = zstandard.ZstdCompressor(dict_data=data).compress(plain)
    head = struct.pack(
        "<4sBBBBIIII32sI",
        *(b"PRec", 1, kind, codec, 0, 0, identity, len(stored), len(plain), blake3(plain).digest(), zlib.crc32(stored)),
    )
    return head + struct.pack("<I", zlib.crc32(head)) + stored


def entry(kind: int, digest: bytes, meta: bytes = b"", body: bytes = b"") -> bytes:
    return struct.pack("<B3xII32s", kind, len(meta), len(body), digest) + meta + body


def trained_dictionary() -> tuple[int, bytes]:
    samples: list[bytes | bytearray | memoryview[int]] = [
        b"From: a%d@example.org\r\nSubject: report %d of the week\r\n" % (n, n * 7) for n in range(400)
    ]
    data = zstandard.train_dictionary(1024, samples)
    return data.dict_id(), data.as_bytes()


DICTIONARY = trained_dictionary()


class Writer:
    """Writes a store by the book, one small batch at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "packs").mkdir(parents=True)
        (folder / "STORE").write_bytes(compact({"format": 1, "uuid": str(STORE), "created": T0}))
        self.number, self.batch, self.chain = 0, 0, bytes(32)
        self.chains: list[str] = []
        self.ends: list[int] = []
        self.entries: list[bytes] = []
        self.leaves: list[bytes] = []
        self.open_pack()

    def open_pack(self) -> None:
        self.number += 1
        self.path = self.folder / "packs" / f"{self.number:08d}.pack"
        head = struct.pack("<8s16sIQI20s", b"PRPACK\0\1", STORE.bytes, self.number, T0, 0, bytes(20))
        self.data = bytearray(head + struct.pack("<I", zlib.crc32(head)))
        self.contents: list[list[int]] = []
        self.counted = 0
        self.add(record(1, DICTIONARY[1], 1 if self.number == 1 else 0, DICTIONARY))

    def add(self, raw: bytes) -> int:
        offset = len(self.data)
        self.data += raw
        self.path.write_bytes(self.data)
        return offset

    def part(self, data: bytes) -> str:
        self.entries.append(entry(1, blake3(data).digest(), b"", data))
        return blake3(data).hexdigest()

    def message(self, n: int, whole: bytes, *, archive: str = "anna", folder: str = "Inbox", **more: Any) -> None:
        body = more.pop("body", whole)
        meta = {"n": n, "a": archive, "f": folder, "s": "s", "k": str(n), "r": None, "t": T0, "z": len(whole), **more}
        self.leaf(2, sha(whole), compact(meta), body)

    def event(self, **event: Any) -> None:
        self.leaf(3, bytes(32), compact(event), b"")

    def leaf(self, kind: int, digest: bytes, meta: bytes, body: bytes) -> None:
        self.entries.append(entry(kind, digest, meta, body))
        self.leaves.append(digest if kind == 4 else sha(b"\x00" + digest + meta))

    def commit(self, codec: int = 2, **changed: Any) -> None:
        first = len(self.data)
        if self.entries:
            self.add(record(2, b"".join(self.entries), codec, DICTIONARY))
        self.batch += 1
        prev, root = self.chain, merkle(self.leaves)
        numbers = b"".join(x.to_bytes(8, "big") for x in (self.batch, T0 + self.batch, len(self.leaves)))
        self.chain = sha(b"\x02" + prev + root + numbers)
        line = {
            "batch": self.batch,
            "t": T0 + self.batch,
            "first": first,
            "leaves": len(self.leaves),
            "root": root.hex(),
            "prev": prev.hex(),
            "chain": self.chain.hex(),
            "cursors": {"s": str(self.batch)},
        }
        self.contents.append([self.batch, self.add(record(3, compact({**line, **changed})))])
        self.chains.append(self.chain.hex())
        self.ends.append(len(self.data))
        self.counted += len(self.leaves)
        self.entries, self.leaves = [], []

    def seal(self) -> None:
        at = self.add(record(4, compact({"entries": self.counted, "batches": self.contents}), 1))
        self.add(b"PREnd\0\0\0" + struct.pack("<Q", at))


PICTURE = bytes(range(256)) * 5
PLAIN = b"From: anna@example.org\r\nSubject: one\r\n\r\nFrom the start\r\n"


def with_picture(subject: bytes) -> tuple[bytes, list[bytes]]:
    text = base64.b64encode(PICTURE).decode()
    lines = "".join(text[i : i + 76] + "\r\n" for i in range(0, len(text), 76)).encode()
    head = b"Subject: " + subject + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + lines + b"\r\nend", [head, b"\r\nend"]


def small_store(folder: Path) -> Writer:
    """Two packs: literal, shared, journal and erased entries, all codecs, a dictionary."""
    store = Writer(folder)
    store.message(1, PLAIN)
    store.message(2, b"", folder="")
    store.commit(codec=0)
    picture = store.part(PICTURE)
    whole, literal = with_picture(b"two")
    recipe = [len(literal[0]), ["b", picture, 76, "\r\n", 1], len(literal[1])]
    store.message(3, whole, body=b"".join(literal), p=recipe)
    store.commit()
    store.seal()
    store.open_pack()
    whole, literal = with_picture(b"three")
    raw = store.part(b"as it is")
    recipe = [len(literal[0]), ["b", picture, 76, "\r\n", 1], ["i", raw], len(literal[1])]
    store.message(4, whole[:-5] + b"as it is\r\nend", body=b"".join(literal), p=recipe, archive="bob")
    store.event(e="message", n=5, h=sha(PLAIN).hex(), a="bob", f="Sent", s="s", k="9", r=None, t=T0)
    store.commit(codec=1)
    store.leaf(4, bytes(range(32)), b"", b"")
    store.event(e="move", **{"from": "anna/Inbox", "to": "anna/Old/In"}, next=6, by="anna", t=T0)
    store.event(e="delete", n=[3], by="anna", reason="asked", t=T0)
    store.event(e="something new")
    store.commit()
    store.commit()
    return store
